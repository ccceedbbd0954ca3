//! The Helm version whose rules apply.

/// The Helm version that reads the values. Helm 3 and 4 differ in a few places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Helm {
    /// Helm 3, as of 3.21.
    Three,
    /// Helm 4, as of 4.2.
    Four,
}
