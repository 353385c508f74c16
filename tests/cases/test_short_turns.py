"""Short turns and chores as people and programs write them: slang for thanks, rejections, doubts, errands, full contexts."""
# ruff: noqa: E501 -- inputs stand on one line, as they come

from __future__ import annotations

import json
from typing import Any

import pytest

import rheostat as rh
from tests.cases.traffic import EASY, HARD

PROOF = "Suppose that there are finitely many. Then 4 p1 ... pn - 1 has a new prime factor congruent to 3 mod 4, a contradiction."


def governor() -> rh.Governor:
    rungs = [rh.Rung("fast", output_price=0.4), rh.Rung("mid", output_price=2.0), rh.Rung("deep", output_price=10.0)]
    return rh.Governor(rh.Ladder(rungs, default="mid", start_max="deep"))


def turn(words: str, ask: str = HARD, answer: str = PROOF) -> list[dict[str, Any]]:
    """A message behind an answer."""
    return [
        {"role": "user", "content": ask},
        {"role": "assistant", "content": answer},
        {"role": "user", "content": words},
    ]


def thanks(words: str, **options: Any) -> bool:
    body = {"messages": turn(words), **options}
    return any("thanks" in reason for reason in governor().plan(body=json.dumps(body)).reasons)


THANKS = """ty vm|tks|thaaanks!!|kthxbye|tysm king|big thanks|bless you|ur the best|merci bcp|merciii|mille mercis|merci mec|gracias crack|mil gracias tío
 |grax|un millón de gracias|obrigadão|obg cara|valeu demais|brigado, mano|danke digga|mega danke|besten dank dafür|graziee|grazie infinite|dikke merci
 |tack som fan|tusind tak|kiits|dzięks|wielkie dzięki stary|díky moc kámo|kösz szépen|mersi fain|спс бро|спасибочки|сенкс|дякую друже|благодаря ти
 |ευχαριστω πολυ|tesekkurler kanka|eyvallah|يسلمو|شكرا يا غالي|دمت گرم|بہت شکریہ یار|थैंक्यू भाई|dhanyavaad|ধন্যবাদ ভাই|谢谢大佬|3q|あざっす|ありがとー
 |감사합니당|cảm ơn bạn nhìu|makasih bang|ขอบคุณค้าบ|תודה אחי|maraming salamat po|asante sana rafiki""".replace("\n ", "").split(
    "|"
)


@pytest.mark.parametrize("words", THANKS)
def test_slang_that_thanks_costs_nothing(words: str) -> None:
    assert thanks(words)


@pytest.mark.parametrize(
    "words",
    ["great explanation!", "wow", "well said", "not bad", "très bien expliqué", "nicht schlecht", "还不错", "got it, brilliant"],
)
def test_praise_behind_a_whole_answer_costs_nothing_and_keeps_the_rung_of_a_session(words: str) -> None:
    assert thanks(words)
    # An agent may go on behind it.
    tools = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    assert not thanks(words, tools=tools)
    owner = governor()
    hard = owner.plan(HARD, session="s")
    assert owner.plan(messages=turn(words), session="s").rung.name == hard.rung.name == "deep"


@pytest.mark.parametrize(
    "words",
    [
        "ty but prove it again",
        "thx now do the hard one",
        "merci de prouver le théorème",
        "gracias, pero está mal",
        "danke, aber n = 0 fehlt",
        "legend",
        "prove it, legend",
        "write thanks in french",
        "obrigado em inglês",
        "crack this hash",
        "love",
        "great, now prove it for 5 mod 8",
    ],
)
def test_what_asks_beside_thanks_is_none(words: str) -> None:
    assert not thanks(words)


def after_a_complaint(words: str, answer: str = "Paris.") -> str:
    owner = governor()
    assert owner.plan(messages=[{"role": "user", "content": EASY}], session="s").rung.name == "fast"
    return owner.plan(messages=turn(words, EASY, answer), session="s").rung.name


COMPLAINTS = """nope, try again|no. try once more|nah, that's not it|nope|nein|не|not quite|not really|that's bs|is that right?|is this correct?|that cannot be right
 |seems off|same problem|no luck|I don't buy it|r u sure?|क्या आप निश्चित हैं?|क्या यह सही है?|पक्का ना?|kya aap sure ho?|kya yeh sahi hai?|yeh galat hai|আপনি কি নিশ্চিত?
 |کیا آپ کو یقین ہے؟|هل هذا صحيح؟|آیا مطمئن هستید؟|stimmt das?|klopt dat?|är du säker?|er du sikker?|oletko varma?|väärin|na pewno?|biztos vagy benne?|ez nem jó
 |ești sigur?|είσαι σίγουρος;|não, tenta de novo|no, riprova|non, réessaie|nein, nochmal|нет, попробуй ещё раз|不对,再试一次|对吗？|sigurado ka?|una uhakika?|தவறு""".replace(
    "\n ", ""
).split("|")


@pytest.mark.parametrize("words", COMPLAINTS)
def test_a_rejection_or_a_doubt_takes_a_session_up_a_rung(words: str) -> None:
    assert after_a_complaint(words) != "fast"


@pytest.mark.parametrize(
    "words", ["not bad", "no problem", "no thanks", "sure", "yes, right", "again", "can you correct this?", "it is even, right?"]
)
def test_what_neither_rejects_nor_doubts_keeps_the_rung(words: str) -> None:
    assert after_a_complaint(words) == "fast"


def test_no_is_an_answer_where_the_assistant_asks() -> None:
    assert after_a_complaint("no", "Paris. Shall I tell you more?") == "fast"


def purpose(words: str = HARD, system: str | None = None, **options: Any) -> str:
    owner = governor()
    owner.plan(HARD, session="s", at=0)
    messages = turn(words) if system is None else [{"role": "system", "content": system}, {"role": "user", "content": words}]
    return owner.plan(body=json.dumps({"messages": messages, **options}), session="s", at=1).purpose


@pytest.mark.parametrize(
    "prompt",
    [
        "generates concise titles for chats",
        "You are a helpful assistant that generates concise titles for chats.",
        "You create short, descriptive chat titles.",
        "You name conversations.",
        "Your job is to come up with a title for the conversation.",
        "You are a session title generator.",
        "You are a commit message generator.",
        "You are an expert at writing commit messages.",
        "You generate git branch names.",
        "You suggest follow-up questions.",
        "Du erzeugst kurze Titel für Unterhaltungen.",
        "Eres un asistente que genera títulos cortos para conversaciones.",
        "Sei un assistente che genera titoli per le conversazioni.",
        "Ты генерируешь короткие заголовки для чатов.",
    ],
)
def test_a_prompt_that_makes_titles_and_their_like_is_a_chore(prompt: str) -> None:
    assert purpose(system=prompt) == "housekeeping"


@pytest.mark.parametrize(
    "words",
    [
        "Name this chat in at most four words",
        "Title this conversation in 5 words.",
        "What would be a good title for this conversation?",
        "Generate a concise, descriptive title for this conversation",
        "Benenne diese Unterhaltung in höchstens fünf Wörtern.",
        "Wie soll dieser Chat heißen?",
        "Nomme cette conversation en cinq mots maximum.",
        "Résume cette conversation en un titre.",
        "Dale un título a este chat.",
        "這段對話的標題是什麼？",
        "このチャットに名前を付けて。",
        "HEARTBEAT",
        "Check HEARTBEAT.md. If nothing needs attention, respond with exactly HEARTBEAT_OK.",
        "Write a concise git commit message for the following changes.",
        "Given the following diff, write a commit message.",
        "Could you write a commit message for my changes?",
        "Generate a branch name for the following task description.",
        "Propose follow-up questions based on this conversation.",
        "Generate a search query for the web from this conversation.",
        "Generate 1-3 tags for this chat.",
    ],
)
def test_an_errand_of_a_program_is_a_chore(words: str) -> None:
    assert purpose(words) == "housekeeping"


@pytest.mark.parametrize(
    "words",
    [
        "The conversation is getting long. Summarize it so that we can go on.",
        "The context window is almost full. Write a summary of our work.",
        "You are running out of context. Summarize the conversation.",
        "The session is about to be compacted. Write a summary.",
        "Please summarize the above conversation.",
        "Write a handoff document for the next session.",
        "Compact this chat.",
        "Fasse unsere Unterhaltung zusammen, damit wir weitermachen können.",
        "Résume la conversation jusqu'ici.",
        "请总结到目前为止的对话，以便继续。",
        "これまでの会話を要約してください。",
    ],
)
def test_a_full_context_is_a_compaction_and_keeps_the_rung(words: str) -> None:
    owner = governor()
    owner.plan(HARD, session="s", at=0)
    plan = owner.plan(messages=turn(words), session="s", at=1)
    assert (plan.purpose, plan.rung.name) == ("compaction", "deep")


@pytest.mark.parametrize(
    "words",
    [
        "Write a script that generates a commit message from a diff",
        "How do I write a good commit message?",
        "Create a branch name policy and a hook that enforces it",
        "Write a function to name this conversation",
        "Name the chat component's states",
        "Give me the name of the thread that deadlocks in this session",
        "Return the headline of each chat as JSON",
        "Summarize this chat between Bob and the customer: hello",
        "Recap this session's proof of Fermat and extend it to n=5",
        "Summarize our work so far and then prove the last lemma",
        "The conversation table is getting long; how do I shard it?",
        "Our context grows without limit; design a compaction algorithm",
        "Fasse das Gespräch zwischen Sokrates und Phaidros zusammen und beurteile die Argumente",
        "Generate follow-up questions for my interview with the CEO",
        "Why does my agent print HEARTBEAT_OK?",
        "Implement a heartbeat between two nodes",
        "Schreibe eine Klasse, die den Titel des Chats verwaltet",
        "写一个给对话起标题的算法",
        "会話のタイトルを生成する関数を実装して",
    ],
)
def test_work_on_titles_messages_and_contexts_is_an_ask(words: str) -> None:
    assert purpose(words) == "answer"


@pytest.mark.parametrize(
    "words",
    [
        "Compress the conversation history with zstd",
        "Compact the conversation log into Parquet files",
        "Compress our conversation history table in Postgres with pg_lz4",
        "Compress this conversation history as a tar.gz",
        "Compress the conversation history (JSONL) with snappy",
        "compress conversation history to under 10 MB with zstd dictionaries",
        "Compact the conversations RocksDB column family",
        "Summarise the conversation history with spaCy",
        "Compress the conversation history in memory with delta encoding",
        "Compress the chat history at rest",
        "Summarize conversation history via LangChain's ConversationSummaryMemory",
    ],
)
def test_a_conversation_that_a_program_is_to_shorten_is_an_ask(words: str) -> None:
    assert purpose(words) == "answer"


@pytest.mark.parametrize(
    "words",
    [
        "Compress the conversation history into a summary",
        "Compress the conversation history with the key decisions kept",
        "Compress the conversation history to under 500 tokens",
        "Compact the conversation so far, keeping file names and open tasks",
        "Summarize the conversation with focus on the code changes",
        "Summarize our conversation in German",
        "Condense the conversation history with as few tokens as possible",
        "Compress the conversation history (all of it) in at most 300 words",
        "Summarize the conversation history as JSON",
    ],
)
def test_a_summary_of_a_form_or_size_is_a_compaction(words: str) -> None:
    assert purpose(words) == "compaction"


@pytest.mark.parametrize(
    "prompt",
    [
        "You are a coding assistant. You write code and commit messages.",
        "You are a git expert that helps users write commit messages, rebase, and resolve conflicts.",
        "You are a senior engineer. Write commit messages in imperative mood. Answer the user's questions.",
        "You are an agent. When the conversation gets long, summarize it.",
        "You are a support bot. You suggest follow-up questions after each answer.",
        "Your name is Max. You chat with users about titles of books.",
    ],
)
def test_a_prompt_with_other_duties_is_no_chore(prompt: str) -> None:
    assert purpose(system=prompt) == "answer"


@pytest.mark.parametrize(
    "line",
    [
        "Plan mode is still on.",
        "Plan mode remains on",
        "Plan mode: ON",
        "You have not left plan mode yet.",
        "Plan mode is back on.",
    ],
)
def test_plan_mode_that_is_still_on_is_seen(line: str) -> None:
    words = f"<system-reminder>{line}</system-reminder>\n{EASY}"
    assert governor().plan(messages=[{"role": "user", "content": words}]).purpose == "planning"
