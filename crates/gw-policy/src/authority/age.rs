use std::fmt;
use std::str::FromStr;

use gw_core::Time;
use serde::{Deserialize, Serialize};

/// How old a statement may be: a number and `s`, `m`, `h`, `d` or `w`, such as `30d`. A day has 24
/// hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Age {
    seconds: i64,
}

/// Text that is no age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an age: expected a number from 1 and s, m, h, d or w, such as 30d, at most 100 years")]
pub struct AgeError;

const UNITS: [(char, i64); 5] = [
    ('w', 604_800),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];
const MOST: i64 = 100 * 366 * 86_400;

impl Age {
    /// When something of this time becomes too old.
    #[must_use]
    pub fn after(self, time: Time) -> Time {
        time.checked_add(jiff::SignedDuration::from_secs(self.seconds))
            .unwrap_or(Time::MAX)
    }
}

impl FromStr for Age {
    type Err = AgeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let unit = text.chars().next_back().ok_or(AgeError)?;
        let number = text.strip_suffix(unit).unwrap_or_default();
        let (_, seconds) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or(AgeError)?;
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AgeError);
        }
        let number: i64 = number.parse().map_err(|_| AgeError)?;
        let seconds = number.checked_mul(seconds).ok_or(AgeError)?;
        (1..=MOST)
            .contains(&seconds)
            .then_some(Self { seconds })
            .ok_or(AgeError)
    }
}

impl TryFrom<String> for Age {
    type Error = AgeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Age> for String {
    fn from(age: Age) -> Self {
        age.to_string()
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.into_iter().find(|(_, unit)| self.seconds % unit == 0);
        let (name, unit) = whole.unwrap_or(('s', 1));
        write!(f, "{}{name}", self.seconds / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for (text, written) in [
            ("30d", "30d"),
            (" 24h ", "1d"),
            ("90s", "90s"),
            ("7d", "1w"),
            ("60m", "1h"),
        ] {
            assert_eq!(text.parse::<Age>().unwrap().to_string(), written);
        }
        for bad in [
            "",
            "d",
            "0d",
            "-1d",
            "+1d",
            "1",
            "1y",
            "1.5d",
            "9999999999999999d",
            "5000w2",
            "é",
            "99999d",
        ] {
            assert_eq!(bad.parse::<Age>(), Err(AgeError), "{bad}");
        }
        let start: Time = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(
            "1d".parse::<Age>().unwrap().after(start).to_string(),
            "2026-01-02T00:00:00Z"
        );
        assert_eq!("1d".parse::<Age>().unwrap().after(Time::MAX), Time::MAX);
    }
}
