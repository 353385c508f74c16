"""Messages that lean on what was said, wrappers without tags, and material: what a harness or a chat puts round the words."""
# ruff: noqa: E501 -- inputs stand on one line, as they come

from typing import Any

import pytest

from tests.cases.traffic import CALL, EASY, HARD, assistant, chat, governor, plan, reminder, scored, text, user

SHALL = assistant("I found two lemmas that we need. Shall I go on?")

# Elliptical answers and complaints

GO_AHEADS = [
    "option 2",
    "go with option B",
    "the first one",
    "A",
    "1",
    "yes, 1 and 3",
    "+1",
    "Implement the plan",
    "Proceed with implementation as planned",
    "User has approved your plan. You can now start coding.",
    "do what you think is best",
    "no objections, continue",
    "yes\n\n(sent from my iPhone)",
    "no",
    "thanks",
    "sim, pode fazer",
    "c'est bon, continue",
    "それでお願い",
    "行，就这么办",
    "ㅇㅇ 해줘",
    "ja, kör på",
    "Nimm die zweite Variante",
    "второй вариант, пожалуйста",
    "ikinci seçenek lütfen",
    "la segunda opción, por favor",
    "选第二个",
]
OBJECTIONS = [
    "wrong",
    "think again",
    "try harder",
    "are you sure?",
    "It doesn't work",
    "still broken",
    "same error",
    "Das ist falsch",
    "不对，再想想",
    "Ты уверен?",
    "?",
]


@pytest.mark.parametrize("words", [*GO_AHEADS, *OBJECTIONS, "why?", "explain", "in Python please"])
def test_words_without_content_continue_the_ask(words: str) -> None:
    talk = [user(HARD), SHALL, user(words)]
    p = plan(chat(*talk))
    assert (scored(p), p.rung.name) == (("continuation", len(HARD)), "deep")
    g = governor()
    g.plan(HARD, session="s", at=0)
    for i in range(4):
        p = plan(chat(*talk, *[assistant("So?"), user(words)] * i), g, session="s", at=1 + i)
    assert p.rung.name == "deep"


@pytest.mark.parametrize("words", OBJECTIONS)
def test_an_objection_buys_no_less_than_the_default(words: str) -> None:
    assert plan(chat(user(EASY), assistant("Rome."), user(words))).rung.name == "think"


@pytest.mark.parametrize("words", ["yes, do it", "Continue.", "option 2", "そうしてください", "Implement the plan"])
@pytest.mark.parametrize(
    "body",
    [
        lambda words: chat(user(words)),
        lambda words: chat({"role": "system", "content": "Earlier: they talked."}, user(words)),
        lambda words: {"prompt": words, "context": [1, 2, 3]},
    ],
)
def test_words_that_lean_on_what_is_not_seen_are_no_easy_ask(body: Any, words: str) -> None:
    # Never the lowest rung; by its own difficulty it may be the highest.
    assert plan(body(words)).rung.name in {"think", "deep"}
    g = governor()
    g.plan(HARD, session="s", at=0)
    assert [plan(body(words), g, session="s", at=1 + i).rung.name for i in range(4)] == ["deep"] * 4


@pytest.mark.parametrize("words", ["the blue one with stripes", "React and Postgres", "12 GB", "Lissabon", "蓝色"])
def test_a_brief_answer_to_a_question_moves_nothing_down(words: str) -> None:
    assert plan(chat(user(HARD), assistant("Which one?"), user(words))).rung.name != "fast"


@pytest.mark.parametrize(
    "words",
    [
        "Continue with a proof of the converse",
        "What is the capital of France?",
        "continue with chapter two",
        "What is 17 * 23?",
        "Go ahead and delete the database",
        "继续写第二章",
        "Translate it into French.",
    ],
)
def test_words_with_content_are_an_ask(words: str) -> None:
    p = plan(chat(user(HARD), assistant("So it is."), user(words)))
    assert scored(p) == ("ask", len(words.encode()))


# Wrappers without tags

FRAMES = {
    "Codex IDE": "# Context from my IDE setup:\n\n## Active selection of the file:\nprove the theorem by induction\n\n## My request for Codex:\n{}\n",
    "Q CLI": "--- CONTEXT ENTRY BEGIN ---\nNoon.\n--- CONTEXT ENTRY END ---\n\n--- USER MESSAGE BEGIN ---\n{}--- USER MESSAGE END ---\n",
    "Gemini CLI": "{}\n--- Content from referenced files ---\nContent from @a.rs:\nfn main() {{}}\n--- End of content ---",
    "channel": "[Telegram Bob 2026-11-28 10:00 UTC] Bob: {}",
    "metadata": 'Conversation info (untrusted metadata):\n```json\n{{"id": 1}}\n```\n\n{}',
    "answer template": "Use the retrieved context.\nQuestion: {} \nContext: The cat sat on the mat.\nAnswer:",
    "index template": "Context information is below.\n-----\ncats\n-----\nAnswer the query.\nQuery: {}\nAnswer: ",
    "learned knowledge": "Use the following context as your learned knowledge, inside <context></context> XML tags.\n\n<context>\ncats\n</context>\n\nAnd answer according to the language of the user's question.\n{}",
    "citations": "Answer from the materials.\n\n## My question is:\n\n{}\n\n## Reference Materials:\n\n[]\n",
    "edit rules": "{}\n\n# *SEARCH/REPLACE block* Rules:\n\nEvery block must use this format.",
    "hidden comment": "{}\n\n<!-- SYSTEM CONTEXT (NOT PART OF USER QUERY) -->\n<files>a</files>\n<!-- END SYSTEM CONTEXT -->",
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("ask", [HARD, EASY])
def test_words_in_a_frame_are_the_ask(frame: str, ask: str) -> None:
    p = plan(chat(user(frame.format(ask))))
    assert (scored(p), p.rung.name) == (("ask", len(ask)), governor().plan(ask).rung.name)
    p = plan(chat(user(HARD), SHALL, user(frame.format("yes, do it"))))
    assert (scored(p), p.rung.name) == (("continuation", len(HARD)), "deep")


# Material in tags of common and unknown names

MATERIAL = [
    "memory",
    "memories",
    "relevant-memories",
    "supermemory-context",
    "user_profile",
    "chat_history",
    "system_context",
    "turn_context",
    "current_datetime",
    "knowledge_base",
    "cwd",
    "env",
    "source",
    "email",
    "article",
    "text",
    "code",
    "DOCUMENT",
    "EXTRA_INFO",
    "a_block_of_tomorrow",
    "another-block",
]


@pytest.mark.parametrize("tag", MATERIAL)
def test_material_beside_words_is_no_ask(tag: str) -> None:
    block = f"<{tag}>\nThe user proves theorems about primes by induction.\n</{tag}>"
    for content in (f"{block}\n{EASY}", f"{EASY}\n\n{block}", f"<{tag} id='1'>Cats.</{tag}>\n{EASY}"):
        p = plan(chat(user(content)))
        assert (scored(p), p.rung.name) == (("ask", len(EASY)), "fast")
    p = plan(chat(user(HARD), SHALL, user(f"{block}\nyes, do it")))
    assert (scored(p), p.rung.name) == (("continuation", len(HARD)), "deep")
    alone = plan(chat(user(f"<{tag}>\n{HARD}\n</{tag}>")))
    assert alone.rung.name == ("think" if tag in {"EXTRA_INFO", "turn_context"} else "deep")


def test_tags_within_words_stay_words() -> None:
    for ask in (
        "Why does <my-app>x</my-app> in my page not render?",
        "Compare\n<a_b>\n1\n</a_b>\nwith\n<c_d>\n2\n</c_d>\nby their sizes.",
        "What is <code>x</code> here?",
    ):
        assert scored(plan(chat(user(ask)))) == ("ask", len(ask))


# Words that point at material

POINTERS = [
    "Can you help me with this?",
    "what's the answer to this",
    "See attached",
    "Homework question:",
    "请解答下面的问题：",
    "これを解いて：",
    "Реши это:",
    "Résous ceci :",
    "Implement this spec:",
]


@pytest.mark.parametrize("words", POINTERS)
def test_words_that_point_at_a_document_are_not_the_work(words: str) -> None:
    assert plan(chat(user(f"{words}\n<document>\n{HARD}\n</document>"))).rung.name == "deep"
    apart = [text(words), {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": HARD}}]
    assert plan(chat(user(apart))).rung.name != "fast"
    assert plan({"messages": [user(words)], "documents": [{"data": {"text": HARD}}]}).rung.name != "fast"


def test_a_wrapper_that_points_at_a_file_is_not_the_work() -> None:
    content = f"<attached_files>\n{HARD}\n</attached_files>\n<user_query>\nsolve this\n</user_query>"
    assert plan(chat(user(content))).rung.name == "deep"


# Plan mode

MODES = [
    reminder("## Re-entering Plan Mode\n\nYou are returning to plan mode after having exited it."),
    "<collaboration_mode># Plan Mode (Conversational)\n\nAsk first.</collaboration_mode>",
    "<environment_details>\n# Current Mode\n<slug>architect</slug>\n<name>Architect</name>\n</environment_details>",
    '<modeInstructions>\nYou are currently running in "Plan" mode. Below are your instructions.\n</modeInstructions>',
    "<session_context>\nYou are operating in **Plan Mode**.\n</session_context>",
    "<SYSTEM_MESSAGE>\nPlan mode is on.\n</SYSTEM_MESSAGE>",
]


@pytest.mark.parametrize("mode", MODES)
def test_plan_mode_holds_while_tools_run(mode: str) -> None:
    use, result = (
        {"type": "tool_use", "id": "1", "name": "f", "input": {}},
        {"type": "tool_result", "tool_use_id": "1", "content": "x"},
    )
    for talk in (
        [user(f"Add a cache.\n{mode}")],
        [user("Add a cache."), assistant([use]), user([result, text(mode)])],
        [user(f"Add a cache.\n{mode}"), assistant([use]), user([result])],
        [user("Add a cache."), assistant("Shall I?"), user(f"yes\n{mode}")],
    ):
        p = plan(chat(*talk), session="s")
        assert (p.purpose, p.rung.name != "fast") == ("planning", True)


@pytest.mark.parametrize(
    "prompt",
    ["You are an agent.\n\n# Active Approval Mode: Plan\n\nYou are operating in **Plan Mode**.", "You are in Plan mode."],
)
def test_plan_mode_in_the_operators_prompt(prompt: str) -> None:
    for body in (
        {"systemInstruction": {"parts": [{"text": prompt}]}, "contents": [{"parts": [{"text": "Add a cache."}]}]},
        {"input": [{"role": "developer", "content": prompt}, user("Add a cache.")]},
    ):
        assert plan(body, session="s").purpose == "planning"


@pytest.mark.parametrize(
    "words", ["Use ExitPlanMode only when in plan mode.", "The agent can be used in plan mode or in act mode."]
)
def test_a_rule_about_plan_mode_is_no_plan_mode(words: str) -> None:
    assert plan(chat(user(f"Add a cache.\n{reminder(words)}")), session="s").purpose == "answer"


# Programs in the human's role

PROGRAMS = [
    "I ran this command:\n\npytest\n\nAnd got this output:\n\n1 failed\n",
    "# Fix any errors below, if possible.\n\n## Running: flake8\n\na.py:1: E999",
    "The LLM did not conform to the edit format.\n\n# 1 SEARCH/REPLACE block failed to match!",
    "I added these files to the chat:\na.py\nLet me know if there are others we should add.",
    "Stop hook feedback:\n[make test]: 2 tests failed",
    'Called the Read tool with the following input: {"filePath": "/a.rs"}',
    "Continue if you have next steps",
    "The script ran, then exited with an error (POSIX exit code: 1)\nIts output was:\nTraceback",
    "New Terminal Output:\n\nroot@x:/# ls\na.rs\nroot@x:/#",
    "Base directory for this skill: /a\n\n# X\n\nDo things.",
    "This session is being continued from a previous conversation that ran out of context.\n\nSummary:\n1. greet the cats.",
    "The user has not provided a response. [TASK RESUMPTION] This task was interrupted 5 minutes ago.",
    "<read_file_result>\nfn main() {}\n</read_file_result>",
    "<task-notification>\n<status>completed</status>\n</task-notification>",
]


@pytest.mark.parametrize("words", PROGRAMS)
def test_a_programs_message_is_no_ask(words: str) -> None:
    p = plan(chat(user(HARD), assistant("I look around."), user(words)))
    assert (scored(p), p.rung.name) == (("tool_result", len(HARD)), "deep")


CALLS = [
    "I look.\n```py\nprint(1)\n```<end_code>",
    "a.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE",
    '{"commands": [{"keystrokes": "ls\\n"}]}',
    '[{"click_element": {"index": 1}}]',
    '<boltAction type="shell">ls</boltAction>',
    "<|python_tag|>ls()",
]


@pytest.mark.parametrize("call", CALLS)
def test_what_may_follow_a_call_moves_nothing_down(call: str) -> None:
    for words in (
        "Some new kind of result: 3 files",
        "3 files were found, all of them are new",
        "The run has ended without a word of its own",
    ):
        talk = chat(user(HARD), assistant(call), user(words))
        assert plan(talk).rung.name != "fast"
        g = governor()
        g.plan(HARD, session="s", at=0)
        for i in range(4):
            p = plan(chat(user(HARD), assistant(call), user(words + " " * i)), g, session="s", at=1 + i)
        assert p.rung.name == "deep"
    assert plan(chat(user(HARD), assistant(call), user(EASY))).rung.name == "fast"


# Words of the human in a result

REFUSALS = [
    "The user rejected permission to use this specific tool call with the following feedback: {}",
    "[Operation Cancelled] Reason: User said: {}",
    "exec command rejected by user: {}",
    "The user cancelled the tool call and said: {}",
    "The user denied this operation and provided the following feedback:\n<feedback>\n{}\n</feedback>",
    "<user_message>\n{}\n</user_message>",
    "[attempt_completion] Result:\nThe user has provided feedback on the results. Consider their input.\n<feedback>\n{}\n</feedback>",
]


@pytest.mark.parametrize("form", REFUSALS)
def test_the_humans_words_in_a_result_are_the_ask(form: str) -> None:
    result = {"role": "tool", "tool_call_id": "1", "content": form.format(HARD)}
    p = plan(chat(user(EASY), assistant(None, tool_calls=[CALL]), result))
    assert (scored(p), p.rung.name) == (("ask", len(HARD)), "deep")
