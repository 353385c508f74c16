//! A part of a stream, as its client has read it.

use rheostat::run::{Action, Sample, Usage};
use std::borrow::Cow;

/// The log-probabilities of the tokens in a piece.
#[derive(Debug, Clone, Copy, Default)]
pub enum Heard<'a> {
    /// None.
    #[default]
    Nothing,
    /// One token: its own, and those of its likeliest candidates.
    Token {
        /// The token's own.
        logprob: Option<f64>,
        /// Those of its likeliest candidates.
        top: &'a [f32],
    },
    /// Several tokens: one each, and `k` candidates each (0: none are known).
    Tokens {
        /// The tokens' own.
        own: &'a [f32],
        /// Those of the candidates, row by row.
        tops: &'a [f32],
        /// Candidates in a row.
        k: usize,
    },
    /// Several tokens whose rows do not fit together. A row that is missing is empty.
    Ragged {
        /// The tokens' own.
        own: &'a [f64],
        /// Those of the candidates.
        tops: &'a [Vec<f32>],
    },
}

/// One piece of a stream. Every field is optional; the run hears them in this order.
#[derive(Debug, Clone, Default)]
pub struct Piece<'a> {
    /// Text of the thinking, where the provider shows it apart from the answer.
    pub thinking: Cow<'a, str>,
    /// Text of the answer.
    pub text: Cow<'a, str>,
    /// Log-probabilities.
    pub heard: Heard<'a>,
    /// The number of tokens in the texts, where it is known and no log-probability is.
    pub tokens: Option<u64>,
    /// The score of a reasoning step that has just ended, in [0, 1].
    pub step: Option<f64>,
    /// The score of the whole answer, in [0, 1]; on a score call, of the answer that it asks about.
    pub score: Option<f64>,
    /// The answer that the model would give now, and its own probability for it.
    pub probe: Option<(Cow<'a, str>, Option<f64>)>,
    /// The stream's cost so far. A report without a count that can be true is `Some` and empty: an engine was at work.
    pub usage: Option<Usage>,
    /// The final answer, where the client can tell it from the text.
    pub answer: Option<Cow<'a, str>>,
    /// The provider's word for the end of the stream.
    pub finish_reason: Option<Cow<'a, str>>,
}

/// The actions of a run on one piece.
pub(crate) type Answers = ([Option<Action>; 6], usize);

impl Piece<'_> {
    /// A piece of text alone.
    pub fn of_text(text: &str) -> Piece<'_> {
        Piece { text: Cow::Borrowed(text), ..Piece::default() }
    }

    /// True if it has tokens.
    pub(crate) fn has_tokens(&self) -> bool {
        let heard = match self.heard {
            Heard::Nothing => false,
            Heard::Token { logprob, top } => logprob.is_some() || !top.is_empty(),
            Heard::Tokens { own, tops, .. } => !(own.is_empty() && tops.is_empty()),
            Heard::Ragged { own, tops } => !(own.is_empty() && tops.is_empty()),
        };
        heard || !self.text.is_empty() || !self.thinking.is_empty() || self.tokens.is_some_and(|n| n > 0)
    }

    /// True if only an engine at work sends it.
    pub(crate) fn has_come(&self) -> bool {
        self.has_tokens() || self.usage.is_some() || self.finish_reason.is_some()
    }

    /// True for content and nothing else: behind the grant, the engine ignores its budget.
    pub(crate) fn is_content(&self) -> bool {
        self.has_tokens() && self.usage.is_none() && self.answer.is_none()
    }

    /// Tells the run all of it, part by part.
    pub(crate) fn tell(&self, sample: &Sample, now: f64) -> Answers {
        let mut answers: Answers = ([None; 6], 0);
        let mut add = |action| {
            if let Some(free) = answers.0.get_mut(answers.1) {
                *free = Some(action);
                answers.1 += 1;
            }
        };
        let written: Cow<'_, str> = match (self.thinking.is_empty(), self.text.is_empty()) {
            (true, _) => Cow::Borrowed(&self.text),
            (false, true) => Cow::Borrowed(&self.thinking),
            (false, false) => Cow::Owned(format!("{}{}", self.thinking, self.text)),
        };
        let text = (!written.is_empty()).then_some(&*written);
        match self.heard {
            Heard::Nothing => {
                let tokens = self.tokens.filter(|n| *n > 0);
                if text.is_some() || tokens.is_some() {
                    add(sample.text(&written, tokens, now));
                }
            }
            Heard::Token { logprob, top } => add(sample.token(logprob, top, text, now)),
            Heard::Tokens { own, tops, k } => {
                add(sample.tokens(own, tops, k, now));
                // Text beyond what the tokens can explain is counted.
                if let Some(text) = text {
                    add(sample.text(text, None, now));
                }
            }
            Heard::Ragged { own, tops } => {
                add(ragged(sample, own, tops, now));
                if let Some(text) = text {
                    add(sample.text(text, None, now));
                }
            }
        }
        if let Some(score) = self.step {
            add(sample.step(score, now));
        }
        if let Some(score) = self.score {
            add(sample.score(score, now));
        }
        if let Some((answer, probability)) = &self.probe {
            add(sample.probe(answer, *probability, now));
        }
        if let Some(usage) = self.usage.filter(|usage| *usage != Usage::default()) {
            add(sample.usage(usage, now));
        }
        answers
    }
}

/// Tells several tokens one by one, because their rows do not fit together.
fn ragged(sample: &Sample, own: &[f64], tops: &[Vec<f32>], now: f64) -> Action {
    let mut action = sample.text("", Some(0), now);
    for (i, logprob) in own.iter().enumerate() {
        action = sample.token(Some(*logprob), tops.get(i).map_or(&[], Vec::as_slice), None, now);
        if action.stops() {
            break;
        }
    }
    action
}
