use gw_core::Time;
use serde::Deserialize;
use serde_json::Value;

use crate::PublicKey;
use crate::bundle::{RawCertificate, json};
use crate::certificate::Certificate;

/// Longer trust roots are refused.
const MAX_LEN: usize = 4 << 20;
/// More authorities or logs of one sort are refused.
const MAX_ITEMS: usize = 64;

/// Whom a verifier of keyless signatures trusts (`TrustedRoot` in sigstore's
/// `sigstore_trustroot.proto`).
#[derive(Debug, Clone, Default)]
pub struct TrustedRoot {
    /// Transparency logs for signatures.
    pub tlogs: Vec<LogKey>,
    /// Transparency logs for certificates.
    pub ctlogs: Vec<LogKey>,
    /// Who issues short-lived certificates.
    pub authorities: Vec<Authority>,
    /// Who states times.
    pub timestamp_authorities: Vec<Authority>,
    /// How many keys and chains could not be read, and so are not trusted.
    pub unread: usize,
}

/// A log's key.
#[derive(Debug, Clone)]
pub struct LogKey {
    /// The key.
    pub key: PublicKey,
    /// The log's ids: that of the log, and that of its checkpoints if it is another one.
    pub ids: Vec<Vec<u8>>,
    /// When the key was in use.
    pub valid: Period,
    /// The host of the log's address, which is how logs of tiles name themselves in checkpoints
    /// (<https://c2sp.org/tlog-checkpoint>).
    pub origin: Option<String>,
}

/// An authority: its certificates, from the one that signs to the root.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The certificates, at least one.
    pub chain: Vec<Certificate>,
    /// When it was in use.
    pub valid: Period,
}

/// A span of time, both ends included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// From when on; since ever if there is none.
    pub start: Option<Time>,
    /// Until when; for ever if there is none.
    pub end: Option<Time>,
}

impl Period {
    /// Whether a time is in it.
    #[must_use]
    pub fn contains(&self, time: Time) -> bool {
        self.start.is_none_or(|start| start <= time) && self.end.is_none_or(|end| time <= end)
    }
}

/// A trust root that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustedRootError {
    /// Longer than the limit.
    #[error("it has {0} bytes, more than {MAX_LEN}")]
    Length(usize),
    /// Not JSON of the right shape.
    #[error("not a sigstore trust root: {0}")]
    Shape(String),
    /// Another media type.
    #[error("not a sigstore trust root: its media type is `{0}`")]
    MediaType(String),
    /// More parts than the limit.
    #[error("it has more than {MAX_ITEMS} {0}")]
    TooMany(&'static str),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRoot {
    media_type: String,
    #[serde(default)]
    tlogs: Vec<RawLog>,
    #[serde(default)]
    ctlogs: Vec<RawLog>,
    #[serde(default)]
    certificate_authorities: Vec<RawAuthority>,
    #[serde(default)]
    timestamp_authorities: Vec<RawAuthority>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLog {
    #[serde(default)]
    base_url: Option<String>,
    public_key: RawKey,
    #[serde(default)]
    log_id: Option<RawLogId>,
    #[serde(default)]
    checkpoint_key_id: Option<RawLogId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLogId {
    #[serde(with = "json::bytes")]
    key_id: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawKey {
    #[serde(with = "json::bytes")]
    raw_bytes: Vec<u8>,
    #[serde(default)]
    valid_for: Option<RawPeriod>,
}

#[derive(Deserialize)]
struct RawPeriod {
    #[serde(default)]
    start: Option<Time>,
    #[serde(default)]
    end: Option<Time>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAuthority {
    cert_chain: RawChain,
    #[serde(default)]
    valid_for: Option<RawPeriod>,
}

#[derive(Deserialize)]
struct RawChain {
    #[serde(default)]
    certificates: Vec<RawCertificate>,
}

impl TrustedRoot {
    /// Reads a trust root, or a client's trust configuration that has one in it.
    ///
    /// # Errors
    /// [`TrustedRootError`]. A key or certificate of a kind that we do not use is no error: it is
    /// not trusted, and counted in [`TrustedRoot::unread`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustedRootError> {
        if bytes.len() > MAX_LEN {
            return Err(TrustedRootError::Length(bytes.len()));
        }
        let shape = |e: serde_json::Error| TrustedRootError::Shape(e.to_string());
        let mut value: Value = serde_json::from_slice(bytes).map_err(shape)?;
        if let Some(inner) = value.get_mut("trustedRoot") {
            value = inner.take();
        }
        let raw: RawRoot = serde_json::from_value(value).map_err(shape)?;
        if !raw
            .media_type
            .starts_with("application/vnd.dev.sigstore.trustedroot")
        {
            let given = raw.media_type.chars().take(80).collect();
            return Err(TrustedRootError::MediaType(given));
        }
        for (count, what) in [
            (raw.tlogs.len(), "transparency logs"),
            (raw.ctlogs.len(), "certificate transparency logs"),
            (raw.certificate_authorities.len(), "certificate authorities"),
            (raw.timestamp_authorities.len(), "time stamp authorities"),
        ] {
            if count > MAX_ITEMS {
                return Err(TrustedRootError::TooMany(what));
            }
        }
        let mut root = Self::default();
        root.tlogs = logs(raw.tlogs, &mut root.unread);
        root.ctlogs = logs(raw.ctlogs, &mut root.unread);
        root.authorities = authorities(raw.certificate_authorities, &mut root.unread);
        root.timestamp_authorities = authorities(raw.timestamp_authorities, &mut root.unread);
        Ok(root)
    }
}

fn period(raw: Option<RawPeriod>) -> Period {
    raw.map_or_else(Period::default, |raw| Period {
        start: raw.start,
        end: raw.end,
    })
}

fn logs(raw: Vec<RawLog>, unread: &mut usize) -> Vec<LogKey> {
    let mut logs = Vec::new();
    for log in raw {
        let Ok(key) = PublicKey::from_spki(&log.public_key.raw_bytes) else {
            *unread = unread.saturating_add(1);
            continue;
        };
        let ids = [log.log_id, log.checkpoint_key_id];
        logs.push(LogKey {
            key,
            ids: ids.into_iter().flatten().map(|id| id.key_id).collect(),
            valid: period(log.public_key.valid_for),
            origin: log.base_url.as_deref().and_then(origin),
        });
    }
    logs
}

/// The host of an address, without a port.
fn origin(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', ':']).next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

fn authorities(raw: Vec<RawAuthority>, unread: &mut usize) -> Vec<Authority> {
    let mut authorities = Vec::new();
    for authority in raw {
        let chain: Result<Vec<_>, _> = authority
            .cert_chain
            .certificates
            .iter()
            .take(MAX_ITEMS)
            .map(|certificate| Certificate::from_der(&certificate.raw_bytes))
            .collect();
        match chain {
            Ok(chain) if !chain.is_empty() => authorities.push(Authority {
                chain,
                valid: period(authority.valid_for),
            }),
            _ => *unread = unread.saturating_add(1),
        }
    }
    authorities
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_read_is_not_trusted_and_counted() {
        let key = crate::SigningKey::from_seed(&[1; 32]).public();
        let log = |bytes: &[u8]| {
            json!({
                "baseUrl": "https://log.example",
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": json::to_base64(bytes),
                    "keyDetails": "PKIX_ED25519",
                    "validFor": { "start": "2021-01-01T00:00:00Z", "end": "2022-01-01T00:00:00.5Z" },
                },
                "logId": { "keyId": "AAAA" },
            })
        };
        let root = json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(&key.to_spki()), log(b"another kind")],
            "certificateAuthorities": [{ "certChain": { "certificates": [] } }],
        });
        let wrapped = json!({ "mediaType": "x", "trustedRoot": root, "signingConfig": {} });
        for document in [&root, &wrapped] {
            let read = TrustedRoot::parse(document.to_string().as_bytes()).unwrap();
            assert_eq!((read.tlogs.len(), read.unread), (1, 2));
            let log = &read.tlogs[0];
            assert_eq!((&log.key, &log.ids), (&key, &vec![vec![0; 3]]));
            let inside = |time: &str| log.valid.contains(time.parse().unwrap());
            assert!(inside("2021-01-01T00:00:00Z") && inside("2022-01-01T00:00:00Z"));
            assert!(!inside("2020-12-31T23:59:59Z") && !inside("2022-01-01T00:00:01Z"));
        }
        for bad in ["{}", "[]", r#"{"mediaType":"application/json"}"#] {
            assert!(TrustedRoot::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
