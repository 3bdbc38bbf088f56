use std::sync::LazyLock;

use cedar_policy::Schema;

/// The schema that policies are validated against, as Cedar schema text with a comment on every
/// attribute.
pub const SCHEMA: &str = include_str!("../schema/gatewright.cedarschema");

static PARSED: LazyLock<Result<Schema, String>> = LazyLock::new(|| {
    Schema::from_cedarschema_str(SCHEMA)
        .map(|(schema, _)| schema)
        .map_err(|error| error.to_string())
});

/// The schema, parsed once.
pub(crate) fn parsed() -> Result<&'static Schema, String> {
    PARSED.as_ref().map_err(Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_of_a_gate_has_a_state() {
        let schema = parsed().unwrap();
        assert_eq!(schema.actions().count(), 4);
        let release = SCHEMA.split("type Release = {").nth(1).unwrap();
        let release = release.split("\n};").next().unwrap();
        let lines: Vec<_> = release.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            // Attributes of the context itself are indented by two.
            if line.starts_with("  ")
                && !line.starts_with("   ")
                && line.contains(": ")
                && !line.contains("//")
            {
                let fact = line.contains("Fact,")
                    || lines
                        .get(at + 1)
                        .is_some_and(|next| next.trim() == "state: String,");
                assert!(fact, "{line}");
                assert!(
                    lines[at - 1].trim().starts_with("//"),
                    "undocumented: {line}"
                );
            }
        }
    }
}
