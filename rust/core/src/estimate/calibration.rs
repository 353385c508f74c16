//! A map of chances, fitted to outcomes elsewhere (`learn/calibration.rs`).

/// A map has this many steps of equal width.
const STEPS: usize = 32;

/// A rising map from a chance to a better one: values at equal steps, straight lines between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration(pub(super) [f32; STEPS + 1]);

impl Calibration {
    /// A map to read another into.
    pub(super) const EMPTY: Self = Self([0.0; STEPS + 1]);

    /// The chance, mapped.
    pub fn apply(&self, chance: f64) -> f64 {
        let place = chance.clamp(0.0, 1.0) * STEPS as f64;
        let low = (place as usize).min(STEPS - 1);
        let share = place - low as f64;
        f64::from(self.0[low]) * (1.0 - share) + f64::from(self.0[low + 1]) * share
    }

    /// The map of a function from chances to chances.
    pub(crate) fn from_fn(f: impl Fn(f64) -> f64) -> Self {
        let mut values = [0.0; STEPS + 1];
        for (i, value) in values.iter_mut().enumerate() {
            *value = f(i as f64 / STEPS as f64).clamp(0.0, 1.0) as f32;
        }
        // Rounding to 32 bits keeps the order; this keeps it under any function.
        for i in 1..=STEPS {
            values[i] = values[i].max(values[i - 1]);
        }
        Self(values)
    }
}
