"""Vietnamese put into English word by word."""

import pytest

from matching import glossary
from matching.glossary import in_english, phrases, word_for_word
from matching.glossary.translation import phrases_of
from matching.text import is_vietnamese, nfc, tokens


def test_the_glossary_is_large_and_its_two_sides_are_what_they_say():
    assert len(phrases()) >= 2_400
    assert [words for words in phrases().values() if not all(word.isascii() for word in words)] == []
    assert [words for words in phrases() if words != tuple(nfc(word) for word in words)] == []


def test_a_phrase_has_one_meaning():
    assert phrases_of(["etching = ['ăn mòn']"]) == {("ăn", "mòn"): ("etching",)}
    with pytest.raises(ValueError, match="ăn mòn is given twice"):
        phrases_of(["etching = ['ăn mòn']", "corrosion = ['Ăn mòn']"])


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("tua-bin gió ngoài khơi", "offshore wind turbine"),
        ("Lưu trữ nhiệt độ", "temperature storage"),
        ("Cần mô hình hóa, đo đạc nhiệt độ", "modelling, temperature measure"),
        ("thiết kế cho place and route bị trễ", "delay place route design"),
        ("Đo độ nhám. We need SiC.", "roughness measure"),
        ("offshore wind turbine", ""),
        ("Ôi trời ơi", ""),
        ("", ""),
    ],
)
def test_words_are_put_into_english_in_english_order(text: str, english: str):
    assert word_for_word(text) == english


def test_terms_know_the_words_they_stand_for():
    text = "Rãnh sâu trên đế, kiểu Bosch. Deep trench."
    clauses = list(in_english(text, tokens(text)))
    assert [[(t.word, t.first, t.last) for t in clause.terms] for clause in clauses] == [
        [("substrate", 3, 4), ("trên", 2, 3), ("deep", 0, 2), ("trench", 0, 2)],
        [("Bosch", 5, 6), ("kiểu", 4, 5)],
        [("Deep", 6, 7), ("trench", 7, 8)],
    ]
    assert [clause.translated for clause in clauses] == [True, True, False]
    assert is_vietnamese(text)
    assert glossary.__all__ == sorted(glossary.__all__)
