/// A point in time, UTC, written as RFC 3339.
pub type Time = jiff::Timestamp;

/// A time that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a time: expected RFC 3339 such as 2026-08-21T00:00:00Z, or a date")]
pub struct TimeError {
    given: String,
}

/// Reads an RFC 3339 time, or a plain date, which means its first moment in UTC.
///
/// # Errors
/// [`TimeError`] if `text` is neither.
pub fn parse_time(text: &str) -> Result<Time, TimeError> {
    let given = text.trim();
    let whole = if given.len() == 10 {
        format!("{given}T00:00:00Z")
    } else {
        given.to_owned()
    };
    whole.parse().map_err(|_| TimeError {
        given: text.chars().take(64).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_and_dates_and_nothing_else() {
        let midnight: Time = "2026-08-21T00:00:00Z".parse().unwrap();
        assert_eq!(parse_time("2026-08-21"), Ok(midnight));
        assert_eq!(parse_time(" 2026-08-21T02:00:00+02:00 "), Ok(midnight));
        for bad in ["", "yesterday", "2026-13-01", "2026-08-21T00:00:00"] {
            assert!(parse_time(bad).is_err(), "{bad}");
        }
    }
}
