import unicodedata

import pytest

from matching.stems import singular, stem
from matching.text import Text, fold, nfc, sentences, sort_key, terms_of, tokens, without_marks


def test_fold_drops_marks_case_and_spare_space():
    assert fold("  Điện   gió Ngoài khơi ") == "dien gio ngoai khoi"


def test_without_marks_only_the_marks_are_gone():
    assert without_marks("Điện  gió\nở Đảo; 5 µm, SiO₂") == "Dien  gio\no Dao; 5 µm, SiO₂"
    assert without_marks(unicodedata.normalize("NFD", "Quặng đồng")) == "Quang dong"


def test_nfc_composes():
    assert nfc(unicodedata.normalize("NFD", "Quang khắc")) == "Quang khắc"


def test_text_speaks_both_languages():
    assert [Text("gió", "wind").of("vi"), Text("gió", "wind").of("en")] == ["gió", "wind"]


def test_tokens_point_into_the_text_as_given():
    text = "SiO₂ và wire-bonding"
    assert [(t.word.marked, text[t.start : t.end]) for t in tokens(text)] == [
        ("sio2", "SiO₂"),
        ("và", "và"),
        ("wire", "wire"),
        ("bonding", "bonding"),
    ]


def test_tokens_read_decomposed_text_like_composed():
    composed = "Điện gió"
    decomposed = unicodedata.normalize("NFD", composed)
    assert [t.word for t in tokens(decomposed)] == [t.word for t in tokens(composed)]
    assert "".join(decomposed[t.start : t.end] for t in tokens(decomposed)) == decomposed.replace(" ", "")


def test_sentences_end_at_stops_lines_and_semicolons_but_not_inside_numbers():
    text = "Bước sóng 13.5 nm. Đo tốt!\n\nDòng hai; phần ba  "
    assert [text[a:b] for a, b in sentences(text)] == [
        "Bước sóng 13.5 nm.",
        "Đo tốt!",
        "Dòng hai;",
        "phần ba",
    ]


def test_sentences_of_nothing_are_none():
    assert sentences(" \n ") == []


def test_terms_are_stems_and_pairs_without_stop_words_and_numbers():
    assert terms_of(tokens("The etching of 300 silicon wafers")) == [
        "etch",
        "silicon",
        "wafer",
        "etch silicon",
        "silicon wafer",
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("batteries", "battery"),
        ("processes", "process"),
        ("boxes", "box"),
        ("analysis", "analysis"),
        ("planned", "plan"),
        ("rolling", "roll"),
        ("optimization", "optimiz"),
        ("optimise", "optimiz"),
        ("điện", "điện"),
        ("5g", "5g"),
        ("gas", "gas"),
        ("string", "string"),
    ],
)
def test_stem(word: str, expected: str):
    assert stem(word) == expected


def test_singular_leaves_short_and_marked_words():
    assert [singular(w) for w in ("turbines", "gas", "các")] == ["turbine", "gas", "các"]


def test_sort_key_follows_the_vietnamese_alphabet():
    words = ["đo", "du", "ăn", "an", "âm", "3d"]
    assert sorted(words, key=sort_key) == ["3d", "an", "ăn", "âm", "du", "đo"]
