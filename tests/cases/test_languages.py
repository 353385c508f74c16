"""Asks in other languages: hard ones are hard, easy ones are easy."""

from __future__ import annotations

import pytest

import rheostat as rh

LADDER = rh.Ladder(
    [
        rh.Rung("fast", output_price=0.4, ability=0.80),
        rh.Rung("think", thinking_tokens=4_096, answer_tokens=2_048, output_price=3.0, ability=0.82),
        rh.Rung("deep", thinking_tokens=8_192, answer_tokens=4_096, output_price=10.0, ability=0.90),
    ],
    default="think",
    start_max="deep",
)

HARD = [
    "Demuestra que la suma de los recíprocos de los números primos diverge.",
    "Prouve que tout sous-groupe d'un groupe cyclique est cyclique.",
    "Beweise, dass es unendlich viele Primzahlen gibt, die kongruent zu 3 modulo 4 sind.",
    "Prove que a raiz quadrada de 7 é irracional e generalize o resultado para qualquer primo.",
    "Dimostra che ogni successione limitata di numeri reali ha una sottosuccessione convergente.",
    "Докажите, что сумма обратных величин простых чисел расходится.",
    "Доведіть, що існує нескінченно багато простих чисел, конгруентних 3 за модулем 4.",
    "Udowodnij, że istnieje nieskończenie wiele liczb pierwszych przystających do 3 modulo 4.",
    "Bewijs dat er oneindig veel priemgetallen zijn die congruent zijn aan 3 modulo 4.",
    "Karekök 7'nin irrasyonel olduğunu kanıtlayın ve sonucu her asal sayıya genelleştirin.",
    "Buktikan bahwa akar kuadrat dari setiap bilangan prima adalah irasional.",
    "Chứng minh rằng có vô số số nguyên tố đồng dư với 3 modulo 4.",
    "素数の逆数の和が発散することを証明せよ。",
    "证明素数的倒数之和发散，并说明为什么调和级数也发散。",
    "證明任意有限整環都是體。",
    "소수의 역수의 합이 발산함을 증명하시오.",
    "أثبت أن مجموع مقلوبات الأعداد الأولية متباعد.",
    "ثابت کنید که مجموع وارون اعداد اول واگرا است.",
    "ثابت کریں کہ مفرد اعداد کے معکوسوں کا مجموعہ لامتناہی ہے۔",
    "सिद्ध कीजिए कि अभाज्य संख्याओं के व्युत्क्रमों का योग अपसारी है।",
    "প্রমাণ করো যে মৌলিক সংখ্যাগুলির ব্যস্তানুপাতিকের যোগফল অপসারী।",
    "จงพิสูจน์ว่ามีจำนวนเฉพาะที่สมภาคกับ 3 มอดุโล 4 อยู่เป็นอนันต์",
]

EASY = [
    "¿Cuál es la capital de Francia?",
    "Quelle heure est-il à Tokyo ?",
    "Wie lange muss ein Ei kochen?",
    "Qual é a capital da Itália?",
    "A che ora apre la biblioteca?",
    "Какая столица Франции?",
    "Яка столиця Франції?",
    "Jaka jest stolica Francji?",
    "Hoe laat sluit de supermarkt?",
    "Fransa'nın başkenti neresidir?",
    "Apa ibu kota Prancis?",
    "Thủ đô của Pháp là gì?",
    "フランスの首都はどこですか？",
    "法国的首都是哪里？",
    "프랑스의 수도는 어디인가요?",
    "ما هي عاصمة فرنسا؟",
    "پایتخت فرانسه کجاست؟",
    "فرانس کا دارالحکومت کیا ہے؟",
    "फ्रांस की राजधानी क्या है?",
    "ফ্রান্সের রাজধানী কী?",
    "เมืองหลวงของฝรั่งเศสคือที่ไหน",
]


@pytest.fixture(scope="module")
def governor() -> rh.Governor:
    """Utility on three rungs."""
    return rh.Governor(LADDER, policy=rh.policy.Utility(usd_per_error=0.40), seed=1)


@pytest.mark.parametrize("ask", HARD)
def test_a_proof_is_hard_in_every_language(governor: rh.Governor, ask: str) -> None:
    assert governor.plan(ask).rung.name != "fast"


@pytest.mark.parametrize("ask", EASY)
def test_a_look_up_is_easy_in_every_language(governor: rh.Governor, ask: str) -> None:
    assert governor.plan(ask).rung.name == "fast"


@pytest.mark.parametrize(
    "ask",
    [
        "Translate 'prove the theorem' into French.",
        "What year did Wiles prove Fermat's Last Theorem?",
        "Who proved the four colour theorem?",
        "What does the word 'lemma' mean?",
        'Rewrite this politely: "Debug the race condition now and prove it is gone."',
        "Put this into title case: prove the convergence of gradient descent",
        "Traduce 'demuestra el teorema' al inglés.",
        "Capitalize: proof by induction",
        "Transliterate: докажите теорему",
    ],
)
def test_hard_words_in_an_easy_ask(governor: rh.Governor, ask: str) -> None:
    assert governor.plan(ask).rung.name == "fast"


@pytest.mark.parametrize(
    "ask",
    [
        "Translate 'good morning' into French, then prove that the square root of 2 is irrational.",
        "Solve this: 'Prove that the square root of 2 is irrational.'",
        "We had a picnic and the kids played. Prove that there are infinitely many primes. Later we will watch a film.",
    ],
)
def test_hard_work_beside_an_easy_ask(governor: rh.Governor, ask: str) -> None:
    assert governor.plan(ask).rung.name != "fast"
