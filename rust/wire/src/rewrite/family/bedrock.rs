//! Models behind Bedrock's Converse.

use super::Thinking::{Always, Budget, Levels, Mode, Never, Unknown};
use super::claude::{FOREIGN_AND_EFFORT, OLDER, SAMPLING};
use super::{Family, Off, family};
use crate::rewrite::field::Field::{
    self, Effort, InnerEffort, Limit, NovaEffort, NovaMode, OldLimit, TopEffort,
};
use crate::rewrite::level::{NONE_TO_MAX, TO_HIGH, TO_MAX};

const NOT_THINKING: &[Field] = &[OldLimit, Field::Thinking, Effort];
const ALL_BUT_TOP_EFFORT: &[&[Field]] = &[NOT_THINKING, &[InnerEffort]];
const ALL_BUT_INNER_EFFORT: &[&[Field]] = &[NOT_THINKING, &[TopEffort]];

/// The fields that each family takes in `additionalModelRequestFields`: anomalyco/opencode#48195, kortix-ai/suna#6893 (from live probes,
/// August and September 2026), the user guide of Nova 2. Of Qwen, Kimi, DeepSeek V3 and others nothing is known.
pub(in crate::rewrite) const BEDROCK: &[Family] = &[
    // SEMOSS/Semoss#1655: Sonnet 3.7 wants `topP` unset while it thinks.
    family(&["claude-3-7"], Budget(1_024, 128_000, Off::Default), Limit)
        .refusing(FOREIGN_AND_EFFORT, SAMPLING)
        .under(OLDER),
    family(&["gpt-oss"], Levels(TopEffort, TO_HIGH), Limit).refusing(ALL_BUT_TOP_EFFORT, &[]),
    family(&["gpt-6-astra"], Levels(InnerEffort, TO_MAX), Limit).refusing(ALL_BUT_INNER_EFFORT, &[]),
    family(&["gpt-5", "gpt-6"], Levels(InnerEffort, NONE_TO_MAX), Limit).refusing(ALL_BUT_INNER_EFFORT, &[]),
    family(&["nova-2"], Mode(NovaMode, NovaEffort, TO_HIGH), Limit)
        .refusing(&[NOT_THINKING, &[TopEffort, InnerEffort]], &[]),
    family(&["deepseek-r1", "r1-v1"], Always, Limit).refusing(ALL_BUT_INNER_EFFORT, &[]),
    family(&["nova", "titan", "llama", "mistral", "cohere", "ai21"], Never, Limit)
        .refusing(&[&[OldLimit, InnerEffort]], &[]),
    // A profile's ARN does not tell.
    family(&["amazon"], Unknown, Limit),
];
