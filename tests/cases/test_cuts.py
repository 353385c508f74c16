"""How a stream ends: a cut text is no answer, an endless stream ends, a closing that is refused is said, a stream sent counts."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import rheostat as rh
from rheostat import aio
from rheostat.host import Chunk, Usage
from tests.cases.twins import GRANT, TWINS, start, synchronous

# --- A text that was cut at its grant -------------------------------------------------------------------------------------------


def numbered(count: int, usage: Callable[[int], Usage] | None = None, **fields: Any) -> Iterator[Chunk]:
    """A text of two true tokens a word, with the usage so far."""
    for k in range(count):
        yield Chunk(text=f"{k:07d} ", usage=usage and usage(k), **fields)


LATE = Usage(input=20, output=903)


@TWINS
@pytest.mark.parametrize("every", [1, 7, 50])
@pytest.mark.parametrize("behind", [[Chunk(text="ANSWER: 42", usage=LATE)], [Chunk(text="ANSWER: 42"), Chunk(usage=LATE)]])
def test_usage_on_the_way_corrects_the_guess_that_cuts(serve: Any, every: int, behind: list[Chunk]) -> None:
    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        yield from numbered(900, lambda k: Usage(input=20, output=k + 1 - (k + 1) % every))
        yield from behind

    run = start()
    assert str(serve(run, client)).endswith("ANSWER: 42")
    assert run.settled
    assert (run.spent.tokens, run.spent.estimated_tokens) == (903, 0)


@TWINS
@pytest.mark.parametrize("size", [1, 7, 999])
def test_text_of_long_words_is_not_cut_before_its_grant(serve: Any, size: int) -> None:
    words = " ".join(str(10**9 + 7 * k) for k in range(500))[: int(950 * 5.5)]

    def client(call: rh.Call, index: int) -> Iterator[Chunk | str]:
        yield from (words[i : i + size] for i in range(0, len(words), size))
        yield Chunk(text=" ANSWER: 42", usage=Usage(input=20, output=954))

    run = start()
    assert str(serve(run, client)).endswith("ANSWER: 42")
    assert run.settled
    assert run.spent.tokens == 954


def one_over() -> Iterator[Chunk]:
    yield from (Chunk(text=f"w{k} ", logprob=-0.1) for k in range(GRANT + 1))
    yield Chunk(usage=Usage(input=5, output=GRANT + 1))


CUT: dict[str, Callable[[], Iterator[Chunk]]] = {
    "usage on each piece": lambda: numbered(1500, lambda k: Usage(input=20, output=k + 1)),
    "usage without counts on each piece": lambda: numbered(3000, lambda _: Usage()),
    "deltas on each piece": lambda: numbered(3000, lambda k: Usage(output=1 + k % 2)),
    "text alone": lambda: numbered(3000),
    "text alone that ends a little beyond": lambda: numbered(760),
    "counted": lambda: numbered(3000, tokens=1),
    "counted, one over": one_over,
    "counted, three over": lambda: (Chunk(text=f"w{k} ", tokens=1) for k in range(GRANT + 3)),
    "with its input": lambda: (Chunk(text=f"w{k} ", tokens=1, usage=Usage(input=9)) for k in range(2 * GRANT)),
}


@TWINS
@pytest.mark.parametrize("name", CUT)
def test_a_cut_text_never_settles(serve: Any, name: str) -> None:
    run = start(rules=rh.Rules(loops=False))
    assert serve(run, lambda *_: CUT[name]())
    assert not run.settled
    assert run.spent.samples == 1


@TWINS
@pytest.mark.parametrize("name", CUT)
def test_an_answer_that_was_told_settles_a_cut_text(serve: Any, name: str) -> None:
    run = start(rules=rh.Rules(loops=False))
    assert serve(run, lambda *_: itertools.chain([Chunk(answer="Paris")], CUT[name]())) == "Paris"
    assert run.settled


# --- Pieces without tokens, for ever --------------------------------------------------------------------------------------------


@TWINS
@pytest.mark.parametrize("lead", [[], [Chunk(text="Paris", tokens=1)]])
@pytest.mark.parametrize(
    "piece",
    [
        Chunk(),
        "",
        Chunk(step=0.9),
        Chunk(answer="x"),
        Chunk(usage=Usage()),
        Chunk(usage=Usage(input=5)),
        Chunk(usage={}),
        Chunk(tokens=0),
        Chunk(logprobs=[]),
        Chunk(probe=""),
        Chunk(answer=" "),
    ],
)
def test_a_stream_of_pieces_without_tokens_ends(serve: Any, lead: list[Chunk], piece: Any) -> None:
    """Without a deadline, too. As many pieces as its grant has tokens are none too many, and a thousand more."""
    run = start()
    read = 0

    def client(call: rh.Call, index: int) -> Iterator[Any]:
        nonlocal read
        yield from lead
        while True:
            read += 1
            yield piece

    serve(run, client)
    assert GRANT < read < 4 * GRANT
    assert run.done


@TWINS
def test_keep_alives_cost_no_answer(serve: Any) -> None:
    def client(call: rh.Call, index: int) -> Iterator[Any]:
        yield from (Chunk() for _ in range(2 * GRANT))
        yield Chunk(text="Paris", tokens=1)

    run = start()
    assert serve(run, client) == "Paris"
    assert run.settled


@TWINS
@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2060 ", "\x00"])
def test_a_text_without_a_visible_character_is_no_answer(serve: Any, blank: str) -> None:
    run = start()
    assert serve(run, lambda *_: iter([Chunk(text="Paris", tokens=1, answer=blank)])) == "Paris"


# --- Closing --------------------------------------------------------------------------------------------------------------------


def stubborn(call: rh.Call, index: int) -> Iterator[Chunk]:
    while True:
        try:
            yield Chunk(text="w", tokens=GRANT // 10)
        except GeneratorExit:
            yield Chunk(text="more")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stream_that_refuses_to_close_is_said() -> None:
    run = start()
    with pytest.warns(RuntimeWarning, match="1 streams refused to close"):
        synchronous(run, stubborn)
    assert run.done

    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        while True:
            try:
                yield Chunk(text="w", tokens=GRANT // 10)
            except GeneratorExit:
                yield Chunk(text="more")

    run = start()
    with pytest.warns(RuntimeWarning, match="1 streams did not close"):
        asyncio.run(aio.serve(run, client))
    assert run.done


class Stop(BaseException):
    """An error that is no Exception."""


@TWINS
@pytest.mark.parametrize("error", [Stop, asyncio.CancelledError, KeyError, GeneratorExit])
@pytest.mark.parametrize("which", ["watch", "answer"])
def test_an_error_of_any_kind_in_the_callers_function_is_raised(serve: Any, error: type[BaseException], which: str) -> None:
    def broken(*_: Any) -> None:
        raise error

    run = start()
    with pytest.raises(error):
        serve(run, lambda *_: (Chunk(text="w", tokens=1) for _ in range(2 * GRANT)), **{which: broken})
    assert run.done


# --- Every stream that was sent counts under the ceiling on samples -------------------------------------------------------------


def paid(call: rh.Call, index: int) -> Iterator[Chunk]:
    yield Chunk(text="forty tokens", tokens=40)
    raise TimeoutError


def silent(call: rh.Call, index: int) -> Iterator[Chunk]:
    raise TimeoutError
    yield


def empty(call: rh.Call, index: int) -> Iterator[Chunk]:
    return iter(())


def looping(call: rh.Call, index: int) -> Iterator[str]:
    return iter(["I will check it once more now. "] * 9999)


@TWINS
@pytest.mark.filterwarnings("ignore:rung .* can never be reached once the rungs below have drawn")
@pytest.mark.parametrize("client", [paid, silent, empty, looping])
@pytest.mark.parametrize("samples", [1, 2, 3, 7])
def test_no_more_streams_are_sent_than_the_ceiling_allows(serve: Any, client: Any, samples: int) -> None:
    ladder = rh.Ladder([rh.Rung(f"r{i}", samples=3, answer_tokens=GRANT, output_price=1.0 + i) for i in range(3)])
    run = (
        rh.Governor(ladder, ceiling=rh.Ceiling(samples=samples, tokens=10**6), rules=rh.Rules(retries=9))
        .plan("q", rung="r0")
        .start()
    )
    sent = 0

    def counted(call: rh.Call, index: int) -> Any:
        nonlocal sent
        sent += 1
        return client(call, index)

    try:
        serve(run, counted)
    except TimeoutError:
        pass
    assert 1 <= sent <= samples
    assert run.spent.samples == sent


def test_what_never_reached_its_engine_takes_no_place() -> None:
    ladder = rh.Ladder([rh.Rung("only")])
    run = rh.Governor(ladder, ceiling=rh.Ceiling(samples=1)).plan("q").start()
    run.next()[0].fail("connection refused", sent=False)
    assert run.spent.samples == 0
    call = run.next()[0]
    call.fail("timeout")
    assert run.next() == []
    assert run.spent.samples == 1


@pytest.mark.parametrize("rungs", [1, 2, 3])
def test_the_derived_ceiling_leaves_each_rung_its_retry(rungs: int) -> None:
    ladder = rh.Ladder([rh.Rung(f"r{i}", output_price=1.0 + i) for i in range(rungs)])
    run = rh.Governor(ladder).plan("q", rung="r0").start()
    tried = []
    while calls := run.next():
        for call in calls:
            tried.append(call.rung.name)
            call.fail("timeout")
            call.usage(output=0)
    assert tried == [f"r{i}" for i in range(rungs) for _ in range(2)]
