"""Answers of a draft: saved, normalised, refused, never overwritten unseen."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from backend.applications import domain
from backend.applications.errors import NotEditable, StaleRevision
from backend.applications.schemas import Answer
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import fold
from backend.ports.wiring import Ports
from tests.factories.applications import ANSWERS, Cast, make_cast, make_draft, make_submitted
from tests.factories.races import race


async def test_answers_are_laid_over_the_stored_ones(cast: Cast) -> None:
    draft = await make_draft(cast, solution_name="Xe tự hành", plan_users=40)
    saved = await domain.save_answers(
        cast.binh, draft.id, {"plan_users": "1.200", "team": None}, draft.revision
    )
    assert saved.answers == {"solution_name": "Xe tự hành", "plan_users": 1200}
    assert saved.revision == draft.revision + 1


async def test_the_name_of_the_solution_is_the_title_and_can_be_searched(cast: Cast) -> None:
    draft = await make_draft(cast, solution_name="Đèn đường thông minh")
    assert draft.title == "Đèn đường thông minh"
    cleared = await domain.save_answers(cast.hoa, draft.id, {"solution_name": " "}, draft.revision)
    assert (cleared.title, cleared.answers) == ("", {})


async def test_saving_nothing_new_leaves_no_trace(cast: Cast) -> None:
    draft = await make_draft(cast, solution_name="Xe tự hành")
    told = await domain.timeline_of(draft.id)
    again = await domain.save_answers(cast.hoa, draft.id, {"solution_name": "Xe tự hành "}, draft.revision)
    assert again == draft
    assert await domain.timeline_of(draft.id) == told


async def test_the_history_names_the_fields_and_not_the_answers(cast: Cast) -> None:
    draft = await make_draft(cast, contact_name="Nguyễn Thị Hoa")
    event = (await domain.timeline_of(draft.id))[-1]
    assert (event.tag, event.data) == ("application:answered", {"fields": ["contact_name"], "revision": 1})


async def test_a_stale_revision_writes_nothing(cast: Cast) -> None:
    draft = await make_draft(cast, solution_name="Bản đầu")
    await domain.save_answers(cast.binh, draft.id, {"solution_name": "Bản của Bình"}, draft.revision)
    with pytest.raises(StaleRevision):
        await domain.save_answers(cast.hoa, draft.id, {"solution_name": "Bản của Hoa"}, draft.revision)
    assert (await domain.get_application(cast.hoa, draft.id)).answers == {"solution_name": "Bản của Bình"}


async def test_of_two_who_save_at_once_one_is_told(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    draft = await make_draft(cast)
    outcomes = await race(
        "application",
        draft.id,
        domain.save_answers(cast.hoa, draft.id, {"team": "Hoa"}, 0),
        domain.save_answers(cast.binh, draft.id, {"team": "Bình"}, 0),
    )
    (lost,) = [one for one in outcomes if isinstance(one, BaseException)]
    (won,) = [one for one in outcomes if not isinstance(one, BaseException)]
    assert type(lost) is StaleRevision
    assert (await domain.get_application(cast.hoa, draft.id)).answers == won.answers


async def test_decomposed_letters_are_composed(cast: Cast) -> None:
    name = "Kiểm định tự động ở Hải Phòng"
    draft = await make_draft(cast, solution_name=unicodedata.normalize("NFD", name))
    assert draft.answers["solution_name"] == name
    assert fold(draft.title) == "kiem dinh tu dong o hai phong"


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("no_such_field", "x", "The form has no such field."),
        ("plan_users", "nhiều", "Enter a whole number, for example 1500."),
        ("plan_users", 10**8, "Enter a number of at most 10,000,000."),
        ("plan_users", -1, "Enter a number of at least 0."),
        ("plan_users", "9" * 5000, "Shorten to 100 characters or fewer."),
        ("plan_users", 1.5, "Enter a whole number, for example 1500."),
        ("plan_from", "31/02/2027", "Enter a real date as day/month/year, for example 15/01/2026."),
        ("solution_field", "space", "Choose one of the given options."),
        ("solution_new", "maybe", "Choose yes or no."),
        ("solution_name", 7, "Enter text."),
        ("solution_name", "x" * 161, "Shorten by 1 characters: at most 160."),
        ("plan_until", "28/02/2027", "Choose a day not before “First day” (01/03/2027)."),
    ],
)
async def test_a_faulty_answer_is_refused_with_the_way_to_mend_it(
    cast: Cast, key: str, answer: Answer, words: str
) -> None:
    draft = await make_draft(cast, plan_from="2027-03-01")
    with pytest.raises(Invalid) as refusal:
        await domain.save_answers(cast.hoa, draft.id, {key: answer, "team": "Đội"}, draft.revision)
    assert {name: text.en for name, text in refusal.value.fields.items()} == {key: words}
    assert (await domain.get_application(cast.hoa, draft.id)) == draft


async def test_what_is_right_is_saved_beside_what_is_wrong(cast: Cast) -> None:
    draft = await make_draft(cast)
    typed: dict[str, Answer] = {"plan_users": "nhiều", "solution_name": "Xe", "plan_from": "1/3/2027"}
    saved, wrong = await domain.save_what_is_right(cast.hoa, draft.id, typed, 0)
    assert saved.answers == {"solution_name": "Xe", "plan_from": "2027-03-01"}
    assert list(wrong) == ["plan_users"]
    with pytest.raises(Invalid) as refusal:
        await domain.save_what_is_right(cast.hoa, draft.id, {"role": "admin", "team": "x"}, saved.revision)
    assert list(refusal.value.fields) == ["role"]


async def test_a_wrong_answer_let_in_by_a_later_one_is_missing(cast: Cast) -> None:
    draft = await make_draft(cast, **ANSWERS)
    moved = await domain.save_answers(cast.hoa, draft.id, {"plan_from": "2028-01-01"}, draft.revision)
    wrong = [one for one in await domain.what_is_missing(moved) if one.kind == "field"]
    assert [(one.key, one.section) for one in wrong] == [("plan_until", "plan")]


async def test_answers_ask_for_more(cast: Cast) -> None:
    draft = await make_draft(cast, **{**ANSWERS, "personal_data": True, "small_enterprise": False})
    asked = [one.key for one in await domain.what_is_missing(draft)]
    assert asked == ["trial_plan", "technical_description", "risk_assessment", "data_protection", "capacity"]


async def test_only_members_answer_and_only_while_it_is_open(cast: Cast) -> None:
    case = await make_submitted(cast)
    for other in (cast.stranger, cast.officer, cast.admin):
        with pytest.raises(NotFound):
            await domain.save_answers(other, case.id, {"team": "x"}, case.revision)
    with pytest.raises(NotEditable):
        await domain.save_answers(cast.hoa, case.id, {"team": "x"}, case.revision)


async def test_an_unknown_application_is_not_found(cast: Cast) -> None:
    unknown: Any = cast.company.id
    with pytest.raises(NotFound):
        await domain.save_answers(cast.hoa, unknown, {}, 0)
