//! Keeps what the process has learned in a file: sessions, outcomes, pacing and shares survive a restart.
//!
//! ```text
//! rungs     the names of the ladder's rungs, as JSON; sessions of another ladder are not taken over
//! sessions  where each conversation stands
//! learner   the outcomes behind the estimate, which is solved again from them
//! pacing    the progress of a paced policy
//! shares    the difficulties that a policy of shares has seen
//! ```
//!
//! The file is written whole, beside the old one, and then takes its name: a process that is killed leaves the old one or the new one.

use crate::app::App;
use crate::clock::unix;
use crate::settings::Saving;
use rheostat::artifact::{Reader, Writer};
use rheostat::learn::Learner;
use rheostat::policy::Policy;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Names the layout, in the place of a feature schema.
const LAYOUT: u64 = 0x7072_6F78_0000_0001;
/// Largest file that is read, in bytes.
const MOST: usize = 1 << 30;
/// Outcomes, and pending plans, that are kept.
const ROWS: usize = 65_536;

/// The state that outlives the process.
pub(crate) struct State {
    app: Arc<App>,
    pub(crate) learner: Mutex<Learner>,
    saving: Option<Saving>,
    /// One writer at a time.
    writing: Mutex<()>,
}

impl State {
    /// Reads the file, if one is named and there. A damaged one is moved aside, and the log says so.
    pub(crate) fn open(app: Arc<App>, saving: Option<Saving>) -> Result<Self, String> {
        let estimator = Arc::clone(&app.governor.snapshot().estimator);
        let mut learner = Learner::new(&estimator, ROWS, None).map_err(|error| error.to_string())?;
        if let Some(Saving { file, .. }) = &saving {
            forget_unfinished(file);
            if let Some(bytes) = read(file).map_err(|error| format!("{}: {error}", file.display()))? {
                match take(&app, &bytes) {
                    Ok(read) => learner = read.unwrap_or(learner),
                    Err(error) => {
                        let aside = beside(file, "damaged");
                        std::fs::rename(file, &aside)
                            .map_err(|error| format!("{}: {error}", file.display()))?;
                        app.log.say(
                            true,
                            &format!(
                                "{}: {error}. It is moved to {}, and learning begins anew",
                                file.display(),
                                aside.display()
                            ),
                        );
                    }
                }
            }
        }
        Ok(Self { app, learner: Mutex::new(learner), saving, writing: Mutex::new(()) })
    }

    /// Writes the file in a thread of its own, as often as the settings say. The thread ends with the process.
    pub(crate) fn keep(self: &Arc<Self>) {
        let Some(every) = self.saving.as_ref().map(|saving| saving.every) else { return };
        let state = Arc::clone(self);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(every);
                if let Err(error) = state.save() {
                    state.app.log.say(true, &error);
                }
            }
        });
    }

    /// Writes the file, if one is named.
    pub(crate) fn save(&self) -> Result<(), String> {
        let Some(Saving { file, .. }) = &self.saving else { return Ok(()) };
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        replace(file, &self.bytes()).map_err(|error| format!("{}: {error}", file.display()))
    }

    fn bytes(&self) -> Vec<u8> {
        let governor = &self.app.governor;
        let snapshot = governor.snapshot();
        let mut writer = Writer::new(LAYOUT);
        writer.section("rungs", rungs(&self.app).into_bytes());
        writer.section("sessions", governor.sessions().state());
        let learner = self.learner.lock().unwrap_or_else(PoisonError::into_inner).clone();
        writer.section("learner", learner.to_bytes());
        match &snapshot.policy {
            Policy::Paced(pacer) => writer.section("pacing", pacer.state()),
            Policy::Shares(shares) => writer.section("shares", shares.state()),
            _ => {}
        }
        writer.finish()
    }
}

/// Takes a file's parts over, each as far as it fits the configuration.
fn take(app: &App, bytes: &[u8]) -> rheostat::Result<Option<Learner>> {
    let file = Reader::within(bytes, LAYOUT, MOST)?;
    let section = |name: &str| file.section(name).ok().map(|section| section.bytes());
    let snapshot = app.governor.snapshot();
    if section("rungs") == Some(rungs(app).as_bytes()) {
        app.governor.sessions().restore(file.section("sessions")?.bytes())?;
    } else {
        app.log.say(true, "the ladder has other rungs than the saved state: sessions begin anew");
    }
    match (&snapshot.policy, section("pacing"), section("shares")) {
        (Policy::Paced(pacer), Some(state), _) => drop(pacer.restore(state)?),
        (Policy::Shares(shares), _, Some(state)) => shares.absorb(state)?,
        _ => {}
    }
    match Learner::from_bytes(file.section("learner")?.bytes(), &snapshot.estimator) {
        Ok(learner) => Ok(Some(learner)),
        Err(error) => {
            app.log.say(true, &format!("the saved outcomes are not taken over: {error}"));
            Ok(None)
        }
    }
}

fn rungs(app: &App) -> String {
    let snapshot = app.governor.snapshot();
    let names: Vec<&str> = snapshot.ladder.rungs().iter().map(|rung| rung.name.as_str()).collect();
    serde_json::json!(names).to_string()
}

/// A file's bytes, within bounds; None if there is none.
fn read(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.take(MOST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Replaces a file: the new one is made for its owner alone, is on the disk, and then takes the name.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = beside(path, &format!("{}-{}.new", std::process::id(), unix().to_bits()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&new).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&new, path)).inspect_err(|_| drop(std::fs::remove_file(&new)))
}

/// Removes what a process that was killed had begun to write.
fn forget_unfinished(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (Some(name), Ok(entries)) = (path.file_name(), std::fs::read_dir(folder)) else { return };
    let begin = format!("{}.", name.to_string_lossy());
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(&begin) && name.ends_with(".new") {
            std::fs::remove_file(entry.path()).ok();
        }
    }
}

/// A path whose name has an ending more.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
