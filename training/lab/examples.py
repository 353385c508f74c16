"""Training examples: token ids and which of them are learnt, packed several to a row.

    <bos> question [<rev> draft] MODE [working] <ans> answer <eos>

Learnt: working, answer, <eos>, and the <ans> that follows a whole working (or no working, in mode <no>: else it never comes).
Not learnt: the question; a draft; the <ans> after a working that was cut, so that a budget that ends early is nothing new;
the numbers chosen in a failed attempt of a search, so that every attempt is drawn from what succeeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from rheostat_lab.questions import FAMILIES, LANGUAGES, Question, make
from rheostat_lab.tokens import Tokenizer

SHAPES = ((4, 128), (2, 288))
"""Rows and positions of a batch: most examples are short, and a row of twice the width costs twice the attention. The longest
example fits the wider one (a test holds it). Batches are this small because a step then stays in the cache of one core: two
and a half times the tokens a second of six times the rows, and six times the steps."""
MODES_AT_A_GLANCE = (("no", 0.40), ("lo", 0.27), ("hi", 0.33))
MODES = (("no", 0.08), ("lo", 0.41), ("hi", 0.51))
"""Shares of the modes. Mode "no" is rare for questions that are too hard for an answer at once: it teaches little."""
CUT = 0.07
REVISION = 0.10
UNKNOWN = 0.12
FILL = 1.6
"""A batch is packed once this many times its tokens wait, so that something fits each gap."""
# Families with weights, then levels with weights: the hard end weighs more than in traffic, where it is rare.
FAMILY_WEIGHTS = {"chain": 0.21, "story": 0.16, "units": 0.10, "table": 0.16, "date": 0.11, "order": 0.10, "reach": 0.16}
LEVEL_WEIGHTS = {
    "chain": (0.36, 0.16, 0.12, 0.10, 0.08, 0.06, 0.06, 0.06),
    "story": (0.44, 0.24, 0.18, 0.14),
    "units": (0.52, 0.24, 0.24),
    "table": (0.36, 0.28, 0.36),
    "date": (0.50, 0.26, 0.24),
    "order": (0.30, 0.24, 0.22, 0.24),
    "reach": (0.5, 0.5),
}


Example = tuple[list[int], list[bool]]


def question(rng: Random, held_out: bool = False) -> Question:
    """One question, by the weights above."""
    family = rng.choices(tuple(FAMILY_WEIGHTS), tuple(FAMILY_WEIGHTS.values()))[0]
    level = rng.choices(tuple(FAMILIES[family].LEVELS), LEVEL_WEIGHTS[family])[0]
    return make(rng, family, level, rng.choice(LANGUAGES), held_out)


def example(rng: Random, tokenizer: Tokenizer, asked: Question) -> Example:
    """One question as tokens and which of them are learnt."""
    modes = MODES_AT_A_GLANCE if asked.level == 1 else MODES
    mode = rng.choices([m for m, _ in modes], [w for _, w in modes])[0]
    ids = [tokenizer.bos, *_forget(rng, tokenizer, tokenizer.encode(asked.text))]
    if mode != "no" and rng.random() < REVISION:
        ids += [tokenizer.rev, *tokenizer.encode(_draft(rng, asked))]
    ids.append(tokenizer.modes[mode])
    learnt = [False] * len(ids)
    cut = False
    if mode != "no":
        working = tokenizer.encode(asked.long if mode == "hi" else asked.short)
        mask = _search_mask(tokenizer, working) if asked.family == "reach" and mode == "hi" else [True] * len(working)
        if cut := rng.random() < CUT:
            keep = rng.randrange(len(working))
            working, mask = working[:keep], mask[:keep]
        ids += working
        learnt += mask
    answer = tokenizer.encode(asked.answer)
    ids += [tokenizer.ans, *answer, tokenizer.eos]
    learnt += [not cut] + [True] * (len(answer) + 1)
    return ids, learnt


def _forget(rng: Random, tokenizer: Tokenizer, ids: list[int]) -> list[int]:
    """Some words of a question made unknown: only words that are heard and never said."""
    if rng.random() > 0.3:
        return ids
    return [tokenizer.unknown if i >= tokenizer.sayable and rng.random() < UNKNOWN else i for i in ids]


def _draft(rng: Random, asked: Question) -> str:
    """An earlier answer: the right one, or a wrong one of the same sort."""
    if rng.random() < 0.6:
        return asked.answer
    if asked.answer.isdecimal():
        return str(max(0, int(asked.answer) + rng.choice((-20, -10, -2, -1, 1, 2, 10, 100))))
    other = make(rng, asked.family, asked.level, asked.language)
    return other.answer


def _search_mask(tokenizer: Tokenizer, working: list[int]) -> list[bool]:
    """In a search that failed a few times first, what was chosen in the failures is not learnt; sums and verdicts are."""
    semicolon, equals, no = (tokenizer.encode(t)[0] for t in (";", "=", "no"))
    signs = {tokenizer.encode(t)[0] for t in "+-*"}
    mask: list[bool] = []
    begin = 0
    while begin < len(working):
        end = working.index(semicolon, begin) + 1
        attempt = working[begin:end]
        failed = no in attempt
        result = False
        for i, token in enumerate(attempt):
            result = (result or token == equals) and token not in signs
            mask.append(not failed or i == 0 or (result and token != equals) or token in (no, semicolon))
        begin = end
    return mask


Batch = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def batches(seed: int, tokenizer: Tokenizer) -> Iterator[Batch]:
    """Endless batches of either shape: tokens, segment of each token (0 is padding), position in its segment, and whether it
    is learnt (as the target of the token before it)."""
    rng = Random(seed)
    waiting: tuple[list[Example], ...] = tuple([] for _ in SHAPES)
    while True:
        full = next(
            (i for i, held in enumerate(waiting) if sum(len(ids) for ids, _ in held) > FILL * SHAPES[i][0] * SHAPES[i][1]), None
        )
        if full is not None:
            yield pack(waiting[full], *SHAPES[full])
            continue
        made = example(rng, tokenizer, question(rng))
        fits = next((i for i, (_, width) in enumerate(SHAPES) if len(made[0]) <= width), None)
        if fits is None:
            raise ValueError(f"an example of {len(made[0])} tokens does not fit a row of {SHAPES[-1][1]}")
        waiting[fits].append(made)


def pack(waiting: list[Example], batch: int, width: int) -> Batch:
    """Fills a batch from the examples that wait, oldest first, and takes those out."""
    tokens, segments, positions = (np.zeros((batch, width), np.int32) for _ in range(3))
    learnt = np.zeros((batch, width), np.float32)
    for row in range(batch):
        at, segment = 0, 1
        while (fits := next((i for i, (ids, _) in enumerate(waiting) if at + len(ids) <= width), None)) is not None:
            ids, mask = waiting.pop(fits)
            end = at + len(ids)
            tokens[row, at:end] = ids
            segments[row, at:end] = segment
            positions[row, at:end] = np.arange(len(ids))
            learnt[row, at:end] = mask
            at, segment = end, segment + 1
    return tokens, segments, positions, learnt
