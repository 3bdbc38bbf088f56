//! A document as XML, with the elements in the order of the schema.

use super::BomOptions;
use super::document::{Bom, Component, Data, LicenseEntry, MlFormat, ModelParameters};
use super::text::Text;

/// The text of a document.
pub(super) fn document(bom: &Bom<'_>, options: &BomOptions) -> String {
    let mut out = Xml {
        text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
        indent: options.pretty.then_some(0),
    };
    let serial = bom.serial_number.as_ref().map(Text::as_str);
    let attributes = [
        ("xmlns", Some(options.spec.namespace())),
        ("serialNumber", serial),
        ("version", Some("1")),
    ];
    out.element("bom", &attributes, |out| {
        out.element("metadata", &[], |out| {
            out.leaf_if("timestamp", bom.metadata.timestamp.as_ref());
            if let Some(tools) = &bom.metadata.tools {
                out.element("tools", &[], |out| {
                    out.list("components", &tools.components, component)
                });
            }
            if let Some(subject) = &bom.metadata.component {
                component(out, subject);
            }
        });
        // Unlike other lists this one must be there even if it is empty.
        out.element("components", &[], |out| {
            bom.components.iter().for_each(|c| component(out, c))
        });
        out.list("dependencies", &bom.dependencies, |out, dependency| {
            let reference = [("ref", Some(dependency.reference.as_str()))];
            out.element("dependency", &reference, |out| {
                for target in &dependency.depends_on {
                    out.element("dependency", &[("ref", Some(target.as_str()))], |_| {});
                }
            });
        });
    });
    out.text.push('\n');
    out.text
}

fn component(out: &mut Xml, component: &Component<'_>) {
    let text = |text: &Option<Text<'_>>| text.as_ref().map(|text| text.as_str().to_owned());
    let (kind, reference) = (text(&component.kind), text(&component.bom_ref));
    let attributes = [("type", kind.as_deref()), ("bom-ref", reference.as_deref())];
    out.element("component", &attributes, |out| {
        out.leaf_if("group", component.group.as_ref());
        out.leaf_if("name", component.name.as_ref());
        out.leaf_if("version", component.version.as_ref());
        out.leaf_if("scope", component.scope.as_ref());
        out.list("hashes", &component.hashes, |out, hash| {
            out.leaf(
                "hash",
                &[("alg", Some(hash.alg.as_str()))],
                hash.content.as_str(),
            );
        });
        out.list("licenses", &component.licenses, license);
        out.leaf_if("cpe", component.cpe.as_ref());
        out.leaf_if("purl", component.purl.as_ref());
        if let Some(pedigree) = &component.pedigree {
            out.element("pedigree", &[], |out| {
                out.list("ancestors", &pedigree.ancestors, self::component);
            });
        }
        out.list("properties", &component.properties, |out, property| {
            out.leaf(
                "property",
                &[("name", Some(property.name.as_str()))],
                property.value.as_str(),
            );
        });
        if let Some(evidence) = &component.evidence {
            out.element("evidence", &[], |out| {
                out.list("occurrences", &evidence.occurrences, |out, place| {
                    out.element("occurrence", &[], |out| {
                        out.leaf("location", &[], place.location.as_str());
                        if let Some(line) = place.line {
                            out.leaf("line", &[], &line.to_string());
                        }
                    });
                });
            });
        }
        let card = component.model_card.as_ref();
        if let Some(parameters) = card.and_then(|card| card.model_parameters.as_ref()) {
            out.element("modelCard", &[], |out| {
                out.element("modelParameters", &[], |out| model(out, parameters));
            });
        }
        component
            .data
            .iter()
            .for_each(|item| data(out, "data", item));
    });
}

fn model(out: &mut Xml, parameters: &ModelParameters<'_>) {
    let format = |out: &mut Xml, name: &str, format: &MlFormat<'_>| {
        out.element(name, &[], |out| {
            out.leaf("format", &[], format.format.as_str())
        });
    };
    out.leaf_if("task", parameters.task.as_ref());
    out.leaf_if(
        "architectureFamily",
        parameters.architecture_family.as_ref(),
    );
    out.leaf_if("modelArchitecture", parameters.model_architecture.as_ref());
    out.list("datasets", &parameters.datasets, |out, item| {
        match &item.reference {
            Some(reference) => out.leaf("ref", &[], reference.as_str()),
            None => data(out, "dataset", item),
        }
    });
    out.list("inputs", &parameters.inputs, |out, item| {
        format(out, "input", item)
    });
    out.list("outputs", &parameters.outputs, |out, item| {
        format(out, "output", item)
    });
}

fn data(out: &mut Xml, name: &str, data: &Data<'_>) {
    let reference = data.bom_ref.as_ref().map(|text| text.as_str().to_owned());
    out.element(name, &[("bom-ref", reference.as_deref())], |out| {
        out.leaf_if("type", data.kind.as_ref());
        out.leaf_if("name", data.name.as_ref());
        if let Some(contents) = &data.contents {
            out.element("contents", &[], |out| {
                out.leaf_if("url", contents.url.as_ref());
            });
        }
    });
}

fn license(out: &mut Xml, entry: &LicenseEntry<'_>) {
    if let Some(expression) = &entry.expression {
        out.leaf("expression", &[], expression.as_str());
    } else if let Some(license) = &entry.license {
        out.element("license", &[], |out| {
            out.leaf_if("id", license.id.as_ref());
            out.leaf_if("name", license.name.as_ref());
        });
    }
}

type Attributes<'a> = [(&'a str, Option<&'a str>)];

struct Xml {
    text: String,
    /// How deep the next element is, if elements are indented.
    indent: Option<usize>,
}

impl Xml {
    fn element(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        content: impl FnOnce(&mut Self),
    ) {
        self.start(name, attributes);
        let before = self.text.len();
        let depth = self.indent;
        self.indent = depth.map(|depth| depth + 1);
        content(self);
        self.indent = depth;
        if self.text.len() == before {
            self.text.pop();
            self.text.push_str("/>");
        } else {
            self.line();
            self.end(name);
        }
    }

    fn list<T>(&mut self, name: &str, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        if !items.is_empty() {
            self.element(name, &[], |out| {
                items.iter().for_each(|each| item(out, each))
            });
        }
    }

    fn leaf_if(&mut self, name: &str, text: Option<&Text<'_>>) {
        if let Some(text) = text {
            self.leaf(name, &[], text.as_str());
        }
    }

    fn leaf(&mut self, name: &str, attributes: &Attributes<'_>, text: &str) {
        self.start(name, attributes);
        self.escape(text);
        self.end(name);
    }

    fn start(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.line();
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in attributes {
            if let Some(value) = value {
                self.text.extend([" ", key, "=\""]);
                self.escape(value);
                self.text.push('"');
            }
        }
        self.text.push('>');
    }

    fn end(&mut self, name: &str) {
        self.text.extend(["</", name, ">"]);
    }

    fn line(&mut self) {
        if let Some(depth) = self.indent
            && !self.text.ends_with('\n')
        {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n("  ", depth));
        }
    }

    fn escape(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '&' => self.text.push_str("&amp;"),
                '"' => self.text.push_str("&quot;"),
                // As such they would be read as spaces or line feeds.
                '\t' => self.text.push_str("&#9;"),
                '\n' => self.text.push_str("&#10;"),
                '\r' => self.text.push_str("&#13;"),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    self.text.push(char::REPLACEMENT_CHARACTER)
                }
                _ => self.text.push(c),
            }
        }
    }
}
