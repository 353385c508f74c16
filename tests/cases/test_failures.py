"""Failures in the ready-made hosts: what is recognised, how long they wait, what is asked next, and what it costs."""

from __future__ import annotations

import asyncio
import email.utils
import errno
import json
import socket
import ssl
import time
import urllib.error
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from email.message import Message
from types import SimpleNamespace
from typing import Any

import pytest

import rheostat as rh
from rheostat import aio, host
from rheostat._failures import kind_of, retry_after_of
from rheostat.errors import ProviderError, UnknownNameError
from rheostat.host import Chunk

ASK = "What is 6 times 7?"
PLAIN = rh.Ladder([
    rh.Rung("a", model="m1", answer_tokens=100, input_price=1.0, output_price=10.0),
    rh.Rung("b", model="m2", answer_tokens=100, input_price=2.0, output_price=20.0),
])  # fmt: skip
CASCADE = rh.Ladder.cascade(rh.Rung("a", model="m1", answer_tokens=100), rh.Rung("b", model="m2", answer_tokens=100), agree=3)


class APIStatusError(Exception):
    """As the SDKs of OpenAI and Anthropic have it."""

    def __init__(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"status {status}")
        self.status_code, self.body = status, body
        self.response = SimpleNamespace(status_code=status, headers=headers or {})


class HTTPStatusError(Exception):
    """As httpx has it: the status is the response's."""

    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"status {status}")
        self.response = SimpleNamespace(status_code=status, headers=headers or {})


class ClientResponseError(Exception):
    """As aiohttp has it: asking for `code` warns."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status, self.headers = status, None

    @property
    def code(self) -> int:
        raise AssertionError("code was asked for")


class ClientError(Exception):
    """As botocore has it."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.response = {
            "Error": {"Code": code},
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {"retry-after": "3"}},
        }


class ServerError(Exception):
    """As google.genai has it: the code is the status, and the status a word."""

    def __init__(self, code: int, status: str) -> None:
        super().__init__(status)
        self.code, self.status = code, status


class ConnectError(Exception):
    """As httpx has it."""


class ConnectTimeout(Exception):
    """As httpx has it."""


class ReadTimeout(Exception):
    """As httpx has it."""


class ClientConnectorError(OSError):
    """As aiohttp has it."""


class ClientConnectorDNSError(ClientConnectorError):
    """As aiohttp has it."""


class NewConnectionError(Exception):
    """As urllib3 has it."""


class MaxRetryError(Exception):
    """As urllib3 has it."""

    def __init__(self, reason: Exception) -> None:
        super().__init__("too many retries")
        self.reason = reason


class APIConnectionError(Exception):
    """As the SDKs have it: the cause tells."""


def behind(outer: Exception, inner: BaseException) -> Exception:
    """`outer`, raised from `inner`."""
    outer.__cause__ = inner
    return outer


def while_handling(outer: Exception, inner: BaseException) -> Exception:
    """`outer`, raised while `inner` was handled."""
    outer.__context__ = inner
    return outer


KINDS = {
    **dict.fromkeys((400, 401, 402, 403, 404, 413, 422), "permanent"),
    **dict.fromkeys((408, 409, 500, 502, 504, 520), "transient"),
    **dict.fromkeys((503, 529), "overloaded"),
    429: "rate_limit",
    522: "unreached",
}
"""The kind of some statuses."""


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
def test_a_status_is_read_wherever_a_client_puts_it(status: int, kind: str) -> None:
    places: list[BaseException] = [
        APIStatusError(status),
        HTTPStatusError(status),
        ClientResponseError(status),
        urllib.error.HTTPError("http://x", status, "no", Message(), None),
        ClientError("unknown", status),
        ServerError(status, "unknown"),
    ]
    for error in places:
        assert kind_of(error) == kind, error
        assert kind_of(behind(RuntimeError("wrapped"), error)) == kind
        assert kind_of(while_handling(RuntimeError("wrapped"), error)) == kind
        assert kind_of(RuntimeError("wrapped", error)) == kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), "unreached"),
        (socket.gaierror(-2, "unknown"), "unreached"),
        (OSError(errno.EHOSTUNREACH, "no route"), "unreached"),
        (ssl.SSLCertVerificationError(), "unreached"),
        (urllib.error.URLError(ConnectionRefusedError()), "unreached"),
        (urllib.error.URLError(socket.gaierror(-2, "unknown")), "unreached"),
        (ConnectError("refused"), "unreached"),
        (ConnectTimeout(), "unreached"),
        (ClientConnectorDNSError(), "unreached"),
        (MaxRetryError(NewConnectionError()), "unreached"),
        (behind(APIConnectionError(), ConnectError()), "unreached"),
        (behind(APIConnectionError(), ReadTimeout()), "transient"),
        (behind(APIConnectionError(), behind(ReadTimeout(), ConnectionRefusedError())), "transient"),
        (APIConnectionError(), "transient"),
        (ConnectionResetError(), "transient"),
        (TimeoutError(), "transient"),
        (asyncio.CancelledError(), "transient"),
        (KeyError("choices"), "transient"),
        (APIStatusError(429, {"error": {"code": "insufficient_quota"}}), "permanent"),
        (APIStatusError(429, {"code": "rate_limit_exceeded", "type": "tokens"}), "rate_limit"),
        (APIStatusError(200, {"type": "error", "error": {"type": "overloaded_error"}}), "overloaded"),
        (APIStatusError(400, {"error": {"code": "content_filter"}}), "refusal"),
        (APIStatusError(400, {"error": {"code": "context_length_exceeded"}}), "permanent"),
        (ClientError("ThrottlingException", 400), "rate_limit"),
        (ServerError(503, "UNAVAILABLE"), "overloaded"),
        (ServerError(429, "RESOURCE_EXHAUSTED"), "rate_limit"),
        (ProviderError("busy", kind="overloaded"), "overloaded"),
        (behind(RuntimeError(), ProviderError("no", kind="refusal")), "refusal"),
        (ProviderError("?"), "transient"),
    ],
)
def test_the_kind_of_an_error(error: BaseException, kind: str) -> None:
    assert kind_of(error) == kind


def test_causes_in_a_circle_end() -> None:
    first, second = RuntimeError("a"), RuntimeError("b")
    first.__cause__, second.__cause__ = second, first
    assert kind_of(first) == "transient"
    assert retry_after_of(first) is None


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    assert retry_after_of(APIStatusError(429, headers={"retry-after": "7"})) == 7.0
    assert retry_after_of(HTTPStatusError(429, {"Retry-After": "1.5"})) == 1.5
    assert retry_after_of(behind(RuntimeError(), HTTPStatusError(429, {"retry-after-ms": "250", "retry-after": "9"}))) == 0.25
    assert retry_after_of(ClientError("ThrottlingException", 400)) == 3.0
    assert retry_after_of(ProviderError("busy", retry_after=4.0)) == 4.0
    for nonsense in (-1.0, float("nan")):
        assert retry_after_of(ProviderError("busy", retry_after=nonsense)) is None
    soon = retry_after_of(HTTPStatusError(503, {"Retry-After": email.utils.formatdate(time.time() + 3600, usegmt=True)}))
    assert soon is not None
    assert 3000 < soon <= 3600
    past = retry_after_of(HTTPStatusError(503, {"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}))
    assert past == 0.0
    for header in ("", "soon", "-3", "nan", "inf"):
        assert retry_after_of(HTTPStatusError(429, {"Retry-After": header})) is None
    message = Message()
    message["Retry-After"] = "5"
    assert retry_after_of(urllib.error.HTTPError("http://x", 429, "no", message, None)) == 5.0


def test_a_provider_error_names_a_kind() -> None:
    with pytest.raises(UnknownNameError, match="kind must be one of"):
        ProviderError("no", kind="sometimes")  # type: ignore[arg-type]


Played = tuple[str | None, rh.Run, list[str], list[float], BaseException | None]


def by_host(run: rh.Run, client: Callable[[Any, int], Iterator[Any]], waited: list[float]) -> str | None:
    return host.serve(run, client, sleep=waited.append)


def by_aio(run: rh.Run, client: Callable[[Any, int], Iterator[Any]], waited: list[float]) -> str | None:
    async def rest(seconds: float) -> None:
        waited.append(seconds)

    async def pieces(call: Any, index: int) -> AsyncIterator[Any]:
        for piece in client(call, index):
            yield piece

    return asyncio.run(aio.serve(run, pieces, sleep=rest))


BOTH = pytest.mark.parametrize("serve", [by_host, by_aio])


def play(serve: Any, governor: rh.Governor, fates: Mapping[str, Any], **options: Any) -> Played:
    """Serves a run whose calls meet these fates, by model: an error, or text. The last one stays."""
    asked: list[str] = []
    waited: list[float] = []

    def client(call: Any, _index: int) -> Iterator[Any]:
        asked.append(call.model)
        fate = fates[call.model]
        one = fate.pop(0) if len(fate) > 1 else fate[0]
        if isinstance(one, BaseException):
            raise one
        yield one if isinstance(one, Chunk) else Chunk(text=one, finish_reason="stop", usage={"input": 9, "output": 2})

    run = governor.plan(ASK, rung="a", **options).start()
    answer, error = None, None
    try:
        answer = serve(run, client, waited)
    except Exception as raised:
        error = raised
    return answer, run, asked, waited, error


@BOTH
@pytest.mark.parametrize(
    "error",
    [APIStatusError(500), ConnectionResetError(), TimeoutError(), ValueError("bad line"), HTTPStatusError(429), ConnectError()],
)
@pytest.mark.parametrize("ladder", [PLAIN, CASCADE, rh.Ladder([*PLAIN.rungs, rh.Rung("c", model="m3", answer_tokens=100)])])
def test_the_next_rung_is_asked_when_an_engine_is_down(serve: Any, error: Exception, ladder: rh.Ladder) -> None:
    fates = {"m1": [error], "m2": [error] if len(ladder) == 3 else ["42"], "m3": ["42"]}
    answer, run, asked, waited, _ = play(serve, rh.Governor(ladder), fates)
    assert (answer, run.settled) == ("42", True)
    assert asked.count("m1") == (6 if ladder is CASCADE else 2)
    assert run.fallbacks == run.escalations == len(ladder) - 1
    assert all(0.4 <= wait <= 1.0 for wait in waited)
    assert len(waited) >= len(ladder) - 1


@BOTH
@pytest.mark.parametrize("error", [TypeError("a + 1"), AttributeError("text"), NameError("client"), NotImplementedError()])
@pytest.mark.parametrize("ladder", [PLAIN, CASCADE])
def test_an_error_of_the_clients_own_code_is_raised_at_once(serve: Any, error: Exception, ladder: rh.Ladder) -> None:
    _, run, asked, waited, raised = play(serve, rh.Governor(ladder), {"m1": [error], "m2": ["42"]})
    assert (raised, waited, set(asked)) == (error, [], {"m1"})
    assert len(asked) <= (3 if ladder is CASCADE else 1)
    assert (run.escalations, run.settled) == (0, False)


def test_only_what_no_provider_can_be_the_reason_of_is_an_error_of_the_clients_code() -> None:
    mine = [TypeError(), NotImplementedError(), ImportError(), rh.errors.InvalidTypeError("client: got int")]
    assert {kind_of(error) for error in mine} == {"permanent"}
    theirs = [
        ValueError("bad line"),
        KeyError("choices"),
        IndexError(),
        json.JSONDecodeError("", "", 0),
        type("E", (TypeError,), {})(),
    ]
    assert {kind_of(error) for error in theirs} == {"transient"}
    assert kind_of(behind(TypeError(), ConnectionResetError())) == "transient"


@BOTH
@pytest.mark.parametrize("status", [400, 401, 403, 404])
@pytest.mark.parametrize("ladder", [PLAIN, CASCADE])
def test_a_permanent_failure_climbs_nothing_and_is_raised(serve: Any, status: int, ladder: rh.Ladder) -> None:
    failure = APIStatusError(status)
    ledger = rh.Ledger([rh.Cap("tenant", tokens=10_000, per=3600)])
    _, run, asked, waited, error = play(serve, rh.Governor(ladder, ledger=ledger), {"m1": [failure], "m2": ["42"]}, tenant="t")
    assert error is failure
    assert set(asked) == {"m1"}
    assert (len(asked) <= 3, waited, run.escalations, run.settled) == (True, [], 0, False)
    assert run.ended == "the call failed for good: no other rung could do better"
    assert ledger.room(tenant="t")[0] == 10_000, "it cost nothing"


@BOTH
def test_one_failed_probe_is_tried_again_on_its_rung(serve: Any) -> None:
    for failure in (HTTPStatusError(429), APIStatusError(500), ConnectionRefusedError()):
        answer, run, asked, waited, _ = play(serve, rh.Governor(CASCADE), {"m1": [failure, "42"], "m2": ["no"]})
        assert (answer, run.settled, run.escalations) == ("42", True, 0)
        assert (asked, len(waited)) == (["m1"] * 4, 1)


@BOTH
def test_retry_after_is_obeyed_and_bounded_by_the_deadline(serve: Any) -> None:
    fates = {"m1": [HTTPStatusError(429, {"retry-after": "5"}), "42"], "m2": ["no"]}
    answer, run, asked, waited, _ = play(serve, rh.Governor(PLAIN), fates)
    assert (answer, asked, run.fallbacks) == ("42", ["m1", "m1"], 0)
    assert len(waited) == 1
    assert 4.9 < waited[0] <= 5.0
    fates = {"m1": [HTTPStatusError(429, {"retry-after": "5"}), "no"], "m2": ["42"]}
    answer, run, asked, waited, _ = play(serve, rh.Governor(PLAIN), fates, ceiling=rh.Ceiling(seconds=4))
    assert (answer, asked, waited, run.fallbacks) == ("42", ["m1", "m2"], [], 1)


@BOTH
def test_a_reply_of_tool_calls_alone_is_an_answer(serve: Any) -> None:
    for word in ("tool_calls", "tool_use", "function_call", "TOOL_CALL"):
        calls = Chunk(finish_reason=word, usage={"input": 9, "output": 15})
        answer, run, asked, _, error = play(serve, rh.Governor(PLAIN), {"m1": [APIStatusError(500), calls], "m2": ["no"]})
        assert (answer, run.settled, asked, error) == ("", True, ["m1", "m1"], None)
    answer, run, asked, _, _ = play(serve, rh.Governor(PLAIN), {"m1": [Chunk(finish_reason="stop")], "m2": ["42"]})
    assert (answer, asked) == ("42", ["m1", "m2"]), "an empty reply is none"


@BOTH
def test_a_refusal_is_not_sent_again(serve: Any) -> None:
    refusals = [APIStatusError(400, {"error": {"code": "content_filter"}}), Chunk(text="I", finish_reason="content_filter")]
    for refusal in refusals:
        answer, run, asked, waited, _ = play(serve, rh.Governor(PLAIN), {"m1": [refusal], "m2": ["42"]})
        assert (answer, asked, waited, run.fallbacks) == ("42", ["m1", "m2"], [], 1)


def test_a_ledger_is_charged_for_what_came_of_cancelled_streams() -> None:
    for agree, answers in ((3, ["1", "2", "3"]), (3, ["1", "1", "1"]), (2, ["1", "1", "2"])):
        ledger = rh.Ledger([rh.Cap("tenant", tokens=100_000, per=3600)])
        probe = rh.Rung("a", model="m1", samples=3, agree=agree, answer_tokens=4_096)
        governor = rh.Governor(rh.Ladder([probe, rh.Rung("b", model="m2", answer_tokens=4_096)], default="a"), ledger=ledger)

        async def client(call: Any, index: int, answers: list[str] = answers) -> AsyncIterator[Any]:
            if call.model == "m1" and index == 2:
                yield Chunk(text="a beginning of some words")
                await asyncio.sleep(0)
            yield Chunk(text=answers[index], finish_reason="stop", usage={"input": 9, "output": 5})

        run = governor.plan(ASK, rung="a", tenant="t").start()
        asyncio.run(aio.serve(run, client))
        assert run.settled
        assert 100_000 - ledger.room(tenant="t")[0] == run.spent.tokens < 40


def test_a_host_that_is_given_up_moves_no_session_and_charges_what_came() -> None:
    ledger = rh.Ledger([rh.Cap("tenant", tokens=100_000, per=3600)])
    governor = rh.Governor(PLAIN, ledger=ledger, sessions=rh.Sessions())
    run = governor.plan(ASK, rung="a", tenant="t", session="s").start()

    def client(_call: Any, _index: int) -> Iterator[Any]:
        yield Chunk(text="four")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        host.serve(run, client)
    assert (run.escalations, run.answer, run.settled) == (0, "four", False)
    assert 100_000 - ledger.room(tenant="t")[0] == run.spent.tokens == 1


def test_probes_that_were_not_sent_give_their_place_to_the_top() -> None:
    answers = iter(["7", "8", "9"])
    asked: list[str] = []

    def client(call: Any, _index: int) -> Iterator[Any]:
        asked.append(call.model)
        yield Chunk(text=next(answers), finish_reason="stop", usage={"input": 9, "output": 2})

    run = rh.Governor(CASCADE).plan(ASK, ceiling=rh.Ceiling(samples=3)).start()
    assert host.serve(run, client) == "9"
    assert (asked, run.settled, run.spent.samples) == (["m1", "m1", "m2"], True, 3)


def test_the_end_names_the_limit_that_left_the_top_out() -> None:
    dear = rh.Ladder.cascade(
        rh.Rung("a", model="m1", answer_tokens=100, output_price=1.0),
        rh.Rung("b", model="m2", answer_tokens=4_000, output_price=1e4),
        agree=2,
    )
    cap = rh.Ledger([rh.Cap("tenant", usd=0.001, per=3600)])
    low = rh.Ceiling(usd=0.001)
    for governor, ceiling, ended in (
        (rh.Governor(dear), low, "the money ceiling leaves no room"),
        (rh.Governor(dear, ledger=cap), None, "a cap of the ledger leaves no room"),
        (rh.Governor(dear), rh.Ceiling(tokens=900), "the token ceiling leaves no room"),
        (rh.Governor(dear), None, None),
    ):
        tenant = "t" if ceiling is None and ended is not None else None
        _, run, _, _, _ = play(by_host, governor, {"m1": ["1", "2"], "m2": ["3"]}, tenant=tenant, ceiling=ceiling)
        assert run.ended == ended if ended else run.settled


def test_a_cascade_starts_each_turn_of_a_session_on_its_probes() -> None:
    governor = rh.Governor(CASCADE, sessions=rh.Sessions())
    for _ in range(4):
        plan = governor.plan(ASK, session="s")
        assert plan.rung.name == "a"
        answers = iter(["1", "2", "3"])
        host.serve(plan.start(), lambda call, _i, answers=answers: next(answers) if call.model == "m1" else "42")  # type: ignore[misc]


def test_a_session_follows_evidence_and_not_failures() -> None:
    def down(call: Any, _index: int) -> str:
        if call.model != "m2":
            raise ConnectionResetError
        return "42"

    fails = rh.Governor(PLAIN, sessions=rh.Sessions())
    run = fails.plan(ASK, session="s", rung="a").start()
    host.serve(run, down)
    assert (run.fallbacks, fails.plan("Go on.", session="s").rung.name) == (1, "a")
    empty = rh.Governor(PLAIN, sessions=rh.Sessions())
    run = empty.plan(ASK, session="s", rung="a").start()
    host.serve(run, lambda call, _: "42" if call.model == "m2" else "")
    assert (run.fallbacks, run.escalations, empty.plan("Go on.", session="s").rung.name) == (0, 1, "b")


@BOTH
def test_an_error_of_sleep_ends_the_run_and_is_raised(serve: Any) -> None:
    class Woken(Exception):
        pass

    class Waits(list[float]):
        def append(self, seconds: float) -> None:
            raise Woken(seconds)

    run = rh.Governor(PLAIN).plan(ASK, rung="a").start()

    def client(_call: Any, _index: int) -> Iterator[Any]:
        raise APIStatusError(500)
        yield

    with pytest.raises(Woken):
        serve(run, client, Waits())
    assert run.done
