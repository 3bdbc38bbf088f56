use gw_attest::certificate::{AlternativeName, Certificate};

use crate::error::Refusal;

/// 1.3.6.1.4.1.57264.1.x (<https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md>).
const FULCIO: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01];
/// The issuer as plain bytes, and as a UTF8String.
const ISSUER: u8 = 1;
const ISSUER_V2: u8 = 8;
/// A name that is neither an address nor a URI.
const OTHER_NAME: u8 = 7;

/// Whose signature is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRule {
    identity: String,
}

impl IdentityRule {
    /// One identity, letter by letter.
    #[must_use]
    pub fn exactly(identity: &str) -> Self {
        Self {
            identity: identity.to_owned(),
        }
    }

    /// Checks a certificate's identity and returns it. A certificate with several names has none.
    pub(super) fn check(&self, certificate: &Certificate) -> Result<String, Refusal> {
        let names = certificate.alternative_names();
        let refuse = |found: String| Refusal::Identity {
            found,
            expected: self.identity.clone(),
        };
        let [name] = names else {
            return Err(refuse(format!("a certificate with {} names", names.len())));
        };
        let found = match name {
            AlternativeName::Email(name) | AlternativeName::Uri(name) => Some(name),
            AlternativeName::Other { oid, text } if is_fulcio(oid, OTHER_NAME) => text.as_ref(),
            _ => None,
        };
        match found {
            Some(found) if *found == self.identity => Ok(found.clone()),
            Some(found) => Err(refuse(found.chars().take(200).collect())),
            None => Err(refuse("somebody with a name of another sort".to_owned())),
        }
    }
}

/// Who vouched for the identity.
pub(super) fn issuer(certificate: &Certificate) -> Result<String, Refusal> {
    let oid = |last: u8| [FULCIO, &[last]].concat();
    let old = certificate.extension(&oid(ISSUER)).map(text);
    let new = certificate.extension(&oid(ISSUER_V2)).map(|value| {
        // A UTF8String of up to 127 bytes, or with a length of one or two bytes.
        match value {
            [0x0c, length @ 0..=0x7f, rest @ ..] if usize::from(*length) == rest.len() => {
                text(rest)
            }
            [0x0c, 0x81, length @ 0x80..=0xff, rest @ ..] if usize::from(*length) == rest.len() => {
                text(rest)
            }
            [0x0c, 0x82, a @ 1..=0xff, b, rest @ ..]
                if usize::from(u16::from_be_bytes([*a, *b])) == rest.len() =>
            {
                text(rest)
            }
            _ => None,
        }
    });
    let contradiction = || Refusal::Issuer {
        found: "an issuer that the certificate does not state clearly".to_owned(),
        expected: "one".to_owned(),
    };
    match (old, new) {
        (Some(Some(old)), Some(Some(new))) if old == new => Ok(new),
        (None, Some(Some(one))) | (Some(Some(one)), None) => Ok(one),
        _ => Err(contradiction()),
    }
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

fn is_fulcio(oid: &[u8], last: u8) -> bool {
    oid.strip_prefix(FULCIO) == Some(&[last])
}
