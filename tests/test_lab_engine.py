"""The lab's tokenizer, sampling, weights and engine. With real weights where they are; onnxruntime missing skips."""

import json
import shutil
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rheostat.errors import ArtifactError, InvalidValueError, MissingExtraError, UnknownNameError
from rheostat.lab import FAMILIES, LISTS, MODES, Lab, Request, Tokenizer, Weights
from rheostat.lab.questions import LANGUAGES, make
from rheostat.lab.questions import stream as questions_of_the_mix
from rheostat.lab.sampling import choose, likeliest, log_softmax
from rheostat.lab.tokens import DIGITS, SIGNS, SPECIALS, Decoder

WEIGHTS = Path(__file__).parents[1] / "lab" / "rheostat_lab"
SMALL = Tokenizer([*SPECIALS, *DIGITS, *SIGNS, "add", "größer"], sayable=20)
QUESTION = "Start with 17, add 25. What is the result?"


@pytest.fixture(scope="module")
def lab() -> Lab:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    return Lab.load(WEIGHTS, capacity=16)


# --- tokens


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(0 <= i < len(SMALL) for i in SMALL.encode(text))


@given(st.lists(st.one_of(st.sampled_from(["add", "+", "=", ";", "größer"]), st.integers(0, 10**9).map(str)), max_size=20))
def test_known_words_survive(words: list[str]) -> None:
    # Two numbers in a row are one number: nothing stands between them in what a model reads.
    text = " ; ".join(words)
    assert SMALL.decode(SMALL.encode(text)) == text


def test_numbers_are_little_endian_inside_and_shown_whole() -> None:
    ids = SMALL.encode("= 250 ;")
    assert [SMALL.words[i] for i in ids] == ["=", "0", "5", "2", ";"]
    decoder = Decoder(SMALL)
    assert [decoder.add(i) for i in ids] == [" =", "", "", "", " 250 ;"]


def test_what_looks_like_a_control_token_is_only_text() -> None:
    ids = SMALL.encode("<eos> <ans>")
    assert not {SMALL.eos, SMALL.ans} & set(ids)


def test_a_vocabulary_must_be_whole() -> None:
    with pytest.raises(ValueError, match="lacks <pad>"):
        Tokenizer(["a"], 1)
    with pytest.raises(ValueError, match="twice"):
        Tokenizer([*SPECIALS, *DIGITS, "a", "a"], 5)


def test_the_vocabulary_knows_every_trained_phrasing() -> None:
    tokenizer = Weights.find(WEIGHTS).tokenizer()
    rng = Random(5)
    for family, module in FAMILIES.items():
        for language in LANGUAGES:
            for level in module.LEVELS:
                question = make(rng, family, level, language)
                assert tokenizer.unknown not in tokenizer.encode(question.text), question.text
                for said in (question.short, question.long, question.answer):
                    assert max(tokenizer.encode(said)) < tokenizer.sayable, said


# --- sampling


def naive_choice(logits: np.ndarray, temperature: float, top_p: float, draw: float) -> int:
    if temperature == 0:
        return int(np.argmax(logits))
    p = np.exp(logits.astype(np.float64) / temperature - (logits / temperature).max())
    p /= p.sum()
    order = sorted(range(len(p)), key=lambda i: -p[i])
    nucleus, mass = [], 0.0
    for i in order:
        nucleus.append(i)
        mass += p[i]
        if mass >= top_p:
            break
    at = draw * mass
    for i in nucleus:
        at -= p[i]
        if at < 0:
            return i
    return nucleus[-1]


@given(
    hnp.arrays(np.float32, (3, 7), elements=st.floats(-4, 4, width=16)),
    st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=3, max_size=3),
    st.lists(st.sampled_from([0.3, 0.8, 1.0]), min_size=3, max_size=3),
    st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3),
)
def test_choices_are_those_of_the_definition(
    logits: np.ndarray, temps: list[float], tops: list[float], draws: list[float]
) -> None:
    got = choose(logits, np.array(temps), np.array(tops), np.array(draws))
    for i in range(3):
        wanted = naive_choice(logits[i], temps[i], tops[i], draws[i])
        # On a boundary of the cumulated probabilities rounding may decide for a neighbour of the same weight.
        assert got[i] == wanted or abs(logits[i][got[i]] - logits[i][wanted]) < 2 or temps[i] == 0 == draws[i]


def test_draws_follow_the_probabilities() -> None:
    logits = np.log(np.array([[0.6, 0.3, 0.1]], np.float32)).repeat(1000, 0)
    draws = (np.arange(1000) + 0.5) / 1000
    picked = choose(logits, np.ones(1000), np.ones(1000), draws)
    assert np.bincount(picked).tolist() == [600, 300, 100]
    nucleus = choose(logits, np.ones(1000), np.full(1000, 0.85), draws)
    assert set(nucleus.tolist()) == {0, 1}


@given(hnp.arrays(np.float32, (2, 9), elements=st.floats(-5, 5, width=16)), st.integers(1, 12))
def test_likeliest_are_the_sorted_head(logits: np.ndarray, k: int) -> None:
    logprobs = log_softmax(logits)
    assert np.allclose(np.exp(logprobs).sum(-1), 1, atol=1e-5)
    ids, values = likeliest(logprobs, k)
    assert np.array_equal(values, -np.sort(-logprobs, -1)[:, : min(k, 9)])
    assert np.array_equal(np.take_along_axis(logprobs, ids, -1), values)


# --- weights


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "weights"
    shutil.copytree(WEIGHTS, copy)
    weights = Weights.find(copy)
    name = weights.names[0]
    path = copy / weights.facts(name)["file"]
    data = bytearray(path.read_bytes())
    for damaged in (data[:-1], data[:100], b"", bytes(data[:500]) + bytes([data[500] ^ 1]) + bytes(data[501:])):
        path.write_bytes(damaged)
        with pytest.raises(ArtifactError, match="damaged"):
            weights.read(name)
    path.unlink()
    with pytest.raises(ArtifactError, match="cannot be read"):
        weights.read(name)


def test_the_manifest_is_checked(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no manifest"):
        Weights.find(tmp_path)
    for text in ("{", "[]", '{"format": 99}'):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(ArtifactError):
            Weights.find(tmp_path)


def test_a_file_outside_the_directory_is_never_read(tmp_path: Path) -> None:
    entry = {"file": "../../secret.onnx", "sha256": "0"}
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1, "models": {"m": entry}}))
    with pytest.raises(ArtifactError, match=f"{tmp_path}/secret.onnx"):
        Weights.find(tmp_path).read("m")


def test_missing_weights_and_names_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rheostat_lab", None)
    with pytest.raises(MissingExtraError, match=r"pip install \./lab"):
        Weights.find()
    with pytest.raises(UnknownNameError, match="lab-huge"):
        Weights.find(WEIGHTS).facts("lab-huge")


def test_missing_onnxruntime_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r"onnxruntime is not installed: pip install 'rheostat\[lab\]'"):
        Lab.load(WEIGHTS)


def test_the_weights_are_small() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir() if path.is_file()) < 12 * 2**20


# --- engine


def questions(n: int) -> list[str]:
    rng = Random(11)
    return [make(rng, rng.choice(["chain", "story", "table", "units"]), rng.choice([1, 2, 3])).text for _ in range(n)]


def test_a_batch_says_what_each_stream_says_alone(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    requests = [Request(text, MODES[i % 3], temperature=0.0) for i, text in enumerate(questions(40))]
    together = engine.serve(requests)
    for request, stream in zip(requests, together, strict=True):
        alone = engine.serve([request])[0]
        assert alone.tokens == stream.tokens
        assert np.allclose(alone.logprobs, stream.logprobs, atol=1e-3)


def test_a_cache_says_what_reading_it_all_says(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    stream = engine.serve([Request(QUESTION, "hi", logits=True)])[0]
    tokens = np.array([[*stream.prompt, *stream.tokens]])
    whole, _ = engine.network.read(tokens)
    said = whole[0, len(stream.prompt) - 1 : -1]
    assert np.allclose(said, np.array(stream.logits), atol=1e-3)
    assert np.allclose(log_softmax(said)[np.arange(len(stream.tokens)), stream.tokens], stream.logprobs, atol=1e-3)


def test_seeds_repeat_and_differ(lab: Lab) -> None:
    engine = lab["lab-tiny"]

    def sampled(seed: int) -> list[list[int]]:
        return [
            s.tokens for s in engine.serve(Request(t, "hi", temperature=1.0, seed=seed + i) for i, t in enumerate(questions(12)))
        ]

    assert sampled(5) == sampled(5)
    assert sampled(5) != sampled(500)


def test_a_thinking_budget_holds_and_can_be_raised_while_it_runs(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    free = engine.serve([Request(QUESTION, "hi")])[0]
    assert free.thought > 6
    for budget in (0, 1, 5):
        stream = engine.serve([Request(QUESTION, "hi", thinking_tokens=budget)])[0]
        assert stream.thought == budget
        assert stream.tokens[budget] == engine.tokenizer.ans
    raised = engine.add(Request(QUESTION, "hi", thinking_tokens=4))
    engine.step()
    engine.step()
    raised.thinking_tokens = 1000
    engine.drain()
    assert raised.tokens == free.tokens


def test_limits_cut_and_say_so(lab: Lab) -> None:
    stream = lab["lab-tiny"].serve([Request(QUESTION, "hi", max_tokens=3)])[0]
    assert (len(stream.tokens), stream.ended, stream.answer) == (3, "length", None)


def test_top_logprobs_are_sorted_and_hold_the_greedy_token(lab: Lab) -> None:
    stream = lab["lab-tiny"].serve([Request(QUESTION, "lo", top_logprobs=5)])[0]
    for token, logprob, ids, tops in zip(stream.tokens, stream.logprobs, stream.top_ids, stream.top_logprobs, strict=True):
        assert ids[0] == token
        assert tops == sorted(tops, reverse=True)
        assert tops[0] == pytest.approx(logprob)
        assert len(tops) == 5


def test_cancelled_streams_leave_and_others_go_on(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    alone = engine.serve([Request(QUESTION, "hi")])[0]
    streams = [engine.add(Request(QUESTION, "hi")) for _ in range(20)]
    engine.step()
    for stream in streams[::2]:
        stream.cancel()
    engine.drain()
    assert [s.ended for s in streams] == ["cancelled", "stop"] * 10
    assert all(s.tokens == alone.tokens for s in streams[1::2])
    assert all(s.answer is None for s in streams[::2])
    assert (engine.running, engine.waiting) == (0, 0)


def test_sixteen_streams_run_at_once(lab: Lab) -> None:
    engine = lab["lab-tiny"]
    for text in questions(30):
        engine.add(Request(text, "hi"))
    engine.step()
    assert engine.running >= 15
    engine.drain()


@given(st.text(max_size=150), st.sampled_from(MODES))
@settings(max_examples=25, deadline=None)
def test_any_text_is_answered(lab: Lab, text: str, mode: str) -> None:
    engine = lab["lab-tiny"]
    stream = engine.serve([Request(text, mode, max_tokens=40)])[0]  # type: ignore[arg-type]
    assert stream.ended in {"stop", "length"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("mode", "max"), ("thinking_tokens", -1), ("max_tokens", 0), ("temperature", float("nan")), ("temperature", -1.0),
     ("temperature", 3.0), ("top_p", 0.0), ("top_p", 1.5), ("seed", -1), ("top_logprobs", 21)],
)  # fmt: skip
def test_values_out_of_bounds_are_named(lab: Lab, field: str, value: object) -> None:
    with pytest.raises(InvalidValueError, match=field):
        lab["lab-tiny"].add(Request(QUESTION, **{field: value}))  # type: ignore[arg-type]


def test_long_prompts_are_refused(lab: Lab) -> None:
    for text in ("add " * 500, "x" * 10**6):
        with pytest.raises(InvalidValueError, match="too long"):
            lab["lab-tiny"].add(Request(text))


def test_unknown_models_are_named(lab: Lab) -> None:
    with pytest.raises(UnknownNameError, match="lab-huge"):
        lab["lab-huge"]


def test_prices_by_arithmetic_are_those_of_the_models() -> None:
    models = Weights.find(WEIGHTS).manifest["models"]
    most = max(facts["parameters"] for facts in models.values())
    for name, facts in models.items():
        assert LISTS["flops"][name].output == pytest.approx(10.0 * facts["parameters"] / most)


def test_a_larger_model_that_thinks_more_is_right_more_often(lab: Lab) -> None:
    asked = [q for _, q in islice(questions_of_the_mix(21, {"multi-step": 1.0}), 120)]

    def right(model: str, mode: str) -> int:
        streams = lab[model].serve(Request(q.text, mode) for q in asked)  # type: ignore[arg-type]
        return sum(q.right(s.answer) for q, s in zip(asked, streams, strict=True))

    for worse, better in (
        (("lab-tiny", "no"), ("lab-tiny", "hi")),
        (("lab-medium", "no"), ("lab-medium", "lo")),
        (("lab-tiny", "hi"), ("lab-medium", "hi")),
        (("lab-medium", "hi"), ("lab-large", "hi")),
    ):
        assert right(*worse) + 5 < right(*better), (worse, better)
