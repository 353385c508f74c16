"""`make proxy-demo`: the lab's models behind the proxy, asked by OpenAI's client; what the governed answers cost.

Each question goes to the lab's largest model directly, and to the model "auto" through the proxy.
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


def main(count: int = 200) -> None:
    """Asks all questions twice, and prints what each way cost and how many answers were right."""
    questions = [question for _, question in itertools.islice(stream(7), count)]
    with lab_server() as url, proxy(url) as governed:
        alone, spent = asked(url, "lab-large", questions), asked(governed, "auto", questions)
    print(f'\n{count} questions, prices of the list "tiers"\n')
    print(f"{'':22} {'right':>7} {'US dollars':>12}   models")
    for name, (right, usd, used) in (("always lab-large", alone), ('"auto", by the proxy', spent)):
        models = ", ".join(f"{model} {used[model]}" for model in MODELS if model in used)
        print(f"{name:22} {right / count:7.1%} {usd:12.6f}   {models}")
    print(f"\nthe proxy spent {1 - spent[1] / alone[1]:.0%} less")


def asked(url: str, model: str, questions: list[Any]) -> tuple[int, float, dict[str, int]]:
    """The number of right answers, the cost, and how often each model answered."""
    client = openai.OpenAI(base_url=url + "/v1", api_key="none")
    right, usd, used = 0, 0.0, dict[str, int]()
    for question in track(questions, model):
        reply = client.chat.completions.create(model=model, messages=[{"role": "user", "content": question.text}])
        assert reply.usage is not None
        # Each reply has the usage of the sample that it is; the ladder of the demo draws one.
        price = PRICES[reply.model]
        usd += (reply.usage.prompt_tokens * price.input + reply.usage.completion_tokens * price.output) / 1e6
        used[reply.model] = used.get(reply.model, 0) + 1
        right += question.right(reply.choices[0].message.content)
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
    tables = f'[proxy]\nlisten = "127.0.0.1:0"\n\n[[upstream]]\nname = "lab"\nurl = "{url}/v1"\n'
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "proxy.toml"
        config.write_text(f'start_max = "{MODELS[-1]}"\n\n{rungs}{tables}', encoding="utf-8")
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
