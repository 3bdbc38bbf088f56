//! RSA verification with public keys (RFC 8017). There is nothing secret here, so time may vary.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use crate::der::{self, Reader};
use crate::scheme::Sha2;

/// Keys outside of this are refused: shorter ones are weak, longer ones only cost time.
const BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// rsaEncryption, 1.2.840.113549.1.1.1 (RFC 3279 section 2.3.1).
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// An RSA key that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    spki: Vec<u8>,
    modulus: Odd<BoxedUint>,
    exponent: BoxedUint,
    bits: u32,
}

impl RsaPublicKey {
    /// Reads a SubjectPublicKeyInfo in DER.
    pub(crate) fn from_spki(bytes: &[u8]) -> Option<Self> {
        let mut outer = Reader::new(bytes);
        let mut info = outer.sequence().ok()?;
        outer.finish().ok()?;
        let mut algorithm = info.sequence().ok()?;
        if algorithm.take(der::OID).ok()?.content != RSA_ENCRYPTION {
            return None;
        }
        let key = info.take(der::BIT_STRING).ok()?.bits().ok()?;
        info.finish().ok()?;
        let mut key = Reader::new(key);
        let mut numbers = key.sequence().ok()?;
        key.finish().ok()?;
        let modulus = numbers.take(der::INTEGER).ok()?.unsigned().ok()?;
        let exponent = numbers.take(der::INTEGER).ok()?.unsigned().ok()?;
        numbers.finish().ok()?;
        // Everybody uses 65537; what is longer than four bytes only costs time.
        if exponent.len() > 4 || exponent.last()? & 1 == 0 || exponent == [1] {
            return None;
        }
        let modulus = BoxedUint::from_be_slice_vartime(modulus);
        let bits = modulus.bit_width_vartime();
        if !BITS.contains(&bits) {
            return None;
        }
        Some(Self {
            spki: bytes.to_vec(),
            modulus: Option::from(Odd::new(modulus))?,
            exponent: BoxedUint::from_be_slice_vartime(exponent),
            bits,
        })
    }

    /// The key as SubjectPublicKeyInfo in DER, as it was read.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// RSASSA-PKCS1-v1_5 (section 8.2.2): the encoded message is made again and compared whole.
    pub(crate) fn verify_pkcs1(&self, hash: Sha2, digest: &[u8], signature: &[u8]) -> bool {
        let Some(encoded) = self.open(signature) else {
            return false;
        };
        let length = hash.length();
        let mut info = vec![0x30, length.saturating_add(17), 0x30, 0x0d, 0x06, 0x09];
        info.extend_from_slice(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02]);
        info.extend_from_slice(&[hash.oid_end(), 0x05, 0x00, 0x04, length]);
        info.extend_from_slice(digest);
        let Some(padding) = encoded.len().checked_sub(info.len().saturating_add(3)) else {
            return false;
        };
        let mut expected = vec![0, 1];
        expected.resize(padding.saturating_add(2), 0xff);
        expected.push(0);
        expected.extend_from_slice(&info);
        padding >= 8 && encoded == expected
    }

    /// RSASSA-PSS (sections 8.1.2 and 9.1.2) with a salt as long as the digest.
    pub(crate) fn verify_pss(&self, hash: Sha2, digest: &[u8], signature: &[u8]) -> bool {
        self.pss(hash, digest, signature).unwrap_or(false)
    }

    fn pss(&self, hash: Sha2, digest: &[u8], signature: &[u8]) -> Option<bool> {
        let opened = self.open(signature)?;
        // The encoded message has one bit less than the modulus, rounded up to bytes.
        let bits = self.bits.checked_sub(1)?;
        let length = usize::try_from(bits.div_ceil(8)).ok()?;
        let (zeros, encoded) = opened.split_at_checked(opened.len().checked_sub(length)?)?;
        let size = usize::from(hash.length());
        let (masked, rest) = encoded.split_at_checked(length.checked_sub(size)?.checked_sub(1)?)?;
        let (claimed, trailer) = rest.split_at_checked(size)?;
        if zeros.iter().any(|byte| *byte != 0) || trailer != [0xbc] {
            return Some(false);
        }
        let spare = u32::try_from(length)
            .ok()?
            .checked_mul(8)?
            .checked_sub(bits)?;
        let keep = 0xff_u8.checked_shr(spare)?;
        if masked.first()? & !keep != 0 {
            return Some(false);
        }
        let mask = mgf1(hash, claimed, masked.len());
        let mut block: Vec<u8> = masked.iter().zip(mask).map(|(a, b)| a ^ b).collect();
        *block.first_mut()? &= keep;
        let (padding, salt) = block.split_at_checked(block.len().checked_sub(size)?)?;
        let (one, zeros) = padding.split_last()?;
        if *one != 1 || zeros.iter().any(|byte| *byte != 0) {
            return Some(false);
        }
        let mut last = vec![0; 8];
        last.extend_from_slice(digest);
        last.extend_from_slice(salt);
        Some(hash.digest(&last) == claimed)
    }

    /// The encoded message of a signature: signature ^ exponent mod modulus, as long as the
    /// modulus (RSAVP1, section 5.2.2).
    fn open(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let length = usize::try_from(self.bits.div_ceil(8)).ok()?;
        if signature.len() != length {
            return None;
        }
        let precision = self.modulus.as_ref().bits_precision();
        let number = BoxedUint::from_be_slice(signature, precision).ok()?;
        if number >= *self.modulus.as_ref() {
            return None;
        }
        let params = BoxedMontyParams::new_vartime(self.modulus.clone());
        let power = BoxedMontyForm::new(number, &params).pow(&self.exponent);
        let bytes = power.retrieve().to_be_bytes();
        let (zeros, encoded) = bytes.split_at_checked(bytes.len().checked_sub(length)?)?;
        zeros
            .iter()
            .all(|byte| *byte == 0)
            .then(|| encoded.to_vec())
    }
}

/// The mask generation function MGF1 (RFC 8017 appendix B.2.1).
fn mgf1(hash: Sha2, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::new();
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        let mut input = seed.to_vec();
        input.extend_from_slice(&counter.to_be_bytes());
        mask.extend_from_slice(&hash.digest(&input));
    }
    mask.truncate(length);
    mask
}
