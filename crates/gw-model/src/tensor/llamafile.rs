use memchr::memmem;

use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::describe;
use crate::tensor::input::{Input, Reading, Trouble};
use crate::{Content, Model, rules};

/// A program with a model inside: an Actually Portable Executable, which begins as programs for
/// Windows and as a shell script at once, with a zip archive of weights at its end.
pub(crate) struct Llamafile;

impl Reader for Llamafile {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        head.starts_with(b"MZqFpD=") || head.starts_with(b"jartsr=") || path.ends_with(".llamafile")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("llamafile", report);
        }
    }
}

/// Where the directory of an archive of some large members is: before the end of the file.
const TAIL: u64 = 1 << 20;

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let named = report.path().ends_with(".llamafile");
    let head = input.up_to(512)?;
    let is_program = crate::tensor::payload::kind(&head).is_some()
        || head.starts_with(b"MZqFpD=")
        || head.starts_with(b"jartsr=");
    let Some(size) = input.size() else {
        if named && is_program {
            found(&[], report);
        }
        return Ok(());
    };
    input.go_to(size.saturating_sub(TAIL))?;
    let tail = input.up_to(TAIL)?;
    let models = models(&tail);
    if is_program && (named || !models.is_empty()) {
        found(&models, report);
    }
    Ok(())
}

/// The names of models in the directory of a zip archive, of which `tail` is the end.
fn models(tail: &[u8]) -> Vec<String> {
    let entries = memmem::find_iter(tail, b"PK\x01\x02");
    let names = entries.filter_map(|at| {
        let size = tail.get(at.checked_add(28)?..)?.first_chunk()?;
        let start = at.checked_add(46)?;
        let end = start.checked_add(usize::from(u16::from_le_bytes(*size)))?;
        std::str::from_utf8(tail.get(start..end)?).ok()
    });
    names
        .filter(|name| name.ends_with(".gguf") || name.ends_with(".safetensors"))
        .take(16)
        .map(str::to_owned)
        .collect()
}

fn found(models: &[String], report: &mut Report<'_>) {
    let mut model = Model::new("llamafile", report.location().clone());
    for name in models {
        describe::add(&mut model.files, describe::shortened(name));
    }
    report.describe(model);
    let inside = match models {
        [] => "a model".to_owned(),
        [first, ..] => format!("the model \"{}\"", quote(first)),
    };
    let message =
        format!("The file is a program that runs on several systems, with {inside} inside.");
    report.find(
        &rules::EXECUTABLE_MODEL,
        Evidence::new("llamafile", message),
    );
}

#[cfg(test)]
mod tests {
    use crate::tensor::polyglot::tests::zip;
    use crate::testing::scan;

    #[test]
    fn tells_programs_with_models_from_others() {
        let with = |member: &str| [&b"MZqFpD='\n"[..], &[0; 600], &zip(member, b"GGUF")].concat();
        let said = scan("model", &with("llama.Q4_0.gguf"));
        said.assert_found(&[("executable-model", "llama.Q4_0.gguf")]);
        assert_eq!(said.models[0].files, ["llama.Q4_0.gguf"]);
        scan("tool", &with("usr/share/zoneinfo/UTC")).assert_clean();
        scan("m.llamafile", &with("x")).assert_found(&[("executable-model", "a model inside")]);
        scan("m.llamafile", b"just text").assert_clean();
    }
}
