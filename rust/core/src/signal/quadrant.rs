//! The four quadrants of entropy and varentropy.

use crate::{Error, Result};

/// What the next token's distribution looks like, by its entropy and varentropy (entropix, xjdr 2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quadrant {
    /// Low entropy, low varentropy: the model knows how to go on.
    Flowing,
    /// High entropy, low varentropy: many tokens, all alike: it does not know what is asked, or anything goes.
    Unclear,
    /// Low entropy, high varentropy: a few strong candidates: a fork.
    Forking,
    /// High entropy and varentropy: it is lost.
    Lost,
    /// None of these.
    Between,
}

impl Quadrant {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Flowing, Self::Unclear, Self::Forking, Self::Lost, Self::Between];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flowing => "flowing",
            Self::Unclear => "unclear",
            Self::Forking => "forking",
            Self::Lost => "lost",
            Self::Between => "between",
        }
    }
}

/// Where the quadrants begin, in nats and nats².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuadrantRules {
    /// Entropy below this is low.
    pub low_entropy: f64,
    /// From this on, with a high varentropy, the model is lost rather than forking; see [`quadrant`](Self::quadrant).
    pub medium_entropy: f64,
    /// Entropy above this is high.
    pub high_entropy: f64,
    /// Varentropy below this is low.
    pub low_varentropy: f64,
    /// Varentropy above this is high.
    pub high_varentropy: f64,
}

impl Default for QuadrantRules {
    /// The reference's values.
    fn default() -> Self {
        Self {
            low_entropy: 0.3,
            medium_entropy: 1.2,
            high_entropy: 2.5,
            low_varentropy: 1.2,
            high_varentropy: 2.5,
        }
    }
}

impl QuadrantRules {
    /// The quadrant of one distribution; none when either number is NaN.
    ///
    /// The reference's order is kept: a fork is looked for before being lost, so between medium and high entropy
    /// a high varentropy is a fork, and only above high entropy is the model lost.
    pub fn quadrant(&self, entropy: f64, varentropy: f64) -> Option<Quadrant> {
        if entropy.is_nan() || varentropy.is_nan() {
            return None;
        }
        let flat = varentropy < self.low_varentropy;
        let uneven = varentropy > self.high_varentropy;
        Some(if flat && entropy < self.low_entropy {
            Quadrant::Flowing
        } else if flat && entropy > self.high_entropy {
            Quadrant::Unclear
        } else if uneven && entropy < self.high_entropy {
            Quadrant::Forking
        } else if uneven && entropy > self.medium_entropy {
            Quadrant::Lost
        } else {
            Quadrant::Between
        })
    }
}

/// How many tokens of a stream lay in each quadrant.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Quadrants {
    rules: QuadrantRules,
    counts: [u64; 5],
    invalid: u64,
}

impl Quadrants {
    /// A stream judged by these rules.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a limit is NaN.
    pub fn new(rules: QuadrantRules) -> Result<Self> {
        let QuadrantRules { low_entropy, medium_entropy, high_entropy, low_varentropy, high_varentropy } =
            rules;
        let limits = [
            ("low_entropy", low_entropy),
            ("medium_entropy", medium_entropy),
            ("high_entropy", high_entropy),
            ("low_varentropy", low_varentropy),
            ("high_varentropy", high_varentropy),
        ];
        match limits.into_iter().find(|(_, limit)| !limit.is_finite()) {
            Some((what, limit)) => Err(Error::invalid(what, limit, "a finite number")),
            None => Ok(Self { rules, counts: [0; 5], invalid: 0 }),
        }
    }

    /// One token; none, and counted as invalid, when either number is NaN.
    pub fn update(&mut self, entropy: f64, varentropy: f64) -> Option<Quadrant> {
        let quadrant = self.rules.quadrant(entropy, varentropy);
        match quadrant {
            Some(q) => self.counts[q as usize] += 1,
            None => self.invalid += 1,
        }
        quadrant
    }

    /// Tokens in a quadrant.
    pub fn count(&self, quadrant: Quadrant) -> u64 {
        self.counts[quadrant as usize]
    }

    /// The share of tokens at which the stream forked or was lost: a sign of branching. 0 before the first.
    pub fn branching(&self) -> f64 {
        let branching = self.count(Quadrant::Forking) + self.count(Quadrant::Lost);
        branching as f64 / (self.counts.iter().sum::<u64>().max(1)) as f64
    }

    /// Tokens that could not be judged.
    pub fn invalid(&self) -> u64 {
        self.invalid
    }
}
