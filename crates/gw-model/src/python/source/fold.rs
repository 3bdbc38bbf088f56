//! Identifiers as Python compares them: in normal form NFKC (PEP 3131), in which many letters that
//! look unlike `exec` are `exec`.

/// Whether an identifier may begin so.
pub(super) fn starts_name(char: char) -> bool {
    char == '_' || char.is_alphabetic() || letter(char).is_some()
}

/// Whether an identifier may go on so.
pub(super) fn continues_name(char: char) -> bool {
    starts_name(char) || char.is_alphanumeric() || matches!(char, '\u{300}'..='\u{36f}' | '·')
}

/// An identifier with every variant of an ASCII letter, digit or underscore as that.
pub(super) fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_owned();
    }
    name.chars()
        .map(|char| letter(char).unwrap_or(char))
        .collect()
}

/// The ASCII character whose variant a character is, from Unicode's compatibility mappings.
fn letter(char: char) -> Option<char> {
    const LETTERLIKE: &str = "ªaºoſsℂCℊgℋHℌHℍHℎhℐIℑIℒLℓlℕNℙPℚQℛRℜRℝRℤZℨZKKℬBℭCℯeℰEℱFℳMℴoℹiⅅDⅆdⅇeⅈiⅉj\
        ⅠIⅤVⅩXⅬLⅭCⅮDⅯMⅰiⅴvⅹxⅼlⅽcⅾdⅿmⁱiⁿnₐaₑeₒoₓxₕhₖkₗlₘmₙnₚpₛsₜtᵢiᵣrᵤuᵥvⱼj\
        ᴬAᴮBᴰDᴱEᴳGᴴHᴵIᴶJᴷKᴸLᴹMᴺNᴼOᴾPᴿRᵀTᵁUᵂWᵃaᵇbᵈdᵉeᵍgᵏkᵐmᵒoᵖpᵗtᵘuᵛvᶜcᶠfᶻzʰhʲjʳrʷwʸyˡlˢsˣx︳_︴_﹍_﹎_﹏_";
    if char.is_ascii() {
        return None;
    }
    let code = u32::from(char);
    match code {
        // Full width forms.
        0xff10..=0xff19 | 0xff21..=0xff3a | 0xff3f | 0xff41..=0xff5a => {
            char::from_u32(code.checked_sub(0xfee0)?)
        }
        // Mathematical letters: alphabets of 52 letters one after another, then digits.
        0x1d400..=0x1d6a3 => {
            let place = code.checked_sub(0x1d400)? % 52;
            let (base, place) = if place < 26 {
                ('A', place)
            } else {
                ('a', place.checked_sub(26)?)
            };
            char::from_u32(u32::from(base).checked_add(place)?)
        }
        0x1d7ce..=0x1d7ff => char::from_digit(code.checked_sub(0x1d7ce)? % 10, 10),
        _ => {
            let mut chars = LETTERLIKE.chars();
            while let (Some(variant), Some(plain)) = (chars.next(), chars.next()) {
                if variant == char {
                    return Some(plain);
                }
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_what_python_takes_them_for() {
        for (name, expected) in [
            ("exec", "exec"),
            ("ｅｘｅｃ", "exec"),
            ("𝐞𝐱𝐞𝐜", "exec"),
            ("𝓮𝔁𝓮𝓬", "exec"),
            ("ₑₓₑc", "exec"),
            ("＿＿import＿＿", "__import__"),
            ("𝟘1", "01"),
            ("größe", "größe"),
        ] {
            assert_eq!(fold(name), expected);
        }
    }
}
