//! The seconds from one beat to the next: by belief, by what the cap allows, and by the life of a provider's cache.
//!
//! ```text
//! rest       T = (Σ p(m) / T(m)²)^−½: the square-root rule for the expected rate, with the modes' intervals as its scale
//! cap        at least share · needed · left: share is the part of the room that a beat takes, needed the part of the beats that no free
//!            check spares, left the time to the end of the window
//! cache      a beat at T reads its context at the full price c; one just under the cache's life L at the cached price w·c.
//!            At the price of delay for which T is best, spending and delay together are as 2·T at T, and as w·T²/L + L at L.
//!            So L is better where T < L·(1 + √(1 − w)) / w, and a delay just above L is never chosen where L is affordable.
//! ```

use super::options::CadenceOptions;
use crate::ledger::Cost;

/// Part of a cache's life that a delay may use. The rest is for the beat's own way to the provider.
const WITHIN: f64 = 0.95;
/// Weight of the latest beat in the mean price.
const LATEST: f64 = 0.125;

/// Mean prices of a beat that finds its context cached, and of one that does not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prices {
    pub(super) cold: [f64; 2],
    pub(super) warm: [f64; 2],
    /// Share of the beats that were due and were needed: the host's free check spares the others.
    pub(super) needed: f64,
}

impl Prices {
    pub(super) fn new(options: &CadenceOptions) -> Self {
        let cold = parts(options.beat);
        let warm = options.cached.map_or(cold, |usd| parts(Cost { usd, ..options.beat }));
        Self { cold, warm, needed: 1.0 }
    }

    /// Learns from a beat that was paid for.
    pub(super) fn learn(&mut self, spent: Cost, warm: bool) {
        let mean = if warm { &mut self.warm } else { &mut self.cold };
        for (mean, spent) in mean.iter_mut().zip(parts(spent)) {
            *mean += LATEST * (spent - *mean);
        }
    }

    /// Learns whether a beat that was due was needed.
    pub(super) fn due(&mut self, needed: bool) {
        self.needed += LATEST * (f64::from(u8::from(needed)) - self.needed);
    }

    /// The cached price as a part of the full one.
    fn part(&self) -> f64 {
        let [cold, warm] = [self.cold[1], self.warm[1]];
        if cold > 0.0 { (warm / cold).clamp(1e-6, 1.0) } else { 1.0 }
    }
}

fn parts(cost: Cost) -> [f64; 2] {
    [cost.tokens as f64, cost.usd.dollars()]
}

/// The interval at rest, by the chances of the modes.
pub(super) fn at_rest(options: &CadenceOptions, chances: &[f64]) -> f64 {
    let modes = options.modes.iter().zip(chances);
    modes.map(|(mode, chance)| chance / mode.interval.powi(2)).sum::<f64>().sqrt().recip()
}

/// The seconds between beats at which the room lasts until the end of the window, which is `left` seconds away.
pub(super) fn affordable(price: [f64; 2], room: Cost, left: f64) -> f64 {
    let room = parts(room);
    let share = |i: usize| if price[i] > 0.0 { price[i] / room[i] } else { 0.0 };
    share(0).max(share(1)) * left
}

/// An interval, and whether cap or cache has changed it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paced {
    pub(super) interval: f64,
    pub(super) by_cap: bool,
    pub(super) by_cache: bool,
}

/// The interval that serves a wish best under cap and cache. `left` is none for a cap for ever, which sets no pace.
pub(super) fn paced(
    options: &CadenceOptions,
    prices: &Prices,
    wish: f64,
    room: Cost,
    left: Option<f64>,
) -> Paced {
    let least = |price| left.map_or(0.0, |left| prices.needed * affordable(price, room, left));
    let under = WITHIN * options.cache_ttl;
    let (part, most) = (prices.part(), least(prices.cold));
    let better = wish >= under && wish < under * (1.0 + (1.0 - part).sqrt()) / part;
    if options.cached.is_some()
        && better
        && part < 1.0
        && least(prices.warm) <= under
        && under >= options.floor
    {
        return Paced { interval: under, by_cap: false, by_cache: true };
    }
    // Under the cache's life beats cost the cached price, and the room lasts longer.
    let cheap = least(prices.warm).max(wish);
    if options.cached.is_some() && cheap <= under {
        return Paced { interval: cheap, by_cap: cheap > wish, by_cache: false };
    }
    Paced { interval: wish.max(most), by_cap: most > wish, by_cache: false }
}
