//! Money as whole numbers: sums are exact and do not depend on the order of additions.

/// An amount of US dollars, in whole picodollars (10⁻¹²). One token at one dollar per million costs 10⁶ of them. Sums saturate
/// at 18 million dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(pub u64);

const PICO: f64 = 1e12;

impl Usd {
    /// Converts dollars, rounded to the nearest picodollar. NaN and negatives become 0, infinity the largest amount.
    pub fn from_dollars(dollars: f64) -> Self {
        Self((dollars * PICO + 0.5) as u64)
    }

    /// The amount in dollars.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / PICO
    }

    /// Adds; saturates.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Subtracts; 0 if `other` is larger.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Multiplies by a count; saturates.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

/// The prices of one token on a rung.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices {
    /// One input token.
    pub input: Usd,
    /// One input token that the provider had in its cache.
    pub cached: Usd,
    /// One input token that the provider wrote to its cache.
    pub written: Usd,
    /// One output token, thinking included.
    pub output: Usd,
}

impl Prices {
    /// Converts dollars per million tokens. Without a price of their own, cached and written input cost as much as other
    /// input.
    pub fn per_million(input: f64, cached: Option<f64>, output: f64) -> Self {
        let each = |dollars: f64| Usd::from_dollars(dollars / 1e6);
        let (input, output) = (each(input), each(output));
        Self { input, cached: cached.map_or(input, each), written: input, output }
    }

    /// Sets the price of input written to the cache, in dollars per million tokens.
    #[must_use]
    pub fn with_written(self, dollars: Option<f64>) -> Self {
        Self { written: dollars.map_or(self.written, |dollars| Usd::from_dollars(dollars / 1e6)), ..self }
    }

    /// The cost of input tokens. `cached` and `written` are part of `input`; where they exceed it, the provider counts them
    /// apart, and all are added.
    pub fn input_cost(&self, input: u64, cached: u64, written: u64) -> Usd {
        let special = cached.saturating_add(written);
        let plain = if special > input { input } else { input - special };
        self.input.times(plain).plus(self.cached.times(cached)).plus(self.written.times(written))
    }

    /// The cost of a call's tokens; `cached` is part of `input`, or counted apart where it is larger.
    pub fn cost(&self, input: u64, cached: u64, output: u64) -> Usd {
        self.input_cost(input, cached, 0).plus(self.output.times(output))
    }
}
