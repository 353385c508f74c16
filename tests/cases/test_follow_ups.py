"""Follow-ups of a word or two, in twenty-one languages: thanks, questions without an object, complaints, pasted output."""
# ruff: noqa: E501 -- inputs stand on one line, as they come

from typing import Any

import pytest

import rheostat as rh
from tests.cases.traffic import EASY, HARD, assistant, chat, governor, plan, scored, user

RUNGS = [rh.Rung("fast", output_price=0.4), rh.Rung("think", output_price=2.0), rh.Rung("deep", output_price=10.0)]
ROME = [user(EASY), assistant("Paris.")]
PROVED = [user(HARD), assistant("Suppose there were finitely many. Then their product would have another factor.")]

THANKS = """thanks|Thanks a lot!!!|thank you so much|ty|tysm|much appreciated|thanks for your help|thanks again|ok thank you bye|great, thanks :)|that's all, thanks|never mind|nvm|good night|cya|ttyl|Thank you! 🙏|<3|❤️
danke schön|vielen Dank für die Hilfe!|super, danke|tschüss|merci beaucoup|merci pour votre aide|au revoir|muchas gracias|gracias por tu ayuda|eso es todo, gracias|obrigado pela ajuda|valeu|tchau|grazie mille|ok grazie|dank je wel|bedankt voor de hulp
tack så mycket|kiitos paljon|mange tak|dziękuję bardzo|dzięki za pomoc|děkuji|köszönöm|mulțumesc|большое спасибо|спасибо за помощь|пока|дуже дякую|ευχαριστώ|çok teşekkürler|sağ ol
شكراً جزيلاً|شكرا لك|خیلی ممنون|دستت درد نکنه|بہت شکریہ|תודה רבה|बहुत धन्यवाद|शुक्रिया|অনেক ধন্যবাদ|谢谢你的帮助|好的谢谢|太感谢了|ありがとうございます|助かりました！|감사합니다|정말 고마워요|cảm ơn bạn nhiều|terima kasih banyak|ขอบคุณมากครับ""".replace(
    "\n", "|"
).split("|")

COMPLAINTS = """that's wrong|are you sure?|that didn't work|still not working|that's not right|nope, wrong again|this is not what I asked for|it still fails
das ist falsch|bist du sicher?|das stimmt nicht|es funktioniert immer noch nicht|c'est faux|tu es sûr ?|ça ne marche pas|eso está mal|¿estás seguro?|no funciona|no es correcto|está errado|tem certeza?|não funcionou|è sbagliato|sei sicuro?|non funziona
dat is fout|weet je het zeker?|het werkt niet|to jest źle|jesteś pewien?|to nie działa|это неправильно|ты уверен?|не работает|це неправильно|ти впевнений?|не працює|bu yanlış|emin misin?|çalışmıyor
هذا خطأ|هل أنت متأكد؟|لا يعمل|این اشتباه است|مطمئنی؟|کار نمی‌کند|یہ غلط ہے|کیا آپ کو یقین ہے؟|یہ کام نہیں کرتا|यह गलत है|क्या आपको यकीन है?|यह काम नहीं करता|এটা ভুল|আপনি কি নিশ্চিত?|এটা কাজ করছে না
不对|你确定吗？|还是不行|違います|本当ですか？|動きません|틀렸어요|확실해요?|안 돼요|sai rồi|bạn có chắc không?|không hoạt động|itu salah|kamu yakin?|tidak berfungsi|ผิด|แน่ใจเหรอ|ใช้ไม่ได้""".replace(
    "\n", "|"
).split("|")

BARE = """why?|what?|how|explain|more|debug|test|summarize|translate|write|shorter|urgent|rewrite|tl;dr|in Python please|examples?
warum?|erkläre|übersetzen|kürzer|pourquoi ?|explique|traduis|¿por qué?|explica|resume|por quê?|traduza|perché?|riassumi|waarom?|vertaal|dlaczego?|przetłumacz|почему?|объясни|переведи|короче|чому?|поясни|neden?|açıkla|çevir
لماذا؟|اشرح|ترجم|چرا؟|توضیح بده|کیوں؟|ترجمہ کریں|क्यों?|समझाइए|অনুবাদ করুন|কেন?|为什么？|帮助|翻译|なぜ？|翻訳して|왜?|설명해줘|tại sao?|dịch|kenapa?|jelaskan|ทำไม|แปล""".replace(
    "\n", "|"
).split("|")


@pytest.mark.parametrize("words", THANKS)
def test_thanks_cost_nothing(words: str) -> None:
    for talk in (ROME, PROVED):
        p = rh.Governor(rh.Ladder(RUNGS)).plan(messages=[*talk, user(words)])
        assert (p.turn, p.rung.name) == ("continuation", "fast")
    assert rh.Governor(rh.Ladder(RUNGS)).plan(words).rung.name == "fast"
    # Behind an answer that asks, thanks may let it go on; a session keeps its rung and its cache.
    assert plan(chat(user(HARD), assistant("I have two lemmas. Shall I go on?"), user(words))).rung.name == "deep"
    g = governor()
    g.plan(HARD, session="s", at=0)
    assert plan(chat(*PROVED, user(words)), g, session="s", at=1).rung.name == "deep"


@pytest.mark.parametrize(
    "words",
    [
        "hi",
        "hello there",
        "good morning",
        "Hallo",
        "hola",
        "bonjour",
        "привет",
        "你好",
        "こんにちは",
        "안녕하세요",
        "merhaba",
        "สวัสดีครับ",
    ],
)
def test_a_greeting_behind_an_answer_is_an_ask_of_its_own(words: str) -> None:
    p = rh.Governor(rh.Ladder(RUNGS)).plan(messages=[*ROME, user(words)])
    assert p.turn == "ask"
    assert p.rung.name == rh.Governor(rh.Ladder(RUNGS)).plan(words).rung.name


@pytest.mark.parametrize(
    "words", ["thank you for proving P≠NP; where is the gap?", "thanks, now prove it for 1 mod 4", "谢谢，现在证明威尔逊定理"]
)
def test_thanks_beside_an_ask_are_an_ask(words: str) -> None:
    p = plan(chat(*PROVED, user(words)))
    assert scored(p) == ("ask", len(words.encode()))


@pytest.mark.parametrize("words", COMPLAINTS)
def test_a_complaint_goes_up_a_rung(words: str) -> None:
    talk = chat(*ROME, user(words))
    p = plan(talk)
    assert (scored(p), p.rung.name) == (("continuation", len(EASY)), "think")
    g = governor()
    assert g.plan(EASY, session="s", at=0).rung.name == "fast"
    p = plan(talk, g, session="s", at=1)
    assert p.rung.name == "think"
    assert any("objects" in reason for reason in p.reasons)
    # A retry is no second complaint.
    assert plan(talk, g, session="s", at=2).rung.name == "think"
    again = chat(*talk["messages"], assistant("It is Paris."), user(words))
    assert plan(again, g, session="s", at=3).rung.name == "deep"
    assert plan(chat(*again["messages"], assistant("Paris."), user(words)), g, session="s", at=4).rung.name == "deep"


@pytest.mark.parametrize(
    "words",
    [
        "That's wrong, the capital was moved.",
        "Still broken: the build stops at b.rs",
        "Das stimmt nicht. Lies bitte den Artikel.",
        "不对，首都搬了。",
    ],
)
def test_a_complaint_with_more_words_goes_up_a_rung(words: str) -> None:
    g = governor()
    g.plan(EASY, session="s", at=0)
    p = plan(chat(*ROME, user(words)), g, session="s", at=1)
    assert (p.turn, p.rung.name != "fast") == ("ask", True)
    assert plan(chat(*ROME, user(words))).rung.name != "fast"


@pytest.mark.parametrize("words", BARE)
def test_words_that_say_nothing_start_on_the_default_and_continue_an_ask(words: str) -> None:
    assert rh.Governor(rh.Ladder(RUNGS)).plan(words).rung.name == "think"
    for ask, rung in ((HARD, "deep"), (EASY, "fast")):
        p = plan(chat(user(ask), assistant("So it is."), user(words)))
        assert (scored(p), p.rung.name) == (("continuation", len(ask)), rung)


@pytest.mark.parametrize(
    "words",
    [
        "What is Python?",
        "Why is the sky blue?",
        "Translate it into French.",
        "who are you?",
        "how are you?",
        "What time is it in Rome?",
    ],
)
def test_questions_with_an_object_say_enough(words: str) -> None:
    assert plan({"prompt": words}).rung.name == "fast"


def test_words_about_a_text_beside_them_are_an_ask() -> None:
    words = "Translate this text:"
    p = plan(chat(*PROVED, user(f"{words}\n<document>\nThe library opens at nine.\n</document>")))
    assert (p.turn, p.rung.name) == ("ask", "think")


# Pasted output

OUTPUT = [
    ">>> f(3)\n4",
    "In [1]: f(3)\nOut[1]: 4",
    "irb> f(3)\n=> 4",
    "[1] 1 2 3",
    "postgres=# select 1;\n 1",
    "   0: 0x55 - std::panicking\n   1: 0x66 - main",
    "1: a\n2: b\n3: c",
    "10:00:01 start\n10:00:02 stop",
    "2026-11-30 10:00:01 ERROR db: reset",
    "Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'k'",
    "npm ERR! code ELIFECYCLE\nnpm ERR! errno 1",
    "FAILED tests/test_a.py::test_b - AssertionError: assert 3 == 4",
    "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds",
    "Segmentation fault (core dumped)",
    "java.lang.NullPointerException: null\n\tat com.a.B.c(B.java:12)",
    "Uncaught TypeError: Cannot read properties of undefined (reading 'x')\n    at f (a.js:3:9)",
    "fatal: refusing to merge unrelated histories",
    "HTTP/1.1 502 Bad Gateway\nServer: nginx",
    "Warning: unused variable `x`",
    "ERROR 1064 (42000): You have an error in your SQL syntax",
    "make: *** [Makefile:3: all] Error 2",
    "Test Suites: 1 failed, 2 passed",
    "CMake Error at CMakeLists.txt:3 (find_package)",
    "+----+----+\n| id | ms |\n+----+----+",
    "```\nKeyError: 'k'\n```",
    "C:\\> dir\n File Not Found",
    "Error: listen EADDRINUSE: address already in use :::3000",
    "Fehler: Datei nicht gefunden",
    "错误：找不到文件",
    "bash: foo: command not found",
    "src/a.c:3:9: warning: unused",
    "Killed",
]
ASKS = [
    HARD,
    "Why does this recursion never terminate, and for which arguments?",
    "Explain why this deadlocks and prove your fix.",
]
CODE: list[Any] = [user("Write a function that splits a list."), assistant("```python\ndef f(x):\n    return x\n```")]


@pytest.mark.parametrize("output", OUTPUT)
@pytest.mark.parametrize("ask", ASKS)
def test_an_ask_beside_pasted_output_is_the_ask(output: str, ask: str) -> None:
    for content in (f"{ask}\n\n{output}", f"{output}\n\n{ask}", f"{output}\n\n{ask}\n\n{output}", f"{ask}\n{output}"):
        for before in (CODE, ROME, []):
            p = plan(chat(*before, user(content)))
            assert (p.turn, p.structure["ask_bytes"] >= len(ask)) == ("ask", True), content
            assert ask != HARD or p.rung.name != "fast"


@pytest.mark.parametrize("output", [output for output in OUTPUT if not output.startswith("1: ")])
def test_pasted_output_alone_is_no_easy_ask(output: str) -> None:
    assert plan(chat(*ROME, user(output))).rung.name != "fast"
    assert rh.Governor(rh.Ladder(RUNGS)).plan(output).rung.name != "fast"
    task = f"Solve this issue: {HARD}"
    p = plan(chat(user(task), assistant("THOUGHT: I look.\n\n```bash\nls\n```"), user(output)))
    assert (scored(p), p.rung.name) == (("tool_result", len(task)), "deep")
