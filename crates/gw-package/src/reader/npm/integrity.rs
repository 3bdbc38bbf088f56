use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::Hash;

/// Real lock files have digests with and without padding, and with stray bits at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The hashes of an `integrity` field (W3C Subresource Integrity: `algorithm-base64?options`,
/// several of them between spaces), in order. What is no digest of a known algorithm is left out:
/// tools ignore it too.
pub(super) fn hashes(integrity: &str) -> Vec<Hash> {
    let mut hashes: Vec<Hash> = integrity.split_whitespace().filter_map(hash).collect();
    hashes.sort();
    hashes.dedup();
    hashes
}

fn hash(text: &str) -> Option<Hash> {
    let (algorithm, digest) = text.split_once('-')?;
    let (algorithm, length) = match algorithm.to_ascii_lowercase().as_str() {
        "md5" => ("MD5", 16),
        "sha1" => ("SHA-1", 20),
        "sha256" => ("SHA-256", 32),
        "sha384" => ("SHA-384", 48),
        "sha512" => ("SHA-512", 64),
        _ => return None,
    };
    let digest = digest.split_once('?').map_or(digest, |(digest, _)| digest);
    let bytes = BASE64.decode(digest).ok()?;
    (bytes.len() == length).then(|| Hash {
        algorithm: algorithm.to_owned(),
        hex: hex::encode(bytes),
    })
}

/// The SHA-1 that Yarn 1 puts behind the `#` of a `resolved` address.
pub(super) fn fragment(resolved: &str) -> Option<Hash> {
    let (address, digest) = resolved.rsplit_once('#')?;
    let good = digest.len() == 40
        && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
        // Behind the address of a repository it is a commit.
        && address.starts_with("http")
        && !address.ends_with(".git");
    good.then(|| Hash {
        algorithm: "SHA-1".to_owned(),
        hex: digest.to_ascii_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_every_known_algorithm() {
        // SHA-1 and SHA-256 of the empty text (FIPS 180).
        let sha1 = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
        let sha256 = "SHA256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU?x=y";
        let found = hashes(&format!(
            "{sha256}  {sha1} {sha1} sha3-AAAA sha512-AAAA junk"
        ));
        let found: Vec<_> = found
            .iter()
            .map(|h| (h.algorithm.as_str(), h.hex.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("SHA-1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
                (
                    "SHA-256",
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                ),
            ]
        );
    }

    #[test]
    fn tells_hashes_from_commits() {
        let digest = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
        let hash = fragment(&format!("https://x/a/-/a-1.0.0.tgz#{digest}")).unwrap();
        assert_eq!(
            (hash.algorithm.as_str(), hash.hex.as_str()),
            ("SHA-1", digest)
        );
        assert_eq!(fragment(&format!("https://x/a.git#{digest}")), None);
        assert_eq!(fragment(&format!("git+ssh://x/a#{digest}")), None);
        assert_eq!(fragment("https://x/a.tgz#main"), None);
    }
}
