//! Signatures of models: bundles, manifests, certificates, trust roots and time stamps.

use gw_attest::bundle::{Bundle, KindVersion};
use gw_attest::certificate::{Certificate, Purpose, verify_chain};
use gw_attest::oms::Manifest;
use gw_attest::sigstore::{
    SignedContent, TrustedRoot, check_entry, embedded_scts, verify_timestamp,
};
use gw_core::{Digest, parse_time};

/// A self-signed certificate for ECDSA P-256, with key usage and basic constraints.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBgDCCASagAwIBAgIUWw4wLsLZfGoUENwMFVwrJkSWvsMwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEZnV6ejAeFw0yNjExMjQyMjMwMzZaFw0zNjExMjEyMjMwMzZa
MA8xDTALBgNVBAMMBGZ1enowWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQye5Ww
XGoMAkCROWquW4c0EY0uXk2Tk2aIU8fOuJtozHyZB4vx4mV3mFJGoufsejzf3QS8
3dw7YtGpYEmO2GX6o2AwXjAdBgNVHQ4EFgQUPwpJ9asNddfU05FjFUssyexJgHow
HwYDVR0jBBgwFoAUPwpJ9asNddfU05FjFUssyexJgHowDwYDVR0TAQH/BAUwAwEB
/zALBgNVHQ8EBAMCAoQwCgYIKoZIzj0EAwIDSAAwRQIgZZoec3Wlc1wE6gZNdacp
zZYaQQutIyrPvWpjc+j2chkCIQC2st6TvwnDy3vPz9hK8y9Hx5R1DE2v66gJhclL
b92HLQ==
-----END CERTIFICATE-----
";

const MANIFEST: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"m","digest":{"sha256":"72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793"}}],"predicateType":"https://model_signing/signature/v1.0","predicate":{"serialization":{"method":"files","hash_type":"sha256","allow_symlinks":false,"ignore_paths":[".git"]},"resources":[{"name":"a/b","algorithm":"sha256","digest":"0101010101010101010101010101010101010101010101010101010101010101"}]}}"#;

const EARLIER: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"0101010101010101010101010101010101010101010101010101010101010101"}}],"predicateType":"https://model_signing/Digests/v0.1","predicate":{}}"#;

/// A bundle; what is read is written and read again.
pub fn sigstore_bundle(data: &[u8]) {
    if let Ok(bundle) = Bundle::parse(data) {
        let bytes = bundle.to_json().expect("what was read can be written");
        let again = Bundle::parse(&bytes).expect("what was written can be read");
        assert_eq!(
            (&again.material, &again.content),
            (&bundle.material, &bundle.content)
        );
        let certificate = certificate();
        for entry in &bundle.tlog_entries {
            let body = &entry.canonicalized_body;
            let payload = SignedContent::Payload(b"");
            let _ = check_entry(&entry.kind_version, body, &payload, b"", &certificate);
        }
    }
    let digest = Digest::of(b"");
    for (kind, version) in [
        ("dsse", "0.0.1"),
        ("dsse", "0.0.2"),
        ("hashedrekord", "0.0.1"),
        ("hashedrekord", "0.0.2"),
        ("intoto", "0.0.2"),
    ] {
        let named = KindVersion {
            kind: kind.to_owned(),
            version: version.to_owned(),
        };
        for content in [SignedContent::Payload(b""), SignedContent::File(&digest)] {
            let _ = check_entry(&named, data, &content, b"", &certificate());
        }
    }
}

/// A bundle with an entry of a log, and the entry.
pub fn sigstore_bundles() -> Vec<Vec<u8>> {
    let entry = r#"{"apiVersion":"0.0.1","kind":"dsse","spec":{"payloadHash":{"algorithm":"sha256","value":"00"},"signatures":[{"signature":"AAAA","verifier":"AAAA"}]}}"#;
    let bundle = r#"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"certificate":{"rawBytes":"AAAA"},"tlogEntries":[{"logIndex":"1","logId":{"keyId":"AAAA"},"kindVersion":{"kind":"dsse","version":"0.0.1"},"integratedTime":"1","inclusionPromise":{"signedEntryTimestamp":"AAAA"},"inclusionProof":{"logIndex":"1","rootHash":"AAAA","treeSize":"2","hashes":["AAAA"],"checkpoint":{"envelope":"x"}},"canonicalizedBody":"e30="}],"timestampVerificationData":{"rfc3161Timestamps":[{"signedTimestamp":"AAAA"}]}},"dsseEnvelope":{"payload":"e30=","payloadType":"x","signatures":[{"sig":"AAAA","keyid":""}]}}"#;
    let message = bundle.replace(
        r#""dsseEnvelope":{"payload":"e30=","payloadType":"x","signatures":[{"sig":"AAAA","keyid":""}]}"#,
        r#""messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"AAAA"},"signature":"AAAA"}"#,
    );
    let file = r#"{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"00"}},"signature":{"content":"AAAA","publicKey":{"content":"AAAA"}}}}"#;
    let second = r#"{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"AAAA"},"signature":{"content":"AAAA","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","x509Certificate":{"rawBytes":"AAAA"}}}}}}"#;
    vec![
        bundle.into(),
        entry.into(),
        message.into(),
        file.into(),
        second.into(),
    ]
}

/// A manifest; what is read of version 1.0 is written and read again.
pub fn model_manifest(data: &[u8]) {
    if let Ok(manifest) = Manifest::parse(data) {
        for resource in manifest.resources() {
            let path = resource.path.as_str();
            assert!(!path.starts_with('/') && path.split('/').all(|part| part != ".."));
        }
        let bytes = manifest.to_json().expect("what was read can be written");
        let again = Manifest::parse(&bytes).expect("what was written can be read");
        assert_eq!(again.root, manifest.root);
    }
}

/// Both forms.
pub fn model_manifests() -> Vec<Vec<u8>> {
    vec![MANIFEST.into(), EARLIER.into()]
}

fn certificate() -> Certificate {
    static READ: std::sync::LazyLock<Certificate> = std::sync::LazyLock::new(|| {
        let mut read = Certificate::from_pem(CERTIFICATE).expect("it is one");
        read.pop().expect("it is one")
    });
    READ.clone()
}

/// A certificate in DER or PEM, and its path to itself and to another one.
pub fn x509(data: &[u8]) {
    let now = parse_time("2026-04-01").expect("this is a time");
    let mut read: Vec<_> = Certificate::from_der(data).into_iter().collect();
    if let Ok(pem) = std::str::from_utf8(data) {
        read.extend(Certificate::from_pem(pem).unwrap_or_default());
    }
    for one in &read {
        let _ = (
            one.subject(),
            one.issuer(),
            one.public_key(),
            embedded_scts(one),
        );
        if let Ok(scts) = embedded_scts(one) {
            for sct in scts {
                let _ = sct.verify(one, &certificate(), &[]);
            }
        }
        for purpose in [Purpose::Model, Purpose::Keyless, Purpose::TimeStamp] {
            let _ = verify_chain(one, &read, &[certificate()], now, purpose);
            let _ = verify_chain(one, &[], &read, now, purpose);
        }
    }
}

/// A certificate in both forms.
pub fn x509s() -> Vec<Vec<u8>> {
    vec![certificate().der().to_vec(), CERTIFICATE.into()]
}

/// A trust root.
pub fn trusted_root(data: &[u8]) {
    let _ = TrustedRoot::parse(data);
}

/// One with a log and an authority.
pub fn trusted_roots() -> Vec<Vec<u8>> {
    let root = r#"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[{"publicKey":{"rawBytes":"AAAA","validFor":{"start":"2026-01-01T00:00:00Z"}},"logId":{"keyId":"AAAA"}}],"certificateAuthorities":[{"certChain":{"certificates":[{"rawBytes":"AAAA"}]}}]}"#;
    vec![root.into()]
}

/// A time stamp.
pub fn time_stamp(data: &[u8]) {
    let _ = verify_timestamp(data, b"message", &[]);
}

/// The beginning of one.
pub fn time_stamps() -> Vec<Vec<u8>> {
    vec![
        vec![0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00],
        vec![
            0x30, 0x14, 0x30, 0x03, 0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
            0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0, 0x00,
        ],
    ]
}
