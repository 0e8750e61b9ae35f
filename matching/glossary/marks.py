"""Vietnamese typed without its marks, as many do on a phone: the marks are given back where words are known.

So everything that reads Vietnamese reads it as if it had been typed in full.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from matching.glossary.translation import Phrase, phrases
from matching.stems import ENGLISH_FUNCTION_WORDS, VIETNAMESE_STOP_WORDS
from matching.text import Token, fold, sentences, tokens, without_marks

_LEAST_SHARE = 1 / 3
# What people who look for somebody say beside function words: bare, each is like some technical word.
_OF_NEEDS = ("tìm", "muốn", "ở", "biết", "bạn", "thật", "gặp", "nhờ", "hỏi", "rồi", "vài", "thấy")


class Marks:
    """How words are written with their marks: phrases of the glossary and ``names``, then single syllables.

    The longest phrase goes first, as it does in the glossary. Of phrases alike without marks it is the first;
    of syllables a function word, else the one most frequent in all phrases: a bare *de* is *để*, and *đế*
    only in a longer phrase.

    A sentence is evidently Vietnamese when it has at least two different syllables that are Vietnamese alone,
    more such than English function words, and they are a third of its words. Vietnamese alone is a syllable
    that bears a mark somewhere in these phrases and without it is no English function word.
    """

    def __init__(self, names: Iterable[Phrase]) -> None:
        known = [*phrases(), *names]
        frequent = Counter(chain.from_iterable(known)).most_common()
        syllables = [*sorted(VIETNAMESE_STOP_WORDS), *_OF_NEEDS, *(syllable for syllable, _ in frequent)]
        self._marked: dict[Phrase, Phrase] = {}
        self._syllables: set[str] = set()
        for marked in chain(((syllable,) for syllable in syllables), known):
            bare = tuple(map(fold, marked))
            self._marked.setdefault(bare, marked)
            self._syllables.update(b for b, m in zip(bare, marked, strict=True) if b != m)
        self._syllables -= ENGLISH_FUNCTION_WORDS
        self._longest = max(map(len, self._marked))

    def given_back(self, text: str) -> str:
        """The text with the marks its evidently Vietnamese sentences lack; as it is if it bears any mark.

        Every sign keeps its place. Words nobody knows stay bare, and so do words with capitals inside (*GaN*)
        unless the whole sentence is in capitals.
        """
        if without_marks(text) != text:
            return text
        for start, end in sentences(text):
            text = text[:start] + self._of_sentence(text[start:end]) + text[end:]
        return text

    def _of_sentence(self, sentence: str) -> str:
        words = tokens(sentence)
        if not self._is_vietnamese(words):
            return sentence
        signs = list(sentence)
        for word, marked in self._known(words):
            written = sentence[word.start : word.end]
            is_word = sentence.isupper() or written[1:] == written[1:].lower()
            if is_word and without_marks(marked) == written.lower():
                signs[word.start : word.end] = _in_case(written, marked)
        return "".join(signs)

    def _is_vietnamese(self, words: Sequence[Token]) -> bool:
        vietnamese = [t.word.folded for t in words if t.word.folded in self._syllables]
        english = sum(t.word.folded in ENGLISH_FUNCTION_WORDS for t in words)
        enough = max(english + 1, len(words) * _LEAST_SHARE)
        return len(set(vietnamese)) > 1 and len(vietnamese) >= enough

    def _known(self, words: Sequence[Token]) -> Iterator[tuple[Token, str]]:
        """The words of known phrases and how they are written with their marks."""
        at = 0
        while at < len(words):
            bare = tuple(t.word.folded for t in words[at : at + self._longest])
            size = next((size for size in range(len(bare), 0, -1) if bare[:size] in self._marked), 0)
            yield from zip(words[at : at + size], self._marked.get(bare[:size], ()), strict=True)
            at += size or 1


def _in_case(written: str, marked: str) -> Iterator[str]:
    return (m.upper() if w.isupper() else m for w, m in zip(written, marked, strict=True))
