"""Which written forms can be one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.names import likeness, parts

AN = "Nguyễn Văn An"
SYLLABLES = ["Nguyễn", "Trần", "Văn", "Thị", "An", "Bình", "Hà", "Minh", "N.", "V", "TB", "Vanan"]


@pytest.mark.parametrize(
    "other",
    [
        "An Nguyen Van",
        "Van An Nguyen",
        "An Van Nguyen",
        "NGUYỄN VĂN AN",
        "nguyen van-an",
        "Nguyen VanAn",
        "PGS.TS. Nguyễn Văn An",
        "GS TS Nguyễn Văn An",
        "Ông Nguyễn Văn An",
        "Nguyen Van An, PhD",
    ],
)
def test_orders_marks_capitals_and_titles_leave_a_name_equal(other: str) -> None:
    assert likeness(AN, other) == "equal"


@pytest.mark.parametrize(
    "other",
    [
        "N. V. An",
        "An N.V.",
        "NV An",
        "Ng. V. An",
        "Ng Văn An",
        "An Nguyen",
        "Nguyễn",
        "An",
        "Văn An",
        "Nguyen Vanan",
        "nguyenvanan",
        "Nguyễn Văn A.",
        "Nguyễn Vănan",
        "Nguyễn Văn Ân",
        "",
        "123",
    ],
)
def test_missing_shortened_and_joined_words_leave_a_name_similar(other: str) -> None:
    assert likeness(AN, other) == "similar"


@pytest.mark.parametrize(
    "other",
    ["Nguyễn Đức An", "Lê Văn An", "Nguyễn Văn Bình", "N. V. Bình", "T. V. An", "Nguyễn An Văn Minh"],
)
def test_another_word_makes_another_name(other: str) -> None:
    assert likeness(AN, other) == "unlike"


def test_a_known_family_name_tells_the_order() -> None:
    assert likeness("Trần Văn Minh", "Trần Minh Văn") == "unlike"
    assert likeness("Adam Berg Carl", "Carl Berg Adam") == "equal"


def test_marks_contradict_only_where_both_are_written() -> None:
    assert likeness("Nguyễn Văn Tuấn", "Nguyễn Văn Tuân") == "marks"
    assert likeness("Nguyễn Văn Tuấn", "Nguyen Van Tuan") == "equal"
    assert likeness("Nguyễn Văn Tuấn", "Nguyễn Văn Tuan") == "similar"


def test_where_a_tone_stands_and_y_for_i_do_not_matter() -> None:
    assert likeness("Vũ Thị Thuý Hoà", "Vũ Thị Thúy Hòa") == "equal"
    assert likeness("Lý Mỹ Kỳ", "Lí Mĩ Kì") == "equal"
    assert likeness("Hoàng Quý Đôn", "Hoang Qui Don") == "equal"


def test_letters_in_a_word_without_vowels_are_initials() -> None:
    assert [part.folded for part in parts("TTB Ngọc")] == ["t", "t", "b", "ngoc"]
    assert likeness("Trần Thị Bích Ngọc", "TTB Ngoc") == "similar"


@given(st.lists(st.sampled_from(SYLLABLES), max_size=4), st.lists(st.sampled_from(SYLLABLES), max_size=4))
def test_likeness_is_the_same_in_either_order_and_a_name_is_like_itself(a: list[str], b: list[str]) -> None:
    first, second = " ".join(a), " ".join(b)
    assert likeness(first, second) == likeness(second, first)
    assert likeness(first, first) in ("equal", "similar")
