/// Text from a scanned project, safe to show: every character that could move a cursor, change a
/// colour, reverse the reading direction or hide takes a visible form. One character becomes one
/// character, so that columns still count.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(clean_char).collect()
}

/// One character, safe to show on one line.
pub(crate) fn clean_char(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        // The control pictures stand for the control characters in the same order.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        c if is_deceptive(c) => '\u{fffd}',
        c => c,
    }
}

/// Characters that show nothing or reorder what is around them: C1 controls (some terminals obey
/// them), Unicode's default-ignorable format characters and bidirectional controls (UAX #9), tags.
fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_moves_hides_or_reverses() {
        for (text, expected) in [
            ("plain é 漢字", "plain é 漢字"),
            ("\u{1b}[31mred", "␛[31mred"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("a\nb\tc\rd", "a b c d"),
            ("x\u{7}\u{7f}", "x␇␡"),
            ("user\u{202e}txt.exe", "user\u{fffd}txt.exe"),
            ("a\u{200b}b\u{feff}", "a\u{fffd}b\u{fffd}"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }

    proptest! {
        #[test]
        fn is_idempotent_and_keeps_the_count(text in any::<String>()) {
            let cleaned = clean(&text);
            prop_assert_eq!(clean(&cleaned), cleaned.clone());
            prop_assert_eq!(cleaned.chars().count(), text.chars().count());
            prop_assert!(!cleaned.chars().any(char::is_control));
        }
    }
}
