//! Requirements files that include themselves.

use gw_finding::ReasonCode;

use crate::reader::Joined;
use crate::reader::python::dependency::short;
use crate::reader::python::package;

use super::includes::File;

/// Depth-first over the includes; an edge back to a file that is still open closes a cycle.
pub(super) fn find(files: &[File], joined: &mut Joined) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; files.len()];
    for root in 0..files.len() {
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((at, next)) = path.pop() {
            let (Some(file), Some(mark)) = (files.get(at), marks.get_mut(at)) else {
                continue;
            };
            if next == 0 {
                if *mark != Mark::New {
                    continue;
                }
                *mark = Mark::Open;
            }
            let Some(link) = file.includes.get(next) else {
                *mark = Mark::Done;
                continue;
            };
            path.push((at, next.saturating_add(1)));
            match marks.get(link.target) {
                Some(Mark::New) => path.push((link.target, 0)),
                Some(Mark::Open) => {
                    let other = files.get(link.target).map_or("", File::path);
                    joined.incomplete.push(package::incomplete(
                        link.location.clone(),
                        ReasonCode::Cycle,
                        format!("`{}` includes itself by way of this line", short(other)),
                    ));
                }
                _ => {}
            }
        }
    }
}
