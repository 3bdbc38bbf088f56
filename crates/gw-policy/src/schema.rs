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
        assert_eq!(schema.actions().count(), 8);
        for name in ["type Release = {", "type Admit = {"] {
            every_attribute_has_a_state(name);
        }
    }

    #[test]
    fn the_admit_gate_is_shown_what_the_release_gate_is_shown() {
        let shown = |name| -> Vec<&str> { body(name).lines().collect() };
        let (release, admit) = (shown("type Release = {"), shown("type Admit = {"));
        assert_eq!(release, admit[..release.len()]);
    }

    fn body(name: &str) -> &str {
        let body = SCHEMA.split(name).nth(1).unwrap();
        body.split("\n};").next().unwrap()
    }

    fn every_attribute_has_a_state(name: &str) {
        let lines: Vec<_> = body(name).lines().collect();
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
