"""Vietnamese and English text: normal form, folding, tokens with their places, sentences, light stems.

Everything here is a pure function of its argument. Offsets always point into the text as it was given.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import msgspec

from matching.stems import is_telling, singular, stem

_WORD = re.compile(r"[^\W_]+")
_MARKED_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^\Wa-z_])|\n+|(?<=;)\s+")

# Every fourth or fifth letter of a Vietnamese text bears a mark, hardly any of an English one.
_MARKED_SHARE = 0.05

Lang = Literal["vi", "en"]


class Text(msgspec.Struct, frozen=True):
    """A text is a pair: Vietnamese and English."""

    vi: str
    en: str

    def of(self, lang: Lang) -> str:
        return self.vi if lang == "vi" else self.en


class Word(msgspec.Struct, frozen=True, gc=False):
    """A word whatever its place: ``marked`` is lower-case NFKC without an English plural ending, ``folded``
    also without marks, ``stem`` empty when the word says nothing."""

    marked: str
    folded: str
    stem: str


class Token(msgspec.Struct, frozen=True, gc=False):
    """A word of a text: ``text[start:end]``."""

    word: Word
    start: int
    end: int


def nfc(text: str) -> str:
    """The composed form, in which all texts are kept."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Lower case without marks: ``"Điện gió"`` becomes ``"dien gio"``."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.replace("đ", "d").split())


def without_marks(text: str) -> str:
    """The text as it is typed without marks, in the same case: ``"Điện gió"`` becomes ``"Dien gio"``."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


_ALPHABET = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
_RANK = {letter: i for i, letter in enumerate(_ALPHABET)}


def sort_key(text: str) -> tuple[int, ...]:
    """The order of the Vietnamese alphabet; other signs before the letters."""
    return tuple(_RANK.get(c, ord(c) - 0x110000) for c in nfc(text).lower())


def tokens(text: str) -> list[Token]:
    """The words of a text in order; a mark that was typed as a separate sign stays with its letter."""
    return [Token(word_of(m.group()), m.start(), m.end()) for m in _pattern(text).finditer(text)]


def written_words(text: str) -> list[str]:
    """The words of `tokens` as they stand in the text."""
    return _pattern(text).findall(text)


@lru_cache(maxsize=200_000)
def word_of(written: str) -> Word:
    """What a word is, whatever its place."""
    marked = unicodedata.normalize("NFKC", written).lower()
    return Word(singular(marked), fold(singular(marked)), stem(marked) if is_telling(marked) else "")


def _pattern(text: str) -> re.Pattern[str]:
    return _WORD if unicodedata.is_normalized("NFC", text) else _MARKED_WORD


def is_vietnamese(text: str) -> bool:
    """Whether at least every twentieth letter bears a mark (or is đ)."""
    letters = sum(sign.isalpha() for sign in text)
    return sum(sign.isalpha() and not sign.isascii() for sign in text) > _MARKED_SHARE * letters


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open places of the sentences, in order, without the space around them."""
    places = []
    start = 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[start:end]
        if piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            places.append((left, left + len(piece.strip())))
        start = match.end() if match else end
    return places


def terms_of(words: Sequence[Token]) -> list[str]:
    """Stems of the telling words followed by the pairs of neighbours among them."""
    kept = [t.word.stem for t in words if t.word.stem]
    return kept + [f"{a} {b}" for a, b in pairwise(kept)]
