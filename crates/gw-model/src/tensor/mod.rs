//! Files of tensors: safetensors, GGUF and its forerunners, and what all readers of models share.

pub(crate) mod describe;
pub(crate) mod extent;
pub(crate) mod files;
pub(crate) mod ggml;
pub(crate) mod gguf;
pub(crate) mod input;
pub(crate) mod llamafile;
pub(crate) mod payload;
pub(crate) mod pointer;
pub(crate) mod polyglot;
pub(crate) mod safetensors;
pub(crate) mod text;
pub(crate) mod weights;
