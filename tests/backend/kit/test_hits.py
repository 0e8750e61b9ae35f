"""Hits of a search: marked in the text as it is written, found as it is folded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.hits import LENGTH, Piece, marked, pattern_of, snippet, words_of
from backend.kit.text import fold, nfc


def shown(pieces: list[Piece]) -> str:
    return "".join(f"[{one.text}]" if one.hit else one.text for one in pieces)


@pytest.mark.parametrize(
    ("text", "q", "said"),
    [
        ("Điện gió ngoài khơi", "DIEN khoi", "[Điện] gió ngoài [khơi]"),
        ("Điện gió", "ngoai", "Điện gió"),
        ("cảng cảng", "cang", "[cảng] [cảng]"),
        ("bán dẫn", "andan an", "bán dẫn"),
        ("An toàn", "an", "[An] toàn"),
        ("toàn", "an", "toàn"),
        ("Straße", "strasse", "[Straße]"),
        ("xe tự hành", "tu hanh hanh", "xe [tự] [hành]"),
        ("container", "contain tainer", "[container]"),
        ("", "x", ""),
        ("a_b 5%", "a_b 5%", "[a_b] [5%]"),
    ],
)
def test_hits_are_marked_in_the_text_as_written(text: str, q: str, said: str) -> None:
    assert shown(marked(text, words_of(q))) == said


def test_words_are_folded_and_each_stands_once() -> None:
    assert words_of("  Điện  gió ĐIỆN ") == ["dien", "gio"]


def test_patterns_take_wildcards_at_face_value_and_short_words_at_a_beginning() -> None:
    assert [pattern_of(one) for one in ("cang", "ai", "5%", "a_bc", "\\x")] == [
        "%cang%", "% ai%", "% 5\\%%", "%a\\_bc%", "% \\\\x%",
    ]  # fmt: skip


def test_a_snippet_is_a_line_around_the_first_hit() -> None:
    text = "Mở đầu dài. " * 20 + "Ở đây có cảm biến đo rung. " + "Kết thúc dài. " * 20
    said = snippet(text, ["cam", "bien"])
    assert shown(said[1:-1]).count("[cảm] [biến]") == 1
    assert (said[0], said[-1]) == (Piece("… ", False), Piece(" …", False))
    assert len("".join(one.text for one in said)) <= LENGTH + 4
    assert snippet(text, ["drone"]) == []
    assert shown(snippet("ngắn\n  gọn", ["gon"])) == "ngắn [gọn]"


def test_a_hit_longer_than_a_snippet_is_shown_whole() -> None:
    assert shown(snippet("x" * 300 + " y", ["x" * 300])) == f"[{'x' * 300}] …"


@given(st.text(max_size=60), st.text(min_size=1, max_size=4))
def test_nothing_of_a_text_is_lost_and_what_is_marked_is_what_was_sought(text: str, q: str) -> None:
    pieces = marked(text, words_of(q))
    assert "".join(one.text for one in pieces) == nfc(text)
    for word in words_of(q):
        assert all(one.text for one in pieces if one.hit), word
    found = [fold(one.text) for one in pieces if one.hit]
    assert all(any(word in one or one in word for word in words_of(q)) for one in found)
