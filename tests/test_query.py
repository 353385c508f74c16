"""Queries in every shape: Python's objects and raw bodies are read alike, and bad ones are refused by name."""

from __future__ import annotations

import json
from collections import UserDict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh

ASK = "Prove that there are infinitely many primes congruent to 3 mod 4."
REMINDER = "<system-reminder>\nThe list of things to do is empty.\n</system-reminder>"


def read(governor: rh.Governor, messages: Any) -> tuple[str, dict[str, Any], str]:
    """Returns the parts that are equal in equal queries: the turn, the structure, and the digest that the id begins with."""
    plan = governor.plan(messages=messages)
    return plan.turn, plan.structure, plan.id.split("-")[0]


def read_body(governor: rh.Governor, messages: Any) -> tuple[str, dict[str, Any], str]:
    plan = governor.plan(body=json.dumps({"messages": messages}).encode())
    return plan.turn, plan.structure, plan.id.split("-")[0]


CONVERSATIONS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "reminder": ("ask", [{"role": "user", "content": [{"type": "text", "text": REMINDER}, {"type": "text", "text": ASK}]}]),
    "image": (
        "ask",
        [{"role": "user", "content": [{"type": "text", "text": ASK}, {"type": "image_url", "image_url": {"url": "data:,"}}]}],
    ),
    "document": (
        "ask",
        [
            {
                "role": "user",
                "content": [
                    {
                        "type": "document",
                        "title": "T",
                        "source": {"type": "text", "media_type": "text/plain", "data": "Long. " * 99},
                    },
                    {"type": "text", "text": ASK},
                ],
            }
        ],
    ),
    "calls of OpenAI": (
        "tool_result",
        [
            {"role": "user", "content": ASK},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "1", "content": "Да, 42"},
        ],
    ),
    "calls of Anthropic": (
        "tool_result",
        [
            {"role": "user", "content": ASK},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                    {"type": "tool_use", "id": "t", "name": "f", "input": {"x": [1, "zwei", {"drei": None}], "y": 0.5}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "t", "is_error": True, "content": [{"type": "text", "text": "no"}]},
                    {"type": "text", "text": REMINDER},
                ],
            },
        ],
    ),
    "items": (
        "tool_result",
        [
            {"role": "user", "content": [{"type": "input_text", "text": ASK}]},
            {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "1", "output": "found"},
        ],
    ),
    "continuation": (
        "continuation",
        [
            {"role": "user", "content": ASK},
            {"role": "assistant", "content": "Shall I go by contradiction?"},
            {"role": "user", "content": f"好的，继续\n{REMINDER * 9}"},
        ],
    ),
    "operator alone": ("empty", [{"role": "system", "content": "Be kind."}]),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_messages_and_bodies_are_read_alike(governor: rh.Governor, name: str) -> None:
    turn, messages = CONVERSATIONS[name]
    assert read(governor, messages) == read_body(governor, messages)
    assert read(governor, tuple(messages)) == read(governor, messages)
    assert read(governor, messages)[0] == turn
    alone = governor.plan(ASK).structure["ask_bytes"]
    assert read(governor, messages)[1]["ask_bytes"] == (0 if turn == "empty" else alone)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
texts = st.text(max_size=30) | st.sampled_from(
    ["yes", "ok, go on", REMINDER, f"go on {REMINDER}", "<document>x</document>", "> q\nwhy?"]
)
parts = (
    st.builds(lambda t: {"type": "text", "text": t}, texts)
    | st.builds(lambda v: {"type": "image", "source": v}, values)
    | st.builds(lambda v: {"type": "tool_use", "name": "f", "input": v}, values)
    | st.builds(lambda t, e: {"type": "tool_result", "content": t, "is_error": e}, texts, st.booleans())
    | st.builds(lambda v: {"type": "newer than this", "data": v, "more": v}, values)
)
roles = st.sampled_from(["system", "developer", "user", "user", "user", "assistant", "tool"])
contents = st.none() | texts | st.lists(parts, max_size=3)
conversations = st.lists(
    st.fixed_dictionaries({"role": roles, "content": contents}, optional={"name": values}), min_size=1, max_size=6
)


@settings(max_examples=300, deadline=None)
@given(conversations)
def test_any_conversation_is_read_alike(messages: list[dict[str, Any]]) -> None:
    governor = rh.Governor(rh.Ladder([rh.Rung("a"), rh.Rung("b", output_price=1.0)]), policy=rh.policy.Utility(0.5), seed=1)
    got = read(governor, messages)
    assert got == read_body(governor, messages)
    sizes = ("ask", "system", "history", "tool_result", "document", "tool")
    assert sum(got[1][f"{size}_bytes"] for size in sizes) == got[1]["total_bytes"]


class Role(str, Enum):
    USER = "user"
    ASSISTANT = "assistant"


@dataclass
class Part:
    text: str
    type: str = "text"


@dataclass
class Message:
    role: str
    content: Any
    tool_calls: Any = None
    extra: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    "make",
    [
        lambda role, text: {"role": role, "content": text},
        lambda role, text: UserDict({"role": role, "content": text}),
        lambda role, text: SimpleNamespace(role=role, content=text),
        lambda role, text: Message(role, [Part(text)]),
        lambda role, text: {"role": Role(role), "content": ({"type": "text", "text": text},)},
        lambda role, text: {b"key": 1, 7: object(), "role": role, "content": text},
    ],
)
def test_messages_may_be_dicts_mappings_or_objects(governor: rh.Governor, make: Callable[[str, str], Any]) -> None:
    talk = [("user", ASK), ("assistant", "Shall I?"), ("user", "yes")]
    turn, structure, _ = read(governor, [make(role, text) for role, text in talk])
    assert turn == "continuation"
    assert (structure["messages"], structure["ask_bytes"]) == (3, len(ASK))
    assert read(governor, deque(make(role, text) for role, text in talk))[1] == structure


@pytest.mark.parametrize(
    ("messages", "error", "says"),
    [
        ([], rh.errors.InvalidValueError, "messages must be "),
        ("hi", rh.errors.InvalidTypeError, "messages: got str"),
        (7, rh.errors.InvalidTypeError, "messages: got int"),
        ({"role": "user", "content": "hi"}, rh.errors.InvalidTypeError, "messages: got dict"),
        (["hi"], rh.errors.InvalidTypeError, "messages[0]: got str"),
        ([None], rh.errors.InvalidTypeError, "messages[0]: got NoneType"),
        ([{"content": "hi"}], rh.errors.InvalidTypeError, "messages[0].role: got nothing"),
        ([{"role": None, "content": "hi"}], rh.errors.InvalidTypeError, "messages[0].role: got nothing"),
        ([{"role": "bot", "content": "hi"}], rh.errors.InvalidValueError, "messages[0].role must be one of"),
        ([{"role": "x" * 10_000, "content": "hi"}], rh.errors.InvalidValueError, "must be one of"),
        (
            [{"role": "user", "content": "a"}, {"role": "user", "content": 3}],
            rh.errors.InvalidTypeError,
            "messages[1].content: got int",
        ),
        ([{"role": "user", "content": b"hi"}], rh.errors.InvalidTypeError, "messages[0].content: got bytes"),
        ([{"role": "user", "content": [7]}], rh.errors.InvalidTypeError, "messages[0].content[0]: got int"),
        (
            [{"role": "user", "content": [{"type": "text", "text": 3}]}],
            rh.errors.InvalidTypeError,
            "content[0].text: got int, wanted a string",
        ),
        ([{"role": "assistant", "tool_calls": {"a": 1}}], rh.errors.InvalidTypeError, "messages[0].tool_calls: got dict"),
    ],
)
def test_bad_messages_are_refused_by_name(governor: rh.Governor, messages: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as raised:
        governor.plan(messages=messages)
    assert says in str(raised.value)
    assert len(str(raised.value)) < 300


def test_objects_that_never_end_are_refused_where_they_are_read(governor: rh.Governor) -> None:
    def call(value: Any) -> list[dict[str, Any]]:
        return [{"role": "user", "content": [{"type": "tool_use", "name": "f", "input": value}]}]

    ring: list[Any] = []
    ring.append(ring)
    doubled: list[Any] = []
    for _ in range(100):
        doubled = [doubled, doubled]
    for endless in (ring, doubled):
        with pytest.raises(rh.errors.InvalidValueError, match="at most"):
            governor.plan(messages=call(endless))
        with pytest.raises(rh.RheostatError):
            governor.plan(messages=[{"role": "user", "content": endless}])
        # Unused fields may hold anything.
        assert governor.plan(messages=[{"role": "user", "content": ASK, "metadata": endless}]).turn == "ask"
    wide: list[Any] = [0] * 10
    for _ in range(7):
        wide = [wide] * 10
    with pytest.raises(rh.errors.InvalidValueError, match="at most 1048576 values"):
        governor.plan(messages=call(wide))


def test_lone_surrogates_are_repaired_and_flagged_in_every_shape(governor: rh.Governor) -> None:
    repaired = governor.plan(f"{ASK} \ufffd")
    assert not repaired.structure["repaired"]
    message = {"role": "user", "content": f"{ASK} \ud800"}
    plans = [
        governor.plan(message["content"]),
        governor.plan(messages=[message]),
        governor.plan(body=json.dumps({"messages": [message]})),
        governor.plan(body=json.dumps({"messages": [message]}, ensure_ascii=False)),
        governor.plan(body=json.dumps({"messages": [message]}).encode()),
    ]
    for plan in plans:
        assert plan.structure == repaired.structure | {"repaired": True}
        assert plan.id[:16] == repaired.id[:16]


def test_what_python_raises_on_the_way_is_raised(governor: rh.Governor) -> None:
    class Broken(Mapping[str, Any]):
        def __getitem__(self, key: str) -> Any:
            raise ZeroDivisionError(key)

        def __iter__(self) -> Iterator[str]:
            return iter(["role"])

        def __len__(self) -> int:
            return 1

    with pytest.raises(ZeroDivisionError, match="role"):
        governor.plan(messages=[Broken()])


def test_objects_may_change_while_they_are_read(governor: rh.Governor) -> None:
    messages: list[Any] = []

    class Growing(UserDict[str, Any]):
        def items(self) -> Any:
            if len(messages) < 50:
                messages.append({"role": "user", "content": "more"})
            self.data["later"] = 1
            return list(self.data.items())

    messages.append(Growing(role="user", content=ASK))
    assert governor.plan(messages=messages).structure["messages"] == 2


def test_a_request_that_needs_more_than_a_rung_can_leaves_it_out() -> None:
    blind = rh.Rung("blind", output_price=0.1)
    seeing = rh.Rung("seeing", output_price=9.0, capabilities=["vision", "tools"])
    governor = rh.Governor(rh.Ladder([blind, seeing], default="blind"), policy=rh.policy.Utility(1e-9))
    text = {"type": "text", "text": "What is the capital of France?"}
    assert governor.plan(messages=[{"role": "user", "content": [text]}]).rung.name == "blind"
    image = {"type": "image_url", "image_url": {"url": "data:,"}}
    assert governor.plan(messages=[{"role": "user", "content": [text, image]}]).rung.name == "seeing"
    tools = {"messages": [{"role": "user", "content": [text]}], "tools": [{"type": "function", "function": {"name": "f"}}]}
    assert governor.plan(body=json.dumps(tools).encode()).rung.name == "seeing"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "at byte 0: ends where a value should begin"),
        (b"hello", "at byte 0: expected a value"),
        (b"[]", "the request: got an array"),
        (b"{}", "the request must be messages, input"),
        (b'{"messages": [{"role": "user", "content": "x', "ends within a string"),
        (b'{"messages": [{"role": "user", "content": "x"}]} x', "at byte 49"),
        (b'{"messages": [{"role": "user", "content": "x"}], "temperature": NaN}', "at byte 64: expected a value"),
        (b'{"messages": [{"role": "user", "content": "\\q"}]}', "bad escape"),
        (b'{"messages": [{"role": "user", "content": "a\nb"}]}', "control character"),
        (b'{"messages": ' + b"[" * 100_000, "nested deeper than 128"),
        (b'{"x": ' + b"[" * 100_000, "nested deeper than 128"),
        (b'{"messages": [{"role": "user", "content": "x"}], "max_tokens": 1.5}', "max_tokens"),
    ],
)
def test_bad_bodies_are_refused_by_byte(governor: rh.Governor, body: bytes, says: str) -> None:
    for given_body in (body, bytearray(body), body.decode()):
        with pytest.raises(rh.errors.MalformedError) as raised:
            governor.plan(body=given_body)
        assert "body is malformed at byte " in str(raised.value)
        assert says in str(raised.value)


def test_an_ask_is_explained_in_every_shape(governor: rh.Governor) -> None:
    messages = [{"role": "user", "content": f"{REMINDER}\n{ASK}"}]
    explained = repr(governor.plan(messages=messages).estimate.explain())
    assert explained == repr(governor.plan(body=json.dumps({"messages": messages}).encode()).estimate.explain())
    assert explained == repr(governor.plan(f"{REMINDER}\n{ASK}").estimate.explain())


class Parsed(Mapping[str, Any]):
    """A request as a client's own type."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)


def test_a_parsed_request_is_read_where_it_is(governor: rh.Governor) -> None:
    body: dict[str, Any] = {
        "model": "auto", "max_tokens": 512.0, "reasoning_effort": "high",
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Prove it."}],
    }  # fmt: skip
    whole = governor.plan(body=json.dumps(body))
    for parsed in (body, Parsed(body), Parsed(body | {"messages": tuple(map(Parsed, body["messages"]))})):
        plan = governor.plan(body=parsed)
        assert (plan.structure, plan.asked_effort, plan.rung.name) == (whole.structure, "high", whole.rung.name)
        assert plan.thinking_tokens + plan.answer_tokens <= 512
        assert rh.Estimator().estimate(body=parsed).difficulty == whole.estimate.difficulty


def test_a_parsed_request_that_is_none_is_refused(governor: rh.Governor) -> None:
    endless: dict[str, Any] = {"role": "user", "content": []}
    endless["content"].append(endless)

    class Broken(Parsed):
        def items(self) -> Any:
            raise RuntimeError("gone")

    for body, match in (
        ({}, "messages, input, contents, prompt or message"),
        ({"messages": []}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"messages": [{"role": "user", "content": "hi"}], "input": "hi"}, "messages or input"),
        ({"messages": [{"role": "user", "content": "hi"}], "max_tokens": -5}, "max_tokens"),
        ({"messages": [{"role": "user", "content": "hi"}], "model": 5}, "model"),
        ({"messages": [endless]}, "nested at most"),
    ):
        with pytest.raises((rh.errors.InvalidValueError, rh.errors.InvalidTypeError), match=match):
            governor.plan(body=body)
    with pytest.raises(RuntimeError, match="gone"):
        governor.plan(body=Broken({}))
    for wrong in (5, [1], None, object()):
        with pytest.raises((rh.errors.InvalidTypeError, rh.errors.InvalidValueError)):
            governor.plan(body=wrong)  # type: ignore[arg-type]
