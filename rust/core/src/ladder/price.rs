//! List prices of a few models, so that a ladder can be made of names alone.
//!
//! US dollars per million tokens, list prices without tiers, batches or caches of an hour; from genai-prices 0.2.3 (Pydantic), read on
//! 2026-11-30. A price that you pay may be another: give a [`Rung`] with its own.

use super::rung::Rung;

/// The price of a model, and its context window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// US dollars per million input tokens.
    pub input: f64,
    /// US dollars per million cached input tokens, where they are cheaper.
    pub cached: Option<f64>,
    /// US dollars per million output tokens.
    pub output: f64,
    /// The most input and output tokens together, where it is listed.
    pub window: Option<u64>,
}

/// Model, prices of input, cached input and output, context window in thousands; 0 is not listed.
#[rustfmt::skip]
const LISTED: [(&str, f64, f64, f64, u64); 18] = [
    ("gpt-3.5-turbo",         0.50, 0.0,    1.50,   16),
    ("gpt-4o-mini",           0.15, 0.075,  0.60,  128),
    ("gpt-4o",                2.50, 1.25,  10.00,  128),
    ("gpt-4.1-nano",          0.10, 0.025,  0.40, 1000),
    ("gpt-4.1-mini",          0.40, 0.10,   1.60, 1000),
    ("gpt-4.1",               2.00, 0.50,   8.00, 1000),
    ("o4-mini",               1.10, 0.275,  4.40,  200),
    ("gpt-5-nano",            0.05, 0.005,  0.40,  400),
    ("gpt-5-mini",            0.25, 0.025,  2.00,  400),
    ("gpt-5",                 1.25, 0.125, 10.00,  400),
    ("gpt-5-pro",            15.00, 0.0,  120.00,  400),
    ("claude-haiku-4-5",      1.00, 0.10,   5.00,  200),
    ("claude-sonnet-4-5",     3.00, 0.30,  15.00,  200),
    ("claude-opus-4-5",       5.00, 0.50,  25.00,  200),
    ("gemini-2.5-flash-lite", 0.10, 0.01,   0.40, 1000),
    ("gemini-2.5-flash",      0.30, 0.03,   2.50, 1000),
    ("gemini-2.5-pro",        1.25, 0.125, 10.00,    0),
    ("mistral-large",         2.00, 0.0,    6.00,    0),
];

/// Assumed prices of input and output of a ladder's lowest model, and the ratio of a model's prices to those of the one below. From
/// the steps between the small and the large models of the list, which are 4 to 17.
const ASSUMED: (f64, f64, f64) = (0.15, 0.60, 10.0);

impl Price {
    /// The list price of a model, by its name: with or without a provider in front and a date behind. None if it is not listed.
    ///
    /// ```
    /// use rheostat::ladder::Price;
    /// assert_eq!(Price::of("openai/gpt-4o-mini-2024-07-18").map(|price| price.output), Some(0.60));
    /// assert_eq!(Price::of("gpt-4o-audio"), None);
    /// ```
    pub fn of(model: &str) -> Option<Self> {
        let name = model.rsplit_once('/').map_or(model, |(_, name)| name).to_ascii_lowercase();
        let (_, input, cached, output, window) =
            *LISTED.iter().find(|row| name.strip_prefix(row.0).is_some_and(is_version))?;
        let window = (window > 0).then_some(window * 1_000);
        Some(Self { input, cached: (cached > 0.0).then_some(cached), output, window })
    }

    /// The assumed price of a model that is not listed, by its place on a ladder.
    pub fn assumed(place: usize) -> Self {
        let (input, output, ratio) = ASSUMED;
        let times = ratio.powi(place.min(4) as i32);
        Self { input: input * times, cached: None, output: output * times, window: None }
    }
}

impl Rung {
    /// A rung of a model by its name alone, at its list price. Without a known one the price is assumed from the place on the ladder,
    /// and the flag is true: then ratios of costs are guesses, and sums of dollars mean nothing.
    pub fn of_model(model: &str, place: usize) -> (Self, bool) {
        let listed = Price::of(model);
        let price = listed.unwrap_or_else(|| Price::assumed(place));
        let rung = Self {
            input_price: price.input,
            output_price: price.output,
            cached_price: price.cached,
            context_window: price.window,
            ..Self::new(model, model)
        };
        (rung, listed.is_none())
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

#[cfg(test)]
#[path = "../../tests/unit/ladder/price.rs"]
mod tests;
