"""The learned state of the proxy survives its process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.provider import Loopback
from tests.proxied import ASK, HARD, Proxy, running, until, upstream


def saved(tmp_path: Path, provider: Loopback, *more: str, seconds: float = 0.1) -> list[str]:
    return [upstream(provider.url), f'\n[state]\nfile = "{tmp_path / "learned"}"\nseconds = {seconds}\n', *more]


def route(proxy: Proxy, messages: Any, **headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = proxy.post("/v1/route", {"messages": messages}, **headers).json()
    return answer


def end(proxy: Proxy) -> None:
    proxy.process.terminate()
    assert proxy.process.wait(30) == 0


def test_a_conversation_stays_on_its_rung(tmp_path: Path, provider: Loopback) -> None:
    given = saved(tmp_path, provider, seconds=1_000)
    with running(tmp_path, *given) as proxy:
        assert route(proxy, HARD, x_rheostat_session="one")["rung"] == "deep"
        end(proxy)
    assert (tmp_path / "learned").stat().st_mode & 0o777 == 0o600
    with running(tmp_path, *given) as proxy:
        assert route(proxy, ASK, x_rheostat_session="one")["rung"] == "deep"
        assert route(proxy, ASK, x_rheostat_session="other")["rung"] == "fast"


def test_sessions_of_another_ladder_begin_anew_and_the_log_says_so(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, *saved(tmp_path, provider)) as proxy:
        assert route(proxy, HARD, x_rheostat_session="one")["rung"] == "deep"
        end(proxy)
    other = '[[rung]]\nname = "a"\nmodel = "small"\n[[rung]]\nname = "b"\nmodel = "large"\n'
    with running(tmp_path, *saved(tmp_path, provider), ladder=other) as proxy:
        assert route(proxy, ASK, x_rheostat_session="one")["rung"] == "a"
        end(proxy)
        assert proxy.process.stderr is not None
        assert "sessions begin anew" in proxy.process.stderr.read()


def test_what_was_learned_serves_from_the_first_request(tmp_path: Path, provider: Loopback) -> None:
    given = saved(tmp_path, provider)
    with running(tmp_path, *given) as proxy:
        fresh = route(proxy, ASK)["plan"]["version"]
        outcomes = []
        for number in range(30):
            plan = route(proxy, [{"role": "user", "content": f"Is {number} a riddle or an easy question?"}])
            outcomes.append({"id": plan["id"], "rung": plan["rung"], "score": number % 2})
        assert proxy.post("/v1/outcomes", outcomes).json() == {"taken": 30}
        until(lambda: proxy.metric("replacements_total") == 1)
        assert route(proxy, ASK)["plan"]["version"] != fresh
        # It is killed: the file was written meanwhile.
        size = (tmp_path / "learned").stat().st_mtime_ns
        until(lambda: (tmp_path / "learned").stat().st_mtime_ns > size)
    # What it had begun is forgotten at the next start. The second proxy writes, too: only the old name is looked for.
    begun = tmp_path / "learned.1-2.new"
    begun.write_bytes(b"half a fi")
    with running(tmp_path, *given) as proxy:
        assert not begun.exists()
        assert proxy.metric("replacements_total") == 1
        assert route(proxy, ASK)["plan"]["version"] != fresh


def test_pacing_goes_on_in_its_period(tmp_path: Path, provider: Loopback) -> None:
    paced = '\n[policy]\nkind = "paced"\nusd = 0.000_001\nper = 1_000_000_000\nusd_per_error = 0.01\nqueries = 1_000\n'
    given = saved(tmp_path, provider, paced)
    with running(tmp_path, *given) as proxy:
        assert route(proxy, HARD)["rung"] == "deep"
        rungs = [route(proxy, [{"role": "user", "content": f"{HARD[0]['content']} {n}"}])["rung"] for n in range(60)]
        assert rungs[-1] == "fast"
        end(proxy)
    with running(tmp_path, *given) as proxy:
        # The price is still what it was.
        assert route(proxy, HARD)["rung"] == "fast"


@pytest.mark.parametrize("content", [b"", b"x" * 100, None])
def test_a_damaged_file_is_moved_aside(tmp_path: Path, provider: Loopback, content: bytes | None) -> None:
    file = tmp_path / "learned"
    with running(tmp_path, *saved(tmp_path, provider)) as proxy:
        route(proxy, HARD, x_rheostat_session="one")
        end(proxy)
    damaged = file.read_bytes()[:-3] if content is None else content
    file.write_bytes(damaged)
    (tmp_path / "learned.1-2.new").write_bytes(b"half")
    with running(tmp_path, *saved(tmp_path, provider, seconds=1_000)) as proxy:
        assert route(proxy, ASK, x_rheostat_session="one")["rung"] == "fast"
        assert (tmp_path / "learned.damaged").read_bytes() == damaged
        assert not file.exists()
        assert not (tmp_path / "learned.1-2.new").exists()
        end(proxy)
    assert file.exists()
