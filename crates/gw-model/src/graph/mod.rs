//! Graphs of operators: what a model computes, and what else it does.

pub(crate) mod coreml;
pub(crate) mod cycle;
pub(crate) mod flatbuffer;
pub(crate) mod onnx;
pub(crate) mod openvino;
pub(crate) mod operators;
pub(crate) mod others;
pub(crate) mod tensorflow;
pub(crate) mod tflite;
pub(crate) mod window;
pub(crate) mod wire;
