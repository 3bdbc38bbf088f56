use gw_core::Time;

use super::Certificate;

/// Paths with more certificates are not looked for.
const MAX_DEPTH: usize = 8;

/// More signatures are not verified for one path, whatever certificates a bundle brings.
const MAX_CHECKS: u32 = 100;

/// 1.3.6.1.5.5.7.3.x (RFC 5280 section 4.2.1.12).
const PURPOSES: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03];
const CODE_SIGNING: u8 = 3;
const TIME_STAMPING: u8 = 8;
/// anyExtendedKeyUsage, 2.5.29.37.0.
const ANY: &[u8] = &[0x55, 0x1d, 0x25, 0x00];

/// What the certificate at the end of a path signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Models, with a certificate of one's own authority. The certificate must say that it may sign
    /// (key usage `digitalSignature`) or that it signs code (extended key usage), and what it says
    /// must not contradict either.
    Model,
    /// Code, with a short-lived certificate of Fulcio: both must be said.
    Keyless,
    /// Time stamps (RFC 3161 section 2.3): the only extended key usage must say so.
    TimeStamp,
}

/// A certificate that does not lead to an anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Not valid yet.
    #[error("the certificate of {subject} is not valid before {not_before}, and it is {at}")]
    NotYet {
        /// Whose.
        subject: String,
        /// From when on it is.
        not_before: Time,
        /// The time that was asked about.
        at: Time,
    },
    /// Not valid any more.
    #[error("the certificate of {subject} expired at {not_after}, and it is {at}")]
    Expired {
        /// Whose.
        subject: String,
        /// Until when it was.
        not_after: Time,
        /// The time that was asked about.
        at: Time,
    },
    /// Not meant for this.
    #[error("the certificate of {subject} is not for {what}")]
    Usage {
        /// Whose.
        subject: String,
        /// What it is not for.
        what: &'static str,
    },
    /// An authority above more authorities than it may.
    #[error("the certificate of {subject} does not allow so long a chain")]
    PathLength {
        /// Whose.
        subject: String,
    },
    /// A critical extension that we do not know.
    #[error("the certificate of {subject} has the critical extension {oid}, which is not known")]
    Critical {
        /// Whose.
        subject: String,
        /// Its object identifier.
        oid: String,
    },
    /// A restriction to names, which we do not evaluate.
    #[error("the certificate of {subject} restricts names, which is not evaluated here")]
    NameConstraints {
        /// Whose.
        subject: String,
    },
    /// An algorithm that is not accepted, or a key of another kind.
    #[error("the certificate of {subject} is signed with an algorithm that is not accepted")]
    Algorithm {
        /// Whose.
        subject: String,
    },
    /// The issuer did not sign it.
    #[error("{issuer} did not sign the certificate of {subject}")]
    Signature {
        /// Whose.
        subject: String,
        /// Who should have.
        issuer: String,
    },
    /// No certificate of the issuer is there.
    #[error(
        "the certificate of {subject} leads to no trusted authority: there is none of its issuer, \
         {issuer}"
    )]
    NoIssuer {
        /// Whose.
        subject: String,
        /// Who issued it.
        issuer: String,
    },
    /// Too many certificates to try.
    #[error("the certificates are too many or their chain too long")]
    Effort,
}

/// Finds a path from `leaf` over `intermediates` to one of `anchors` on which every certificate is
/// valid at `at`, and returns it, leaf and anchor included (RFC 5280 section 6.1). Names are
/// compared byte by byte. A leaf that is an anchor itself is its own path.
///
/// # Errors
/// [`ChainError`] of the last path that was tried.
pub fn verify_chain<'a>(
    leaf: &'a Certificate,
    intermediates: &'a [Certificate],
    anchors: &'a [Certificate],
    at: Time,
    purpose: Purpose,
) -> Result<Vec<&'a Certificate>, ChainError> {
    check_validity(leaf, at)?;
    check_critical(leaf)?;
    check_leaf(leaf, purpose)?;
    if anchors.contains(leaf) {
        return Ok(vec![leaf]);
    }
    let mut search = Search {
        intermediates,
        anchors,
        at,
        purpose,
        checks: 0,
    };
    let mut path = vec![leaf];
    search.extend(&mut path)?;
    Ok(path)
}

struct Search<'a> {
    intermediates: &'a [Certificate],
    anchors: &'a [Certificate],
    at: Time,
    purpose: Purpose,
    checks: u32,
}

impl<'a> Search<'a> {
    /// Continues a path to an anchor, depth first; the depth is limited.
    fn extend(&mut self, path: &mut Vec<&'a Certificate>) -> Result<(), ChainError> {
        let Some(last) = path.last().copied() else {
            return Err(ChainError::Effort);
        };
        let mut error = ChainError::NoIssuer {
            subject: last.subject(),
            issuer: last.issuer(),
        };
        if path.len() >= MAX_DEPTH {
            return Err(ChainError::Effort);
        }
        let (anchors, intermediates) = (self.anchors, self.intermediates);
        let candidates = anchors
            .iter()
            .map(|certificate| (certificate, true))
            .chain(intermediates.iter().map(|certificate| (certificate, false)));
        for (candidate, is_anchor) in candidates {
            if candidate.subject != last.issuer || path.contains(&candidate) {
                continue;
            }
            self.checks = self.checks.saturating_add(1);
            if self.checks > MAX_CHECKS {
                return Err(ChainError::Effort);
            }
            if let Err(why) = self.check_issuer(path, last, candidate) {
                error = why;
                continue;
            }
            path.push(candidate);
            if is_anchor {
                return Ok(());
            }
            match self.extend(path) {
                Ok(()) => return Ok(()),
                Err(why) => error = why,
            }
            path.pop();
        }
        Err(error)
    }

    fn check_issuer(
        &self,
        path: &[&Certificate],
        last: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), ChainError> {
        let refuse = |what| ChainError::Usage {
            subject: issuer.subject(),
            what,
        };
        check_validity(issuer, self.at)?;
        check_critical(issuer)?;
        let extensions = &issuer.extensions;
        if !extensions.authority {
            return Err(refuse("signing certificates: it is of no authority"));
        }
        if extensions
            .key_usage
            .is_some_and(|usage| !usage.certificate_signature())
        {
            return Err(refuse("signing certificates, by its key usage"));
        }
        let fits = extensions.extended_key_usage.as_ref();
        if fits.is_some_and(|usages| !allows(usages, extended(self.purpose))) {
            return Err(refuse("this purpose, by its extended key usage"));
        }
        if extensions.constrains_names {
            return Err(ChainError::NameConstraints {
                subject: issuer.subject(),
            });
        }
        // Authorities between this one and the leaf; those that renew themselves do not count.
        let below = path
            .iter()
            .skip(1)
            .filter(|certificate| !certificate.is_self_issued())
            .count();
        if extensions
            .path_length
            .is_some_and(|most| below > usize::try_from(most).unwrap_or(usize::MAX))
        {
            return Err(ChainError::PathLength {
                subject: issuer.subject(),
            });
        }
        let algorithm = || ChainError::Algorithm {
            subject: last.subject(),
        };
        let scheme = last.scheme.ok_or_else(algorithm)?;
        issuer
            .public_key()
            .map_err(|_| algorithm())?
            .verify_as(scheme, &last.tbs, &last.signature)
            .map_err(|_| ChainError::Signature {
                subject: last.subject(),
                issuer: issuer.subject(),
            })
    }
}

fn check_validity(certificate: &Certificate, at: Time) -> Result<(), ChainError> {
    if at < certificate.not_before {
        return Err(ChainError::NotYet {
            subject: certificate.subject(),
            not_before: certificate.not_before,
            at,
        });
    }
    // The last second counts whole.
    if at.as_second() > certificate.not_after.as_second() {
        return Err(ChainError::Expired {
            subject: certificate.subject(),
            not_after: certificate.not_after,
            at,
        });
    }
    Ok(())
}

fn check_critical(certificate: &Certificate) -> Result<(), ChainError> {
    match &certificate.extensions.unknown_critical {
        None => Ok(()),
        Some(oid) => Err(ChainError::Critical {
            subject: certificate.subject(),
            oid: oid.clone(),
        }),
    }
}

fn check_leaf(leaf: &Certificate, purpose: Purpose) -> Result<(), ChainError> {
    let refuse = |what| {
        Err(ChainError::Usage {
            subject: leaf.subject(),
            what,
        })
    };
    let extensions = &leaf.extensions;
    let usage = extensions.key_usage;
    let extended_usage = extensions.extended_key_usage.as_ref();
    if usage.is_some_and(|usage| !usage.digital_signature()) {
        return refuse("signing, by its key usage");
    }
    if extended_usage.is_some_and(|usages| !allows(usages, extended(purpose))) {
        return refuse(match purpose {
            Purpose::Model | Purpose::Keyless => "signing code, by its extended key usage",
            Purpose::TimeStamp => "time stamps, by its extended key usage",
        });
    }
    match purpose {
        Purpose::Model if usage.is_none() && extended_usage.is_none() => {
            refuse("signing: it has neither key usage nor extended key usage")
        }
        Purpose::Keyless if usage.is_none() || extended_usage.is_none() => {
            refuse("signing code: key usage or extended key usage is missing")
        }
        Purpose::Keyless if extensions.authority => refuse("signing code: it is an authority's"),
        Purpose::TimeStamp if extended_usage.is_none_or(|usages| usages.len() != 1) => {
            refuse("time stamps alone")
        }
        // RFC 3161 section 2.3: whoever does not know this usage must not take the certificate.
        Purpose::TimeStamp if !extensions.extended_key_usage_critical => {
            refuse("time stamps: its extended key usage is not critical")
        }
        _ => Ok(()),
    }
}

const fn extended(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Model | Purpose::Keyless => CODE_SIGNING,
        Purpose::TimeStamp => TIME_STAMPING,
    }
}

fn allows(usages: &[Vec<u8>], wanted: u8) -> bool {
    usages
        .iter()
        .any(|usage| usage == ANY || usage.strip_prefix(PURPOSES) == Some(&[wanted]))
}
