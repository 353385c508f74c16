"""Time of deciding: the runs again, on recorded answers, less the host's own work."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import rheostat as rh
from rheostat_lab.experiment import governed
from rheostat_lab.experiment.asked import Served
from rheostat_lab.experiment.bank import Bank
from rheostat_lab.experiment.fixed import first_requests
from rheostat_lab.experiment.governed import Result
from rheostat_lab.experiment.rungs import LEVELS, Level

AT_ONCE = 64
"""Runs that are open side by side, as many as a model has streams."""
REPEATS = 3
ALONE = 12


def measure(
    bank: Bank,
    governor: rh.Governor,
    *,
    levels: Sequence[Level],
    test: Sequence[Served],
    results: Sequence[Result],
    most_tokens: int,
) -> dict[str, float]:
    """Measures the governor's time per question, as a share of the models' time.

    Args:
        bank: The models and their records.
        governor: The governor that served.
        levels: The rungs of its ladder.
        test: The questions that it served.
        results: The results of its runs.
        most_tokens: Tokens of the fixed maximum, in all.

    Returns:
        Microseconds for a question of the governor (the median of some replays), of the models as they were served, 64 streams
        at a time, and of the models with one stream at a time; the first as a share of each, and of what the fixed maximum takes.
    """
    seconds = sorted(_replay(bank, governor, test) for _ in range(REPEATS))[REPEATS // 2]
    alone = {model: _alone(bank, model, levels, test) for model in bank.lab.models}

    def compute(each: dict[str, float]) -> float:
        return sum(tokens * each[model] for result in results for model, tokens in result.spent.written)

    batched = {model: bank.seconds_per_token(model) for model in bank.lab.models}
    models, apart, maximum = compute(batched), compute(alone), most_tokens * batched[LEVELS[-1].model]
    n = len(test)
    return {
        "governor_us": 1e6 * seconds / n,
        "models_us": 1e6 * models / n,
        "models_alone_us": 1e6 * apart / n,
        "share": seconds / models,
        "share_alone": seconds / apart,
        "of_maximum": seconds / maximum,
    }


def _replay(bank: Bank, governor: rh.Governor, test: Sequence[Served]) -> float:
    watch = governed.Stopwatch()
    # As in `timeit`: garbage collection belongs to the host.
    gc.collect()
    gc.disable()
    try:
        for i in range(0, len(test), AT_ONCE):
            governed.serve(bank, governor, test[i : i + AT_ONCE], watch=watch)
    finally:
        gc.enable()
    return watch.seconds


def _alone(bank: Bank, model: str, levels: Sequence[Level], test: Sequence[Served]) -> float:
    """Seconds of a token where a stream of a model runs alone."""
    mine = [level for level in levels if level.model == model] or [level for level in LEVELS if level.model == model]
    requests = [first_requests(served, mine[-1])[0][1] for served in test[:ALONE]]
    return bank.alone(model, requests)
