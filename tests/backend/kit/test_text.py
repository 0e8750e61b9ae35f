"""Texts in pairs, folding for search, Vietnamese order."""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.text import Text, fold, nfc, sort_key

VIETNAMESE = st.text(alphabet="aăâbdđeêioôơuưyàảãáạậẵứỹAĐÊ 0-.xz", max_size=12)


def test_text_speaks_both_languages() -> None:
    text = Text("Hồ sơ", "Dossier")
    assert (text.of("vi"), text.of("en")) == ("Hồ sơ", "Dossier")


def test_text_refuses_a_third_language() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"vi": "a", "en": "b", "fr": "c"}, Text)


def test_nfc_composes_and_drops_what_the_database_cannot_hold() -> None:
    assert nfc(unicodedata.normalize("NFD", "Đặng Thuỳ\0 Trâm")) == "Đặng Thuỳ Trâm"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hải Phòng", "hai phong"),
        ("ĐƯỜNG đê", "duong de"),
        ("  Nguyễn \t Thị\nÝ ", "nguyen thi y"),
        ("ă â ê ô ơ ư", "a a e o o u"),
        ("Straße 12-B", "strasse 12-b"),
        ("", ""),
    ],
)
def test_fold_drops_marks_case_and_spare_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@given(VIETNAMESE)
def test_fold_is_settled_after_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


ORDERED = [
    [
        "a",
        "ă",
        "â",
        "b",
        "c",
        "d",
        "đ",
        "e",
        "ê",
        "f",
        "g",
        "h",
        "i",
        "j",
        "k",
        "l",
        "m",
        "n",
        "o",
        "ô",
        "ơ",
        "p",
    ],
    ["p", "q", "r", "s", "t", "u", "ư", "v", "w", "x", "y", "z"],
    ["ma", "mà", "mả", "mã", "má", "mạ"],
    ["âm", "ầm", "ẩm", "ẫm", "ấm", "ậm"],
    ["", "0", "1", "9", "a"],
    ["an", "An", "AN", "án", "ăn", "ân"],
    ["ba", "ba ba", "ba gai", "bà", "bà con", "bá"],
    ["Đa Phúc", "Đà Nẵng", "Đồ Sơn"],
    ["da", "dương", "đa", "đương"],
    ["z", "я", "中"],
    ["Nguyễn Văn An", "Nguyễn Văn Ân", "Nguyễn Văn Bình", "Nguyễn Xuân An"],
]


@pytest.mark.parametrize("ordered", ORDERED)
def test_sort_key_orders_as_a_vietnamese_dictionary(ordered: list[str]) -> None:
    assert sorted(set(ordered), key=sort_key) == ordered
    assert len({sort_key(text) for text in ordered}) == len(ordered)


@given(VIETNAMESE)
def test_sort_key_is_the_same_for_composed_and_decomposed_text(text: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


def test_sort_key_passes_over_punctuation() -> None:
    assert sort_key("Sở KH-CN (Hải Phòng)") == sort_key("Sở KH CN Hải Phòng")


def test_sort_key_bears_marks_without_a_letter() -> None:
    assert sort_key("\u0301a") >= sort_key("")
