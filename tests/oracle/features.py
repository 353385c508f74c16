"""The feature vector, computed the slow and obvious way: one character at a time, with Python's own string methods.

Nothing here is shared with the Rust scan except the definitions (names and meanings of ``rheostat.feature_specs()``) and
the word lists, which are read from the Rust source so that there is one copy of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_WORDS_FILE = Path(__file__).parents[2] / "rust" / "core" / "src" / "features" / "lexicon_words.rs"
_MASK = (1 << 64) - 1
_SEED, _KEY = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
_LIMIT, _SEEN_BITS = 1024, 8192

_GROUP_FEATURES = {
    "Question": "question_words",
    "Reasoning": "reasoning_words",
    "Proof": "proof_words",
    "Mathematics": "math_words",
    "Code": "code_words",
    "Science": "science_words",
    "Medicine": "medicine_words",
    "Law": "law_words",
    "Business": "business_words",
    "Humanities": "humanities_words",
    "Steps": "step_words",
    "Constraint": "constraint_words",
    "Format": "format_words",
    "Comparison": "comparison_words",
    "Negation": "negation_words",
    "Condition": "condition_words",
    "Quantifier": "quantifier_words",
    "Lookup": "lookup_words",
    "Chat": "chat_words",
    "Creative": "creative_words",
    "Editing": "editing_words",
    "Agentic": "agentic_words",
    "Unit": "unit_words",
    "NumberWord": "number_words",
    "Hard": "hard_words",
}


def _lexicon() -> dict[str, set[str]]:
    source = _WORDS_FILE.read_text(encoding="utf-8")
    groups: dict[str, set[str]] = {}
    for group, text in re.findall(r'Group::(\w+),\s*"((?:[^"\\]|\\.)*)"', source, re.DOTALL):
        for word in re.sub(r"\\\n\s*", "", text).split():
            groups.setdefault(word, set()).add(group)
    return groups


LEXICON = _lexicon()


def word_hash(word: bytes) -> int:
    """The 32-bit hash of a lower-cased word (see ``features/hash.rs``)."""
    state = _SEED ^ len(word)
    for at in range(0, len(word), 16):
        block = bytes(b | 0x20 if b < 0x80 else b for b in word[at : at + 16]).ljust(16, b"\0")
        low, high = int.from_bytes(block[:8], "little"), int.from_bytes(block[8:], "little")
        product = ((low ^ state) & _MASK) * (high ^ _KEY)
        state = (product & _MASK) ^ (product >> 64)
    return (state ^ state >> 32) & 0xFFFFFFFF


def pair_hash(first: int, second: int) -> int:
    """The 32-bit hash of two neighbouring words."""
    product = ((first << 32 | second) ^ _KEY) * (_SEED ^ second)
    return ((product & _MASK) ^ (product >> 64 & _MASK)) & 0xFFFFFFFF


_SCRIPTS: list[tuple[str, list[tuple[int, int]]]] = [
    ("han", [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF), (0x3005, 0x3007)]),
    ("kana", [(0x3041, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)]),
    ("hangul", [(0xAC00, 0xD7FF), (0x1100, 0x11FF), (0x3130, 0x318F)]),
    ("cyrillic", [(0x0400, 0x052F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)]),
    ("math_symbols", [(c, c) for c in (0xD7, 0xF7, 0xB1, 0xAC, 0xB2, 0xB3, 0xB9, 0xBC, 0xBD, 0xBE)]),
    ("latin_extended", [(0xAA, 0xAA), (0xB5, 0xB5), (0xBA, 0xBA), (0xC0, 0x2AF), (0x300, 0x36F), (0x1E00, 0x1EFF)]),
    ("greek", [(0x370, 0x37D), (0x37F, 0x386), (0x388, 0x3FF), (0x1F00, 0x1FFF)]),
    ("hebrew", [(0x591, 0x5BD), (0x5D0, 0x5F4)]),
    ("question_marks", [(0x61F, 0x61F), (0x37E, 0x37E), (0xFF1F, 0xFF1F)]),
    ("sentence_end", [(c, c) for c in (0x6D4, 0x964, 0x965, 0x3002, 0xFF01, 0xFF0E, 0xFF61, 0x2026)]),
    ("punctuation", [(0x60C, 0x60C), (0x61B, 0x61B), (0x66A, 0x66D)]),
    ("arabic", [(0x610, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)]),
    ("indic", [(0x900, 0xDFF)]),
    ("southeast_asian", [(0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF)]),
    (
        "math_symbols",
        [
            (0x2070, 0x209F),
            (0x2100, 0x214F),
            (0x2190, 0x22FF),
            (0x27C0, 0x27EF),
            (0x2980, 0x2AFF),
            (0x1D400, 0x1D7FF),
        ],
    ),
    ("emoji", [(0x2600, 0x27BF), (0x1F000, 0x1FAFF), (0x2B00, 0x2BFF)]),
    ("punctuation", [(0x80, 0xBF), (0x2B0, 0x2FF), (0x2000, 0x206F), (0x20A0, 0x20CF), (0x2150, 0x25FF)]),
    ("punctuation", [(0x2E00, 0x303F), (0xFE00, 0xFE6F), (0xFF00, 0xFF65), (0xFFE0, 0xFFFF), (0x30FB, 0x30FB)]),
]
_ALPHABETIC = {"latin_extended", "greek", "cyrillic", "hebrew", "arabic", "indic", "other_script"}
_CHARACTER_WORDS = {"han", "kana", "hangul", "southeast_asian"}


def script(c: str) -> str:
    """The feature that counts a non-ASCII character, or ``sentence_end`` or ``punctuation``."""
    for name, ranges in _SCRIPTS:
        if any(low <= ord(c) <= high for low, high in ranges):
            return name
    return "other_script"


@dataclass
class _Word:
    text: str
    start: int
    end: int
    character: bool  # a word because its script has no spaces
    joined: bool  # directly after another such character


@dataclass
class _Oracle:
    counts: dict[str, float] = field(default_factory=dict)
    words: list[int] = field(default_factory=list)

    def add(self, name: str, by: float = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + by


def _split(text: bytes) -> list[str]:
    """Characters; an invalid byte becomes one lone surrogate."""
    out: list[str] = []
    at = 0
    while at < len(text):
        for size in (1, 2, 3, 4):
            try:
                out.append(text[at : at + size].decode("utf-8"))
                at += size
                break
            except UnicodeDecodeError:
                continue
        else:
            out.append(chr(0xDC00 + text[at]))
            at += 1
    return out


def _kind(c: str) -> str:
    if c.isascii():
        return "letter" if c.isalnum() or c == "_" else "gap"
    if "\udc00" <= c <= "\udfff":
        return "invalid"
    name = script(c)
    if name in _ALPHABETIC:
        return "letter"
    return "character" if name in _CHARACTER_WORDS else "symbol"


def _words(chars: list[str]) -> list[_Word]:
    words: list[_Word] = []
    at = 0
    while at < len(chars):
        kind = _kind(chars[at])
        if kind == "letter":
            end = at
            while end < len(chars) and _kind(chars[end]) == "letter":
                end += 1
            words.append(_Word("".join(chars[at:end]), at, end, character=False, joined=False))
            at = end
            continue
        if kind == "character":
            joined = bool(words) and words[-1].character and words[-1].end == at
            words.append(_Word(chars[at], at, at + 1, character=True, joined=joined))
        at += 1
    return words


def _lower(word: _Word) -> bytes:
    """Lower case one character at a time, as the scan does (Python folds a final sigma by its neighbours)."""
    if word.text.isascii() and word.text.isdigit():
        return b"0" * min(16, len(word.text))
    return "".join(c.lower() for c in word.text).encode()


def _is_word(c: str) -> bool:
    return not c.isascii() or c.isalnum() or c == "_"


def _alnum(c: str) -> bool:
    return c.isascii() and c.isalnum()


def _digit(c: str) -> bool:
    return c.isascii() and c.isdigit()


def _vocabulary(o: _Oracle, words: list[_Word]) -> None:
    seen_words: set[int] = set()
    seen_pairs: set[int] = set()
    before, before_text = 0, ""
    for i, word in enumerate(words):
        lower = _lower(word)
        hashed = word_hash(lower)
        pair = pair_hash(before, hashed)
        if i < _LIMIT:
            o.add("distinct", hashed % _SEEN_BITS not in seen_words)
            o.add("repeated", pair % _SEEN_BITS in seen_pairs)
            seen_words.add(hashed % _SEEN_BITS)
            seen_pairs.add(pair % _SEEN_BITS)
        o.words.append(hashed)
        groups = LEXICON.get(lower.decode(), set())
        _count_groups(o, groups)
        if word.joined:
            _count_groups(o, LEXICON.get(before_text + word.text, set()))
        size = len(word.text.encode())
        o.add("unknown", not groups and size >= 5)
        o.add("word_bytes", size)
        o.add("long", size > 8)
        before, before_text = hashed, word.text


def _count_groups(o: _Oracle, groups: set[str]) -> None:
    for group in groups:
        o.add("common" if group == "Common" else _GROUP_FEATURES[group])


def _numbers(o: _Oracle, words: list[_Word]) -> None:
    longest = 0
    for word in words:
        if word.character:
            continue
        o.add("numbers", _digit(word.text[0]))
        o.add("capital_words", word.text[0].isascii() and word.text[0].isupper())
        if word.text.isascii() and word.text.isdigit():
            longest = max(longest, len(word.text))
    o.add("longest_number", longest)


def _marks(o: _Oracle, chars: list[str]) -> None:
    for i, c in enumerate(chars):
        before = chars[i - 1] if i else "\n"
        following = chars[i + 1] if i + 1 < len(chars) else "\n"
        if "\udc00" <= c <= "\udfff":
            o.add("invalid_bytes")
        elif not c.isascii():
            name = script(c)
            o.add(name)
        o.add("digits", _digit(c))
        o.add("upper", c.isascii() and c.isupper())
        capital_inside = c.isascii() and c.isupper() and before.isascii() and before.islower()
        o.add("identifiers", c == "_" or capital_inside)
        o.add("full_stops", c == ".")
        o.add("exclamations", c == "!")
        o.add("question_marks", c == "?")
        o.add("commas", c == ",")
        o.add("quotation_marks", c == '"')
        o.add("parentheses", c == "(")
        o.add("call_like", c == "(" and _is_word(before))
        o.add("equals", c == "=")
        o.add("dollars", c == "$")
        o.add("money", c == "%" or (c == "$" and _digit(following)))
        o.add("operators", c in "+*/<>^" or (c == "-" and (before == " " or _digit(before))))
        o.add("code_marks", c in "{}[];`")
        latex = c == "\\" and following.isascii() and following.isalpha()
        o.add("latex", latex)
        o.add("decimals", c == "." and _digit(before) and _digit(following))
        o.add("links", c == ":" and "".join(chars[i + 1 : i + 3]) == "//" and _is_word(before))
    text = "".join(chars)
    o.add("code_fences", sum(len(run) // 3 and 1 for run in re.findall("`+", text)))


def _ends_label(text: str) -> bool:
    return bool(re.match(r"[).:](?![/A-Za-z0-9_]|[^\x00-\x7f])", text))


def _lines(o: _Oracle, text: str) -> None:
    for match in re.finditer(r"\(([A-J])", text):
        o.add("options", _ends_label(text[match.end() :]))
    for line in text.split("\n"):
        content = line.lstrip(" \t\r")
        if not content:
            o.add("blank_lines")
            continue
        o.add("lines")
        indent = sum(4 if c == "\t" else c == " " for c in line[: len(line) - len(content)])
        o.add("indented_lines", indent >= 4)
        o.add("quoted_lines", content[0] == ">")
        label = re.match(r"[0-9]{1,3}(?![0-9])", content)
        numbered = label is not None and _ends_label(content[label.end() :])
        o.add("list_items", numbered or (content[0] in "-*+" and content[1:2] == " "))
        o.add("options", content[0] in "ABCDEFGHIJ" and _ends_label(content[1:]))


def _sentences(o: _Oracle, chars: list[str], words: list[_Word]) -> None:
    ends = {word.end for word in words}
    count, longest, line_empty = 0, 0, True
    for i, c in enumerate([*chars, "\n"]):
        following = chars[i + 1] if i + 1 < len(chars) else "\n"
        count += i in ends
        over = c in ".!?" and not _is_word(following)
        if not c.isascii():
            over = _kind(c) == "symbol" and script(c) in ("sentence_end", "question_marks")
        if c == "\n":
            over = line_empty
            line_empty = True
        elif c not in " \t\r":
            line_empty = False
        if over and count:
            o.add("sentences")
            longest, count = max(longest, count), 0
    if count:
        o.add("sentences")
        longest = max(longest, count)
    o.add("longest_sentence", longest)


def features(text: bytes) -> tuple[dict[str, float], list[int]]:
    """The raw vector by name (without ``tokens``, an estimate with no meaning of its own) and the word hashes."""
    o = _Oracle()
    chars = _split(text)
    words = _words(chars)
    _vocabulary(o, words)
    _numbers(o, words)
    _marks(o, chars)
    _lines(o, "".join(chars))
    _sentences(o, chars, words)
    o.counts.update(bytes=len(text), characters=len(chars), words=len(words))
    return _shares(o), o.words


def _shares(o: _Oracle) -> dict[str, float]:
    counts = o.counts
    characters = max(1, counts["characters"])
    words = max(1, counts["words"])
    for name in (_ALPHABETIC | _CHARACTER_WORDS) & counts.keys():
        counts[name] /= characters
    limited = max(1, min(counts["words"], _LIMIT))
    for name, part, whole in (
        ("word_length", "word_bytes", words),
        ("long_words", "long", words),
        ("common_words", "common", words),
        ("unknown_words", "unknown", words),
        ("distinct_words", "distinct", limited),
        ("repeated_pairs", "repeated", limited),
        ("upper_case", "upper", max(1, counts["bytes"])),
    ):
        counts[name] = counts.pop(part, 0) / whole
    for internal in ("punctuation", "sentence_end"):
        counts.pop(internal, None)
    return counts
