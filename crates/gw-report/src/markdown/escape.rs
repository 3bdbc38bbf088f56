use crate::text::clean_char;

/// Untrusted text as inline Markdown that shows as it is, on GitHub and on GitLab, in a table too:
/// no markup, no HTML, no mention, no reference, no link. At most `most` characters of it.
pub(super) fn prose(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut chars = text.chars().map(clean_char).peekable();
    let mut count = 0;
    let mut word = String::new();
    while let Some(c) = chars.next() {
        count += 1;
        if count > most {
            out.push('…');
            break;
        }
        escape(c, &mut out);
        let next_joins = chars.peek().is_some_and(|next| !next.is_whitespace());
        let before = word.as_str();
        // Mentions, references (`#1`, `!1`, `GH-1`, `&1`, `~label`, `%1`, `$1`) and bare addresses
        // are recognised after entities are resolved, so something must stand between.
        let broken = match c {
            '@' | '#' | '!' | '~' | '%' | '$' | '&' | '^' => true,
            ':' => chars.peek() == Some(&'/') || before.eq_ignore_ascii_case("mailto"),
            '-' => before.eq_ignore_ascii_case("gh"),
            '.' => before.eq_ignore_ascii_case("www"),
            _ => false,
        };
        if broken && next_joins {
            out.push_str("&#8203;");
        }
        if c.is_alphanumeric() {
            if word.len() < 16 {
                word.push(c);
            }
        } else {
            word.clear();
        }
    }
    out
}

/// Untrusted text as code that shows as it is. Neither site looks for mentions, references or
/// links in code, and HTML's element needs no count of backticks.
pub(super) fn code(text: &str, most: usize) -> String {
    let mut out = String::from("<code>");
    for (at, c) in text.chars().map(clean_char).enumerate() {
        if at == most {
            out.push('…');
            break;
        }
        escape(c, &mut out);
    }
    out.push_str("</code>");
    out
}

/// A character that is neither Markdown nor HTML. A numeric reference is never markup (CommonMark
/// 0.31, section 2.5).
fn escape(c: char, out: &mut String) {
    let plain = c.is_alphanumeric() || !c.is_ascii() || " ,.;'?-/".contains(c);
    if plain {
        out.push(c);
    } else {
        out.push_str(&format!("&#{};", u32::from(c)));
    }
}

/// Lines as a code block whose fence nothing in them can close.
pub(super) fn block(language: &str, lines: &[String]) -> String {
    let longest = lines
        .iter()
        .flat_map(|line| line.split(|c| c != '`'))
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{fence}{language}\n");
    for line in lines {
        out.extend(line.chars().map(clean_char));
        out.push('\n');
    }
    out.push_str(&fence);
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_text_is_only_text() {
        for (text, expected) in [
            ("openssl 0.10.1", "openssl 0.10.1"),
            ("@team", "&#64;&#8203;team"),
            ("a|b`c", "a&#124;b&#96;c"),
            ("<img src=x>", "&#60;img src&#61;x&#62;"),
            ("[a](http://x)", "&#91;a&#93;&#40;http&#58;&#8203;//x&#41;"),
            ("www.evil.example", "www.&#8203;evil.example"),
            ("see GH-12, org/r#3", "see GH-&#8203;12, org/r&#35;&#8203;3"),
            (
                "*b* _i_ ~~s~~",
                "&#42;b&#42; &#95;i&#95; &#126;&#8203;&#126;&#8203;s&#126;&#8203;&#126;",
            ),
            ("a\n/close", "a /close"),
            ("x\u{202e}y", "x\u{fffd}y"),
        ] {
            assert_eq!(prose(text, 100), expected, "{text}");
        }
        assert_eq!(code("`|<x>", 100), "<code>&#96;&#124;&#60;x&#62;</code>");
        assert_eq!(code("abcdef", 3), "<code>abc…</code>");
        assert_eq!(
            block("toml", &["a = '````'".to_owned()]),
            "`````toml\na = '````'\n`````\n"
        );
    }

    proptest! {
        #[test]
        fn no_markup_survives(text in any::<String>()) {
            for escaped in [prose(&text, 500), code(&text, 500)] {
                let inner = escaped.trim_start_matches("<code>").trim_end_matches("</code>");
                prop_assert!(!inner.contains(['<', '>', '`', '|', '*', '_', '[', ']', '@', '\\', '\n', '~', '!', '"']));
                prop_assert!(!inner.contains("://") && !inner.contains("www.e"));
            }
        }
    }
}
