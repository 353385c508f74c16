//! Reads a log of outcomes row by row: the outcomes that a row holds, with every default filled in.
//!
//! A row has a `text`, and either *wide* scores, one column per rung under the rung's name, or a *long* one, `rung` and
//! `score`. Long rows with one `id` belong to one query; without an id, the n-th row of a text and a rung belongs to that text's
//! n-th query. Optional: `group`, `weight`, `kind`, `at`. Hosts parse files and frames into cells; what a row means is decided
//! here, so that every host reads a log alike.

use crate::ladder::Ladder;
use crate::outcome::OutcomeKind;
use crate::{Error, Result};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing, an empty string or NaN: not observed.
    Empty,
    /// A string.
    Text(Cow<'a, str>),
    /// A number, and its spelling.
    Number(f64, String),
    /// A value of another type, in words.
    Other(String),
}

impl Cell<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.is_empty(),
            Self::Number(number, _) => number.is_nan(),
            Self::Other(_) => false,
        }
    }

    fn name(&self) -> Option<String> {
        match self {
            _ if self.is_empty() => None,
            Self::Text(text) => Some(text.to_string()),
            Self::Number(_, shown) | Self::Other(shown) => Some(shown.clone()),
            Self::Empty => None,
        }
    }

    fn number(&self, field: &str, bounds: (f64, f64)) -> Result<f64> {
        let number = match self {
            Self::Number(number, _) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Empty | Self::Other(_) => None,
        };
        let Some(number) = number else { return Err(self.wrong(field, "a number")) };
        if (bounds.0..=bounds.1).contains(&number) {
            return Ok(number);
        }
        Err(refused(field, number, format!("between {} and {}", bounds.0, bounds.1)))
    }

    fn wrong(&self, field: &str, wanted: &str) -> Error {
        let got = match self {
            Self::Empty => "nothing".to_owned(),
            Self::Text(text) => format!("'{}'", text.chars().take(60).collect::<String>()),
            Self::Number(_, shown) | Self::Other(shown) => shown.chars().take(60).collect(),
        };
        Error::wrong_type(field, got, wanted)
    }
}

/// One outcome of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedOutcome {
    /// The query's text.
    pub text: String,
    /// The rung that answered.
    pub rung: String,
    /// Score of the answer, in [0, 1].
    pub score: f64,
    /// Name of the query.
    pub id: String,
    /// Independent unit, such as a user; None: the ask.
    pub group: Option<String>,
    /// Weight in outcomes.
    pub weight: f64,
    /// Kind of the score.
    pub kind: OutcomeKind,
    /// Time, in seconds of Unix time.
    pub at: f64,
}

/// The first row of a query: its text, its group and its place.
type FirstRow = (String, Option<String>, String);

/// Reads the rows of one log.
///
/// ```
/// use rheostat::ladder::{Ladder, Rung};
/// use rheostat::learn::{Cell, LogReader};
/// let mut reader = LogReader::new(&Ladder::new(vec![Rung::new("fast", "small")], None, None)?);
/// let row = |field: &str| match field {
///     "text" => Some(Cell::Text("What is 2 + 2?".into())),
///     "fast" => Some(Cell::Number(1.0, "1".into())),
///     _ => None,
/// };
/// assert_eq!(reader.read("log.csv, line 2", row)?[0].score, 1.0);
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug)]
pub struct LogReader {
    rungs: Vec<String>,
    rows: usize,
    /// Long rows without an id, by text and rung.
    repeats: HashMap<(String, String), usize>,
    queries: HashMap<String, FirstRow>,
    /// Places of outcomes, by query, rung and time.
    versions: HashMap<(String, String, u64), String>,
}

impl LogReader {
    /// Starts a log of outcomes on a ladder's rungs.
    pub fn new(ladder: &Ladder) -> Self {
        Self {
            rungs: ladder.rungs().iter().map(|rung| rung.name.clone()).collect(),
            rows: 0,
            repeats: HashMap::new(),
            queries: HashMap::new(),
            versions: HashMap::new(),
        }
    }

    /// Reads a row. `place` names it in messages, such as `log.csv, line 2`; `cell` gives a field's value, None for a field that
    /// the row does not have.
    ///
    /// # Errors
    /// [`Error::WrongType`], [`Error::Invalid`] or [`Error::Unknown`], naming place and field.
    pub fn read<'a>(
        &mut self,
        place: &str,
        cell: impl Fn(&str) -> Option<Cell<'a>>,
    ) -> Result<Vec<LoggedOutcome>> {
        let row = self.rows;
        self.rows += 1;
        let named = |field: &str| format!("{place}, field '{field}'");
        let given = |field: &str| cell(field).filter(|cell| !cell.is_empty());
        let number = |field: &str, low: f64, high: f64| {
            given(field).map(|cell| cell.number(&named(field), (low, high))).transpose()
        };
        let text = match cell("text") {
            Some(Cell::Text(text)) => text.into_owned(),
            other => return Err(other.unwrap_or(Cell::Empty).wrong(&named("text"), "a string")),
        };
        let weight = number("weight", 0.0, 1e6)?.unwrap_or(1.0);
        if weight <= 0.0 {
            return Err(refused(named("weight"), weight, "above 0"));
        }
        let at = number("at", -1e12, 1e12)?.unwrap_or(0.0);
        let kind = match given("kind").and_then(|cell| cell.name()) {
            Some(kind) => OutcomeKind::from_name(&kind).map_err(|error| in_place(error, place))?,
            None => OutcomeKind::Graded,
        };
        let id = given("id").and_then(|cell| cell.name());
        let scores = self.scores(&named, &cell, place)?;
        let id = match (id, &scores) {
            (Some(id), _) => id,
            (None, Scores::Wide(_)) => format!("row {row}"),
            (None, Scores::Long((rung, _))) => {
                let repeat = self.repeats.entry((text.clone(), rung.clone())).or_insert(0);
                *repeat += 1;
                format!("{text}\0{}", *repeat - 1)
            }
        };
        let group = given("group").and_then(|cell| cell.name());
        let outcome = |(rung, score)| {
            let (text, id, group) = (text.clone(), id.clone(), group.clone());
            LoggedOutcome { text, rung, score, id, group, weight, kind, at }
        };
        let scores = match scores {
            Scores::Wide(scores) => scores,
            Scores::Long(score) => vec![score],
        };
        let outcomes: Vec<LoggedOutcome> = scores.into_iter().map(outcome).collect();
        outcomes.iter().try_for_each(|outcome| self.check(outcome, place, &named))?;
        Ok(outcomes)
    }

    fn scores<'a>(
        &self,
        named: &impl Fn(&str) -> String,
        cell: &impl Fn(&str) -> Option<Cell<'a>>,
        place: &str,
    ) -> Result<Scores> {
        let score = |field: &str, cell: Cell<'_>| cell.number(&named(field), (0.0, 1.0));
        if let Some(rung) = cell("rung").and_then(|cell| cell.name()) {
            if !self.rungs.contains(&rung) {
                return Err(in_place(Error::unknown("rung", rung, self.known()), place));
            }
            let given = cell("score").filter(|cell| !cell.is_empty()).unwrap_or(Cell::Empty);
            return Ok(Scores::Long((rung, score("score", given)?)));
        }
        let found = self.rungs.iter().filter_map(|rung| Some((rung, cell(rung)?)));
        let found: Vec<(&String, Cell<'_>)> = found.collect();
        if found.is_empty() {
            let columns = format!(
                "{place}: 'rung' and 'score', or a column named as a rung ({}),",
                self.rungs.join(", ")
            );
            return Err(refused(columns, "neither", "given"));
        }
        let observed = found.into_iter().filter(|(_, cell)| !cell.is_empty());
        let scores = observed.map(|(rung, cell)| Ok((rung.clone(), score(rung, cell)?)));
        Ok(Scores::Wide(scores.collect::<Result<_>>()?))
    }

    fn known(&self) -> impl Iterator<Item = &str> {
        self.rungs.iter().map(String::as_str)
    }

    /// Refuses two texts or groups under one id, and two outcomes of a query on a rung at one time.
    fn check(&mut self, outcome: &LoggedOutcome, place: &str, named: &impl Fn(&str) -> String) -> Result<()> {
        let LoggedOutcome { text, rung, id, group, at, .. } = outcome;
        let first = || (text.clone(), group.clone(), place.to_owned());
        let (known_text, known_group, before) = self.queries.entry(id.clone()).or_insert_with(first);
        for (field, same) in [("text", known_text == text), ("group", known_group == group)] {
            if !same {
                let bound = format!("that of {before}, which has the id '{id}', too");
                return Err(refused(named(field), format!("another {field}"), bound));
            }
        }
        match self.versions.entry((id.clone(), rung.clone(), at.to_bits())) {
            Entry::Occupied(before) => {
                let value = format!("a second outcome of '{id}' on '{rung}' at the time of {}", before.get());
                Err(refused(named("id"), value, "new, or at another time"))
            }
            Entry::Vacant(slot) => {
                slot.insert(place.to_owned());
                Ok(())
            }
        }
    }
}

/// The scores of a row.
enum Scores {
    Wide(Vec<(String, f64)>),
    Long((String, f64)),
}

/// Like [`Error::invalid`], but does not shorten the place, which may be a long path.
fn refused(what: impl Into<String>, value: impl ToString, bound: impl Into<String>) -> Error {
    match Error::invalid("", value, bound) {
        Error::Invalid { value, bound, .. } => Error::Invalid { what: what.into(), value, bound },
        other => other,
    }
}

/// Adds the place to the error for an unknown name.
fn in_place(error: Error, place: &str) -> Error {
    match error {
        Error::Unknown { place: outer, kind, name, known } => {
            Error::Unknown { place: outer, kind: format!("{kind} ({place})"), name, known }
        }
        other => other,
    }
}
