"""Bodies of other interfaces, and lines of batches."""

from typing import Any

import pytest

import rheostat as rh
from tests.cases.traffic import HARD, chat, plan, scored, user

BODIES: dict[str, dict[str, Any]] = {
    "titan": {"inputText": HARD, "textGenerationConfig": {"maxTokenCount": 512}},
    "text-generation-inference": {"inputs": HARD, "parameters": {"max_new_tokens": 512}},
    "a line of OpenAI's batch": {
        "custom_id": "1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": chat(user(HARD), max_tokens=512),
    },
    "a line of Anthropic's batch": {"custom_id": "1", "params": chat(user(HARD), max_tokens=512)},
    "a line of Bedrock's batch": {"recordId": "1", "modelInput": chat(user(HARD), max_tokens=512)},
    "countTokens": {
        "generateContentRequest": {"contents": [{"parts": [{"text": HARD}]}], "generationConfig": {"maxOutputTokens": 512}}
    },
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bodies_of_other_interfaces_are_read(body: dict[str, Any]) -> None:
    p = plan(body)
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    assert p.answer_tokens + p.thinking_tokens <= 512


@pytest.mark.parametrize("body", [{"query": HARD}, {"instances": [{"prompt": HARD}]}, {"inputs": {"text": HARD}}, {"body": {}}])
def test_bodies_of_no_known_interface_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(rh.errors.MalformedError, match="messages, input, contents, prompt or message"):
        plan(body)
