//! Names of tags whose content depends on where they stand, commands, and parts of the names of unknown tags.

/// Names of results that people write in their own prompts and documents, too.
pub(crate) const COMMON_OUTPUTS: &[&str] = &[
    "error",
    "exception",
    "output",
    "response",
    "result",
    "results",
    "stderr",
    "stdout",
    "terminal",
    "warning",
];

/// Parts of names of wrappers that hold, at the end of a tool's result, what the human said to it.
pub(crate) const TOLD_NAMES: &[&str] = &["message", "feedback", "interrupt"];

/// Commands that Claude Code 2 runs itself: their arguments ask the model nothing.
pub(crate) const LOCAL_COMMANDS: &[&str] = &[
    "add-dir",
    "agents",
    "clear",
    "compact",
    "config",
    "context",
    "cost",
    "doctor",
    "effort",
    "exit",
    "export",
    "extra-usage",
    "fast",
    "help",
    "hooks",
    "ide",
    "keybindings",
    "login",
    "logout",
    "mcp",
    "memory",
    "model",
    "output-style",
    "permissions",
    "plugin",
    "rename",
    "resume",
    "rewind",
    "sandbox",
    "skills",
    "stats",
    "status",
    "statusline",
    "tasks",
    "terminal-setup",
    "theme",
    "todos",
    "upgrade",
    "usage",
    "vim",
];

/// Ends of names of unknown tags that hold what a program adds, whatever else stands in the name.
pub(crate) const PROGRAM_ENDINGS: &[&str] = &[
    "instructions",
    "instruction_set",
    "reminder",
    "reminders",
    "progress",
    "context",
    "history",
    "metadata",
    "info",
    "rules",
    "status",
    "state",
    "notes",
    "guidelines",
    "example",
    "examples",
    "template",
    "settings",
    "preferences",
    "files",
    "diff",
    "log",
    "logs",
    "policy",
    "budget",
    "schema",
];

/// Parts of names of unknown tags that may stand around the human's words.
pub(crate) const HUMAN_NAMES: &[&str] = &[
    "user", "human", "query", "request", "prompt", "question", "task", "message", "ask", "issue", "problem",
    "instruct", "goal",
];
