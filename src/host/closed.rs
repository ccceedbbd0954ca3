use std::sync::atomic::{AtomicBool, Ordering};

static IS_STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Looks at standard output before the runtime of Rust does: that opens `/dev/null` in the place of a closed
/// stream, to which every write succeeds. Afterwards the two cannot be distinguished: Python and Node start a program
/// whose output is to be dropped with the same `/dev/null`, opened in the same way.
#[cfg(unix)]
#[ctor::ctor]
fn look_at_stdout() {
    use std::os::fd::AsFd as _;
    let duplicate = std::io::stdout().as_fd().try_clone_to_owned();
    IS_STDOUT_CLOSED.store(duplicate.is_err(), Ordering::Relaxed);
}

/// Whether standard output was closed (`>&-`) when the program started.
pub(super) fn is_stdout_closed() -> bool {
    IS_STDOUT_CLOSED.load(Ordering::Relaxed)
}
