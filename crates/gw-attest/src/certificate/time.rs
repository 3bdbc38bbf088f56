use gw_core::Time;

use super::CertificateError;
use crate::der::{self, Element};

const FORMAT: CertificateError = CertificateError::Format("a time is not as RFC 5280 has it");

/// A time of a certificate's validity (RFC 5280 section 4.1.2.5): `YYMMDDHHMMSSZ` or
/// `YYYYMMDDHHMMSSZ`.
pub(super) fn read(element: &Element<'_>) -> Result<Time, CertificateError> {
    let text = std::str::from_utf8(element.content).map_err(|_| FORMAT)?;
    match element.tag {
        der::UTC_TIME => {
            let year: u32 = text.get(..2).and_then(|y| y.parse().ok()).ok_or(FORMAT)?;
            let century = if year >= 50 { "19" } else { "20" };
            generalized(&format!("{century}{text}")).ok_or(FORMAT)
        }
        der::GENERALIZED_TIME if text.len() == 15 => generalized(text).ok_or(FORMAT),
        _ => Err(FORMAT),
    }
}

/// `YYYYMMDDHHMMSSZ`, perhaps with a fraction of a second (RFC 3161 section 2.4.2).
pub(crate) fn generalized(text: &str) -> Option<Time> {
    let (whole, rest) = text.split_at_checked(14)?;
    let fraction = rest.strip_suffix('Z')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_is_good = match fraction.strip_prefix('.') {
        Some(digit) => (1..=9).contains(&digit.len()) && digits(digit),
        None => fraction.is_empty(),
    };
    if !digits(whole) || !fraction_is_good {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to);
    format!(
        "{}-{}-{}T{}:{}:{}{fraction}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    )
    .parse()
    .ok()
}
