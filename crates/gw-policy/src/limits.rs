use crate::PolicyFile;

/// Bytes of a file.
const MAX_FILE: usize = 256 * 1024;
/// Bytes of one policy, with the comments before it.
const MAX_POLICY: usize = 16 * 1024;
/// Levels of brackets.
const MAX_NESTING: usize = 32;
/// Operators of one policy: Cedar nests a chain such as `a && b && c` once for each, and walks the
/// nest recursively.
const MAX_OPERATORS: usize = 500;
/// Steps of one path such as `a.b["c"]`, for the same reason.
const MAX_STEPS: usize = 64;

/// What is beyond a limit: the byte, what is wrong there, and what was expected.
pub(crate) type Beyond = (usize, String, String);

/// Refuses files that could exhaust the stack or memory of Cedar's parser and type checker.
pub(crate) fn check(file: &PolicyFile) -> Result<(), Beyond> {
    let text = &file.text;
    if text.len() > MAX_FILE {
        let problem = format!("the file has {} bytes", text.len());
        return Err((0, problem, format!("expected at most {MAX_FILE}")));
    }
    let (mut depth, mut operators, mut steps, mut start) = (0_usize, 0_usize, 0_usize, 0);
    let mut bytes = text.bytes().enumerate().peekable();
    let mut word = false;
    while let Some((offset, byte)) = bytes.next() {
        let next = bytes.peek().map(|&(_, byte)| byte);
        match byte {
            // A comment ends with its line, a string with its quote; neither is code.
            b'/' if next == Some(b'/') => {
                while bytes
                    .next_if(|&(_, byte)| byte != b'\n' && byte != b'\r')
                    .is_some()
                {}
            }
            b'"' => {
                while let Some((_, byte)) = bytes.next() {
                    match byte {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            b'(' | b'[' | b'{' => {
                (depth, steps) = (depth.saturating_add(1), steps.saturating_add(1));
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'+' | b'-' | b'*' | b'!' | b'<' | b'>' => {
                (operators, steps) = (operators.saturating_add(1), 0);
            }
            // These are written twice.
            b'&' | b'|' | b'=' if next == Some(byte) => {
                (operators, steps) = (operators.saturating_add(1), 0);
            }
            b'i' if !word && next == Some(b'f') => operators = operators.saturating_add(1),
            b'.' => steps = steps.saturating_add(1),
            b',' => steps = 0,
            b';' => (operators, steps, start) = (0, 0, offset),
            _ => {}
        }
        word = byte.is_ascii_alphanumeric() || byte == b'_';
        let length = offset.saturating_sub(start);
        let (what, most, unit) = if depth > MAX_NESTING {
            ("brackets are nested too deeply", MAX_NESTING, "levels")
        } else if length > MAX_POLICY {
            ("a policy is too long", MAX_POLICY, "bytes up to its `;`")
        } else if operators > MAX_OPERATORS || steps > MAX_STEPS {
            (
                "a policy has too many operators",
                MAX_OPERATORS,
                "operators; split it in two",
            )
        } else {
            continue;
        };
        return Err((
            offset,
            what.to_owned(),
            format!("expected at most {most} {unit}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_code_and_nothing_else() {
        for (text, good) in [
            ("(".repeat(33), false),
            ("(".repeat(32), true),
            (format!("// {}\n()", "(".repeat(99)), true),
            (format!("// x\n{}", "(".repeat(33)), false),
            (format!("\"{}\"", "(".repeat(99)), true),
            (format!("\"\\\"{}\"", "(".repeat(99)), true),
            (format!("\"\\\\\"{}", "(".repeat(33)), false),
            (format!("{}{}", "(),".repeat(99), "(".repeat(33)), false),
            (format!("{}{}", "(\")\"".repeat(33), ""), false),
            ("true && ".repeat(500), true),
            ("true && ".repeat(501), false),
            ("true && ;".repeat(501), true),
            ("if ".repeat(501), false),
            ("diff ".repeat(501), true),
            ("a.".repeat(64), true),
            ("a.".repeat(65), false),
            ("a[0]".repeat(65), false),
            ("a.b && ".repeat(400), true),
            ("(a, b)".repeat(30), true),
            (format!("\"{}\"", "a-".repeat(5000)), true),
            (format!("// {}", "x".repeat(17_000)), true),
            (format!("{};", "x".repeat(17_000)), false),
            ("\"".to_owned(), true),
            ("\"\\".to_owned(), true),
        ] {
            let shown: String = text.chars().take(40).collect();
            let path = String::new();
            assert_eq!(check(&PolicyFile { path, text }).is_ok(), good, "{shown}");
        }
    }
}
