//! The types of tensors, from `ggml.h` and `ggml-common.h`.

/// How a type stores numbers: in blocks of so many numbers and so many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tensor) struct BlockType {
    pub(in crate::tensor) name: &'static str,
    /// Numbers in a block.
    pub(in crate::tensor) numbers: u64,
    /// Bytes of a block.
    pub(in crate::tensor) bytes: u64,
}

/// The type with a number; none if there is no such type, or no longer.
pub(in crate::tensor) fn block_type(number: u32) -> Option<BlockType> {
    let (name, numbers, bytes) = match number {
        0 => ("f32", 1, 4),
        1 => ("f16", 1, 2),
        2 => ("q4_0", 32, 18),
        3 => ("q4_1", 32, 20),
        // 4 and 5 were removed before GGUF; files of GGJT version 1 and 2 have them.
        4 => ("q4_2", 16, 10),
        5 => ("q4_3", 16, 12),
        6 => ("q5_0", 32, 22),
        7 => ("q5_1", 32, 24),
        8 => ("q8_0", 32, 34),
        9 => ("q8_1", 32, 36),
        10 => ("q2_k", 256, 84),
        11 => ("q3_k", 256, 110),
        12 => ("q4_k", 256, 144),
        13 => ("q5_k", 256, 176),
        14 => ("q6_k", 256, 210),
        15 => ("q8_k", 256, 292),
        16 => ("iq2_xxs", 256, 66),
        17 => ("iq2_xs", 256, 74),
        18 => ("iq3_xxs", 256, 98),
        19 => ("iq1_s", 256, 50),
        20 => ("iq4_nl", 32, 18),
        21 => ("iq3_s", 256, 110),
        22 => ("iq2_s", 256, 82),
        23 => ("iq4_xs", 256, 136),
        24 => ("i8", 1, 1),
        25 => ("i16", 1, 2),
        26 => ("i32", 1, 4),
        27 => ("i64", 1, 8),
        28 => ("f64", 1, 8),
        29 => ("iq1_m", 256, 56),
        30 => ("bf16", 1, 2),
        31 => ("q4_0_4_4", 32, 18),
        32 => ("q4_0_4_8", 32, 18),
        33 => ("q4_0_8_8", 32, 18),
        34 => ("tq1_0", 256, 54),
        35 => ("tq2_0", 256, 66),
        36 => ("iq4_nl_4_4", 32, 18),
        37 => ("iq4_nl_4_8", 32, 18),
        38 => ("iq4_nl_8_8", 32, 18),
        39 => ("mxfp4", 32, 17),
        40 => ("nvfp4", 64, 36),
        41 => ("q1_0", 128, 18),
        _ => return None,
    };
    Some(BlockType {
        name,
        numbers,
        bytes,
    })
}

/// The name of a whole file's quantisation, `general.file_type`, from `llama.h`.
pub(in crate::tensor) fn file_type(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "F32",
        1 => "F16",
        2 => "Q4_0",
        3 => "Q4_1",
        4 => "Q4_1_SOME_F16",
        5 => "Q4_2",
        6 => "Q4_3",
        7 => "Q8_0",
        8 => "Q5_0",
        9 => "Q5_1",
        10 => "Q2_K",
        11 => "Q3_K_S",
        12 => "Q3_K_M",
        13 => "Q3_K_L",
        14 => "Q4_K_S",
        15 => "Q4_K_M",
        16 => "Q5_K_S",
        17 => "Q5_K_M",
        18 => "Q6_K",
        19 => "IQ2_XXS",
        20 => "IQ2_XS",
        21 => "Q2_K_S",
        22 => "IQ3_XS",
        23 => "IQ3_XXS",
        24 => "IQ1_S",
        25 => "IQ4_NL",
        26 => "IQ3_S",
        27 => "IQ3_M",
        28 => "IQ2_S",
        29 => "IQ2_M",
        30 => "IQ4_XS",
        31 => "IQ1_M",
        32 => "BF16",
        33 => "Q4_0_4_4",
        34 => "Q4_0_4_8",
        35 => "Q4_0_8_8",
        36 => "TQ1_0",
        37 => "TQ2_0",
        38 => "MXFP4_MOE",
        39 => "NVFP4",
        40 => "Q1_0",
        _ => return None,
    })
}
