//! Passwords: which are taken, how they are kept (argon2id, RFC 9106), and how they are compared.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::random::RandomnessError;

/// The shortest password (NIST SP 800-63B-4, section 3.1.1.2, where it is the only factor).
pub const MIN_LENGTH: usize = 15;
/// The longest one, in bytes: enough for any sentence, and no load.
pub const MAX_LENGTH: usize = 1024;

/// What argon2id costs. Memory in KiB, passes, lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// What OWASP's Password Storage Cheat Sheet recommends first for argon2id where memory is not
    /// scarce: 46 MiB and one pass would be alike; this is 19 MiB and two passes.
    fn default() -> Self {
        Self {
            memory: 19_456,
            passes: 2,
            lanes: 1,
        }
    }
}

/// A password that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has {MIN_LENGTH} characters or more, and at most {MAX_LENGTH} bytes")]
    Length,
    /// It is the person's own name or address, or one character repeated.
    #[error(
        "this password is too easy to guess: it is a name or address, or one character repeated"
    )]
    Guessable,
    /// No randomness for the salt.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// Costs that argon2 cannot work with.
    #[error("argon2id cannot work with these costs")]
    Cost,
}

/// Whether a password was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordMatch {
    /// It was not.
    Wrong,
    /// It was.
    Right,
    /// It was, and should be hashed again since costs have risen.
    RightButCheap,
}

/// Checks a new password. No rules about kinds of characters: length is what counts.
///
/// # Errors
/// [`PasswordError::Length`], [`PasswordError::Guessable`].
pub fn check_new(password: &str, known: &[&str]) -> Result<(), PasswordError> {
    if password.chars().count() < MIN_LENGTH || password.len() > MAX_LENGTH {
        return Err(PasswordError::Length);
    }
    let lower = password.to_lowercase();
    let named = known.iter().any(|name| lower == name.to_lowercase());
    let mut characters = password.chars();
    let first = characters.next();
    if named || characters.all(|character| Some(character) == first) {
        return Err(PasswordError::Guessable);
    }
    Ok(())
}

/// Hashes a password with a new salt, in PHC's string format. It takes some 20 ms and `memory`.
///
/// # Errors
/// [`PasswordError::Randomness`], [`PasswordError::Cost`].
pub fn hash(password: &str, cost: PasswordCost) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| RandomnessError)?;
    let mut out = [0; 32];
    derive(password, &salt, cost, &mut out).ok_or(PasswordError::Cost)?;
    let PasswordCost {
        memory,
        passes,
        lanes,
    } = cost;
    Ok(format!(
        "$argon2id$v=19$m={memory},t={passes},p={lanes}${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(out)
    ))
}

/// Compares a password with a hash, in constant time. Where there is no hash, as for a person who
/// does not exist, the same work is done, so that time tells nothing.
#[must_use]
pub fn verify(password: &str, hash: Option<&str>, cost: PasswordCost) -> PasswordMatch {
    let parsed = hash.and_then(parse);
    let (used, salt, expected) = match &parsed {
        Some((used, salt, expected)) => (*used, salt.as_slice(), expected.as_slice()),
        None => (cost, &[0; 16][..], &[0; 32][..]),
    };
    let mut out = [0; 32];
    // Longer ones were never set; hashing them is only load.
    let worked = password.len() <= MAX_LENGTH && derive(password, salt, used, &mut out).is_some();
    let same = bool::from(out.as_slice().ct_eq(expected));
    match (worked && same && parsed.is_some(), used) {
        (false, _) => PasswordMatch::Wrong,
        (true, used)
            if used.memory < cost.memory
                || used.passes < cost.passes && used.memory <= cost.memory =>
        {
            PasswordMatch::RightButCheap
        }
        (true, _) => PasswordMatch::Right,
    }
}

fn derive(password: &str, salt: &[u8], cost: PasswordCost, out: &mut [u8]) -> Option<()> {
    // What is stored is ours, and still no reason to take gigabytes.
    if cost.memory > 1 << 20 || cost.passes > 16 || cost.lanes > 16 {
        return None;
    }
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(out.len())).ok()?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, out)
        .ok()
}

/// The costs, the salt and the hash in PHC's string format.
fn parse(text: &str) -> Option<(PasswordCost, Vec<u8>, Vec<u8>)> {
    let rest = text.strip_prefix("$argon2id$v=19$m=")?;
    let [costs, salt, hash] = three(rest, '$')?;
    let [memory, passes, lanes] = three(costs, ',')?;
    let cost = PasswordCost {
        memory: memory.parse().ok()?,
        passes: passes.strip_prefix("t=")?.parse().ok()?,
        lanes: lanes.strip_prefix("p=")?.parse().ok()?,
    };
    let (salt, hash) = (
        STANDARD_NO_PAD.decode(salt).ok()?,
        STANDARD_NO_PAD.decode(hash).ok()?,
    );
    (salt.len() >= 16 && hash.len() == 32).then_some((cost, salt, hash))
}

fn three(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost {
        memory: 64,
        passes: 1,
        lanes: 1,
    };

    #[test]
    fn passwords_verify_and_are_hashed_again_when_costs_rise() {
        let password = "a long enough sentence";
        let hash = hash(password, CHEAP).unwrap();
        assert_eq!(verify(password, Some(&hash), CHEAP), PasswordMatch::Right);
        assert_eq!(verify("another", Some(&hash), CHEAP), PasswordMatch::Wrong);
        assert_eq!(verify("", Some(&hash), CHEAP), PasswordMatch::Wrong);
        for dearer in [
            PasswordCost {
                memory: 128,
                ..CHEAP
            },
            PasswordCost { passes: 2, ..CHEAP },
        ] {
            let result = verify(password, Some(&hash), dearer);
            assert_eq!(result, PasswordMatch::RightButCheap);
        }
        assert_ne!(super::hash(password, CHEAP).unwrap(), hash);
    }

    #[test]
    fn what_is_no_hash_matches_nothing() {
        let zeros = STANDARD_NO_PAD.encode([0; 32]);
        for bad in [
            None,
            Some(""),
            Some("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"),
            Some("$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA"),
            Some(&format!(
                "$argon2id$v=19$m=9999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA${zeros}"
            )),
            Some(&format!(
                "$argon2id$v=19$m=0,t=0,p=0$AAAAAAAAAAAAAAAAAAAAAA${zeros}"
            )),
        ] {
            for password in ["", "a long enough sentence"] {
                let result = verify(password, bad, CHEAP);
                assert_eq!(result, PasswordMatch::Wrong, "{bad:?}");
            }
        }
        let long = "x".repeat(MAX_LENGTH + 1);
        assert_eq!(verify(&long, None, CHEAP), PasswordMatch::Wrong);
    }

    #[test]
    fn verifies_a_hash_of_the_reference_implementation() {
        // `echo -n password | argon2 somesaltsomesalt -id -t 2 -m 16 -p 1 -l 32 -e`, made by Python's
        // argon2-cffi, which binds the reference implementation.
        let hash = concat!(
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$c29tZXNhbHRzb21lc2FsdA",
            "$K13EBUiG7JV+9ZxztmHFTdb7J0WQsnj2V8bZaqyPptE"
        );
        let cost = PasswordCost::default();
        assert_eq!(verify("password", Some(hash), cost), PasswordMatch::Right);
        assert_eq!(verify("passwort", Some(hash), cost), PasswordMatch::Wrong);
    }

    #[test]
    fn length_counts() {
        let known = ["Ann Example", "ann.example@corp.example"];
        for (password, expected) in [
            ("short", Err(PasswordError::Length)),
            ("fourteen chars", Err(PasswordError::Length)),
            ("fifteen charact", Ok(())),
            ("ÄÖÜäöüßÄÖÜäöüß1", Ok(())),
            ("aaaaaaaaaaaaaaaaaaaa", Err(PasswordError::Guessable)),
            ("Ann.Example@corp.example", Err(PasswordError::Guessable)),
        ] {
            assert_eq!(check_new(password, &known), expected, "{password}");
        }
        let long = "ab".repeat(600);
        assert_eq!(check_new(&long, &[]), Err(PasswordError::Length));
    }
}
