"""Tree search under a ceiling: an algorithm of TreeQuest says which answer to work on next, and with which model.

TreeQuest's algorithms (`pip install treequest`: AB-MCTS, MCTS, breadth first) ask for one more answer below a node of their tree,
and get its score. They know no price and no end. Here each node is a run of one governor, and one account pays all runs:

    account   the governor's ceiling for the query, tightened by the search's own; it is known before the first call
    ask       a node to go on from, and an action: the name of a rung, so that the model is a dial of the node
    run       that rung alone, under what is left of the account less the price of a score, if a whole answer fits
    tell      the score of the answer, or 0 if none came
    end       `most` answers, an answer that is good enough, the account, or a failure; the best answer that came is the result

Any object with TreeQuest's `init_tree`, `ask_batch` and `tell` will do. Tested with 0.3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rheostat._checks import invalid, number, whole
from rheostat._native import Ceiling, Governor, Limit, clock
from rheostat.host import serve

__all__ = ["Node", "Search", "search"]

IMPROVE = "Your answer above is not yet good enough. Look for what is wrong or missing in it, and give a better answer, whole."


@dataclass(frozen=True)
class Node:
    """One answer of a search.

    Attributes:
        answer: Its text; None if none came.
        score: Its score, in [0, 1]; 0 without an answer.
        rung: The rung that gave it.
        parent: The answer that it goes on from, or None.
        plan_id: The plan that it was made by, for `Governor.outcome`.
        tokens: Output tokens that it has cost.
        usd: US dollars that it and its score have cost.
    """

    answer: str | None
    score: float
    rung: str
    parent: Node | None
    plan_id: str
    tokens: int
    usd: float


@dataclass
class Search:
    """The answers of a search, and their cost.

    Attributes:
        limit: The account: the most that the whole search may cost.
        nodes: All answers, in launch order.
        ended: Why it ended: `"most"`, `"enough"`, `"ceiling"` or `"failed"`.
        error: The error that ended it, where one did.
        state: The algorithm's tree, for its own functions.
    """

    limit: Limit
    nodes: list[Node] = field(default_factory=list)
    ended: Literal["most", "enough", "ceiling", "failed"] = "most"
    error: Exception | None = None
    state: Any = None

    @property
    def best(self) -> Node | None:
        """The answer with the highest score, of equals the first launched; None if none came."""
        return max((node for node in self.nodes if node.answer is not None), key=lambda node: node.score, default=None)

    @property
    def answer(self) -> str | None:
        """The text of the best answer, or None."""
        return None if self.best is None else self.best.answer

    @property
    def tokens(self) -> int:
        """Output tokens that the search has cost."""
        return sum(node.tokens for node in self.nodes)

    @property
    def usd(self) -> float:
        """US dollars that the search has cost, scores included."""
        return sum(node.usd for node in self.nodes)


def search(
    governor: Governor,
    query: str,
    client: Callable[[Any, int, list[dict[str, str]]], Any],
    algorithm: Any,
    *,
    score: Callable[[str], float],
    most: int,
    score_usd: float = 0.0,
    enough: float = 1.0,
    rungs: Sequence[str] | None = None,
    ceiling: Ceiling | None = None,
    tenant: str | None = None,
    answer: Callable[[str], str | None] | None = None,
    improve: str = IMPROVE,
) -> Search:
    """Searches for an answer by an algorithm of TreeQuest, within one account.

    Args:
        governor: Plans each answer. It must take the choice of a rung (`overrides=True`).
        query: The question.
        client: As for `rheostat.host.serve`, with the messages to send as a third argument.
        algorithm: Such as `treequest.ABMCTSA()`.
        score: Scores an answer in [0, 1].
        most: The most answers, from 1. The best of more answers than the scorer can tell apart is the scorer's largest error: use
            `learn.ScoreWorth.width`.
        score_usd: The most that a score may cost, in US dollars; each is counted in full.
        enough: The score that ends the search, in [0, 1].
        rungs: The names of the rungs to choose from; all of the ladder if not given.
        ceiling: A tighter ceiling for the whole search.
        tenant: The customer that pays.
        answer: As for `rheostat.host.serve`.
        improve: The wish behind an answer that is to be improved.

    Raises:
        InvalidValueError: `most`, `enough`, `score_usd` or a score is out of bounds.
        UnknownNameError: There is no such rung.
        Exception: The client's error, when no answer had come before it.

    Example:
        >>> import rheostat as rh
        >>> class Widest:  # Every answer is drawn from the start.
        ...     def init_tree(self):
        ...         return []
        ...     def ask_batch(self, state, batch_size, actions):
        ...         from types import SimpleNamespace
        ...         return state, [SimpleNamespace(trial_id="1", action=actions[-1], parent_state=None)]
        ...     def tell(self, state, trial_id, result):
        ...         return [*state, result]
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("small"), rh.Rung("large")]))
        >>> drawn = iter(["11", "12"])
        >>> client = lambda call, index, messages: next(drawn)
        >>> found = search(governor, "What is 3 times 4?", client, Widest(), score=lambda text: float(text == "12"), most=8)
        >>> found.answer, found.ended, [node.rung for node in found.nodes]
        ('12', 'enough', ['large', 'large'])
    """
    most, enough = whole("most", most, 1), _share("enough", enough)
    if not 0.0 <= number("score_usd", score_usd) < float("inf"):
        raise invalid("score_usd", score_usd, "a finite number from 0")
    names = [rung.name for rung in governor.ladder.rungs] if rungs is None else list(rungs)
    began = clock()
    limit = governor.plan(query, ceiling=ceiling, tenant=tenant).limit
    found = Search(limit, state=algorithm.init_tree())
    while len(found.nodes) < most:
        found.state, trials = algorithm.ask_batch(found.state, 1, names)
        if not trials:
            return found
        trial = trials[0]
        parent: Node | None = trial.parent_state
        left = _left(found, clock() - began, score_usd)
        messages = _messages(query, parent, improve)
        plan = left and governor.plan(messages=messages, rung=trial.action, ceiling=left, tenant=tenant)
        if plan is None or (plan.clamped and found.nodes):
            found.ended = "ceiling"
            return found
        run = plan.start()
        try:
            text = serve(run, lambda call, index, sent=messages: client(call, index, sent), answer=answer)  # type: ignore[misc]
        except Exception as error:
            if found.best is None:
                raise
            found.ended, found.error = "failed", error
            text = None
        value = 0.0 if text is None else _share("score", score(text))
        spent = run.spent
        usd = spent.usd + (0.0 if text is None else score_usd)
        node = Node(text, value, trial.action, parent, plan.id, spent.tokens, usd)
        found.nodes.append(node)
        if found.ended == "failed":
            return found
        if text is None and spent.calls == 0:
            # A cap of the ledger granted nothing: it would not grant the next one either.
            found.ended = "ceiling"
            return found
        found.state = algorithm.tell(found.state, trial.trial_id, (node, value))
        if text is not None and value >= enough:
            found.ended = "enough"
            return found
    return found


def _share(what: str, value: float) -> float:
    share = number(what, value)
    if not 0.0 <= share <= 1.0:
        raise invalid(what, value, "between 0 and 1")
    return share


def _left(found: Search, seconds: float, score_usd: float) -> Ceiling | None:
    """The ceiling of the next answer: what is left of the account. None if nothing is."""
    limit = found.limit
    tokens, usd, seconds = limit.tokens - found.tokens, limit.usd - found.usd - score_usd, limit.seconds - seconds
    # A ladder without prices costs nothing.
    free = limit.usd == 0.0 == usd
    if tokens < 1 or seconds <= 0 or (usd <= 0 and not free):
        return None
    # An answer is its own rung's: the algorithm chooses the model.
    return Ceiling(tokens=tokens, usd=None if free else usd, seconds=seconds, escalations=0)


def _messages(query: str, parent: Node | None, improve: str) -> list[dict[str, str]]:
    """The messages that ask for an answer."""
    messages = [{"role": "user", "content": query}]
    if parent is not None and parent.answer is not None:
        messages += [{"role": "assistant", "content": parent.answer}, {"role": "user", "content": improve}]
    return messages
