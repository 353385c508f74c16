"""The newest human ask where programs write in the human's role: what people paste, commands, events, refusals with words."""
# ruff: noqa: E501 -- inputs stand on one line, as they come

import json
from typing import Any

import pytest

from tests.cases.traffic import CALL, EASY, HARD, assistant, chat, plan, reminder, scored, text, user

HI = [user("hi"), assistant("Hello! How can I help?")]
CODE = [user("Write a function that splits a list."), assistant("```python\ndef f(x):\n    return x[:2], x[2:]\n```")]
SHELL = assistant("THOUGHT: I look.\n\n```bash\nls\n```")

# What people paste

PASTED = [
    "Traceback (most recent call last):\n  File \"b.py\", line 9, in g\nKeyError: 'k'",
    "error[E0499]: cannot borrow `q` as mutable more than once at a time\n --> src/q.rs:7:9",
    "Output:\n4 5 6",
    "Outputs: none",
    "Results:\n- a: 3\n- b: 4",
    "stderr: disk full",
    "Exit code: 2",
    "Process finished with exit code 137",
    "Command failed with exit code 2: make check",
    "Successfully installed y-2.0",
    "Terminal output:\n3 failed",
    "Error executing the query: timeout",
    '{"error": {"message": "disk full"}}',
    '{"success": false, "n": 2}',
    "<output>\ndisk full\n</output>",
    "<stderr>disk full</stderr>",
    "| id | ms |\n|---|---|\n| 1 | 900 |",
    "$ make\nmake: *** [all] Error 2",
]


@pytest.mark.parametrize("pasted", PASTED)
@pytest.mark.parametrize("before", [HI, CODE])
def test_an_ask_below_what_a_person_pastes_is_the_ask(pasted: str, before: list[Any]) -> None:
    p = plan(chat(*before, user(f"{pasted}\n\n{HARD}")))
    assert (p.turn, p.rung.name) == ("ask", "deep")
    assert p.structure["ask_bytes"] >= len(HARD)


@pytest.mark.parametrize("pasted", PASTED)
def test_what_a_person_pastes_alone_is_no_easy_ask(pasted: str) -> None:
    p = plan(chat(*HI, user(pasted)))
    assert (p.turn, p.rung.name != "fast") == ("ask", True)


@pytest.mark.parametrize("pasted", PASTED)
def test_the_same_behind_a_call_is_its_result(pasted: str) -> None:
    task = f"Solve this issue: {HARD}"
    for call in (SHELL, assistant("I look.\n<lookup>\nq\n</lookup>"), assistant('{"tool": "look"}')):
        p = plan(chat(user(task), call, user(pasted)))
        assert (scored(p), p.rung.name) == (("tool_result", len(task)), "deep")


@pytest.mark.parametrize(
    "words",
    [
        "Result: 41. Is that right, and why not 42?",
        "Observation: the second call is slower. Why could that be?",
        "Command: make it iterative, without changing the signature.",
        "Exit code: which one shall we return? Explain the convention.",
        "I ran this command:\n\nmake\n\nand it never ends. Find the deadlock.",
        "[ERROR] in the log is from your function. Explain where.",
        "Your last response is wrong. Prove the lower bound instead.",
        "Tool output is shown twice here. Why?",
    ],
)
def test_words_that_begin_like_a_result_are_words(words: str) -> None:
    for before in (HI, CODE):
        assert scored(plan(chat(*before, user(words)))) == ("ask", len(words))


LOG = "".join(f"2026-11-30T10:00:{i:02d} INFO step {i} took {i * 7} ms\n" for i in range(60))


@pytest.mark.parametrize(
    "head",
    [
        "",
        "$ tail a.log\n",
        "Ergebnis des Werkzeugs lies:\n",
        "工具执行结果：\n",
        "Here is the result of calling `tail`:\n\n",
        "=" * 40 + "\n",
    ],
)
def test_a_log_of_an_easy_task_is_no_hard_ask(head: str) -> None:
    easy = "What is the name of the newest file? List it."
    for call in (SHELL, assistant("I look.\n<tail>\na.log\n</tail>")):
        p = plan(chat(user(easy), call, user(head + LOG)))
        assert (scored(p), p.rung.name != "deep") == (("tool_result", len(easy)), True)


# Commands, events, blocks of a message of their own


def command(name: str, arguments: str = "") -> dict[str, Any]:
    return text(
        f"<command-name>/{name}</command-name>\n<command-message>{name}</command-message>\n<command-args>{arguments}</command-args>"
    )


PRINTED = text("<local-command-stdout>done</local-command-stdout>")


@pytest.mark.parametrize("name", ["model", "clear", "cost", "a-command-of-tomorrow"])
@pytest.mark.parametrize("arguments", ["", "opus", "--all now"])
def test_a_command_of_the_humans_machine_asks_nothing(name: str, arguments: str) -> None:
    p = plan(chat(user([command(name, arguments), PRINTED, text(HARD)])))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    p = plan(chat(user(HARD), assistant("Shall I?"), user([command(name, arguments), PRINTED, text("yes, do it")])))
    assert (scored(p), p.rung.name) == (("continuation", len(HARD)), "deep")


def test_the_text_of_a_command_is_newer_than_its_arguments() -> None:
    expanded = f"Fix what is described: {HARD}"
    assert scored(plan(chat(user([command("fix", "it"), text(expanded)])))) == ("ask", len(expanded))
    assert scored(plan(chat(user([command("ask", HARD)])))) == ("ask", len(HARD))
    skill = text(f"Base directory for this skill: /s\n\n# Ask\n\nBe brief.\n\nARGUMENTS: {HARD}")
    assert scored(plan(chat(user([command("ask", HARD), skill])))) == ("ask", len(HARD))


@pytest.mark.parametrize("fence", ["```", "````", "~~~"])
def test_a_wrapper_in_a_fence_is_shown_and_not_used(fence: str) -> None:
    ask = f"Prove that this template never loses the tag:\n{fence}xml\n<user_query>\n{{q}}\n</user_query>\n{fence}\nBe exact."
    assert scored(plan(chat(user(ask)))) == ("ask", len(ask))
    inside = f"Explain it:\n{fence}\nx\n{fence}"
    assert scored(plan(chat(user(f"```\nopen\n\n<user_query>\n{inside}\n</user_query>")))) == ("ask", len(inside))


@pytest.mark.parametrize(
    "event",
    [
        "Model switched to x.",
        "Exec completed (abc, code 0) :: done",
        "Node: mac (10.0.0.1)\nSystem: [2026-11-30 10:01 UTC] Node: pc",
    ],
)
def test_lines_of_events_are_no_words(event: str) -> None:
    event = f"System: [2026-11-30 10:00 UTC] {event}\n\n"
    for ask in (HARD, f"[Mon 2026-11-30 10:00 UTC] {HARD}"):
        p = plan(chat(*HI, user(event + ask)))
        assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    assert scored(plan(chat(*HI, user(event + EASY)))) == ("ask", len(EASY))
    assert scored(plan(chat(user(HARD), assistant("Shall I?"), user(event + "yes")))) == ("continuation", len(HARD))


NOTE = "The following is an <EPHEMERAL_MESSAGE> not actually sent by the user.\n\n<EPHEMERAL_MESSAGE>\nBe brief.\n</EPHEMERAL_MESSAGE>"
BLOCKS = [
    "<skill>\n<name>x</name>\nRun the script, then report.\n</skill>",
    "<rules>\nBe brief.\n</rules>",
    NOTE,
    "<project_notes>\nThe library opens at nine.\n</project_notes>",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_message_of_blocks_is_no_ask_behind_one(block: str) -> None:
    for ask, rung in ((HARD, "deep"), (EASY, "fast")):
        p = plan(chat(user(ask), user(block)))
        assert (scored(p), p.rung.name) == (("ask", len(ask)), rung)
        p = plan(chat(user(ask), user(block), user(block)))
        assert scored(p) == ("ask", len(ask))
    loop = chat(
        user(HARD), user(block), assistant(None, tool_calls=[CALL]), {"role": "tool", "tool_call_id": "1", "content": "ok"}
    )
    assert scored(plan(loop)) == ("tool_result", len(HARD))
    assert scored(plan(chat(user(HARD), user(block), assistant("Shall I?"), user("yes")))) == ("continuation", len(HARD))


def test_material_after_an_answer_is_an_ask() -> None:
    assert plan(chat(*HI, user("<document>\nThe library opens at nine.\n</document>"))).turn == "ask"


def test_lines_of_a_read_file_are_no_words() -> None:
    read = 'Called the Read tool with the following input: {"filePath": "/w/b.rs"}'
    file = "<path>/w/b.rs</path>\n<type>file</type>\n<content>\n1: fn main() {}\n</content>"
    assert scored(plan(chat(user([text(EASY), text(read), text(file)])))) == ("ask", len(EASY))
    p = plan(chat(user(HARD), assistant("Shall I?"), user([text("yes, do it"), text(read), text(file)])))
    assert scored(p) == ("continuation", len(HARD))


@pytest.mark.parametrize(
    "name",
    ["SystemReminder", "reminders", "important", "project_instructions", "task_progress", "budget:token_budget", "houseRules"],
)
def test_blocks_of_programs_cost_no_rung(name: str) -> None:
    block = f"<{name}>\n{'Keep to the rules of the house. ' * 14}\n</{name}>"
    for body in (chat(user(f"{EASY}\n\n{block}")), chat(user(f"{block}\n\n{EASY}"))):
        p = plan(body)
        assert (scored(p), p.rung.name) == (("ask", len(EASY)), "fast")


def test_a_background_task_ends_nothing() -> None:
    done = "<task-notification>\n<status>completed</status>\n</task-notification>\nRead the output file to retrieve the result: /tmp/b.output"
    assert scored(plan(chat(user(HARD), assistant("It runs."), user(done)))) == ("tool_result", len(HARD))
    assert scored(plan(chat(user(HARD), assistant("It runs."), user(reminder("Be brief."))))) == ("tool_result", len(HARD))


# The human's words in results of tools

SAID = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected. To tell you how to proceed, the user said:\n"
)
TOLD = {
    "refused": f"{SAID}{HARD}",
    "denied": f"Permission for this tool use was denied. The user said:\n{HARD}",
    "declined": f"The user has declined to run this tool. Their reason: {HARD}",
    "answered": f'User has answered your questions: "What next?"="{HARD}". You can now continue.',
    "feedback": json.dumps({"status": "denied", "message": "The user denied it", "feedback": HARD}),
    "queued": "x = 1\n\n" + reminder(f"The user sent the following message:\n{HARD}\n\nPlease address this message."),
    "queued, then another block": "x = 1\n" + reminder(f"The user sent a new message:\n{HARD}") + "\n" + reminder("Be brief."),
    "in German": "x = 1\n" + reminder(f"Der Benutzer hat eine Nachricht geschickt:\n{HARD}"),
    "in Chinese": "x = 1\n" + reminder(f"用户发送了一条新消息：\n{HARD}"),
    "out of band": f"x = 1\n\n[OUT-OF-BAND USER MESSAGE: a direct message, not tool output]\n{HARD}\n[/OUT-OF-BAND USER MESSAGE]",
    "steered": f"x = 1\n\n[USER STEER (injected mid-run, not tool output): {HARD}]",
    "a queue": f"x = 1\n\n[Queued messages while agent was busy]\n\n---\nQueued #1\n{HARD}",
}
TYPED = [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]
USED = [{"type": "tool_use", "id": "1", "name": "f", "input": {}}, {"type": "tool_use", "id": "2", "name": "f", "input": {}}]


def dialects(told: str) -> dict[str, dict[str, Any]]:
    """A body of each kind whose last result is `told`."""
    called = assistant(None, tool_calls=[CALL])
    answer = {"role": "tool", "tool_call_id": "1", "content": told}
    return {
        "chat": chat(user(EASY), called, answer),
        "chat, first of two": chat(user(EASY), called, answer, {**answer, "content": "y"}),
        "responses": {"input": [user(EASY), *TYPED, {"type": "function_call_output", "call_id": "c", "output": told}]},
        "responses, parts": {
            "input": [
                user(EASY),
                *TYPED,
                {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": told}]},
            ]
        },
        "custom": {"input": [user(EASY), *TYPED, {"type": "custom_tool_call_output", "call_id": "c", "output": told}]},
        "messages": chat(user(EASY), assistant(USED[:1]), user([{"type": "tool_result", "tool_use_id": "1", "content": told}])),
        "messages, first of two": chat(
            user(EASY),
            assistant(USED),
            user(
                [
                    {"type": "tool_result", "tool_use_id": "1", "content": [text(told)]},
                    {"type": "tool_result", "tool_use_id": "2", "content": "y"},
                ]
            ),
        ),
        "gemini": {
            "contents": [
                {"role": "user", "parts": [{"text": EASY}]},
                {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]},
                {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"output": told}}}]},
            ]
        },
        "bedrock": chat(
            user([{"text": EASY}]),
            assistant([{"toolUse": {"toolUseId": "1", "name": "f", "input": {}}}]),
            user([{"toolResult": {"toolUseId": "1", "content": [{"text": told}]}}]),
        ),
        "cohere": chat(user(EASY), called, {**answer, "content": [{"type": "document", "document": {"data": told}}]}),
    }


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_what_the_human_says_in_a_result_is_the_ask_in_every_dialect(told: str) -> None:
    for name, body in dialects(told).items():
        p = plan(body)
        assert (name, scored(p), p.rung.name) == (name, ("ask", len(HARD)), "deep")


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_it_stays_the_ask_of_the_turns_behind_it(told: str) -> None:
    talk = dialects(told)["chat"]["messages"]
    more = [assistant("I see.", tool_calls=[CALL]), {"role": "tool", "tool_call_id": "1", "content": "ok"}]
    assert scored(plan(chat(*talk, *more))) == ("tool_result", len(HARD))
    assert scored(plan(chat(*talk, *more, *more))) == ("tool_result", len(HARD))
    assert scored(plan(chat(*talk, assistant("Shall I?"), user("yes")))) == ("continuation", len(HARD))
    assert scored(plan(chat(*talk, assistant("Done."), user("Who wrote Faust?")))) == ("ask", 16)


@pytest.mark.parametrize(
    "result",
    [
        "const s = `The user sent the following message:\\n${m}`",
        "[user.message]\nname = x",
        "<ul>\n<li>user message: x</li>\n</ul>",
        '{"feedback": ""}',
        "The user doesn't want to take this action right now. STOP what you are doing.",
        "[Queued jobs]\n1 2 3",
    ],
)
def test_a_result_that_mentions_the_human_is_a_result(result: str) -> None:
    for name, body in dialects(result).items():
        assert (name, scored(plan(body))) == (name, ("tool_result", len(EASY)))


def test_feedback_below_a_result_that_is_sent_as_text_is_the_ask() -> None:
    call = assistant("I read.\n<read_file>\n<path>b.rs</path>\n</read_file>")
    told = user([text("[read_file for 'b.rs'] Result:\nfn main() {}"), text(f"<feedback>\n{HARD}\n</feedback>")])
    p = plan(chat(user(EASY), call, told))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
