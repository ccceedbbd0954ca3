//! Hostile input: whatever the bytes, the program is right or says what is wrong, soon and in little memory.
//!
//! The loops here are bounded; `scripts/fuzz` runs the same ones for as long as it is told. A failure names
//! its seed, and `DUNNAGE_FUZZ_SEED=<seed> cargo test --test hostile` repeats it.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests read their input, their clock and their environment"
)]

mod giants;
mod loops;
mod merges;
mod mutate;
mod mutations;
mod once;
mod process;
mod properties;
mod random;
mod seeds;
#[path = "../../benches/streams/mod.rs"]
mod streams;
mod truncations;
