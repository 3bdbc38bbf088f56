//! The operators that the standard has, with the first version of their domain that has them.
//!
//! Source: the operator schemas of ONNX 1.23.2, in all their versions; ONNX Runtime's operators in
//! the standard's domain (`contrib_defs.cc`).

/// Of the domain that is written as nothing or `ai.onnx`.
const ONNX: &[(u64, &str)] = &[
    (
        1,
        "Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Clip Concat \
         Constant Conv ConvTranspose DepthToSpace Div Dropout Elu Equal Exp Flatten Floor GRU \
         Gather Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater HardSigmoid Hardmax \
         Identity If InstanceNormalization LRN LSTM LeakyRelu Less Log LogSoftmax Loop \
         LpNormalization LpPool MatMul Max MaxPool MaxRoiPool Mean Min Mul Neg Not Or PRelu \
         Pad Pow RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Reciprocal \
         ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin \
         ReduceProd ReduceSum ReduceSumSquare Relu Reshape Selu Shape Sigmoid Size Slice \
         Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile TopK \
         Transpose Unsqueeze Upsample Xor",
    ),
    (7, "Acos Asin Atan Cos Multinomial Sin Tan"),
    (8, "Expand Scan"),
    (
        9,
        "Acosh Asinh Atanh Compress ConstantOfShape Cosh Erf EyeLike IsNaN MaxUnpool \
         MeanVarianceNormalization NonZero OneHot Scatter Shrink Sign Sinh TfIdfVectorizer \
         Where",
    ),
    (
        10,
        "ConvInteger DequantizeLinear IsInf MatMulInteger Mod NonMaxSuppression QLinearConv \
         QLinearMatMul QuantizeLinear Resize ReverseSequence RoiAlign StringNormalizer \
         ThresholdedRelu",
    ),
    (
        11,
        "BitShift ConcatFromSequence CumSum Det DynamicQuantizeLinear GatherElements GatherND \
         Range Round ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty \
         SequenceErase SequenceInsert SequenceLength SplitToSequence Unique",
    ),
    (
        12,
        "Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss \
         SoftmaxCrossEntropyLoss",
    ),
    (14, "HardSwish Trilu"),
    (
        15,
        "Bernoulli CastLike Optional OptionalGetElement OptionalHasElement",
    ),
    (16, "GridSample"),
    (
        17,
        "BlackmanWindow DFT HammingWindow HannWindow LayerNormalization MelWeightMatrix STFT \
         SequenceMap",
    ),
    (
        18,
        "BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization \
         Mish",
    ),
    (19, "DeformConv"),
    (
        20,
        "AffineGrid Gelu ImageDecoder RegexFullMatch StringConcat StringSplit",
    ),
    (23, "Attention RMSNormalization RotaryEmbedding"),
    (24, "Swish TensorScatter"),
    (26, "BitCast CumProd"),
    (27, "CausalConvWithState LinearAttention"),
    (28, "SwiGLU"),
];

/// Of `ai.onnx.ml`.
const ML: &[(u64, &str)] = &[
    (
        1,
        "ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer \
         FeatureVectorizer Imputer LabelEncoder LinearClassifier LinearRegressor Normalizer \
         OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsembleClassifier \
         TreeEnsembleRegressor ZipMap",
    ),
    (5, "TreeEnsemble"),
];

/// Of `ai.onnx.preview.training`.
const TRAINING: &[(u64, &str)] = &[(1, "Adagrad Adam Gradient Momentum")];

/// Of `ai.onnx.preview`.
const PREVIEW: &[(u64, &str)] = &[(1, "FlexAttention")];

/// Operators that ONNX Runtime has in the standard's domain, whatever its version: those that
/// were tried before the standard had versions, and what its optimiser puts in.
const RUNTIME: &str = "ATen Affine ConstantFill Crop DynamicSlice GRUUnit GivenTensorFill \
                       ImageScaler LayerNormalization MeanVarianceNormalization \
                       ParametricSoftplus Scale ScaledTanh SimplifiedLayerNormalization \
                       ThresholdedRelu";

/// The newest versions that the table knows; a model may say that it needs newer ones.
const NEWEST: &[(&str, u64)] = &[
    ("", 28),
    ("ai.onnx", 28),
    ("ai.onnx.ml", 5),
    ("ai.onnx.preview", 1),
    ("ai.onnx.preview.training", 1),
];

/// What the standard says about an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// It has it in every version.
    Always,
    /// It has it from this version of the domain on.
    Version(u64),
    /// It has it in no version that is known here.
    Never,
}

/// Since when the standard has an operator; nothing if the domain has no table here.
pub(super) fn since(domain: &str, name: &str) -> Option<Since> {
    let table = match domain {
        "" | "ai.onnx" => ONNX,
        "ai.onnx.ml" => ML,
        "ai.onnx.preview" => PREVIEW,
        "ai.onnx.preview.training" => TRAINING,
        _ => return None,
    };
    let has = |names: &str| names.split_ascii_whitespace().any(|known| known == name);
    if table == ONNX && has(RUNTIME) {
        return Some(Since::Always);
    }
    let found = table.iter().find(|(_, names)| has(names));
    Some(found.map_or(Since::Never, |(version, _)| Since::Version(*version)))
}

/// Whether a version of a domain is newer than the table.
pub(super) fn is_newer(domain: &str, version: u64) -> bool {
    NEWEST
        .iter()
        .any(|(known, newest)| *known == domain && version > *newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_one_first_version() {
        for table in [ONNX, ML, TRAINING, PREVIEW] {
            let names = table.iter().flat_map(|(_, names)| names.split(' '));
            let mut names: Vec<&str> = names.collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
            assert!(table.is_sorted_by(|a, b| a.0 < b.0));
        }
        for (domain, name, expected) in [
            ("", "Conv", Some(Since::Version(1))),
            ("ai.onnx", "GridSample", Some(Since::Version(16))),
            ("", "LayerNormalization", Some(Since::Always)),
            ("", "TreeEnsemble", Some(Since::Never)),
            ("ai.onnx.ml", "TreeEnsemble", Some(Since::Version(5))),
            ("com.microsoft", "FusedConv", None),
        ] {
            assert_eq!(since(domain, name), expected, "{domain} {name}");
        }
        assert!(is_newer("", 29) && !is_newer("", 28) && !is_newer("x", 900));
    }
}
