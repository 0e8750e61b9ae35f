"""Where a search hit: the words of a query in a text, found without regard to marks and shown with them."""

from __future__ import annotations

from markupsafe import Markup, escape

from backend.kit.text import fold, nfc

AROUND = 90
"""Letters of a long text shown before and after its first hit."""


def mark_hits(text: str, query: str) -> Markup:
    """The text with every hit in `<mark>`: `mark_hits("Cảng Hải Phòng", "hai")` marks `Hải`."""
    whole, out, done = nfc(text), Markup(), 0
    for start, end in find_hits(whole, query):
        out += escape(whole[done:start]) + Markup("<mark>{}</mark>").format(whole[start:end])
        done = end
    return out + escape(whole[done:])


def excerpt(text: str, query: str) -> Markup:
    """The part of a long text around its first hit, marked; nothing when there is no hit."""
    whole = nfc(text)
    hits = find_hits(whole, query)
    if not hits:
        return Markup()
    first, last = max(0, hits[0][0] - AROUND), min(len(whole), hits[0][1] + AROUND)
    before = "… " if first else ""
    after = " …" if last < len(whole) else ""
    return Markup("{}{}{}").format(before, mark_hits(whole[first:last].strip(), query), after)


def find_hits(text: str, query: str) -> list[tuple[int, int]]:
    """The places `(start, end)` of the words of a query in a text (NFC), in order, none overlapping."""
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for word in set(fold(query).split()):
        at = folded.find(word)
        while at >= 0:
            found.append((places[at], places[at + len(word) - 1] + 1))
            at = folded.find(word, at + len(word))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded letter by letter, and for each letter of it the place it came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for bare in " " if letter.isspace() else fold(letter):
            letters.append(bare)
            places.append(place)
    return "".join(letters), places
