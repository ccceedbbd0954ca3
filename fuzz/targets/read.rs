//! Any text as a stream of manifests: it is read without a panic, and every place lies in it.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target asks one property")]
#[path = "../../tests/hostile/properties.rs"]
mod properties;

fuzz_target!(|stream: &str| properties::read(stream));
