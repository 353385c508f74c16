//! Models of other providers, and of servers of open models.

use super::Thinking::{Always, Budget, Levels, Mode, Never, Switch, UnlessOff};
use super::claude::{FORCED, LOOP};
use super::{Family, Off, family};
use crate::rewrite::field::Field::{self, Effort, Limit, Logprobs, OldLimit, PromptMode, TopLogprobs};
use crate::rewrite::level::TO_HIGH;

/// The models that think, by the tags of ollama.com/library (November 2026). `think` is an error for the others ("does not support
/// thinking": charmbracelet/crush#2623, musistudio/claude-code-router#1046), but `false` is none.
pub(in crate::rewrite) const OLLAMA: &[Family] = &[
    family(&["gpt-oss"], Levels(Field::Switch, TO_HIGH), Limit),
    family(
        &[
            "*instruct",
            "qwen3-coder",
            "qwen2",
            "qwen:",
            "qwq",
            "llama2",
            "llama3",
            "llama4",
            "gemma$",
            "gemma2",
            "gemma3",
            "mistral-nemo",
            "mistral-small$",
            "mistral-large",
            "mixtral",
            "ministral",
            "codestral",
            "devstral",
            "codellama",
            "phi",
            "command",
            "aya",
            "deepseek-coder",
            "deepseek-v2",
            "deepseek-llm",
            "tinyllama",
            "starcoder",
            "llava",
            "vicuna",
            "yi:",
            "smollm2",
            "granite3",
        ],
        Never,
        Limit,
    ),
    family(
        &[
            "deepseek-r1",
            "deepseek-v3-1",
            "qwen3",
            "magistral",
            "mistral-medium-3-5",
            "glm-4-6",
            "glm-4-7",
            "kimi-k2-thinking",
            "minimax-m2",
        ],
        Switch,
        Limit,
    ),
    family(&["mistral"], Never, Limit),
    family(&[], UnlessOff, Limit),
];

pub(in crate::rewrite) const COHERE: &[Family] = &[
    family(&["command-a-reasoning"], Budget(1, u64::MAX, Off::Mode("disabled")), Limit),
    family(&["command", "c4ai", "aya"], Never, Limit),
];

/// pydantic/pydantic-ai#5285, and Mistral's cookbook on reasoning: `high` or `none`, by Small 4 and Medium 3.5 and their aliases.
pub(in crate::rewrite) const MISTRAL: &[Family] = &[
    family(&["magistral"], Always, Limit),
    family(
        &[
            "mistral-small-latest",
            "mistral-small-26",
            "mistral-small-4",
            "mistral-medium-latest",
            "mistral-medium-3-5",
            "mistral-medium-26",
        ],
        Levels(Effort, &["none", "high"]),
        Limit,
    )
    .refusing(&[&[PromptMode]], &[]),
    family(&["ministral", "codestral", "devstral", "pixtral", "mistral", "open-"], Never, Limit)
        .refusing(&[&[PromptMode]], &[]),
];

pub(in crate::rewrite) const VLLM: &[Family] = &[
    family(&["gpt-oss"], Levels(Effort, TO_HIGH), OldLimit),
    // Their tokenizer has its own template, and refuses arguments for one.
    family(&["magistral"], Always, OldLimit),
    family(&["mistral", "ministral", "mixtral", "codestral", "devstral", "pixtral"], Never, OldLimit),
    // A template passes over arguments that it does not know.
    family(&[], Switch, OldLimit),
];

/// The guide to the thinking mode. Tools: can1357/oh-my-pi#7315, deepseek-ai/DeepSeek-V3#1053, vercel/ai#10778.
pub(in crate::rewrite) const DEEPSEEK: &[Family] =
    &[family(&[], Mode(Field::Mode, Effort, &["high", "max"]), Limit)
        .refusing(&[], &[Logprobs, TopLogprobs])
        .under(&[FORCED, LOOP])];
