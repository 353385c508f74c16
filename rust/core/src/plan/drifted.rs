//! What has been noticed of drift: a part of the state that decides.

/// What a governor has noticed, as a part of the state that decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drifted {
    /// Traffic does not look like what was calibrated on.
    pub shifted: bool,
    /// Chances are too high on average.
    pub overconfident: bool,
    /// Chances are too low on average.
    pub underconfident: bool,
}

impl Drifted {
    /// Whether anything was noticed.
    pub fn any(self) -> bool {
        self.shifted || self.overconfident || self.underconfident
    }

    /// What a version says of it: nothing where there is nothing.
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
            (false, true, false) => "outcomes bear out less than the chances say",
            (false, false, true) => "outcomes bear out more than the chances say",
            (false, ..) => "chances were too high for some of the newest outcomes, and too low for others",
            (true, ..) => {
                "traffic no longer looks like what was calibrated on, and outcomes do not bear out the chances"
            }
        }
    }
}
