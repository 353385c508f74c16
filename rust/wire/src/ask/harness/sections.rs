//! Marked sections, templates and envelopes around the human's words, where they are no tags.

/// A line that introduces the human's words, and the text that ends them; empty if nothing does. Lines are patterns, compared
/// without their marks (`#`, `-`, `=`, `*`) and without regard to case.
pub(crate) const WORD_HEADS: &[(&str, &str, &str)] = &[
    ("my request for *:", "", "Codex IDE extension 0.5"),
    ("my request:", "", "2026"),
    ("my question is:", "\n## reference materials:", "Cherry Studio 1"),
    ("user message begin", "--- user message end ---", "Amazon Q CLI 1, Kiro CLI 1"),
    ("user input begin", "--- user input end ---", "2026"),
    ("user query begin", "--- user query end ---", "2026"),
    ("user request begin", "--- user request end ---", "2026"),
    ("user's question:", "\n# ", "2025"),
    ("user question", "", "GraphRAG 1"),
    ("the user's message is:", "", "DeepSeek 2025"),
    ("用户消息为：", "", "DeepSeek 2025"),
    ("我的问题是：", "\n## 参考资料", "Cherry Studio 1"),
];

/// A section that a program adds: the pattern of its first line, and the text that ends it. Compared as [`WORD_HEADS`]. A
/// section "X begin" ends with "X end", without a row.
pub(crate) const SECTIONS: &[(&str, &str, &str)] = &[
    ("content from referenced files", "--- end of content ---", "Gemini CLI 0.2"),
    ("content from *", "--- end of content *", "Gemini CLI 0.2"),
    ("<!-- system context*", "<!-- end system context -->", "LobeChat 1"),
    ("system context *", "<!-- end system context -->", "LobeChat 1"),
];

/// First lines of a paragraph that a program puts before the human's words; alone, if the line ends in a bracket. Patterns in
/// lower case.
pub(crate) const LEADS: &[(&str, &str)] = &[
    ("system: [*", "OpenClaw 2026"),
    ("system (untrusted): *", "OpenClaw 2026"),
    ("[system note: *", "Hermes 2026"),
    ("[system reminder: *", "2026"),
    ("[system: *", "Hermes 2026"),
    ("[system] *", "2026"),
    ("[model: *]", "bolt.diy 0.0.5"),
    ("[provider: *]", "bolt.diy 0.0.5"),
    ("[replying to *]", "Telegram bots, 2026"),
    ("[token usage: *", "2026"),
    ("* hook additional context: *", "Claude Code 2"),
    ("[request interrupted by user*]", "Claude Code 2"),
    ("[queued user message*]", "OpenClaw 2026"),
    ("[queued messages while *]", "OpenClaw 2026"),
    ("[user steering message]", "2026"),
];

/// A program's line in the midst of a message, the texts one of which ends the block below it, if there is one, and its source.
pub(crate) type LineSection = (&'static str, &'static [&'static str], &'static str);

/// Such lines. Patterns in lower case.
pub(crate) const LINE_SECTIONS: &[LineSection] = &[
    ("called the * tool with the following input:*", &["</content>", "</file>", "</entries>"], "OpenCode 1"),
    ("reading mcp resource: *", &["</content>"], "OpenCode 1"),
];

/// A line behind the human's words from which on a program writes. A pattern in lower case.
pub(crate) const WORD_TAILS: &[(&str, &str)] = &[
    ("# *search/replace block* rules:*", "Aider 0.8"),
    ("# task_progress *", "Cline 3"),
    ("# todo list *", "Cline 3"),
    ("# file editing rules:*", "Aider 0.8"),
    ("to suggest changes to a file you must *", "Aider 0.8"),
    ("(sent from my *", "mail"),
    ("sent from my *", "mail"),
    ("[sent from *", "mail"),
    ("[message_id: *", "OpenClaw 2026"),
];

/// A line above a fenced block of a program's data.
pub(crate) const FENCED_HEADS: &[(&str, &str)] = &[
    ("*(untrusted *):", "OpenClaw 2026"),
    ("here is the user's editor context*", "Gemini CLI 0.2"),
    ("here is a summary of changes in the user's editor context*", "Gemini CLI 0.2"),
    ("attached document(s):", "LibreChat 0.8"),
    ("codebase context from file *:", "Cody 1"),
    ("# attached files", "Amp 2025"),
];

/// Names of the fields of a mail's head, in lower case, each behind a colon. Two of them begin a mail.
pub(crate) const MAIL_FIELDS: &[&str] = &[
    "from",
    "to",
    "cc",
    "bcc",
    "date",
    "sent",
    "subject",
    "reply-to",
    "message-id",
    "von",
    "an",
    "datum",
    "gesendet",
    "betreff",
    "de",
    "à",
    "objet",
    "envoyé",
    "para",
    "asunto",
    "fecha",
    "enviado",
    "da",
    "a",
    "oggetto",
    "data",
    "assunto",
    "aan",
    "onderwerp",
];

/// A message that is a template round the human's words: its beginning, the text behind which they stand (the last of it), and
/// the text that ends them; empty if nothing does. In lower case.
pub(crate) const TEMPLATES: &[(&str, &str, &str, &str)] = &[
    ("use the following context as your learned knowledge", "language of the user's question.", "", "Dify 1"),
    ("### task:\nrespond to the user query using the provided context", "</context>", "", "Open WebUI 0.6"),
    ("### task:\nrespond to the user query", "</context>", "", "Open WebUI 0.6"),
    ("tools\n------\nassistant can ask the user", "and nothing else):", "", "LangChain 0.3"),
    ("[file name]:", "[file content end]", "", "DeepSeek 2025"),
    ("[[ ## ", "## ]]\n", "\n\nrespond with the corresponding output fields", "DSPy 2"),
    ("使用 <data></data> 标记中的内容", "问题:\"\"\"", "\"\"\"", "FastGPT 4"),
    ("【指令】根据已知信息", "【问题】", "", "Langchain-Chatchat 0.2"),
    ("use the below articles", "\nquestion:", "", "OpenAI's cookbook, 2023"),
    ("<|im_start|>", "<|im_start|>user\n", "<|im_end|>", "ChatML, 2023"),
    ("<|begin_of_text|>", "<|start_header_id|>user<|end_header_id|>", "<|eot_id|>", "Llama 3 template, 2024"),
    ("<start_of_turn>", "<start_of_turn>user\n", "<end_of_turn>", "Gemma template, 2024"),
    ("<s>[inst] <<sys>>", "<</sys>>", "[/inst]", "Llama 2 template, 2023"),
    ("<s>[inst]", "[inst]", "[/inst]", "Llama 2 and Mistral templates, 2023"),
    ("[inst] <<sys>>", "<</sys>>", "[/inst]", "Llama 2 template, 2023"),
    ("[inst]", "[inst]", "[/inst]", "Llama 2 and Mistral templates, 2023"),
];

/// Labels at the beginning of a line before the human's question, in templates that end in one of [`ANSWER_LABELS`].
pub(crate) const QUESTION_LABELS: &[&str] = &[
    "question:",
    "query:",
    "user question:",
    "user query:",
    "user's question:",
    "the question:",
    "input:",
    "human:",
    "user:",
    "current task:",
    "### instruction:",
    "q:",
    "frage:",
    "question :",
    "pregunta:",
    "pergunta:",
    "domanda:",
    "vraag:",
    "Вопрос:",
    "вопрос:",
    "質問:",
    "質問：",
    "질문:",
    "问题：",
    "问题:",
];

/// Labels that end such a question.
pub(crate) const QUESTION_ENDS: &[&str] = &[
    "context:",
    "answer:",
    "helpful answer:",
    "response:",
    "assistant:",
    "documents:",
    "sources:",
    "thought:",
    "this is the expected criteria",
    "### response:",
    "kontext:",
    "contexte :",
    "contexto:",
    "Контекст:",
    "コンテキスト:",
    "回答：",
    "答案：",
];

/// Last lines of such templates.
pub(crate) const ANSWER_LABELS: &[&str] = &[
    "answer:",
    "helpful answer:",
    "final answer:",
    "your answer:",
    "response:",
    "the answer:",
    "assistant:",
    "thought:",
    "### response:",
    "a:",
    "antwort:",
    "réponse :",
    "réponse:",
    "respuesta:",
    "resposta:",
    "risposta:",
    "antwoord:",
    "Ответ:",
    "ответ:",
    "回答：",
    "答案：",
    "回答:",
    "答え:",
    "답변:",
];

/// Beginnings of sentences that only instruct the model how to answer, in lower case.
pub(crate) const META_STARTS: &[(&str, &str)] = &[
    ("you are ", "2023"),
    ("you're ", "2023"),
    ("you must ", "2023"),
    ("your task is to answer", "2023"),
    ("your role ", "2023"),
    ("your job ", "2023"),
    ("answer in ", "2023"),
    ("answer what ", "2023"),
    ("answer the user", "2023"),
    ("answer the question", "2023"),
    ("answer briefly", "2023"),
    ("reply ", "2023"),
    ("respond ", "2023"),
    ("please respond ", "2023"),
    ("please reply ", "2023"),
    ("please answer in ", "2023"),
    ("always ", "2023"),
    ("never ", "2023"),
    ("be brief", "2023"),
    ("be concise", "2023"),
    ("be kind", "2023"),
    ("keep it ", "2023"),
    ("keep your ", "2023"),
    ("use the following ", "2023"),
    ("use the context ", "2023"),
    ("use the below ", "2023"),
    ("the user's ", "2023"),
    ("the following ", "2023"),
    ("the context ", "2023"),
    ("here are ", "2023"),
    ("here is ", "2023"),
    ("if the answer ", "2023"),
    ("if you don't know", "2023"),
    ("generate a response ", "2023"),
    ("reminder", "2023"),
    ("relevant memories", "2024"),
    ("sent from ", "mail"),
    ("antworte ", "2024"),
    ("beantworte die frage", "2024"),
    ("répondez ", "2024"),
    ("réponds ", "2024"),
    ("responde ", "2024"),
    ("请用", "2024"),
];

/// Channels that chat bots name in brackets before the human's words.
pub(crate) const CHANNELS: &[&str] = &[
    "discord",
    "telegram",
    "whatsapp",
    "slack",
    "signal",
    "imessage",
    "bluebubbles",
    "webchat",
    "msteams",
    "teams",
    "matrix",
    "line",
    "feishu",
    "lark",
    "zalo",
    "google chat",
    "googlechat",
    "mattermost",
    "nostr",
    "irc",
    "wechat",
    "sms",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
];

/// Headings above a program's block, and the most lines from there to the block.
pub(crate) const BLOCK_HEADINGS: &[(&str, usize, &str)] = &[
    ("# AGENTS.md", 1, "Codex 0.4"),
    ("## Included Rules", 3, "Kiro 0.2"),
    ("The following is an", 1, "Antigravity 1"),
];
