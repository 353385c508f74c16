//! Models of Google.

use super::Thinking::{Budget, Levels, Never};
use super::{Family, Off, family};
use crate::rewrite::field::Field::{self, Effort, Limit};
use crate::rewrite::level::{MINIMAL_TO_HIGH, TO_HIGH};

/// From Gemini 3 on thinking has levels, and no budget; before, the other way round.
const BUDGET: &[&[Field]] = &[&[Field::Budget]];
const EFFORT: &[&[Field]] = &[&[Effort]];

/// The pages on thinking, on speech and on pictures. `gemini-robotics-er-1.5` is a 2.5 Flash by its model card.
pub(in crate::rewrite) const GEMINI: &[Family] = &[
    family(
        &["gemini-2-5-flash-image", "gemini-2-5-flash-preview-tts", "gemini-2-5-pro-preview-tts"],
        Never,
        Limit,
    ),
    family(
        &["gemini-2-5-flash-tts", "gemini-2-5-pro-tts", "gemini-2-5-flash-lite-preview-tts"],
        Never,
        Limit,
    ),
    family(&["gemini-2-5-flash-lite"], Budget(512, 24_576, Off::Zero), Limit).refusing(EFFORT, &[]),
    family(&["gemini-2-5-flash", "gemini-robotics-er-1-5"], Budget(1, 24_576, Off::Zero), Limit)
        .refusing(EFFORT, &[]),
    family(&["gemini-2-5"], Budget(128, 32_768, Off::Never), Limit).refusing(EFFORT, &[]),
    family(&["gemini-2", "gemini-1", "gemma"], Never, Limit),
    // Pictures: the page on generating images has two levels, for the Flash of 3.1.
    family(&["gemini-3-1-flash-image"], Levels(Effort, &["minimal", "high"]), Limit).refusing(BUDGET, &[]),
    // browser-use/browser-use#3925, macro-inc/macro#6389: of the first Pro of Gemini 3 two levels.
    family(&["gemini-3-pro"], Levels(Effort, &["low", "high"]), Limit).refusing(BUDGET, &[]),
    family(
        &["gemini-3-flash", "gemini-3-1-flash", "gemini-3-5-flash"],
        Levels(Effort, MINIMAL_TO_HIGH),
        Limit,
    )
    .refusing(BUDGET, &[]),
    family(&["gemini"], Levels(Effort, TO_HIGH), Limit).refusing(BUDGET, &[]),
];
