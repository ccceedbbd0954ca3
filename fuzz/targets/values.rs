//! Any two texts as values, one over the other: merged or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target asks one property")]
#[path = "../../tests/hostile/properties.rs"]
mod properties;

fuzz_target!(|values: (&str, &str)| properties::values(values.0, values.1));
