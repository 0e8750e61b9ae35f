"""The skill graph: searched without marks, read out of texts with its sentence, named by hand."""

from __future__ import annotations

import pytest

from backend.kit.errors import Invalid, NotFound
from backend.matchmaking import skills
from backend.matchmaking.forms import added_skills, need_rows, profile_rows
from backend.matchmaking.schemas import NeededSkill, OfferedSkill
from backend.matchmaking.skills import key_of, label_of, read_skills, search_skills


@pytest.mark.parametrize("words", ["ăn mòn plasma", "AN MON PLASMA", "plasma etching", "mon an plasma"])
def test_a_skill_is_found_with_or_without_marks_in_both_languages(words: str) -> None:
    assert search_skills(words)[0].key == "plasma-etching"


def test_names_that_begin_with_the_words_come_first_and_loose_phrases_find_the_nearest() -> None:
    found = [skill.key for skill in search_skills("plasma")]
    assert set(found) >= {"plasma-etching", "plasma-processing"}
    assert search_skills("plasma etchings of wafers")[0].key == "plasma-etching"
    assert (search_skills("  "), search_skills("zzzzzz")) == ([], [])


def test_an_unknown_skill_is_not_there_and_names_itself() -> None:
    assert skills.get_skill("plasma-etching").en == "Plasma etching"
    with pytest.raises(NotFound):
        skills.get_skill("no-such-skill")
    assert label_of("no-such-skill").vi == "no-such-skill"


def test_skills_are_read_once_each_with_the_sentence_around_them() -> None:
    text = "Chúng tôi có phòng sạch. Cần ăn mòn plasma sâu. Ăn mòn plasma là khâu khó."
    found = next(one for one in read_skills(text) if one.key == "plasma-etching")
    assert (found.before, found.words, found.after) == ("Cần ", "ăn mòn plasma", " sâu.")
    assert len({one.key for one in read_skills(text)}) == len(read_skills(text))


def test_a_repeated_sentence_is_the_one_of_the_first_mention() -> None:
    text = "Biogas. Biogas."
    (found,) = read_skills(text)
    assert (found.before, found.words, found.after) == ("", "Biogas", ".")


def test_names_are_known_in_both_languages_with_and_without_marks() -> None:
    for name in ("Ăn mòn plasma", "an mon plasma", "Plasma etching", "RIE"):
        assert key_of(name) == "plasma-etching"
    assert key_of("không có gì") is None


def test_skills_added_by_name_are_keys_and_unknown_names_say_what_is_near() -> None:
    assert added_skills("Ăn mòn plasma, biogas;\nRIE") == ["plasma-etching", "biogas", "plasma-etching"]
    assert added_skills(" biogas ") == ["biogas"]
    with pytest.raises(Invalid) as near:
        added_skills("biogas, plasma etcher machine")
    assert "Plasma etching" in near.value.fields["more"].en
    with pytest.raises(Invalid) as nothing:
        added_skills("zzzzzz")
    assert "Describe it" in nothing.value.fields["more"].en


def test_rows_are_first_what_is_chosen_then_what_was_read() -> None:
    found = read_skills("Cần ăn mòn plasma và biogas.")
    rows = need_rows(found, [NeededSkill(key="biogas", weight=3, required=False)], ticked=True)
    assert [(row.key, row.chosen, row.weight, row.required) for row in rows] == [
        ("biogas", True, 3, False),
        ("plasma-etching", True, 2, True),
    ]
    own = profile_rows(found, [OfferedSkill(key="hvdc", level=5)])
    assert [(row.key, row.chosen, row.level, row.found is None) for row in own] == [
        ("hvdc", True, 5, True),
        ("plasma-etching", False, 3, False),
        ("biogas", False, 3, False),
    ]


def test_the_fields_of_the_graph_hold_all_its_skills() -> None:
    branches = skills.branches()
    assert sum(branch.size for branch in branches) == len(skills.graph())
    assert [branch.size for branch in branches] == sorted((b.size for b in branches), reverse=True)


def test_a_picture_holds_at_most_forty_neighbours_and_links_to_their_pages() -> None:
    widest = max(skills.graph().keys, key=lambda key: len(skills.graph().neighbours(key)))
    picture = skills.picture_of(widest, "vi")
    assert 0 < picture.count("<a href=") <= 40
    assert (picture.count('role="group"'), picture.count('role="img"')) == (1, 0)
    neighbours = skills.neighbours_of(widest, "vi")
    assert sum(map(len, neighbours.values())) == len(skills.graph().neighbours(widest))
    assert "" not in neighbours
