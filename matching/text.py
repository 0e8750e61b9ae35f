"""Vietnamese and English text: normal form, folding, tokens with their places, sentences, light stems.

Everything here is a pure function of its argument. Offsets always point into the text as it was given.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import msgspec
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^\Wa-z_])|\n+|(?<=;)\s+")
_VOWEL = re.compile(r"[aeiouy]")

# Words of every research abstract or call for partners: they say nothing about the subject.
_BOILERPLATE = frozenset(
    [
        "approach",
        "approaches",
        "based",
        "demonstrate",
        "demonstrates",
        "et",
        "al",
        "existing",
        "experiment",
        "experiments",
        "experimental",
        "extensive",
        "furthermore",
        "however",
        "improve",
        "improved",
        "method",
        "methods",
        "moreover",
        "novel",
        "paper",
        "papers",
        "performance",
        "problem",
        "problems",
        "propose",
        "proposed",
        "proposes",
        "result",
        "results",
        "show",
        "shown",
        "shows",
        "state",
        "art",
        "study",
        "studies",
        "task",
        "tasks",
        "used",
        "using",
        "various",
        "work",
        "works",
        "introduce",
        "present",
        "presents",
        "achieve",
        "achieves",
        "significantly",
        "recent",
        "recently",
    ]
)
_VIETNAMESE_STOP_WORDS = frozenset(
    [
        "và",
        "của",
        "các",
        "là",
        "có",
        "được",
        "cho",
        "trong",
        "với",
        "những",
        "một",
        "này",
        "đó",
        "để",
        "khi",
        "từ",
        "về",
        "đến",
        "tại",
        "trên",
        "dưới",
        "theo",
        "như",
        "nhưng",
        "hoặc",
        "hay",
        "thì",
        "mà",
        "bởi",
        "vì",
        "nên",
        "do",
        "ra",
        "vào",
        "cũng",
        "đã",
        "đang",
        "sẽ",
        "rất",
        "nhiều",
        "ít",
        "hơn",
        "nhất",
        "bằng",
        "qua",
        "giữa",
        "sau",
        "trước",
        "chúng",
        "tôi",
        "chúng_tôi",
        "họ",
        "nó",
        "cần",
        "phải",
        "không",
        "chưa",
        "chỉ",
        "còn",
        "lại",
        "đều",
        "mỗi",
        "mọi",
        "nào",
        "gì",
        "ai",
        "đâu",
        "việc",
        "sự",
        "cách",
        "nhằm",
        "gồm",
    ]
)
STOP_WORDS: frozenset[str] = ENGLISH_STOP_WORDS | _BOILERPLATE | _VIETNAMESE_STOP_WORDS


Lang = Literal["vi", "en"]


class Text(msgspec.Struct, frozen=True):
    """A text is a pair: Vietnamese and English."""

    vi: str
    en: str

    def of(self, lang: Lang) -> str:
        return self.vi if lang == "vi" else self.en


class Token(msgspec.Struct, frozen=True, gc=False):
    """One word: ``word`` is lower-cased NFKC with its marks, ``folded`` without; ``text[start:end]`` is the
    place."""

    word: str
    folded: str
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


_ALPHABET = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
_RANK = {letter: i for i, letter in enumerate(_ALPHABET)}


def sort_key(text: str) -> tuple[int, ...]:
    """The order of the Vietnamese alphabet; other signs before the letters."""
    return tuple(_RANK.get(c, ord(c) - 0x110000) for c in nfc(text).lower())


def tokens(text: str) -> list[Token]:
    """The words of a text in order; a mark that was typed as a separate sign stays with its letter."""
    found = []
    for match in _WORD.finditer(text) if unicodedata.is_normalized("NFC", text) else _marked_words(text):
        word = unicodedata.normalize("NFKC", match.group()).lower()
        found.append(Token(word, fold(word), match.start(), match.end()))
    return found


def _marked_words(text: str) -> Iterator[re.Match[str]]:
    return re.finditer(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*", text)


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
    kept = [stem(t.word) for t in words if _is_telling(t.word)]
    return kept + [f"{a} {b}" for a, b in pairwise(kept)]


def _is_telling(word: str) -> bool:
    return word not in STOP_WORDS and len(word) > 1 and not word.isdigit()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A light English stem (plurals, -ing, -ed, -ly and common noun endings); other words stay as they
    are."""
    if not word.isascii() or len(word) < 4 or not word.isalpha():
        return word
    return _without_noun_ending(_without_verb_ending(_without_plural(word)))


def singular(word: str) -> str:
    """An English plural without its ending; Vietnamese and short words as they are."""
    return _without_plural(word) if word.isascii() and len(word) > 3 else word


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_verb_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) > 2 and _VOWEL.search(root):
            if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
                return root[:-1]
            return root
    return word


_NOUN_ENDINGS = (
    ("ization", "iz"), ("isation", "iz"), ("ational", "at"), ("fulness", "ful"), ("iveness", "iv"),
    ("ation", "at"), ("ition", "it"), ("ment", ""), ("ness", ""), ("ally", "al"), ("ator", "at"),
    ("able", ""), ("ible", ""), ("ance", ""), ("ence", ""), ("ions", ""), ("ion", ""), ("ity", ""),
    ("ive", ""), ("ise", "iz"), ("ize", "iz"), ("ate", "at"), ("ly", ""), ("al", ""), ("er", ""), ("e", ""),
)  # fmt: skip


def _without_noun_ending(word: str) -> str:
    for ending, put in _NOUN_ENDINGS:
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) > 3 and _VOWEL.search(root):
            return root + put
    return word
