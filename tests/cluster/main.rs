//! Pods of releases on a real control plane: on which node each runs, and why on no other.
//!
//! `scripts/e2e-cluster` runs these; a check by itself: `scripts/e2e-cluster NAME`. Each has a cluster of its
//! own (`scripts/cluster`), where kwok plays the kubelets.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests run programs and read their environment"
)]

mod additions;
mod cluster;
mod helm;
mod nodes;
mod placement;
mod pods;
mod predictions;
mod refusals;
mod releases;
#[path = "../support/mod.rs"]
mod support;
mod tutorial;
mod upgrades;

/// Each check under both Helms.
macro_rules! under_both_helms {
    ($($check:ident),+ $(,)?) => {
        mod helm3 {
            $(#[test]
            #[ignore = "needs a cluster: scripts/e2e-cluster"]
            fn $check() {
                super::$check(crate::helm::Version::Three);
            })+
        }
        mod helm4 {
            $(#[test]
            #[ignore = "needs a cluster: scripts/e2e-cluster"]
            fn $check() {
                super::$check(crate::helm::Version::Four);
            })+
        }
    };
}
pub(crate) use under_both_helms;
