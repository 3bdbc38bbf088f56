//! TensorFlow's operators that do more than compute.

use gw_finding::{RuleDoc, Severity};

use crate::rules;

/// What an operator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Danger {
    pub(super) class: Class,
    /// What it does, for people.
    pub(super) what: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Calls Python, or native code by its name.
    Code,
    Read,
    Write,
    Network,
    /// Saves and restores variables: normal where the model's own saver does it.
    Saver,
    /// Reads a table from a file: normal if that is one of the model's assets.
    Table,
    /// Reads or writes a file only if an attribute or input says so.
    Maybe,
}

impl Class {
    pub(super) const fn rule(self) -> &'static RuleDoc {
        match self {
            Self::Code => &rules::CODE_OPERATOR,
            Self::Network => &rules::NETWORK_OPERATOR,
            Self::Read | Self::Write | Self::Saver | Self::Table | Self::Maybe => {
                &rules::FILE_OPERATOR
            }
        }
    }

    pub(super) const fn severity(self) -> Severity {
        match self {
            Self::Code | Self::Write => Severity::Critical,
            Self::Table => Severity::Medium,
            Self::Read | Self::Network | Self::Saver | Self::Maybe => Severity::High,
        }
    }
}

/// Judges an operator by its name; `V2` and the like and `Experimental` make no difference.
pub(super) fn danger(name: &str) -> Option<Danger> {
    let bare = name.strip_prefix("Experimental").unwrap_or(name);
    let bare = match bare.rsplit_once('V') {
        Some((stem, version))
            if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) =>
        {
            stem
        }
        _ => bare,
    };
    let (class, what) = match bare {
        "PyFunc" | "PyFuncStateless" | "EagerPyFunc" => (Class::Code, "calls a function of Python"),
        "XlaCustomCall" | "CustomCall" => (Class::Code, "calls native code by its name"),
        "ReadFile"
        | "WholeFileReader"
        | "TextLineReader"
        | "FixedLengthRecordReader"
        | "TFRecordReader"
        | "LMDBReader" => (Class::Read, "reads files"),
        "TextLineDataset"
        | "TFRecordDataset"
        | "FixedLengthRecordDataset"
        | "LMDBDataset"
        | "CSVDataset"
        | "LoadDataset"
        | "ListDataset"
        | "DirectedInterleaveFiles" => (Class::Read, "reads records from files"),
        "SqlDataset" => (Class::Read, "reads a database"),
        "MatchingFiles" | "MatchingFilesDataset" => (Class::Read, "lists files"),
        "ImmutableConst" => (Class::Read, "maps a file into memory"),
        "LoadAndRemapMatrix" | "GenerateVocabRemapping" => (Class::Read, "reads a file"),
        "ListSnapshotChunksDataset" => (Class::Read, "lists files"),
        "WriteFile" => (Class::Write, "writes files"),
        "DumpTensor" => (Class::Write, "writes a tensor into a file"),
        "CalibrationStatisticsSaver" => (Class::Write, "writes statistics into a file"),
        "SaveDataset"
        | "DatasetToTFRecord"
        | "SnapshotDataset"
        | "DistributedSave"
        | "SnapshotChunkDataset"
        | "SnapshotDatasetReader"
        | "SnapshotNestedDatasetReader" => (Class::Write, "writes records into files"),
        "CreateSummaryFileWriter"
        | "CreateSummaryDbWriter"
        | "WriteSummary"
        | "WriteScalarSummary"
        | "WriteHistogramSummary"
        | "WriteImageSummary"
        | "WriteAudioSummary"
        | "WriteGraphSummary"
        | "WriteRawProtoSummary"
        | "ImportEvent"
        | "FlushSummaryWriter" => (Class::Write, "writes logs into files"),
        "RpcCall" | "RpcClient" | "RpcServer" | "RpcServerRegister" | "RpcServerStart"
        | "RemoteCall" => (Class::Network, "calls a function on another device"),
        "Rpc" | "TryRpc" | "GrpcClientNewOp" => (Class::Network, "calls a remote procedure"),
        "DataServiceDataset" | "RegisterDataset" => (Class::Network, "talks to a data service"),
        "BigQueryReader" | "BigQueryClient" | "BigQueryReadSession" | "BigQueryDataset" => {
            (Class::Network, "queries a database on the network")
        }
        "BigtableClient"
        | "BigtableTable"
        | "BigtableScanDataset"
        | "BigtableLookupDataset"
        | "CloudBigtableClient" => (Class::Network, "queries a database on the network"),
        "FileSystemSetConfiguration" => {
            (Class::Network, "changes where and how files are looked for")
        }
        "GcsConfigureCredentials" | "GcsConfigureBlockCache" => (
            Class::Network,
            "sets credentials for storage on the network",
        ),
        "KafkaDataset" | "KinesisDataset" | "PubSubDataset" => {
            (Class::Network, "reads from a message queue")
        }
        "Save" | "SaveSlices" | "MergeCheckpoints" => {
            (Class::Saver, "writes variables into a file")
        }
        "Restore" | "RestoreSlice" => (Class::Saver, "reads variables from a file"),
        "MergeV2Checkpoints" => (Class::Saver, "moves and deletes files of variables"),
        "InitializeTableFromTextFile" => (Class::Table, "reads a table from a file"),
        "PrintV2" | "Print" => (Class::Maybe, "writes to a file"),
        "CacheDataset" => (Class::Maybe, "keeps records in files"),
        "DecodeProto" | "EncodeProto" => {
            (Class::Maybe, "reads a description of messages from a file")
        }
        "DebugIdentity" | "DebugNanCount" | "DebugNumericSummary" => {
            (Class::Maybe, "sends tensors to a debugger")
        }
        _ => return None,
    };
    Some(Danger { class, what })
}

/// Every operator of TensorFlow 2.21, and `RelayoutGrad` of 2.13, in order. Left out are those of its
/// own tests, which are in the released library, too (`Foo1`, `Old`).
const REGISTERED: &str = include_str!("ops.txt");

/// Operators that later versions, earlier ones, or libraries that belong to TensorFlow have.
const KNOWN: [&str; 56] = [
    "AnonymousHashTable",
    "BatchFunction",
    "BitmapDataset",
    "CaseFoldUTF8",
    "ConstrainedSequence",
    "DecodeImage",
    "FastWordpieceTokenizeWithOffsets",
    "FastBertNormalize",
    "ListDataset",
    "MaxIntraOpParallelismDataset",
    "MlirPassthroughOp",
    "NormalizeUTF8",
    "NormalizeUTF8WithOffsetsMap",
    "PhraseTokenizeWithOffsets",
    "RaggedTensorToVariantGradient",
    "RegexSplitWithOffsets",
    "RougeL",
    "SentenceFragments",
    "SentencepieceDetokenizeOp",
    "SentencepieceOp",
    "SentencepieceTokenizeOp",
    "SentencepieceTokenizeWithOffsetsOp",
    "SentencepieceIdToStringOp",
    "SentencepieceStringToIdOp",
    "SentencepieceVocabSizeOp",
    "SimpleMLCreateModelResource",
    "SimpleMLInferenceOp",
    "SimpleMLInferenceOpWithHandle",
    "SimpleMLInferenceLeafIndexOpWithHandle",
    "SimpleMLLoadModelFromPath",
    "SimpleMLLoadModelFromPathWithHandle",
    "SplitMergeFromLogitsTokenizeWithOffsets",
    "SplitMergeTokenizeWithOffsets",
    "StableHLO",
    "TFText>BoiseOffsetsToTags",
    "TFText>BoiseTagsToOffsets",
    "TFText>FastWordpieceTokenizeWithOffsets",
    "TFText>FastWordpieceDetokenize",
    "TFText>NgramsStringJoin",
    "TFText>RoundRobinTrim",
    "TFText>RoundRobinGenerateMasks",
    "TFText>ShrinkLongestTrim",
    "TFText>ShrinkLongestGenerateMasks",
    "TFText>FastBertNormalize",
    "TFText>FastSentencepieceTokenize",
    "TFText>FastSentencepieceDetokenize",
    "TFText>UtfNormalize",
    "TFText>WhitespaceTokenizeWithOffsetsV2",
    "TFText>PhraseTokenize",
    "TFText>PhraseDetokenize",
    "UnicodeScriptTokenizeWithOffsets",
    "WhitespaceTokenizeWithOffsets",
    "WordpieceTokenizeWithOffsets",
    "XlaLaunch",
    "XlaCallModule",
    "TRTEngineOp",
];

/// Whether an operator comes with TensorFlow. Names with a `_` in front are made by its optimisers.
pub(crate) fn is_known(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let unversioned = stem.strip_suffix('V').unwrap_or(name);
    name.starts_with('_')
        || name.starts_with("Xla")
        || name.starts_with("TPU")
        || KNOWN.contains(&name)
        || is_registered(name)
        || (unversioned != name && is_registered(unversioned))
}

pub(super) fn is_registered(name: &str) -> bool {
    // The list is as short as a page of text and sorted; a search by halves needs no table of its
    // own. `lines` is in order of bytes, as `sort` of the C locale makes it.
    static LINES: std::sync::LazyLock<Vec<&str>> =
        std::sync::LazyLock::new(|| REGISTERED.lines().collect());
    LINES.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(REGISTERED.lines().is_sorted());
        for name in [
            "Abs",
            "MatMul",
            "ReadFile",
            "StatefulPartitionedCall",
            "XlaCallModule",
            "MatMulV9",
            "_FusedMatMul",
        ] {
            assert!(is_known(name), "{name}");
        }
        for name in ["", "Zz", "Evil", "IO>FileRead"] {
            assert!(!is_known(name), "{name}");
        }
    }

    #[test]
    fn versions_make_no_difference() {
        let class = |name| danger(name).map(|danger| danger.class);
        assert_eq!(class("RestoreV2"), Some(Class::Saver));
        assert_eq!(class("TFRecordDatasetV2"), Some(Class::Read));
        assert_eq!(class("ExperimentalSqlDataset"), Some(Class::Read));
        assert_eq!(class("DataServiceDatasetV4"), Some(Class::Network));
        assert_eq!(class("MergeV2Checkpoints"), Some(Class::Saver));
        assert_eq!(class("PrintV2"), Some(Class::Maybe));
        assert_eq!(class("RpcServerStart"), Some(Class::Network));
        assert_eq!(class("DumpTensor"), Some(Class::Write));
        assert_eq!(class("CalibrationStatisticsSaver"), Some(Class::Write));
        assert_eq!(class("DivV"), None);
        assert_eq!(class("Conv2D"), None);
    }
}
