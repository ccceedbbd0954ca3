//! Any text as a policy: read or refused, and one that is read can be used.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target asks one property")]
#[path = "../../tests/hostile/properties.rs"]
mod properties;

const STREAM: &str = include_str!("../../testdata/streams/hub-like.yaml");

fuzz_target!(|policy: &str| properties::policy(policy, STREAM));
