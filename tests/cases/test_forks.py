"""A process that is forked, or that ends, while threads work: no child hangs, and no two processes give the same id."""

import os
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")

HEAD = """
import os, threading, warnings
import numpy as np
import rheostat as rh

warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks beside threads: that is what is tested
governor = rh.Governor(
    rh.Ladder([rh.Rung("fast", output_price=1.0), rh.Rung("deep", output_price=9.0)]), policy=rh.policy.Paced(10.0)
)
texts = ["Prove lemma %d." % i for i in range(300)]
confidence, rows = rh.Confidence(), np.full((20_000, 20), -3.0, np.float32)
logits = np.zeros((40, 20_000), np.float32)
sample = governor.plan("q").start().next()[0].sample()


def busy(work):
    def for_ever():
        while True:
            work()

    threading.Thread(target=for_ever, daemon=True).start()


def child(work):
    '''What a forked child has to say.'''
    reads, writes = os.pipe()
    if (pid := os.fork()) == 0:
        os.write(writes, work().encode())
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as said:
        text = said.read()
    assert os.waitpid(pid, 0)[1] == 0
    return text
"""


def script(body: str) -> str:
    code = HEAD + textwrap.dedent(body)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_no_two_processes_give_the_same_plan_id() -> None:
    script(
        """
        ids = lambda: " ".join(governor.plan("What is the capital of France?").id for _ in range(5))
        said = [child(ids), child(ids), child(lambda: child(ids)), ids()]
        assert len(set(" ".join(said).split())) == 20, said
        """
    )


def test_an_outcome_finds_its_plan_in_a_child() -> None:
    script(
        """
        def work():
            plan = governor.plan("q")
            governor.outcome(plan.id, rung=plan.rung.name, score=1.0, kind="graded")
            return "ok"

        assert child(work) == "ok"
        """
    )


@pytest.mark.parametrize(
    "work",
    [
        "governor.plan_batch(texts, threads=1)",
        "confidence.update_batch(rows)",
        "rh.logit_stats(logits)",
        "sample.logits(logits[0])",
        "rh.Estimator().estimate_batch(texts, threads=1)",
    ],
)
def test_a_child_never_finds_a_lock_held_by_a_thread_that_it_lacks(work: str) -> None:
    script(
        f"""
        work = lambda: {work}
        work()  # the first use of numpy's interface imports it, and no lock of an import is the gate's to hold
        for _ in range(2):
            busy(work)
        for _ in range(6):
            assert child(lambda: str(work()) and governor.plan("q").id)
        """
    )


@pytest.mark.parametrize(
    "work",
    [
        "governor.plan_batch(texts)",  # its warning reads the source file: Python code, called from Rust
        "confidence.update_batch(rows)",
        "rh.logit_stats(logits)",
        "rh.Vote(normalise=lambda answer: answer.lower()).add('18')",
        "rh.Estimator().estimate_batch(text for text in texts)",
    ],
)
def test_a_process_may_end_while_threads_work(work: str) -> None:
    for _ in range(2):
        script(
            f"""
            for _ in range(4):
                busy(lambda: {work})
            """
        )


def test_a_loop_that_runs_goes_on_in_a_child_and_one_that_was_stopped_does_not() -> None:
    script(
        """
        shares = rh.Governor(rh.Ladder([rh.Rung("fast")]))
        learned = threading.Event()
        loop = rh.learn.Loop(shares, outcomes=1, growth=0.0, watch=lambda _: learned.set()).start(every=0.001)
        stopped = rh.learn.Loop(governor).start(every=0.001)
        stopped.stop()

        def work():
            learned.clear()
            plan = shares.plan("Prove that 2 is the only even prime.")
            shares.outcome(plan.id, rung="fast", score=1.0)
            said = learned.wait(60.0), repr(loop).count("running=True"), repr(stopped).count("running=False")
            loop.stop()
            return repr(said)

        assert child(work) == child(work) == "(True, 1, 1)"
        assert "running=True" in repr(loop)
        loop.stop()
        """
    )
