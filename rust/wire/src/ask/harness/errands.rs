//! Parts of the sentences with which programs ask for errands: names of branches, messages of commits, follow-ups, summaries.
//!
//! Whole sentences stand in [`CHORES`](super::CHORES). Such prompts were read in public repositories in November 2026, among them those of n8n,
//! Langfuse, Claudian and small programs that write messages of commits.

/// Verbs that begin a request to make something, in English.
pub(crate) const MAKING: &[&str] = &[
    "generate",
    "write",
    "create",
    "suggest",
    "provide",
    "make",
    "propose",
    "come up with",
    "produce",
    "output",
    "craft",
    "compose",
    "draft",
    "return",
    "give",
    "give me",
    "respond with",
    "reply with",
    "answer with",
    "predict",
    "summarize",
    "summarise",
];

/// Products of errands, and words that one of the errand's sentences must have beside it; none if the product says enough.
pub(crate) const ERRANDS: &[(&str, &[&str])] = &[
    ("commit message", &[]),
    ("commits message", &[]),
    ("commit title", &[]),
    ("commit summary", &[]),
    ("branch name", &[]),
    ("pull request title", &[]),
    ("pr title", &[]),
    ("follow-up question", ABOUT_CHATS),
    ("followup question", ABOUT_CHATS),
    ("follow up question", ABOUT_CHATS),
    ("follow-up prompt", ABOUT_CHATS),
    ("follow-up suggestion", ABOUT_CHATS),
    ("follow-up message", ABOUT_CHATS),
    ("suggested reply", ABOUT_CHATS),
    ("suggested replies", ABOUT_CHATS),
    ("search query", ABOUT_CHATS),
    ("search queries", ABOUT_CHATS),
    ("next message", &["the user's", "the user might", "user would"]),
    ("next question", &["the user's", "the user might", "user would"]),
];

/// Words of errands around a conversation.
const ABOUT_CHATS: &[&str] =
    &["the user", "user's", "conversation", "chat ", "chat.", "this chat", "assistant", "standalone"];

/// Names of a conversation.
pub(crate) const CHAT_NAMES: &[&str] =
    &["conversation", "chat", "session", "thread", "dialogue", "dialog", "discussion"];

/// Verbs that begin a request for a summary.
pub(crate) const SHORTENING: &[&str] = &[
    "summarize",
    "summarise",
    "condense",
    "compress",
    "compact",
    "recap",
    "sum up",
    "create a summary of",
    "write a summary of",
    "provide a summary of",
    "produce a summary of",
    "generate a summary of",
    "give a summary of",
    "create a detailed summary of",
    "write a detailed summary of",
    "provide a detailed summary of",
    "produce a detailed summary of",
    "create a comprehensive summary of",
    "write a comprehensive summary of",
    "provide a comprehensive summary of",
    "create a concise summary of",
    "write a concise summary of",
    "provide a concise summary of",
    "produce a concise summary of",
];

/// Names of the text that is to be shortened: the conversation itself.
pub(crate) const CONTEXTS: &[&str] = &[
    "this conversation",
    "the conversation",
    "our conversation",
    "above conversation",
    "conversation above",
    "conversation history",
    "conversation so far",
    "chat history",
    "this chat",
    "our chat",
    "the chat so far",
    "chat so far",
    "this session",
    "our session",
    "the session so far",
    "session so far",
    "the context",
    "context so far",
    "the history above",
    "history above",
    "the history so far",
    "work so far",
    "our work",
    "progress so far",
    "all of the above",
    "everything above",
    "everything so far",
    "discussion so far",
    "thread so far",
    "message history",
    "previous messages",
    "messages above",
    "prior messages",
];

/// Words of material that a human brings: with one of them a summary is an ask.
pub(crate) const MATERIALS: &[&str] = &[
    "between",
    "customer",
    "following",
    " below",
    "transcript",
    " log",
    "patient",
    "e-mail",
    "email",
    "attached",
    "meeting",
    "article",
    "podcast",
    "slack",
    "whatsapp",
    "interview",
    "report",
    "lawsuit",
    "novel",
    "book",
    "support chat",
    "context of",
    "context in which",
    "context manager",
    "context window works",
];
