"""The lab's sampling, against its definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rheostat_lab.sampling import choose, likeliest, log_softmax


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
