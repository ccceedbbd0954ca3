use std::io;
use std::path::Path;

use thiserror::Error;

/// The world failed; `subject` is a path or the name of a stream.
#[derive(Debug, Error)]
pub enum HostError {
    /// It cannot be read.
    #[error("cannot read {subject}: {source}")]
    Read {
        /// What was to be read.
        subject: String,
        /// Why not.
        source: io::Error,
    },
    /// It is larger than it may be.
    #[error("{subject} is larger than {}", size(*most))]
    TooLarge {
        /// What was to be read.
        subject: String,
        /// How many bytes it may have.
        most: u64,
    },
    /// It is not text.
    #[error("{subject}: invalid UTF-8 at line {line}, column {column} (byte {offset})")]
    InvalidUtf8 {
        /// What was read.
        subject: String,
        /// The line of the first wrong byte, from 1.
        line: usize,
        /// Its column in characters, from 1.
        column: usize,
        /// Its offset, from 0.
        offset: usize,
    },
    /// It is text in another encoding, as Windows writes it.
    #[error("{subject}: UTF-16, not UTF-8")]
    Utf16 {
        /// What was read.
        subject: String,
    },
    /// The working folder is gone or may not be read.
    #[error("cannot determine the current directory: {0}")]
    CurrentDir(io::Error),
    /// Nobody reads the output any more; a reason to end quietly.
    #[error("the output pipe was closed by its reader")]
    BrokenPipe,
    /// The output cannot be written.
    #[error("cannot write to stdout: {0}")]
    Write(io::Error),
    /// A file cannot be written; what stood there before still does.
    #[error("cannot write {subject}: {source}")]
    WriteFile {
        /// What was to be written.
        subject: String,
        /// Why not.
        source: io::Error,
    },
    /// A file no longer holds what it was expected to hold.
    #[error("{subject} changed since it was read")]
    Changed {
        /// What was to be replaced.
        subject: String,
    },
}

impl HostError {
    /// The error of a replacement of something else than what was read.
    pub(super) fn changed(path: &Path) -> Self {
        Self::Changed {
            subject: path.display().to_string(),
        }
    }

    /// The error of a read of `subject`.
    pub(super) fn read(subject: &str, source: io::Error) -> Self {
        Self::Read {
            subject: subject.to_owned(),
            source,
        }
    }

    /// The error of a read of more than `most` bytes.
    pub(super) fn too_large(subject: &str, most: u64) -> Self {
        Self::TooLarge {
            subject: subject.to_owned(),
            most,
        }
    }

    /// The error of a write of a file.
    pub(super) fn write_file(path: &Path, source: io::Error) -> Self {
        Self::WriteFile {
            subject: path.display().to_string(),
            source,
        }
    }

    /// The error of a write to standard output.
    pub(super) fn write(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::BrokenPipe {
            Self::BrokenPipe
        } else {
            Self::Write(source)
        }
    }
}

/// A size as Kubernetes writes it: `5Mi`.
pub fn size(bytes: u64) -> String {
    let units = [(30, "Gi"), (20, "Mi"), (10, "Ki")];
    let unit = units.iter().find(|(bits, _)| bytes > 0 && bytes.trailing_zeros() >= *bits);
    unit.map_or_else(
        || bytes.to_string(),
        |(bits, unit)| format!("{}{unit}", bytes >> bits),
    )
}

/// The bytes of `subject` as text, or where they stop being any.
pub(super) fn text_of(subject: &str, bytes: Vec<u8>) -> Result<String, HostError> {
    // The mark of either byte order; neither is UTF-8.
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(HostError::Utf16 {
            subject: subject.to_owned(),
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let valid = String::from_utf8_lossy(&error.as_bytes()[..offset]);
        let line_start = valid.rfind('\n').map_or(0, |newline| newline + 1);
        let line = valid.matches('\n').count() + 1;
        let column = valid[line_start..].chars().count() + 1;
        HostError::InvalidUtf8 {
            subject: subject.to_owned(),
            line,
            column,
            offset,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_utf8_has_a_place() {
        let error = text_of("a.yaml", b"one\ntwo\n\xc3\xa4 hub\xff\n".to_vec()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a.yaml: invalid UTF-8 at line 3, column 6 (byte 14)"
        );
        assert_eq!(text_of("a.yaml", "ä\n".into()).unwrap(), "ä\n");
    }

    #[test]
    fn utf_16_has_its_own_error() {
        let bytes = [b"\xff\xfea\0:\0", b"\xfe\xff\0a\0:"];
        for bytes in bytes {
            let error = text_of("a.yaml", bytes.to_vec()).unwrap_err();
            assert_eq!(error.to_string(), "a.yaml: UTF-16, not UTF-8");
        }
    }

    #[test]
    fn a_size_has_its_unit() {
        let sizes = [5 << 20, 512 << 20, 1 << 30, 3 << 10, 1000, 0];
        assert_eq!(sizes.map(size), ["5Mi", "512Mi", "1Gi", "3Ki", "1000", "0"]);
        let error = HostError::too_large("a.yaml", 5 << 20);
        assert_eq!(error.to_string(), "a.yaml is larger than 5Mi");
    }

    #[test]
    fn a_broken_pipe_is_its_own_error() {
        let broken = HostError::write(io::ErrorKind::BrokenPipe.into());
        assert!(matches!(broken, HostError::BrokenPipe));
        assert!(matches!(
            HostError::write(io::ErrorKind::StorageFull.into()),
            HostError::Write(_)
        ));
    }
}
