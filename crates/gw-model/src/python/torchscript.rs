//! TorchScript, the language in which exported PyTorch modules keep their code. It looks like
//! Python and is interpreted by `libtorch`, which knows operators and nothing else.

use crate::python::source::lex::{self, Kind};

/// How many different operators of one file are kept.
const MAX_OPERATORS: usize = 1 << 12;

/// An operator that code uses: its namespace, its name, and the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) line: u32,
}

/// What an operator is known to do, besides computing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Files(&'static str),
    Network(&'static str),
    /// It is of a library that must be loaded first.
    Custom,
    /// Nothing.
    Computes,
}

/// Namespaces of operators that PyTorch and the libraries of its project bring.
const KNOWN: [&str; 27] = [
    "_caffe2",
    "_quantized",
    "_test",
    "aten",
    "c10d",
    "cuda",
    "debugprims",
    "fbgemm",
    "image",
    "inductor",
    "metal",
    "metal_prepack",
    "mkl",
    "mkldnn",
    "mkldnn_prepacked",
    "mps",
    "nvprims",
    "onednn",
    "prepacked",
    "prim",
    "prims",
    "quantized",
    "quantized_decomposed",
    "sparse",
    "static_runtime",
    "torchaudio",
    "torchvision",
];

/// Operators that touch more than memory.
const FILES: [(&str, &str); 9] = [
    ("from_file", "maps a file, for writing if asked"),
    ("save", "writes a file"),
    ("_pickle_save", "writes a pickle"),
    ("_pickle_load_obj", "loads a pickle"),
    ("read_file", "reads a file"),
    ("write_file", "writes a file"),
    ("load_audio_file", "reads a file"),
    ("sox_io_load_audio_file", "reads a file"),
    ("sox_io_save_audio_file", "writes a file"),
];
const NETWORK: [(&str, &str); 3] = [
    ("rpc_sync", "calls other machines"),
    ("rpc_async", "calls other machines"),
    ("rpc_remote", "calls other machines"),
];

impl Operator {
    pub(crate) fn deed(&self) -> Deed {
        let find = |list: &'static [(&str, &'static str)]| {
            list.iter()
                .find(|(name, _)| *name == self.name)
                .map(|(_, what)| *what)
        };
        if let Some(what) = find(&FILES) {
            return Deed::Files(what);
        }
        if let Some(what) = find(&NETWORK) {
            return Deed::Network(what);
        }
        if self.namespace == "torch" || KNOWN.contains(&self.namespace.as_str()) {
            Deed::Computes
        } else {
            Deed::Custom
        }
    }

    /// `namespace::name`, as PyTorch writes it.
    pub(crate) fn full(&self) -> String {
        format!("{}::{}", self.namespace, self.name)
    }
}

/// The operators that code uses, each once.
pub(crate) fn operators(bytes: &[u8]) -> Vec<Operator> {
    let text = String::from_utf8_lossy(bytes);
    let tokens = lex::lex(&text).tokens;
    let mut found: Vec<Operator> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let name = |at: usize| match tokens.get(at).map(|token| &token.kind) {
        Some(Kind::Name(name)) => Some(&**name),
        _ => None,
    };
    let dot = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.kind == Kind::Op(b'.'))
    };
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Name(root) = &token.kind else {
            continue;
        };
        // A part of a longer name is no beginning, but for `torch.ops` and `__torch__.torch`.
        let at_dot = at.checked_sub(1).is_some_and(dot);
        let next = at.saturating_add(1);
        if !dot(next) {
            continue;
        }
        let Some(second) = name(at.saturating_add(2)) else {
            continue;
        };
        let third = if dot(at.saturating_add(3)) {
            name(at.saturating_add(4))
        } else {
            None
        };
        let (namespace, operator) = match (&**root, second, third) {
            ("ops", namespace, Some(operator)) => (namespace, operator),
            ("classes", namespace, Some(class)) if at_dot => (namespace, class),
            ("torch", "ops" | "classes" | "jit", _) => continue,
            ("torch", operator, _) if !at_dot => ("torch", operator),
            _ => continue,
        };
        if found.len() < MAX_OPERATORS && seen.insert((namespace.to_owned(), operator.to_owned())) {
            found.push(Operator {
                namespace: namespace.to_owned(),
                name: operator.to_owned(),
                line: token.line,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_told_by_what_they_do() {
        let code = "\
class Net(Module):
  def forward(self: __torch__.Net, x: Tensor) -> Tensor:
    a = torch.conv2d(x, self.w, None, [1, 1], [0, 0], [1, 1])
    b = ops.prim.NumToTensor(torch.size(a, 0))
    c = ops.quantized.linear(a, self.p, 1., 0)
    d = torch.from_file(\"/etc/passwd\", False, 10)
    e = ops.evil.run(\"x\")
    f = torch.ops.evil2.run(\"ops.other.x\")
    g = ops.image.write_file(\"x\", d)
    h = __torch__.torch.classes.mine.Thing(1)
    i = ops.aten.rpc_sync(x)
    return a
";
        let found = operators(code.as_bytes());
        let notable: Vec<_> = found
            .iter()
            .filter(|operator| operator.deed() != Deed::Computes)
            .map(|operator| (operator.full(), operator.line))
            .collect();
        let expected = [
            ("torch::from_file", 6),
            ("evil::run", 7),
            ("evil2::run", 8),
            ("image::write_file", 9),
            ("mine::Thing", 10),
            ("aten::rpc_sync", 11),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, line)| ((*name).to_owned(), *line))
            .collect();
        assert_eq!(notable, expected);
        assert_eq!(found.len(), 10);
    }
}
