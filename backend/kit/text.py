"""Text in two languages, and Vietnamese text folded for search and ordered for lists."""

import unicodedata
from typing import Literal

import msgspec

Lang = Literal["vi", "en"]

ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"  # f, j, w, z stand where a Latin reader expects them
TONES = "\u0300\u0309\u0303\u0301\u0323"  # à ả ã á ạ: the order of the dictionary
LETTER_MARKS = "\u0306\u0302\u031b"  # breve, circumflex, horn: part of the letter, not of the tone

# The marks below sort before one another and before every letter code
END_OF_TEXT, END_OF_LETTERS = 0x00, 0x01
FIRST_TONE, FIRST_LETTER, OTHER_LETTER = 0x02, 0x10, 0xF0


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text, said in Vietnamese and in English."""

    vi: str
    en: str

    def of(self, lang: Lang) -> str:
        """Return the text in `lang`."""
        return self.vi if lang == "vi" else self.en

    def fill(self, **values: object) -> "Text":
        """Put `values` into the `{named}` places of both."""
        return Text(self.vi.format(**values), self.en.format(**values))


def nfc(text: str) -> str:
    """Return `text` composed (NFC) and without NUL, which the database cannot hold."""
    return unicodedata.normalize("NFC", text).replace("\0", "")


def fold(text: str) -> str:
    """Return `text` as a search key: no marks, đ as d, lower case, single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("đ", "d").split())


def sort_key(text: str) -> str:
    """Return a key that orders texts as a Vietnamese dictionary does.

    Syllable by syllable: letters in the order of the alphabet, then tone; at the very end case, lower first.
    Punctuation only parts syllables. The key has hexadecimal digits alone: every collation orders it alike.
    """
    key = bytearray()
    cases = bytearray()
    for word in _words(unicodedata.normalize("NFC", text)):
        tones = bytearray()
        for character in word:
            letter, tone = _letter_and_tone(character.lower())
            key += _code(letter)
            tones.append(FIRST_TONE + tone)
            cases.append(character != character.lower())
        key.append(END_OF_LETTERS)
        key += tones
    key.append(END_OF_TEXT)
    return (key + cases).hex()


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in text).split()


def _letter_and_tone(character: str) -> tuple[str, int]:
    """Part ậ into â and the number of its tone (0 for none)."""
    base, *marks = list(unicodedata.normalize("NFD", character))
    letter = base + "".join(mark for mark in marks if mark in LETTER_MARKS)
    tone = next((TONES.index(mark) + 1 for mark in marks if mark in TONES), 0)
    return unicodedata.normalize("NFC", letter), tone


def _code(letter: str) -> bytes:
    place = ALPHABET.find(letter)
    if place >= 0:
        return bytes([FIRST_LETTER + place])
    return b"".join(bytes([OTHER_LETTER]) + ord(part).to_bytes(3, "big") for part in letter)
