use crate::graph::flatbuffer;
use crate::graph::window::Window;
use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::tensor::describe;
use crate::tensor::input::Reading;
use crate::{Content, Model, rules};

/// ExecuTorch's programs: a FlatBuffer, behind it segments of weights and of compiled parts.
///
/// Source: `schema/program.fbs` and `exir/_serialize/_program.py` of ExecuTorch.
pub(crate) struct ExecuTorch;

impl Reader for ExecuTorch {
    fn claims(&self, _: &str, head: &[u8]) -> bool {
        matches!(head.get(4..8), Some([b'E', b'T', b'0'..=b'9', b'0'..=b'9']))
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        if let Err(trouble) = read(&mut content, report) {
            trouble.report("ExecuTorch", report);
        }
    }
}

fn read(content: &mut Content<'_>, report: &mut Report<'_>) -> Reading<()> {
    let mut window = Window::new(content)?;
    let window = &mut window;
    let root = flatbuffer::root(window)?;
    let mut model = Model::new("executorch", report.location().clone());
    model.format_version = root.u32(window, 0)?.map(|version| version.to_string());
    // An extended header says where the segments begin.
    let has_header = window.array::<4>(8)? == *b"eh00";
    let base = if has_header {
        u64::from_le_bytes(window.array(24)?)
    } else {
        0
    };
    let mut segments = root.tables(window, 4)?;
    describe::keep(&mut model, "segments", &segments.count().to_string());
    let mut number = 0_u64;
    while let Some(segment) = segments.next(window)? {
        let (offset, size) = (
            segment.u64(window, 0)?.unwrap_or(0),
            segment.u64(window, 1)?.unwrap_or(0),
        );
        let end = base.checked_add(offset).and_then(|at| at.checked_add(size));
        if end.is_none_or(|end| end > window.size()) {
            let message = format!(
                "Segment {number} has {size} bytes at byte {offset} behind byte {base} of a file of {}.",
                window.size()
            );
            report.find(
                &rules::IMPOSSIBLE_SIZE,
                Evidence::new(format!("segment {number}"), message),
            );
        }
        number = number.saturating_add(1);
    }
    report.describe(model);
    Ok(())
}
