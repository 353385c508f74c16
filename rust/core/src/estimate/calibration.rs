//! A monotone map of chances. `learn/calibration.rs` fits it to outcomes.

/// Number of steps of a map, of equal width.
const STEPS: usize = 32;

/// A rising piecewise linear map from estimated to calibrated chances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration(pub(super) [f32; STEPS + 1]);

impl Calibration {
    /// A buffer for a reader to fill.
    pub(super) const EMPTY: Self = Self([0.0; STEPS + 1]);

    /// Maps a chance.
    pub fn apply(&self, chance: f64) -> f64 {
        let place = chance.clamp(0.0, 1.0) * STEPS as f64;
        let low = (place as usize).min(STEPS - 1);
        let share = place - low as f64;
        f64::from(self.0[low]) * (1.0 - share) + f64::from(self.0[low + 1]) * share
    }

    /// Samples a function from chances to chances.
    pub(crate) fn from_fn(f: impl Fn(f64) -> f64) -> Self {
        let mut values = [0.0; STEPS + 1];
        for (i, value) in values.iter_mut().enumerate() {
            *value = f(i as f64 / STEPS as f64).clamp(0.0, 1.0) as f32;
        }
        // A running maximum: the map rises whatever `f` does.
        for i in 1..=STEPS {
            values[i] = values[i].max(values[i - 1]);
        }
        Self(values)
    }
}
