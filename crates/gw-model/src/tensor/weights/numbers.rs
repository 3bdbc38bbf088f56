use super::{Kind, Tensor};

/// Fewer numbers than this are constants, masks and scales, not weights.
const WEIGHTS: u64 = 1024;

/// What is wrong with a tensor's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    NotANumber,
    Infinite,
    Absurd,
    Zero,
    Constant,
    ConstantRows,
}

impl Fault {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::NotANumber => "nan",
            Self::Infinite => "infinite",
            Self::Absurd => "absurd",
            Self::Zero => "zero",
            Self::Constant => "constant",
            Self::ConstantRows => "constant-rows",
        }
    }

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::NotANumber => "Values that are not numbers (NaN) are in",
            Self::Infinite => "Infinite values are among the weights of",
            Self::Absurd => "Magnitudes that no arithmetic survives are in",
            Self::Zero => "Nothing but zero is in",
            Self::Constant => "One value throughout is in",
            Self::ConstantRows => "Most rows are one value throughout in",
        }
    }
}

/// Counts over a tensor's numbers. Bits are compared, not values: of IEEE 754 numbers without their
/// sign the order of the bits is the order of the values, and loops over them run many numbers at
/// a time.
pub(super) struct Numbers {
    kind: Kind,
    /// How many numbers a row has, if the tensor is a matrix of some size.
    row: Option<u64>,
    count: u64,
    zero: u64,
    infinite: u64,
    nan: u64,
    /// The largest finite magnitude, and the largest but the type's own greatest, which masks are
    /// made of; as bits of an `f32`.
    largest: u32,
    first: Option<u64>,
    differs: bool,
    rows: u64,
    constant_rows: u64,
    /// Of the row that is being read: its first number, how many came, whether they differ.
    current: (u64, u64, bool),
}

impl Numbers {
    pub(super) fn new(tensor: &Tensor) -> Self {
        let row = match tensor.shape.as_slice() {
            [rows, rest @ ..] if !rest.is_empty() && *rows >= 16 => {
                let row = rest
                    .iter()
                    .try_fold(1_u64, |all, size| all.checked_mul(*size));
                row.filter(|row| *row >= 16)
            }
            _ => None,
        };
        Self {
            kind: tensor.kind,
            row,
            count: 0,
            zero: 0,
            infinite: 0,
            nan: 0,
            largest: 0,
            first: None,
            differs: false,
            rows: 0,
            constant_rows: 0,
            current: (0, 0, false),
        }
    }

    /// Takes the next bytes. All chunks but the last hold whole numbers.
    pub(super) fn chunk(&mut self, bytes: &[u8]) {
        match self.kind {
            Kind::F32 => self.take::<4>(bytes, 0x7F80_0000, 0x7FFF_FFFF, |bits| {
                u32::try_from(bits).unwrap_or(0)
            }),
            Kind::Bf16 => self.take::<2>(bytes, 0x7F80, 0x7FFF, |bits| {
                u32::try_from(bits << 16).unwrap_or(0)
            }),
            // Half precision ends at 65504, which is nothing absurd.
            Kind::F16 => self.take::<2>(bytes, 0x7C00, 0x7FFF, |bits| u32::from(bits != 0)),
            Kind::F64 => self.take::<8>(bytes, 0x7FF0 << 48, u64::MAX >> 1, single),
            Kind::Other => {}
        }
    }

    /// Takes numbers of `N` bytes: `infinity` is the bits of infinity, `magnitude` masks the sign
    /// off, and `single` makes an `f32`'s bits of a finite magnitude's.
    fn take<const N: usize>(
        &mut self,
        bytes: &[u8],
        infinity: u64,
        magnitude: u64,
        single: fn(u64) -> u32,
    ) {
        let (numbers, _) = bytes.as_chunks::<N>();
        let Some(start) = numbers.first() else {
            return;
        };
        let first = *self.first.get_or_insert(bits(start));
        let greatest = infinity.saturating_sub(1);
        let (mut zero, mut infinite, mut nan, mut largest, mut differ) =
            (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
        for number in numbers {
            let bits = bits(number);
            let size = bits & magnitude;
            zero += u64::from(size == 0);
            infinite += u64::from(size == infinity);
            nan += u64::from(size > infinity);
            differ |= bits ^ first;
            let ordinary = if size < greatest { size } else { 0 };
            largest = largest.max(ordinary);
        }
        self.count = self.count.saturating_add(numbers.len() as u64);
        self.zero = self.zero.saturating_add(zero);
        self.infinite = self.infinite.saturating_add(infinite);
        self.nan = self.nan.saturating_add(nan);
        self.largest = self.largest.max(single(largest));
        self.differs |= differ != 0;
        if let Some(row) = self.row {
            self.rows_of(numbers, row);
        }
    }

    /// Counts rows of `row` numbers, and those that are one value throughout.
    fn rows_of<const N: usize>(&mut self, mut numbers: &[[u8; N]], row: u64) {
        while let Some(first) = numbers.first() {
            let (start, come, differs) = &mut self.current;
            if *come == 0 {
                *start = bits(first);
                *differs = false;
            }
            let left = usize::try_from(row.saturating_sub(*come)).unwrap_or(usize::MAX);
            let part = numbers.get(..left).unwrap_or(numbers);
            // A row that differs at its start, as nearly all do, needs no look at its rest.
            *differs = *differs || part.iter().any(|number| bits(number) != *start);
            *come = come.saturating_add(part.len() as u64);
            numbers = numbers.get(part.len()..).unwrap_or_default();
            if *come >= row {
                self.rows = self.rows.saturating_add(1);
                self.constant_rows = self.constant_rows.saturating_add(u64::from(!*differs));
                *come = 0;
            }
        }
    }

    /// What is wrong with them.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.nan > 0 && self.count >= 16 {
            faults.push(Fault::NotANumber);
        }
        if self.count < WEIGHTS {
            return faults;
        }
        // A mask has nothing but zero and infinity, or the greatest number in place of it.
        if self.infinite > 0 && self.largest > 0 {
            faults.push(Fault::Infinite);
        }
        if f32::from_bits(self.largest) > 1e30 {
            faults.push(Fault::Absurd);
        }
        if self.row.is_some() {
            if self.zero == self.count {
                faults.push(Fault::Zero);
            } else if !self.differs && self.nan == 0 && self.infinite == 0 {
                faults.push(Fault::Constant);
            } else if self.constant_rows > self.rows / 2 && self.infinite == 0 && self.nan == 0 {
                faults.push(Fault::ConstantRows);
            }
        }
        faults
    }

    /// How much of the tensor has a fault, in words.
    pub(super) fn share(&self, fault: Fault) -> String {
        match fault {
            Fault::NotANumber => format!("{} of {}", self.nan, self.count),
            Fault::Infinite => format!("{} of {}", self.infinite, self.count),
            Fault::Absurd => format!("up to {:e}", f32::from_bits(self.largest)),
            Fault::Zero | Fault::Constant => format!("all {}", self.count),
            Fault::ConstantRows => format!("{} of {} rows", self.constant_rows, self.rows),
        }
    }
}

/// A little-endian number's bits.
fn bits<const N: usize>(bytes: &[u8; N]) -> u64 {
    let mut bits = 0;
    let mut at = 0;
    for byte in bytes {
        bits |= u64::from(*byte) << at;
        at += 8;
    }
    bits
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a magnitude beyond an f32 becomes infinite, which is as absurd"
)]
const fn single(bits: u64) -> u32 {
    (f64::from_bits(bits) as f32).to_bits()
}
