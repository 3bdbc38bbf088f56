use saphyr_parser::{ScalarStyle, Tag};

use crate::Value;

/// The value of a scalar by its style, its tag, and for plain ones the core schema (YAML 1.2.2,
/// section 10.3.2).
pub(super) fn value(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let core = tag.filter(|tag| tag.is_yaml_core_schema());
    let forced_string = match (core, tag) {
        (Some(core), _) => !matches!(core.suffix.as_str(), "null" | "bool" | "int" | "float"),
        // The non-specific tag `!` makes a plain scalar a string.
        (None, Some(tag)) => tag.handle.is_empty() && tag.suffix == "!",
        (None, None) => false,
    };
    if forced_string || (style != ScalarStyle::Plain && core.is_none()) {
        return Value::String(text.into());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.into()),
        _ => Value::String(text.into()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str, good: fn(u8) -> bool| !text.is_empty() && text.bytes().all(good);
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, |byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return digits(hex, |byte| byte.is_ascii_hexdigit());
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(text, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let decimal = |text: &str| digits(text, |byte| byte.is_ascii_digit());
    let good_exponent = exponent.is_none_or(|e| decimal(e.strip_prefix(['+', '-']).unwrap_or(e)));
    let good_mantissa = match mantissa.split_once('.') {
        Some(("", fraction)) => decimal(fraction),
        Some((whole, fraction)) => decimal(whole) && (fraction.is_empty() || decimal(fraction)),
        None => decimal(mantissa),
    };
    good_mantissa && good_exponent
}
