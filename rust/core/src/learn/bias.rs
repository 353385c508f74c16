//! Whether chances are what they say, over the newest outcomes.

use crate::estimate::ln;
use crate::guarantee::{Betting, Side};

/// A gambler who has turned 1 into this much against "chances are right on average" is believed.
const BELIEVED: f64 = 1_000.0;
/// Surprises are whole multiples of one over this, so that their sums are exact and never drift.
const UNIT: f64 = (1_u32 << 30) as f64;

/// The surprises of a window of outcomes: scores less the chances that were estimated.
///
/// Two gamblers bet that surprises are below 0 on average and two that they are above ([`Betting`]). Each begins anew after
/// a window's number of outcomes, the second of two half a window after the first, so that one of them always has at least
/// half a window behind it and none is older than a window: what was long ago neither alarms nor reassures.
#[derive(Debug, Clone)]
pub(super) struct Bias {
    window: usize,
    ring: Vec<i32>,
    sum: i64,
    squares: i128,
    seen: u64,
    gamblers: [[Betting; 2]; 2],
}

fn gamblers() -> [Betting; 2] {
    // 0.5 on average when chances are right.
    [Betting::new(0.5, Side::Below), Betting::new(0.5, Side::Above)]
}

impl Bias {
    pub(super) fn new(window: usize) -> Self {
        let gamblers = [gamblers(), gamblers()];
        Self { window, ring: Vec::new(), sum: 0, squares: 0, seen: 0, gamblers }
    }

    /// One more outcome; both numbers are in [0, 1].
    pub(super) fn update(&mut self, chance: f64, score: f64) {
        let surprise = score - chance;
        let new = (surprise * UNIT) as i32;
        let place = (self.seen % self.window as u64) as usize;
        for (age, pair) in [0, self.window / 2].into_iter().zip(&mut self.gamblers) {
            if place == age && self.seen > 0 {
                *pair = gamblers();
            }
            for gambler in pair {
                gambler.update(f64::midpoint(surprise, 1.0));
            }
        }
        let old = if let Some(slot) = self.ring.get_mut(place) {
            std::mem::replace(slot, new)
        } else {
            self.ring.push(new);
            0
        };
        self.sum += i64::from(new) - i64::from(old);
        self.squares += i128::from(new).pow(2) - i128::from(old).pow(2);
        self.seen += 1;
    }

    /// The mean surprise of the window and its standard error; none before the second outcome.
    pub(super) fn mean(&self) -> Option<(f64, f64)> {
        let n = self.ring.len() as f64;
        if n < 2.0 {
            return None;
        }
        let mean = self.sum as f64 / UNIT / n;
        let variance = (self.squares as f64 / (UNIT * UNIT) / n - mean * mean).max(0.0) * n / (n - 1.0);
        Some((mean, (variance / n).sqrt()))
    }

    /// Whether chances are known to be too high on average, and whether too low.
    pub(super) fn known(&self) -> (bool, bool) {
        let believed = ln(BELIEVED) + std::f64::consts::LN_2;
        let any = |side: usize| self.gamblers.iter().any(|pair| pair[side].log_peak() >= believed);
        (any(0), any(1))
    }

    pub(super) fn seen(&self) -> u64 {
        self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_window_is_what_is_left_of_all(
            window in 100_usize..300,
            all in prop::collection::vec((0.0..=1.0, 0.0..=1.0), 0..900),
        ) {
            let mut bias = Bias::new(window);
            for &(chance, score) in &all {
                bias.update(chance, score);
            }
            let left: Vec<f64> = all.iter().rev().take(window).map(|(chance, score)| score - chance).collect();
            prop_assert_eq!(bias.seen(), all.len() as u64);
            prop_assert_eq!(bias.mean().is_some(), left.len() > 1);
            if let Some((mean, error)) = bias.mean() {
                let n = left.len() as f64;
                let wanted = left.iter().sum::<f64>() / n;
                let variance = left.iter().map(|x| (x - wanted).powi(2)).sum::<f64>() / (n - 1.0);
                prop_assert!((mean - wanted).abs() < 1e-8);
                prop_assert!((error - (variance / n).sqrt()).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn an_alarm_ends_when_what_caused_it_is_over() {
        let mut bias = Bias::new(100);
        (0..60).for_each(|_| bias.update(0.9, 0.0));
        assert_eq!(bias.known(), (true, false));
        // Right half of the time, as it was said.
        (0..150).for_each(|i| bias.update(0.5, f64::from(i % 2)));
        assert_eq!(bias.known(), (false, false));
        // A long time without a surprise does not delay the next alarm.
        (0..100_000).for_each(|i| bias.update(0.5, f64::from(i % 2)));
        (0..100).for_each(|_| bias.update(0.1, 1.0));
        assert_eq!(bias.known(), (false, true));
    }
}
