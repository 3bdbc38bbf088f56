use super::CertificateError;
use crate::der::{self, Element, Reader};

/// 2.5.29.x (RFC 5280 section 4.2.1).
const STANDARD: &[u8] = &[0x55, 0x1d];
const KEY_USAGE: u8 = 15;
const SUBJECT_ALT_NAME: u8 = 17;
const BASIC_CONSTRAINTS: u8 = 19;
const NAME_CONSTRAINTS: u8 = 30;
const CERTIFICATE_POLICIES: u8 = 32;
const EXTENDED_KEY_USAGE: u8 = 37;

/// More extensions than this are refused.
const MAX_EXTENSIONS: usize = 64;

/// An extension as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The content of its object identifier in DER.
    pub oid: Vec<u8>,
    /// Whether who does not know it must refuse the certificate.
    pub critical: bool,
    /// The content of its OCTET STRING.
    pub value: Vec<u8>,
}

/// A name beside the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlternativeName {
    /// An e-mail address.
    Email(String),
    /// A DNS name.
    Dns(String),
    /// A URI.
    Uri(String),
    /// A name of a sort that an object identifier defines; a UTF8String inside is text.
    Other {
        /// The content of the object identifier in DER.
        oid: Vec<u8>,
        /// The text, if it is a UTF8String.
        text: Option<String>,
    },
    /// A name of another sort.
    Unread,
}

/// What a key may be used for (RFC 5280 section 4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(u8);

impl KeyUsage {
    /// Whether it may sign anything but certificates.
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Whether it may sign certificates.
    #[must_use]
    pub const fn certificate_signature(self) -> bool {
        self.0 & 0x04 != 0
    }
}

/// What the extensions say.
#[derive(Debug, Clone, Default)]
pub(super) struct Extensions {
    /// All of them.
    pub(super) all: Vec<Extension>,
    /// Whether it is an authority, and how many authorities may be below it.
    pub(super) authority: bool,
    pub(super) path_length: Option<u32>,
    pub(super) key_usage: Option<KeyUsage>,
    /// The contents of the object identifiers in DER.
    pub(super) extended_key_usage: Option<Vec<Vec<u8>>>,
    pub(super) extended_key_usage_critical: bool,
    pub(super) names: Vec<AlternativeName>,
    /// Names that it may be an authority for; not read.
    pub(super) constrains_names: bool,
    /// A critical extension that we do not know, as people write its identifier.
    pub(super) unknown_critical: Option<String>,
}

impl Extensions {
    /// Reads `[3] EXPLICIT Extensions`.
    pub(super) fn read(element: &Element<'_>) -> Result<Self, CertificateError> {
        let mut outer = element.inside();
        let mut list = outer.sequence()?;
        outer.finish()?;
        let mut extensions = Self::default();
        while !list.is_empty() {
            let mut fields = list.sequence()?;
            let oid = fields.take(der::OID)?.content;
            let critical = match fields.optional(der::BOOLEAN)? {
                Some(critical) => critical.boolean()?,
                None => false,
            };
            let value = fields.take(der::OCTET_STRING)?.content;
            fields.finish()?;
            if extensions.all.iter().any(|known| known.oid == oid) {
                return Err(CertificateError::Format("it has an extension twice"));
            }
            if extensions.all.len() >= MAX_EXTENSIONS {
                return Err(CertificateError::Format("it has more than 64 extensions"));
            }
            let known = extensions.understand(oid, value)?;
            if oid.strip_prefix(STANDARD) == Some(&[EXTENDED_KEY_USAGE]) {
                extensions.extended_key_usage_critical = critical;
            }
            if critical && !known && extensions.unknown_critical.is_none() {
                extensions.unknown_critical = Some(der::dotted(oid));
            }
            extensions.all.push(Extension {
                oid: oid.to_vec(),
                critical,
                value: value.to_vec(),
            });
        }
        Ok(extensions)
    }

    /// Takes in what an extension says, and tells whether it is one that we heed.
    fn understand(&mut self, oid: &[u8], value: &[u8]) -> Result<bool, CertificateError> {
        let Some([number]) = oid.strip_prefix(STANDARD) else {
            return Ok(false);
        };
        let mut value = Reader::new(value);
        match *number {
            KEY_USAGE => {
                let bits = value.take(der::BIT_STRING)?;
                // The first byte counts the unused bits of the last one; the ninth usage, of a
                // second byte, is of no interest.
                let [0..=7, first, ..] = bits.content else {
                    return Err(CertificateError::Format("its key usage is empty"));
                };
                self.key_usage = Some(KeyUsage(*first));
            }
            BASIC_CONSTRAINTS => {
                let mut fields = value.sequence()?;
                if let Some(authority) = fields.optional(der::BOOLEAN)? {
                    self.authority = authority.boolean()?;
                }
                if let Some(length) = fields.optional(der::INTEGER)? {
                    self.path_length = Some(length.small()?);
                }
                fields.finish()?;
            }
            EXTENDED_KEY_USAGE => {
                let mut list = value.sequence()?;
                let mut usages = Vec::new();
                while !list.is_empty() {
                    usages.push(list.take(der::OID)?.content.to_vec());
                }
                self.extended_key_usage = Some(usages);
            }
            SUBJECT_ALT_NAME => {
                let mut list = value.sequence()?;
                while !list.is_empty() {
                    self.names.push(alternative_name(&list.next()?));
                }
            }
            NAME_CONSTRAINTS => {
                self.constrains_names = true;
                return Ok(true);
            }
            // Policies restrict nothing for who asks for no policy.
            CERTIFICATE_POLICIES => return Ok(true),
            _ => return Ok(false),
        }
        value.finish()?;
        Ok(true)
    }
}

/// A GeneralName (RFC 5280 section 4.2.1.6).
fn alternative_name(element: &Element<'_>) -> AlternativeName {
    let text = || {
        std::str::from_utf8(element.content)
            .ok()
            .filter(|text| text.is_ascii())
            .map(str::to_owned)
    };
    let name = match element.tag {
        0xa0 => other_name(element),
        0x81 => text().map(AlternativeName::Email),
        0x82 => text().map(AlternativeName::Dns),
        0x86 => text().map(AlternativeName::Uri),
        _ => None,
    };
    name.unwrap_or(AlternativeName::Unread)
}

fn other_name(element: &Element<'_>) -> Option<AlternativeName> {
    let mut fields = element.inside();
    let oid = fields.take(der::OID).ok()?;
    let value = fields.take(der::context(0)).ok()?;
    fields.finish().ok()?;
    let mut value = value.inside();
    let text = value
        .optional(der::UTF8_STRING)
        .ok()?
        .and_then(|text| String::from_utf8(text.content.to_vec()).ok());
    Some(AlternativeName::Other {
        oid: oid.content.to_vec(),
        text,
    })
}
