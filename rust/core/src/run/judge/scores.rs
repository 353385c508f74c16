//! The scores of a rung's answers, and the answer that they choose.
//!
//! ```text
//! an answer came   scored by the host, or no one will ──── counted with its score, or without weight
//!                  a scorer is to be asked ──────────── kept
//! all came         the kept ones agree with all others ── counted; no score could choose another answer
//!                  else each is asked about, in a call of its own ── counted with the score that comes, or without weight
//! all counted      by score: the highest, of equals the first launched    by vote: the largest sum of scores
//! ```
//!
//! Answers count in launch order, whichever score comes first. A score that never came weighs nothing: it can lose an answer its place,
//! and never the answer itself, since without any score the votes decide.

use super::{Intent, Judge, Verdict};
use crate::run::action::Reason;
use crate::run::call::CallKind;
use crate::run::streams::FinalText;
use crate::strategy::{Choose, answers_needed};
use crate::vote::{review, same};
use std::sync::Arc;

/// An answer that waits for its score.
#[derive(Debug)]
pub(super) struct Unscored {
    /// Its stream, counted over the run.
    stream: u32,
    /// Its place in the launch order of its round.
    index: u32,
    pub(super) answer: Arc<str>,
    /// Its whole text, until it has been sent to a scorer.
    text: Option<Arc<str>>,
}

/// The answer with the highest score so far.
#[derive(Debug)]
pub(super) struct Best {
    score: f64,
    index: u32,
    pub(super) answer: Arc<str>,
}

impl Judge {
    /// True if the answers of this round wait for scores that calls of their own bring.
    pub(in crate::run) fn asks_scores(&self) -> bool {
        self.round.scores().is_some() && self.brief.scorer(self.round.rung).is_some()
    }

    /// Counts an answer with its score. Without one, asks the rung's scorer, if it has one.
    pub(super) fn record_scored(&mut self, stream: u32, index: u32, text: &FinalText, over: bool) {
        let Some(answer) = text.answer.clone() else { return self.abstain(index) };
        let first = self.round.given.get_or_insert_with(|| answer.clone());
        self.round.differ |= !same(first, &answer);
        if text.score.is_some() || over || !self.asks_scores() {
            return self.count_scored(index, answer, text.score);
        }
        let text = text.draft.clone().or_else(|| Some(answer.clone()));
        self.round.unscored.push(Unscored { stream, index, answer, text });
    }

    /// Asks for as many answers more as the steps of the first one call for. Settles on it if none is needed.
    pub(super) fn ask_more(&mut self) -> Option<Verdict> {
        let enough = self.brief.rules.enough.filter(|_| std::mem::take(&mut self.round.adapts))?;
        let most = self.round.dials.samples;
        // Without a scored step nothing is known of the first answer.
        let low = self.round.low.unwrap_or(0.0);
        let more = answers_needed(low, enough, most).unwrap_or(most) - 1;
        if more == 0 {
            return Some(Verdict::Settle(Reason::StepsPass));
        }
        self.queue.push(Intent::generate(more));
        Some(Verdict::Ask(Reason::Undecided))
    }

    /// Asks for the scores of the answers that are kept, once all have come. If all answers agree, counts them instead: no score could
    /// choose another. True if calls were queued.
    pub(super) fn ask_scores(&mut self) -> bool {
        if self.round.unscored.iter().all(|one| one.text.is_none()) {
            return false;
        }
        self.round.unscored.sort_unstable_by_key(|one| one.index);
        if !self.round.differ {
            self.count_kept(1.0);
            return false;
        }
        for one in &mut self.round.unscored {
            if let Some(text) = one.text.take() {
                let stream = Some(one.stream);
                self.queue.push(Intent { target: stream, ..Intent::resume(CallKind::Score, text) });
            }
        }
        true
    }

    /// Counts the answers that wait for a score and get none any more.
    pub(in crate::run) fn count_unscored(&mut self) {
        self.count_kept(0.0);
    }

    fn count_kept(&mut self, weight: f64) {
        for Unscored { index, answer, .. } in std::mem::take(&mut self.round.unscored) {
            self.count(index, &answer, weight);
        }
    }

    /// Takes the score of a stream's answer; None if it has none and gets no other. True if the answer was waiting for it.
    pub(in crate::run) fn scored(&mut self, stream: Option<u32>, score: Option<f64>) -> bool {
        let waiting = &mut self.round.unscored;
        let Some(at) = waiting.iter().position(|one| Some(one.stream) == stream) else { return false };
        let Unscored { index, answer, .. } = waiting.remove(at);
        self.count_scored(index, answer, score);
        true
    }

    /// The score in a scorer's reply: a number, or a verdict on the answer.
    pub(in crate::run) fn read_score(&self, stream: Option<u32>, reply: &str) -> Option<f64> {
        let answer = self.round.unscored.iter().find(|one| Some(one.stream) == stream)?;
        score_in(reply).or_else(|| review(reply, &answer.answer).map(|right| if right { 1.0 } else { 0.0 }))
    }

    fn count(&mut self, index: u32, answer: &str, weight: f64) {
        if let Some(vote) = &mut self.round.vote {
            // As in `abstain`: the index is free and below the cap.
            let _: Option<bool> = vote.add_weighted(answer, Some(index), weight).ok();
        }
    }

    fn count_scored(&mut self, index: u32, answer: Arc<str>, score: Option<f64>) {
        self.count(index, &answer, score.unwrap_or(0.0));
        let Some(score) = score else { return };
        let beats = |best: &Best| score > best.score || score >= best.score && index < best.index;
        if self.round.scores() == Some(Choose::Score) && self.round.top.as_ref().is_none_or(beats) {
            self.round.top = Some(Best { score, index, answer });
        }
    }

    /// The verdict on scored answers once none is awaited: the chosen one. None if no score came, or one answer among several samples:
    /// then the votes decide.
    pub(super) fn chosen(&mut self, by: Choose) -> Option<Verdict> {
        let vote = self.round.vote.as_ref()?;
        match (vote.votes(), vote.lead().1) {
            (0 | 1, _) => return None,
            (_, 0) => return Some(Verdict::Settle(Reason::Unanimous)),
            _ => {}
        }
        match by {
            Choose::Score => {
                let answer = self.round.top.as_ref()?.answer.clone();
                self.round.answer = Some(answer);
            }
            // Half of the weight: no other answer can have more.
            Choose::Vote if self.round.vote.as_ref()?.agreement() > 0.5 => {}
            Choose::Vote => return None,
        }
        Some(Verdict::Settle(Reason::BestScored))
    }
}

/// A number between 0 and 1, or a whole number of points such as `7/10`.
fn score_in(reply: &str) -> Option<f64> {
    let reply = reply.trim().trim_end_matches('.');
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let score = match reply.split_once('/') {
        Some((points, most)) => number(points)? / number(most).filter(|most| *most > 0.0)?,
        None => number(reply)?,
    };
    (0.0..=1.0).contains(&score).then_some(score)
}

#[cfg(test)]
mod tests {
    use super::score_in;

    #[test]
    fn a_score_is_a_number_between_0_and_1() {
        let right = [("0.83", 0.83), (" 1.", 1.0), ("7/10", 0.7), ("0", 0.0), ("1e-1", 0.1)];
        for (reply, score) in right {
            assert_eq!(score_in(reply), Some(score), "{reply}");
        }
        for reply in ["", "1.5", "-0.1", "83", "NaN", "inf", "7/0", "11/10", "good", "0.8 or 0.9", "1/2/3"] {
            assert_eq!(score_in(reply), None, "{reply}");
        }
    }
}
