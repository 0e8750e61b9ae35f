"""Personal names, above all Vietnamese ones: which written forms can be one name.

*Nguyễn Văn An* is written *An Nguyen Van*, *Van An Nguyen*, *Nguyen V. A.*, *N.V. An*, *Nguyen Vanan* or,
with the middle name left out, *An Nguyen*. A record does not say in which order it was written, so every
order that puts a known family name in the place of the family name is read; where no word is one, every
order is."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import msgspec

from matching.text import fold, nfc

Likeness = Literal["equal", "similar", "marks", "unlike"]

FAMILY_NAMES = frozenset(
    """
    bach banh be bui cao chau che chu chung cu cung dam dang dao dau dinh do doan dong du duong ha
    han ho hoang hua huynh khong khuat khuong kieu kim la lai lam le lieu lo luc luong luu ly ma mac
    mach mai nghiem ngo nguy nguyen ninh nong on ong pham phan phi pho phung phuong quach quan sam
    ta tang thach thai than thieu tieu to ton tong tra tran trang trieu trinh truong tu tuong ung
    uong vi vien vo vu vuong
    """.split()  # noqa: SIM905
)
"""Folded. Only to tell the order of a name, never whether two are one."""
_TITLES = frozenset(
    "gs pgs ts tskh ths ks cn bs ds ls ong ba dr prof professor mr mrs ms miss phd msc".split()  # noqa: SIM905
)
_WORD = re.compile(r"([^\W\d_]+(?:'[^\W\d_]+)?)(\.?)")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VOWEL = re.compile("[aeiouy]")
_Y = re.compile(r"(?<=[bcdghklmnpqrstvx])y$|(?<=qu)y$")


class Part(msgspec.Struct, frozen=True):
    """A word of a name: ``folded``; ``marked`` with its marks, whatever letter the tone was put on;
    ``is_short``: an initial or another abbreviation."""

    folded: str
    marked: str
    is_short: bool


class Reading(msgspec.Struct, frozen=True):
    """One order in which a name may have been written; None: left out."""

    family: Part | None
    middle: tuple[Part, ...]
    given: Part | None


@lru_cache(maxsize=100_000)
def likeness(a: str, b: str) -> Likeness:
    """Whether two written names can be one; the same in either order.

    equal : every word is there in both; similar : words are missing, shortened or run together, or a mark is;
    marks : a word is marked in one way here and in another there; unlike : not one name. A name without any
    word is similar to all.
    """
    first, second = parts(a), parts(b)
    if not first or not second:
        return "similar"
    split_first, split_second = _split(first, second), _split(second, first)
    is_split = split_first != first or split_second != second
    mine = _readings(split_first) if is_split else readings(a)
    theirs = _readings(split_second) if is_split else readings(b)
    found = {alike(one, other) for one in mine for other in theirs}
    if found == {"unlike"}:
        return "unlike"
    marks = _marks(split_first, split_second)
    if marks == "unlike":
        return "marks"
    return "equal" if "equal" in found and not is_split and marks == "equal" else "similar"


@lru_cache(maxsize=100_000)
def parts(name: str) -> tuple[Part, ...]:
    """The words of a name without titles."""
    words = _WORD.findall(nfc(name).replace("’", "'"))
    while len(words) > 1 and fold(words[0][0]) in _TITLES:
        words.pop(0)
    while len(words) > 1 and fold(words[-1][0]) in _TITLES - FAMILY_NAMES - {"ba"}:
        words.pop()
    return tuple(
        part for word, dot in words for piece in _apart(word).split() for part in _parts_of(piece, bool(dot))
    )


def _apart(word: str) -> str:
    """*VanAn* as *Van An*."""
    return "".join(f" {c}" if c.isupper() and b.islower() else c for b, c in pairwise(f" {word}"))


@lru_cache(maxsize=100_000)
def readings(name: str) -> tuple[Reading, ...]:
    """Family, middle and given name in every order that is in use."""
    return _readings(parts(name))


def _parts_of(word: str, has_dot: bool) -> list[Part]:
    folded = fold(word)
    is_short = has_dot or len(folded) == 1 or not _VOWEL.search(folded)
    if word.isupper() and is_short and not has_dot:
        return [Part(letter, "", True) for letter in folded]
    return [Part(_Y.sub("i", folded), "" if is_short else _marked(word), is_short)]


def _marked(word: str) -> str:
    """Lower case with marks, the tone at the end: *hoà* and *hòa* are one."""
    letters = unicodedata.normalize("NFD", word.lower())
    tones = "".join(c for c in letters if c in _TONES)
    return _Y.sub("i", "".join(c for c in letters if c not in _TONES)) + tones


def _readings(words: tuple[Part, ...]) -> tuple[Reading, ...]:
    first, last = words[0], words[-1]
    if len(words) == 1:
        return (Reading(first, (), None), Reading(None, (), first))
    orders = [
        Reading(first, words[1:-1], last),  # Nguyễn Văn An
        Reading(last, words[1:-1], first),  # An Van Nguyen
        Reading(last, words[:-2], words[-2]),  # Van An Nguyen
        Reading(words[1], words[2:], first),  # An Nguyen Van
    ]
    known = [one for one in orders if one.family and one.family.folded in FAMILY_NAMES]
    bare = [Reading(None, words[:-1], last)] if len(words) == 2 else []  # Văn An
    return tuple(dict.fromkeys((known or orders) + bare))


def _split(words: tuple[Part, ...], other: tuple[Part, ...]) -> tuple[Part, ...]:
    """Words that are several of the other name's run together, taken apart."""
    known = {part.folded for part in other}
    joined = "".join(part.folded for part in other)
    if not any(word.folded in joined and word.folded not in known for word in words):
        return words
    return tuple(part for word in words for part in _run(word, other))


def _run(word: Part, other: Sequence[Part]) -> Sequence[Part]:
    starts = [i for i, part in enumerate(other) if word.folded.startswith(part.folded)]
    for start in starts:
        for end in range(start + 2, len(other) + 1):
            run = other[start:end]
            if "".join(part.folded for part in run) == word.folded:
                return [Part(part.folded, "", part.is_short) for part in run]
    return [word]


def alike(a: Reading, b: Reading) -> Likeness:
    """Whether two readings can be of one name: equal, similar or unlike; marks are not looked at."""
    ends = _same(a.family, b.family), _same(a.given, b.given)
    if "unlike" in ends:
        return "unlike"
    if len(a.middle) == len(b.middle):
        pairs = {*ends, *map(_same, a.middle, b.middle)}
        if "unlike" not in pairs:
            return "similar" if "similar" in pairs else "equal"
    return "similar" if _is_within(*sorted((a.middle, b.middle), key=len)) else "unlike"


def _same(a: Part | None, b: Part | None) -> Likeness:
    if a is None or b is None:
        return "similar"
    if a.folded == b.folded:
        return "similar" if a.is_short or b.is_short else "equal"
    short, long = (a, b) if len(a.folded) < len(b.folded) else (b, a)
    return "similar" if short.is_short and long.folded.startswith(short.folded) else "unlike"


def _is_within(shorter: Sequence[Part], longer: Sequence[Part]) -> bool:
    """Whether the words come in this order among the longer ones."""
    rest = iter(longer)
    return all(any(_same(word, other) != "unlike" for other in rest) for word in shorter)


def _marks(a: Sequence[Part], b: Sequence[Part]) -> Likeness:
    """How the words that both names write in full are marked. Only two words with marks contradict one
    another; one without, in a name that has marks elsewhere, may be a slip."""
    if not (_bears_marks(a) and _bears_marks(b)):
        return "equal"
    mine, theirs = _spelt(a), _spelt(b)
    differing = [word for word in mine.keys() & theirs.keys() if not mine[word] & theirs[word]]
    if any(word not in mine[word] | theirs[word] for word in differing):
        return "unlike"
    return "similar" if differing else "equal"


def _bears_marks(words: Sequence[Part]) -> bool:
    return any(word.marked not in ("", word.folded) for word in words)


def _spelt(words: Sequence[Part]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for word in words:
        if word.marked:
            found.setdefault(word.folded, set()).add(word.marked)
    return found
