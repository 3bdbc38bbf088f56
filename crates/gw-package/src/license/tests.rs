use proptest::prelude::*;

use super::*;

#[test]
fn lax_forms_become_expressions() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(normalize(text).as_deref(), expected, "{text}");
    };
    for (text, expected) in [
        ("MIT", "MIT"),
        ("mit", "MIT"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("MIT / Apache-2.0", "MIT OR Apache-2.0"),
        ("Unlicense/MIT", "Unlicense OR MIT"),
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("(MIT OR CC0-1.0)", "MIT OR CC0-1.0"),
        ("(MIT AND Zlib) or ((isc))", "(MIT AND Zlib) OR ((ISC))"),
        (
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
        ),
        (
            "apache-2.0 with llvm-exception",
            "Apache-2.0 WITH LLVM-exception",
        ),
        (
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ),
        ("Apache 2.0", "Apache-2.0"),
        ("Apache License 2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("The Apache Software License, Version 2.0", "Apache-2.0"),
        ("Apache License 2.0 or MIT License", "Apache-2.0 OR MIT"),
        ("Apache License\nVersion 2.0, January 2004", "Apache-2.0"),
        ("The MIT License (MIT)", "MIT"),
        ("MIT License\n\nCopyright (c) 2020 Somebody", "MIT"),
        (
            "BSD 3-Clause \"New\" or \"Revised\" License",
            "BSD-3-Clause",
        ),
        ("3-Clause BSD License", "BSD-3-Clause"),
        ("BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views"),
        ("GPLv3+", "GPL-3.0-or-later"),
        ("GPLv3", "GPL-3.0-only"),
        ("GPL v2 or later", "GPL-2.0-or-later"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("gpl-2.0-or-later", "GPL-2.0-or-later"),
        (
            "GPL-2.0-with-classpath-exception",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        (
            "GPL-2.0 WITH Classpath-exception-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        (
            "GPL2 w/ Classpath exception",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        ("LGPLv2.1+", "LGPL-2.1-or-later"),
        ("LGPL 3.0", "LGPL-3.0-only"),
        (
            "GNU Lesser General Public License, version 2.1",
            "LGPL-2.1-only",
        ),
        (
            "GNU General Public License v3 or later (GPLv3+)",
            "GPL-3.0-or-later",
        ),
        ("GNU Affero General Public License v3.0", "AGPL-3.0-only"),
        (
            "GNU Library General Public License v2 or later",
            "LGPL-2.0-or-later",
        ),
        (
            "GNU GPL version 3, or any later version",
            "GPL-3.0-or-later",
        ),
        ("MPL-2.0+", "MPL-2.0+"),
        ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
        ("LicenseRef-Ours", "LicenseRef-Ours"),
        ("MIT AND LicenseRef-Ours", "MIT AND LicenseRef-Ours"),
        ("UNLICENSED", "LicenseRef-UNLICENSED"),
        ("Unlicense", "Unlicense"),
        ("SEE LICENSE IN LICENSE.md", "LicenseRef-LICENSE.md"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        (
            "http://www.apache.org/licenses/LICENSE-2.0.txt",
            "Apache-2.0",
        ),
        ("https://www.gnu.org/licenses/gpl-3.0.html", "GPL-3.0-only"),
        ("BSD-3-Clause && MIT", "BSD-3-Clause AND MIT"),
        ("MIT || ISC", "MIT OR ISC"),
        ("\"MIT\"", "MIT"),
    ] {
        check(text, Some(expected));
    }
    for text in [
        "",
        " ",
        "BSD",
        "GPL",
        "LGPL",
        "GNU",
        "Apache",
        "NONE",
        "NOASSERTION",
        "UNKNOWN",
        "Proprietary",
        "MIT OR",
        "OR",
        "(MIT",
        "MIT)",
        "MIT Apache-2.0",
        "MIT, BSD",
        "GPL-4.0",
        "MIT WITH Nothing",
        "Commercial OR MIT",
        "see license",
        "https://example.com/LICENSE",
        "GPL-2.0 WITH",
        "Public Domain",
    ] {
        check(text, None);
    }
}

#[test]
fn what_is_unknown_can_be_a_reference() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(normalize_or_ref(text).as_deref(), expected, "{text}");
    };
    check("Our Own Terms, v2", Some("LicenseRef-Our-Own-Terms-v2"));
    check("MIT, BSD", Some("LicenseRef-MIT-BSD"));
    check("Apache 2.0", Some("Apache-2.0"));
    check("NOASSERTION", None);
    check("Ünï", Some("LicenseRef-n"));
    check("---", None);
}

#[test]
fn classifiers_that_mean_one_licence() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(from_classifier(text).as_deref(), expected, "{text}");
    };
    check("License :: OSI Approved :: MIT License", Some("MIT"));
    check(
        "License :: OSI Approved :: Apache Software License",
        Some("Apache-2.0"),
    );
    check("License :: OSI Approved :: BSD License", None);
    check("License :: OSI Approved", None);
    check(
        "License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)",
        Some("GPL-3.0-or-later"),
    );
    check("Programming Language :: Python", None);
    check("MIT License", None);
    for (_, id) in classifier::tests_table() {
        assert!(is_expression(id), "{id}");
    }
}

#[test]
fn every_identifier_of_the_list_is_known() {
    for license in spdx::identifiers::LICENSES {
        if license.name == "NOASSERTION" {
            continue;
        }
        let normal = normalize(license.name);
        assert!(normal.is_some(), "{}", license.name);
        assert_eq!(
            normal,
            normalize(&license.name.to_ascii_lowercase()),
            "{}",
            license.name
        );
        assert_eq!(
            normal.as_deref().and_then(normalize),
            normal,
            "{}",
            license.name
        );
    }
}

proptest! {
    #[test]
    fn never_panics_and_is_stable(text in "[ -~\\n]{0,40}|((MIT|Apache 2.0|GPLv3|\\(|\\)|/|OR|and|with|\\+|LLVM-exception| ){0,12})") {
        if let Some(expression) = normalize(&text) {
            prop_assert!(is_expression(&expression));
            prop_assert_eq!(normalize(&expression), Some(expression));
        }
        if let Some(expression) = normalize_or_ref(&text) {
            prop_assert!(is_expression(&expression), "{}", expression);
        }
    }

    #[test]
    fn any_text(text in any::<String>()) {
        let _ = (normalize(&text), normalize_or_ref(&text), from_classifier(&text), is_expression(&text));
    }
}
