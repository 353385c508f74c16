//! The breakers of a governor's upstreams.

use crate::clock::{At, now};
use crate::governor::Governor;
use crate::typed::{named, typed};
use pyo3::prelude::*;

typed!(State(&'static str): "Literal['closed', 'open', 'half_open']");
named!(UpstreamBreaker((String, String, State, u32, f64)));

#[pymethods]
impl Governor {
    /// The breakers of upstreams that have failed of late. An upstream is a deployment and a model.
    ///
    /// Args:
    ///     at: The time, in seconds of the runs' clock; `rheostat.clock()` if not given.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> rh.Governor(rh.Ladder([rh.Rung("only", model="small-model")])).breakers()
    ///     []
    #[pyo3(signature = (at = None))]
    fn breakers(&self, at: Option<At>) -> Vec<UpstreamBreaker> {
        let all = self.inner.breakers(now(at)).into_iter();
        all.map(|one| {
            UpstreamBreaker((one.deployment, one.model, State(one.state.as_str()), one.failures, one.seconds))
        })
        .collect()
    }
}
