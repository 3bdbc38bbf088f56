//! Payloads in the lowest bits of weights, where they hardly change the model's answers.
//!
//! Whether low bits are "too random" or "not random enough" cannot be told soundly: in trained
//! weights they are noise, and an encrypted payload is noise too. What can be told is a payload in
//! the clear: the bits are put together in the usual ways and what comes out is looked at. (Wang et
//! al., "EvilModel", 2021; Liu et al., "StegoNet", 2020.)

use super::Kind;
use crate::tensor::payload::{self, ENOUGH, Payload};

/// Something in the low bits.
pub(super) struct Hidden {
    pub(super) bits: usize,
    pub(super) payload: Payload,
}

/// Fewer numbers hold nothing worth hiding.
const FEWEST: usize = 512;

/// A payload often has its length in front, in 4 or 8 bytes.
const STARTS: [usize; 3] = [0, 4, 8];

/// Puts together the low bits of a tensor's first numbers.
pub(super) fn look(kind: Kind, bytes: &[u8]) -> Option<Hidden> {
    let size = kind.size();
    let widths: &[usize] = match kind {
        Kind::F64 | Kind::F32 => &[1, 2, 3, 4, 8, 16, 24],
        Kind::F16 | Kind::Bf16 => &[1, 2, 4, 8],
        Kind::Other => return None,
    };
    if bytes.len() / size < FEWEST {
        return None;
    }
    widths.iter().find_map(|&bits| {
        let wanted = ENOUGH.saturating_mul(8).div_ceil(bits);
        let numbers = bytes.chunks_exact(size).take(wanted);
        let low: Vec<u32> = numbers
            .map(|number| {
                let word = number
                    .iter()
                    .take(4)
                    .rev()
                    .fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
                word & u32::MAX
                    .checked_shr(32_u32.saturating_sub(u32::try_from(bits).unwrap_or(0)))
                    .unwrap_or(0)
            })
            .collect();
        if low.iter().all(|bits| *bits == 0) {
            return None;
        }
        orders(&low, bits).into_iter().find_map(|stream| {
            let found = STARTS
                .iter()
                .find_map(|&start| payload::kind(stream.get(start..)?));
            found.map(|payload| Hidden { bits, payload })
        })
    })
}

/// The bytes that numbers of `bits` bits make, in the orders in use.
fn orders(low: &[u32], bits: usize) -> [Vec<u8>; 2] {
    let join = |highest_first: bool| {
        let mut bytes = Vec::with_capacity(ENOUGH);
        let (mut byte, mut filled) = (0_u8, 0_u32);
        for number in low {
            for place in 0..bits {
                let from = if highest_first {
                    bits.saturating_sub(1).saturating_sub(place)
                } else {
                    place
                };
                let bit = u8::from(number & (1 << from) != 0);
                byte = if highest_first {
                    byte << 1 | bit
                } else {
                    byte | bit << filled
                };
                filled = filled.saturating_add(1);
                if filled == 8 {
                    bytes.push(byte);
                    (byte, filled) = (0, 0);
                }
            }
        }
        bytes
    };
    [join(true), join(false)]
}
