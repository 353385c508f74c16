"""Bodies of real traffic: every dialect, and every spelling of a field that is valid in it."""

import json
from typing import Any

import pytest

import rheostat as rh
from tests.cases.traffic import EASY, HARD, assistant, chat, governor, plan, scored, user

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


def test_only_the_ask_is_repaired() -> None:
    lone = "\ud800"
    for text_of_ask, repaired in ((f"Is it {lone} so?", True), ("Is it so?", False)):
        message = {"role": "user", "content": text_of_ask, "name": lone}
        body = json.dumps({"messages": [message], "metadata": {lone: lone}})
        assert governor().plan(body=body).structure["repaired"] is repaired
        assert governor().plan(messages=[message]).structure["repaired"] is repaired
