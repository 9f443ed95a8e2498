//! The standard output. Whoever reads it may have enough of it, such as `head`: commands say nothing more then, and go on.

use std::io::{ErrorKind, Result, Write as _, stdout};

/// Says a line.
pub fn say(line: &str) -> Result<()> {
    write(format!("{line}\n").as_bytes()).map(drop)
}

/// Writes as it is. Whether anybody still reads.
pub fn write(bytes: &[u8]) -> Result<bool> {
    let mut out = stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}
