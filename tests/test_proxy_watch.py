"""Pages of the proxy, its metrics, its log, and the schema of its file."""

from __future__ import annotations

import base64
import html.parser
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from rheostat import config
from tests.conftest import ROOT
from tests.provider import Loopback, Says
from tests.proxied import ASK, HARD, LADDER, PROGRAM, Proxy, running, upstream

tomllib = pytest.importorskip("tomllib", reason="Python 3.10 has no reader of TOML")
PAGE = {"accept": "text/html,application/xhtml+xml;q=0.9"}
KEYS = '\n[[key]]\ntenant = "a"\nenv = "A"\n\n[[key]]\ntenant = "b"\nenv = "B"\n'


def ask(proxy: Proxy, messages: Any = ASK, **headers: str) -> str:
    """Asks, and returns the decision's id."""
    reply = proxy.post("/v1/chat/completions", {"model": "auto", "messages": messages}, **headers)
    assert reply.status_code == 200
    return str(reply.headers["x-rheostat-plan"])


class Elements(html.parser.HTMLParser):
    """Collects the elements of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_decision_is_explained_as_json_and_as_a_page(proxy: Proxy) -> None:
    made = ask(proxy, HARD)
    record = httpx.get(f"{proxy.url}/decisions/{made}").json()
    assert record["id"] == made
    assert record["plan"]["rung"] == record["run"]["rung"] == "deep"
    assert record["run"]["settled"] is True
    assert "primes" not in json.dumps(record)
    page = httpx.get(f"{proxy.url}/decisions/{made}", headers=PAGE)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    elements = Elements(page.text)
    assert record["plan"]["reasons"][0] in elements.words
    assert f"Decision {made}" in elements.words
    assert httpx.get(f"{proxy.url}/decisions/none").status_code == 404
    # A decision that the client carries out has no run.
    routed = proxy.post("/v1/route", {"messages": ASK}).json()["id"]
    assert "run" not in httpx.get(f"{proxy.url}/decisions/{routed}").json()
    assert Elements(httpx.get(f"{proxy.url}/decisions/{routed}", headers=PAGE).text).words


@pytest.mark.parametrize("path", ["/live", "/decisions", "/decisions/ID"])
def test_pages_load_and_run_nothing_and_are_held_to_it(tmp_path: Path, provider: Loopback, path: str) -> None:
    ladder = LADDER.replace('"fast"', "'<b onload=x>&'", 1)
    with running(tmp_path, upstream(provider.url), ladder=ladder) as proxy:
        page = httpx.get(proxy.url + path.replace("ID", ask(proxy)), headers=PAGE)
    policy = page.headers["content-security-policy"]
    nonce = re.fullmatch(
        r"default-src 'none'; style-src 'nonce-([0-9a-f]{32})'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        policy,
    )
    assert nonce
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    elements = Elements(page.text)
    assert ("style", {"nonce": nonce[1]}) in elements.tags
    tags = {tag for tag, _ in elements.tags}
    assert not tags & {"script", "img", "link", "iframe", "object", "form", "b"}
    assert all(not name.startswith("on") and name not in {"style", "src"} for _, given in elements.tags for name in given)
    assert {given["href"] for tag, given in elements.tags if tag == "a"} <= {
        "/live",
        "/decisions",
        *re.findall(r"/decisions/[0-9a-f-]+", page.text),
    }
    assert "<b onload=x>&" in elements.words


def test_the_newest_decisions_are_kept_and_no_more(tmp_path: Path, provider: Loopback) -> None:
    few = '\n[proxy]\nlisten = "127.0.0.1:0"\ndecisions = 3\n'
    with running(tmp_path, few, upstream(provider.url)) as proxy:
        made = [ask(proxy, [{"role": "user", "content": f"What is {n} and {n}?"}]) for n in range(5)]
        assert [one["id"] for one in httpx.get(proxy.url + "/decisions").json()] == made[:1:-1]
        assert httpx.get(f"{proxy.url}/decisions/{made[0]}").status_code == 404


def test_the_live_page_counts_and_compares(proxy: Proxy) -> None:
    for messages in (ASK, ASK, HARD):
        ask(proxy, messages)
    live = httpx.get(proxy.url + "/live").json()
    rungs = {one["rung"]: one for one in live["rungs"]}
    assert (live["plans"], live["runs"]) == (3, 3)
    assert (rungs["fast"]["plans"], rungs["deep"]["plans"]) == (2, 1)
    assert rungs["fast"]["fixed_usd"] < rungs["deep"]["fixed_usd"]
    assert live["usd"] == pytest.approx(rungs["fast"]["usd"] + rungs["deep"]["usd"])
    # Each plan costs what its own rung costs for it: more than all on the lowest, less than all on the highest.
    planned = rungs["fast"]["planned_usd"] + rungs["deep"]["planned_usd"]
    assert rungs["fast"]["fixed_usd"] < planned < rungs["deep"]["fixed_usd"]
    words = Elements(httpx.get(proxy.url + "/live", headers=PAGE).text).words
    assert "3 requests" in words
    assert "promises no bound" in words
    less = round(100 * (1 - planned / rungs["deep"]["fixed_usd"]))
    assert f"Expected to cost ${planned:.4f}, {less} % less than all of them" in words


def test_pages_want_a_key_and_show_a_tenant_its_own(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, upstream(provider.url), KEYS, A="key-a", B="key-b:c") as proxy:
        made = ask(proxy, authorization="Bearer key-a")
        for path in ("/live", "/decisions", f"/decisions/{made}", "/metrics"):
            refused = httpx.get(proxy.url + path, headers=PAGE)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Basic ")
            assert httpx.get(proxy.url + path, auth=("anybody", "key-a")).status_code == 200
        # A password may have a colon.
        assert httpx.get(proxy.url + "/decisions", auth=("", "key-b:c")).json() == []
        assert httpx.get(f"{proxy.url}/decisions/{made}", auth=("", "key-b:c")).status_code == 404
        for wrong in ("key-a", base64.b64encode(b"key-a").decode(), "a2V5", "!!!!", base64.b64encode(b"x:key-").decode()):
            assert httpx.get(proxy.url + "/live", headers={"authorization": f"Basic {wrong}"}).status_code == 401


def test_a_tenant_sees_its_own_traffic_and_an_operator_all(tmp_path: Path, provider: Loopback) -> None:
    keys = KEYS + '\n[[key]]\ntenant = "ops"\nenv = "C"\noperator = true\n'
    policy = '\n[policy]\nkind = "paced"\nusd = 7.5\nper = 3600\n'
    with running(tmp_path, upstream(provider.url), policy, keys, A="key-a", B="key-b", C="key-c") as proxy:
        made = [ask(proxy, authorization=f"Bearer key-{who}") for who in "aab"]

        def live(key: str) -> Any:
            return httpx.get(proxy.url + "/live", auth=("", key)).json()

        seen = {key: (live(key)["plans"], live(key)["runs"]) for key in ("key-a", "key-b", "key-c")}
        assert seen == {"key-a": (2, 2), "key-b": (1, 1), "key-c": (3, 3)}
        assert live("key-a")["usd"] + live("key-b")["usd"] == pytest.approx(live("key-c")["usd"])
        assert live("key-b")["promise"] == ""
        assert "7.5" in live("key-c")["promise"]
        page = httpx.get(proxy.url + "/live", headers=PAGE, auth=("", "key-b")).text
        assert made[2] in page
        assert made[0] not in page
        assert "7.5" not in page
        assert {one["id"] for one in httpx.get(proxy.url + "/decisions", auth=("", "key-c")).json()} == set(made)


SAMPLE = re.compile(r'^(rheostat_[a-z_]+?)(?:\{([a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*)\})? (\S+)$')


def test_metrics_are_in_prometheus_form_with_bounded_labels(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, upstream(provider.url)) as proxy:
        for n in range(4):
            ask(proxy, x_rheostat_session=f"s{n}", x_rheostat_tenant=f"t{n}")
        text = httpx.get(proxy.url + "/metrics").text
        before = text.count("\n")
        for n in range(4, 40):
            ask(proxy, x_rheostat_session=f"s{n}", x_rheostat_tenant=f"t{n}")
        text = httpx.get(proxy.url + "/metrics").text
    assert text.count("\n") == before, "neither sessions nor tenants are labels"
    typed: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in typed
            typed[name] = kind
        elif not line.startswith("# HELP "):
            sample = SAMPLE.match(line)
            assert sample, line
            float(sample[3])
            assert any(sample[1] in {name, f"{name}_bucket", f"{name}_sum", f"{name}_count"} for name in typed), line
    for name in ("decision_seconds", "first_byte_added_seconds", "run_seconds"):
        assert typed[f"rheostat_{name}"] == "histogram"
        counts = [float(n) for n in re.findall(rf'^rheostat_{name}_bucket{{le="[^"]+"}} (\d+)$', text, re.MULTILINE)]
        assert counts == sorted(counts)
        assert counts[-1] == 40
    # Bounds of microseconds, since a decision takes a few.
    assert 'rheostat_decision_seconds_bucket{le="0.000005"}' in text


def test_each_query_of_the_dashboard_finds_its_metric(proxy: Proxy, provider: Loopback) -> None:
    ask(proxy)
    provider.provider.script = lambda *_: Says([], status=503)
    proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK})
    proxy.post("/v1/chat/completions", {"model": "auto", "messages": "x" * 9})
    text = httpx.get(proxy.url + "/metrics").text
    known = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    known |= {f"{name}_{part}" for name in known for part in ("bucket", "sum", "count")}
    board = json.loads((ROOT / "examples" / "grafana.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(queries) >= 8
    for query in queries:
        named = re.findall(r"rheostat_[a-z_]+", query)
        assert named, query
        assert set(named) <= known, query
        for label in re.findall(r"by \(([a-z, ]+)\)", query):
            for one in set(label.split(", ")) - {"le"}:
                assert re.search(rf"^{named[0]}{{[^}}]*\b{one}=", text, re.MULTILINE), query


def logged(proxy: Proxy) -> list[dict[str, Any]]:
    proxy.process.terminate()
    assert proxy.process.wait(30) == 0
    assert proxy.process.stdout is not None
    return [json.loads(line) for line in proxy.process.stdout.read().splitlines()]


def test_the_log_is_json_without_a_word_of_the_prompts(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, upstream(provider.url), '\n[log]\nformat = "json"\n') as proxy:
        made = ask(proxy, HARD)
        httpx.post(proxy.url + "/v1/embeddings", content=b'{"model": "auto", "input": "x"}')
        lines = logged(proxy)
    assert [line["kind"] for line in lines] == ["decision", "passed"]
    decided, passed = lines
    assert decided["id"] == made
    assert decided["run"]["spent"]["tokens"] == 3
    assert decided["surface"] == "openai.chat"
    assert (passed["path"], passed["status"]) == ("/v1/embeddings", 200)
    assert "primes" not in json.dumps(lines)


def test_what_clients_write_does_not_act_in_the_log(tmp_path: Path, provider: Loopback) -> None:
    evil = 'one"\n{"kind": "forged"}\r\x1b[2J\u202e\u2028\x85\x7f\ufeff two'
    with running(tmp_path, upstream(provider.url), '\n[log]\nformat = "json"\nprompts = true\n') as proxy:
        ask(proxy, [{"role": "user", "content": f"What is this: {evil}?"}])
        proxy.post("/v1/route", {"messages": ASK}, x_rheostat_session='a"}\\b')
        proxy.process.terminate()
        assert proxy.process.wait(30) == 0
        assert proxy.process.stdout is not None
        text = proxy.process.stdout.read()
    lines = text.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["decision", "decision"]
    assert json.loads(lines[0])["ask"].startswith("What is this: one")
    acting = [c for c in text if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2028\ufeff")]
    assert acting == []


def test_the_first_line_of_the_log_says_where_it_listens(tmp_path: Path, provider: Loopback) -> None:
    file = tmp_path / "proxy.toml"
    tables = upstream(provider.url) + '\n[proxy]\nlisten = "127.0.0.1:0"\n[log]\nformat = "json"\n'
    file.write_text(LADDER + tables, encoding="utf-8")
    with subprocess.Popen([PROGRAM, "--config", file], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        process.kill()
    assert line["level"] == "info"
    assert line["message"].startswith("listening on http://127.0.0.1:")


def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(subprocess.run([PROGRAM, "--schema"], capture_output=True, check=True).stdout)
    return read


def test_the_schema_takes_what_the_proxy_takes(tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    example = (ROOT / "examples" / "proxy.toml").read_text(encoding="utf-8")
    whole = example + '[state]\nfile = "x"\nseconds = 5\n[log]\nformat = "json"\n[[key]]\ntenant = "a"\nenv = "A"\n'
    assert list(validator.iter_errors(tomllib.loads(whole))) == []
    wrong = ["[proxy]\ncolour = 1", "[proxy]\nlisten = 1", "[log]\nformat = 'xml'", "[state]\nseconds = 5", "[[key]]\nenv = 'A'"]
    for tables in wrong:
        document = tomllib.loads(LADDER + tables)
        assert list(validator.iter_errors(document)), tables
        file = tmp_path / "proxy.toml"
        file.write_text(LADDER + tables, encoding="utf-8")
        assert subprocess.run([PROGRAM, "--config", file, "--check"], capture_output=True, check=False).returncode == 1
    described = schema()["properties"]
    assert set(described) > set(config.schema()["properties"])
    for table in ("proxy", "upstream", "route", "shadow", "learning", "tls", "key", "state", "log", "otel"):
        fields = described[table].get("properties") or described[table]["items"]["properties"]
        assert all(field.get("description") for field in fields.values()), table


def test_the_schema_takes_every_table_of_the_page() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    blocks = re.findall(
        r"^```toml\n(.*?)^```", (ROOT / "docs" / "proxy.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    tables = [tomllib.loads(LADDER + block) for block in blocks]
    assert [error.message for document in tables for error in validator.iter_errors(document)] == []
    shown = {table for document in tables for table in document}
    assert shown == {"rung", "ledger", "proxy", "upstream", "route", "shadow", "learning", "tls", "key", "state", "log", "otel"}


def test_python_reads_the_proxys_file(tmp_path: Path) -> None:
    read = config.load(ROOT / "examples" / "proxy.toml")
    assert read.ladder[0].name == "fast"
    assert read.governor().plan("What is the capital of France?").rung.name == "fast"


def test_a_client_of_the_decisions_page_cannot_be_fooled_by_its_path(proxy: Proxy) -> None:
    for path in ("/decisions/", "/decisions//", "/decisions/a/b", "/decisions/<script>"):
        reply = httpx.get(proxy.url + path, headers=PAGE)
        assert reply.status_code in {200, 400, 404}
        assert "<script>" not in reply.text
