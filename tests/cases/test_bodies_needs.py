"""Bodies of real traffic: the tokens that a request weighs, the capabilities it needs, and its client's wishes."""

from typing import Any

import pytest

from tests.cases.traffic import CALL, EASY, HARD, assistant, chat, plan, text, user

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
