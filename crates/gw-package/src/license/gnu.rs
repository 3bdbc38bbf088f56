//! The GNU licences, which are named in more ways than all others together.

/// The identifier that a phrase means, by its words (lower case): a family, a version, and whether
/// later ones will do. Nothing if there is no version or if a word is of no such phrase.
pub(super) fn license(words: &[&str]) -> Option<String> {
    let mut family = None;
    let mut version: Option<(u8, u8)> = None;
    let mut later = false;
    for word in words {
        let plain = word.trim_end_matches('+');
        later |= plain.len() < word.len();
        let (name, rest) = split_family(plain);
        if let Some(name) = name {
            // The full name and the abbreviation may both be there, and must agree.
            family = match family {
                None => Some(name),
                Some(known) if rank(known) < rank(name) => Some(name),
                known => known,
            };
        }
        let number = rest.trim_start_matches('v');
        if let Some(found) = parse_version(number) {
            if version.is_some_and(|known| known != found) {
                return None;
            }
            version = Some(found);
            continue;
        }
        match rest {
            "" | "gnu" | "v" | "version" | "general" | "public" | "license" | "licence" | "the"
            | "only" | "or" | "any" | "at" | "your" | "option" | "and" | "of" | "documentation"
            | "free" => {}
            "later" | "newer" | "greater" | "above" | "higher" => later = true,
            "affero" => family = Some("AGPL"),
            "lesser" | "library" => family = Some("LGPL"),
            _ => return None,
        }
    }
    let has = |word: &str| words.contains(&word);
    if family.is_none() || family == Some("GPL") {
        if has("free") && has("documentation") {
            family = Some("GFDL");
        } else if has("general") && has("public") && has("gnu") {
            family = family.or(Some("GPL"));
        }
    }
    let family = family?;
    let (major, minor) = version?;
    let allowed: &[(u8, u8)] = match family {
        "GPL" => &[(1, 0), (2, 0), (3, 0)],
        "LGPL" => &[(2, 0), (2, 1), (3, 0)],
        "AGPL" => &[(1, 0), (3, 0)],
        _ => &[(1, 1), (1, 2), (1, 3)],
    };
    if !allowed.contains(&(major, minor)) {
        return None;
    }
    let suffix = if later { "or-later" } else { "only" };
    Some(format!("{family}-{major}.{minor}-{suffix}"))
}

/// `lgplv2.1` is a family and a rest.
fn split_family(word: &str) -> (Option<&'static str>, &str) {
    for (prefix, family) in [
        ("agpl", "AGPL"),
        ("lgpl", "LGPL"),
        ("gfdl", "GFDL"),
        ("gpl", "GPL"),
    ] {
        if let Some(rest) = word.strip_prefix(prefix) {
            return (Some(family), rest);
        }
    }
    (None, word)
}

fn rank(family: &str) -> u8 {
    u8::from(family != "GPL")
}

fn parse_version(text: &str) -> Option<(u8, u8)> {
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}
