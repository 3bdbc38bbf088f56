//! Where operators come from.

/// The standard's own domains; the first two are one.
const STANDARD: [&str; 5] = [
    "",
    "ai.onnx",
    "ai.onnx.ml",
    "ai.onnx.training",
    "ai.onnx.preview.training",
];

/// Domains of operators that runtimes bring with them.
const KNOWN: [&str; 12] = [
    "com.microsoft",
    "com.microsoft.nchwc",
    "com.microsoft.experimental",
    "com.microsoft.dml",
    "com.ms.internal.nhwc",
    "com.ms.preview",
    "com.microsoft.extensions",
    "ai.onnx.contrib",
    "org.pytorch.aten",
    "org.openvinotoolkit",
    "ai.onnx.preview",
    "com.amd.migraphx",
];

pub(super) fn is_standard(domain: &str) -> bool {
    STANDARD.contains(&domain)
}

pub(super) fn is_known(domain: &str) -> bool {
    is_standard(domain) || KNOWN.contains(&domain)
}

/// What an operator does that a graph should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Danger {
    Code(&'static str),
    Network(&'static str),
}

/// Judges an operator by its domain and name.
pub(super) fn danger(domain: &str, name: &str) -> Option<Danger> {
    match name {
        // ONNX Runtime: its language-interop operator, whose attributes name a module and a class,
        // and the training operators that call functions of Python.
        "PyOp" | "PythonOp" | "PythonOpGrad" | "PyCustomOp" | "PyFunc" | "PythonFunction"
        | "NumbaOp" => Some(Danger::Code("calls a function of Python")),
        // ONNX Runtime Extensions: operators that call a service.
        "AzureAudioToText" | "AzureTextToText" | "AzureTritonInvoker" | "OpenAIAudioToText"
            if !is_standard(domain) =>
        {
            Some(Danger::Network("calls a service on the network"))
        }
        // What is registered from Python goes under the extensions' domain, too; what they bring
        // themselves is known.
        _ => None,
    }
}

/// Operators of ONNX Runtime Extensions under their own domain. Anything else under it was
/// registered from Python by a program that the model does not bring.
const EXTENSIONS: [&str; 68] = [
    "AudioDecoder",
    "BasicTokenizer",
    "BertTokenizer",
    "BertTokenizerDecoder",
    "BlingFireSentenceBreaker",
    "BpeDecoder",
    "CLIPTokenizer",
    "DecodeImage",
    "DrawBoundingBoxes",
    "EncodeImage",
    "GPT2Tokenizer",
    "GaussianBlur",
    "HfBertTokenizer",
    "HfJsonTokenizer",
    "ImageDecoder",
    "ImageReader",
    "Inverse",
    "JpegDecode",
    "MaskedFill",
    "NegPos",
    "RaggedTensorToDense",
    "RaggedTensorToSparse",
    "RobertaTokenizer",
    "SegmentExtraction",
    "SegmentSum",
    "SentencepieceDecoder",
    "SentencepieceTokenizer",
    "SplitSignalSegments",
    "MergeSignalSegments",
    "StftNorm",
    "StringConcat",
    "StringECMARegexReplace",
    "StringECMARegexSplitWithOffsets",
    "StringEqual",
    "StringHash",
    "StringHashFast",
    "StringJoin",
    "StringLength",
    "StringLower",
    "StringMapping",
    "StringRaggedTensorToDense",
    "StringRegexReplace",
    "StringRegexSplitWithOffsets",
    "StringSlice",
    "StringSplit",
    "StringStrip",
    "StringToHashBucket",
    "StringToHashBucketFast",
    "StringToVector",
    "StringUpper",
    "TrieDetokenizer",
    "TrieTokenizer",
    "VectorToString",
    "WordpieceTokenizer",
    "FairseqTokenizer",
    "XLMRTokenizer",
    "T5Tokenizer",
    "LlamaTokenizer",
    "EpochSecondsToISO8601",
    "ISO8601ToEpochSeconds",
    "UnicodeNormalize",
    "WhisperTokenizer",
    "TikTokenTokenizer",
    "SpmTokenizer",
    "CodeGenTokenizer",
    "Phi3Tokenizer",
    "GemmaTokenizer",
    "ViewAttributes",
];

/// Whether an operator of a known domain is nevertheless none that anybody brings.
pub(super) fn is_foreign(domain: &str, name: &str) -> bool {
    domain == "ai.onnx.contrib" && !EXTENSIONS.contains(&name)
}
