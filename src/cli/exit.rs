/// The exit code of a command; the numbers are the same for all commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Success.
    Fine = 0,
    /// Findings, a difference, an unmet expectation or a policy that cannot be met.
    Findings = 1,
    /// A usage error, or configuration or input that cannot be read.
    Usage = 2,
    /// Nothing to check.
    Nothing = 3,
    /// A bug in dunnage.
    Bug = 70,
}

impl Exit {
    /// Returns the exit code of the process.
    pub fn code(self) -> u8 {
        self as u8
    }
}
