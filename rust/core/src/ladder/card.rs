//! Cards of models: price, context window and capabilities by name, so that a ladder can be made of names alone.
//!
//! A card may be partial: a source knows prices and no capabilities, or the other way round. [`Card::or`] fills one source's gaps from
//! the next; the shipped list below is the last.
//!
//! The list: US dollars per million tokens, without tiers, batches or caches of an hour, of the dearest hour of
//! the day; from genai-prices 0.2.3 (Pydantic), read on
//! 2026-11-30. Capabilities and the most output tokens: from the map of LiteLLM 1.110.2, read on the same day. A price that you pay may
//! be another: give a [`Rung`] with its own.

use super::effort::tokens_of_effort;
use super::rung::Rung;
use crate::{Error, Result};

/// The knowledge of one source about a model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Card {
    /// Prices; all of one source, since those of two need not go together.
    pub price: Option<Price>,
    /// The most input and output tokens together.
    pub window: Option<u64>,
    /// The most output tokens, thinking included.
    pub output: Option<u64>,
    /// Capabilities besides text, by their names on rungs.
    pub capabilities: Option<Vec<String>>,
    /// True if the model takes a budget or a level for its thinking. One that thinks as it likes does not.
    pub thinks: Option<bool>,
}

/// The price of a model, in US dollars per million tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Price {
    /// Input tokens.
    pub input: f64,
    /// Cached input tokens; the input price if not known.
    pub cached: Option<f64>,
    /// Input tokens that are written to the cache; the input price if not known.
    pub written: Option<f64>,
    /// Output tokens.
    pub output: f64,
}

/// Capabilities of a model besides text, and true if it takes a budget or a level for its thinking.
type Able = (&'static [&'static str], bool);

const TOOLS: Able = (&["tools"], false);
const SEES: Able = (&["vision", "files", "tools", "json"], false);
const WRITES: Able = (&["tools", "json"], false);
const THINKS: Able = (&["vision", "files", "tools", "json"], true);
const THINKS_BLIND: Able = (&["tools", "json"], true);
const THINKS_IMAGES: Able = (&["vision", "tools", "json"], true);
const THINKS_HEARS: Able = (&["vision", "audio", "files", "tools", "json"], true);

/// Model; prices of input, cached input, input written to the cache, and output; the most tokens together and of output, in thousands;
/// capabilities. 0 is not listed.
#[rustfmt::skip]
const LISTED: [(&str, [f64; 4], [u64; 2], Able); 53] = [
    ("gpt-3.5-turbo",         [ 0.50, 0.0,    0.0,     1.50], [  16,   4], TOOLS),
    ("gpt-4o-mini",           [ 0.15, 0.075,  0.0,     0.60], [ 128,  16], SEES),
    ("gpt-4o",                [ 2.50, 1.25,   0.0,    10.00], [ 128,  16], SEES),
    ("gpt-4.1-nano",          [ 0.10, 0.025,  0.0,     0.40], [1000,  32], SEES),
    ("gpt-4.1-mini",          [ 0.40, 0.10,   0.0,     1.60], [1000,  32], SEES),
    ("gpt-4.1",               [ 2.00, 0.50,   0.0,     8.00], [1000,  32], SEES),
    ("o3-mini",               [ 1.10, 0.55,   0.0,     4.40], [ 200, 100], THINKS_BLIND),
    ("o3",                    [ 2.00, 0.50,   0.0,     8.00], [ 200, 100], THINKS),
    ("o4-mini",               [ 1.10, 0.275,  0.0,     4.40], [ 200, 100], THINKS),
    ("gpt-5-nano",            [ 0.05, 0.005,  0.0,     0.40], [ 400, 128], THINKS),
    ("gpt-5-mini",            [ 0.25, 0.025,  0.0,     2.00], [ 400, 128], THINKS),
    ("gpt-5",                 [ 1.25, 0.125,  0.0,    10.00], [ 400, 128], THINKS),
    ("gpt-5-pro",             [15.00, 0.0,    0.0,   120.00], [ 400, 272], THINKS),
    ("gpt-5.1",               [ 1.25, 0.125,  0.0,    10.00], [ 400, 128], THINKS),
    ("gpt-5.2",               [ 1.75, 0.175,  0.0,    14.00], [ 400, 128], THINKS),
    ("gpt-5.4-nano",          [ 0.20, 0.02,   0.0,     1.25], [ 400, 128], THINKS),
    ("gpt-5.4-mini",          [ 0.75, 0.075,  0.0,     4.50], [ 400, 128], THINKS),
    ("gpt-5.4",               [ 2.50, 0.25,   0.0,    15.00], [1050, 128], THINKS),
    ("gpt-5.5",               [ 5.00, 0.50,   0.0,    30.00], [1000, 128], THINKS),
    ("gpt-5.6-luna",          [ 0.20, 0.02,   0.25,    1.20], [1050, 128], THINKS),
    ("gpt-5.6-terra",         [ 2.00, 0.20,   2.50,   12.00], [1050, 128], THINKS),
    ("gpt-5.6-sol",           [ 4.00, 0.40,   5.00,   20.00], [1050, 128], THINKS),
    ("gpt-6-luna",            [ 0.10, 0.01,   0.125,   0.50], [1050, 128], THINKS),
    ("gpt-6-sol",             [ 2.00, 0.20,   2.50,   10.00], [1050, 128], THINKS),
    ("gpt-6-astra",           [10.00, 1.00,  12.50,   50.00], [1050, 128], THINKS),
    ("gpt-6.1-terra",         [ 1.00, 0.05,   1.25,    5.00], [1050, 128], THINKS),
    ("gpt-6.1-sol",           [ 2.00, 0.10,   2.50,   10.00], [1050, 128], THINKS),
    ("claude-haiku-4-5",      [ 1.00, 0.10,   1.25,    5.00], [ 200,  64], THINKS),
    ("claude-haiku-5-5",      [ 0.10, 0.01,   0.125,   0.50], [1000, 128], THINKS),
    ("claude-sonnet-4-5",     [ 3.00, 0.30,   3.75,   15.00], [ 200,  64], THINKS),
    ("claude-sonnet-4-6",     [ 3.00, 0.30,   3.75,   15.00], [1000, 128], THINKS),
    ("claude-sonnet-5",       [ 2.00, 0.20,   2.50,   10.00], [1000, 128], THINKS),
    ("claude-sonnet-5-5",     [ 2.00, 0.10,   2.50,   10.00], [1000, 128], THINKS),
    ("claude-opus-4-5",       [ 5.00, 0.50,   6.25,   25.00], [ 200,  64], THINKS),
    ("claude-opus-4-6",       [ 5.00, 0.50,   6.25,   25.00], [1000, 128], THINKS),
    ("claude-opus-4-7",       [ 5.00, 0.50,   6.25,   25.00], [1000, 128], THINKS),
    ("claude-opus-4-8",       [ 5.00, 0.50,   6.25,   25.00], [1000, 128], THINKS),
    ("claude-opus-5",         [ 5.00, 0.50,   6.25,   25.00], [1000, 128], THINKS),
    ("claude-opus-5-5",       [ 4.00, 0.20,   5.00,   20.00], [1000, 128], THINKS),
    ("gemini-2.5-flash-lite", [ 0.10, 0.01,   0.0,     0.40], [1000,  64], THINKS),
    ("gemini-2.5-flash",      [ 0.30, 0.03,   0.0,     2.50], [1000,  64], THINKS),
    ("gemini-2.5-pro",        [ 1.25, 0.125,  0.0,    10.00], [1000,  64], THINKS_HEARS),
    ("gemini-3.5-flash-lite", [ 0.30, 0.03,   0.0,     2.50], [1000,  64], THINKS_HEARS),
    ("gemini-3.5-flash",      [ 1.50, 0.15,   0.0,     9.00], [1000,  64], THINKS_HEARS),
    ("gemini-3.8-flash",      [ 0.75, 0.075,  0.0,     3.75], [1000,  64], THINKS_HEARS),
    ("gemini-3.1-pro-preview",[ 2.00, 0.20,   0.0,    12.00], [1000,  64], THINKS_HEARS),
    ("deepseek-chat",         [ 0.27, 0.07,   0.0,     1.10], [  64,   8], WRITES),
    ("deepseek-v4-flash",     [ 0.30, 0.006,  0.0,     1.20], [1000, 384], THINKS_IMAGES),
    ("deepseek-v4-pro",       [ 1.32, 0.044,  0.0,     3.96], [1000, 384], THINKS_BLIND),
    ("mistral-small",         [ 0.15, 0.015,  0.0,     0.60], [ 262,   0], THINKS_IMAGES),
    ("mistral-medium",        [ 1.50, 0.15,   0.0,     7.50], [ 262,   0], THINKS_IMAGES),
    ("mistral-large",         [ 2.00, 0.0,    0.0,     6.00], [   0,   0], TOOLS),
    ("grok-4",                [ 3.00, 0.75,   0.0,    15.00], [ 256,   0], WRITES),
];

/// Assumed prices of input and output of a ladder's lowest model, and the ratio of a model's prices to those of the one below. From
/// the steps between the small and the large models of the list, which are 4 to 17.
const ASSUMED: (f64, f64, f64) = (0.15, 0.60, 10.0);

impl Price {
    /// The assumed price of a model that no source knows, by its place on a ladder.
    pub fn assumed(place: usize) -> Self {
        let (input, output, ratio) = ASSUMED;
        let times = ratio.powi(place.min(4) as i32);
        Self { input: input * times, output: output * times, cached: None, written: None }
    }
}

impl Card {
    /// The shipped card of a model, by its name: with or without a provider in front and a date behind. None if it is not listed.
    ///
    /// ```
    /// use rheostat::ladder::Card;
    /// let card = Card::shipped("openai/gpt-4o-mini-2024-07-18").unwrap_or_default();
    /// assert_eq!((card.price.map(|price| price.output), card.thinks), (Some(0.60), Some(false)));
    /// assert_eq!(Card::shipped("gpt-4o-audio"), None);
    /// ```
    pub fn shipped(model: &str) -> Option<Self> {
        let name = model.rsplit_once('/').map_or(model, |(_, name)| name).to_ascii_lowercase();
        let (_, [input, cached, written, output], [window, most], (capabilities, thinks)) =
            *LISTED.iter().find(|row| name.strip_prefix(row.0).is_some_and(is_version))?;
        let known = |price: f64| (price > 0.0).then_some(price);
        let thousands = |count: u64| (count > 0).then_some(count * 1_000);
        Some(Self {
            price: Some(Price { input, cached: known(cached), written: known(written), output }),
            window: thousands(window),
            output: thousands(most),
            capabilities: Some(capabilities.iter().map(|&name| name.to_owned()).collect()),
            thinks: Some(thinks),
        })
    }

    /// The names of the shipped list.
    pub fn names() -> impl Iterator<Item = &'static str> {
        LISTED.iter().map(|row| row.0)
    }

    /// The card, with its gaps filled from another.
    #[must_use]
    pub fn or(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or_default();
        Self {
            price: self.price.or(other.price),
            window: self.window.or(other.window),
            output: self.output.or(other.output),
            capabilities: self.capabilities.or(other.capabilities),
            thinks: self.thinks.or(other.thinks),
        }
    }

    /// The rung of a model, named after it.
    ///
    /// # Errors
    /// [`Error::Unknown`] without a price; the message lists the nearest of `names`.
    pub fn rung<'a>(&self, model: &str, names: impl IntoIterator<Item = &'a str>) -> Result<Rung> {
        match self.price {
            Some(price) => Ok(self.priced(model, price)),
            None => Err(Error::unknown("model", model, nearest(model, names))),
        }
    }

    /// The rung of a model at the given price.
    pub fn priced(&self, model: &str, price: Price) -> Rung {
        let rung = Rung::new(model, model);
        Rung {
            input_price: price.input,
            output_price: price.output,
            cached_price: price.cached,
            written_price: price.written,
            context_window: self.window,
            capabilities: self.capabilities.clone().unwrap_or_default(),
            // A model that writes less than the usual room for an answer has room for half of what it writes.
            answer_tokens: self
                .output
                .map_or(rung.answer_tokens, |most| rung.answer_tokens.min((most / 2).max(1))),
            ..rung
        }
    }

    /// The rungs of a model at several levels of effort, each named after the model and its level, such as `gpt-5:high`. A budget leaves
    /// room for the answer within what the model writes at most.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a level that there is not.
    pub fn at_efforts(&self, rung: &Rung, levels: &[impl AsRef<str>]) -> Result<Vec<Rung>> {
        let room = self.output.map_or(u64::MAX, |most| most.saturating_sub(rung.answer_tokens));
        let at = |level: &str| {
            let thinking_tokens = tokens_of_effort(level)?.min(room);
            Ok(Rung { name: format!("{}:{level}", rung.model), thinking_tokens, ..rung.clone() })
        };
        levels.iter().map(|level| at(level.as_ref())).collect()
    }
}

impl Rung {
    /// The rung of a model on the shipped list, named after it.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a model that is not listed.
    pub fn of_model(model: &str) -> Result<Self> {
        Card::shipped(model).unwrap_or_default().rung(model, Card::names())
    }
}

/// True for what may follow a model's name: nothing, `-latest`, or a date.
fn is_version(rest: &str) -> bool {
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let dated = (rest.starts_with('-') || rest.starts_with('@'))
        && digits >= 4
        && rest.bytes().skip(1).all(|byte| byte.is_ascii_digit() || byte == b'-');
    rest.is_empty() || rest == "-latest" || dated
}

/// Number of names that an unknown one is answered with.
const NEAREST: usize = 5;
/// Bytes of a name that are compared.
const COMPARED: usize = 64;

/// The names that are nearest to another by edit distance, nearest first; those of equal distance in their order.
fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_ascii_lowercase();
    let mut ranked: Vec<_> = names.into_iter().map(|known| (edits(&name, known), known)).collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    let mut nearest = Vec::new();
    for (_, known) in ranked {
        if nearest.len() < NEAREST && !nearest.contains(&known) {
            nearest.push(known);
        }
    }
    nearest
}

/// Levenshtein's distance: the least number of bytes to insert, delete or change. One row of the table is kept.
fn edits(a: &str, b: &str) -> usize {
    let (a, b) = (&a.as_bytes()[..a.len().min(COMPARED)], &b.as_bytes()[..b.len().min(COMPARED)]);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
#[path = "../../tests/unit/ladder/card.rs"]
mod tests;
