//! Artifacts in files. Errors of the system name the file. The interpreter runs on while the disk works.

use crate::error::Result;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Links that are followed before a path counts as a loop, as in Linux.
const MOST_LINKS: usize = 40;
/// Attempts to find a free name, or to rename a file that another process swept away.
const MOST_TRIES: usize = 8;
/// Age after which a temporary file was left by a process that was killed: a write of the largest artifact takes seconds.
const STALE: Duration = Duration::from_secs(60);

/// Reads a file of at most `most` bytes, and one byte more of a larger one, which its reader then refuses.
pub(crate) fn read(py: Python<'_>, path: &Path, most: usize) -> Result<Vec<u8>> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    Ok(py.detach(read).map_err(|error| named(&error, path))?)
}

/// Writes a file. A reader, also after a crash, finds the old contents or the new, and never a part. A new file is for its owner
/// alone; one that is replaced keeps its permissions.
pub(crate) fn write(py: Python<'_>, path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        // A pipe or a device cannot be replaced.
        let special = path.metadata().is_ok_and(|known| !known.is_file());
        if special { std::fs::write(path, bytes) } else { replace(path, bytes) }
    };
    Ok(py.detach(write).map_err(|error| named(&error, path))?)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = target(path)?;
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    sweep(&path, name);
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for _ in 0..MOST_TRIES {
        match replace_once(&path, name, bytes) {
            // The name was taken, or another process took the temporary file for a stale one.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::AlreadyExists)
                    || error.kind() == io::ErrorKind::NotFound && path.parent().is_some_and(Path::exists) =>
            {
                last = error;
            }
            done => return done,
        }
    }
    Err(last)
}

fn replace_once(path: &Path, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let (beside, mut file) = create_beside(path, name)?;
    let written = file.write_all(bytes).and_then(|()| {
        if let Ok(known) = path.metadata() {
            file.set_permissions(known.permissions())?;
        }
        file.sync_all()?;
        std::fs::rename(&beside, path)
    });
    if written.is_err() {
        let _: io::Result<()> = std::fs::remove_file(&beside);
    }
    written
}

/// Creates a temporary file beside the target. Its name cannot be guessed, and an existing file or link of that name is refused,
/// so that no other program can redirect the write.
fn create_beside(path: &Path, name: &OsStr) -> io::Result<(PathBuf, File)> {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    // The keys of each state are random; the hash of a constant under them is, too.
    hidden.push(format!(".{:016x}.tmp", RandomState::new().hash_one(0)));
    let beside = path.with_file_name(hidden);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&beside)?;
    Ok((beside, file))
}

/// Removes temporary files of this target that killed processes have left.
fn sweep(path: &Path, name: &OsStr) {
    let Some(folder) = path.parent() else { return };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (prefix, digits) = (format!(".{}.", name.to_string_lossy()), 16);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        let random = found.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".tmp"));
        let ours =
            random.is_some_and(|hex| hex.len() == digits && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if ours && age().is_some_and(|age| age > STALE) {
            let _: io::Result<()> = std::fs::remove_file(entry.path());
        }
    }
}

/// The file that a path leads to. A link stays a link, also where its target does not exist yet.
fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(next) = std::fs::read_link(&path) else { return Ok(path) };
        path = path.parent().map_or(next.clone(), |folder| folder.join(&next));
    }
    Err(io::Error::other("too many levels of symbolic links"))
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
