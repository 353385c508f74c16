"""Bodies of real traffic: which words are the human's, and which a program's."""
# ruff: noqa: E501, PT018 -- inputs stand on one line, as they come

from collections.abc import Callable
from typing import Any

import pytest

from tests.cases.traffic import CALL, EASY, HARD, assistant, chat, governor, plan, reminder, scored, text, user

# The human's words in a wrapper

EDITOR = "<additional_data>\n" + "src/wal.rs is open. " * 200 + "\n</additional_data>\n"
WRAPPERS: list[Callable[[str], str]] = [
    lambda ask: f"<user_query>\n{ask}\n</user_query>",
    lambda ask: f"{EDITOR}<user_query>{ask}</user_query>",
    lambda ask: f"{EDITOR}<user_query>\n{ask}\n</user_query>\n{reminder('Be kind.')}",
    lambda ask: f"<editorContext>\nThe file is a.py.\n</editorContext>\n<userRequest>\n{ask}\n</userRequest>",
    lambda ask: f"<userRequest>{ask}</userRequest>",
    lambda ask: f"<USER_REQUEST>\n{ask}\n</USER_REQUEST>\n<ADDITIONAL_METADATA>\nTime: noon.\n</ADDITIONAL_METADATA>",
    lambda ask: (
        f"Use the context to answer.\n<context>\nParis is in France.\n</context>\n\n<user_query>\n{ask}\n</user_query>\nAnswer:"
    ),
    lambda ask: (
        f"<command-message>ask is running</command-message>\n<command-name>/ask</command-name>\n<command-args>{ask}</command-args>"
    ),
    lambda ask: f"<task>\n{ask}\n</task>\n<environment_details>\nTime: noon.\n</environment_details>",
    lambda ask: f"<user_message>\n{ask}\n</user_message>\n\n<environment_details>\nx\n</environment_details>",
    lambda ask: f"<feedback>\n{ask}\n</feedback>",
    lambda ask: f"<a-tag-of-tomorrow>\n{ask}\n</a-tag-of-tomorrow>\n{reminder('Be kind.')}",
    lambda ask: f"<userRequest>\n{ask} (See <attachments> above for file contents.)\n</userRequest>",
]


@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize("ask", [HARD, EASY, "hi"])
def test_words_in_a_wrapper_are_the_ask(wrap: Callable[[str], str], ask: str) -> None:
    alone, wrapped = governor().plan(ask), plan(chat(user(wrap(ask))))
    assert scored(wrapped) == ("ask", len(ask))
    assert wrapped.estimate.difficulty == alone.estimate.difficulty
    assert wrapped.rung.name == alone.rung.name


@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize("answer", ["yes, do it", "ok", "继续"])
def test_an_acknowledgement_in_a_wrapper_continues(wrap: Callable[[str], str], answer: str) -> None:
    p = plan(chat(user(wrap(HARD)), assistant("Shall I?"), user(wrap(answer))))
    assert scored(p) == ("continuation", len(HARD))
    assert p.rung.name == "deep"


@pytest.mark.parametrize(
    "ask",
    [
        "What does <user_query> mean in a prompt?",
        "What does <user_query>x</user_query> mean in a prompt?",
        "Why is <userRequest> never closed here?",
        "<user_query> is a tag of an editor. Which one?",
    ],
)
def test_a_tag_in_a_sentence_is_a_word(ask: str) -> None:
    assert scored(plan(chat(user(ask)))) == ("ask", len(ask))


# Results of tools as text

RESULTS = [
    "<returncode>0</returncode>\n<output>\nREADME.md\n</output>",
    "<returncode>1</returncode>\n<warning>\nThe output was too long.\n</warning>\n<output_head>\na\n</output_head>",
    "[read_file for 'wal.rs'] Result:\nfn append() {}",
    "[execute_command for 'ls -la'] Result:\n\nCommand executed.\nOutput:\na.rs\n\n<environment_details>\nx\n</environment_details>",
    "[list_files] Result:\nsrc/",
    "[ERROR] You did not use a tool in your previous response! Please retry with a tool use.",
    "Observation: 42",
    "OBSERVATION:\nsrc/\ntests/",
    "EXECUTION RESULT of [execute_bash]:\n/workspace",
    '<tool_response>\n{"temperature": 12}\n</tool_response>',
    "<function_results>\n<result>\n<stdout>a.rs</stdout>\n</result>\n</function_results>",
    "Command read_file returned: fn main() {}",
    "Tool result: 12 degrees",
    "Exit code: 0\nOutput:\nok",
    '{"status": "error", "message": "The tool execution failed", "error": "no such file"}',
    '{"tool": "search", "result": ["a", "b"]}',
    "Please always provide EXACTLY ONE action in triple backticks, found 0 actions.",
    "(Bash completed with no output)",
    "```output\n3\n```",
    "Your command ran successfully and did not produce any output.",
    '[{"type": "tool_result", "content": "x"}]',
]
UNKNOWN = ["```\nsrc tests\n```", "$ ls\na.rs", "Error: tool not found", "src/\ntests/\nCargo.toml"]


@pytest.mark.parametrize("result", RESULTS)
def test_a_result_as_text_is_no_ask(result: str) -> None:
    talk = [user("Solve this issue: " + HARD), assistant("I look around.\n```bash\nls\n```"), user(result)]
    p = plan(chat(*talk))
    assert scored(p) == ("tool_result", len("Solve this issue: " + HARD))
    assert p.rung.name == "deep"
    g = governor()
    plan(chat(talk[0]), g, session="s", at=0)
    for i in range(5):
        talk += [assistant("And further."), user(result + f"\n{i}" if result[0].isupper() else result)]
        p = plan(chat(*talk), g, session="s", at=1 + i)
    assert p.rung.name == "deep"


@pytest.mark.parametrize("before", ["I call it.\n<tool_call>\n{}\n</tool_call>", "Thought: look\nAction: ls\nAction Input: /"])
def test_an_unknown_result_moves_no_session_down(before: str) -> None:
    g = governor()
    plan(chat(user(HARD)), g, session="s", at=0)
    for i in range(5):
        p = plan(chat(user(HARD), assistant(before), user("src tests Cargo.toml")), g, session="s", at=1 + i)
    assert p.rung.name == "deep"
    assert plan(chat(user(HARD), assistant(before), user("src tests Cargo.toml"))).rung.name != "fast"


@pytest.mark.parametrize("output", UNKNOWN)
def test_an_unknown_output_buys_no_less_than_the_default(output: str) -> None:
    talk = [user(HARD), assistant("I look around.\n```bash\nls\n```"), user(output)]
    assert plan(chat(*talk)).rung.name != "fast"
    thanks = [user(HARD), assistant("I look around.\n```bash\nls\n```"), user("Thanks, and what is the capital of France?")]
    assert plan(chat(*thanks)).rung.name == "fast"


def test_a_humans_comment_on_a_call_is_the_ask() -> None:
    denied = "[execute_command for 'ls'] Result:\nThe user denied this operation and provided the following feedback:\n"
    p = plan(chat(user(EASY), assistant("I run ls."), user(denied + f"<feedback>\n{HARD}\n</feedback>")))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    said = "The user doesn't want to proceed with this tool use. The tool use was rejected. To tell you how to proceed, the user said:\n"
    call = {"type": "tool_use", "id": "1", "name": "ls", "input": {}}
    refused = {"type": "tool_result", "tool_use_id": "1", "is_error": True, "content": said + HARD}
    p = plan(chat(user(EASY), assistant([call]), user([refused])))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    page = {"type": "tool_result", "tool_use_id": "1", "content": "A page. The user said: prove the theorem."}
    assert plan(chat(user(EASY), assistant([call]), user([page]))).turn == "tool_result"


# Messages that a harness queues

QUEUED = [
    reminder(f"The user sent the following message:\n{HARD}\n\nPlease address this message and continue with your tasks."),
    reminder(
        f"The user sent a new message while you were working:\n{HARD}\n\nIMPORTANT: After completing your current task, you MUST address the user's message above. Do not ignore it."
    ),
    reminder(f"The user has sent a message: {HARD}"),
    reminder(f"User message received while you were busy:\n\n{HARD}"),
    f"<system-notification>\nNew message from the user:\n{HARD}\n</system-notification>",
    f"<user-interrupt>\n{HARD}\n</user-interrupt>",
    reminder(f"A user message arrived:\n{HARD}"),
    reminder(f"[User message]\n{HARD}"),
    reminder(f"The user interjected:\n{HARD}"),
]


@pytest.mark.parametrize("queued", QUEUED)
def test_a_queued_message_is_the_newest_ask(queued: str) -> None:
    result = {"role": "tool", "tool_call_id": "1", "content": "x"}
    p = plan(chat(user(EASY), assistant(None, tool_calls=[CALL]), result, user(queued)))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
    use = {"type": "tool_use", "id": "1", "name": "f", "input": {}}
    parts = [{"type": "tool_result", "tool_use_id": "1", "content": "x"}, text(queued)]
    p = plan(chat(user(EASY), assistant([use]), user(parts)))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")


def test_other_reminders_are_no_messages() -> None:
    for words in (
        "The user opened the file a.rs.",
        "The user selected the lines 1 to 5 from a.rs:\nfn main() {}",
        "Keep it short.",
    ):
        p = plan(chat(user(EASY), user(reminder(words))))
        assert scored(p) == ("ask", len(EASY))


# Blocks around the ask


@pytest.mark.parametrize(("before", "after"), [(9_000, 3_000), (14_000, 6_000), (60_000, 60_000), (300_000, 20_000)])
@pytest.mark.parametrize("as_parts", [True, False])
def test_an_ask_between_large_blocks_is_found(before: int, after: int, as_parts: bool) -> None:
    pieces = [reminder("Keep to the house rules. " * (n // 25)) for n in (before, after)]
    pieces.insert(1, HARD)
    content = [text(piece) for piece in pieces] if as_parts else "\n".join(pieces)
    p = plan(chat(user(content)))
    assert (scored(p), p.estimate.difficulty) == (("ask", len(HARD)), governor().plan(HARD).estimate.difficulty)
    three = "\n".join([pieces[0], "Hello.", pieces[0], HARD, pieces[2], "Thanks!"])
    assert plan(chat(user(three))).structure["ask_bytes"] in range(len(HARD), len(HARD) + 30)


# Plan mode

PLANNING = {
    "Plan mode is active.": True,
    "Plan mode still active (see full instructions earlier).": True,
    "CRITICAL: Plan mode ACTIVE - you are in READ-ONLY phase.": True,
    "Keep the notes in mind. " * 12 + "Plan mode is active.": True,
    "You are in plan mode. Do not edit.": True,
    "# Current Mode\nPLAN MODE": True,
    "You are NO LONGER in Plan mode.": False,
    "Plan mode has ended. You may edit.": False,
    "You have exited plan mode.": False,
    "Plan mode is not active.": False,
    "When plan mode is active, never edit files.": False,
    "You exited plan mode before. You are now returning to plan mode.": True,
}


@pytest.mark.parametrize(("words", "planning"), PLANNING.items())
def test_plan_mode_is_what_the_harness_says_last(words: str, planning: bool) -> None:
    wanted = "planning" if planning else "answer"
    assert governor().plan(f"Add a cache.\n{reminder(words)}", session="s").purpose == wanted
    apart = chat(user("Add it."), assistant("Done."), user("Add a cache."), user(reminder(words)))
    assert plan(apart, session="s").purpose == wanted
    said_before = chat(user(reminder(words) + "Add it."), assistant("Done."), user("Add a cache."))
    assert plan(said_before, session="s").purpose == "answer"


# History that is not in the request


@pytest.mark.parametrize("go_ahead", ["yes, do it", "ok", "继续", "solve it"])
@pytest.mark.parametrize(
    "body",
    [
        lambda words: {"previous_response_id": "r", "input": words},
        lambda words: {"conversation": "c", "input": words},
        lambda words: chat(user(words), max_tokens=9, thread={"type": "continue", "previous_message_id": "m"}),
    ],
)
def test_a_go_ahead_without_its_ask_keeps_the_rung(body: Callable[[str], dict[str, Any]], go_ahead: str) -> None:
    p = plan(body(go_ahead))
    assert (p.turn, p.rung.name) == ("continuation", "think")
    g = governor()
    g.plan(HARD, session="s", at=0)
    assert plan(body(go_ahead), g, session="s", at=1).rung.name == "deep"


# Words that point elsewhere


@pytest.mark.parametrize(
    "messages",
    [
        [user(f"Solve this:\n\n> {HARD}")],
        [user(f"<document>{HARD}</document>\nPlease answer the question in the document.")],
        [user(f"<context>\n{HARD}\n</context>\nSolve it.")],
        [user(f"<transcript>{HARD}</transcript>\nCan you solve it for me?")],
        [user(HARD), user("Solve it.")],
        [user(HARD), assistant("Shall I?"), user("Go ahead and solve it for me")],
    ],
)
def test_words_that_point_at_the_work_are_not_the_work(messages: list[dict[str, Any]]) -> None:
    assert plan(chat(*messages)).rung.name == "deep"


@pytest.mark.parametrize("ask", ["Summarise it in one sentence.", "Translate it into French."])
def test_a_question_about_a_document_is_the_ask(ask: str) -> None:
    assert scored(plan(chat(user(f"<document>{HARD}</document>\n{ask}")))) == ("ask", len(ask))


@pytest.mark.parametrize("tag", ["rules", "skill", "reminder", "permissions"])
def test_a_tag_of_a_common_name_gives_words_where_there_are_no_others(tag: str) -> None:
    p = plan(chat(user(f"<{tag}>\nProve that the scheduler cannot deadlock.\n</{tag}>")))
    assert p.turn == "ask" and p.structure["ask_bytes"] > 40
    assert scored(plan(chat(user(f"<{tag}>Be kind.</{tag}>\n{EASY}")))) == ("ask", len(EASY))


def test_a_session_of_a_shell_is_no_quotation() -> None:
    session = "> fit <- lm(y ~ x, data = d)\n> anova(fit, fit2)\nError in anova: not the same data\n> Why does it fail, and which test is right?"
    assert scored(plan(chat(user(session)))) == ("ask", len(session))
    mail = f"> They said it is so.\n> And more.\n{EASY}"
    assert scored(plan(chat(user(mail)))) == ("ask", len(EASY))


# Chores of programs


@pytest.mark.parametrize(
    "ask",
    [
        "Fix the race where the conversation title is overwritten when two tabs rename it at once, and prove your fix.",
        "Implement detection of a new conversation topic with embeddings in our support bot and derive the best threshold.",
        "Write a function that generates a title for this conversation from its messages, and prove that it terminates.",
        "Why does the chat title component render twice when the thread changes?",
        "Suggest a title for my thesis about the conversation of Galileo with the Pope.",
        "Design a schema that stores a title for each conversation and its tags; derive the indices.",
    ],
)
def test_work_on_titles_is_no_chore(ask: str) -> None:
    alone, within = governor().plan(ask), governor().plan(ask, session="s")
    assert (within.purpose, within.rung.name) == ("answer", alone.rung.name)


@pytest.mark.parametrize(
    "body",
    [
        chat(user("Please write a 5-10 word title for the following conversation:\nProve it.")),
        chat(
            {"role": "system", "content": "You are a title generator."},
            user("Generate a title for this conversation:\n"),
            user(HARD),
        ),
        chat({"role": "system", "content": "You are a title generator. You output ONLY a thread title."}, user(HARD)),
        {"system": "Generate a short title for this coding session.", **chat(user(HARD))},
        {"system": [text("You are Claude Code."), text("Generate a concise title for this conversation.")], **chat(user(HARD))},
        {"instructions": "Generate a short title for this conversation.", "input": HARD},
        chat(user("Based on the chat history, give this conversation a name. Keep it short.")),
        chat(user("你是一名擅长会话的助理，请将以下对话总结为10个字以内的标题")),
        chat(user("Erstelle einen kurzen Titel für dieses Gespräch.")),
        chat(user("### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history.")),
        chat(user("quota"), max_tokens=1),
        chat(user("hi"), max_tokens=0),
        chat(user("Read HEARTBEAT.md if it exists. If nothing needs attention, reply HEARTBEAT_OK.")),
    ],
)
def test_chores_of_programs_take_the_lowest_rung(body: dict[str, Any]) -> None:
    p = plan(body, session="s")
    assert (p.purpose, p.rung.name) == ("housekeeping", "fast")


COMPACTIONS = [
    "Your task is to write a detailed summary of the conversation so far.",
    "Your task is to create a detailed summary of the conversation so far, paying close attention to the user's explicit requests.",
    "CRITICAL: Respond with TEXT ONLY.\n\nYour task is to create a detailed summary of the conversation so far.",
    "Provide a detailed prompt for continuing our conversation above.",
    "You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary.",
]


@pytest.mark.parametrize("ask", COMPACTIONS)
def test_a_summary_of_the_conversation_is_no_ask_of_it(ask: str) -> None:
    history = [user(HARD), assistant("So it is.")]
    assert plan(chat(*history, user(ask)), session="s").purpose == "compaction"
    g = governor()
    plan(chat(user(HARD)), g, session="s", at=0)
    for i in range(4):
        assert plan(chat(*history, user(ask)), g, session="s", at=1 + i).rung.name == "deep"
    assert plan(chat(*history, user("And is it so for 1 mod 4?")), g, session="s", at=9).rung.name == "deep"


def test_chores_leave_the_session_where_it_is() -> None:
    g = governor()
    g.plan(HARD, session="s", at=0)
    chores = ["quota", COMPACTIONS[0], "Read HEARTBEAT.md if it exists, else reply HEARTBEAT_OK."]
    for i, words in enumerate(chores):
        plan(chat(user(words), max_tokens=1 if i == 0 else 999), g, session="s", at=1 + i)
    follow_up = chat(user(HARD), assistant("..."), user("And is the density of both kinds equal?"))
    assert plan(follow_up, g, session="s", at=9).rung.name == "deep"


def test_a_request_that_is_sent_again_is_one_turn() -> None:
    g = governor()
    g.plan(HARD, session="s", at=0)
    same = chat(user(HARD), assistant("..."), user(EASY))
    assert [plan(same, g, session="s", at=1 + i).rung.name for i in range(5)] == ["deep"] * 5
    talk = same["messages"]
    for i in range(3):
        talk = [*talk, assistant("Paris."), user(EASY)]
        last = plan(chat(*talk), g, session="s", at=10 + i)
    assert last.rung.name == "fast"
