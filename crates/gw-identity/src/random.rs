//! Randomness, from the operating system.

use zeroize::Zeroizing;

/// The operating system gave no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct RandomnessError;

/// 32 bytes that nobody can guess.
///
/// # Errors
/// [`RandomnessError`].
pub(crate) fn random() -> Result<Zeroizing<[u8; 32]>, RandomnessError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| RandomnessError)?;
    Ok(bytes)
}

/// A random id of 128 bits as 32 hexadecimal digits, after a prefix.
pub(crate) fn random_id(prefix: &str) -> Result<String, RandomnessError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| RandomnessError)?;
    Ok(format!("{prefix}{}", hex::encode(bytes)))
}
