use crate::report::Report;
use crate::{Content, boosting, graph, keras, layout, python, tensor};

/// Reads one format, or a family of formats that share a header.
pub(crate) trait Reader: Send + Sync {
    /// Whether a file may be of this format: by its first bytes (up to 512), or by a name under
    /// which a framework would open it. Asked of every file, so it must be cheap; a name that lies
    /// only adds a candidate.
    fn claims(&self, path: &str, head: &[u8]) -> bool;

    /// Reads the file. Content that is of another format after all is not reported, unless its
    /// name says that a framework will open it as this one.
    fn read(&self, content: Content<'_>, report: &mut Report<'_>);
}

/// Every reader, in order. Several may read one file: frameworks disagree about what a file is.
pub(crate) const READERS: &[&dyn Reader] = &[
    &crate::pickle::Pickle,
    &tensor::safetensors::Safetensors,
    &tensor::safetensors::IndexReader,
    &tensor::gguf::Gguf,
    &tensor::ggml::Ggml,
    &tensor::llamafile::Llamafile,
    &graph::onnx::Onnx,
    &graph::tensorflow::TensorFlow,
    &graph::tensorflow::CheckpointReader,
    &graph::tflite::TfLite,
    &graph::coreml::CoreMl,
    &graph::coreml::Package,
    &graph::openvino::OpenVino,
    &graph::others::caffe::Prototxt,
    &graph::others::caffe::CaffeModel,
    &graph::others::mxnet::MxNet,
    &graph::others::ncnn::Ncnn,
    &graph::others::ncnn::Mnn,
    &graph::others::darknet::Darknet,
    &graph::others::paddle::Paddle,
    &tensor::files::ExternalData,
    &python::archive::member::CodeMember,
    &python::archive::member::DataMember,
    &python::archive::Disguise,
    &python::archive::Escape,
    &python::config::Configuration,
    &python::joblib::ZFile,
    &python::mar::Manifest,
    &python::mlflow::MlModel,
    &python::numpy::Npy,
    &python::skops::Skops,
    &keras::Hdf5,
    &keras::Yaml,
    &keras::SavedMetadata,
    &layout::Json,
    &layout::Template,
    &layout::Card,
    &layout::Script,
    &layout::Requirements,
    &layout::Pointer,
    &layout::Oci,
    &boosting::XgBoostUbj,
    &boosting::XgBoostBinary,
    &boosting::LightGbm,
    &boosting::CatBoost,
    &boosting::Pmml,
    &boosting::Flax,
];
