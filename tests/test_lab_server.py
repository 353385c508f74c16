"""The lab's server, driven by the clients that people use, over loopback."""

import asyncio
import gc
import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from rheostat_lab import Lab

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("starlette", reason="starlette is not installed")
uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed")
openai = pytest.importorskip("openai", reason="openai is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")

QUESTION = "Start with 17, add 25. What is the result?"
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab.load(capacity=32)


class Served(uvicorn.Server):  # type: ignore[misc,name-defined]
    """Says when it is up."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    from rheostat_lab.server import application

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = Served(uvicorn.Config(application(lab, queue=64), log_level="critical", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert server.up.wait(30)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture
def client(url: str) -> Iterator[Any]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as made:
        yield made


def health(url: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{url}/health").json()
    return found


def idle(url: str) -> bool:
    """Returns True if nothing is open, at the latest after 500 looks: each lets the server run for a while."""
    return any(health(url)["open"] == 0 for _ in range(500))


def test_models_are_listed(client: Any, lab: Lab) -> None:
    assert [model.id for model in client.models.list()] == list(lab.models)
    assert client.models.retrieve("lab-tiny").id == "lab-tiny"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("lab-huge")


@pytest.mark.parametrize("effort", ["none", "low", "high"])
def test_whole_and_streamed_answers_are_the_same(client: Any, effort: str) -> None:
    asked = {"model": "lab-tiny", "messages": MESSAGES, "reasoning_effort": effort, "temperature": 0}
    whole = client.chat.completions.create(**asked, logprobs=True, top_logprobs=3)
    choice = whole.choices[0]
    details = whole.usage.completion_tokens_details
    assert choice.finish_reason == "stop"
    assert whole.usage.completion_tokens == len(choice.logprobs.content)
    assert (details.reasoning_tokens == 0) == (effort == "none")
    assert all(len(token.top_logprobs) == 3 for token in choice.logprobs.content)
    assert choice.logprobs.content[-1].token == "<eos>"
    said, thought, usage = "", "", None
    tokens: list[Any] = []
    stream = client.chat.completions.create(**asked, logprobs=True, stream=True, stream_options={"include_usage": True})
    for chunk in stream:
        usage = chunk.usage or usage
        for part in chunk.choices:
            said += part.delta.content or ""
            thought += getattr(part.delta, "reasoning_content", None) or ""
            tokens += part.logprobs.content if part.logprobs else []
    assert said.strip() == choice.message.content
    assert thought.strip() == choice.message.reasoning_content
    assert [t.token for t in tokens] == [t.token for t in choice.logprobs.content]
    assert usage == whole.usage


def test_choices_differ_and_seeds_repeat(client: Any) -> None:
    def ask() -> list[str]:
        answer = client.chat.completions.create(
            model="lab-tiny", messages=MESSAGES, n=8, seed=3, reasoning_effort="high", temperature=1.5
        )
        return [choice.message.reasoning_content for choice in answer.choices]

    assert len(set(ask())) > 1
    assert ask() == ask()


def test_limits_and_budgets(client: Any) -> None:
    cut = client.chat.completions.create(model="lab-tiny", messages=MESSAGES, max_completion_tokens=3, reasoning_effort="high")
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage.completion_tokens == 3
    short = client.chat.completions.create(
        model="lab-tiny", messages=MESSAGES, reasoning_effort="high", extra_body={"thinking_tokens": 2}
    )
    assert short.usage.completion_tokens_details.reasoning_tokens <= 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"messages": []}, "no message"), ({"messages": [{"role": "user", "content": 3}]}, "content of int"), ({"n": 0}, "got 0"),
     ({"n": 17}, "between 1 and 16"), ({"temperature": 9}, "temperature"), ({"top_p": 0}, "top_p"), ({"seed": -4}, "seed"),
     ({"reasoning_effort": "extreme"}, "extreme"), ({"tools": []}, "tools"),
     ({"logprobs": True, "top_logprobs": 50}, "top_logprobs"),
     ({"temperature": 10**400}, "temperature must be between 0 and 2"), ({"\ud800": 1}, "not a field"),
     ({"max_completion_tokens": 0}, "max_tokens"), ({"stream": 1}, "stream: got int"), ({"model": None}, "model: missing"),
     ({"messages": [{"role": "user", "content": "add " * 2000}]}, "too long")],
)  # fmt: skip
def test_bad_requests_are_named(url: str, changed: dict[str, Any], said: str) -> None:
    body = json.dumps({"model": "lab-tiny", "messages": MESSAGES, **changed})
    answer = httpx.post(f"{url}/v1/chat/completions", content=body)
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"[1]", 400), (b"{", 400), (b"[" * 100_000, 400), (b"\xff\xfe", 400), (b" " * 300_000, 413)]
)
def test_bodies_that_are_none(url: str, body: bytes, status: int) -> None:
    assert httpx.post(f"{url}/v1/chat/completions", content=body).status_code == status


def test_empty_and_unknown_questions_are_answered(client: Any) -> None:
    for text in ("", "☃", "Wovon handelt Hamlet?"):
        answer = client.chat.completions.create(
            model="lab-tiny", messages=[{"role": "user", "content": text}], max_completion_tokens=64
        )
        assert answer.choices[0].finish_reason in {"stop", "length"}


def test_unknown_models_are_not_found(client: Any) -> None:
    with pytest.raises(openai.NotFoundError, match="lab-huge"):
        client.chat.completions.create(model="lab-huge", messages=MESSAGES)


def test_a_client_that_goes_away_frees_its_streams(url: str) -> None:
    body = {"model": "lab-tiny", "messages": MESSAGES, "reasoning_effort": "high", "n": 16, "stream": True, "temperature": 2}
    for _ in range(5):
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=body) as answer:
            next(answer.iter_lines())
    assert idle(url)
    host, port = url.removeprefix("http://").split(":")
    for stream in (True, False):
        asked = json.dumps({**body, "stream": stream}).encode()
        with socket.create_connection((host, int(port))) as one:
            one.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s" % (len(asked), asked))
    assert idle(url)


def test_a_body_that_never_comes_is_no_error(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as one:
        one.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
    assert idle(url)


def test_two_hundred_clients_are_served_or_told_to_wait(url: str) -> None:
    async def all_of_them() -> list[Any]:
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(limits=limits, timeout=None) as one:
            body = {"model": "lab-tiny", "messages": MESSAGES, "reasoning_effort": "high"}
            return await asyncio.gather(*(one.post(f"{url}/v1/chat/completions", json=body) for _ in range(200)))

    answers = asyncio.run(all_of_them())
    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {200, 429}
    assert codes.count(200) >= 64
    refused = [answer for answer in answers if answer.status_code == 429]
    assert all(answer.headers["retry-after"] == "1" for answer in refused)
    assert idle(url)


def test_four_hundred_requests_over_http_leave_nothing_behind(url: str, lab: Lab) -> None:
    # Ten thousand, in a process of its own and with its memory: benches/lab_storm.py.
    from rheostat_lab import Stream

    body = {"model": "lab-tiny", "messages": MESSAGES, "reasoning_effort": "none"}
    seen: Counter[int] = Counter()

    async def client(one: Any, number: int) -> None:
        for i in range(2):
            stream = (number + i) % 3 == 0
            async with one.stream("POST", f"{url}/v1/chat/completions", json={**body, "stream": stream}) as answer:
                seen[answer.status_code] += 1
                # Of those that stream, every client goes away at the first line.
                await (anext(answer.aiter_lines()) if stream else answer.aread())

    async def storm() -> None:
        limits = httpx.Limits(max_connections=200, keepalive_expiry=1)
        async with httpx.AsyncClient(limits=limits, timeout=None) as one:
            await asyncio.gather(*(client(one, number) for number in range(200)))

    asyncio.run(storm())
    assert set(seen) <= {200, 429}
    assert seen.total() == 400
    assert seen[200] >= 100
    assert idle(url)
    gc.collect()
    assert sum(isinstance(thing, Stream) for thing in gc.get_objects()) < 64


def test_more_than_may_be_open_is_refused(lab: Lab) -> None:
    from rheostat_lab import Request
    from rheostat_lab.server import Driver, Full

    async def fill() -> None:
        driver = Driver(lab, queue=4)
        first = driver.add("lab-tiny", [Request(QUESTION)] * 4)
        with pytest.raises(Full, match="4 are allowed"):
            driver.add("lab-tiny", [Request(QUESTION)])
        driver.close(first)
        driver.close(first)
        assert driver.open == 0

    asyncio.run(fill())
    lab["lab-tiny"].drain()


def test_requests_one_after_another_are_all_answered(lab: Lab) -> None:
    """Each comes at another point of the driver's pass. One whose wake-up is lost gets no token, however long one waits."""
    from rheostat_lab.engine import Request
    from rheostat_lab.server import Driver

    async def read(driver: Driver) -> None:
        streams = driver.add("lab-tiny", [Request(QUESTION, max_tokens=2)])
        async for _ in driver.follow(streams[0]):
            pass
        driver.close(streams)

    async def ask() -> int:
        driver = Driver(lab)
        running = asyncio.create_task(driver.run())
        answered = 0
        for pause in range(24):
            for _ in range(pause % 12):
                await asyncio.sleep(0)
            reading = asyncio.create_task(read(driver))
            for _ in range(500):
                if reading.done():
                    break
                await asyncio.sleep(0)
            answered += reading.done()
            reading.cancel()
        running.cancel()
        return answered

    assert asyncio.run(ask()) == 24


def test_ten_thousand_requests_leave_nothing_behind(lab: Lab) -> None:
    from rheostat_lab import Request, Stream
    from rheostat_lab.server import Driver

    async def client(driver: Driver, rounds: int) -> None:
        for i in range(rounds):
            streams = driver.add("lab-tiny", [Request(QUESTION, "no")])
            # Every third goes away at its first token.
            async for _ in driver.follow(streams[0]):
                if i % 3 == 0:
                    break
            driver.close(streams)

    async def storm() -> None:
        driver = Driver(lab, queue=200)
        task = asyncio.ensure_future(driver.run())
        await asyncio.gather(*(client(driver, 50) for _ in range(200)))
        task.cancel()
        assert driver.open == 0

    asyncio.run(storm())
    lab["lab-tiny"].drain()
    gc.collect()
    assert sum(isinstance(thing, Stream) for thing in gc.get_objects()) < 64


@pytest.mark.filterwarnings("ignore")
def test_litellm_understands_it(url: str) -> None:
    litellm = pytest.importorskip("litellm", reason="litellm is not installed")
    common = {"model": "openai/lab-tiny", "api_base": f"{url}/v1", "api_key": "none", "messages": MESSAGES, "temperature": 0}
    whole = litellm.completion(**common, reasoning_effort="high", allowed_openai_params=["reasoning_effort"])
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage.completion_tokens > 10
    parts = [chunk.choices[0].delta.content or "" for chunk in litellm.completion(**common, stream=True)]
    assert "".join(parts).strip()
