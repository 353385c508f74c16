"""`rheostat lab`: real small models, served and governed on this machine, without a key or a network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rheostat._cli import _input, _show
from rheostat._extras import need

if TYPE_CHECKING:
    from typing_extensions import Self


def add(subparsers: Any) -> None:
    """Add the verb."""
    parser = subparsers.add_parser("lab", help="real small models: ask them, serve them, govern them", description=__doc__)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    ask = actions.add_parser("ask", help="one question to one model", description="Ask one model one question.")
    ask.add_argument("text", help="the question, as in `What is 12 + 30, left to right?`")
    ask.add_argument("--model", default="lab-large", help="lab-tiny, lab-medium or lab-large (default)")
    ask.add_argument("--mode", default="hi", choices=("no", "lo", "hi"), help="answer at once, or after a short or long working")
    ask.add_argument("--weights", help="a directory of weights, instead of those that come along")
    _input.add_json(ask)
    ask.set_defaults(run=_ask)
    run = actions.add_parser(
        "run",
        help="the same questions at a fixed maximum, at a fixed minimum, and governed",
        description="Serve questions every way, and say what it cost, what was right, and what may be promised.",
    )
    run.add_argument("--questions", type=int, default=3000, help="questions of the test split (3000)")
    run.add_argument("--train", type=int, default=2000, help="questions of the training split (2000)")
    run.add_argument("--prices", default="tiers", help="tiers (default), flops, flat, or all of them in turn")
    run.add_argument("--ablate", default="", metavar="PARTS", help="also without these: estimate,ramp,votes,ceiling or all")
    run.add_argument("--steps", action="store_true", help="also with the step scorer asked at the end of each step")
    run.add_argument("--no-cascades", action="store_true", help="leave the published cascades out")
    run.add_argument("--html", metavar="FILE", help="write the report as a page; needs the extra `html`")
    run.add_argument("--weights", help="a directory of weights, instead of those that come along")
    _input.add_json(run)
    run.set_defaults(run=_run)
    serve = actions.add_parser("serve", help="an OpenAI-compatible server", description="Serve the models over HTTP.")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this machine alone)")
    serve.add_argument("--port", type=int, default=8765, help="the port to listen on (8765)")
    serve.add_argument("--queue", type=int, default=192, help="the most streams open at once; beyond them: 429 (192)")
    serve.add_argument("--weights", help="a directory of weights, instead of those that come along")
    serve.set_defaults(run=_serve)


def _ask(args: argparse.Namespace) -> int:
    from rheostat_lab import Lab, Request

    engine = Lab.load(args.weights)[args.model]
    stream = engine.serve([Request(args.text, args.mode)])[0]
    if args.json:
        _show.as_json({"answer": stream.answer, "working": stream.working, "tokens": len(stream.tokens)})
        return 0
    _show.lines([("working", stream.working), ("answer", stream.answer or "none"), ("tokens", str(len(stream.tokens)))])
    return 0


def _serve(args: argparse.Namespace) -> int:
    from rheostat_lab import Lab
    from rheostat_lab.server import serve

    lab = Lab.load(args.weights)
    print(f"{', '.join(lab.models)} at http://{args.host}:{args.port}/v1 (stop with Ctrl-C)", flush=True)
    serve(lab, args.host, args.port, args.queue)
    return 0


def _run(args: argparse.Namespace) -> int:
    from rheostat_lab import LISTS, Lab
    from rheostat_lab.experiment import Bank, Options, compare
    from rheostat_lab.experiment.compare import ABLATIONS
    from rheostat_lab.experiment.page import page
    from rheostat_lab.experiment.report import as_dict

    parts = ABLATIONS if args.ablate == "all" else tuple(filter(None, args.ablate.split(",")))
    lists = tuple(LISTS) if args.prices == "all" else (args.prices,)
    options = [Options(args.questions, args.train, prices, parts, args.steps, not args.no_cascades) for prices in lists]
    for option in options:
        option.check()
    if args.html:
        need("matplotlib", "html", "rheostat-lab")  # Now, and not after minutes of serving.
    bank = Bank(Lab.load(args.weights, capacity=64))
    found = []
    for option in options:
        with _Progress(quiet=args.json) as progress:
            found.append(compare(bank.lab, option, progress, bank))
        if not args.json:
            _tell(found[-1])
    if args.json:
        _show.as_json([as_dict(one) for one in found] if len(found) > 1 else as_dict(found[0]))
    if args.html:
        Path(args.html).write_text(page(found[0]), encoding="utf-8")
    return 0


class _Progress:
    """Shows progress on standard error: a line that moves on a terminal, a line for each step elsewhere."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.moving = sys.stderr.isatty()
        self.last = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.moving and not self.quiet:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def __call__(self, what: str, done: int, total: int) -> None:
        if self.quiet:
            return
        if self.moving:
            print(f"\r\033[K{what} {done}/{total}", end="", file=sys.stderr, flush=True)
        elif what != self.last:
            print(f"{what} …", file=sys.stderr, flush=True)
        self.last = what


def _tell(found: Any) -> None:
    from rheostat_lab.experiment.report import sentences

    rows = []
    for arm in found.arms.values():
        low, high = arm.interval
        saved = 1 - arm.cost / found.maximum.cost
        cells = (
            f"{arm.accuracy:.1%}",
            f"{100 * low:.1f}–{100 * high:.1f}",
            f"{arm.cost:.4f}",
            f"{saved:.1%}",
            f"{arm.steps.mean():.0f}",
        )
        rows.append((arm.name, *cells))
    columns = ("served", ">right", ">95 %", ">$ / 1000", ">saved", ">tokens in a row")
    _show.table(f"{found.options.questions} questions, prices: {found.options.prices}", columns, rows)
    detail = found.governor.detail
    counted = [(name, " ".join(f"{k} {v}," for k, v in detail[key].items()).rstrip(",")) for name, key in _COUNTED]
    _show.lines([*counted, *(("found", sentence) for sentence in sentences(found))])


_COUNTED = (("started on", "planned"), ("ended on", "ended"), ("calls", "calls"), ("ramped", "ramps"))
