//! Watching a step's processes with ptrace(2): the files that they open, rename and remove.
//!
//! The step is started by this program itself, as another process that asks to be traced, installs
//! the filter and becomes the command. Each call that the filter shows stops its process twice:
//! before it happens, when an input that it would change is still what was read, and afterwards,
//! when `/proc` says which file a descriptor is.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{self, Signal};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::calls::{CALLS, Call, Flags, Registers};
use super::files::Files;
use super::{Exit, Observed, Ran, filter};

/// The longest path that Linux takes.
const MOST_PATH: usize = 4096;

/// Asks to be traced by the parent, and waits until it is.
pub(super) fn offer() {
    if ptrace::traceme().is_ok() {
        let calls: Vec<_> = CALLS.iter().map(|&(number, _)| number).collect();
        let filtered = seccompiler::apply_filter(&filter::program(&calls)).is_ok();
        // The signal says which it is: ready, or to be let go.
        let _ = signal::raise(if filtered {
            Signal::SIGSTOP
        } else {
            Signal::SIGUSR1
        });
    }
}

/// Runs a command as a traced process of this thread, to its end and that of all that it started.
pub(crate) fn run(mut starter: Command) -> anyhow::Result<Ran> {
    let child = starter.spawn().context("cannot start the command")?;
    let root = Pid::from_raw(i32::try_from(child.id())?);
    let _forwarding = super::signals::forward_to(root);
    match wait(Some(root))? {
        WaitStatus::Stopped(_, Signal::SIGSTOP) => {}
        WaitStatus::Stopped(pid, _) => {
            ptrace::detach(pid, None).context("cannot let the command go on")?;
            let why = "the kernel takes no filter for system calls here";
            return finish_unobserved(root, why);
        }
        ended => {
            return Ok(Ran {
                exit: exit_of(ended),
                observed: Observed::No("this process may not trace others here".to_owned()),
            });
        }
    }
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_TRACESECCOMP
        | Options::PTRACE_O_EXITKILL;
    ptrace::setoptions(root, options).context("cannot trace the command")?;
    let mut tracer = Tracer {
        files: Files::default(),
        pending: BTreeMap::new(),
        known: [root].into(),
        notes: Vec::new(),
    };
    tracer.inherited();
    ptrace::cont(root, None).context("cannot let the command go on")?;
    let mut exit = Exit::default();
    loop {
        match wait(None) {
            Ok(status) => {
                if matches!(status, WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..) if pid == root)
                {
                    exit = exit_of(status);
                }
                tracer.take(status);
            }
            Err(Errno::ECHILD) => break,
            Err(error) => return Err(error).context("cannot wait for the command"),
        }
    }
    if tracer.files.missed > 0 {
        let missed = tracer.files.missed;
        tracer.note(&format!("{missed} files were too many to be followed"));
    }
    Ok(Ran {
        exit,
        observed: Observed::Yes(tracer.files, tracer.notes),
    })
}

fn finish_unobserved(root: Pid, why: &str) -> anyhow::Result<Ran> {
    loop {
        let status = wait(Some(root))?;
        if let WaitStatus::Exited(..) | WaitStatus::Signaled(..) = status {
            return Ok(Ran {
                exit: exit_of(status),
                observed: Observed::No(why.to_owned()),
            });
        }
    }
}

fn wait(pid: Option<Pid>) -> nix::Result<WaitStatus> {
    loop {
        match waitpid(pid, Some(WaitPidFlag::__WALL)) {
            Err(Errno::EINTR) => {}
            other => return other,
        }
    }
}

fn exit_of(status: WaitStatus) -> Exit {
    match status {
        WaitStatus::Exited(_, code) => Exit {
            code: u8::try_from(code & 0xff).unwrap_or(1),
            signal: None,
        },
        WaitStatus::Signaled(_, signal, _) => Exit::by_signal(signal as i32),
        _ => Exit::default(),
    }
}

struct Tracer {
    files: Files,
    /// What each stopped thread is in the middle of.
    pending: BTreeMap<Pid, Pending>,
    /// The threads that have stopped once.
    known: std::collections::BTreeSet<Pid>,
    notes: Vec<String>,
}

/// A call between its two stops.
enum Pending {
    Open { writes: bool, keeps: bool },
    Rename { old: PathBuf, new: PathBuf },
    Link(PathBuf),
    Remove(PathBuf),
    Truncate(PathBuf),
}

impl Tracer {
    fn note(&mut self, text: &str) {
        if !self.notes.iter().any(|known| known == text) {
            self.notes.push(text.to_owned());
        }
    }

    /// Standard input and output that the command was given.
    fn inherited(&mut self) {
        for descriptor in 0..3 {
            let link = format!("/proc/self/fd/{descriptor}");
            if let Some(path) = file_behind(Path::new(&link)) {
                if descriptor == 0 {
                    self.files.reads(path);
                } else {
                    self.files.writes(path);
                }
            }
        }
    }

    /// Takes note of a stop, and lets the thread go on. Threads may be killed at any moment: then
    /// there is nothing to go on.
    fn take(&mut self, status: WaitStatus) {
        match status {
            WaitStatus::PtraceEvent(pid, _, event) => {
                self.known.insert(pid);
                match event {
                    // Stops once more when the call has returned.
                    libc::PTRACE_EVENT_SECCOMP if self.before(pid) => {
                        let _ = ptrace::syscall(pid, None);
                        return;
                    }
                    libc::PTRACE_EVENT_EXEC => {
                        self.pending.remove(&pid);
                        if let Ok(path) = std::fs::read_link(format!("/proc/{pid}/exe")) {
                            self.files.runs(path);
                        }
                    }
                    _ => {}
                }
                let _ = ptrace::cont(pid, None);
            }
            WaitStatus::PtraceSyscall(pid) => {
                self.after(pid);
                let _ = ptrace::cont(pid, None);
            }
            WaitStatus::Stopped(pid, signal) => {
                // A new thread's first stop is ours, all others are signals on their way.
                let first = self.known.insert(pid) && signal == Signal::SIGSTOP;
                let stops = matches!(
                    signal,
                    Signal::SIGSTOP | Signal::SIGTSTP | Signal::SIGTTIN | Signal::SIGTTOU
                );
                // A whole group that has stopped has no signal to be delivered.
                let group = stops && ptrace::getsiginfo(pid) == Err(Errno::EINVAL);
                let _ = ptrace::cont(pid, (!first && !group).then_some(signal));
            }
            WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..) => {
                self.pending.remove(&pid);
                self.known.remove(&pid);
            }
            WaitStatus::Continued(_) | WaitStatus::StillAlive => {}
        }
    }

    /// Looks at a call before it happens; whether what it returns matters.
    fn before(&mut self, pid: Pid) -> bool {
        if ptrace::getevent(pid) == Ok(filter::FOREIGN) {
            self.note("a program of another architecture ran, whose files cannot be seen");
            return false;
        }
        let Ok(registers) = Registers::of(pid) else {
            return false;
        };
        let call = CALLS.iter().find(|(number, _)| *number == registers.number);
        let Some(pending) = call.and_then(|(_, call)| self.pending_of(pid, *call, &registers))
        else {
            return false;
        };
        self.pending.insert(pid, pending);
        true
    }

    fn pending_of(&mut self, pid: Pid, call: Call, registers: &Registers) -> Option<Pending> {
        let path = |folder: Option<usize>, path: usize| {
            let folder = folder.map(|folder| registers.argument(folder));
            path_at(pid, folder, registers.argument(path))
        };
        match call {
            Call::Open {
                folder,
                path: at,
                flags,
            } => {
                let flags = match flags {
                    Flags::Argument(at) => registers.argument(at),
                    Flags::Pointer(at) => number_at(pid, registers.argument(at))?,
                    Flags::Creates => (libc::O_WRONLY | libc::O_TRUNC) as u64,
                };
                let has = |flag: i32| flags & flag.cast_unsigned() as u64 != 0;
                if has(libc::O_PATH) {
                    return None;
                }
                let mode = flags & libc::O_ACCMODE as u64;
                let writes = mode != libc::O_RDONLY as u64;
                if (writes || has(libc::O_TRUNC))
                    && let Some(path) = path(folder, at).and_then(|path| path.canonicalize().ok())
                {
                    self.files.about_to_change(&path);
                    // What is opened for both and kept is read before it is written.
                    if mode == libc::O_RDWR as u64
                        && !has(libc::O_TRUNC)
                        && path.is_file()
                        && !self.files.written.contains(&path)
                    {
                        self.files.reads(path.clone());
                        self.files.about_to_change(&path);
                    }
                }
                Some(Pending::Open {
                    writes: writes || has(libc::O_TRUNC),
                    keeps: mode != libc::O_WRONLY as u64,
                })
            }
            Call::Rename { folders, old, new } => {
                let (of_old, of_new) = folders.unzip();
                let old = without_link(&path(of_old, old)?)?;
                let new = without_link(&path(of_new, new)?)?;
                self.files.about_to_change(&old);
                self.files.about_to_change(&new);
                Some(Pending::Rename { old, new })
            }
            Call::Link { folder, new } => Some(Pending::Link(without_link(&path(folder, new)?)?)),
            Call::Remove { folder, path: at } => {
                let path = without_link(&path(folder, at)?)?;
                self.files.about_to_change(&path);
                Some(Pending::Remove(path))
            }
            Call::Truncate { path: at } => {
                let path = path(None, at)?.canonicalize().ok()?;
                self.files.about_to_change(&path);
                Some(Pending::Truncate(path))
            }
            Call::Hidden => {
                self.note("files were opened in a way that cannot be seen (io_uring or handles)");
                None
            }
        }
    }

    /// Looks at what a call did.
    fn after(&mut self, pid: Pid) {
        let Some(pending) = self.pending.remove(&pid) else {
            return;
        };
        let Ok(registers) = Registers::of(pid) else {
            return;
        };
        if registers.result < 0 {
            return;
        }
        match pending {
            Pending::Open { writes, keeps } => {
                let link = format!("/proc/{pid}/fd/{}", registers.result);
                let Some(path) = file_behind(Path::new(&link)) else {
                    return;
                };
                if writes {
                    self.files.writes(path);
                } else if keeps {
                    self.files.reads(path);
                }
            }
            Pending::Rename { old, new } => {
                // A folder that was there before has nothing of the step's own in it.
                if !new.is_dir() || self.files.written.iter().any(|path| path.starts_with(&old)) {
                    self.files.renames(&old, &new);
                }
            }
            Pending::Link(new) => self.files.writes(new),
            Pending::Remove(path) => self.files.removes(&path),
            Pending::Truncate(path) => self.files.writes(path),
        }
    }
}

/// The regular file that a descriptor is; nothing for what has no name any more.
fn file_behind(link: &Path) -> Option<PathBuf> {
    if !std::fs::metadata(link).ok()?.is_file() {
        return None;
    }
    let path = std::fs::read_link(link).ok()?;
    // Of a removed file the kernel says ` (deleted)`, and of memory `/memfd:`.
    (path.is_absolute() && std::fs::symlink_metadata(&path).is_ok()).then_some(path)
}

/// The absolute path that a call was given.
fn path_at(pid: Pid, folder: Option<u64>, address: u64) -> Option<PathBuf> {
    let path = text_at(pid, address)?;
    if path.is_absolute() {
        return Some(path);
    }
    let folder = match folder {
        // The low half is the number; `AT_FDCWD` is negative.
        Some(number) => match (number & 0xffff_ffff) as u32 {
            number if number.cast_signed() >= 0 => format!("/proc/{pid}/fd/{number}"),
            _ => format!("/proc/{pid}/cwd"),
        },
        None => format!("/proc/{pid}/cwd"),
    };
    Some(std::fs::read_link(folder).ok()?.join(path))
}

/// A path whose folder has no links in it. The last part stays as it is.
fn without_link(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?.canonicalize().ok()?;
    Some(folder.join(path.file_name()?))
}

/// The text at an address of a stopped process, up to its zero.
fn text_at(pid: Pid, address: u64) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    const PAGE: u64 = 4096;
    let memory = File::open(format!("/proc/{pid}/mem")).ok()?;
    let mut text = Vec::new();
    let mut at = address;
    while text.len() < MOST_PATH {
        // Up to the end of a page: the next one may not be there.
        let room = PAGE - at % PAGE;
        let mut buffer = vec![0; usize::try_from(room).ok()?];
        let count = memory.read_at(&mut buffer, at).ok()?;
        let read = buffer.get(..count)?;
        if let Some(end) = read.iter().position(|&byte| byte == 0) {
            text.extend_from_slice(read.get(..end)?);
            return Some(PathBuf::from(std::ffi::OsString::from_vec(text)));
        }
        if count == 0 {
            return None;
        }
        text.extend_from_slice(read);
        at = at.checked_add(count as u64)?;
    }
    None
}

fn number_at(pid: Pid, address: u64) -> Option<u64> {
    let memory = File::open(format!("/proc/{pid}/mem")).ok()?;
    let mut bytes = [0; 8];
    memory.read_exact_at(&mut bytes, address).ok()?;
    Some(u64::from_ne_bytes(bytes))
}
