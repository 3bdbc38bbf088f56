use std::fmt;
use std::str::FromStr;

/// How content is hashed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashType {
    /// SHA-256.
    #[default]
    Sha256,
    /// BLAKE2b with 64 bytes.
    Blake2b,
    /// BLAKE3 with 32 bytes.
    Blake3,
}

impl HashType {
    /// The name that manifests have.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Blake2b => "blake2b",
            Self::Blake3 => "blake3",
        }
    }

    /// How many bytes its digests have.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 | Self::Blake3 => 32,
            Self::Blake2b => 64,
        }
    }
}

impl FromStr for HashType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "sha256" => Ok(Self::Sha256),
            // The library's option has the shorter name, its manifests the longer one.
            "blake2b" | "blake2" => Ok(Self::Blake2b),
            "blake3" => Ok(Self::Blake3),
            _ => Err(()),
        }
    }
}

impl fmt::Display for HashType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A digest of content, with the function that made it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ContentDigest {
    hash: HashType,
    bytes: Vec<u8>,
}

impl ContentDigest {
    /// A digest, if `bytes` has the function's length.
    #[must_use]
    pub fn new(hash: HashType, bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() == hash.length()).then_some(Self { hash, bytes })
    }

    /// A digest written in hexadecimal digits.
    #[must_use]
    pub fn from_hex(hash: HashType, text: &str) -> Option<Self> {
        Self::new(hash, hex::decode(text).ok()?)
    }

    /// The function.
    #[must_use]
    pub const fn hash(&self) -> HashType {
        self.hash
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes in hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(&self.bytes)
    }
}

impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.hash, self.to_hex())
    }
}

impl fmt::Debug for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
