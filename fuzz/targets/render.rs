//! Any text as a stream, under a policy that its first byte chooses: rendered right or refused.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target asks one property")]
#[path = "../../tests/hostile/properties.rs"]
mod properties;

static RULES: LazyLock<Vec<properties::Rules>> = LazyLock::new(properties::Rules::all);

fuzz_target!(|input: (u8, &str)| {
    let (choice, stream) = input;
    properties::render(stream, &RULES[usize::from(choice) % RULES.len()]);
});
