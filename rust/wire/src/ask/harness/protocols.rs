//! Calls and queued messages of agents that write them as text.

/// Beginnings of a first line that introduces the human's own message inside a block of a program. The line ends in a colon
/// or a full stop; the human's words follow.
pub(crate) const QUEUED_HEADS: &[(&str, &str)] = &[
    ("the user sent *", "Claude Code 2, OpenCode 1"),
    ("the user has sent *", "2025"),
    ("the user just sent *", "2025"),
    ("the user said*", "2025"),
    ("the user says*", "2025"),
    ("the user wrote*", "2025"),
    ("the user typed*", "2025"),
    ("the user asked*", "2025"),
    ("the user asks*", "2025"),
    ("the user replied*", "2025"),
    ("the user responded*", "2025"),
    ("the user answered*", "2025"),
    ("the user added*message*", "2025"),
    ("the user queued *", "2025"),
    ("the user interrupted *", "2025"),
    ("the user provided * feedback*", "Cline 3"),
    ("the user has provided * feedback*", "2025"),
    ("the user denied this operation and provided *", "Cline 3"),
    ("the human sent *", "2025"),
    ("the human said*", "2025"),
    ("user sent *", "2025"),
    ("user said*", "2025"),
    ("user interrupted *", "2025"),
    ("user message*", "2025"),
    ("user's message*", "2025"),
    ("user feedback*", "2025"),
    ("message from the user*", "2025"),
    ("message from user*", "2025"),
    ("messages from the user*", "2025"),
    ("a new message from *", "2025"),
    ("a message from *", "2025"),
    ("new message from *", "2025"),
    ("new user message*", "2025"),
    ("new message*", "2025"),
    ("queued message*", "2025"),
    ("queued user message*", "2025"),
    ("while you were working, the user *", "2025"),
    ("while you were working the user *", "2025"),
    ("the following message was *", "2025"),
    ("the following message from *", "2025"),
    ("the user's latest message*", "2025"),
    ("the user's new message*", "2025"),
];

/// A language, with its words for the human, and for a message and its sending, in a line that introduces the human's message.
/// In lower case.
type MessageLine = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Such words. A line must have one of each kind.
pub(crate) const MESSAGE_LINES: &[MessageLine] = &[
    (
        "en",
        &["user", "human"],
        &[
            "message",
            " sent",
            " said",
            " wrote",
            " asked",
            " replied",
            "follow-up",
            "followup",
            "queued",
            "interject",
            "interrupt",
            "typed",
            "submitted",
            "feedback",
            "responded",
            "answered",
            "steer",
        ],
    ),
    (
        "de",
        &["benutzer", "nutzer", "anwender"],
        &["nachricht", "geschrieben", "gesagt", "gesendet", "schreibt", "sagt"],
    ),
    ("fr", &["utilisateur"], &["message", "envoyé", "écrit", " dit"]),
    ("es", &["usuario"], &["mensaje", "enviado", "escrito", "dicho", "dijo"]),
    ("pt", &["usuário", "utilizador"], &["mensagem", "enviou", "escreveu", "disse"]),
    ("it", &["utente"], &["messaggio", "inviato", "scritto", "detto"]),
    ("nl", &["gebruiker"], &["bericht", "gestuurd", "geschreven"]),
    ("ru", &["пользовател"], &["сообщени", "написал", "отправил"]),
    ("zh", &["用户", "用戶", "使用者"], &["消息", "訊息", "信息", "发送", "說", "说"]),
    ("ja", &["ユーザー", "利用者"], &["メッセージ", "送信"]),
    ("ko", &["사용자"], &["메시지", "보냈"]),
];

/// Beginnings of a bracket that introduces queued messages at the end of a tool's result.
pub(crate) const QUEUED_MARKS: &[(&str, &str)] =
    &[("[Queued message", "OpenClaw 2026"), ("[Queued user", "2026"), ("[OUT-OF-BAND USER", "Hermes 2026")];

/// Words that make the first line of a block one about files or settings, not about a message.
pub(crate) const NOT_QUEUED: &[&str] =
    &["file", "line", "selection", "selected", "opened", "image", "claude.md", "rules"];

/// Beginnings of a paragraph that a program writes behind the human's message in such a block, in lower case.
pub(crate) const QUEUED_TAILS: &[(&str, &str)] = &[
    ("please address this message", "OpenCode 1"),
    ("please address the", "2025"),
    ("please respond to", "2025"),
    ("please continue", "2025"),
    ("important:", "Claude Code 2"),
    ("after completing your current task", "Claude Code 2"),
    ("this is how claude code surfaces", "Claude Code 2"),
    ("address it and continue", "Maki 0.1"),
    ("address this message", "2025"),
    ("take this into account", "2025"),
    ("continue with your", "2025"),
    ("do not ignore", "2025"),
    ("note: the user's next message", "Claude Code 2"),
];

/// Words that a program writes behind the human's inside a wrapper; they and all behind them are left out.
pub(crate) const WRAPPED_TAILS: &[(&str, &str)] =
    &[("(See <attachments> above", "Copilot Chat 0.3"), ("(See <attachment> above", "Copilot Chat 0.3")];

/// Ends of an assistant's text that calls a tool, in text protocols.
pub(crate) const CALL_MARKS: &[(&str, &str)] = &[
    ("\naction:", "ReAct prompts"),
    ("\naction input:", "ReAct prompts, LangChain 0.3"),
    ("<tool_call>", "Hermes and Qwen templates, 2024"),
    ("<function=", "OpenHands 0.2"),
    ("<function_calls>", "Anthropic's guide, 2023"),
    ("<invoke ", "Anthropic's guide, 2023"),
    ("<execute_", "CodeAct, 2024"),
    ("[tool_calls]", "Mistral template, 2024"),
    ("<|tool", "2024"),
    ("<｜tool", "DeepSeek template, 2025"),
    ("```mswea_bash_command", "mini-swe-agent 1"),
    ("```tool", "Gemma template, 2025"),
    ("<use_mcp_tool>", "Cline 3"),
    ("<read_file>", "Cline 3"),
    ("<write_to_file>", "Cline 3"),
    ("<execute_command>", "Cline 3"),
    ("<search_files>", "Cline 3"),
    ("<list_files>", "Cline 3"),
    ("<replace_in_file>", "Cline 3"),
    ("<apply_diff>", "Roo Code 3"),
    ("<ask_followup_question>", "Cline 3"),
    ("\n<code>\n", "smolagents 1"),
    ("<tool_use>", "Cherry Studio 1"),
    ("✿function✿", "Qwen-Agent 0.0.2"),
];

/// Marks of a call in an assistant's text that may also be an answer: code, edits, tokens of templates.
pub(crate) const MAY_CALL: &[(&str, &str)] = &[
    ("```", "AutoGen 0.4, smolagents 1, Open Interpreter 0.4"),
    ("<<<<<<< search", "Aider 0.8"),
    ("*** begin patch", "Codex 0.9"),
    ("--- a/", "2025"),
    ("<|", "2024"),
    ("action: ", "2025"),
    ("\ncommand: ", "2025"),
    ("\ntool: ", "2025"),
    ("$ ", "2025"),
];

/// Elements of HTML that stand in answers, and of thinking.
pub(crate) const HTML: &str = "a abbr b big blockquote body br button caption center cite code dd del details div dl dt em \
    figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i img input ins kbd label li link main mark math nav ol \
    p path pre q s samp script section select small span strong style sub summary sup svg table tbody td textarea tfoot th thead \
    title tr u ul var video think thinking thought reasoning";

/// First words of a human's ask.
pub(crate) const ASK_STARTS: &str = "please can could would will should i i'd i'm i've we we'd let's lets now also add \
    remove rename write rewrite make change create update use implement refactor explain give show translate summarize summarise \
    list what what's how why where when which who whose is are does do did was were has have fix prove compute find solve convert \
    generate move delete replace test check describe tell help thanks thank great nice perfect cool ok okay yes no and but so \
    hi hello hey draw compare suggest name define calculate derive show design build extend improve optimize optimise debug";
