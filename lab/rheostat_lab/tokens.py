"""The lab's tokenizer: one token for a word, a sign or a digit. Numbers are little-endian inside, and only inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SPECIALS = ("<pad>", "<bos>", "<unk>", "<no>", "<lo>", "<hi>", "<rev>", "<ans>", "<eos>")
DIGITS = tuple("0123456789")
SIGNS = (*"+-*/=:;,.?><|", *(f"#{i}" for i in range(1, 10)))

_PIECES = re.compile(r"#[1-9]|\d+|[^\W\d_]+|[^\w\s]")


class Tokenizer:
    """Text to token ids and back. Characters and words that the vocabulary lacks become `<unk>`.

    >>> tokenizer = Tokenizer([*SPECIALS, *DIGITS, *SIGNS, "add"], sayable=41)
    >>> [tokenizer.words[i] for i in tokenizer.encode("Add 25 ☃")]
    ['add', '5', '2', '<unk>']
    >>> tokenizer.decode(tokenizer.encode("add 25"))
    'add 25'
    """

    def __init__(self, words: Sequence[str], sayable: int) -> None:
        """`words`: the vocabulary, in the order of its ids; the first `sayable` of them are what a model can say."""
        missing = [word for word in (*SPECIALS, *DIGITS) if word not in words]
        if missing:
            raise ValueError(f"the vocabulary lacks {' '.join(missing)}")
        if len(set(words)) != len(words) or not 0 < sayable <= len(words):
            raise ValueError("the vocabulary must have no word twice, and at least as many words as are sayable")
        self.words = tuple(words)
        self.sayable = sayable
        self._ids = {word: i for i, word in enumerate(words)}
        self.unknown = self._ids["<unk>"]
        self.bos, self.ans, self.eos, self.rev = (self._ids[t] for t in ("<bos>", "<ans>", "<eos>", "<rev>"))
        self.modes = {mode: self._ids[f"<{mode}>"] for mode in ("no", "lo", "hi")}
        self._digits = frozenset(self._ids[digit] for digit in DIGITS)

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, text: str) -> list[int]:
        """The ids of a text."""
        ids, unknown = self._ids, self.unknown
        out: list[int] = []
        for piece in _PIECES.findall(text.lower()):
            if piece.isdecimal():
                out.extend(ids.get(digit, unknown) for digit in reversed(piece))
            elif piece.startswith("<") and len(piece) > 1:
                out.append(unknown)
            else:
                out.append(ids.get(piece, unknown))
        return out

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids: numbers the right way round, one space between words. Specials other than `<unk>` say nothing."""
        decoder = Decoder(self)
        return "".join([*(decoder.add(i) for i in ids), decoder.flush()]).strip()

    def is_digit(self, token: int) -> bool:
        """Returns True if a token is a digit."""
        return token in self._digits


class Decoder:
    """Text of a stream of tokens. A number is held back until it is whole, since its first digit comes last."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._digits: list[str] = []

    def add(self, token: int) -> str:
        """Returns the text to show after one more token: often none, or a whole number and what follows it."""
        word = self._tokenizer.words[token] if 0 <= token < len(self._tokenizer) else "<unk>"
        if self._tokenizer.is_digit(token):
            self._digits.append(word)
            return ""
        before = self.flush()
        if word in SPECIALS and word != "<unk>":
            return before
        return f"{before} {word}"

    def flush(self) -> str:
        """The number that was held back, if any."""
        number = "".join(reversed(self._digits))
        self._digits.clear()
        return f" {number}" if number else ""
