//! Python bindings of rheostat. They convert, call the core and map its errors; nothing is decided here.

mod action;
mod allocate;
mod args;
mod breaker;
mod build_info;
mod cadence;
mod calibration;
mod call;
mod callback;
mod cap;
mod ceiling;
mod chunk;
mod clock;
mod config;
mod convert;
mod doubt;
mod drift;
mod error;
mod estimate;
mod estimator;
mod failure;
mod features;
mod files;
mod fit;
mod fork;
mod gateway;
mod getters;
mod governor;
mod guarantee;
mod host;
mod information;
mod intake;
mod ladder;
mod learner;
mod learning;
mod ledger;
mod message;
mod normal;
mod off_policy;
mod outcome;
mod piece;
mod plan;
mod plan_batch;
mod policy;
mod probes;
mod query;
mod ramp;
mod record;
mod reply;
mod rules;
mod run;
mod rung;
mod scorer;
mod scores;
mod sessions;
mod show;
mod signal;
mod sleep;
mod steps;
mod stream;
mod typed;
mod usage;
mod values;
mod vote;
mod vote_prior;
mod weights;
mod whole;

use pyo3::prelude::*;

/// The native part of `rheostat`. Import `rheostat`, not this.
#[pymodule(gil_used = false)]
mod _native {
    use super::{Bound, PyModule, PyModuleMethods, PyResult, error};
    use numpy::PyArrayMethods;

    #[pymodule_export]
    use super::action::{Action, ActionKind};
    #[pymodule_export]
    use super::allocate::{BatchAllocator, OnlineAllocator};
    #[pymodule_export]
    use super::build_info::build_info;
    #[pymodule_export]
    use super::cadence::Cadence;
    #[pymodule_export]
    use super::calibration::{CalibrationReport, Grading, Guaranteed, calibrate};
    #[pymodule_export]
    use super::call::{Call, Readings, Sample};
    #[pymodule_export]
    use super::callback::at_exit;
    #[pymodule_export]
    use super::cap::Cap;
    #[pymodule_export]
    use super::ceiling::Ceiling;
    #[pymodule_export]
    use super::chunk::Chunk;
    #[pymodule_export]
    use super::clock::clock;
    #[pymodule_export]
    use super::config::{ConfigFile, config_schema};
    #[pymodule_export]
    use super::doubt::{Doubt, calibrate_doubt};
    #[pymodule_export]
    use super::drift::{Drift, DriftReport};
    #[pymodule_export]
    use super::estimate::{Estimate, EstimateBatch, Explanation};
    #[pymodule_export]
    use super::estimator::Estimator;
    #[pymodule_export]
    use super::failure::{read_failure, read_retry_after};
    #[pymodule_export]
    use super::features::{FeatureSpec, feature_specs, features, features_batch};
    #[pymodule_export]
    use super::fit::{FitReport, apgr, cpt, fit};
    #[pymodule_export]
    use super::fork::at_fork;
    #[pymodule_export]
    use super::gateway::{Decided, explain_body, read_head};
    #[pymodule_export]
    use super::governor::Governor;
    #[pymodule_export]
    use super::guarantee::{Verdict, Watch, certify, control_risk, labels_needed};
    #[pymodule_export]
    use super::host::HostRules;
    #[pymodule_export]
    use super::information::Information;
    #[pymodule_export]
    use super::intake::{OutcomeReader, ScoredOutcome};
    #[pymodule_export]
    use super::ladder::Ladder;
    #[pymodule_export]
    use super::learner::Learner;
    #[pymodule_export]
    use super::learning::{Learning, LearningStep};
    #[pymodule_export]
    use super::ledger::{Hold, Ledger, LedgerStats, lease_scripts};
    #[pymodule_export]
    use super::normal::{is_blank, normalise};
    #[pymodule_export]
    use super::off_policy::OffPolicySums;
    #[pymodule_export]
    use super::outcome::Outcome;
    #[pymodule_export]
    use super::plan::{Limit, Plan};
    #[pymodule_export]
    use super::plan_batch::PlanBatch;
    #[pymodule_export]
    use super::policy::{Paced, Shares, Threshold, Utility, allocate};
    #[pymodule_export]
    use super::probes::ProbeWorth;
    #[pymodule_export]
    use super::ramp::{Move, Ramp};
    #[pymodule_export]
    use super::record::record_lines;
    #[pymodule_export]
    use super::reply::{ReplyEvent, ReplyReader};
    #[pymodule_export]
    use super::rules::Rules;
    #[pymodule_export]
    use super::run::{Event, Run, Spent};
    #[pymodule_export]
    use super::rung::Rung;
    #[pymodule_export]
    use super::scorer::Scorer;
    #[pymodule_export]
    use super::scores::ScoreWorth;
    #[pymodule_export]
    use super::sessions::Sessions;
    #[pymodule_export]
    use super::signal::confidence::Confidence;
    #[pymodule_export]
    use super::signal::exits::{ExitRule, calibrate_exit};
    #[pymodule_export]
    use super::signal::logits::{LogitStats, LogitStatsBatch, logit_stats, top_tokens};
    #[pymodule_export]
    use super::signal::loops::{Loops, Repetition};
    #[pymodule_export]
    use super::signal::markers::{MarkerCounts, Markers};
    #[pymodule_export]
    use super::sleep::{Candidate, Sleep};
    #[pymodule_export]
    use super::steps::{StepCalibration, StepTable, StepWatch};
    #[pymodule_export]
    use super::stream::Stream;
    #[pymodule_export]
    use super::usage::read_usage;
    #[pymodule_export]
    use super::vote::Vote;
    #[pymodule_export]
    use super::vote_prior::VotePrior;
    #[pymodule_export]
    use super::weights::{borda_weights, confidence_weights, softmax_weights};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        // numpy's interface is Python code where it is first used, and a thread must not be there when the process ends.
        drop(numpy::PyArray1::<f32>::zeros(module.py(), 0, false).readonly());
        error::export(module)
    }
}
