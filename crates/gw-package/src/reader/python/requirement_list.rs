//! Lists of PEP 508 strings as project files hold them.

use gw_analysis::{Entry, Node};
use gw_finding::{Incomplete, Location, ReasonCode};

use crate::Scope;
use crate::reader::Requirement;

use super::{dependency, marker, package};

/// Requirements while a project file is read.
#[derive(Default)]
pub(super) struct List {
    /// What was read.
    pub requirements: Vec<Requirement>,
    /// What could not be.
    pub incomplete: Vec<Incomplete>,
}

impl List {
    /// Adds one PEP 508 string.
    pub(super) fn add(&mut self, text: &str, scope: Scope, location: Location) {
        match dependency::parse(text) {
            Ok(dependency) => self.requirements.push(Requirement {
                name: dependency.name.to_owned(),
                alias: None,
                constraint: dependency.constraint.to_owned(),
                scope: marker::scope(dependency.marker, scope),
                location,
                from_registry: dependency.url.is_none(),
            }),
            Err(error) => {
                let record = package::incomplete(location, ReasonCode::Malformed, error);
                self.incomplete.push(record);
            }
        }
    }

    /// Adds a list of such strings; what is no string is left to its reader.
    pub(super) fn add_all(&mut self, entry: &Entry, list: Option<&Node>, scope: Scope) {
        for node in list.map_or(&[][..], Node::list) {
            if let Some(text) = node.as_str() {
                self.add(text, scope, entry.locate(node.span));
            }
        }
    }
}
