use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use gw_analysis::{Analyzer, EntryKind, Output};
use gw_finding::{Finding, Incomplete, Location, ReasonCode};
use gw_source::{ANALYZER, ContentDigest, Limits, Source, SourceError, Target};

use crate::budget::Budget;
use crate::visit::Visitor;
use crate::{FileDigest, Looked, Options, Progress, ScanOutput};

/// The stack of a scanning thread. Parsers and nested archives recurse to a fixed depth, for which
/// this is ample.
const STACK: usize = 8 << 20;

/// Scans a target.
///
/// # Errors
/// [`SourceError`] if nothing of the target can be read. Whatever else goes wrong is among
/// [`ScanOutput::incomplete`].
pub fn scan(
    target: &Target,
    analyzers: &[&dyn Analyzer],
    limits: &Limits,
    options: &Options,
    progress: &dyn Progress,
) -> Result<ScanOutput, SourceError> {
    let source = Source::open(target, limits, &options.source)?;
    let visited = visit(target, &source, analyzers, limits, options, progress, true);
    let mut digests = vec![None; source.items().len()];
    for visit in &visited.visits {
        if let Some(slot) = digests.get_mut(visit.index) {
            *slot = visit.digest;
        }
    }
    let is_archive = visited.visits.iter().any(|visit| visit.is_archive);
    let looked = visited.join(&source, analyzers, limits, progress);
    let subject = source.subject(&digests, is_archive);
    Ok(looked.of(subject, by_path(&source, &digests)))
}

/// Looks at a target as [`scan`] does, but computes no digest. What no analyzer wants to see is
/// not read, so that the structure of a model of any size is known in no time.
///
/// # Errors
/// [`SourceError`] if nothing of the target can be read. Whatever else goes wrong is among
/// [`Looked::incomplete`].
pub fn look(
    target: &Target,
    analyzers: &[&dyn Analyzer],
    limits: &Limits,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Looked, SourceError> {
    let source = Source::open(target, limits, &options.source)?;
    let visited = visit(target, &source, analyzers, limits, options, progress, false);
    Ok(visited.join(&source, analyzers, limits, progress))
}

/// What the threads made of a source.
struct Visited {
    /// In order of the items.
    visits: Vec<Visit>,
    bytes: u64,
}

fn visit(
    target: &Target,
    source: &Source,
    analyzers: &[&dyn Analyzer],
    limits: &Limits,
    options: &Options,
    progress: &dyn Progress,
    digest: bool,
) -> Visited {
    progress.begin(source.items().len() as u64, source.bytes());
    let single = matches!(
        target,
        Target::File(_) | Target::Stdin | Target::Bytes { .. }
    );
    let shared = Shared {
        source,
        analyzers,
        limits,
        open_archives: options.open_archives || single,
        digest,
        progress,
        budget: Budget::new(limits.max_in_flight),
        spool: options.spool.as_deref(),
        spooled: AtomicU64::new(0),
        next: AtomicUsize::new(0),
        bytes: AtomicU64::new(0),
    };
    let mut visits = visit_all(&shared, threads(options, source.items().len()));
    visits.sort_unstable_by_key(|visit| visit.index);
    Visited {
        visits,
        bytes: shared.bytes.into_inner(),
    }
}

impl Visited {
    /// Brings everything together, in the cross-file phase too.
    fn join(
        self,
        source: &Source,
        analyzers: &[&dyn Analyzer],
        limits: &Limits,
        progress: &dyn Progress,
    ) -> Looked {
        let mut all: Vec<Seen> = analyzers.iter().map(|_| Seen::default()).collect();
        let mut incomplete = source.incomplete().to_vec();
        let mut findings = Vec::new();
        let (mut files, mut unread) = (0_u64, None::<(usize, Stop, usize)>);
        for visit in self.visits {
            match visit.stopped {
                Some(stop) => {
                    let (_, _, count) = unread.get_or_insert((visit.index, stop, 0));
                    *count += 1;
                }
                None => files += visit.files,
            }
            incomplete.extend(visit.incomplete);
            findings.extend(visit.findings);
            for (analyzer, seen) in visit.outputs {
                if let Some(all) = all.get_mut(analyzer) {
                    all.output.append(seen.output);
                    all.seen += seen.seen;
                }
            }
        }
        if let Some((index, stop, count)) = unread {
            incomplete.push(stop.incomplete(source, index, count, limits));
        }

        progress.finishing();
        let mut merged = Output::default();
        let mut by_analyzer = BTreeMap::new();
        for (analyzer, Seen { mut output, seen }) in analyzers.iter().zip(all) {
            let mut parts = std::mem::take(&mut output.parts);
            parts.sort_by(|a, b| a.location.cmp(&b.location));
            analyzer.finish(parts, &mut output);
            merged.append(output);
            *by_analyzer.entry(analyzer.name().to_owned()).or_insert(0) += seen;
        }
        incomplete.extend(merged.incomplete);
        incomplete.sort_unstable();
        incomplete.dedup();
        findings.extend(merged.findings);
        findings.sort_by(|a, b| (&a.location, &a.rule).cmp(&(&b.location, &b.rule)));
        Looked {
            files,
            bytes: self.bytes,
            by_analyzer,
            findings,
            incomplete,
            products: merged.products,
        }
    }
}

/// The digests of the files that were read.
fn by_path(
    source: &Source,
    digests: &[Option<(EntryKind, ContentDigest)>],
) -> BTreeMap<String, FileDigest> {
    let read = source.items().iter().zip(digests);
    read.filter_map(|(item, digest)| {
        let (kind, content) = (*digest)?;
        let digest = FileDigest {
            sha256: content.sha256,
            size: item.size,
        };
        (kind != EntryKind::Link).then(|| (item.path.clone(), digest))
    })
    .collect()
}

/// What the threads of a scan share.
pub(crate) struct Shared<'s> {
    pub(crate) source: &'s Source,
    pub(crate) analyzers: &'s [&'s dyn Analyzer],
    pub(crate) limits: &'s Limits,
    pub(crate) open_archives: bool,
    /// Whether all is read, for the subject's digest.
    pub(crate) digest: bool,
    pub(crate) progress: &'s dyn Progress,
    pub(crate) budget: Budget,
    /// Where temporary files go.
    pub(crate) spool: Option<&'s Path>,
    /// How many bytes they have now.
    pub(crate) spooled: AtomicU64,
    /// The item that is next.
    next: AtomicUsize,
    /// How many bytes were looked at so far.
    pub(crate) bytes: AtomicU64,
}

/// What came of one item.
#[derive(Default)]
pub(crate) struct Visit {
    pub(crate) index: usize,
    /// Why it was not read at all.
    pub(crate) stopped: Option<Stop>,
    pub(crate) digest: Option<(EntryKind, ContentDigest)>,
    pub(crate) files: u64,
    pub(crate) is_archive: bool,
    pub(crate) incomplete: Vec<Incomplete>,
    /// What was found in archives as such.
    pub(crate) findings: Vec<Finding>,
    /// What came of it, by the index of the analyzer.
    pub(crate) outputs: BTreeMap<usize, Seen>,
}

impl Visit {
    /// Where an analyzer's output goes; `sees` counts one more file that it saw.
    pub(crate) fn output(&mut self, analyzer: usize, sees: bool) -> &mut Output {
        let entry = self.outputs.entry(analyzer).or_default();
        entry.seen += u64::from(sees);
        &mut entry.output
    }
}

/// What one analyzer made of one item and all that is in it.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) output: Output,
    /// How many files it saw.
    pub(crate) seen: u64,
}

/// A limit that ends a scan.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    Time,
    Total,
}

impl Stop {
    fn incomplete(
        self,
        source: &Source,
        index: usize,
        count: usize,
        limits: &Limits,
    ) -> Incomplete {
        let (reason, why) = match self {
            Self::Time => (ReasonCode::TimedOut, "the time was up".to_owned()),
            Self::Total => {
                let why = format!("more than {} bytes in all", limits.max_total);
                (ReasonCode::TooLarge, why)
            }
        };
        let location = source
            .items()
            .get(index)
            .map_or_else(Location::default, |item| item.location());
        Incomplete {
            location,
            analyzer: ANALYZER.to_owned(),
            reason,
            detail: format!("{why}; {count} files, this one the first, were not read"),
        }
    }
}

fn threads(options: &Options, items: usize) -> usize {
    let wanted = options.threads.map_or_else(
        || thread::available_parallelism().map_or(1, NonZeroUsize::get),
        NonZeroUsize::get,
    );
    wanted.min(items).max(1)
}

fn visit_all(shared: &Shared<'_>, threads: usize) -> Vec<Visit> {
    thread::scope(|scope| {
        let helpers: Vec<_> = (0..threads)
            .filter_map(|_| {
                let builder = thread::Builder::new()
                    .name("scan".to_owned())
                    .stack_size(STACK);
                builder.spawn_scoped(scope, || work(shared)).ok()
            })
            .collect();
        // Where the system gives no threads this one does the work.
        let mut visits = if helpers.is_empty() {
            work(shared)
        } else {
            Vec::new()
        };
        for helper in helpers {
            match helper.join() {
                Ok(more) => visits.extend(more),
                // A panic in an analyzer is a defect of ours and must not pass for a clean scan.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        visits
    })
}

/// Visits one item after another until none is left.
fn work(shared: &Shared<'_>) -> Vec<Visit> {
    let mut visitor = Visitor::new(shared);
    let mut visits = Vec::new();
    loop {
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(item) = shared.source.items().get(index) else {
            return visits;
        };
        let mut visit = visitor.item(item);
        visit.index = index;
        shared.progress.advance(item.size);
        visits.push(visit);
    }
}
