//! The margin by which the mean of a few tokens must miss a bar.

/// The margin of a mean over `tokens` tokens, in nats a token: `nats / tokens` for the first, and nothing once a window is full.
///
/// A sum of log-probabilities is tested at every token, so its margin has to hold at all of them at once. A constant does: if
/// `E[exp(λ (bar − x))] ≤ 1` for a token's log-probability x, given those before it, then `exp(λ Σ (bar − x))` is a
/// supermartingale, and the sum ever falls `nats` below its bar with a probability of at most `exp(−λ · nats)`, however long the stream (Ville
/// 1939; Howard and others, *Time-uniform Chernoff bounds via nonnegative supermartingales*, 2020). For a
/// mean it is a margin that shrinks as one over the number of tokens. The part that would stay at a full window is left out.
pub(super) fn margin(nats: f64, tokens: u64, window: usize) -> f64 {
    (nats / tokens.max(1) as f64 - nats / window as f64).max(0.0)
}
