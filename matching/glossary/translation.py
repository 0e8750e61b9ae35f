"""Word for word: the longest phrase of the glossary first, in the order of words that English has.

A Vietnamese head stands before what describes it, an English one after: *tua-bin gió ngoài khơi* is
*offshore wind turbine*. So the phrases of a sentence are taken from its end. That is no translation, but
words that keep company in English keep it here too, which is all that names and pairs of words ask for.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources

import msgspec

from matching.stems import STOP_WORDS, VIETNAMESE_STOP_WORDS
from matching.text import Token, is_vietnamese, sentences, tokens, written_words

Phrase = tuple[str, ...]
_SIGN = re.compile(r"[,;:.!?()\[\]]")


class Term(msgspec.Struct, frozen=True):
    """An English word, or a word as it stands, for the words ``first`` to ``last`` (exclusive) of a text."""

    word: str
    first: int
    last: int


class Clause(msgspec.Struct, frozen=True):
    """The terms between two signs such as commas, in English order; ``translated``: it was Vietnamese."""

    terms: tuple[Term, ...]
    translated: bool


@cache
def phrases() -> dict[Phrase, Phrase]:
    """The English words of each Vietnamese phrase, which is given as the `Word.marked` of its words."""
    folder = resources.files("matching.glossary")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return phrases_of(file.read_text("utf-8") for file in files)


def phrases_of(sources: Iterable[str]) -> dict[Phrase, Phrase]:
    """`phrases` of texts in TOML: ``english = ["tiếng Việt", …]``.

    Raises
    ------
    ValueError : when two entries share a Vietnamese phrase
    """
    found: dict[Phrase, Phrase] = {}
    for source in sources:
        for english, vietnamese in tomllib.loads(source).items():
            for phrase in vietnamese:
                words = tuple(token.word.marked for token in tokens(phrase))
                if words in found:
                    raise ValueError(f"{' '.join(words)} is given twice")
                found[words] = tuple(written_words(english))
    return found


@cache
def _longest() -> int:
    return max(map(len, phrases()))


def in_english(text: str, words: Sequence[Token]) -> Iterator[Clause]:
    """The clauses of a text: Vietnamese ones word for word, English ones in their own words.

    Parameters
    ----------
    text : in any normal form; each sentence is taken for Vietnamese by its marks (`is_vietnamese`)
    words : its `tokens`

    Yields
    ------
    Clause in reading order; its terms point at ``words``
    """
    at = 0
    for start, end in sentences(text):
        translated = is_vietnamese(text[start:end])
        while at < len(words) and words[at].start < end:
            first = at
            at = _end_of_clause(text, words, first, end)
            clause = words[first:at]
            written = [text[word.start : word.end] for word in clause]
            yield Clause(tuple(put_into_english(clause, written, first, translated)), translated)


def _end_of_clause(text: str, words: Sequence[Token], at: int, end: int) -> int:
    """One more than the last word from ``at`` on before a sign or the ``end`` of the sentence."""
    at += 1
    while at < len(words) and words[at].start < end and not _SIGN.search(text, *_between(words, at)):
        at += 1
    return at


def _between(words: Sequence[Token], at: int) -> tuple[int, int]:
    return words[at - 1].end, words[at].start


def put_into_english(
    words: Sequence[Token], written: Sequence[str], offset: int, is_vietnamese: bool
) -> Iterator[Term]:
    """The terms of a clause in English order.

    Parameters
    ----------
    words, written : (words,) the tokens of the clause, and how they stand in the text
    offset : which word of the text the first one is
    is_vietnamese : otherwise the words stay as they are
    """
    if not is_vietnamese:
        return (Term(word, offset + i, offset + i + 1) for i, word in enumerate(written))
    groups = list(_groups(words, written, offset))
    return (term for group in reversed(groups) for term in group)


def _groups(words: Sequence[Token], written: Sequence[str], offset: int) -> Iterator[list[Term]]:
    """What keeps its order: the words of a phrase, and foreign words that follow each other."""
    foreign: list[Term] = []
    at = 0
    while at < len(words):
        size = _size_of_phrase(words, at)
        if not size and written[at].isascii() and written[at].lower() not in VIETNAMESE_STOP_WORDS:
            foreign.append(Term(written[at], offset + at, offset + at + 1))
            at += 1
            continue
        if foreign:
            yield foreign
            foreign = []
        if size:
            english = phrases()[tuple(token.word.marked for token in words[at : at + size])]
            yield [Term(word, offset + at, offset + at + size) for word in english]
        else:
            yield [Term(written[at], offset + at, offset + at + 1)]
        at += size or 1
    if foreign:
        yield foreign


def _size_of_phrase(words: Sequence[Token], at: int) -> int:
    """How many words the longest phrase of the glossary has that begins here; 0 for none."""
    marked = tuple(token.word.marked for token in words[at : at + _longest()])
    return next((size for size in range(len(marked), 0, -1) if marked[:size] in phrases()), 0)


def word_for_word(text: str) -> str:
    """The Vietnamese sentences of a text in English words, clause by clause; empty when there are none.

    Words the glossary lacks are left out unless they are written without marks, as English terms are.
    """
    found = []
    for clause in in_english(text, tokens(text)):
        said = [t.word for t in clause.terms if t.word.isascii() and t.word.lower() not in STOP_WORDS]
        if clause.translated and said:
            found.append(" ".join(said))
    return ", ".join(found)
