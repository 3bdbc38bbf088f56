//! The system calls that an observer looks at, and what their registers mean on each architecture.

use nix::sys::ptrace;
use nix::unistd::Pid;

/// What a call does to files. Numbers are the positions of arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Opens the path, with the flags.
    Open {
        folder: Option<usize>,
        path: usize,
        flags: Flags,
    },
    /// Gives a file another name.
    Rename {
        folders: Option<(usize, usize)>,
        old: usize,
        new: usize,
    },
    /// Gives a file one more name.
    Link { folder: Option<usize>, new: usize },
    /// Takes a name away.
    Remove { folder: Option<usize>, path: usize },
    /// Cuts a file.
    Truncate { path: usize },
    /// Opens files in a way that cannot be seen.
    Hidden,
}

/// Where an opening call has its flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flags {
    /// In an argument.
    Argument(usize),
    /// At the beginning of a structure that an argument points to.
    Pointer(usize),
    /// It always writes.
    Creates,
}

/// The calls with their numbers.
pub(super) const CALLS: &[(i64, Call)] = &[
    #[cfg(target_arch = "x86_64")]
    (
        libc::SYS_open,
        Call::Open {
            folder: None,
            path: 0,
            flags: Flags::Argument(1),
        },
    ),
    #[cfg(target_arch = "x86_64")]
    (
        libc::SYS_creat,
        Call::Open {
            folder: None,
            path: 0,
            flags: Flags::Creates,
        },
    ),
    #[cfg(target_arch = "x86_64")]
    (
        libc::SYS_rename,
        Call::Rename {
            folders: None,
            old: 0,
            new: 1,
        },
    ),
    #[cfg(target_arch = "x86_64")]
    (
        libc::SYS_link,
        Call::Link {
            folder: None,
            new: 1,
        },
    ),
    #[cfg(target_arch = "x86_64")]
    (
        libc::SYS_unlink,
        Call::Remove {
            folder: None,
            path: 0,
        },
    ),
    (
        libc::SYS_openat,
        Call::Open {
            folder: Some(0),
            path: 1,
            flags: Flags::Argument(2),
        },
    ),
    (
        libc::SYS_openat2,
        Call::Open {
            folder: Some(0),
            path: 1,
            flags: Flags::Pointer(2),
        },
    ),
    (
        libc::SYS_renameat,
        Call::Rename {
            folders: Some((0, 2)),
            old: 1,
            new: 3,
        },
    ),
    (
        libc::SYS_renameat2,
        Call::Rename {
            folders: Some((0, 2)),
            old: 1,
            new: 3,
        },
    ),
    (
        libc::SYS_linkat,
        Call::Link {
            folder: Some(2),
            new: 3,
        },
    ),
    (
        libc::SYS_unlinkat,
        Call::Remove {
            folder: Some(0),
            path: 1,
        },
    ),
    (libc::SYS_truncate, Call::Truncate { path: 0 }),
    (libc::SYS_io_uring_setup, Call::Hidden),
    (libc::SYS_open_by_handle_at, Call::Hidden),
];

/// A process's registers at a stop in a call.
pub(super) struct Registers {
    pub(super) number: i64,
    pub(super) arguments: [u64; 6],
    /// What the call returned, once it has.
    pub(super) result: i64,
}

impl Registers {
    /// The registers of a stopped process.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn of(pid: Pid) -> nix::Result<Self> {
        let regs = ptrace::getregs(pid)?;
        Ok(Self {
            number: regs.orig_rax.cast_signed(),
            arguments: [regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9],
            result: regs.rax.cast_signed(),
        })
    }

    /// The registers of a stopped process.
    #[cfg(target_arch = "aarch64")]
    pub(super) fn of(pid: Pid) -> nix::Result<Self> {
        let regs = ptrace::getregs(pid)?.regs;
        let at = |index: usize| regs.get(index).copied().unwrap_or_default();
        Ok(Self {
            number: at(8).cast_signed(),
            arguments: [at(0), at(1), at(2), at(3), at(4), at(5)],
            result: at(0).cast_signed(),
        })
    }

    pub(super) fn argument(&self, index: usize) -> u64 {
        self.arguments.get(index).copied().unwrap_or_default()
    }
}
