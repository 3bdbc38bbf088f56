//! The kernel's filter: which system calls of a step are shown to its observer. All others run at
//! full speed.

use seccompiler::sock_filter;

/// What the observer is told of a call that this architecture has.
pub(super) const NATIVE: i64 = 0;
/// What the observer is told of a call of another architecture, whose numbers mean other things.
pub(super) const FOREIGN: i64 = 1;

/// `SECCOMP_RET_TRACE` and `SECCOMP_RET_ALLOW` (seccomp(2)).
const TRACE: u32 = 0x7ff0_0000;
const ALLOW: u32 = 0x7fff_0000;

/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;

/// `AUDIT_ARCH_*`.
#[cfg(target_arch = "x86_64")]
const NATIVE_ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const NATIVE_ARCHITECTURE: u32 = 0xc000_00b7;

/// Numbers from here on are of the x32 interface, an architecture within an architecture.
#[cfg(target_arch = "x86_64")]
const FOREIGN_NUMBERS: u32 = 0x4000_0000;
#[cfg(target_arch = "aarch64")]
const FOREIGN_NUMBERS: u32 = u32::MAX;

/// The program that shows the calls of these numbers, and everything foreign.
pub(super) fn program(calls: &[i64]) -> Vec<sock_filter> {
    let load = |offset| instruction(0x20, 0, 0, offset);
    let give = |value| instruction(0x06, 0, 0, value);
    let foreign = u32::try_from(FOREIGN).unwrap_or(0);
    let native = u32::try_from(NATIVE).unwrap_or(0);
    let mut program = vec![
        load(ARCHITECTURE),
        // Jump if equal over the answer for what is foreign.
        instruction(0x15, 1, 0, NATIVE_ARCHITECTURE),
        give(TRACE | foreign),
        load(NUMBER),
        // Jump if not greater or equal over that answer.
        instruction(0x35, 0, 1, FOREIGN_NUMBERS),
        give(TRACE | foreign),
    ];
    for call in calls.iter().filter_map(|&call| u32::try_from(call).ok()) {
        program.push(instruction(0x15, 0, 1, call));
        program.push(give(TRACE | native));
    }
    program.push(give(ALLOW));
    program
}

const fn instruction(code: u16, jt: u8, jf: u8, k: u32) -> sock_filter {
    sock_filter { code, jt, jf, k }
}
