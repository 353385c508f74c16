"""`make demo`: real prompts get different budgets in microseconds; streams ramp, stop, and meet a ceiling.

The prompts are those of examples/prompts.jsonl, the ladder is examples/ladder.toml. The token streams of the second part are
synthetic (examples/streams.py), and the screen says so.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import streams
from rich.console import Console
from rich.table import Table
from rich.text import Text

import rheostat as rh
from rheostat import config

HERE = Path(__file__).parent
KINDS = {"faq": "a lookup", "steps": "several steps", "novel": "really new", "adversarial": "misleading"}
STYLES = {"fast": "green", "think": "yellow", "deep": "red", "panel": "magenta"}


def main() -> None:
    """Both parts, one after the other."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=132)
    governor = config.load(HERE / "ladder.toml").governor(seed=0)
    rows = [json.loads(line) for line in (HERE / "prompts.jsonl").read_text(encoding="utf-8").splitlines()]
    prompts(console, governor, rows)
    budgets(console, governor, rows)
    runs(console, governor)


def prompts(console: Console, governor: rh.Governor, rows: list[dict[str, str]], *, timed: bool = True) -> None:
    """Every prompt with what it got, and how long that took."""
    table = Table(title=f"{len(rows)} prompts, planned one by one", title_justify="left", title_style="bold", box=None)
    table.add_column("", no_wrap=True)
    table.add_column("prompt", no_wrap=True, overflow="ellipsis", max_width=max(console.width - 66, 24))
    for head in ("difficulty", "coverage", "P(correct)", "rung", "thinking", *(["µs"] if timed else [])):
        table.add_column(head, justify="left" if head == "rung" else "right", no_wrap=True, min_width=max(len(head), 5))
    kind = ""
    for row in rows:
        plan = governor.plan(row["text"])
        estimate = plan.estimate
        if row["kind"] != kind:
            kind = row["kind"]
            table.add_section()
            table.add_row("", Text(KINDS[kind], style="bold cyan"))
        table.add_row(
            row["language"],
            Text(row["text"]),
            f"{estimate.difficulty:.2f}",
            f"{estimate.coverage:.2f}",
            f"{plan.p_correct:.2f}",
            Text(plan.rung.name, style=STYLES.get(plan.rung.name, "")),
            f"{plan.thinking_tokens:,}",
            *([f"{micros(governor, row['text']):.1f}"] if timed else []),
        )
    console.print(table)


def micros(governor: rh.Governor, text: str) -> float:
    """Times one decision: the best of a few batches."""
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(200):
            governor.plan(text)
        best = min(best, time.perf_counter() - began)
    return best / 200 * 1e6


def budgets(console: Console, governor: rh.Governor, rows: list[dict[str, str]]) -> None:
    """Prints the expected cost of the plans, beside one fixed rung for all prompts."""
    texts = [row["text"] for row in rows]
    plans = [governor.plan(text) for text in texts]
    fixed = [governor.plan(text, rung="deep") for text in texts]
    spent, flat = sum(plan.expected_usd for plan in plans), sum(plan.expected_usd for plan in fixed)
    by_rung = {rung.name: sum(plan.rung.name == rung.name for plan in plans) for rung in governor.ladder.rungs}
    shares = ", ".join(f"{name} {count}" for name, count in by_rung.items() if count)
    console.print(
        f"\n[bold]Rungs:[/] {shares}. Expected cost ${spent:.3f}, against ${flat:.3f} with every prompt on [b]deep[/].\n"
    )


def runs(console: Console, governor: rh.Governor) -> None:
    """Four runs on synthetic streams."""
    console.print("[bold]Four runs.[/] [reverse] The token streams are synthetic, made by examples/streams.py. [/]\n")
    text = "Find all pairs of positive integers (m, n) such that m^2 + n divides n^2 + m."
    stories = {
        "A sure stream: its answer settles the run.": (governor.plan(text, rung="think"), sure),
        "A stream loses its confidence: more thinking first, then the next model.": (governor.plan(text, rung="think"), doubtful),
        "Samples agree: the rest of the vote is not drawn.": (governor.plan(text, rung="panel"), voting),
        "A stream that never ends: the ceiling holds, whatever it says.": (
            governor.plan(text, rung="think", ceiling=rh.Ceiling(tokens=2_000, escalations=0)),
            endless,
        ),
    }
    for title, (plan, story) in stories.items():
        with plan.start() as run:
            said = list(story(run))
        console.print(f"[bold cyan]{title}[/]")
        for line in said:
            console.print(f"    {line}")
        spent, limit = run.spent, plan.limit
        verdict = "settled" if run.settled else "not settled"
        console.print(
            f"    [bold]{verdict}[/]: {run.ended}; answer {run.answer!r}; {spent.tokens:,} of {limit.tokens:,} tokens, "
            f"{spent.samples} samples, ${spent.usd:.4f} of ${limit.usd:.2f}\n"
        )


def tell(sample: rh.Sample, rows: Iterator[list[float]]) -> rh.Action | None:
    """Tell a run each token of a stream; the action that stopped it, if one did."""
    for row in rows:
        action = sample.token(row[0], row)
        if action.stops:
            return action
    return None


def line(action: rh.Action, sample: rh.Sample) -> str:
    """An action in words."""
    rung = f" to {action.rung.name}" if action.rung else ""
    dial = f" ({action.dial}{rung})" if action.dial else ""
    lowest = sample.readings.lowest_top_logprob
    nats = f"; likeliest tokens at {lowest:.2f} nats" if lowest is not None else ""
    return f"after {sample.readings.tokens:,} tokens: [bold]{action.kind}[/]{dial}: {action.reason}{nats}"


def sure(run: rh.Run) -> Iterator[str]:
    """One confident stream."""
    (call,) = run.next()
    yield str(call)
    sample = call.sample()
    tell(sample, streams.tokens(1, 900))
    yield line(sample.finish("(1, 1)"), sample)


def doubtful(run: rh.Run) -> Iterator[str]:
    """The first stream loses its way, and so does one with more thinking; the next rung does not."""
    for seed, doubt in ((2, 400), (3, 500), (4, None)):
        (call,) = run.next()
        yield str(call)
        sample = call.sample()
        stopped = tell(sample, streams.tokens(seed, 1_200, doubt_after=doubt))
        ended = sample.finish(None if stopped else "(1, 1)")
        yield line(stopped or ended, sample)


def voting(run: rh.Run) -> Iterator[str]:
    """Samples one after another, until they agree."""
    for call in run.next():
        yield str(call)
        for i in range(call.samples):
            sample = call.sample(i)
            tell(sample, streams.tokens(10 + i, 700))
            action = sample.finish("(1, 1)")
            yield f"sample {i}: {line(action, sample)}"
            if action.stops:
                call.fail("not needed any more") if i + 1 < call.samples else None
                return


def endless(run: rh.Run) -> Iterator[str]:
    """It would go on for ever."""
    (call,) = run.next()
    yield str(call)
    sample = call.sample()
    stopped = tell(sample, streams.tokens(5, 1_000_000))
    if stopped:
        yield line(stopped, sample)
    sample.finish()


if __name__ == "__main__":
    main()
