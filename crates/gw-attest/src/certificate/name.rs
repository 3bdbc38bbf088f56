use crate::der::{self, Reader};

/// The attribute types that are shown, by the last byte of 2.5.4.x.
const COMMON_NAME: u8 = 3;
const ORGANIZATION: u8 = 10;

/// A distinguished name for people: `CN, O`, or what there is of it. It decides nothing.
pub(super) fn show(name: &[u8]) -> String {
    let parts: Vec<String> = [COMMON_NAME, ORGANIZATION]
        .iter()
        .filter_map(|attribute| find(name, *attribute))
        .collect();
    if parts.is_empty() {
        return "a certificate without a name".to_owned();
    }
    parts.join(", ")
}

fn find(name: &[u8], wanted: u8) -> Option<String> {
    let mut sets = Reader::new(name).sequence().ok()?;
    while !sets.is_empty() {
        let mut set = sets.take(der::SET).ok()?.inside();
        while !set.is_empty() {
            let mut attribute = set.sequence().ok()?;
            let oid = attribute.take(der::OID).ok()?;
            let value = attribute.next().ok()?;
            if oid.content == [0x55, 0x04, wanted] {
                let text = String::from_utf8_lossy(value.content);
                return Some(
                    text.chars()
                        .take(100)
                        .flat_map(char::escape_debug)
                        .collect(),
                );
            }
        }
    }
    None
}
