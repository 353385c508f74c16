//! The ladder: rungs in order, checked when it is made.

use super::ability::{Ability, abilities};
use super::moves::Moves;
use super::rung::Rung;
use crate::digest::{Digest, Digestible};
use crate::{Error, Result};
use std::sync::Arc;

/// The most rungs of a ladder, so that each query weighs them in a stack array.
pub const MAX_RUNGS: usize = 64;

/// The ordered rungs of a deployment, lowest first. Immutable.
///
/// ```
/// use rheostat::ladder::{Ladder, Rung};
/// let ladder = Ladder::new(vec![Rung::new("fast", "small"), Rung::new("deep", "large")], Some("fast"), None)?;
/// assert_eq!((ladder.default(), ladder.start_max(), ladder.index("deep")?), (0, 1, 1));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    rungs: Arc<[Rung]>,
    abilities: Vec<Ability>,
    default: usize,
    start_max: usize,
    /// True if the caller named `start_max`.
    names_start_max: bool,
    moves: Moves,
}

impl Digestible for Ladder {
    fn write_to(&self, digest: &mut Digest) {
        // Abilities follow from the rungs.
        let Self { rungs, abilities: _, default, start_max, names_start_max: _, moves } = self;
        digest.record("ladder").put(&**rungs).put(default).put(start_max).put(moves);
    }
}

impl Ladder {
    /// Makes a ladder. `default` names the rung for queries without coverage: if not given the middle one, but never the lowest
    /// of several. `start_max` names the highest rung that a prompt alone may start at: if not given the top one of up to two
    /// rungs, and the one below the top of more, so that no words buy the top rung without evidence.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there are no rungs, more than [`MAX_RUNGS`], two of one name, or a field is out of
    /// bounds; [`Error::Unknown`] when `default` or `start_max` is no rung.
    pub fn new(rungs: Vec<Rung>, default: Option<&str>, start_max: Option<&str>) -> Result<Self> {
        if rungs.is_empty() || rungs.len() > MAX_RUNGS {
            return Err(Error::invalid(
                "ladder",
                format!("{} rungs", rungs.len()),
                format!("1 to {MAX_RUNGS} rungs"),
            ));
        }
        for (i, rung) in rungs.iter().enumerate() {
            rung.validate()?;
            if rungs.iter().take(i).any(|other| other.name == rung.name) {
                let what = format!("rung {:?}: name", rung.name);
                return Err(Error::invalid(what, format!("another at {i}"), "unique on its ladder"));
            }
        }
        let place = |kind: &str, name: Option<&str>, otherwise: usize| match name {
            None => Ok(otherwise),
            Some(name) => find(&rungs, kind, name),
        };
        let (top, names_start_max) = (rungs.len() - 1, start_max.is_some());
        let default = place("default rung", default, (top / 2).max(1).min(top))?;
        let start_max = place("start_max rung", start_max, if top >= 2 { top - 1 } else { top })?;
        let abilities = abilities(&rungs);
        Ok(Self {
            rungs: rungs.into(),
            abilities,
            default,
            start_max,
            names_start_max,
            moves: Moves::default(),
        })
    }

    /// Sets the permitted moves.
    #[must_use]
    pub fn with_moves(self, moves: Moves) -> Self {
        Self { moves, ..self }
    }

    /// Copies the ladder so that a prompt alone may start at the top.
    #[must_use]
    pub(crate) fn open_to_top(&self) -> Self {
        Self { start_max: self.rungs.len() - 1, ..self.clone() }
    }

    /// The moves that a run on this ladder may make.
    pub fn moves(&self) -> Moves {
        self.moves
    }

    /// The rungs, shared with plans that outlive the ladder.
    pub(crate) fn shared_rungs(&self) -> Arc<[Rung]> {
        self.rungs.clone()
    }

    /// The rungs, lowest first; at least one.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// The index of a rung.
    ///
    /// # Errors
    /// [`Error::Unknown`], listing the known names.
    pub fn index(&self, name: &str) -> Result<usize> {
        find(&self.rungs, "rung", name)
    }

    /// The rung for queries without coverage.
    pub fn default(&self) -> usize {
        self.default
    }

    /// The highest rung that a prompt alone may start at.
    pub fn start_max(&self) -> usize {
        self.start_max
    }

    /// True if the caller named `start_max`.
    pub fn names_start_max(&self) -> bool {
        self.names_start_max
    }

    /// The ability of a rung; past the top, the top rung's.
    pub fn ability(&self, rung: usize) -> Ability {
        let unknown = Ability { value: 0.5, logit: 0.0, assumed: true };
        self.abilities.get(rung).or(self.abilities.last()).copied().unwrap_or(unknown)
    }

    /// The abilities of all rungs, lowest first.
    pub fn abilities(&self) -> &[Ability] {
        &self.abilities
    }
}

fn find(rungs: &[Rung], kind: &str, name: &str) -> Result<usize> {
    let place = rungs.iter().position(|rung| rung.name == name);
    place.ok_or_else(|| Error::unknown(kind, name, rungs.iter().map(|rung| rung.name.as_str())))
}
