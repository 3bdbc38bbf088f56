use proptest::prelude::*;

use super::*;

fn canonical(text: &str, expected: &str) {
    assert_eq!(
        Purl::parse(text).map(|purl| purl.to_string()),
        Ok(expected.to_owned()),
        "{text}"
    );
    assert_eq!(
        Purl::parse(expected).unwrap().to_string(),
        expected,
        "canonical form is stable"
    );
}

#[test]
fn reads_every_spelling() {
    canonical("pkg:npm/foobar@12.3.1", "pkg:npm/foobar@12.3.1");
    canonical("pkg:///NPM/foobar@12.3.1", "pkg:npm/foobar@12.3.1");
    canonical("  PKG:cargo/serde/  ", "pkg:cargo/serde");
    canonical(
        "pkg:npm/%40angular/animation@12.3.1",
        "pkg:npm/%40angular/animation@12.3.1",
    );
    canonical(
        "pkg:npm/@angular/animation@12.3.1",
        "pkg:npm/%40angular/animation@12.3.1",
    );
    canonical("pkg:npm/@angular/animation", "pkg:npm/%40angular/animation");
    canonical("pkg:npm/%40Scope/Name@1", "pkg:npm/%40scope/name@1");
    canonical(
        "pkg:golang/google.golang.org/genproto#/googleapis/./api/../annotations/",
        "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
    );
    canonical("pkg:maven/a//b/c@1", "pkg:maven/a/b/c@1");
    canonical("pkg:npm/foobar@", "pkg:npm/foobar");
}

#[test]
fn trims_once_and_for_all() {
    canonical("pkg:generic/a%20/%20/b", "pkg:generic/a/b");
    canonical("pkg:generic/a/b%20/%20%20/c", "pkg:generic/a/b/c");
    canonical("pkg:generic/a/%2F%20b%20%2F", "pkg:generic/a/b");
}

#[test]
fn encodes_as_the_standard_says() {
    canonical("pkg:cargo/a@1.0.0+b", "pkg:cargo/a@1.0.0%2Bb");
    canonical(
        "pkg:docker/cassandra@sha256:244fd47e",
        "pkg:docker/cassandra@sha256:244fd47e",
    );
    canonical(
        "pkg:generic/a%20b@1!2~3(4)*",
        "pkg:generic/a%20b@1%212~3%284%29%2A",
    );
    canonical(
        "pkg:generic/%E4%BD%A0@%f0%9f%98%83",
        "pkg:generic/%E4%BD%A0@%F0%9F%98%83",
    );
    canonical("pkg:generic/100%", "pkg:generic/100%25");
    canonical("pkg:generic/a%2Fb", "pkg:generic/a%2Fb");
    canonical(
        "pkg:rpm/fedora/curl@7?epoch=1&arch=i386&distro=",
        "pkg:rpm/fedora/curl@7?arch=i386&epoch=1",
    );
    canonical(
        "pkg:maven/g/a@1?repositorY_url=https://repo.spring.io/release&type=pom",
        "pkg:maven/g/a@1?repository_url=https://repo.spring.io/release&type=pom",
    );
    canonical(
        "pkg:generic/b?checksum=sha1:ad,sha256:41",
        "pkg:generic/b?checksum=sha1:ad%2Csha256:41",
    );
    canonical(
        "pkg:generic/b?vcs_url=git%2Bhttps://git.example/x%40cc",
        "pkg:generic/b?vcs_url=git%2Bhttps://git.example/x%40cc",
    );
}

#[test]
fn follows_the_rules_of_types() {
    canonical(
        "pkg:pypi/My.PyPI_.--._Package@1.dev1",
        "pkg:pypi/my-pypi-package@1.dev1",
    );
    canonical(
        "pkg:github/Package-URL/Purl-Spec@ABC",
        "pkg:github/package-url/purl-spec@ABC",
    );
    canonical(
        "pkg:golang/github.com/Masterminds/goutils@v1",
        "pkg:golang/github.com/Masterminds/goutils@v1",
    );
    canonical(
        "pkg:huggingface/Microsoft/deberta@559062AD",
        "pkg:huggingface/Microsoft/deberta@559062ad",
    );
    canonical(
        "pkg:mlflow/CreditFraud@3?repository_url=https://adb-5245.azuredatabricks.net/api",
        "pkg:mlflow/creditfraud@3?repository_url=https://adb-5245.azuredatabricks.net/api",
    );
    canonical(
        "pkg:mlflow/CreditFraud@3?repository_url=https://westus2.api.azureml.ms",
        "pkg:mlflow/CreditFraud@3?repository_url=https://westus2.api.azureml.ms",
    );
    canonical(
        "pkg:composer/Laravel/Laravel@5",
        "pkg:composer/laravel/laravel@5",
    );
    canonical(
        "pkg:cpan/drolsky/DateTime@1.55",
        "pkg:cpan/DROLSKY/DateTime@1.55",
    );
    canonical(
        "pkg:cpan/URI::PackageURL@2.11",
        "pkg:cpan/URI::PackageURL@2.11",
    );
    canonical(
        "pkg:nuget/EnterpriseLibrary.Common@6",
        "pkg:nuget/EnterpriseLibrary.Common@6",
    );
    canonical(
        "pkg:gem/ruby-advisory-db-check@0.12.4",
        "pkg:gem/ruby-advisory-db-check@0.12.4",
    );
    canonical(
        "pkg:conan/bincrafters/cctz@2.3?channel=stable",
        "pkg:conan/bincrafters/cctz@2.3?channel=stable",
    );
    canonical("pkg:pub/Http-Parser@1", "pkg:pub/http_parser@1");
}

#[test]
fn refuses_what_is_none() {
    for bad in [
        "",
        "pkg:",
        "pkg:npm",
        "pkg:npm/",
        "EnterpriseLibrary.Common@6",
        "pkg:EnterpriseLibrary.Common@6",
        "pkg:n&g?inx/nginx@0.8.9",
        "pkg:3nginx/nginx",
        "pkg:nginx:a/nginx",
        "pkg:maven/@1.3.4",
        "pkg%3Amaven/org.apache.commons/io",
        "http://x/y",
        "pkg:npm/a?in%20production=true",
        "pkg:npm/a?1a=true",
        "pkg:npm/a?flag",
        "pkg:npm/a?a=1&A=2",
        "pkg:generic/%ff",
        "pkg:generic/a%2Fb/c",
        "pkg:swift/Alamofire@5.4.3",
        "pkg:conan/bincrafters/cctz@2.3",
        "pkg:conan/cctz@2.3?channel=stable",
        "pkg:cpan/Perl-Version@1.013",
        "pkg:cpan/GDT/URI::PackageURL@2.11",
        "pkg:cargo/a/b@1",
    ] {
        assert!(Purl::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn ecosystems_have_types() {
    let check = |ecosystem: &str, name: &str, version: &str, purl: &str| {
        let ecosystem = Ecosystem::new(ecosystem.to_owned());
        let made = Purl::of(&ecosystem, name, version).unwrap();
        assert_eq!(made.to_string(), purl);
        let back = Identity::of_purl(purl).unwrap().unwrap();
        let expected = Identity {
            name: ecosystem.normalize_name(name).into_owned(),
            ecosystem,
            version: Some(version.to_owned()),
        };
        assert_eq!(back, expected);
    };
    check(
        "crates.io",
        "serde_json",
        "1.0.0+x",
        "pkg:cargo/serde_json@1.0.0%2Bx",
    );
    check("npm", "@scope/name", "1.0.0", "pkg:npm/%40scope/name@1.0.0");
    check("npm", "name", "1.0.0", "pkg:npm/name@1.0.0");
    check("PyPI", "Foo_Bar", "1.0", "pkg:pypi/foo-bar@1.0");
    check(
        "Go",
        "github.com/Azure/go-autorest/autorest",
        "v0.11.0",
        "pkg:golang/github.com/Azure/go-autorest/autorest@v0.11.0",
    );
    check("Go", "stdlib", "1.21.3", "pkg:golang/stdlib@1.21.3");
    check(
        "Maven",
        "org.apache:log4j",
        "2.0",
        "pkg:maven/org.apache/log4j@2.0",
    );
    check(
        "Packagist",
        "symfony/http-kernel",
        "1",
        "pkg:composer/symfony/http-kernel@1",
    );
    check("RubyGems", "rails", "7", "pkg:gem/rails@7");
    check(
        "NuGet",
        "Newtonsoft.Json",
        "13",
        "pkg:nuget/Newtonsoft.Json@13",
    );
    check(
        "Debian:12",
        "curl",
        "7.88",
        "pkg:deb/debian/curl@7.88?distro=debian-12",
    );
    check(
        "Alpine:v3.18",
        "curl",
        "8",
        "pkg:apk/alpine/curl@8?distro=alpine-3.18",
    );
    check(
        "Ubuntu:22.04",
        "curl",
        "8",
        "pkg:deb/ubuntu/curl@8?distro=ubuntu-22.04",
    );
}

#[test]
fn identities_keep_the_spelling() {
    let check = |purl: &str, expected: Option<(&str, &str)>| {
        let identity = Identity::of_purl(purl).unwrap();
        let got = identity
            .as_ref()
            .map(|i| (i.ecosystem.as_str(), i.name.as_str()));
        assert_eq!(got, expected, "{purl}");
    };
    check("pkg:npm/JSONStream@1", Some(("npm", "JSONStream")));
    check(
        "pkg:deb/debian/curl?arch=amd64&distro=bookworm",
        Some(("Debian:12", "curl")),
    );
    check(
        "pkg:apk/alpine/curl?distro=3.18.4",
        Some(("Alpine:v3.18", "curl")),
    );
    check(
        "pkg:rpm/redhat/curl?distro=rhel-8.9",
        Some(("Red Hat", "curl")),
    );
    check("pkg:generic/openssl@3", None);
    check("pkg:github/actions/checkout@v4", None);
    assert!(Identity::of_purl("pkg:npm/@1").is_err());
}

proptest! {
    #[test]
    fn nothing_panics(text in "pkg:[a-z]{0,6}/?\\PC{0,40}", other in "\\PC{0,40}") {
        for text in [text, other] {
            let _ = Identity::of_purl(&text);
            if let Ok(purl) = Purl::parse(&text) {
                let canonical = purl.to_string();
                prop_assert_eq!(Purl::parse(&canonical).map(|p| p.to_string()), Ok(canonical));
            }
        }
    }

    #[test]
    fn what_is_built_reads_back(namespace in "\\PC{1,8}", name in "\\PC{1,8}", version in "\\PC{1,8}", value in "\\PC{1,8}") {
        let purl = Purl::new("generic", Some(&namespace), &name, Some(&version));
        if let Ok(purl) = purl.and_then(|purl| purl.with_qualifier("key", &value)) {
            let back = Purl::parse(&purl.to_string()).unwrap();
            prop_assert_eq!(back.name(), purl.name());
            prop_assert_eq!(back.namespace(), purl.namespace());
            prop_assert_eq!(back.version(), purl.version());
        }
    }
}
