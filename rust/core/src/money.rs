//! Money in whole numbers, so that a ceiling neither drifts nor depends on the order of additions.

/// An amount of US dollars, in whole picodollars (10⁻¹²): one token at one dollar a million is 10⁶ of them. Sums
/// saturate at 18 million dollars, which no query may spend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(pub u64);

const PICO: f64 = 1e12;

impl Usd {
    /// From dollars, rounded to the nearest picodollar. NaN and negatives are nothing; infinity is the largest amount.
    pub fn from_dollars(dollars: f64) -> Self {
        Self((dollars * PICO + 0.5) as u64)
    }

    /// In dollars.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / PICO
    }

    /// Sum, saturating.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Difference, nothing when `other` is more.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many times, saturating.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

/// What a token costs on a rung.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices {
    /// One input token.
    pub input: Usd,
    /// One input token that the provider had cached.
    pub cached: Usd,
    /// One output token, thinking included.
    pub output: Usd,
}

impl Prices {
    /// From dollars per million tokens; without a cached price, cached input costs what input costs.
    pub fn per_million(input: f64, cached: Option<f64>, output: f64) -> Self {
        let each = |dollars: f64| Usd::from_dollars(dollars / 1e6);
        Self { input: each(input), cached: each(cached.unwrap_or(input)), output: each(output) }
    }

    /// The cost of so many tokens; `cached` is part of `input`.
    pub fn cost(&self, input: u64, cached: u64, output: u64) -> Usd {
        let cached = cached.min(input);
        self.input.times(input - cached).plus(self.cached.times(cached)).plus(self.output.times(output))
    }
}
