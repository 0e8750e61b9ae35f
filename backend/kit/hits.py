"""Where the words of a search stand in a text, marks and capitals aside, and a snippet that shows them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from backend.kit.text import fold, nfc

SHORT = 3
"""A word below this length stands at the beginning of a word of the text: inside it says nothing."""
AROUND = 60
"""Characters of a snippet before the first hit."""
LENGTH = 160
"""Characters of a snippet in all."""


class Piece(Struct, frozen=True):
    """A part of a text; `hit`: these characters were searched for."""

    text: str
    hit: bool


def words_of(search: str) -> list[str]:
    """The different folded words of what somebody typed, in their order."""
    return list(dict.fromkeys(fold(search).split()))


def needle_of(word: str) -> str:
    """What of a folded word must stand in a folded text that begins with a space."""
    return f" {word}" if len(word) < SHORT else word


def pattern_of(word: str) -> str:
    """The pattern of LIKE that finds a folded word in such a text."""
    literal = needle_of(word).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{literal}%"


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The text in pieces, what one of the folded `words` hits apart; one piece without a hit if none does."""
    plain = nfc(text)
    if not words:
        return [Piece(plain, False)] if plain else []
    return _pieces(plain, _spans(plain, words), 0, len(plain))


def snippet(text: str, words: Sequence[str]) -> list[Piece]:
    """About a line of the text around its first hit, in pieces; nothing if there is no hit."""
    plain = " ".join(nfc(text).split())
    spans = _spans(plain, words)
    if not spans:
        return []
    start = plain.rfind(" ", 0, max(0, spans[0][0] - AROUND)) + 1
    end = len(plain)
    if end - start > LENGTH:
        end = max(plain.rfind(" ", 0, start + LENGTH), spans[0][1])
    before = [Piece("… ", False)] if start else []
    after = [Piece(" …", False)] if end < len(plain) else []
    return [*before, *_pieces(plain, spans, start, end), *after]


def _spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """The hits as first character and the one behind the last, in order, those that touch made one."""
    folded, places = _folded(text)
    found = sorted(span for word in words for span in _spans_of(word, folded, places))
    joined: list[tuple[int, int]] = []
    for first, end in found:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((first, end))
    return joined


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded after a space, and for each folded character the place of the one it came from."""
    folded, places = [" "], [0]
    for place, character in enumerate(text):
        bare = " " if character.isspace() else fold(character)
        folded.append(bare)
        places += [place] * len(bare)
    return "".join(folded), [*places, len(text)]


def _spans_of(word: str, folded: str, places: list[int]) -> list[tuple[int, int]]:
    wanted = needle_of(word)
    skip = len(wanted) - len(word)
    found, at = [], folded.find(wanted)
    while at >= 0:
        found.append((places[at + skip], places[at + len(wanted) - 1] + 1))
        at = folded.find(wanted, at + len(wanted))
    return found


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> list[Piece]:
    pieces, done = [], start
    for first, behind in spans:
        if first >= end:
            break
        pieces += [Piece(text[done:first], False), Piece(text[first : min(behind, end)], True)]
        done = min(behind, end)
    return [one for one in [*pieces, Piece(text[done:end], False)] if one.text]
