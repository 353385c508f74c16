"""`rheostat lab`: real small models, served and governed on this machine, without a key or a network."""

from __future__ import annotations

import argparse
from typing import Any

from rheostat._cli import _input, _show


def add(subparsers: Any) -> None:
    """Add the verb."""
    parser = subparsers.add_parser("lab", help="real small models: ask them, serve them, govern them", description=__doc__)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    ask = actions.add_parser("ask", help="one question to one model", description="Ask one model one question.")
    ask.add_argument("text", help="the question, as in `What is 12 + 30, left to right?`")
    ask.add_argument("--model", default="lab-large", help="lab-tiny, lab-medium or lab-large (default)")
    ask.add_argument("--mode", default="hi", choices=("no", "lo", "hi"), help="answer at once, or after a short or long working")
    ask.add_argument("--weights", help="a directory of weights, if rheostat-lab is not installed")
    _input.add_json(ask)
    ask.set_defaults(run=_ask)
    serve = actions.add_parser("serve", help="an OpenAI-compatible server", description="Serve the models over HTTP.")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this machine alone)")
    serve.add_argument("--port", type=int, default=8765, help="the port to listen on (8765)")
    serve.add_argument("--queue", type=int, default=192, help="the most streams open at once; beyond them: 429 (192)")
    serve.add_argument("--weights", help="a directory of weights, if rheostat-lab is not installed")
    serve.set_defaults(run=_serve)


def _ask(args: argparse.Namespace) -> int:
    from rheostat.lab import Lab, Request

    engine = Lab.load(args.weights)[args.model]
    stream = engine.serve([Request(args.text, args.mode)])[0]
    if args.json:
        _show.as_json({"answer": stream.answer, "working": stream.working, "tokens": len(stream.tokens)})
        return 0
    _show.lines([("working", stream.working), ("answer", stream.answer or "none"), ("tokens", str(len(stream.tokens)))])
    return 0


def _serve(args: argparse.Namespace) -> int:
    from rheostat.lab import Lab
    from rheostat.lab.server import serve

    lab = Lab.load(args.weights)
    print(f"{', '.join(lab.models)} at http://{args.host}:{args.port}/v1 (stop with Ctrl-C)", flush=True)
    serve(lab, args.host, args.port, args.queue)
    return 0
