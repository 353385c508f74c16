//! Drift that a governor has noticed: a part of the version of plans.

/// Drift that a governor has noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drifted {
    /// Traffic differs from that of the calibration.
    pub shifted: bool,
    /// Chances are too high on average.
    pub overconfident: bool,
    /// Chances are too low on average.
    pub underconfident: bool,
}

impl Drifted {
    /// True if any drift was noticed.
    pub fn any(self) -> bool {
        self.shifted || self.overconfident || self.underconfident
    }

    /// The suffix of the version; empty without drift.
    pub(crate) fn suffix(self) -> String {
        let all = [
            ("+shifted", self.shifted),
            ("+overconfident", self.overconfident),
            ("+underconfident", self.underconfident),
        ];
        all.iter().filter(|(_, so)| *so).map(|(name, _)| *name).collect()
    }

    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match (self.shifted, self.overconfident, self.underconfident) {
            (true, false, false) => "traffic no longer looks like what was calibrated on",
            (false, true, false) => "outcomes are worse than the chances",
            (false, false, true) => "outcomes are better than the chances",
            (false, ..) => "chances were too high for some of the newest outcomes, and too low for others",
            (true, ..) => {
                "traffic no longer looks like what was calibrated on, and outcomes do not match the chances"
            }
        }
    }
}
