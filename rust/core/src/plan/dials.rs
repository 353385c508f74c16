//! Cuts a rung's dials to a ceiling and records the cuts.

use crate::ladder::{Dials, Limit, Rung};
use crate::money::{Prices, Usd};

/// A field that can be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The rung: the policy wanted a higher one than a prompt may buy. Values are places on the ladder.
    Rung,
    /// Thinking tokens of one sample.
    ThinkingTokens,
    /// Room for one sample's answer.
    AnswerTokens,
    /// Samples.
    Samples,
    /// Rounds.
    Depth,
    /// A limit of the query's own ceiling that is looser than the governor's.
    Ceiling(&'static str),
    /// A limit of the query above what its payer has left.
    Ledger(&'static str),
}

impl Field {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rung => "rung",
            Self::ThinkingTokens => "thinking_tokens",
            Self::AnswerTokens => "answer_tokens",
            Self::Samples => "samples",
            Self::Depth => "depth",
            Self::Ceiling(name) | Self::Ledger(name) => name,
        }
    }
}

/// One cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clamp {
    /// The field.
    pub field: Field,
    /// The wanted value.
    pub wanted: f64,
    /// The granted value.
    pub got: f64,
}

/// The dials of a rung within a limit. `most` is the request's own bound on one sample.
///
/// `limit.usd` is the money that the rung may use. Counts are cut first, then one sample to its room (thinking gives way before the answer), then samples and rounds to those
/// that fit together.
pub(crate) fn fit(
    rung: &Rung,
    prices: &Prices,
    limit: &Limit,
    input_tokens: u64,
    most: Option<u64>,
    cut: &mut Vec<Clamp>,
) -> Dials {
    let mut got = Dials::of(rung);
    let wanted = Dials { samples: rung.samples, ..got };
    got.samples = got.samples.min(limit.samples).max(1);
    got.depth = got.depth.min(limit.depth).max(1);
    let room = Usd::from_dollars(limit.usd);
    let window = rung.context_window.map_or(u64::MAX, |window| window.saturating_sub(input_tokens));
    let each = limit.tokens.min(window).min(most.unwrap_or(u64::MAX));
    if fits(rung, &got, prices, room, limit.tokens, each, input_tokens) {
        if got != wanted {
            note(wanted, got, cut);
        }
        return got;
    }
    let left = room.less(prices.cost(input_tokens, 0, 0));
    let affordable = left.0.checked_div(prices.output.0).unwrap_or(u64::MAX);
    let each = each.min(affordable).max(1);
    got.answer_tokens = got.answer_tokens.min(each);
    got.thinking_tokens = rung.thinking(got.thinking_tokens.min(each - got.answer_tokens));
    let one = got.max_tokens();
    let requests_of = |tokens: u64, usd: Usd, scored: (u64, Usd)| {
        let by_usd =
            usd.0.checked_div(prices.cost(input_tokens, 0, one).plus(scored.1).0).unwrap_or(u64::MAX);
        u32::try_from((tokens / one.saturating_add(scored.0)).min(by_usd)).unwrap_or(u32::MAX)
    };
    // Several answers cost their scores or their distillation, too; a lone one does not. Both are linear in the answers: a part for
    // each, and one for all.
    let (two, three) = (rung.follow_up(2, one, input_tokens), rung.follow_up(3, one, input_tokens));
    let each = (three.1.saturating_sub(two.1), three.2.less(two.2));
    let all = (two.1.saturating_sub(2 * each.0.min(two.1 / 2)), two.2.less(each.1.times(2)));
    let paid = requests_of(limit.tokens.saturating_sub(all.0), room.less(all.1), each);
    got.samples = got.samples.min(paid).min(rung.most_drafts(one, input_tokens)).max(1);
    let (_, tokens, usd) = rung.follow_up(got.samples, one, input_tokens);
    let requests = requests_of(limit.tokens.saturating_sub(tokens), room.less(usd), (0, Usd(0))).max(1);
    got.depth = got.depth.min(requests.saturating_sub(got.samples).saturating_add(1));
    if got != wanted {
        note(wanted, got, cut);
    }
    got
}

/// True in the usual case that everything fits; needs no division.
fn fits(
    rung: &Rung,
    dials: &Dials,
    prices: &Prices,
    room: Usd,
    tokens: u64,
    each: u64,
    input_tokens: u64,
) -> bool {
    let one = dials.max_tokens();
    let requests = u64::from(dials.samples).saturating_add(u64::from(dials.depth) - 1);
    let (_, more, usd) = rung.follow_up(dials.samples, one, input_tokens);
    one > 0
        && one <= each
        && one.saturating_mul(requests).saturating_add(more) <= tokens
        && prices.cost(input_tokens, 0, one).times(requests).plus(usd) <= room
        && dials.samples <= rung.most_drafts(one, input_tokens)
}

#[cold]
fn note(wanted: Dials, got: Dials, cut: &mut Vec<Clamp>) {
    let fields = [
        (Field::ThinkingTokens, wanted.thinking_tokens, got.thinking_tokens),
        (Field::AnswerTokens, wanted.answer_tokens, got.answer_tokens),
        (Field::Samples, wanted.samples.into(), got.samples.into()),
        (Field::Depth, wanted.depth.into(), got.depth.into()),
    ];
    let changed = fields.into_iter().filter(|(_, wanted, got)| wanted != got);
    cut.extend(changed.map(|(field, w, g)| Clamp { field, wanted: w as f64, got: g as f64 }));
}

#[cfg(test)]
#[path = "../../tests/unit/plan/dials.rs"]
mod tests;
