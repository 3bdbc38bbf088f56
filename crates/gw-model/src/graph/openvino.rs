//! OpenVINO's intermediate representation: a graph as XML, its weights in a file of the same name.
//!
//! Source: OpenVINO documentation, "Intermediate Representation"; `src/frontends/ir`.

use std::collections::BTreeSet;

use gw_finding::ReasonCode;
use quick_xml::events::{BytesStart, Event};

use super::operators::Operators;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::describe;
use crate::tensor::files::{self, References};
use crate::{Content, Model, rules};

/// The largest graph that is read, in bytes. Those of the largest models have some 20 MB.
const MAX_GRAPH: u64 = 256 << 20;

/// How deep elements may nest: loops have graphs in their layers.
const MAX_DEPTH: usize = 256;

pub(crate) struct OpenVino;

impl Reader for OpenVino {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        path.ends_with(".xml") && memchr::memmem::find(head, b"<net ").is_some()
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let bytes = match content.take_up_to(MAX_GRAPH.saturating_add(1)) {
            Ok(bytes) if bytes.len() as u64 > MAX_GRAPH => {
                let detail = format!("OpenVINO: a graph of more than {MAX_GRAPH} bytes");
                return report.incomplete(ReasonCode::TooLarge, detail);
            }
            Ok(bytes) => bytes,
            Err(error) => return report.incomplete(ReasonCode::Unreadable, error.to_string()),
        };
        Graph::new(report).read(&bytes, report);
    }
}

/// Sets of operators that OpenVINO itself has.
fn is_standard(set: &str) -> bool {
    let number = set.strip_prefix("opset").unwrap_or("x");
    number.bytes().all(|byte| byte.is_ascii_digit())
        || matches!(
            set,
            "" | "experimental" | "ops_internal" | "type_relaxed_opset" | "ie_internal_opset"
        )
}

struct Graph {
    model: Model,
    operators: Operators,
    custom: BTreeSet<String>,
    references: References,
    weights: String,
    /// The layer that is being read: its name.
    layer: String,
}

impl Graph {
    fn new(report: &Report<'_>) -> Self {
        let path = report.path();
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.strip_suffix(".xml").unwrap_or(name);
        let mut model = Model::new("openvino", report.location().clone());
        model.tensors = Some(0);
        Self {
            model,
            operators: Operators::default(),
            custom: BTreeSet::new(),
            references: References::default(),
            weights: format!("{stem}.bin"),
            layer: String::new(),
        }
    }

    fn read(mut self, bytes: &[u8], report: &mut Report<'_>) {
        let mut reader = quick_xml::Reader::from_reader(bytes);
        let mut depth = 0_usize;
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(Event::Start(element)) => {
                    depth = depth.saturating_add(1);
                    if depth > MAX_DEPTH {
                        let detail = format!("OpenVINO: elements nest deeper than {MAX_DEPTH}");
                        report.incomplete(ReasonCode::TooDeep, detail);
                        break;
                    }
                    self.element(&element, report);
                }
                Ok(Event::Empty(element)) => self.element(&element, report),
                Ok(Event::End(_)) => depth = depth.saturating_sub(1),
                Ok(Event::DocType(kind)) => {
                    let text = kind.to_string();
                    let message = format!(
                        "The graph declares a document type, `{}`: parsers that follow it read other files or expand texts without end.",
                        quote(&text)
                    );
                    report.find(&rules::EXTERNAL_PATH, Evidence::new("doctype", message));
                }
                Ok(_) => {}
                Err(error) => {
                    let detail = format!("OpenVINO: at byte {}: {error}", reader.error_position());
                    report.incomplete(ReasonCode::Malformed, detail);
                    break;
                }
            }
        }
        self.finish(report);
    }

    fn finish(mut self, report: &mut Report<'_>) {
        for layer in &self.custom {
            let message = format!(
                "The layer type `{}` is of no operator set of OpenVINO's; an extension must be loaded for it.",
                quote(layer)
            );
            report.find(
                &rules::CUSTOM_OPERATOR,
                Evidence::new(layer.as_str(), message),
            );
        }
        self.operators.describe(&mut self.model);
        self.model.parameters = describe::parameters(&self.model);
        self.model.files = self.references.paths().map(str::to_owned).collect();
        self.references.keep(report);
        report.describe(self.model);
    }

    fn element(&mut self, element: &BytesStart<'_>, report: &mut Report<'_>) {
        let attributes: Vec<(String, String)> = element
            .attributes()
            .flatten()
            .map(|attribute| {
                let key = attribute.key.as_ref().to_owned();
                (key, attribute.value.into_owned())
            })
            .collect();
        let get = |name: &str| {
            attributes
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        match element.name().as_ref() {
            "net" => {
                self.model.name = get("name").map(describe::shortened);
                self.model.format_version = get("version").map(describe::shortened);
            }
            "layer" => {
                let (kind, set) = (
                    get("type").unwrap_or_default(),
                    get("version").unwrap_or_default(),
                );
                self.layer = get("name").unwrap_or_default().to_owned();
                self.operators.add(kind);
                if !is_standard(set) && self.custom.len() < 64 {
                    self.custom.insert(format!("{set}::{kind}"));
                }
            }
            // Before version 10, weights were elements of their own.
            "data" | "weights" | "biases" => self.data(&get, &attributes, report),
            _ => {}
        }
    }

    /// A layer's attributes. A constant's say where its numbers are.
    fn data<'g>(
        &mut self,
        get: &dyn Fn(&str) -> Option<&'g str>,
        attributes: &[(String, String)],
        report: &mut Report<'_>,
    ) {
        for (key, value) in attributes {
            let is_path = matches!(
                key.as_str(),
                "path" | "file" | "library" | "weights_path" | "model_path" | "lib"
            );
            if let Some(problem) = files::escape(value).filter(|_| is_path) {
                let message = format!(
                    "The layer `{}` refers to \"{}\": {problem}.",
                    quote(&self.layer),
                    quote(value)
                );
                report.find(
                    &rules::EXTERNAL_PATH,
                    Evidence::new(value.as_str(), message),
                );
            }
        }
        let (Some(offset), Some(size)) = (get("offset"), get("size")) else {
            return;
        };
        let place = offset.parse::<u64>().ok().zip(size.parse::<u64>().ok());
        let end = place.and_then(|(offset, size)| offset.checked_add(size));
        let Some((_, size)) = place.filter(|_| end.is_some()) else {
            let message = format!(
                "The layer `{}` has \"{}\" bytes at byte \"{}\".",
                quote(&self.layer),
                quote(size),
                quote(offset)
            );
            return report.find(
                &rules::IMPOSSIBLE_SIZE,
                Evidence::new(self.layer.as_str(), message),
            );
        };
        let weights = self.weights.clone();
        self.references
            .add("The graph", &weights, end.unwrap_or(0), report);
        self.constant(get, size, report);
    }

    fn constant<'g>(
        &mut self,
        get: &dyn Fn(&str) -> Option<&'g str>,
        size: u64,
        report: &mut Report<'_>,
    ) {
        let bits = match get("element_type") {
            Some("f64" | "i64" | "u64") => 64,
            Some("f32" | "i32" | "u32") => 32,
            Some("f16" | "bf16" | "i16" | "u16") => 16,
            Some("i8" | "u8" | "boolean" | "f8e4m3" | "f8e5m2" | "f8e8m0") => 8,
            Some("i4" | "u4" | "nf4" | "f4e2m1") => 4,
            Some("u2") => 2,
            Some("u1") => 1,
            _ => return,
        };
        let shape = get("shape").unwrap_or_default();
        let sizes: Option<Vec<u64>> = shape
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty())
            .map(|size| size.parse().ok())
            .collect();
        let numbers = sizes.and_then(crate::tensor::extent::numbers);
        let expected = numbers
            .and_then(|numbers| numbers.checked_mul(bits))
            .map(|bits| bits.div_ceil(8));
        if expected != Some(size) {
            let message = format!(
                "The constant `{}` of shape {} is said to have {size} bytes.",
                quote(&self.layer),
                quote(shape)
            );
            return report.find(
                &rules::IMPOSSIBLE_SIZE,
                Evidence::new(self.layer.as_str(), message),
            );
        }
        self.model.add_tensor(
            get("element_type").unwrap_or_default(),
            numbers.unwrap_or(0),
        );
    }
}

#[cfg(test)]
mod tests {
    use gw_analysis::EntryKind;
    use proptest::prelude::*;

    use crate::testing::{Said, scan, scan_all};

    fn graph(layers: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<net name=\"m\" version=\"11\"><layers>{layers}</layers><edges/></net>"
        )
    }

    const CONSTANT: &str = r#"<layer id="1" name="w" type="Const" version="opset1"><data element_type="f32" shape="2, 2" offset="16" size="16"/><output/></layer>"#;

    fn check(layers: &str, weights: usize) -> Said {
        let graph = graph(layers);
        scan_all(
            &[
                ("d/m.xml", EntryKind::File, graph.as_bytes()),
                ("d/m.bin", EntryKind::File, &vec![0; weights]),
            ],
            false,
        )
    }

    #[test]
    fn reads_graphs() {
        let said = check(
            &format!("{CONSTANT}<layer id=\"2\" name=\"y\" type=\"MatMul\" version=\"opset1\"/>"),
            32,
        );
        said.assert_clean();
        assert_eq!(said.models[0].parameters, Some(4));
        assert_eq!(said.models[0].files, ["m.bin"]);
        check(CONSTANT, 20).assert_found(&[("impossible-size", "bytes up to 32")]);
        check(&CONSTANT.replace("2, 2", "2, 3"), 32)
            .assert_found(&[("impossible-size", "said to have 16")]);
        check(&CONSTANT.replace("\"16\"", "\"-1\""), 32).assert_found(&[("impossible-size", "-1")]);
        check(&CONSTANT.replace("opset1", "extension"), 32)
            .assert_found(&[("custom-operator", "extension::Const")]);
        check(
            r#"<layer name="r" type="X" version="opset1"><data path="/lib/x.so"/></layer>"#,
            0,
        )
        .assert_found(&[("external-path", "absolute")]);
        scan("d/m.xml", graph(CONSTANT).as_bytes()).assert_incomplete("missing", "m.bin");
        let entities = format!(
            "<!DOCTYPE net [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}",
            graph("")
        );
        scan("m.xml", entities.as_bytes()).assert_found(&[("external-path", "document type")]);
        scan("pom.xml", b"<project/>").assert_clean();
        scan("m.xml", b"<net name=\"x\"><layers></net>").assert_incomplete("malformed", "OpenVINO");
    }

    proptest! {
        #[test]
        fn changed_files_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = graph(CONSTANT).into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = to;
            scan("m.xml", &bytes);
        }
    }
}
