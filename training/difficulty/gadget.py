"""The worst twenty words: a white-box search for a prefix or suffix that moves every estimate, and what bounds do to it."""

from __future__ import annotations

import random

import numpy as np
import scan
from data import SEED, Data
from location import Location

WORDS = 20
VICTIMS = 60
ROUNDS = 40
TRIALS = 40
VOCABULARY = 600
MARKS = ["\nA.", "\n", "$x=1$", "\\frac", "1.5", "f(x)", "{", "}", "=", "?", "12345678901", "Prove", "if", "`", ","]
#: Each is an ask of its own, whatever stands around it.
ASKS = "prove. derive. design. investigate. debug. compare. solve. translate. summarise. define. who?".split()


def damage(data: Data, model: Location) -> dict[str, float]:
    """The mean shift of the location, in logits, by the worst gadget found: unbounded, and with content cut to its bound."""
    rng = random.Random(SEED + 2)
    victims = [data.table["prompt"][i] for i in rng.sample(range(len(data.table)), VICTIMS)]
    bound = model.bound(data)
    before = _locations(data, model, victims, bound)
    found: dict[str, float] = {"bound": bound}
    for direction, sign in [("harder", 1.0), ("easier", -1.0)]:
        for place in ("prefix", "suffix"):
            gadget = _search(data, model, victims, sign=sign, place=place, rng=rng)
            after = _locations(data, model, _attach(gadget, victims, place), bound)
            for name in ("unbounded", "bounded"):
                shifts = after[name] - before[name]
                found[f"{direction}, {place}, {name}"] = float(shifts.mean())
                flips = np.mean((before[name] > np.median(before[name])) != (after[name] > np.median(before[name])))
                found[f"{direction}, {place}, {name}, flips"] = float(flips)
    return found


def _search(data: Data, model: Location, victims: list[str], *, sign: float, place: str, rng: random.Random) -> list[str]:
    """Hill climbing over words: the strongest ones by weight to begin with, then one exchange at a time."""
    words = sorted({word for text in data.table["prompt"] for word in text.lower().split() if word.isascii() and word.isalpha()})
    hashes = scan.scan(words)
    strength = sign * (model.words[hashes.words[hashes.starts[:-1]] >> 18])
    best = [words[i] for i in np.argsort(-strength)[:VOCABULARY]]
    gadget, score = best[:WORDS], -np.inf
    few = victims[:12]
    for _ in range(ROUNDS):
        trials = [gadget]
        for _ in range(TRIALS):
            copy = list(gadget)
            copy[rng.randrange(WORDS)] = rng.choice(best if rng.random() < 0.6 else MARKS + ASKS)
            trials.append(copy)
        texts = [text for trial in trials for text in _attach(trial, few, place)]
        locations = sign * _locations(data, model, texts, np.inf)["unbounded"].reshape(len(trials), -1).mean(axis=1)
        if locations.max() > score:
            gadget, score = trials[int(locations.argmax())], float(locations.max())
    return gadget


def _attach(gadget: list[str], texts: list[str], place: str) -> list[str]:
    words = " ".join(gadget)
    return [f"{words} {text}" if place == "prefix" else f"{text} {words}" for text in texts]


def _locations(data: Data, model: Location, texts: list[str], bound: float) -> dict[str, np.ndarray]:
    design = data.rows(scan.scan(texts))
    content, all_of_it = model.content(design), model.of(design)
    return {"unbounded": all_of_it, "bounded": all_of_it - content + np.clip(content, -bound, bound)}
