"""Quality of the location on left-out tasks, and the effect of rewording and hostile words on it."""

from __future__ import annotations

import copy
import itertools
import random

import gadget
import heads
import location
import numpy as np
import outcomes
import pandas as pd
import perturb
import regression
import scan
from data import SEED, Data
from location import Location
from scipy import sparse, special, stats

#: Families that are held out together, because they are of one kind.
HELD_OUT = {
    "knowledge exam": ["mmlu-pro"],
    "ZeroEval": ["zeroeval/math-l5", "zeroeval/crux", "zeroeval/numersense-v2"],
    "code": ["livecodebench", "llmrouter/mbpp", "llmrouter/human_eval"],
    "short questions": [
        *("llmrouter/natural_qa", "llmrouter/trivia_qa", "llmrouter/commonsense_qa"),
        *("llmrouter/openbook_qa", "llmrouter/arc_challenge"),
    ],
    "BIG-Bench Hard": ["bbh"],
    "other": ["llmrouter/gpqa", "llmrouter/math", "llmrouter/commongen", "llmrouter/agentverse-logicgrid"],
}
DRAWS = 1_000
PARAPHRASED = 3_000
#: Parts of the asks' templates that are left out in turn.
ASK_FOLDS = 5
#: A family of fewer paraphrased prompts has no median to speak of.
WITHIN = 60


def report(data: Data) -> dict[str, object]:
    """Every figure that training knows, with 95 % intervals over groups of prompts."""
    unseen, groups = leave_out(data)
    base = float(special.logit(np.average(data.failures[data.real], weights=data.weights[data.real])))
    kept = keep(base, unseen, data)
    shrunk = base + kept * unseen
    model = Location(data, np.ones(len(data.table), bool))
    plain = Location(data, np.ones(len(data.table), bool), noise=(0.0, 0.0))
    hard = data.failures > 0.5
    return {
        "rows": len(data.table),
        "groups": groups.round(4).to_dict("records"),
        "kept_off_distribution": kept,
        "spearman": mean(groups["spearman"]),
        "spearman_by_length": mean(groups["by_length"]),
        "spearman_less_length": mean(groups["spearman"] - groups["by_length"]),
        "auc_unseen": auc(unseen[data.real], hard[data.real]),
        "brier_unseen": brier(shrunk, data),
        "brier_constant": brier(np.full(len(shrunk), base), data),
        "ece_unseen": calibration_error(shrunk[data.real], data.failures[data.real], data.weights[data.real]),
        "slope": slope(data),
        "paraphrase": {"penalised": rewording(data, model), "unpenalised": rewording(data, plain)},
        "gadget": gadget.damage(data, model),
        "thinking_auc": thinking_auc(data),
        "asks": asks_left_out(data, model),
    }


def leave_out(data: Data) -> tuple[np.ndarray, pd.DataFrame]:
    """Deviations of locations from the base rate, each from a model that has seen nothing of the row's kind."""
    unseen, rows = np.zeros(len(data.table)), []
    lengths = np.log(data.table["prompt"].str.len().to_numpy(float))
    for kind, families in HELD_OUT.items():
        held = np.isin(data.family, families)
        model = Location(data, ~held)
        unseen[held] = model.of(data.design[held]) - model.base
        for group, index in data.table[held].groupby("group").groups.items():
            right = data.failures[index]
            if np.ptp(right) > 0.0:
                both = (stats.spearmanr(x[index], right).statistic for x in (unseen, lengths))
                rows.append((kind, group, len(index), *both))
    return unseen, pd.DataFrame(rows, columns=["kind", "group", "rows", "spearman", "by_length"])


def asks_left_out(data: Data, model: Location) -> dict[str, object]:
    """The second stage on what it has not seen, beside the first: outcomes by kind, the asks' templates in five folds."""
    model = copy.copy(model)
    rows = np.ones(len(data.table), bool)
    model.weights = np.where(np.isin(np.arange(len(model.weights)), location.asks(data)), 0.0, model.weights)
    first = model.bounded(data, data.design)
    second = first.copy()
    template, _ = pd.factorize(data.table["group"] + data.table["template"].astype(str))
    fold = np.random.default_rng(SEED).integers(0, ASK_FOLDS, template.max() + 1)[template]
    kinds = [np.isin(data.family, families) for families in HELD_OUT.values()]
    folds = [~data.real & (fold == part) for part in range(ASK_FOLDS)]
    for held in [*kinds, *folds]:
        model.fit_asks(data, rows & ~held)
        second[held] = model.bounded(data, data.design[held])
    changes = {
        kind: float(np.mean([_spearman(second, data, i) - _spearman(first, data, i) for i in _groups(data, families)]))
        for kind, families in HELD_OUT.items()
    }
    tiers = data.failures[~data.real]
    in_order = [_in_order(z[~data.real], tiers) for z in (first, second)]
    return {"change of Spearman": changes, "pairs of asks in order, first and second stage": in_order}


def _groups(data: Data, families: list[str]) -> list[np.ndarray]:
    groups = data.table[np.isin(data.family, families)].groupby("group").groups.values()
    return [np.asarray(index) for index in groups if np.ptp(data.failures[index]) > 0.0]


def _spearman(score: np.ndarray, data: Data, rows: np.ndarray) -> float:
    return float(stats.spearmanr(score[rows], data.failures[rows]).statistic)


def _in_order(score: np.ndarray, tier: np.ndarray) -> float:
    """The share of pairs of two tiers in which the harder one scores higher."""
    right = pairs = 0
    for low, high in itertools.combinations(np.unique(tier), 2):
        ranks = stats.rankdata(np.concatenate([score[tier == high], score[tier == low]]))
        above = int((tier == high).sum())
        right += ranks[:above].sum() - above * (above + 1) / 2
        pairs += above * int((tier == low).sum())
    return float(right / pairs)


def keep(base: float, unseen: np.ndarray, data: Data) -> float:
    """Returns the share of a deviation to keep without coverage: the one with the least cross-entropy there."""
    shares = np.linspace(0.0, 1.0, 21)
    rows = data.real
    losses = [
        np.average(np.logaddexp(0.0, z) - data.failures[rows] * z, weights=data.weights[rows])
        for z in (base + share * unseen[rows] for share in shares)
    ]
    return float(shares[np.argmin(losses)])


def slope(data: Data) -> float:
    """How steeply a model's chance falls with the location, when each model of each family has an ability of its own."""
    location = np.empty(len(data.table))
    fold = np.random.default_rng(SEED).integers(0, 5, len(data.table))
    for out in range(5):
        location[fold == out] = Location(data, fold != out).of(data.design[fold == out])
    table = outcomes.models().merge(pd.DataFrame({"prompt": data.table["prompt"], "location": location}), on="prompt")
    codes = pd.factorize(table["family"] + table["model"])[0]
    at, right = table["location"].to_numpy(), table["right"].to_numpy()
    count = int(codes.max()) + 1
    known = sparse.csr_matrix((np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), count))
    prior = regression.Prior(np.append(0.0, np.full(count, 0.01)), np.zeros(count + 1))
    weights, _ = regression.logistic(sparse.hstack([-at[:, None], known]).tocsr(), right, np.ones(len(at)), prior)
    return float(weights[0])


def rewording(data: Data, model: Location) -> dict[str, float]:
    """The share of decisions, at the median, that a rewording by rules that fitting has not used leaves as they were."""
    rng = random.Random(SEED + 1)
    chosen = np.array(rng.sample(range(len(data.table)), PARAPHRASED))
    before = model.of(data.design[chosen])
    families = data.family[chosen]
    out = {"auc_in_distribution": auc(model.of(data.design[data.real]), data.failures[data.real] > 0.5)}
    for name, change in [("paraphrase", perturb.paraphrase), ("template", perturb.rewrap), ("any change", perturb.perturb)]:
        copies = [change(data.table["prompt"][i], perturb.TEST, rng) for i in chosen]
        after = model.of(data.rows(scan.scan(copies)))
        middle = np.median(before)
        out[f"kept, {name}"] = float(np.mean((before > middle) == (after > middle)))
        # The same within families of one kind of prompt, where what is asked differs less: nearer to what one task is like.
        within = [families == family for family in np.unique(families) if (families == family).sum() >= WITHIN]
        kept = [np.mean((before[i] > np.median(before[i])) == (after[i] > np.median(before[i]))) for i in within]
        out[f"kept, {name}, within a family"] = float(np.mean(kept))
    return out


def thinking_auc(data: Data) -> dict[str, float]:
    """AUC of "thinking helps" on tasks that were held out: within them, averaged over tasks, and over all of them."""
    label, values = heads.helped(data), []
    unseen = np.zeros(len(label))
    tasks = data.table["group"].to_numpy(str)
    known = ~np.isnan(label)
    for task in np.unique(tasks[known & data.real]):
        out = tasks == task
        weights, bias, _ = heads.thinking_weights(data, label, known & ~out)
        unseen[out] = data.standard(data.scans.inputs[out]) @ weights + bias
        if 0.0 < label[out].mean() < 1.0:
            values.append(auc(unseen[out], label[out] > 0.5))
    rows = known & data.real
    return {"within a task": float(np.mean(values)), "over tasks": auc(unseen[rows], label[rows] > 0.5)}


def mean(values: pd.Series) -> list[float]:
    """The mean, and its 95 % interval by a bootstrap over groups."""
    rng = np.random.default_rng(SEED)
    draws = rng.choice(values.to_numpy(), (DRAWS, len(values))).mean(axis=1)
    return [float(x) for x in (values.mean(), *np.quantile(draws, [0.025, 0.975]))]


def auc(score: np.ndarray, label: np.ndarray) -> float:
    """The chance that a positive row scores above a negative one."""
    ranks = stats.rankdata(score)
    positive = int(label.sum())
    return float((ranks[label].sum() - positive * (positive + 1) / 2) / (positive * (len(label) - positive)))


def brier(location: np.ndarray, data: Data) -> float:
    """The mean squared error of the share that fails, over outcome rows."""
    error = (special.expit(location) - data.failures) ** 2
    return float(np.average(error[data.real], weights=data.weights[data.real]))


def calibration_error(location: np.ndarray, failures: np.ndarray, weights: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal number."""
    p = special.expit(location)
    parts = np.array_split(np.argsort(p, kind="stable"), 10)
    gaps = [weights[i].sum() * abs(np.average(p[i] - failures[i], weights=weights[i])) for i in parts]
    return float(np.sum(gaps) / weights.sum())


def summary(report: dict[str, object]) -> str:
    """The report without its table of groups, one figure a line."""
    return "\n".join(f"{name}: {value}" for name, value in report.items() if name != "groups")
