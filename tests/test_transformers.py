"""Models of this process under a governor: thinking that is budgeted, raised and ended; rows that stop; batches of several runs.

The streams are steered without an engine in the first half. The second half drives transformers' own `generate` with a small
random Llama, where torch and transformers are installed: they are no part of the tests' environment, since torch brings 4 GB of
libraries.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat._steer import Steered, Tokens

END, OPEN, CLOSE = 1, 2, 3
TOKENS = Tokens(end=[END], think_start=OPEN, think_end=[CLOSE])
SURE = np.where(np.arange(64) == 9, 30.0, 0.0).astype(np.float32)
FLAT = np.zeros(64, np.float32)


def started(thinking: int = 4, answer: int = 6, **options: Any) -> tuple[rh.Run, Steered]:
    """A run of one rung, and its stream, which thinks from the first token if it may."""
    rung = rh.Rung("only", model="m", thinking_tokens=thinking, answer_tokens=answer, output_price=1.0)
    run = rh.Governor(rh.Ladder([rung], thinking=options.pop("way", "never")), **options).plan("Why?").start()
    [call] = run.next()
    return run, Steered(call.sample(0), TOKENS, call.thinking_tokens, thinking=True)


def written(stream: Steered, logits: Any = SURE, own: int = 9, most: int = 100) -> list[int]:
    """The tokens of a stream whose model would always write its own."""
    ids: list[int] = []
    while not stream.ended and len(ids) < most:
        forced = stream.next(lambda: stream.sample.logits(logits))
        ids.append(own if forced is None else forced)
        stream.drawn(ids[-1])
    return ids


@pytest.mark.parametrize("thinking", [0, 1, 4, 100])
def test_thinking_ends_at_its_budget_and_the_text_at_its_grant(thinking: int) -> None:
    run, stream = started(thinking)
    ids = written(stream, most=1_000)
    # The closing token is part of the answer's room; the end of the text takes the last place of the grant.
    assert ids == [9] * thinking + [CLOSE] + [9] * 4 + [END]
    assert len(ids) == thinking + 6
    stream.finish("nine")
    assert (run.answer, run.settled, run.spent.tokens) == ("nine", False, len(ids))


def test_a_model_that_closes_its_thinking_by_itself_is_left_alone() -> None:
    run, stream = started(thinking=50)
    assert stream.next(lambda: stream.sample.logits(SURE)) is None
    stream.drawn(9)
    stream.drawn(CLOSE)
    assert (stream.thinking, stream.thought) == (False, 1)
    assert stream.next(lambda: stream.sample.logits(SURE)) is None
    stream.drawn(END)
    stream.finish("short")
    assert (run.answer, run.settled) == ("short", True)


def test_a_doubted_stream_thinks_longer_without_a_new_request() -> None:
    rules = rh.Rules(
        low_top_logprob=-1.0, dwell=2, ramps=[rh.Ramp("low_confidence", [rh.Move("think", most=1, by=2.0)], odds=0.2)]
    )
    run, stream = started(thinking=8, way="raise", rules=rules, policy=rh.policy.Utility(100.0))
    for _ in range(6):
        assert stream.next(lambda: stream.sample.logits(FLAT)) is None
        stream.drawn(9)
    assert stream.budget == 16
    ids = written(stream)
    assert ids == [9] * 10 + [CLOSE] + [9] * 4 + [END]
    assert len(run.trail) > 0


def test_no_logits_pass_a_grant() -> None:
    random = np.random.default_rng(1)
    for _ in range(50):
        thinking, answer = int(random.integers(0, 20)), int(random.integers(1, 20))
        run, stream = started(thinking, answer, way=str(random.choice(["raise", "never", "restart"])))
        values = random.choice(np.array([np.nan, np.inf, -np.inf, 0.0, 5.0], np.float32), 64)
        ids = written(stream, values, most=1_000)
        assert len(ids) <= stream.budget + answer
        stream.finish("")
        assert run.spent.tokens <= stream.budget + answer


def test_a_prompt_may_leave_the_thinking_open() -> None:
    assert TOKENS.thinks_after([5, OPEN])
    assert not TOKENS.thinks_after([OPEN, 5, CLOSE, 6])
    assert not Tokens(end=[END]).thinks_after([OPEN])
    assert TOKENS.answer([4, CLOSE, 5, CLOSE, 6, 7]) == [6, 7]
    assert (TOKENS.answer([4, 5]), TOKENS.answer([4], thinking=True)) == ([4, 5], [])


# With transformers.


def engine(**options: Any) -> Any:
    """A random Llama of 64 words, and a tokenizer of one word each."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["<pad>", "<end>", "<think>", "</think>", *(f"w{i}" for i in range(60))]
    inner = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="w0"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<end>")
    config = transformers.LlamaConfig(
        vocab_size=64, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=256, eos_token_id=END, pad_token_id=0, bos_token_id=None,
    )  # fmt: skip
    torch.manual_seed(7)
    model = transformers.LlamaForCausalLM(config).eval()
    from rheostat.transformers import Engine

    return Engine(model, tokenizer, think_start="<think>", think_end="</think>", **options)


@pytest.mark.parametrize("top", [None, 5])
def test_a_batch_of_runs_is_answered_within_its_ceilings(top: int | None) -> None:
    served = engine(top=top, options={"do_sample": True, "temperature": 2.0})
    rungs = [rh.Rung("a", model="m", thinking_tokens=8, samples=3, answer_tokens=6, output_price=1.0)]
    governor = rh.Governor(rh.Ladder(rungs), ceiling=rh.Ceiling(tokens=60, usd=1.0))
    from rheostat.transformers import generate

    runs = generate(governor, ["w1 w2 <think>", "w3", [{"role": "user", "content": "w4 w5 w6"}]], {"m": served}, batch=4)
    for run in runs:
        assert run.answer is not None
        assert "think" not in run.answer
        assert run.done
        assert 0 < run.spent.tokens <= 60
        assert run.spent.samples >= 3
        assert run.ended != "closed by the host"


def test_thinking_is_closed_within_generate() -> None:
    served = engine()
    from rheostat.transformers import Steer

    tokens = served.tokens()
    assert (list(tokens.end), tokens.think_start, list(tokens.think_end)) == ([END], OPEN, [CLOSE])
    rungs = [rh.Rung("a", model="m", thinking_tokens=5, samples=2, answer_tokens=7)]
    governor = rh.Governor(rh.Ladder(rungs), rules=rh.Rules(low_top_logprob=None))
    run = governor.plan("w1").start()
    [call] = run.next()
    steer = Steer([call.sample(0), call.sample(1)], tokens, [5, 5], runs=[0, 0])
    batch = served.tokenizer(["w1 <think>", "w2 w3 <think>"], return_tensors="pt", padding=True, padding_side="left")
    # A model that never ends by itself: what ends it is the run.
    options = {"bad_words_ids": [[END], [CLOSE], [OPEN]], "do_sample": False, "max_new_tokens": 100}
    ids = served.model.generate(**batch, **options, logits_processor=[steer], stopping_criteria=[steer.stopping])
    new = ids[:, batch["input_ids"].shape[1] :].tolist()
    assert [row[5] for row in new] == [CLOSE, CLOSE]
    assert [row.index(END) for row in new] == [11, 11]
    texts = steer.finish(ids, served.tokenizer.decode)
    assert all(len(text.split()) == 5 for text in texts)
    run.next()
    assert run.spent.tokens == 24


def test_what_a_batch_cannot_be() -> None:
    served = engine()
    from rheostat.transformers import Steer, generate

    governor = rh.Governor(rh.Ladder([rh.Rung("a", model="m", answer_tokens=4)]))
    with pytest.raises(rh.errors.UnknownNameError, match='unknown engine "m"; known: other'):
        generate(governor, ["w1"], {"other": served})
    with governor.plan("w1").start() as run:
        sample = run.next()[0].sample(0)
        with pytest.raises(rh.errors.InvalidValueError, match="budgets must be 1, one for each sample, got 0"):
            Steer([sample], served.tokens(), [])
        with pytest.raises(rh.errors.InvalidValueError, match="end"):
            Steer([sample], Tokens(end=[]), [0])
        steer = Steer([sample], served.tokens(), [0])
        batch = served.tokenizer(["w1", "w2"], return_tensors="pt")
        with pytest.raises(rh.errors.InvalidValueError, match="no beams"):
            served.model.generate(**batch, max_new_tokens=4, logits_processor=[steer])
