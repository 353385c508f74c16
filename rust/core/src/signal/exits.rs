//! Thresholds for early exits, from a recorded log: with a guarantee (Learn then Test), or a refusal.

use crate::guarantee::{Method, Range, Target, Units, Verdict, Walk, learn_then_test};
use crate::math::sigmoid;
use crate::{Error, Result};

/// Most thresholds that are tried.
const MAX_THRESHOLDS: usize = 10_000;

/// Recorded streams with an equal number of checkpoints, the last at the stream's end. All tables hold one stream after
/// another.
#[derive(Debug, Clone, Copy)]
pub struct ExitLog<'a> {
    /// The signal at each checkpoint, larger meaning surer: a probe's confidence, the number of equal probes, minus a
    /// variance. NaN never exits, nor does a checkpoint without tokens: a run probes no stream before its first one.
    pub scores: &'a [f64],
    /// Loss of taking the answer of each checkpoint, in `[−1, 1]`: 1 where it differs from the answer at the end, for example; or the
    /// score at the end minus the score of that answer, so that what the rest of the stream would have spoiled is a gain.
    pub losses: &'a [f64],
    /// Tokens written by each checkpoint, with those of probes if they should count. Within a stream they never fall.
    pub tokens: &'a [f64],
    /// Checkpoints of each stream.
    pub checkpoints: usize,
    /// Group of each stream, such as the question of a sample; a group is one unit. None: each stream is its own.
    pub groups: Option<&'a [u64]>,
}

impl ExitLog<'_> {
    /// The test that needs the fewest units: [`Method::Paired`] if each stream is a unit and loses 1, 0 or −1,
    /// [`Method::Betting`] for means over groups and for other losses.
    pub fn test(&self) -> Method {
        let whole = self.groups.is_none() && self.losses.iter().all(|loss| loss.fract() == 0.0);
        if whole { Method::Paired } else { Method::Betting }
    }

    /// The scores and the tokens of each stream.
    fn streams(&self) -> impl Iterator<Item = (&[f64], &[f64])> {
        self.scores.chunks_exact(self.checkpoints).zip(self.tokens.chunks_exact(self.checkpoints))
    }

    /// Bounds of the losses.
    pub fn range(&self) -> Range {
        if self.losses.iter().any(|loss| *loss < 0.0) { Range::SIGNED } else { Range::UNIT }
    }
}

/// Thresholds for scores that are probabilities: steps of a quarter logit, from 0.27 to 0.99999.
pub fn exit_thresholds() -> Vec<f64> {
    (-4..=46).map(|quarter| sigmoid(f64::from(quarter) / 4.0)).collect()
}

/// The result of calibrating an exit.
#[derive(Debug, Clone, PartialEq)]
pub struct ExitRule {
    /// Exit at the first checkpoint whose score reaches this. None: nothing can be promised, so never exit.
    pub threshold: Option<f64>,
    /// The promise, or why there is none.
    pub verdict: Verdict,
    /// Share of tokens that the rule saves on the log.
    pub saved: f64,
    /// Share of streams that it ends early.
    pub exits: f64,
}

/// Chooses the lowest of some thresholds whose mean loss is at most the target's, with the target's confidence.
///
/// Thresholds are tested from the highest, which exits latest, down to the first that fails (fixed-sequence testing), so
/// their number costs no confidence. The units are groups, since samples of one question are not independent. The range of
/// the target must hold all losses ([`ExitLog::range`]).
///
/// # Errors
/// [`Error::Invalid`] when the tables are not whole streams of one size, a loss is outside `[−1, 1]` or the target's range, tokens are
/// negative, not finite or fall within a stream, or thresholds are missing or NaN.
///
/// ```
/// use rheostat::guarantee::{Method, Range, Target};
/// use rheostat::signal::{ExitLog, calibrate_exit};
/// // 200 streams; half-way the surer half is always right, the other one wrong.
/// let scores: Vec<f64> = (0..200).flat_map(|i| [if i % 2 == 0 { 0.9 } else { 0.6 }, 1.0]).collect();
/// let losses: Vec<f64> = (0..200).flat_map(|i| [f64::from(i % 2), 0.0]).collect();
/// let tokens = [50.0, 100.0].repeat(200);
/// let log = ExitLog { scores: &scores, losses: &losses, tokens: &tokens, checkpoints: 2, groups: None };
/// let target = Target::new(0.05, 0.95, Range::UNIT)?;
/// let rule = calibrate_exit(&log, &[0.95, 0.8, 0.5], &target, Method::Binomial)?;
/// assert_eq!((rule.threshold, rule.saved, rule.exits), (Some(0.8), 0.25, 0.5));
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn calibrate_exit(
    log: &ExitLog<'_>,
    thresholds: &[f64],
    target: &Target,
    method: Method,
) -> Result<ExitRule> {
    let streams = check(log)?;
    let mut order = thresholds.to_vec();
    if order.is_empty() || order.len() > MAX_THRESHOLDS {
        return Err(Error::invalid(
            "thresholds",
            order.len(),
            format!("between 1 and {MAX_THRESHOLDS} numbers"),
        ));
    }
    if order.iter().any(|threshold| threshold.is_nan()) {
        return Err(Error::invalid("thresholds", "NaN", "numbers"));
    }
    order.sort_by(|a, b| b.total_cmp(a));
    order.dedup();
    let k = log.checkpoints;
    let mut losses = Vec::with_capacity(streams * order.len());
    for ((scores, tokens), losses_at) in log.streams().zip(log.losses.chunks_exact(k)) {
        let lost = |&threshold: &f64| losses_at.get(exit(scores, tokens, threshold)).copied();
        losses.extend(order.iter().filter_map(lost));
    }
    let units = Units::new(&losses, order.len(), log.groups, target.range())?;
    let verdict = learn_then_test(&units, target, method, Walk::FixedSequence)?;
    let threshold = verdict.candidate().and_then(|candidate| order.get(candidate).copied());
    let (saved, exits) = threshold.map_or((0.0, 0.0), |threshold| savings(log, threshold));
    Ok(ExitRule { threshold, verdict, saved, exits })
}

/// The number of streams, if the tables fit together.
fn check(log: &ExitLog<'_>) -> Result<usize> {
    let (k, cells) = (log.checkpoints, log.scores.len());
    if k == 0 || cells == 0 || !cells.is_multiple_of(k) {
        let got = format!("{cells} numbers at {k} checkpoints");
        return Err(Error::invalid("scores", got, "whole streams, at least one, of at least one checkpoint"));
    }
    for (what, table) in [("losses", log.losses), ("tokens", log.tokens)] {
        if table.len() != cells {
            return Err(Error::invalid(what, table.len(), format!("as many numbers as scores, {cells}")));
        }
    }
    if let Some(bad) = log.losses.iter().find(|loss| !(-1.0..=1.0).contains(*loss)) {
        return Err(Error::invalid("losses", bad, "between -1 and 1"));
    }
    if let Some(bad) = log.tokens.iter().find(|tokens| !tokens.is_finite() || **tokens < 0.0) {
        return Err(Error::invalid("tokens", bad, "at least 0"));
    }
    let falls =
        |stream: &[f64]| stream.windows(2).any(|pair| matches!(pair, [before, after] if after < before));
    if let Some(stream) = log.tokens.chunks_exact(k).position(falls) {
        let bound = "counts of the tokens written so far, which never fall";
        return Err(Error::invalid(
            format!("tokens[{stream}]"),
            "fewer than at the checkpoint before",
            bound,
        ));
    }
    Ok(cells / k)
}

/// The checkpoint at which a stream ends: the first with tokens whose score reaches the threshold, or the last.
fn exit(scores: &[f64], tokens: &[f64], threshold: f64) -> usize {
    let reached = scores.iter().zip(tokens).position(|(&score, &tokens)| score >= threshold && tokens > 0.0);
    reached.unwrap_or(scores.len().saturating_sub(1))
}

fn savings(log: &ExitLog<'_>, threshold: f64) -> (f64, f64) {
    let (mut used, mut all, mut exits, mut streams) = (0.0, 0.0, 0.0, 0.0);
    let k = log.checkpoints;
    for (scores, tokens) in log.streams() {
        let at = exit(scores, tokens, threshold);
        used += tokens.get(at).copied().unwrap_or(0.0);
        all += tokens.last().copied().unwrap_or(0.0);
        exits += f64::from(u8::from(at + 1 < k));
        streams += 1.0;
    }
    (if all > 0.0 { 1.0 - used / all } else { 0.0 }, exits / streams)
}
