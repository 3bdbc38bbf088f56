//! A certificate authority of the server's own, for the names that it answers to and no other.
//!
//! Whoever trusts its root trusts it for these names only (RFC 5280, section 4.2.1.10), so a stolen
//! key impersonates this server and nothing else. Server certificates live for a week and are made
//! anew while the server runs.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use gw_core::Time;
use gw_flow::private;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// How long a server certificate is valid.
const LEAF_DAYS: i64 = 7;
/// A new one is made when the present one has less than this left.
const RENEW_DAYS: i64 = 3;
/// How long the root is valid.
const ROOT_DAYS: i64 = 3650;
/// Clocks differ.
const SKEW_HOURS: i64 = 1;

/// The authority, with the certificate that the server shows.
#[derive(Debug)]
pub struct Authority {
    folder: PathBuf,
    names: Vec<String>,
    current: RwLock<Option<(Time, Arc<CertifiedKey>)>>,
}

/// An authority that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// Its files.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A certificate that could not be made or read.
    #[error("the server's certificate could not be made: {0}")]
    Certificate(String),
}

impl Authority {
    /// The authority in `folder`, made if there is none for exactly these names: DNS names and IP
    /// addresses.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub fn open(folder: &Path, names: &[String], now: Time) -> Result<Self, AuthorityError> {
        let mut names = names.to_vec();
        names.sort();
        names.dedup();
        let authority = Self {
            folder: folder.to_owned(),
            names,
            current: RwLock::new(None),
        };
        authority.make_folder()?;
        if !authority.is_for_these_names() {
            authority.make_root(now)?;
        }
        authority.renew(now)?;
        Ok(authority)
    }

    /// The root certificate's file, in PEM: what clients are given to trust.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// Makes a new server certificate if the present one ends soon; whether it did.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub fn renew(&self, now: Time) -> Result<bool, AuthorityError> {
        let ends = self.read_current().map(|(ends, _)| ends);
        if ends.is_some_and(|ends| ends > days(now, RENEW_DAYS)) {
            return Ok(false);
        }
        let key = fs::read_to_string(self.key_file()).map_err(|e| failed(&self.key_file(), e))?;
        let key = KeyPair::from_pem(&key).map_err(certificate)?;
        // Only name, key and usages of the root go into what it signs.
        let issuer = Issuer::new(self.root_params(), key);
        let leaf_key = KeyPair::generate().map_err(certificate)?;
        let mut params = CertificateParams::new(self.names.clone()).map_err(certificate)?;
        params.distinguished_name.push(
            DnType::CommonName,
            self.names.first().cloned().unwrap_or_default(),
        );
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let ends = validity(&mut params, now, LEAF_DAYS)?;
        let leaf = params.signed_by(&leaf_key, &issuer).map_err(certificate)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        let signing = any_supported_type(&private).map_err(certificate)?;
        let certified = CertifiedKey::new(vec![leaf.der().clone()], signing);
        let mut current = match self.current.write() {
            Ok(current) => current,
            Err(poisoned) => poisoned.into_inner(),
        };
        *current = Some((ends, Arc::new(certified)));
        Ok(true)
    }

    fn read_current(&self) -> Option<(Time, Arc<CertifiedKey>)> {
        match self.current.read() {
            Ok(current) => current.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    fn key_file(&self) -> PathBuf {
        self.folder.join("root.key")
    }

    fn names_file(&self) -> PathBuf {
        self.folder.join("names")
    }

    fn is_for_these_names(&self) -> bool {
        self.key_file().exists()
            && self.root().exists()
            && fs::read_to_string(self.names_file()).is_ok_and(|names| names == self.listed())
    }

    fn listed(&self) -> String {
        self.names.iter().map(|name| format!("{name}\n")).collect()
    }

    fn make_folder(&self) -> Result<(), AuthorityError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.folder)
            .map_err(|e| failed(&self.folder, e))
    }

    fn make_root(&self, now: Time) -> Result<(), AuthorityError> {
        let key = KeyPair::generate().map_err(certificate)?;
        let mut params = self.root_params();
        validity(&mut params, now, ROOT_DAYS)?;
        let root = params.self_signed(&key).map_err(certificate)?;
        // The list of names is written last: without it, everything is made again.
        for (path, text) in [
            (self.key_file(), key.serialize_pem()),
            (self.root(), root.pem()),
            (self.names_file(), self.listed()),
        ] {
            private::replace(&path, text.as_bytes()).map_err(|e| failed(&path, e))?;
        }
        Ok(())
    }

    fn root_params(&self) -> CertificateParams {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Gatewright control plane");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: self.names.iter().map(|name| subtree(name)).collect(),
            excluded_subtrees: Vec::new(),
        });
        params
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.read_current().map(|(_, certified)| certified)
    }
}

/// Exactly this name or address. (A DNS constraint also covers names below it.)
fn subtree(name: &str) -> GeneralSubtree {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            GeneralSubtree::IpAddress(CidrSubnet::V4(address.octets(), [255; 4]))
        }
        Ok(IpAddr::V6(address)) => {
            GeneralSubtree::IpAddress(CidrSubnet::V6(address.octets(), [255; 16]))
        }
        Err(_) => GeneralSubtree::DnsName(name.to_owned()),
    }
}

fn validity(
    params: &mut CertificateParams,
    now: Time,
    length: i64,
) -> Result<Time, AuthorityError> {
    let begins = now
        .checked_sub(jiff::SignedDuration::from_hours(SKEW_HOURS))
        .unwrap_or(now);
    let ends = days(now, length);
    let date = |time: Time| {
        time::OffsetDateTime::from_unix_timestamp(time.as_second()).map_err(certificate)
    };
    params.not_before = date(begins)?;
    params.not_after = date(ends)?;
    Ok(ends)
}

fn days(now: Time, days: i64) -> Time {
    now.checked_add(jiff::SignedDuration::from_hours(24 * days))
        .unwrap_or(Time::MAX)
}

fn certificate(error: impl std::fmt::Display) -> AuthorityError {
    AuthorityError::Certificate(error.to_string())
}

fn failed(path: &Path, source: io::Error) -> AuthorityError {
    AuthorityError::Io {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        gw_core::parse_time(text).unwrap()
    }

    #[test]
    fn certificates_are_renewed_and_the_root_stays() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let authority = Authority::open(folder.path(), &names, at("2026-11-25")).unwrap();
        let root = fs::read(authority.root()).unwrap();
        let leaf = |authority: &Authority| authority.read_current().unwrap().1.cert[0].clone();
        let first = leaf(&authority);
        assert!(!authority.renew(at("2026-11-28")).unwrap());
        assert_eq!(leaf(&authority), first);
        assert!(authority.renew(at("2026-11-30")).unwrap());
        assert_ne!(leaf(&authority), first);
        let again = Authority::open(folder.path(), &names, at("2026-12-25")).unwrap();
        assert_eq!(fs::read(again.root()).unwrap(), root);
    }

    #[test]
    fn other_names_need_another_root() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["localhost".to_owned()];
        let authority = Authority::open(folder.path(), &names, at("2026-11-25")).unwrap();
        let root = fs::read(authority.root()).unwrap();
        let names = ["gate.example".to_owned()];
        Authority::open(folder.path(), &names, at("2026-11-25")).unwrap();
        assert_ne!(fs::read(authority.root()).unwrap(), root);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let names = ["localhost".to_owned()];
        let authority = Authority::open(folder.path(), &names, at("2026-11-25")).unwrap();
        let mode = fs::metadata(authority.key_file())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
