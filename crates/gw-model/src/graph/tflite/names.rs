/// The builtin operators by their numbers in `BuiltinOperator`.
const BUILTIN: &str = "ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE \
    DEQUANTIZE EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D \
    LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 \
    RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM \
    EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND \
    TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN \
    EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX MINIMUM \
    LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE \
    EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK \
    LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL \
    FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL \
    REVERSE_V2 ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND \
    HARD_SWISH IF WHILE NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM \
    BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL \
    COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE \
    READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU \
    DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 \
    UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR RIGHT_SHIFT";

/// The number of the operator whose name is in the model.
pub(super) const CUSTOM: u32 = 32;

/// Operators of StableHLO and later ones follow those that have names here.
const MAX_BUILTIN: u32 = 260;

/// An operator's name; none if there is none with this number.
pub(super) fn builtin(number: u32) -> Option<String> {
    let known = usize::try_from(number)
        .ok()
        .and_then(|number| BUILTIN.split_whitespace().nth(number));
    match known {
        Some(name) => Some(name.to_owned()),
        None if number <= MAX_BUILTIN => Some(format!("builtin {number}")),
        None => None,
    }
}

/// Custom operators that runtimes bring: TensorFlow Lite's own, its support and task libraries',
/// MediaPipe's, TensorFlow Text's, and those that stand for compiled parts of accelerators.
const KNOWN: [&str; 43] = [
    "TFLite_Detection_PostProcess",
    "AudioSpectrogram",
    "Mfcc",
    "NumericVerify",
    "RFFT2D",
    "Irfft2d",
    "Rfft2d",
    "AddsSum",
    "Multinomial",
    "RandomStandardNormal",
    "RandomUniform",
    "ComplexAbs",
    "Imag",
    "Real",
    "HashtableV2",
    "HashTableV2",
    "LookupTableFindV2",
    "LookupTableImportV2",
    "LookupTableSizeV2",
    "AvgPool3D",
    "MaxPool3D",
    "Roll",
    "Convolution2DTransposeBias",
    "MaxPoolingWithArgmax2D",
    "MaxUnpooling2D",
    "TransformTensorBilinear",
    "TransformLandmarks",
    "Landmarks2TransformMatrix",
    "KmeansEmbeddingLookup",
    "UniversalSentenceEncoder",
    "NGramHash",
    "Normalize",
    "Predict",
    "StringToFloat",
    "ngrams",
    "edgetpu-custom-op",
    "ethos-u",
    "SignalFramer",
    "SignalFft",
    "TFSentencepieceTokenizeOp",
    "TFSentencepieceDetokenizeOp",
    "VarHandleOp",
    "DISPATCH_OP",
];

pub(super) fn is_known_custom(name: &str) -> bool {
    KNOWN.contains(&name)
        || name.starts_with("tftext:")
        || name.starts_with("TFText>")
        || name.starts_with("Signal")
        || name.starts_with("odml.")
}

/// Types of tensors by their numbers in `TensorType`: names and sizes in bits; texts and handles
/// have no size.
pub(super) const TYPES: [(&str, u64); 21] = [
    ("f32", 32),
    ("f16", 16),
    ("i32", 32),
    ("u8", 8),
    ("i64", 64),
    ("string", 0),
    ("bool", 8),
    ("i16", 16),
    ("c64", 64),
    ("i8", 8),
    ("f64", 64),
    ("c128", 128),
    ("u64", 64),
    ("resource", 0),
    ("variant", 0),
    ("u32", 32),
    ("u16", 16),
    ("i4", 4),
    ("bf16", 16),
    ("i2", 2),
    ("u4", 4),
];
