"""Vietnamese typed without marks gets them back; nothing else is touched."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Evidence, Need, SkillGraph, extract
from matching.evaluate_extraction import JudgedSentence, f1, read
from matching.evaluate_languages import NeedInBoth
from matching.evaluate_translations import read_tatoeba
from matching.glossary import Marks
from matching.io import read_rows
from matching.reading import Query, read_evidence, read_need
from matching.skill_graph.extraction import extractor
from matching.text import is_vietnamese, without_marks

DATA = Path(__file__).with_name("data")
MARKS = Marks([("đế", "silic"), ("pha", "lê"), ("phá", "lề"), ("quỳnh",), ("xoài", "tượng")])


@pytest.mark.parametrize(
    ("bare", "marked"),
    [
        ("Can chuyen gia an mon de silic", "Cần chuyên gia ăn mòn đế silic"),
        ("CAN CHUYEN GIA AN MON", "CẦN CHUYÊN GIA ĂN MÒN"),
        ("Xoe lop GaN tren chip, do nham 5 µm", "Xoe lớp GaN trên chip, độ nhám 5 µm"),
        ("Chuyen gia do nham.\nWe can do it; do", "Chuyên gia độ nhám.\nWe can do it; do"),
        ("chuyen gia plasmas", "chuyên gia plasmas"),
        ("", ""),
    ],
)
def test_known_words_get_their_marks_back_in_their_case_and_place(bare: str, marked: str):
    assert MARKS.given_back(bare) == marked


@pytest.mark.parametrize(
    "text",
    [
        "Cần chuyên gia. An mon, do nham, chuyen gia.",
        "Chuyen gia an mon, thầy Tú",
        "We can do it on the pin and the tan man may go on to the song.",
        "de",
    ],
)
def test_a_text_with_any_mark_or_in_english_stays_as_it_is(text: str):
    assert MARKS.given_back(text) == text


def test_of_phrases_alike_the_first_is_taken_and_a_longer_one_before():
    assert MARKS.given_back("chuyen gia pha le") == "chuyên gia pha lê"
    assert MARKS.given_back("chuyen gia de") == "chuyên gia để"
    assert MARKS.given_back("chuyen gia de silic") == "chuyên gia đế silic"
    assert MARKS.given_back("chuyen gia xoai") == "chuyên gia xoài"


def test_of_single_syllables_alike_the_most_frequent_is_taken():
    marks = Marks([("xoài", "tượng"), ("xoãi", "cánh"), ("xoãi", "chân")])
    assert marks.given_back("chuyen gia xoai") == "chuyên gia xoãi"


def test_what_people_say_who_look_for_somebody_is_no_technical_word():
    marks = Marks([("tím", "than"), ("tím", "ngắt"), ("nhớ", "đệm")])
    assert marks.given_back("tim nho chuyen gia") == "tìm nhờ chuyên gia"


@pytest.mark.parametrize(
    ("text", "evident"),
    [
        ("quynh xoai", True),
        ("quynh quynh", False),
        ("quynh xoai or xyz", True),
        ("quynh xoai or not", False),
        ("quynh xoai b c d e", True),
        ("quynh xoai b c d e f", False),
    ],
)
def test_vietnamese_has_two_syllables_more_than_english_words_and_a_third_of_all(text: str, evident: bool):
    assert (MARKS.given_back(text) != text) is evident


@given(st.lists(st.sampled_from(["chuyen gia", "De Silic", "GaN", "the", "pha", "XOAI", ". ", "\n", "5nm"])))
def test_every_sign_keeps_its_place(parts: list[str]):
    text = " ".join(parts)
    found = MARKS.given_back(text)
    assert without_marks(found) == text
    assert MARKS.given_back(found) == found


@pytest.fixture(scope="module")
def needs() -> list[NeedInBoth]:
    return [row for _, row in read_rows(DATA / "needs_vi_en.jsonl", NeedInBoth)]


def test_needs_are_recognised_and_no_english_text_is(needs: list[NeedInBoth], graph: SkillGraph):
    marks = extractor(graph).with_marks
    assert [need.id for need in needs if not is_vietnamese(marks(without_marks(need.vi)))] == []
    names = [text for skill in graph for text in (skill.en, *skill.aliases.en, skill.scope.en)]
    english = [need.en for need in needs] + names
    assert [text for text in english if marks(text) != text] == []


def test_sentences_of_strangers_are_recognised_and_no_english_one_is(data: Path, graph: SkillGraph):
    marks = extractor(graph).with_marks
    vi, en = read_tatoeba(data)
    assert sum(is_vietnamese(marks(without_marks(sentence))) for sentence in vi) >= 0.99 * len(vi)
    assert [sentence for sentence in en if marks(sentence) != sentence] == []


def said(query: Query) -> tuple[object, ...]:
    return query.terms, query.skills, query.declared, query.text, query.repeats


def test_a_need_typed_without_marks_is_read_as_with_them(graph: SkillGraph):
    marked = "Cần chuyên gia ăn mòn rãnh sâu trên đế silic cacbua. Kiểm toán các năng lượng."
    query = read_need(Need(id="n", text=marked), graph)
    assert {skill.key for skill in query.skills} == {
        "deep-reactive-ion-etching",
        "sic-substrates",
        "energy-audit",
    }
    assert said(read_need(Need(id="n", text=without_marks(marked)), graph)) == said(query)


def test_a_part_without_marks_stays_so_in_a_need_that_has_some(graph: SkillGraph):
    text = "Điện gió nổi.\nkiem toan that ky nang luong"
    query = read_need(Need(id="n", text=text), graph)
    assert (query.text, [skill.key for skill in query.skills]) == (text, ["floating-wind"])


def test_skills_are_found_in_the_text_as_it_was_typed(graph: SkillGraph):
    text = "Chao ban. Kiem toan that ky nang luong, de silic cacbua."
    assert [(hit.key, text[hit.start : hit.end], hit.sentence) for hit in extract(text, graph)] == [
        ("energy-audit", "Kiem toan that ky nang luong", text[10:]),
        ("sic-substrates", "de silic cacbua", text[10:]),
    ]


def test_evidence_is_read_as_it_stands(graph: SkillGraph):
    text = "Kiem toan that ky nang luong va de silic cacbua."
    assert read_evidence(Evidence(id="e", text=text), graph).skills == {"sic-substrates": 1}


def test_judged_sentences_without_marks_are_read_as_well_as_with_them(graph: SkillGraph):
    rows = [row for _, row in read_rows(DATA / "extraction_vi.jsonl", JudgedSentence)]
    for part, least in (("mend", 0.94), ("held", 0.82)):
        bare = [JudgedSentence(without_marks(r.sentence), r.skills, r.part) for r in rows if r.part == part]
        assert f1([read(row, graph) for row in bare]) >= least
