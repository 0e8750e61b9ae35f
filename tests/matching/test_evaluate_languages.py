from pathlib import Path

import msgspec

from matching import Matcher, Need, SkillGraph
from matching.evaluate_languages import NeedInBoth, english_offers, evaluate_languages, is_held, shared
from matching.io import read_rows

NEEDS = Path(__file__).parent / "data" / "needs_vi_en.jsonl"
STRANGER = NEEDS.with_name("needs_of_a_stranger.jsonl")


def test_offers_are_english_and_always_the_same(graph: SkillGraph):
    made = english_offers(graph, 40)
    assert made == english_offers(graph, 40)
    assert len({offer.id for offer in made}) == 40
    texts = " ".join(f"{one.title} {one.text}" for offer in made for one in offer.evidence)
    assert not set("ăđơưạếộ") & set(texts)


def test_a_need_that_names_its_skills_finds_the_same_in_both_languages(graph: SkillGraph):
    matcher = Matcher.fit(english_offers(graph, 60), graph)
    need = NeedInBoth("n", "Điện gió ngoài khơi", "Offshore wind")
    assert shared(matcher, need) >= 0.8
    best = matcher.match(Need(id="n", text=need.vi), 10)
    assert [match.offer for match in best] != []


def test_the_needs_of_ours_are_26_and_their_overlap_is_measured():
    assert len({row.id for _, row in read_rows(NEEDS, NeedInBoth)}) == 26
    whole, mend, held, bare = evaluate_languages(NEEDS)
    assert [(figure.name, figure.published) for figure in (whole, mend, held, bare)] == [
        ("same ten in vi and en", "26 needs of ours, 200 English offers"),
        ("same ten, mend", "12 needs of ours, 200 English offers"),
        ("same ten, held", "14 needs of ours, 200 English offers"),
        ("same ten, no marks", "26 needs of ours, 200 English offers"),
    ]
    assert whole.estimate.value >= 0.8
    assert held.estimate.value >= 0.75
    assert bare.estimate.value >= 0.8


def test_the_needs_of_a_stranger_are_60_and_measured_too():
    """Written by somebody who knew neither glossary nor skill graph: nothing is mended by them."""
    whole, *_ = evaluate_languages(STRANGER)
    assert whole.published == "60 needs of ours, 200 English offers"
    assert whole.estimate.value >= 0.6


def test_a_half_without_needs_is_left_out(tmp_path: Path):
    held = next(row for _, row in read_rows(NEEDS, NeedInBoth) if is_held(row.id))
    (tmp_path / "one.jsonl").write_bytes(msgspec.json.encode(held))
    assert [figure.name for figure in evaluate_languages(tmp_path / "one.jsonl")] == [
        "same ten in vi and en",
        "same ten, held",
        "same ten, no marks",
    ]
