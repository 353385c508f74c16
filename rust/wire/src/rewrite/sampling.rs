//! Lets samples differ where their answers are compared.
//!
//! Agreement is evidence only between samples that could have differed. A client may forbid that, for one answer and with good reason:
//! temperature 0, one candidate a token, a seed. So:
//!
//! ```text
//! the first sample      as the client says: its answer may be the one that the client gets
//! every other           without a parameter that leaves one candidate; with the client's seed + the number of samples before it
//! several in a request  as every other; the provider counts the seed up by itself
//! ```
//!
//! A parameter that leaves more than one candidate stays. Without one, the provider's default samples.

use super::change::Why;
use super::field::Field::{self, MinP, Seed, Temperature, TopK, TopP};
use super::value::{Value, number, whole};
use super::want::Decision;
use super::{Draws, want::Want};

/// At or below this temperature, and this mass of the likeliest tokens, nearly all samples are equal: Codex needed 0.6 to 0.8 for samples
/// that differ, and 0.2 for the best single one (Chen and others, 2021, section 3.3).
const LOW: f64 = 0.1;
/// From this part of the likeliest token's probability on, no other candidate is left.
const HIGH: f64 = 0.9;

impl Decision<'_, '_> {
    /// Frees the sampling of an answer that is compared with others.
    pub(super) fn vary(&mut self) {
        let drawn = match self.settings.samples {
            Draws::After(drawn @ 1..) => drawn,
            Draws::Plan(2..) => 0,
            _ => return,
        };
        for field in [Temperature, TopP, TopK, MinP] {
            if self.values(field).any(|raw| leaves_one(field, raw)) {
                self.remove(field, Why::Samples);
            }
        }
        if drawn == 0 || self.wants.of(Seed) != Want::Keep {
            return;
        }
        match self.found(Seed).and_then(whole) {
            // Providers take seeds of 32 bits, some of them signed.
            Some(seed) => {
                let own = seed.wrapping_add(drawn.into()) & u64::from(u32::MAX >> 1);
                self.set(Seed, Value::Number(own), Why::Samples);
            }
            None => self.remove(Seed, Why::Samples),
        }
    }
}

/// True for a value that leaves one candidate for nearly every token.
fn leaves_one(field: Field, raw: &[u8]) -> bool {
    let Some(value) = number(raw) else { return false };
    match field {
        Temperature | TopP => value <= LOW,
        // Some servers say with 0 or less that all are candidates.
        TopK => (value - 1.0).abs() < f64::EPSILON,
        MinP => value >= HIGH,
        _ => false,
    }
}
