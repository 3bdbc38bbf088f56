//! The entry point of libFuzzer for every target.
#![no_main]

use std::sync::OnceLock;

use gatewright_fuzz::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<&'static Target> = OnceLock::new();

fuzz_target!(
    init: {
        if let Some(folder) = std::env::var_os("GW_FUZZ_SEEDS") {
            gatewright_fuzz::write_seeds(folder.as_ref()).expect("seeds cannot be written");
            std::process::exit(0);
        }
        let name = std::env::var("GW_FUZZ_TARGET").unwrap_or_default();
        let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
            let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            eprintln!("GW_FUZZ_TARGET is {name:?}; expected one of {}", names.join(", "));
            std::process::exit(2);
        };
        TARGET.get_or_init(|| target);
    },
    |data: &[u8]| {
        if let Some(target) = TARGET.get() {
            (target.run)(data);
        }
    }
);
