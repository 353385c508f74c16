//! Models of other providers, and of servers and gateways of open models.

use super::Thinking::{Always, Budget, Either, Levels, Mode, Never, Switch, Unknown, UnlessOff};
use super::{Family, Off, Rule, Then, When, family};
use crate::rewrite::change::Why;
use crate::rewrite::field::Field::{self, Effort, Limit, Logprobs, OldLimit, PromptMode, TopLogprobs};

const TO_HIGH: &[&str] = &["low", "medium", "high"];

/// The models that think, by the tags of ollama.com/library (November 2026). `think` is an error for the others ("does not support
/// thinking": charmbracelet/crush#2623, musistudio/claude-code-router#1046), but `false` is none.
pub(in crate::rewrite) const OLLAMA: &[Family] = &[
    family(&["gpt-oss"], Levels(Field::Switch, TO_HIGH), Limit),
    family(
        &[
            "*instruct-2507",
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
    .refusing(&[PromptMode], &[]),
    family(&["ministral", "codestral", "devstral", "pixtral", "mistral", "open-"], Never, Limit)
        .refusing(&[PromptMode], &[]),
];

pub(in crate::rewrite) const VLLM: &[Family] = &[
    family(&["gpt-oss"], Levels(Effort, TO_HIGH), OldLimit),
    // Their tokenizer has its own template, and refuses arguments for one.
    family(&["magistral"], Always, OldLimit),
    family(&["mistral", "ministral", "mixtral", "codestral", "devstral", "pixtral"], Never, OldLimit),
    // A template passes over arguments that it does not know.
    family(&[], Switch, OldLimit),
];

/// Claude's rules hold behind OpenRouter, too, as far as is known.
const CLAUDE: &[Rule] = &[
    Rule(When::Forced, Then::Still(Why::ForcedTool)),
    Rule(When::Loop, Then::Still(Why::ToolLoop)),
    Rule(When::Prefill, Then::Still(Why::Prefill)),
];
const NEW_CLAUDE: &[Rule] =
    &[Rule(When::Forced, Then::Still(Why::ForcedTool)), Rule(When::Prefill, Then::Says("messages"))];
const LAST_CLAUDE: &[Rule] =
    &[Rule(When::Forced, Then::Says("tool_choice")), Rule(When::Prefill, Then::Says("messages"))];

/// An effort stands alone.
const ONE: &[Field] = &[Field::Budget, Field::Switch, Field::TopEffort];

/// The page on reasoning tokens, the guides to migration, and `reasoning.mandatory` of its list of models, as dendrux/dendrux#44,
/// elie222/rakazo#114 and musistudio/claude-code-router#1215 and #1238 have it. To turn a mandatory one off is an error.
pub(in crate::rewrite) const OPENROUTER: &[Family] = &[
    family(
        &[
            "gpt-5-chat",
            "gpt-4",
            "gpt-3",
            "claude-3-5",
            "claude-3$",
            "claude-2",
            "gemini-2-0",
            "gemini-flash-1-5",
            "gemini-pro-1-5",
            "gemma",
            "llama",
            "mistral-large",
            "mistral-nemo",
            "mistral-7b",
            "mixtral",
            "ministral",
            "codestral",
            "pixtral",
            "command",
            "qwen-2",
            "qwen2",
            "qwen3-coder",
            "*instruct",
            "nova",
        ],
        Never,
        OldLimit,
    ),
    family(&["gpt-5-pro"], Levels(Effort, &["high"]), OldLimit).refusing(ONE, &[]),
    family(&["o1", "o3", "o4", "gpt-oss", "gpt-5-codex", "gpt-5-1-codex"], Levels(Effort, TO_HIGH), OldLimit)
        .refusing(ONE, &[]),
    family(&["gpt-5$"], Levels(Effort, &["minimal", "low", "medium", "high"]), OldLimit).refusing(ONE, &[]),
    family(&["gpt-6-astra"], Levels(Effort, TO_HIGH), OldLimit).refusing(ONE, &[]),
    family(&["gpt-5", "gpt-6"], Levels(Effort, &["none", "low", "medium", "high", "xhigh"]), OldLimit)
        .refusing(ONE, &[]),
    family(
        &["claude-opus-5-5", "claude-fable", "claude-mythos"],
        Levels(Effort, &["low", "medium", "high", "xhigh", "max"]),
        OldLimit,
    )
    .refusing(ONE, &[])
    .under(LAST_CLAUDE),
    family(
        &["claude-sonnet-5-5"],
        Levels(Effort, &["none", "low", "medium", "high", "xhigh", "max"]),
        OldLimit,
    )
    .refusing(ONE, &[])
    .under(LAST_CLAUDE),
    family(
        &[
            "claude-3-7",
            "claude-opus-4-5",
            "claude-sonnet-4-5",
            "claude-haiku-4-5",
            "claude-opus-4-1",
            "claude-opus-4$",
            "claude-sonnet-4$",
        ],
        Either("none"),
        OldLimit,
    )
    .under(CLAUDE),
    // The guide to migration: 4.6 takes a budget still.
    family(&["claude-opus-4-6", "claude-4-6", "claude-sonnet-4-6"], Either("none"), OldLimit).under(&[
        Rule(When::Forced, Then::Still(Why::ForcedTool)),
        Rule(When::Loop, Then::Still(Why::ToolLoop)),
        Rule(When::Prefill, Then::Says("messages")),
    ]),
    family(&["claude"], Levels(Effort, &["none", "low", "medium", "high", "xhigh", "max"]), OldLimit)
        .refusing(ONE, &[])
        .under(NEW_CLAUDE),
    family(&["gemini-2-5-flash"], Either("none"), OldLimit),
    family(&["gemini-2-5-pro"], Either("low"), OldLimit),
    family(
        &[
            "gemini",
            "*-thinking",
            "deepseek-r1",
            "grok-4$",
            "grok-3-mini",
            "minimax-m",
            "step-3",
            "magistral",
        ],
        Levels(Effort, TO_HIGH),
        OldLimit,
    )
    .refusing(ONE, &[]),
    family(&["deepseek", "qwen3", "glm", "kimi", "grok", "hermes-4", "nemotron"], Either("none"), OldLimit),
    family(&[], Unknown, OldLimit),
];

/// The guide to the thinking mode. Tools: can1357/oh-my-pi#7315, deepseek-ai/DeepSeek-V3#1053, vercel/ai#10778.
pub(in crate::rewrite) const DEEPSEEK: &[Family] =
    &[family(&[], Mode(Field::Mode, Effort, &["high", "max"]), Limit)
        .refusing(&[], &[Logprobs, TopLogprobs])
        .under(&[
            Rule(When::Forced, Then::Still(Why::ForcedTool)),
            Rule(When::Loop, Then::Still(Why::ToolLoop)),
        ])];
