//! Any text with its secrets hidden: every byte that is shown stands where it stood.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target asks one property")]
#[path = "../../tests/hostile/properties.rs"]
mod properties;

fuzz_target!(|text: &str| properties::mask_of(text));
