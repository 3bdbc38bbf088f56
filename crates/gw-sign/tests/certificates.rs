//! Signing and verifying models with certificates.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use common::{Case, Key, authority_params, options, refused};
use gw_attest::certificate::Certificate;
use gw_sign::{
    ModelSigner, SignError, SignOptions, SignerIdentity, Trust, VerifyError, VerifyOptions,
    sign_model, verify_model,
};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384, PKCS_ED25519,
};

fn leaf_params() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "signer");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.not_before = rcgen::date_time_ymd(2026, 3, 1);
    params.not_after = rcgen::date_time_ymd(2026, 5, 1);
    params
}

fn read(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

#[test]
fn certificates_lead_to_a_trusted_root_or_nowhere() {
    let case = Case::new();
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let root_key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let root = CertifiedIssuer::self_signed(authority_params("root"), root_key).unwrap();
    let check =
        |between: CertificateParams, leaf: CertificateParams, at: &str, why: Option<&str>| {
            let between = CertifiedIssuer::signed_by(between, key(), &root).unwrap();
            let certificate = leaf.signed_by(&case.key.certified, &between).unwrap();
            let signer = ModelSigner::with_certificate(
                case.key.private.clone(),
                read(certificate.der()),
                vec![read(between.der())],
            );
            let signed = sign_model(
                &case.model(),
                &signer.unwrap(),
                &SignOptions::default(),
                None,
            )
            .unwrap();
            let bundle = signed.bundle.to_json().unwrap();
            let options = VerifyOptions {
                at: at.parse().unwrap(),
                ..options()
            };
            let verify = |trusted: Vec<Certificate>| {
                let trust = Trust::Certificates(trusted);
                verify_model(&case.model(), &bundle, &trust, &options, None)
            };
            match why {
                Some(why) => refused(verify(vec![read(root.der())]), why),
                None => {
                    let verified = verify(vec![read(root.der())]).unwrap();
                    assert!(matches!(
                        verified.signer,
                        SignerIdentity::Certificate { subject, authority, .. }
                            if subject == "signer" && authority == "root, example"
                    ));
                    // Another root of the same name, and an issuer without its root.
                    let other =
                        CertifiedIssuer::self_signed(authority_params("root"), key()).unwrap();
                    refused(verify(vec![read(other.der())]), "did not sign");
                    let alone = verify(vec![read(between.der())]);
                    assert!(matches!(alone, Err(VerifyError::Undone(_))), "{alone:?}");
                    refused(
                        verify_model(&case.model(), &bundle, &case.trust(), &options, None),
                        "has a certificate",
                    );
                }
            }
        };
    let between = || authority_params("between");
    let good = "2026-04-01T00:00:00Z";
    check(between(), leaf_params(), good, None);
    check(between(), leaf_params(), "2026-05-01T00:00:00Z", None);
    check(
        between(),
        leaf_params(),
        "2026-05-01T00:00:01Z",
        Some("expired"),
    );
    check(
        between(),
        leaf_params(),
        "2026-02-28T23:59:59Z",
        Some("not valid before"),
    );
    let with = |change: fn(&mut CertificateParams)| {
        let mut params = leaf_params();
        change(&mut params);
        params
    };
    check(
        between(),
        with(|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning]),
        good,
        None,
    );
    check(
        between(),
        with(|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]),
        good,
        Some("not for signing code"),
    );
    check(
        between(),
        with(|p| p.key_usages = vec![KeyUsagePurpose::KeyEncipherment]),
        good,
        Some("not for signing, by its key usage"),
    );
    check(
        between(),
        with(|p| p.key_usages.clear()),
        good,
        Some("neither key usage"),
    );
    check(
        between(),
        with(|p| {
            let mut unknown = rcgen::CustomExtension::from_oid_content(&[1, 2, 3], vec![5, 0]);
            unknown.set_criticality(true);
            p.custom_extensions = vec![unknown];
        }),
        good,
        Some("critical extension 1.2.3"),
    );
    let with = |change: fn(&mut CertificateParams)| {
        let mut params = between();
        change(&mut params);
        params
    };
    check(
        with(|p| p.is_ca = IsCa::ExplicitNoCa),
        leaf_params(),
        good,
        Some("of no authority"),
    );
    check(
        with(|p| p.key_usages = vec![KeyUsagePurpose::DigitalSignature]),
        leaf_params(),
        good,
        Some("signing certificates, by its key usage"),
    );
    check(
        with(|p| p.is_ca = IsCa::Ca(BasicConstraints::Constrained(0))),
        leaf_params(),
        good,
        None,
    );
    check(
        with(|p| {
            let permitted = rcgen::GeneralSubtree::DnsName("example.org".to_owned());
            p.name_constraints = Some(rcgen::NameConstraints {
                permitted_subtrees: vec![permitted],
                excluded_subtrees: Vec::new(),
            });
        }),
        leaf_params(),
        good,
        Some("restricts names"),
    );
    check(
        with(|p| p.not_after = rcgen::date_time_ymd(2026, 3, 2)),
        leaf_params(),
        good,
        Some("between, example expired"),
    );
}

#[test]
fn a_root_may_limit_how_long_chains_are() {
    let case = Case::new();
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let mut params = authority_params("root");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let root = CertifiedIssuer::self_signed(params, key()).unwrap();
    let between = CertifiedIssuer::signed_by(authority_params("between"), key(), &root).unwrap();
    let verify = |issuer: &CertifiedIssuer<'_, KeyPair>| {
        let leaf = leaf_params()
            .signed_by(&case.key.certified, issuer)
            .unwrap();
        let signer = ModelSigner::with_certificate(
            case.key.private.clone(),
            read(leaf.der()),
            vec![read(between.der())],
        )
        .unwrap();
        let signed = sign_model(&case.model(), &signer, &SignOptions::default(), None).unwrap();
        let trust = Trust::Certificates(vec![read(root.der())]);
        let bundle = signed.bundle.to_json().unwrap();
        verify_model(&case.model(), &bundle, &trust, &options(), None)
    };
    assert!(verify(&root).is_ok());
    refused(verify(&between), "so long a chain");
    let other = Key::new();
    let leaf = leaf_params().signed_by(&other.certified, &root).unwrap();
    let mismatch =
        ModelSigner::with_certificate(case.key.private.clone(), read(leaf.der()), Vec::new());
    assert!(matches!(mismatch, Err(SignError::OtherKey(_))));
}
