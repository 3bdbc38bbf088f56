//! ExecuTorch's programs (`.pte`): a flatbuffer with the identifier `ET12`, and behind it segments
//! that an extended header points to (`schema/extended_header.h`).

use gw_finding::ReasonCode;

use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::tensor::input::{Input, Reading};
use crate::{Content, Model, rules};

/// Reads ExecuTorch's programs.
pub(crate) struct ExecuTorch;

impl Reader for ExecuTorch {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        is_identifier(head.get(4..8)) || (path.ends_with(".pte") && !head.is_empty())
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        match Input::new(&mut content) {
            Ok(mut input) => {
                if let Err(trouble) = read(&mut input, report) {
                    trouble.report("the header", report);
                }
            }
            Err(error) => report.incomplete(ReasonCode::Unreadable, error.to_string()),
        }
    }
}

/// `ET` and two digits, which are the version of the schema.
fn is_identifier(bytes: Option<&[u8]>) -> bool {
    matches!(bytes, Some([b'E', b'T', a, b]) if a.is_ascii_digit() && b.is_ascii_digit())
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let size = input.size();
    let root = u64::from(input.u32()?);
    let identifier = input.array::<4>()?;
    if !is_identifier(Some(&identifier)) {
        report.incomplete(ReasonCode::Malformed, "it is no program of ExecuTorch");
        return Ok(());
    }
    let mut model = Model::new("executorch", report.location().clone());
    model.format_version = Some(String::from_utf8_lossy(&identifier).into_owned());
    report.describe(model);
    let mut wrong = |what: &str, value: u64| {
        let message = format!("{what} is at or up to byte {value}, beyond the end of the file.");
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new(what, message));
    };
    if size.is_some_and(|size| root >= size) {
        wrong("the root table", root);
        return Ok(());
    }
    // The extended header: `eh00`, its length, the program's size, where segments begin and, in
    // newer ones, how long they are.
    if input.array::<4>()? != *b"eh00" {
        return Ok(());
    }
    let length = input.u32()?;
    let program = input.u64()?;
    let segments = input.u64()?;
    let segment_size = if length >= 32 {
        Some(input.u64()?)
    } else {
        None
    };
    if let Some(size) = size {
        if program > size || root >= program {
            wrong("the program", program.max(root));
        }
        if segments > size {
            wrong("the segments", segments);
        }
        if let Some(end) = segment_size.map(|count| segments.saturating_add(count))
            && end > size
        {
            wrong("the segments' end", end);
        }
    }
    Ok(())
}
