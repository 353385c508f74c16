"""Answers as people and models write them: which are the same, what a vote gives out, and what a verifier's reply says."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

import rheostat as rh
from benches.quality import answers
from rheostat.aio import Chunk, serve
from rheostat.votes import BatchAllocator, normalise

PAIRS = answers.read(answers.PAIRS)
BY_FORM = [json.loads(line) for line in (answers.PAIRS.parent / "pairs_by_form.jsonl").read_text("utf-8").splitlines()]
GROUPS = list(dict.fromkeys(str(pair["group"]) for pair in PAIRS))


@pytest.mark.parametrize("group", GROUPS)
def test_different_answers_stay_different(group: str) -> None:
    pairs = [pair for pair in PAIRS if pair["group"] == group and not pair["same"]]
    assert [pair for pair, same in zip(pairs, answers.ours(pairs), strict=True) if same] == []


def test_spellings_of_one_answer_are_found() -> None:
    total = sum(answers.judge(PAIRS, answers.ours(PAIRS)).values(), answers.Errors())
    assert total.rates[0] == 0
    assert total.rates[1] < 0.05, "math alone can find the rest"


@pytest.mark.parametrize("group", sorted({pair["group"] for pair in BY_FORM}))
def test_pairs_are_the_same_only_where_they_are(group: str) -> None:
    def same(form: str, pair: dict[str, str]) -> bool:
        return normalise(pair["a"], form) == normalise(pair["b"], form)  # type: ignore[arg-type]

    pairs = [(form, pair) for pair in BY_FORM if pair["group"] == group for form in pair["forms"]]
    assert [(form, pair["a"], pair["b"]) for form, pair in pairs if same(form, pair) != pair["same"]] == []


@pytest.mark.parametrize(
    ("kind", "answer", "form"),
    [
        ("auto", "$9, 216$", "9, 216"),
        ("auto", "$5 \\quad 6$", "5 6"),
        ("auto", "$7$, $310$", "7, 310"),
        ("auto", "4\\tfrac{1}{4}", "4.25"),
        ("auto", "\\boxed{4}, \\boxed{9}", "4, 9"),
        ("auto", "I get \\boxed{4}. No: \\boxed{9}", "9"),
        ("auto", "\\boxed{8}\\text{ km}", "8 km"),
        ("yes_no", "\\boxed{\\text{No}}", "no"),
        ("yes_no", "N/A", "n/a"),
        ("yes_no", "No clue", "no clue"),
        ("yes_no", "Right triangle", "right triangle"),
        ("yes_no", "Yes and no", "yes and no"),
        ("yes_no", "n", "no"),
        ("yes_no", "n = 7", "n = 7"),
        ("option", "(B) and (D)", "(B) and (D)"),
        ("option", "B, D", "B, D"),
        ("option", "S. aureus", "S. aureus"),
        ("option", "B. subtilis", "B. subtilis"),
        ("option", "D. Lisbon", "D"),
        ("option", "The answer is D because it rains", "D"),
        ("text", "20000 Leagues Under the Sea", "20000 leagues under the sea"),
        ("text", "6 PM", "6 pm"),
        ("text", "\\text{Lima}", "lima"),
        ("number", "It cost 2 500 000 pesos", "2500000"),
        ("number", "She ate 2 3/4 pies", "2.75"),
        ("number", "\u20134 degrees", "-4"),
        ("number", "a loss of $7: -$7", "-7"),
        ("number", "The answer is $8{,}250.", "8250"),
        ("number", "It is $\\frac{2}{5}$ of it.", "0.4"),
        ("number", "from 10 to 12", "12"),
        ("number", "pages 10-12", "12"),
        ("number", "93 clips, altogether.", "93"),
        ("number", "It is 9 m^2 now", "9"),
        ("number", "9 kg·m/s^2", "9"),
        ("number", "9 [2]", "9"),
        ("number", "3,75 €", "3.75"),
        ("number", "€ 3,75", "3.75"),
        ("number", "two hundred and six pears", "206"),
        ("number", "CO2", "CO2"),
        ("number", "It is 9:45", "It is 9:45"),
        ("number", "√7", "sqrt(7)"),
        ("number", "0x2A", "0x2A"),
        ("option", "C) B and D", "C"),
        ("option", "E. Both A and C", "E"),
        ("option", "A is wrong, so D", "D"),
        ("option", "I think B", "B"),
        ("option", "I choose A.", "A"),
        ("option", "{B}", "B"),
        ("option", "选B", "B"),
        ("option", "(A)(C)", "(A)(C)"),
        ("yes_no", "Yes (see table 4)", "yes"),
        ("yes_no", "It is true that", "it is true that"),
        ("json", '{"a": [1, 2,],}', '{"a":[1,2]}'),
    ],
)
def test_the_form_of_a_kind(kind: str, answer: str, form: str) -> None:
    assert normalise(answer, kind) == form  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('def f():\n  s = """a\n\nb"""', 'def f():\n  s = """a\nb"""'),
        ("def f():\n  s = '''a  \nb'''", "def f():\n  s = '''a\nb'''"),
        ("k:\n  text: |\n    a\n\n    b", "k:\n  text: |\n    a\n    b"),
        ("f(\n  `a\n\n  b`)", "f(\n  `a\n  b`)"),
    ],
)
def test_white_space_inside_a_literal_counts(first: str, second: str) -> None:
    assert normalise(first, "code") != normalise(second, "code")


def test_indentation_by_tabs_or_spaces_is_one() -> None:
    by_two, by_tab = "if a:\n  if b:\n    c\n  d", "if a:\n\tif b:\n\t\tc\n\td"
    assert normalise(by_two, "code") == normalise(by_tab, "code")
    assert normalise(by_two, "code") != normalise("if a:\n  if b:\n    c\nd", "code")


@pytest.mark.parametrize("answer", ["60%", "$2,400", "45\u00b0", "(3,4)", "+8", "```python\nx = 1\n```", '{"b": 1, "a": 2}'])
def test_an_answer_is_given_out_as_it_was_said(answer: str) -> None:
    rung = rh.Rung("only", model="m", answer_tokens=1000, output_price=15.0)
    run = rh.Governor(rh.Ladder([rung]), policy=rh.policy.Utility(usd_per_error=2.0)).plan("q").start()
    sample = run.next()[0].sample()
    for _ in range(3):
        sample.token(-0.1)
        sample.probe(answer)
    assert run.answer == answer
    vote = rh.Vote()
    vote.add(answer)
    assert vote.answer == answer
    batch = BatchAllocator(1, 1)
    batch.next()
    batch.add(0, answer)
    assert batch.answer(0) == answer


def verified(reply: str, answer: str = "Lima") -> tuple[bool, str]:
    """A run's `settled` and its last rung, when a verifier replies so."""
    rungs = [rh.Rung("fast", model="a", answer_tokens=400, output_price=1.0)]
    rungs.append(rh.Rung("deep", model="b", answer_tokens=400, output_price=10.0))
    ladder = rh.Ladder(rungs, default="fast", start_max="fast")
    rules = rh.Rules(verify_below=0.999)
    governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0), rules=rules)

    async def client(call: rh.Call, _: int) -> AsyncIterator[Chunk]:
        yield Chunk(text=reply if call.kind == "verify" else answer, tokens=3)

    run = governor.plan("q", rung="fast").start()
    asyncio.run(serve(run, client))
    return run.settled, run.rung.name


@pytest.mark.parametrize(
    "reply",
    [
        "yes",
        "Yes.",
        "**Yes**",
        "Yes, that is right.",
        "Correct.",
        "\\boxed{yes}",
        "YES!",
        "Confirmed",
        "True.",
        "Lima.",
        "S\u00ed",
    ],
)
def test_a_verifier_that_says_yes_confirms(reply: str) -> None:
    assert verified(reply) == (True, "fast")


@pytest.mark.parametrize(
    "reply", ["No.", "**No**, it is Cusco", "Incorrect", "That is wrong.", "Not correct.", '{"correct": false}', "Correct: no"]
)
def test_a_verifier_that_says_no_refutes(reply: str) -> None:
    assert verified(reply)[1] == "deep"


@pytest.mark.parametrize(
    "reply",
    [
        "Yes, it is wrong.",
        "Yes? No.",
        "Yes, but it should be Quito",
        "Yes, except the year",
        "Not quite.",
        "Almost right",
        "The correct answer is Quito.",
        "Correct would be Quito",
        "Quito",
        "\u274c",
        "I can't confirm.",
        "Is it right? No",
        "correct=false",
        "It is far from correct",
    ],
)
def test_a_reply_that_doubts_or_answers_anew_refutes(reply: str) -> None:
    assert verified(reply)[1] == "deep"


@pytest.mark.parametrize(
    "reply", ["\u2705", "The correct answer is Lima.", "No mistakes found.", "It's Lima.", "No, it is correct."]
)
def test_a_reply_that_repeats_or_praises_confirms(reply: str) -> None:
    assert verified(reply) == (True, "fast")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A: 3, B: 4", "A: 4, B: 3"),
        ("{x=3, y=4}", "{x=4, y=3}"),
        ("6 mM", "6 mm"),
        ("6 mS", "6 ms"),
        ("6 Nm", "6 nm"),
        ("6 \u03bcM", "6 \u03bcm"),
        ("6 Gbps", "6 GBP"),
        ("6 GB", "6 Gb"),
        ("6 pM", "6 pm"),
        ("6 Cal", "6 cal"),
        ("(AB)^2", "AB^2"),
        ("GM/r", "Gm/R"),
        ("kT", "Kt"),
        ("v_1=8", "v_2=8"),
        ("g(2)=8", "g(3)=8"),
        ("u=8, v=9", "u=8, w=9"),
        ("y=z", "z"),
        ("A major", "major"),
        ("__call__", "call"),
        ("/etc/a", "/etc/A"),
        ("1/2x", "x/2"),
        ("0x2A", "0x1F"),
        ("Cr2K2O7", "K2Cr2O7"),
        ("A or B", "A and B"),
        ("No, 3", "No, 4"),
        ("O(n!)", "O(n)"),
        ("2^{1}0", "2^{10}"),
        ("~~5~~", "5"),
    ],
)
def test_near_spellings_of_different_answers(first: str, second: str) -> None:
    assert normalise(first) != normalise(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2.5 × 10^{-4} M", "2.5e-4 M"),
        ("CO_2", "CO2"),
        ("Cu^{2+}", "Cu2+"),
        ("8 N·m", "8 Nm"),
        ("8 um", "8 \u03bcm"),
        ("D, B", "B, D"),
        ("both B and D", "B & D"),
        ("C only", "C"),
        ("8 < y", "y > 8"),
        ("\u00b18", "8 or -8"),
        ("]2,9]", "(2,9]"),
        ("(-oo, 9)", "(-\\infty, 9)"),
        ("\\sqrt[3]{27}", "3"),
        ("\\underline{8}", "8"),
        ("2 hours 15 minutes", "2h 15min"),
        ("6 ft 1 in", "6'1\""),
        ("80 BCE", "80 BC"),
        ("$8m", "$8 million"),
        ("$8 per hour", "$8/hour"),
        ("a thousand", "1000"),
        ("* 8", "8"),
    ],
)
def test_spellings_of_one_answer(first: str, second: str) -> None:
    assert normalise(first) == normalise(second)


def test_only_yes_confirms_a_no() -> None:
    assert verified("No.", answer="No")[1] == "deep"
    assert verified("Yes, no is right.", answer="No") == (True, "fast")


def test_thinking_below_a_providers_least_is_none() -> None:
    def plan(least: int, tokens: int) -> rh.Plan:
        rung = rh.Rung(
            "a", model="m", thinking_tokens=4_096, thinking_least=least, answer_tokens=64, output_price=1.0, ability=0.8
        )
        governor = rh.Governor(rh.Ladder([rung]), policy=rh.policy.Utility(usd_per_error=2.0), ceiling=rh.Ceiling(tokens=tokens))
        return governor.plan("Prove it.")

    whole, some, none = plan(1_024, 10_000), plan(1_024, 2_000), plan(1_024, 1_000)
    assert (whole.thinking_tokens, some.thinking_tokens, none.thinking_tokens) == (4_096, 1_936, 0)
    assert none.start().next()[0].thinking_tokens == 0
    assert plan(0, 100).thinking_tokens == 36
    assert "thinking_tokens" in [clamp.field for clamp in none.clamped]
    assert whole.p_correct > some.p_correct > none.p_correct
    assert whole.expected_usd > some.expected_usd > none.expected_usd
    with pytest.raises(rh.errors.InvalidValueError, match="thinking_least"):
        rh.Rung("a", thinking_tokens=512, thinking_least=1_024)


def test_a_comparer_of_your_own_joins_unequal_forms() -> None:
    asked: list[tuple[str, str]] = []

    def same(known: str, answer: str) -> bool:
        asked.append((known, answer))
        return {known, answer} == {"sin(x)^2 + cos(x)^2", "1"}

    vote = rh.Vote(same=same)
    for answer in ["sin(x)^2 + cos(x)^2", "2", "1", "2.0", ""]:
        vote.add(answer)
    assert vote.counts == {"sin(x)^2 + cos(x)^2": 2, "2": 2}
    assert asked == [("sin(x)^2 + cos(x)^2", "2"), ("sin(x)^2 + cos(x)^2", "1")]
    assert (vote.votes, vote.consumed) == (4, 5)
    again = rh.Vote.from_bytes(vote.to_bytes(), same=same)
    again.add("1")
    assert again.counts["sin(x)^2 + cos(x)^2"] == 3
    with pytest.raises(TypeError, match="same: got int"):
        rh.Vote(same=3)  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidValueError, match="same must be"):
        rh.Vote(same=same, normalise=str)


def test_algebra_beyond_the_form() -> None:
    pytest.importorskip("math_verify", reason="the extra `math` is not installed")
    from rheostat.symbolic import same

    assert same("\\frac{x^2-1}{x-1}", "x+1")
    assert same("\\frac{1}{1+\\sqrt2}", "\\sqrt2-1")
    assert not same("\\sin^2 x", "1")
    assert not same("5 kg", "5 g")
    assert not same("12 apples", "12 pears")
