"""`make proxy-demo`: the lab's models behind the proxy, asked by OpenAI's client; what the governed answers cost.

Each question goes to every model of the lab directly, and to the model "auto" through the proxy. The proxy first gets some
hundred other questions, each with the grade of its answer: from these it learns which model answers what.
"""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import uvicorn
from rich.progress import track

from rheostat_lab import Lab
from rheostat_lab.prices import LISTS, MODELS
from rheostat_lab.questions import stream
from rheostat_lab.server import application

PROGRAM = Path(__file__).parents[1] / "target" / "release" / "rheostat-proxy"
PRICES = LISTS["tiers"]
USD_PER_ERROR = 0.0011
"""The worth of a right answer, in US dollars: five or six answers of the largest model."""


def main(count: int = 200, graded: int = 400) -> None:
    """Asks all questions in each way, and prints what each cost and how many answers were right."""
    made = (question for _, question in stream(7))
    learned, questions = list(itertools.islice(made, graded)), list(itertools.islice(made, count))
    with lab_server() as url, proxy(url) as governed:
        rows = {f"always {model}": asked(url, model, questions) for model in MODELS}
        asked(governed, "auto", learned, grades=True)
        rows['"auto", by the proxy'] = asked(governed, "auto", questions)
    print(f'\n{count} questions, prices of the list "tiers"; the proxy has learned from the grades of {graded} others\n')
    print(f"{'':22} {'right':>7} {'US dollars':>12}   models")
    for name, (right, usd, used) in rows.items():
        models = ", ".join(f"{model} {used[model]}" for model in MODELS if model in used)
        print(f"{name:22} {right / count:7.1%} {usd:12.6f}   {models}")


def asked(url: str, model: str, questions: list[Any], *, grades: bool = False) -> tuple[int, float, dict[str, int]]:
    """The number of right answers, the cost, and how often each model answered. With `grades`, the proxy gets them."""
    client = openai.OpenAI(base_url=url + "/v1", api_key="none")
    right, usd, used = 0, 0.0, dict[str, int]()
    for question in track(questions, f"{model}, graded" if grades else model):
        asks: Any = [{"role": "user", "content": question.text}]
        raw = client.chat.completions.with_raw_response.create(model=model, messages=asks)
        reply = raw.parse()
        assert reply.usage is not None
        # Each reply has the usage of the sample that it is; the ladder of the demo draws one.
        price = PRICES[reply.model]
        usd += (reply.usage.prompt_tokens * price.input + reply.usage.completion_tokens * price.output) / 1e6
        used[reply.model] = used.get(reply.model, 0) + 1
        grade = question.right(reply.choices[0].message.content)
        right += grade
        if grades:
            plan, rung = raw.headers["x-rheostat-plan"], raw.headers["x-rheostat-rung"]
            client.post("/outcomes", body={"id": plan, "rung": rung, "score": float(grade)}, cast_to=object)
    return right, usd, used


@contextmanager
def lab_server() -> Iterator[str]:
    """The lab's models, as a server in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application(Lab.load()), log_level="critical", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@contextmanager
def proxy(url: str) -> Iterator[str]:
    """A proxy before a server."""
    rungs = "".join(
        f'[[rung]]\nname = "{model}"\nmodel = "{model}"\nanswer_tokens = 300\n'
        f"input_price = {PRICES[model].input}\noutput_price = {PRICES[model].output}\n\n"
        for model in MODELS
    )
    policy = f'[policy]\nkind = "utility"\nusd_per_error = {USD_PER_ERROR}\n\n'
    tables = f'[proxy]\nlisten = "127.0.0.1:0"\n\n[[upstream]]\nname = "lab"\nurl = "{url}/v1"\n'
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "proxy.toml"
        config.write_text(f'start_max = "{MODELS[-1]}"\n\n{rungs}{policy}{tables}', encoding="utf-8")
        with subprocess.Popen([PROGRAM, "--config", config], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            if not line:
                sys.exit("the proxy did not start")
            print(line)
            yield line.rpartition(" ")[2]
            process.terminate()


if __name__ == "__main__":
    main()
