//! Artifacts in files. Errors of the system name the file.

use crate::error::Result;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Reads a file of at most `most` bytes, and one byte more of a larger one, which its reader then refuses.
pub(crate) fn read(path: &Path, most: usize) -> Result<Vec<u8>> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    Ok(read().map_err(|error| named(&error, path))?)
}

/// Writes a file: whoever reads it meanwhile, or after a crash, finds the old contents or the new, and never a part.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    // What is no plain file, such as a pipe, cannot be replaced.
    let special = path.metadata().is_ok_and(|known| !known.is_file());
    let written = if special { std::fs::write(path, bytes) } else { replace(path, bytes) };
    Ok(written.map_err(|error| named(&error, path))?)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays one: what it leads to is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let mut name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = write_through(&beside, bytes).and_then(|()| {
        // Who may read it stays as it was.
        if let Ok(known) = path.metadata() {
            std::fs::set_permissions(&beside, known.permissions())?;
        }
        std::fs::rename(&beside, &path)
    });
    if written.is_err() {
        // It may never have been made.
        let _: io::Result<()> = std::fs::remove_file(&beside);
    }
    written
}

fn write_through(path: &PathBuf, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The error of the system as Python has it: of the class that fits, with its number and the file's name.
fn named(error: &io::Error, path: &Path) -> PyErr {
    let name = path.to_path_buf();
    let said = error.to_string();
    let said = said.split(" (os error").next().unwrap_or_default().to_owned();
    match error.raw_os_error() {
        // On Windows Python works out its own number, and the class, from the system's.
        Some(number) if cfg!(windows) => PyOSError::new_err((0, said, name, number)),
        Some(number) => PyOSError::new_err((number, said, name)),
        None => PyOSError::new_err(format!("{error}: {}", path.display())),
    }
}
