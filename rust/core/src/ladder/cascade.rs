//! The ready ladder that probes first.

use super::rung::Rung;
use super::rungs::Ladder;
use crate::strategy::Strategy;
use crate::{Error, Result};

impl Ladder {
    /// A ladder that probes first: each rung but the top draws `agree` samples, settles if all of them agree, and otherwise goes up.
    /// Every query starts on the lowest rung, since its samples tell more than its prompt. `in_turn` as in
    /// [`Strategy::ProbeFirst`].
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`Error::Invalid`] for fewer than two rungs or an `agree` that is out of bounds.
    ///
    /// ```
    /// use rheostat::ladder::{Ladder, Rung};
    /// let ladder = Ladder::cascade(vec![Rung::of_model("gpt-4o-mini")?, Rung::of_model("gpt-4o")?], 3, false)?;
    /// assert_eq!((ladder.rungs()[0].samples, ladder.rungs()[1].samples, ladder.start_max()), (3, 1, 0));
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn cascade(mut rungs: Vec<Rung>, agree: u32, in_turn: bool) -> Result<Self> {
        if rungs.len() < 2 {
            return Err(Error::invalid("cascade", format!("{} rungs", rungs.len()), "at least 2 rungs"));
        }
        let probes = rungs.len() - 1;
        for rung in rungs.iter_mut().take(probes) {
            rung.samples = agree;
            rung.strategy = Strategy::ProbeFirst { agree, in_turn };
        }
        let lowest = rungs.first().map(|rung| rung.name.clone());
        Self::new(rungs, lowest.as_deref(), lowest.as_deref())
    }
}
