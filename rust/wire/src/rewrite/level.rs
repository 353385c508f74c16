//! The levels of effort that providers take, and the one that stands for a budget.

pub(super) use rheostat::ladder::EFFORTS as LEVELS;

pub(super) const ALL: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];
pub(super) const TO_HIGH: &[&str] = &["low", "medium", "high"];
pub(super) const TO_XHIGH: &[&str] = &["low", "medium", "high", "xhigh"];
pub(super) const TO_MAX: &[&str] = &["low", "medium", "high", "xhigh", "max"];
pub(super) const MINIMAL_TO_HIGH: &[&str] = &["minimal", "low", "medium", "high"];
pub(super) const NONE_TO_HIGH: &[&str] = &["none", "low", "medium", "high"];
pub(super) const NONE_TO_XHIGH: &[&str] = &["none", "low", "medium", "high", "xhigh"];
pub(super) const NONE_TO_MAX: &[&str] = &["none", "low", "medium", "high", "xhigh", "max"];

/// Tokens of thinking for a client that says only "on": the medium level.
pub(super) const MEDIUM: u64 = LEVELS[3].1;
/// The most tokens that a level with a bound covers.
pub(super) const TOP: u64 = LEVELS[LEVELS.len() - 2].1;
/// Room for the level above it.
pub(super) const ROOM_FOR_MAX: u64 = 2 * TOP;

/// The most tokens that a level covers.
fn most(level: &str) -> Option<u64> {
    LEVELS.iter().find(|(name, _)| *name == level).map(|(_, most)| *most)
}

/// The least of some levels that covers a budget, or else the highest.
pub(super) fn level(levels: &'static [&'static str], tokens: u64) -> &'static str {
    let covers = |level: &&&str| most(level).is_some_and(|most| most >= tokens);
    levels.iter().find(covers).or(levels.last()).copied().unwrap_or("none")
}

/// Room for a level.
fn step(level: &str) -> u64 {
    most(level).map_or(0, |most| most.min(ROOM_FOR_MAX))
}

/// Room for the highest of some levels.
pub(super) fn top(levels: &[&str]) -> u64 {
    levels.last().map_or(0, |level| step(level))
}

/// The level for a wish, or the highest that the room holds, with its tokens.
pub(super) fn fit(levels: &'static [&'static str], wish: u64, held: u64) -> (u64, Option<&'static str>) {
    let wanted = level(levels, wish);
    if wish == 0 {
        return (0, Some(wanted));
    }
    // Whatever is above the last step but one serves the level without a bound.
    let fits = |name: &&&str| most(name).is_some_and(|most| most <= held) || **name == "max" && held > TOP;
    let lower = levels.iter().rev().skip_while(|level| **level != wanted);
    lower.into_iter().find(fits).map_or((0, None), |level| (step(level).min(held), Some(level)))
}

#[cfg(test)]
#[path = "../../tests/unit/rewrite/level.rs"]
mod tests;
