"""Chores that programs ask for beside the conversation, and what the parts of a request weigh and need."""
# ruff: noqa: E501 -- inputs stand on one line, as they come

import base64
import json
from typing import Any

import pytest

import rheostat as rh
from tests.cases.traffic import CALL, EASY, HARD, assistant, chat, governor, plan, user

SYSTEM = {
    "titles": "You are an expert in crafting ultra-compact titles for chatbot conversations.",
    "branches": "You are an expert in crafting pithy branch names for Git Repos based on chat conversations.",
    "commits": "You are an expert software engineer that generates concise, one-line Git commit messages based on the provided diffs.",
    "threads": "You are a chat thread titling assistant.\nGoal: a very short title.",
    "routing": "You are a specialized Task Routing AI. Your sole function is to classify the request.",
    "memory": "You are a Personal Information Organizer, specialized in storing facts.",
    "search": "You are an assistant for performing a web search tool use",
}
ASKED = {
    "brief title": f"Please write a brief title for the following request:\n\n{HARD}",
    "better prompt": f"Generate an enhanced version of this prompt (reply with only the enhanced prompt):\n\n{HARD}",
    "next speaker": "Analyze *only* the content and structure of your immediately preceding response. Determine who should speak next.",
    "intent": "Summarize the user's primary intent or goal in this conversation in ONE sentence.",
    "session name": "Based on the conversation so far, provide a concise description of this session in 4 words or less.",
    "away": "The user stepped away and is coming back. Write exactly 1-3 short sentences.",
    "warm-up": "Warmup",
    "flush": "Pre-compaction memory flush. Store durable memories now. If nothing to store, reply with NO_REPLY.",
    "standalone": "Given the following conversation and a follow up question, rephrase the follow up question to be a standalone question.",
    "zh": "使用四到五个字直接返回这句话的简要主题，不要解释",
}


@pytest.mark.parametrize("words", SYSTEM.values(), ids=SYSTEM)
def test_a_chore_in_the_operators_prompt(words: str) -> None:
    p = plan({"system": words, "messages": [user(HARD)]}, session="s")
    assert (p.purpose, p.rung.name) == ("housekeeping", "fast")


@pytest.mark.parametrize("words", ASKED.values(), ids=ASKED)
def test_a_chore_in_the_users_text_moves_no_session(words: str) -> None:
    g = governor()
    g.plan(HARD, session="s", at=0)
    for i in range(3):
        p = plan(chat(user(HARD), assistant("So."), user(words)), g, session="s", at=1 + i)
        assert (p.purpose, p.rung.name) == ("housekeeping", "fast")
    assert plan(chat(user(HARD), assistant("So."), user("And for the others?")), g, session="s", at=9).rung.name == "deep"


@pytest.mark.parametrize(
    "prompt",
    [
        "You are a helpful assistant. At the end of each first answer, also generate a short title for the conversation.",
        "You are a title generator platform's coding assistant. You write code.",
    ],
)
def test_a_prompt_that_speaks_of_titles_is_no_chore(prompt: str) -> None:
    p = plan({"system": prompt, "messages": [user(HARD)]}, session="s")
    assert (p.purpose, p.rung.name) == ("answer", "deep")


def test_a_word_for_a_few_tokens_tests_the_connection() -> None:
    assert plan(chat(user("ping"), max_tokens=10), session="s").purpose == "housekeeping"
    assert plan(chat(user("ping"), max_tokens=1_000), session="s").purpose == "answer"


# Weights

SOME = "The quick brown fox jumps over the lazy dog. " * 200
SCHEMA = {"type": "object", "properties": {f"p{i}": {"type": "string", "description": "what it is"} for i in range(300)}}
WEIGHED: dict[str, dict[str, Any]] = {
    "response_format": chat(user("hi"), response_format={"type": "json_schema", "json_schema": {"schema": SCHEMA}}),
    "text.format": {"input": "hi", "text": {"format": {"type": "json_schema", "schema": SCHEMA}}},
    "format": chat(user("hi"), format=SCHEMA),
    "responseSchema": {
        "contents": [{"parts": [{"text": "hi"}]}],
        "generationConfig": {"responseMimeType": "application/json", "responseSchema": SCHEMA},
    },
    "output_config": chat(user("hi"), output_config={"format": {"type": "json_schema", "schema": SCHEMA}}),
    "guided_json": chat(user("hi"), guided_json=SCHEMA),
    "suffix": {"prompt": "def f(", "suffix": SOME},
    "variables": {"prompt": {"id": "p", "variables": {"a": SOME}}, "input": "hi"},
    "ids": {"prompt": [17] * 2_000},
    "context": {"prompt": "hi", "context": [17] * 2_000},
    "signature": chat(user("hi"), assistant([{"type": "thinking", "thinking": "", "signature": SOME}]), user("And now?")),
    "guard": {"messages": [user([{"guardContent": {"text": {"text": SOME}}}])]},
}


@pytest.mark.parametrize("body", WEIGHED.values(), ids=WEIGHED)
def test_what_a_model_reads_weighs(body: dict[str, Any]) -> None:
    assert plan(body).input_tokens >= 1_500


DATA = base64.b64encode(bytes(i * 7_919 % 251 for i in range(60_000))).decode()
PASTED = {
    "base64": (DATA, 1.4),
    "hex": (bytes(i * 7_919 % 251 for i in range(30_000)).hex(), 1.8),
    "numbers": ("3 1 4 1 5 9 2 6 " * 2_000, 1.0),
    "json": (json.dumps([{"name": f"n{i}", "value": i / 7} for i in range(900)], indent=2), 2.2),
    "georgian": ("ეს არის წინადადება ქართულ ენაზე. " * 300, 1.6),
    "braille": ("⠁⠃⠉⠙" * 2_000, 1.1),
}


@pytest.mark.parametrize(("pasted", "bytes_per_token"), PASTED.values(), ids=PASTED)
def test_a_long_ask_is_weighed_as_a_result_is(pasted: str, bytes_per_token: float) -> None:
    size = len(pasted.encode())
    asked = plan(chat(user(pasted))).input_tokens
    result = plan(
        chat(user("hi"), assistant(None, tool_calls=[CALL]), {"role": "tool", "tool_call_id": "1", "content": pasted})
    ).input_tokens
    assert asked == pytest.approx(result, rel=0.02)
    assert 0.65 <= asked / (size / bytes_per_token) <= 1.4
    assert governor().plan(pasted).input_tokens == asked


# Needs

NEEDS: dict[str, tuple[dict[str, Any], str]] = {
    "a PDF as a picture": (
        chat(user([{"type": "image_url", "image_url": {"url": "data:application/pdf;base64," + DATA}}])),
        "files",
    ),
    "a resource": (chat(user([{"type": "resource", "resource": {"uri": "a", "mimeType": "image/png", "blob": DATA}}])), "vision"),
    "image_file": (chat(user([{"type": "image_file", "image_file": {"file_id": "f"}}])), "vision"),
    "a picture of a tool": (
        {
            "contents": [
                {
                    "role": "user",
                    "parts": [
                        {
                            "functionResponse": {
                                "name": "f",
                                "response": {},
                                "parts": [{"inlineData": {"mimeType": "image/png", "data": "AA"}}],
                            }
                        }
                    ],
                }
            ]
        },
        "vision",
    ),
    "a generated picture": (
        {"input": [user("Draw."), {"type": "image_generation_call", "id": "i", "result": DATA}, user("In red.")]},
        "vision",
    ),
    "attachments": (
        chat({**user("hi"), "experimental_attachments": [{"contentType": "image/png", "url": "data:image/png;base64,AA"}]}),
        "vision",
    ),
}


@pytest.mark.parametrize(("body", "needs"), NEEDS.values(), ids=NEEDS)
def test_needs_are_seen(body: dict[str, Any], needs: str) -> None:
    p = plan(body)
    assert p.rung.name == {"files": "deep", "vision": "deep" if p.rung.name == "deep" else "think"}[needs]
    assert p.structure["images"] == 1


@pytest.mark.parametrize(
    "field",
    [
        {"mcp_servers": [{"type": "url", "url": "https://a.b", "name": "x"}]},
        {"web_search_options": {}},
        {"connectors": [{"id": "web-search"}]},
    ],
)
def test_tools_of_the_provider_need_a_model_that_calls_tools(field: dict[str, Any]) -> None:
    ladder = rh.Ladder([rh.Rung("plain", output_price=0.1), rh.Rung("tools", output_price=1.0, capabilities=["tools"])])
    assert rh.Governor(ladder).plan(body=json.dumps({"messages": [user("hi")], **field})).rung.name == "tools"


@pytest.mark.parametrize(
    "extra",
    [
        {"tool_calls": [{**CALL, "extra_content": {"google": {"thought_signature": "abc"}}}]},
        {"tool_calls": [{**CALL, "provider_specific_fields": {"thought_signature": "abc"}}]},
        {"reasoning_opaque": "abc"},
        {"additional_kwargs": {"reasoning": {"encrypted_content": "abc"}}},
    ],
)
def test_sealed_thinking_beside_calls_is_seen(extra: dict[str, Any]) -> None:
    assert plan(chat(user("hi"), assistant("", **extra), user("And now?"))).strip_thinking == ["*"]


def test_a_page_that_a_search_found_is_no_file() -> None:
    found = {
        "type": "web_search_tool_result",
        "tool_use_id": "1",
        "content": [{"type": "web_search_result", "url": "https://a.b", "title": "t", "encrypted_content": "abc"}],
    }
    p = plan(chat(user("hi"), assistant([found, {"type": "text", "text": "So."}]), user(EASY)))
    assert (p.structure["images"], p.input_tokens < 200) == (0, True)


# Forms that a provider takes


@pytest.mark.parametrize(
    "body",
    [
        {"contents": {"role": "user", "parts": [{"text": HARD}]}},
        {"contents": [{"parts": [{"text": HARD}]}], "tools": {"googleSearch": {}}},
        {"contents": [{"parts": [{"text": HARD}]}], "generationConfig": {"maxOutputTokens": "4096"}},
        chat({"role": "latest_reminder", "content": "Be kind."}, user(HARD)),
    ],
)
def test_loose_forms_are_read(body: dict[str, Any]) -> None:
    p = plan(body)
    assert (p.turn, p.structure["ask_bytes"], p.rung.name) == ("ask", len(HARD), "deep")
