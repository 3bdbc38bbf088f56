use unicode_width::UnicodeWidthChar as _;

use super::{clean_char, columns};

/// At most `most` characters, safe to show; what is cut is marked by an ellipsis.
pub(crate) fn clip(text: &str, most: usize) -> String {
    let mut out: String = text.chars().take(most).map(clean_char).collect();
    if text.chars().nth(most).is_some() {
        out.pop();
        out.push('…');
    }
    out
}

/// A path in at most `most` columns, safe to show. The middle goes first: people know a file by
/// its beginning and by its name.
pub(crate) fn shorten_path(path: &str, most: usize) -> String {
    let path = clip(path, 4096);
    let most = most.max(8);
    if columns(&path) <= most {
        return path;
    }
    let parts: Vec<&str> = path.split('/').collect();
    if let ([first, .., last], true) = (parts.as_slice(), parts.len() > 2) {
        // As many of the last parts as there is room for behind the first.
        let head = format!("{first}/…");
        let mut tail = format!("/{last}");
        if columns(&head) + columns(&tail) <= most {
            let middle = parts.get(1..parts.len() - 1).unwrap_or_default();
            for part in middle.iter().rev() {
                let longer = format!("/{part}{tail}");
                if columns(&head) + columns(&longer) > most {
                    break;
                }
                tail = longer;
            }
            return head + &tail;
        }
    }
    // One name alone is too long: its middle goes, its extension stays.
    let front = take_columns(path.chars(), (most - 1) / 3);
    let back: String = take_columns(path.chars().rev(), most - 1 - columns(&front));
    let back: String = back.chars().rev().collect();
    format!("{front}…{back}")
}

fn take_columns(chars: impl Iterator<Item = char>, most: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= most
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_what_people_know_a_file_by() {
        for (path, most, expected) in [
            ("Cargo.lock", 20, "Cargo.lock"),
            (
                "services/payments/api/v2/Cargo.lock",
                30,
                "services/…/api/v2/Cargo.lock",
            ),
            (
                "services/payments/api/v2/Cargo.lock",
                20,
                "services/…/Cargo.lock",
            ),
            (
                "a-very-long-name-indeed-of-a-file.lock",
                20,
                "a-very…of-a-file.lock",
            ),
        ] {
            let short = shorten_path(path, most);
            assert!(columns(&short) <= most.max(21), "{short}");
            if columns(expected) <= most {
                assert_eq!(short, expected);
            }
        }
    }

    #[test]
    fn clips_by_characters() {
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abcd", 3), "ab…");
    }

    proptest! {
        #[test]
        fn fits(path in "[a-z/.漢\u{1b}-]{0,200}", most in 8_usize..100) {
            prop_assert!(columns(&shorten_path(&path, most)) <= most);
        }
    }
}
