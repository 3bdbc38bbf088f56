//! Names of single licences.

use spdx::identifiers::{EXCEPTIONS, LICENSES};

use super::{deprecated, gnu};

/// The identifier, or for a deprecated one the expression, that a name means.
pub(super) fn license(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(id) = identifier(text) {
        return Some(id);
    }
    if let Some(base) = text.strip_suffix('+')
        && let Some(id) = identifier(base.trim_end())
    {
        return or_later(&id);
    }
    let count = |paren| text.matches(paren).count();
    if count('(') != count(')') {
        return None;
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '+' | '#')))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    gnu::license(&words).or_else(|| by_name(&words).map(str::to_owned))
}

/// The exception that a name means.
pub(super) fn exception(text: &str) -> Option<&'static str> {
    let known = EXCEPTIONS.iter().map(|exception| exception.name);
    known
        .clone()
        .find(|name| name.eq_ignore_ascii_case(text))
        .or_else(|| {
            let lower = text.to_ascii_lowercase().replace(' ', "-");
            match lower.as_str() {
                "classpath-exception" | "classpath" | "cpe" => Some("Classpath-exception-2.0"),
                "llvm-exceptions" | "llvm" => Some("LLVM-exception"),
                "gcc-exception" | "gcc-runtime-library-exception" => Some("GCC-exception-3.1"),
                "font-exception" => Some("Font-exception-2.0"),
                _ => None,
            }
        })
}

/// An identifier of the list, whatever its case. `NONE` and `NOASSERTION` name no licence.
fn identifier(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case("NOASSERTION") || text.eq_ignore_ascii_case("NONE") {
        return None;
    }
    if text.starts_with("LicenseRef-") || text.starts_with("DocumentRef-") {
        return super::is_expression(text).then(|| text.to_owned());
    }
    if let Some(old) = deprecated::ids().find(|id| id.eq_ignore_ascii_case(text)) {
        return deprecated::replacement(old).map(str::to_owned);
    }
    // The lookup forgives a `+` at the end, which means something.
    if let Some(id) = spdx::license_id(text).filter(|id| id.name == text) {
        return Some(id.name.to_owned());
    }
    LICENSES
        .iter()
        .find(|license| license.name.eq_ignore_ascii_case(text))
        .map(|license| license.name.to_owned())
}

/// A licence or any later version of it.
pub(super) fn or_later(id: &str) -> Option<String> {
    if id.contains(' ') || id.ends_with('+') || id.contains("Ref-") {
        return None;
    }
    if id.ends_with("-or-later") {
        return Some(id.to_owned());
    }
    match id.strip_suffix("-only") {
        Some(base) => Some(format!("{base}-or-later")),
        None => Some(format!("{id}+")),
    }
}

fn by_name(words: &[&str]) -> Option<&'static str> {
    let skipped = [
        "the", "license", "licence", "version", "v", "software", "under", "open", "source",
    ];
    let key: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !skipped.contains(word))
        .collect();
    let key = key.join(" ");
    NAMES
        .iter()
        .find(|(name, _)| *name == key)
        .map(|&(_, id)| id)
}

/// Names in lower case without articles, `license`, `version` and punctuation.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("0bsd", "0BSD"), ("bsd 0 clause", "0BSD"), ("zero clause bsd", "0BSD"), ("bsd zero clause", "0BSD"),
    ("apache 2", "Apache-2.0"), ("apache 2.0", "Apache-2.0"), ("apache v2", "Apache-2.0"),
    ("apache v2.0", "Apache-2.0"), ("apache2", "Apache-2.0"), ("apache2.0", "Apache-2.0"),
    ("apachev2", "Apache-2.0"), ("apachev2.0", "Apache-2.0"), ("apache 2.0 apache 2.0", "Apache-2.0"),
    ("asl 2.0", "Apache-2.0"), ("asl2.0", "Apache-2.0"), ("al 2.0", "Apache-2.0"), ("al2", "Apache-2.0"),
    ("apache 2.0 january 2004", "Apache-2.0"), ("asf 2.0", "Apache-2.0"), ("apache foundation 2.0", "Apache-2.0"),
    ("apache 1.1", "Apache-1.1"), ("apache v1.1", "Apache-1.1"),
    ("artistic 2.0", "Artistic-2.0"), ("artistic 2", "Artistic-2.0"), ("perl artistic v2", "Artistic-2.0"),
    ("boost", "BSL-1.0"), ("boost 1.0", "BSL-1.0"), ("bsl 1.0 boost", "BSL-1.0"), ("boost bsl 1.0", "BSL-1.0"),
    ("bsd 2 clause", "BSD-2-Clause"), ("bsd 2clause", "BSD-2-Clause"), ("2 clause bsd", "BSD-2-Clause"),
    ("bsd 2", "BSD-2-Clause"), ("bsd2", "BSD-2-Clause"), ("simplified bsd", "BSD-2-Clause"),
    ("bsd simplified", "BSD-2-Clause"), ("freebsd", "BSD-2-Clause"), ("bsd 2 clause simplified", "BSD-2-Clause"),
    ("2 clause bsdl", "BSD-2-Clause"), ("bsd 2 clauses", "BSD-2-Clause"),
    ("bsd 3 clause", "BSD-3-Clause"), ("bsd 3clause", "BSD-3-Clause"), ("3 clause bsd", "BSD-3-Clause"),
    ("bsd 3", "BSD-3-Clause"), ("bsd3", "BSD-3-Clause"), ("new bsd", "BSD-3-Clause"),
    ("modified bsd", "BSD-3-Clause"), ("revised bsd", "BSD-3-Clause"), ("bsd new", "BSD-3-Clause"),
    ("new bsd 3 clause", "BSD-3-Clause"), ("bsd 3 clause new or revised", "BSD-3-Clause"),
    ("bsd new or revised", "BSD-3-Clause"), ("bsd 3 clauses", "BSD-3-Clause"), ("bsd 3 clause new", "BSD-3-Clause"),
    ("bsd 3 clause revised", "BSD-3-Clause"), ("eclipse distribution 1.0", "BSD-3-Clause"),
    ("eclipse distribution v 1.0", "BSD-3-Clause"), ("eclipse distribution v1.0", "BSD-3-Clause"),
    ("edl 1.0", "BSD-3-Clause"), ("go", "BSD-3-Clause"),
    ("cc0", "CC0-1.0"), ("cc0 1.0", "CC0-1.0"), ("cc0 1.0 universal", "CC0-1.0"),
    ("cc0 1.0 universal cc0 1.0 public domain dedication", "CC0-1.0"), ("creative commons zero v1.0 universal", "CC0-1.0"),
    ("public domain per creative commons cc0", "CC0-1.0"), ("creative commons zero", "CC0-1.0"),
    ("cc by 4.0", "CC-BY-4.0"), ("cc by sa 4.0", "CC-BY-SA-4.0"), ("cc by 3.0", "CC-BY-3.0"),
    ("creative commons attribution 4.0", "CC-BY-4.0"), ("creative commons attribution 4.0 international", "CC-BY-4.0"),
    ("cddl 1.0", "CDDL-1.0"), ("cddl 1.1", "CDDL-1.1"), ("cddl 1", "CDDL-1.0"),
    ("common development and distribution 1.0", "CDDL-1.0"), ("common development and distribution cddl v1.0", "CDDL-1.0"),
    ("common development and distribution cddl 1.0", "CDDL-1.0"), ("common development and distribution cddl v1.1", "CDDL-1.1"),
    ("common public 1.0", "CPL-1.0"), ("common public v1.0", "CPL-1.0"), ("cpl 1.0", "CPL-1.0"),
    ("eclipse public 1.0", "EPL-1.0"), ("eclipse public v1.0", "EPL-1.0"), ("eclipse public v 1.0", "EPL-1.0"),
    ("epl 1.0", "EPL-1.0"), ("eclipse public epl 1.0", "EPL-1.0"), ("eclipse public epl v1.0", "EPL-1.0"),
    ("eclipse public 2.0", "EPL-2.0"), ("eclipse public v2.0", "EPL-2.0"), ("eclipse public v 2.0", "EPL-2.0"),
    ("epl 2.0", "EPL-2.0"), ("epl2", "EPL-2.0"), ("eclipse public 2.0 epl 2.0", "EPL-2.0"), ("eclipse public epl 2.0", "EPL-2.0"),
    ("european union public 1.1", "EUPL-1.1"), ("european union public 1.2", "EUPL-1.2"), ("eupl 1.1", "EUPL-1.1"),
    ("eupl 1.2", "EUPL-1.2"), ("eupl v1.2", "EUPL-1.2"),
    ("isc", "ISC"), ("isc iscl", "ISC"), ("iscl", "ISC"),
    ("mit", "MIT"), ("mit mit", "MIT"), ("expat", "MIT"), ("mit expat", "MIT"), ("expat mit", "MIT"),
    ("mit x11", "MIT"), ("mit style", "MIT"), ("bouncy castle", "MIT"), ("x11 mit", "MIT"),
    ("mit 0", "MIT-0"), ("mit no attribution", "MIT-0"),
    ("mpl 2.0", "MPL-2.0"), ("mpl2", "MPL-2.0"), ("mpl2.0", "MPL-2.0"), ("mpl 2", "MPL-2.0"), ("mplv2", "MPL-2.0"),
    ("mplv2.0", "MPL-2.0"), ("mpl v2", "MPL-2.0"), ("mpl v2.0", "MPL-2.0"), ("mozilla public 2.0", "MPL-2.0"),
    ("mozilla public 2.0 mpl 2.0", "MPL-2.0"), ("mozilla public v2.0", "MPL-2.0"), ("mozilla public mpl 2.0", "MPL-2.0"),
    ("mozilla public 2", "MPL-2.0"), ("mpl 1.1", "MPL-1.1"), ("mozilla public 1.1", "MPL-1.1"),
    ("mozilla public 1.1 mpl 1.1", "MPL-1.1"), ("mozilla public 1.0 mpl", "MPL-1.0"),
    ("ofl 1.1", "OFL-1.1"), ("sil font 1.1", "OFL-1.1"), ("sil ofl 1.1", "OFL-1.1"), ("sil font 1.1 ofl 1.1", "OFL-1.1"),
    ("postgresql", "PostgreSQL"),
    ("psf", "PSF-2.0"), ("psf 2.0", "PSF-2.0"), ("psfl", "PSF-2.0"), ("psf 2", "PSF-2.0"),
    ("python foundation", "PSF-2.0"), ("python software foundation", "PSF-2.0"), ("python foundation psf 2.0", "PSF-2.0"),
    ("ruby", "Ruby"), ("ruby s", "Ruby"),
    ("unlicense", "Unlicense"), ("unlicense unlicense", "Unlicense"), ("unlicence", "Unlicense"),
    ("universal permissive 1.0", "UPL-1.0"), ("upl 1.0", "UPL-1.0"), ("upl", "UPL-1.0"),
    ("vim", "Vim"), ("w3c", "W3C"), ("wtfpl", "WTFPL"), ("wtfpl 2", "WTFPL"), ("do what the fuck you want to public", "WTFPL"),
    ("do what fuck you want to public", "WTFPL"),
    ("zlib", "Zlib"), ("zlib libpng", "Zlib"), ("zope public", "ZPL-2.1"), ("zpl 2.1", "ZPL-2.1"), ("zope public 2.1", "ZPL-2.1"),
];
