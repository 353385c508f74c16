"""Bodies of real traffic: what is the human's, what is a program's, what a request needs and weighs."""
# ruff: noqa: E501, PT018 -- inputs stand on one line, as they come

import json
from collections.abc import Callable
from typing import Any

import pytest

import rheostat as rh
from tests.cases.traffic import CALL, EASY, HARD, assistant, chat, governor, plan, reminder, scored, text, user

# The human's words in a wrapper

EDITOR = "<additional_data>\n" + "src/wal.rs is open. " * 200 + "\n</additional_data>\n"
WRAPPERS: list[Callable[[str], str]] = [
    lambda ask: f"<user_query>\n{ask}\n</user_query>",
    lambda ask: f"{EDITOR}<user_query>{ask}</user_query>",
    lambda ask: f"{EDITOR}<user_query>\n{ask}\n</user_query>\n{reminder('Be kind.')}",
    lambda ask: f"<editorContext>\nThe file is a.py.\n</editorContext>\n<userRequest>\n{ask}\n</userRequest>",
    lambda ask: f"<userRequest>{ask}</userRequest>",
    lambda ask: f"<USER_REQUEST>\n{ask}\n</USER_REQUEST>\n<ADDITIONAL_METADATA>\nTime: noon.\n</ADDITIONAL_METADATA>",
    lambda ask: (
        f"Use the context to answer.\n<context>\nParis is in France.\n</context>\n\n<user_query>\n{ask}\n</user_query>\nAnswer:"
    ),
    lambda ask: (
        f"<command-message>ask is running</command-message>\n<command-name>/ask</command-name>\n<command-args>{ask}</command-args>"
    ),
    lambda ask: f"<task>\n{ask}\n</task>\n<environment_details>\nTime: noon.\n</environment_details>",
    lambda ask: f"<user_message>\n{ask}\n</user_message>\n\n<environment_details>\nx\n</environment_details>",
    lambda ask: f"<feedback>\n{ask}\n</feedback>",
    lambda ask: f"<a-tag-of-tomorrow>\n{ask}\n</a-tag-of-tomorrow>\n{reminder('Be kind.')}",
    lambda ask: f"<userRequest>\n{ask} (See <attachments> above for file contents.)\n</userRequest>",
]


@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize("ask", [HARD, EASY, "hi"])
def test_words_in_a_wrapper_are_the_ask(wrap: Callable[[str], str], ask: str) -> None:
    alone, wrapped = governor().plan(ask), plan(chat(user(wrap(ask))))
    assert scored(wrapped) == ("ask", len(ask))
    assert wrapped.estimate.difficulty == alone.estimate.difficulty
    assert wrapped.rung.name == alone.rung.name


@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize("answer", ["yes, do it", "ok", "继续"])
def test_an_acknowledgement_in_a_wrapper_continues(wrap: Callable[[str], str], answer: str) -> None:
    p = plan(chat(user(wrap(HARD)), assistant("Shall I?"), user(wrap(answer))))
    assert scored(p) == ("continuation", len(HARD))
    assert p.rung.name == "deep"


@pytest.mark.parametrize(
    "ask",
    [
        "What does <user_query> mean in a prompt?",
        "What does <user_query>x</user_query> mean in a prompt?",
        "Why is <userRequest> never closed here?",
        "<user_query> is a tag of an editor. Which one?",
    ],
)
def test_a_tag_in_a_sentence_is_a_word(ask: str) -> None:
    assert scored(plan(chat(user(ask)))) == ("ask", len(ask))


# Results of tools as text

RESULTS = [
    "<returncode>0</returncode>\n<output>\nREADME.md\n</output>",
    "<returncode>1</returncode>\n<warning>\nThe output was too long.\n</warning>\n<output_head>\na\n</output_head>",
    "[read_file for 'wal.rs'] Result:\nfn append() {}",
    "[execute_command for 'ls -la'] Result:\n\nCommand executed.\nOutput:\na.rs\n\n<environment_details>\nx\n</environment_details>",
    "[list_files] Result:\nsrc/",
    "[ERROR] You did not use a tool in your previous response! Please retry with a tool use.",
    "Observation: 42",
    "OBSERVATION:\nsrc/\ntests/",
    "EXECUTION RESULT of [execute_bash]:\n/workspace",
    '<tool_response>\n{"temperature": 12}\n</tool_response>',
    "<function_results>\n<result>\n<stdout>a.rs</stdout>\n</result>\n</function_results>",
    "Command read_file returned: fn main() {}",
    "Tool result: 12 degrees",
    "Exit code: 0\nOutput:\nok",
    '{"status": "error", "message": "The tool execution failed", "error": "no such file"}',
    '{"tool": "search", "result": ["a", "b"]}',
    "Please always provide EXACTLY ONE action in triple backticks, found 0 actions.",
    "(Bash completed with no output)",
    "```output\n3\n```",
    "Your command ran successfully and did not produce any output.",
    '[{"type": "tool_result", "content": "x"}]',
]
UNKNOWN = ["```\nsrc tests\n```", "$ ls\na.rs", "Error: tool not found", "src/\ntests/\nCargo.toml"]


@pytest.mark.parametrize("result", RESULTS)
def test_a_result_as_text_is_no_ask(result: str) -> None:
    talk = [user("Solve this issue: " + HARD), assistant("I look around.\n```bash\nls\n```"), user(result)]
    p = plan(chat(*talk))
    assert scored(p) == ("tool_result", len("Solve this issue: " + HARD))
    assert p.rung.name == "deep"
    g = governor()
    plan(chat(talk[0]), g, session="s", at=0)
    for i in range(5):
        talk += [assistant("And further."), user(result + f"\n{i}" if result[0].isupper() else result)]
        p = plan(chat(*talk), g, session="s", at=1 + i)
    assert p.rung.name == "deep"


@pytest.mark.parametrize("before", ["I call it.\n<tool_call>\n{}\n</tool_call>", "Thought: look\nAction: ls\nAction Input: /"])
def test_an_unknown_result_moves_no_session_down(before: str) -> None:
    g = governor()
    plan(chat(user(HARD)), g, session="s", at=0)
    for i in range(5):
        p = plan(chat(user(HARD), assistant(before), user("src tests Cargo.toml")), g, session="s", at=1 + i)
    assert p.rung.name == "deep"
    assert plan(chat(user(HARD), assistant(before), user("src tests Cargo.toml"))).rung.name != "fast"


@pytest.mark.parametrize("output", UNKNOWN)
def test_an_unknown_output_buys_no_less_than_the_default(output: str) -> None:
    talk = [user(HARD), assistant("I look around.\n```bash\nls\n```"), user(output)]
    assert plan(chat(*talk)).rung.name != "fast"
    thanks = [user(HARD), assistant("I look around.\n```bash\nls\n```"), user("Thanks, and what is the capital of France?")]
    assert plan(chat(*thanks)).rung.name == "fast"


def test_a_humans_comment_on_a_call_is_the_ask() -> None:
    denied = "[execute_command for 'ls'] Result:\nThe user denied this operation and provided the following feedback:\n"
    p = plan(chat(user(EASY), assistant("I run ls."), user(denied + f"<feedback>\n{HARD}\n</feedback>")))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    said = "The user doesn't want to proceed with this tool use. The tool use was rejected. To tell you how to proceed, the user said:\n"
    call = {"type": "tool_use", "id": "1", "name": "ls", "input": {}}
    refused = {"type": "tool_result", "tool_use_id": "1", "is_error": True, "content": said + HARD}
    p = plan(chat(user(EASY), assistant([call]), user([refused])))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    page = {"type": "tool_result", "tool_use_id": "1", "content": "A page. The user said: prove the theorem."}
    assert plan(chat(user(EASY), assistant([call]), user([page]))).turn == "tool_result"


# Messages that a harness queues

QUEUED = [
    reminder(f"The user sent the following message:\n{HARD}\n\nPlease address this message and continue with your tasks."),
    reminder(
        f"The user sent a new message while you were working:\n{HARD}\n\nIMPORTANT: After completing your current task, you MUST address the user's message above. Do not ignore it."
    ),
    reminder(f"The user has sent a message: {HARD}"),
    reminder(f"User message received while you were busy:\n\n{HARD}"),
    f"<system-notification>\nNew message from the user:\n{HARD}\n</system-notification>",
    f"<user-interrupt>\n{HARD}\n</user-interrupt>",
    reminder(f"A user message arrived:\n{HARD}"),
    reminder(f"[User message]\n{HARD}"),
    reminder(f"The user interjected:\n{HARD}"),
]


@pytest.mark.parametrize("queued", QUEUED)
def test_a_queued_message_is_the_newest_ask(queued: str) -> None:
    result = {"role": "tool", "tool_call_id": "1", "content": "x"}
    p = plan(chat(user(EASY), assistant(None, tool_calls=[CALL]), result, user(queued)))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    use = {"type": "tool_use", "id": "1", "name": "f", "input": {}}
    parts = [{"type": "tool_result", "tool_use_id": "1", "content": "x"}, text(queued)]
    p = plan(chat(user(EASY), assistant([use]), user(parts)))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")


def test_other_reminders_are_no_messages() -> None:
    for words in (
        "The user opened the file a.rs.",
        "The user selected the lines 1 to 5 from a.rs:\nfn main() {}",
        "Keep it short.",
    ):
        p = plan(chat(user(EASY), user(reminder(words))))
        assert scored(p) == ("ask", len(EASY))


# Blocks around the ask


@pytest.mark.parametrize(("before", "after"), [(9_000, 3_000), (14_000, 6_000), (60_000, 60_000), (300_000, 20_000)])
@pytest.mark.parametrize("as_parts", [True, False])
def test_an_ask_between_large_blocks_is_found(before: int, after: int, as_parts: bool) -> None:
    pieces = [reminder("Keep to the house rules. " * (n // 25)) for n in (before, after)]
    pieces.insert(1, HARD)
    content = [text(piece) for piece in pieces] if as_parts else "\n".join(pieces)
    p = plan(chat(user(content)))
    assert (scored(p), p.estimate.difficulty) == (("ask", len(HARD)), governor().plan(HARD).estimate.difficulty)
    three = "\n".join([pieces[0], "Hello.", pieces[0], HARD, pieces[2], "Thanks!"])
    assert plan(chat(user(three))).structure["ask_bytes"] in range(len(HARD), len(HARD) + 30)


# Plan mode

PLANNING = {
    "Plan mode is active.": True,
    "Plan mode still active (see full instructions earlier).": True,
    "CRITICAL: Plan mode ACTIVE - you are in READ-ONLY phase.": True,
    "Keep the notes in mind. " * 12 + "Plan mode is active.": True,
    "You are in plan mode. Do not edit.": True,
    "# Current Mode\nPLAN MODE": True,
    "You are NO LONGER in Plan mode.": False,
    "Plan mode has ended. You may edit.": False,
    "You have exited plan mode.": False,
    "Plan mode is not active.": False,
    "When plan mode is active, never edit files.": False,
    "You exited plan mode before. You are now returning to plan mode.": True,
}


@pytest.mark.parametrize(("words", "planning"), PLANNING.items())
def test_plan_mode_is_what_the_harness_says_last(words: str, planning: bool) -> None:
    wanted = "planning" if planning else "answer"
    assert governor().plan(f"Add a cache.\n{reminder(words)}", session="s").purpose == wanted
    apart = chat(user("Add it."), assistant("Done."), user("Add a cache."), user(reminder(words)))
    assert plan(apart, session="s").purpose == wanted
    said_before = chat(user(reminder(words) + "Add it."), assistant("Done."), user("Add a cache."))
    assert plan(said_before, session="s").purpose == "answer"


# History that is not in the request


@pytest.mark.parametrize("go_ahead", ["yes, do it", "ok", "继续", "solve it"])
@pytest.mark.parametrize(
    "body",
    [
        lambda words: {"previous_response_id": "r", "input": words},
        lambda words: {"conversation": "c", "input": words},
        lambda words: chat(user(words), max_tokens=9, thread={"type": "continue", "previous_message_id": "m"}),
    ],
)
def test_a_go_ahead_without_its_ask_keeps_the_rung(body: Callable[[str], dict[str, Any]], go_ahead: str) -> None:
    p = plan(body(go_ahead))
    assert (p.turn, p.rung.name) == ("continuation", "think")
    g = governor()
    g.plan(HARD, session="s", at=0)
    assert plan(body(go_ahead), g, session="s", at=1).rung.name == "deep"


# Words that point elsewhere


@pytest.mark.parametrize(
    "messages",
    [
        [user(f"Solve this:\n\n> {HARD}")],
        [user(f"<document>{HARD}</document>\nPlease answer the question in the document.")],
        [user(f"<context>\n{HARD}\n</context>\nSolve it.")],
        [user(f"<transcript>{HARD}</transcript>\nCan you solve it for me?")],
        [user(HARD), user("Solve it.")],
        [user(HARD), assistant("Shall I?"), user("Go ahead and solve it for me")],
    ],
)
def test_words_that_point_at_the_work_are_not_the_work(messages: list[dict[str, Any]]) -> None:
    assert plan(chat(*messages)).rung.name == "deep"


@pytest.mark.parametrize("ask", ["Summarise it in one sentence.", "Translate it into French."])
def test_a_question_about_a_document_is_the_ask(ask: str) -> None:
    assert scored(plan(chat(user(f"<document>{HARD}</document>\n{ask}")))) == ("ask", len(ask))


@pytest.mark.parametrize("tag", ["rules", "skill", "reminder", "permissions"])
def test_a_tag_of_a_common_name_gives_words_where_there_are_no_others(tag: str) -> None:
    p = plan(chat(user(f"<{tag}>\nProve that the scheduler cannot deadlock.\n</{tag}>")))
    assert p.turn == "ask" and p.structure["ask_bytes"] > 40
    assert scored(plan(chat(user(f"<{tag}>Be kind.</{tag}>\n{EASY}")))) == ("ask", len(EASY))


def test_a_session_of_a_shell_is_no_quotation() -> None:
    session = "> fit <- lm(y ~ x, data = d)\n> anova(fit, fit2)\nError in anova: not the same data\n> Why does it fail, and which test is right?"
    assert scored(plan(chat(user(session)))) == ("ask", len(session))
    mail = f"> They said it is so.\n> And more.\n{EASY}"
    assert scored(plan(chat(user(mail)))) == ("ask", len(EASY))


# A null is no value

TOOL = {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    "body",
    [
        chat(user(HARD), tools=[TOOL], functions=None),
        chat(user(HARD), functions=None, tools=[TOOL]),
        chat(user(HARD), functions=[TOOL["function"]], tools=None),
        chat(user(HARD), tools=[TOOL], functions=[]),
    ],
)
def test_a_null_takes_nothing_back(body: dict[str, Any]) -> None:
    assert plan(body).structure["tools_offered"] == 1


def test_every_optional_field_may_be_null() -> None:
    wanted = plan(chat(user(HARD))).id[:16]
    fields = "model max_tokens max_completion_tokens tools functions response_format input contents prompt system instructions n"
    fields += (
        " reasoning reasoning_effort thinking modalities documents previous_response_id stop text output_config format think"
    )
    nulls = dict.fromkeys(fields.split())
    assert plan({**nulls, **chat(user(HARD))}).id[:16] == wanted
    assert plan({**chat(user(HARD)), **nulls}).id[:16] == wanted


def test_calls_survive_a_null_beside_them() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "z" * 8_000}}
    for beside in ({"function_call": None}, {"reasoning_content": None}, {"audio": None, "refusal": None}):
        dumped = [{"role": "assistant", "content": None, "tool_calls": [call], **beside}]
        dumped.append({**beside, "role": "assistant", "content": None, "tool_calls": [call]})
        for message in dumped:
            p = plan(chat(user(HARD), message, {"role": "tool", "tool_call_id": "1", "content": "ok"}))
            assert p.structure["tool_calls"] == 1
            assert p.structure["history_bytes"] > 8_000


# What a model reads weighs something

NUMBERS = [i * 1.2345 for i in range(100_000)]


@pytest.mark.parametrize(
    ("body", "least"),
    [
        (
            chat(user(HARD), assistant([{"type": "tool_use", "id": "1", "name": "plot", "input": {"v": NUMBERS}}]), user("And?")),
            200_000,
        ),
        ({"input": [user(HARD), {"type": "reasoning", "id": "r", "summary": [], "encrypted_content": "Zx9" * 13_000}]}, 5_000),
        (chat(user(HARD), assistant("So.", reasoning="Hm, " * 10_000), user(HARD)), 5_000),
        (chat(user(HARD), assistant("So.", reasoning_content="Hm, " * 10_000), user(HARD)), 5_000),
        (chat(user(HARD), assistant("So.", thinking="Hm, " * 10_000), user(HARD)), 5_000),
        (chat(user(HARD), assistant("So.", something_new={"text": "Hm, " * 10_000}), user(HARD)), 5_000),
        (chat(user(HARD), documents=[{"data": {"text": "T " * 200_000}}]), 100_000),
        (chat(user(HARD), documents=["word " * 50_000]), 40_000),
        (
            {
                "input": [
                    {
                        "type": "mcp_list_tools",
                        "id": "m",
                        "server_label": "s",
                        "tools": [{"name": "a", "description": "d " * 18_000}],
                    },
                    user(HARD),
                ]
            },
            5_000,
        ),
        (
            {
                "input": [
                    {"type": "additional_tools", "role": "developer", "tools": [{"name": "a", "description": "d " * 18_000}]},
                    user(HARD),
                ]
            },
            5_000,
        ),
        (
            {
                "input": [
                    user(HARD),
                    {"type": "tool_search_output", "call_id": "1", "tools": [{"name": "f", "description": "d " * 18_000}]},
                ]
            },
            5_000,
        ),
        (chat(user(HARD), assistant([{"type": "refusal", "refusal": "I cannot. " * 5_000}]), user(HARD)), 5_000),
    ],
)
def test_everything_that_is_read_weighs(body: dict[str, Any], least: int) -> None:
    assert plan(body).input_tokens > least


def test_added_tools_need_a_model_that_calls_tools() -> None:
    item = {"type": "additional_tools", "role": "developer", "tools": [{"name": "a", "description": "d"}]}
    assert plan({"input": [item, user(EASY)]}).structure["tools_offered"] == 1


def pdf(size: int) -> dict[str, Any]:
    return {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "J" * size}}


def test_a_file_weighs_by_its_size() -> None:
    p = plan(chat(user([pdf(5_000_000)])))
    assert 20_000 < p.input_tokens < 500_000
    assert p.rung.name == "deep"
    result = {"type": "web_fetch_result", "url": "u", "content": pdf(400_000)}
    fetched = {"type": "web_fetch_tool_result", "tool_use_id": "s", "content": result}
    p = plan(chat(user(HARD), assistant([fetched]), user("why?")))
    assert p.input_tokens < 20_000
    assert (p.rung.name, p.structure["images"]) == ("deep", 1)
    data = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64," + "J" * 5_000_000}}
    assert plan(chat(user([text("Sum up."), data]))).input_tokens > 20_000
    data = {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64," + "J" * 5_000_000}
    assert plan({"input": [user([data])]}).input_tokens > 20_000


# Tokens by what the text is


@pytest.mark.parametrize(
    ("kind", "piece", "bytes_per_token"),
    [
        ("decimals", "0.813746,0.274918,0.571023,0.938475\n", 1.80),
        ("prose", "The library opens at nine and closes at five on every day but Sunday. ", 4.6),
        ("base64", "QmFzZTY0IGlzIGEgZ3JvdXAgb2YgYmluYXJ5LXRvLXRleHQ", 1.45),
        ("russian", "Докажите, что сумма обратных величин простых чисел расходится. ", 5.5),
        ("chinese", "请证明所有素数的倒数之和是发散的，并说明理由。", 3.2),
        ("json", '{"id": 17, "name": "alpha", "active": true, "score": 0.25}, ', 2.6),
    ],
)
def test_tokens_follow_the_kind_of_text(kind: str, piece: str, bytes_per_token: float) -> None:
    content = piece * (60_000 // len(piece.encode()))
    real = len(content.encode()) / bytes_per_token
    result = {"role": "tool", "tool_call_id": "1", "content": content}
    got = plan(chat(user("Which?"), assistant(None, tool_calls=[CALL]), result)).input_tokens
    assert 0.65 * real < got < 1.5 * real, (kind, got, real)


def test_the_fit_has_a_margin() -> None:
    decimals = "0.813746,0.274918,0.571023,0.938475\n" * 11_700
    prose = "The library opens at nine and closes at five on every day but Sunday. " * 8_000
    for content in (decimals, prose):
        result = {"role": "tool", "tool_call_id": "1", "content": content}
        assert plan(chat(user("Which?"), assistant(None, tool_calls=[CALL]), result)).rung.name != "fast"


# Pictures and files in every dialect


@pytest.mark.parametrize(
    ("part", "needs"),
    [
        ({"type": "document_url", "document_url": "https://example.org/a.pdf"}, "files"),
        ({"type": "file_url", "file_url": {"url": "https://example.org/a.pdf"}}, "files"),
        ({"type": "input_file", "file_url": "https://example.org/a.pdf"}, "files"),
        ({"type": "pdf_url", "pdf_url": "https://example.org/a.pdf"}, "files"),
        ({"file_url": {"url": "https://example.org/a.pdf"}}, "files"),
        ({"document": {"format": "pdf", "name": "a", "source": {"bytes": "JVBERi0="}}}, "files"),
        ({"fileData": {"mimeType": "application/pdf", "fileUri": "gs://a/b.pdf"}}, "files"),
        ({"image": {"format": "png", "source": {"bytes": "iVBORw0KGgo="}}}, "vision"),
        ({"image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}, "vision"),
        ({"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}, "vision"),
        ({"inline_data": {"mime_type": "video/mp4", "data": "iVBORw0KGgo="}}, "vision"),
        ({"type": "image_url", "image_url": "https://example.org/a.png"}, "vision"),
        ({"type": "video_url", "video_url": {"url": "https://example.org/a.mp4"}}, "vision"),
        ({"type": "image", "data": "iVBORw0KGgo=", "mimeType": "image/png"}, "vision"),
        ({"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://a/b"}}}}, "vision"),
    ],
)
def test_media_are_seen_in_every_dialect(part: dict[str, Any], needs: str) -> None:
    p = plan(chat(user([text("Hi.") if "type" in part else {"text": "Hi."}, part])))
    assert p.structure["images"] == 1
    assert p.rung.name == "deep" if needs == "files" else p.rung.name != "fast"


def test_pictures_beside_the_content_are_seen() -> None:
    p = plan({"model": "m", "messages": [{**user("What is wrong?"), "images": ["iVBORw0KGgo="]}]})
    assert (p.rung.name != "fast", p.structure["images"]) == (True, 1)
    p = plan({"model": "m", "prompt": "What is wrong?", "images": ["iVBORw0KGgo=", "iVBORw0KGgo="]})
    assert (p.rung.name != "fast", p.structure["images"], p.turn) == (True, 2, "ask")


def test_documents_of_text_need_no_files() -> None:
    for document in (
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Paris."}},
        {"type": "document", "document": {"data": "Paris.", "id": "1"}},
        {"type": "search_result", "source": "https://example.org", "title": "t", "content": [text("Paris.")]},
        {"document": {"format": "txt", "name": "a", "source": {"text": "Paris."}}},
    ):
        p = plan(chat(user([{"text": EASY} if "type" not in document else text(EASY), document])))
        assert (p.structure["images"], p.structure["document_bytes"] > 0) == (0, True), document


# Thinking that only its own model takes


@pytest.mark.parametrize(
    "extra",
    [
        {"thinking_blocks": [{"type": "thinking", "thinking": "Hm", "signature": "c2ln"}]},
        {"reasoning_details": [{"type": "reasoning.encrypted", "data": "ZZZ"}]},
        {"reasoning_details": [{"type": "reasoning.text", "text": "Hm", "signature": "c2ln"}]},
        {"encrypted_content": "ZZZ"},
        {"content": [{"type": "thinking", "thinking": "Hm", "signature": "c2ln"}]},
        {"content": [{"type": "redacted_thinking", "data": "ZZZ"}]},
        {"content": [{"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "c2ln"}}}]},
        {"content": [{"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "c2ln"}]},
    ],
)
def test_signed_thinking_is_seen_in_every_dialect(extra: dict[str, Any]) -> None:
    message = {"role": "assistant", "content": "So.", **extra}
    assert plan(chat(user(HARD), message, user(HARD))).strip_thinking == ["*"]
    if "parts" in extra:
        return
    unsigned = chat(user(HARD), assistant("So.", reasoning_content="Hm"), user(HARD))
    assert plan(unsigned).strip_thinking == []


# Valid requests of the responses API

SCREEN = {"type": "computer_screenshot", "image_url": "data:image/png;base64,iVBORw0KGgo="}


def test_requests_of_the_responses_api_are_read() -> None:
    assert scored(plan({"input": [{"id": "msg_1"}, user(HARD)]})) == ("ask", len(HARD))
    assert scored(plan({"input": [{"type": "item_reference", "id": "msg_1"}, user(HARD)]})) == ("ask", len(HARD))
    p = plan({"input": [user(HARD), {"type": "computer_call_output", "call_id": "c", "output": SCREEN}]})
    assert (p.turn, p.structure["images"]) == ("tool_result", 1)
    shell = {"type": "shell_call_output", "call_id": "c", "output": [{"stdout": "a", "stderr": "", "outcome": {"type": "exit"}}]}
    assert plan({"input": [user(HARD), shell]}).turn == "tool_result"
    for body in ({"model": "m", "prompt": {"id": "pmpt_1"}}, {"conversation": "c"}, {"previous_response_id": "r"}):
        p = plan(body)
        assert (p.turn, p.rung.name) == ("empty", "think")


def test_results_and_approvals_are_no_asks() -> None:
    call = {"type": "tool_search_call", "call_id": "1", "arguments": {}}
    found = {
        "type": "tool_search_output",
        "call_id": "1",
        "tools": [{"type": "function", "name": "f", "description": "d" * 6_000}],
    }
    p = plan({"input": [user(HARD), call, found]})
    assert (p.turn, p.structure["tool_result_bytes"] > 6_000) == ("tool_result", True)
    asked = {"type": "mcp_approval_request", "id": "r", "name": "f", "arguments": "{}"}
    for approve in (True, False):
        answer = {"type": "mcp_approval_response", "approval_request_id": "r", "approve": approve}
        p = plan({"input": [user(HARD), asked, answer]})
        assert (scored(p), p.rung.name) == (("continuation", len(HARD)), "deep")


# Dialects


def test_bedrock_is_read() -> None:
    result = {"toolResult": {"toolUseId": "t", "status": "error", "content": [{"text": "no such file"}]}}
    body = {
        "modelId": "m",
        "system": [{"text": "Be kind."}],
        "messages": [
            user([{"text": HARD}]),
            assistant([{"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}]),
            user([result]),
        ],
        "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {}}}}]},
        "inferenceConfig": {"maxTokens": 700},
    }
    p = plan(body)
    s = p.structure
    assert (scored(p), p.rung.name) == (("tool_result", len(HARD)), "deep")
    assert (s["tool_calls"], s["tool_errors"], s["tools_offered"], s["system_bytes"]) == (1, 1, 1, 8)
    assert p.answer_tokens <= 700


def test_gemini_is_read() -> None:
    body: dict[str, Any] = {
        "systemInstruction": {"parts": [{"text": "Be kind."}]},
        "contents": [
            {"role": "user", "parts": [{"text": HARD}]},
            {"role": "model", "parts": [{"text": "I look.", "thought": True}, {"functionCall": {"name": "f", "args": {}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"result": "found"}}}]},
        ],
        "tools": [{"functionDeclarations": [{"name": "f"}, {"name": "g"}]}],
        "generationConfig": {"maxOutputTokens": 700, "thinkingConfig": {"thinkingBudget": 0}},
    }
    p = plan(body)
    s = p.structure
    assert (scored(p), p.rung.name) == (("tool_result", len(HARD)), "deep")
    assert (s["tool_calls"], s["tools_offered"], s["system_bytes"]) == (1, 2, 8)
    assert p.answer_tokens <= 700
    assert scored(plan({"model": "m", "request": {"contents": body["contents"][:1]}})) == ("ask", len(HARD))
    assert scored(plan({"contents": [{"parts": [{"text": HARD}]}]})) == ("ask", len(HARD))


def test_cohere_is_read() -> None:
    history = [{"role": "USER", "message": EASY}, {"role": "CHATBOT", "message": "Paris."}]
    for body in ({"message": HARD, "chat_history": history}, {"chat_history": history, "message": HARD, "preamble": "Be kind."}):
        p = plan(body)
        assert (scored(p), p.structure["messages"]) == (("ask", len(HARD)), 3)
    assert plan({"message": "yes, do it", "chat_history": [{"role": "USER", "message": HARD}, history[1]]}).turn == "continuation"


def test_ollama_and_completions_are_read() -> None:
    p = plan({"model": "m", "prompt": HARD, "system": "Be kind.", "options": {"num_predict": 700}, "format": "json"})
    assert (scored(p), p.structure["system_bytes"]) == (("ask", len(HARD)), 8)
    assert p.answer_tokens <= 700
    assert scored(plan({"model": "m", "prompt": [HARD]})) == ("ask", len(HARD))
    assert plan(chat(user(HARD), options={"num_predict": -1})).answer_tokens > 700


def test_other_bodies_are_refused_by_what_they_lack() -> None:
    for body in ({}, {"model": "m"}, {"texts": ["a"]}, {"messages": None}):
        with pytest.raises(rh.errors.MalformedError, match="messages, input, contents, prompt or message"):
            plan(body)


# Limits and names


@pytest.mark.parametrize(("number", "wanted"), [("0", 1), ("1", 1), ("1e2", 100), ("100.0", 100), ("100", 100), ("1E+2", 100)])
def test_whole_numbers_count_in_any_spelling(number: str, wanted: int) -> None:
    body = '{"messages":[{"role":"user","content":"hi"}],"max_tokens":' + number + "}"
    assert governor().plan(body=body).answer_tokens == wanted
    free = '{"messages":[{"role":"user","content":"hi"}],"max_tokens":-1}'
    assert governor().plan(body=free).answer_tokens == governor().plan("hi").answer_tokens


@pytest.mark.parametrize(
    "body",
    [
        '{"messages":[{"role":"bot","role":"user","content":"hi"}]}',
        '{"messages":[{"role":7,"role":"user","content":"hi"}]}',
        '{"messages":[{"role":"user","content":7,"content":"hi"}]}',
        '{"max_tokens":"x","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}',
        '{"tools":"x","tools":[],"messages":[{"role":"user","content":"hi"}]}',
        '{"model":7,"model":"m","messages":[{"role":"user","content":"hi"}]}',
        '{"system":7,"system":"s","messages":[{"role":"user","content":"hi"}]}',
        '{"messages":[{"role":"user","tool_calls":7,"tool_calls":[],"content":"hi"}]}',
    ],
)
def test_the_last_of_one_name_counts(body: str) -> None:
    assert governor().plan(body=body).structure["ask_bytes"] == 2


def test_strings_among_parts_and_a_part_alone_are_read() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    p = plan(chat(user(["Describe this.", image])))
    assert (scored(p), p.structure["images"]) == (("ask", 14), 1)
    assert scored(plan(chat(user({"type": "text", "text": HARD})))) == ("ask", len(HARD))
    both = governor().plan(messages=[user(["Describe this.", image])])
    assert (scored(both), both.structure["images"]) == (("ask", 14), 1)


# Chores of programs


@pytest.mark.parametrize(
    "ask",
    [
        "Fix the race where the conversation title is overwritten when two tabs rename it at once, and prove your fix.",
        "Implement detection of a new conversation topic with embeddings in our support bot and derive the best threshold.",
        "Write a function that generates a title for this conversation from its messages, and prove that it terminates.",
        "Why does the chat title component render twice when the thread changes?",
        "Suggest a title for my thesis about the conversation of Galileo with the Pope.",
        "Design a schema that stores a title for each conversation and its tags; derive the indices.",
    ],
)
def test_work_on_titles_is_no_chore(ask: str) -> None:
    alone, within = governor().plan(ask), governor().plan(ask, session="s")
    assert (within.purpose, within.rung.name) == ("answer", alone.rung.name)


@pytest.mark.parametrize(
    "body",
    [
        chat(user("Please write a 5-10 word title for the following conversation:\nProve it.")),
        chat(
            {"role": "system", "content": "You are a title generator."},
            user("Generate a title for this conversation:\n"),
            user(HARD),
        ),
        chat({"role": "system", "content": "You are a title generator. You output ONLY a thread title."}, user(HARD)),
        {"system": "Generate a short title for this coding session.", **chat(user(HARD))},
        {"system": [text("You are Claude Code."), text("Generate a concise title for this conversation.")], **chat(user(HARD))},
        {"instructions": "Generate a short title for this conversation.", "input": HARD},
        chat(user("Based on the chat history, give this conversation a name. Keep it short.")),
        chat(user("你是一名擅长会话的助理，请将以下对话总结为10个字以内的标题")),
        chat(user("Erstelle einen kurzen Titel für dieses Gespräch.")),
        chat(user("### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history.")),
        chat(user("quota"), max_tokens=1),
        chat(user("hi"), max_tokens=0),
        chat(user("Read HEARTBEAT.md if it exists. If nothing needs attention, reply HEARTBEAT_OK.")),
    ],
)
def test_chores_of_programs_take_the_lowest_rung(body: dict[str, Any]) -> None:
    p = plan(body, session="s")
    assert (p.purpose, p.rung.name) == ("housekeeping", "fast")


COMPACTIONS = [
    "Your task is to write a detailed summary of the conversation so far.",
    "Your task is to create a detailed summary of the conversation so far, paying close attention to the user's explicit requests.",
    "CRITICAL: Respond with TEXT ONLY.\n\nYour task is to create a detailed summary of the conversation so far.",
    "Provide a detailed prompt for continuing our conversation above.",
    "You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary.",
]


@pytest.mark.parametrize("ask", COMPACTIONS)
def test_a_summary_of_the_conversation_is_no_ask_of_it(ask: str) -> None:
    history = [user(HARD), assistant("So it is.")]
    assert plan(chat(*history, user(ask)), session="s").purpose == "compaction"
    g = governor()
    plan(chat(user(HARD)), g, session="s", at=0)
    for i in range(4):
        assert plan(chat(*history, user(ask)), g, session="s", at=1 + i).rung.name == "deep"
    assert plan(chat(*history, user("And is it so for 1 mod 4?")), g, session="s", at=9).rung.name == "deep"


def test_chores_leave_the_session_where_it_is() -> None:
    g = governor()
    g.plan(HARD, session="s", at=0)
    chores = ["quota", COMPACTIONS[0], "Read HEARTBEAT.md if it exists, else reply HEARTBEAT_OK."]
    for i, words in enumerate(chores):
        plan(chat(user(words), max_tokens=1 if i == 0 else 999), g, session="s", at=1 + i)
    follow_up = chat(user(HARD), assistant("..."), user("And is the density of both kinds equal?"))
    assert plan(follow_up, g, session="s", at=9).rung.name == "deep"


def test_a_request_that_is_sent_again_is_one_turn() -> None:
    g = governor()
    g.plan(HARD, session="s", at=0)
    same = chat(user(HARD), assistant("..."), user(EASY))
    assert [plan(same, g, session="s", at=1 + i).rung.name for i in range(5)] == ["deep"] * 5
    talk = same["messages"]
    for i in range(3):
        talk = [*talk, assistant("Paris."), user(EASY)]
        last = plan(chat(*talk), g, session="s", at=10 + i)
    assert last.rung.name == "fast"


# Wishes of the client


@pytest.mark.parametrize(
    ("wish", "effort", "tokens", "samples"),
    [
        ({"reasoning_effort": "high"}, "high", None, None),
        ({"reasoning": {"effort": "xhigh"}}, "xhigh", None, None),
        ({"output_config": {"effort": "max"}}, "max", None, None),
        ({"thinking": {"type": "enabled", "budget_tokens": 4_000}}, None, 4_000, None),
        ({"thinking": {"type": "disabled"}}, "none", None, None),
        ({"reasoning": {"max_tokens": 2_000}}, None, 2_000, None),
        ({"think": False}, "none", None, None),
        ({"think": "low"}, "low", None, None),
        ({"generationConfig": {"thinkingConfig": {"thinkingBudget": 512}}}, None, 512, None),
        ({"generationConfig": {"thinkingConfig": {"thinkingLevel": "HIGH"}}}, "high", None, None),
        ({"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 512}}}, None, 512, None),
        ({"n": 4}, None, None, 4),
        ({"n": 1, "reasoning_effort": None}, None, None, None),
    ],
)
def test_a_clients_wishes_are_carried_and_said(
    wish: dict[str, Any], effort: str | None, tokens: int | None, samples: int | None
) -> None:
    p = plan(chat(user(EASY), max_tokens=32_000, **wish))
    assert (p.asked_effort, p.asked_thinking_tokens, p.asked_samples) == (effort, tokens, samples)
    said = any("the client asked for" in reason for reason in p.reasons)
    assert said == any(wanted is not None for wanted in (effort, tokens, samples))


def test_an_answer_in_sound_needs_a_model_that_speaks() -> None:
    assert plan(chat(user(EASY), modalities=["text", "audio"])).rung.name == "deep"
    assert plan(chat(user(EASY), modalities=["text"])).rung.name == "fast"


def test_only_the_ask_is_repaired() -> None:
    lone = "\ud800"
    for text_of_ask, repaired in ((f"Is it {lone} so?", True), ("Is it so?", False)):
        message = {"role": "user", "content": text_of_ask, "name": lone}
        body = json.dumps({"messages": [message], "metadata": {lone: lone}})
        assert governor().plan(body=body).structure["repaired"] is repaired
        assert governor().plan(messages=[message]).structure["repaired"] is repaired
