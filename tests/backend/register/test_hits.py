"""Hits of a search in a text: found without marks, shown with them, nothing of the text is markup."""

from __future__ import annotations

import unicodedata

import pytest

from backend.register.hits import excerpt, find_hits, mark_hits


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Cảng Hải Phòng", "hai", "Cảng <mark>Hải</mark> Phòng"),
        ("Đảo Đình Vũ", "DINH dao", "<mark>Đảo</mark> <mark>Đình</mark> Vũ"),
        ("năng lượng", "nang nan", "<mark>năng</mark> lượng"),
        ("bán dẫn bán", "ban", "<mark>bán</mark> dẫn <mark>bán</mark>"),
        ("a < b & c", "b", "a &lt; <mark>b</mark> &amp; c"),
        ("<mark>", "mark", "&lt;<mark>mark</mark>&gt;"),
        ("không có gì", "xyz", "không có gì"),
        ("không có gì", "", "không có gì"),
        ("", "a", ""),
    ],
)
def test_every_hit_is_marked_and_everything_else_is_plain(text: str, query: str, marked: str) -> None:
    assert mark_hits(text, query) == marked


def test_decomposed_text_is_marked_as_composed() -> None:
    assert mark_hits(unicodedata.normalize("NFD", "Hải"), "hai") == "<mark>Hải</mark>"


def test_words_that_overlap_are_one_hit() -> None:
    assert find_hits("abcd", "abc bcd") == [(0, 4)]


def test_a_letter_that_folds_to_two_is_marked_whole() -> None:
    assert mark_hits("Straße", "strasse") == "<mark>Straße</mark>"


def test_an_excerpt_shows_the_words_around_the_first_hit() -> None:
    long = "x " * 100 + "bán dẫn " + "y " * 100
    shown = excerpt(long, "ban")
    assert shown.startswith("… x")
    assert "<mark>bán</mark> dẫn" in shown
    assert shown.endswith("y …")
    assert excerpt("bán dẫn", "ban") == "<mark>bán</mark> dẫn"
    assert excerpt("bán dẫn", "zzz") == ""
