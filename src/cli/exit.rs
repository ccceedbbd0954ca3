/// How a command ended; the numbers are the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// Findings, a difference, an unmet expectation or a policy that cannot be met.
    Findings = 1,
    /// Usage, configuration or input that cannot be read.
    Usage = 2,
    /// There was nothing to check.
    Nothing = 3,
    /// Our own mistake.
    Bug = 70,
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        self as u8
    }
}
