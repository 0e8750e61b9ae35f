"""Typed supplement requests: only what is asked for is open; rounds, changes, reminders, lapse, the clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications import supplement_queries as rows
from backend.applications.errors import NotAsked, RuleSaysNo, StaleRevision
from backend.applications.opened import MACHINE
from backend.applications.schemas import Application
from backend.applications.supplement_schemas import Judgement, NewItem, Remark, Request
from backend.documents import domain as documents
from backend.kit.clock import Frozen
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.ports.wiring import Ports
from tests.factories.applications import ANSWERS, Cast, a_request, make_cast, make_pdf, make_submitted
from tests.factories.races import race

FRIDAY = date(2026, 12, 4)
LATEST = date(2026, 12, 23)
"""Thirty days after the Monday of the tests."""


async def asked_for(cast: Cast, *keys: str, **answers: Any) -> Application:
    """A case that waits for these fields and documents."""
    case = await make_submitted(cast, **answers)
    return await domain.request_supplement(cast.officer, case.id, a_request(*keys), FRIDAY)


async def mine(cast: Cast, case: Application) -> Application:
    return await domain.get_application(cast.hoa, case.id)


async def the_round(case: Application) -> Request:
    return (await domain.supplements_of(case))[-1]


async def answer(cast: Cast, case: Application, **answers: Any) -> Application:
    """Change these answers and hand everything in again."""
    now = await mine(cast, case)
    if answers:
        now = await domain.save_answers(cast.hoa, case.id, answers, now.revision)
    return await domain.submit_application(cast.hoa, case.id, now.revision)


async def plan_of(cast: Cast, case: Application) -> list[str]:
    return [one.filename for one in await domain.uploads_of(case) if one.slot == "trial_plan"]


def test_every_open_programme_has_the_machine_of_supplements() -> None:
    for programme in domain.open_programmes():
        assert {"answer_request", "accept_answer", "cancel_request", "lapse_request", "send_request"} <= set(
            programme.machines[MACHINE].transitions
        )


async def test_a_round_keeps_what_was_there_and_what_came(cast: Cast, frozen_clock: Frozen) -> None:
    asked = await asked_for(cast)
    first = await the_round(asked)
    assert (first.round, first.state, first.due_on) == (1, "open", FRIDAY)
    assert [(one.target, one.state, one.before, one.after) for one in first.items] == [
        (("document", "trial_plan"), "asked", str(first.files["trial_plan"]), None),
        (("field", "team"), "asked", ANSWERS["team"], None),
    ]
    new = await domain.add_upload(cast.hoa, asked.id, "trial_plan", "moi.pdf", make_pdf("mới"))
    await answer(cast, asked, team="Sáu kỹ sư.")
    closed = await the_round(asked)
    assert closed.state == "answered"
    assert [(one.state, one.after) for one in closed.items] == [
        ("answered", str(new.id)),
        ("answered", "Sáu kỹ sư."),
    ]
    letter = next(one for one in await documents.list_for(asked.id) if one.kind == "supplement_request")
    assert letter.context["items"][1]["vi"] == "Nhóm thực hiện: Chưa rõ."


async def test_what_was_not_asked_for_cannot_be_changed(cast: Cast) -> None:
    asked = await asked_for(cast, "team")
    before = await mine(cast, asked)
    with pytest.raises(NotAsked) as refusal:
        await domain.save_answers(cast.hoa, asked.id, {"team": "A", "plan_goal": "B"}, before.revision)
    assert list(refusal.value.fields) == ["plan_goal"]
    (plan,) = [one for one in await domain.uploads_of(asked) if one.slot == "trial_plan"]
    for attempt in (
        domain.add_upload(cast.hoa, asked.id, "trial_plan", "x.pdf", make_pdf("x")),
        domain.remove_upload(cast.hoa, plan.id),
    ):
        with pytest.raises(NotAsked):
            await attempt
    assert await mine(cast, asked) == before


async def test_answers_sent_along_unchanged_are_no_change(cast: Cast) -> None:
    asked = await asked_for(cast, "team")
    whole = {**ANSWERS, "team": "Sáu kỹ sư."}
    saved = await domain.save_answers(cast.hoa, asked.id, whole, asked.revision)
    assert saved.answers == whole


async def test_what_an_answer_makes_necessary_is_open_too_and_closes_with_it(cast: Cast) -> None:
    asked = await asked_for(cast, "personal_data")
    with pytest.raises(NotAsked):
        await domain.add_upload(cast.hoa, asked.id, "data_protection", "a.pdf", make_pdf("a"))
    saved = await domain.save_answers(cast.hoa, asked.id, {"personal_data": True}, asked.revision)
    assert [one.key for one in await domain.what_is_missing(saved)] == ["data_protection"]
    upload = await domain.add_upload(cast.hoa, asked.id, "data_protection", "a.pdf", make_pdf("a"))
    await domain.add_upload(cast.hoa, asked.id, "data_protection", "b.pdf", make_pdf("b"))
    back = await domain.save_answers(cast.hoa, asked.id, {"personal_data": False}, saved.revision)
    await domain.submit_application(cast.hoa, asked.id, back.revision)
    assert upload.slot not in {one.slot for one in await domain.uploads_of(asked)}


async def test_what_was_added_beside_the_request_is_in_the_round(cast: Cast) -> None:
    asked = await asked_for(cast, "personal_data")
    saved = await domain.save_answers(cast.hoa, asked.id, {"personal_data": True}, asked.revision)
    upload = await domain.add_upload(cast.hoa, asked.id, "data_protection", "a.pdf", make_pdf("a"))
    await domain.submit_application(cast.hoa, asked.id, saved.revision)
    items = (await the_round(asked)).items
    assert [(one.target, one.fault, one.after) for one in items] == [
        (("field", "personal_data"), "Chưa rõ.", True),
        (("document", "data_protection"), "", str(upload.id)),
    ]


async def test_more_time_is_given_within_the_law_and_told(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    asked = await asked_for(cast)
    for due_on, reason, faults in (
        (FRIDAY, "Nghỉ lễ.", ["due_on"]),
        (FRIDAY + timedelta(days=3), " ", ["reason"]),
        (LATEST + timedelta(days=1), "Nghỉ lễ.", ["due_on"]),
    ):
        with pytest.raises(Invalid) as refusal:
            await domain.move_due_date(cast.officer, asked.id, due_on, reason)
        assert list(refusal.value.fields) == faults
    changed = await domain.move_due_date(cast.officer, asked.id, LATEST, "Nghỉ lễ.")
    assert changed.due_on == LATEST
    (work,) = await domain.list_work(cast.hoa)
    assert work.due_on == LATEST
    letters = [one for one in await documents.list_for(asked.id) if one.kind == "supplement_request"]
    assert sorted(one.context["due_on"] for one in letters) == ["2026-12-04", "2026-12-23"]
    await work_until_empty()
    kept: Any = ports.mailer
    told = [one for one in kept.sent if "Yêu cầu bổ sung đã thay đổi" in one.subject]
    assert len(told) == 2
    assert "23/12/2026" in told[0].text


async def test_an_item_is_added_while_the_request_is_open(cast: Cast, frozen_clock: Frozen) -> None:
    asked = await asked_for(cast, "team")
    more = NewItem(kind="field", key="plan_goal", fault="Chưa có chỉ số.")
    await domain.add_item(cast.officer, asked.id, more)
    saved = await domain.save_answers(cast.hoa, asked.id, {"plan_goal": "Đo bằng số sự cố."}, asked.revision)
    assert saved.answers["plan_goal"] == "Đo bằng số sự cố."
    with pytest.raises(Invalid) as refusal:
        await domain.add_item(cast.officer, asked.id, more)
    assert list(refusal.value.fields) == ["items.field.plan_goal"]


async def test_a_cancelled_item_goes_back_to_what_was_handed_in(cast: Cast) -> None:
    asked = await asked_for(cast)
    await domain.save_answers(cast.hoa, asked.id, {"team": "Mới."}, asked.revision)
    await domain.add_upload(cast.hoa, asked.id, "trial_plan", "moi.pdf", make_pdf("mới"))
    plan, team = (await the_round(asked)).items
    with pytest.raises(Invalid):
        await domain.cancel_item(cast.officer, asked.id, plan.id, "")
    await domain.cancel_item(cast.officer, asked.id, plan.id, "Đã rõ.")
    now = await mine(cast, asked)
    assert (now.answers["team"], await plan_of(cast, asked)) == ("Mới.", ["trial_plan.pdf"])
    with pytest.raises(NotFound):
        await domain.cancel_item(cast.officer, asked.id, plan.id, "Lần nữa.")
    with pytest.raises(NotAsked):
        await domain.add_upload(cast.hoa, asked.id, "trial_plan", "x.pdf", make_pdf("x"))
    closed = await domain.cancel_item(cast.officer, asked.id, team.id, "Đã rõ.")
    assert (closed.state, closed.clock_state) == ("submitted", "running")
    assert (await mine(cast, asked)).answers == ANSWERS


async def test_what_was_removed_for_a_cancelled_item_is_there_again(cast: Cast) -> None:
    asked = await asked_for(cast)
    plan, _ = (await the_round(asked)).items
    (handed_in,) = [one for one in await domain.uploads_of(asked) if one.slot == "trial_plan"]
    await domain.remove_upload(cast.hoa, handed_in.id)
    assert await plan_of(cast, asked) == []
    await domain.cancel_item(cast.officer, asked.id, plan.id, "Đã rõ.")
    assert await plan_of(cast, asked) == ["trial_plan.pdf"]


async def test_an_item_that_has_moved_meanwhile_is_not_moved_again(cast: Cast) -> None:
    plan, _ = (await the_round(await asked_for(cast))).items
    await rows.move_item(plan.id, plan.state, "cancelled")
    with pytest.raises(Conflict):
        await rows.move_item(plan.id, plan.state, "accepted")


async def test_a_cancelled_request_gives_the_case_back_as_it_was(cast: Cast, frozen_clock: Frozen) -> None:
    asked = await asked_for(cast)
    saved = await domain.save_answers(cast.hoa, asked.id, {"team": "Mới."}, asked.revision)
    await domain.add_upload(cast.hoa, asked.id, "trial_plan", "moi.pdf", make_pdf("mới"))
    with pytest.raises(Invalid):
        await domain.cancel_supplement(cast.officer, asked.id, " ")
    frozen_clock.advance(timedelta(days=9))
    back = await domain.cancel_supplement(cast.officer, asked.id, "Hỏi nhầm hồ sơ.")
    # three working days to check, none used before Monday's request: they run after Wednesday 2 December
    assert (back.state, back.clock_used, back.due_on) == ("submitted", 0, date(2026, 12, 7))
    assert (back.answers, await plan_of(cast, asked)) == (ANSWERS, ["trial_plan.pdf"])
    assert {one.state for one in (await the_round(asked)).items} == {"cancelled"}
    assert (await domain.notices_of(back))[-1].reasons == "Hỏi nhầm hồ sơ."
    with pytest.raises(RuleSaysNo):
        await domain.move_application(cast.hoa, asked.id, "resubmit", guards={"dossier_complete": True})
    with pytest.raises(Conflict):
        await domain.cancel_supplement(cast.officer, asked.id, "Lần nữa.")
    with pytest.raises(StaleRevision):
        await domain.submit_application(cast.hoa, asked.id, saved.revision)


@pytest.mark.parametrize("who", ["stranger", "hoa", "authority", "auditor", "admin"])
async def test_only_officers_change_a_request(cast: Cast, who: str) -> None:
    asked = await asked_for(cast)
    actor: Actor = getattr(cast, who)
    (item, *_) = (await the_round(asked)).items
    for attempt in (
        domain.move_due_date(actor, asked.id, LATEST, "x"),
        domain.add_item(actor, asked.id, NewItem(kind="field", key="plan_goal", fault="x")),
        domain.cancel_item(actor, asked.id, item.id, "x"),
        domain.cancel_supplement(actor, asked.id, "x"),
        domain.judge_answers(actor, asked.id, {item.id: Judgement(accepted=True)}),
        domain.save_marks(actor, asked.id, {"field:team": Remark(mark="lacking")}, 0),
        domain.intake_of(actor, asked.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_colleague_is_told_who_has_the_case(cast: Cast) -> None:
    asked = await asked_for(cast)
    with pytest.raises(Conflict):
        await domain.move_due_date(cast.colleague, asked.id, LATEST, "x")


async def test_answers_are_accepted_or_marked_to_be_asked_for_again(cast: Cast) -> None:
    asked = await asked_for(cast)
    await answer(cast, asked, team="Sáu kỹ sư.")
    plan, team = (await the_round(asked)).items
    again = Judgement(accepted=False, remark=" Vẫn thiếu người vận hành. ")
    with pytest.raises(Invalid) as refusal:
        await domain.judge_answers(cast.officer, asked.id, {team.id: Judgement(accepted=False)})
    assert list(refusal.value.fields) == [str(team.id)]
    with pytest.raises(NotFound):
        await domain.judge_answers(cast.officer, asked.id, {uuid4(): again})
    await domain.judge_answers(cast.officer, asked.id, {plan.id: Judgement(accepted=True), team.id: again})
    assert [one.state for one in (await the_round(asked)).items] == ["accepted", "answered"]
    intake = await domain.intake_of(cast.officer, asked.id)
    assert {
        one.name: (one.mark, one.remark) for group in intake.groups for one in group.lines if one.mark
    } == {
        "document:trial_plan": ("in_order", ""),
        "field:team": ("lacking", "Vẫn thiếu người vận hành."),
    }
    with pytest.raises(RuleSaysNo):
        await domain.judge_answers(cast.officer, asked.id, {plan.id: Judgement(accepted=True)})


async def test_of_an_answer_and_a_cancellation_at_once_one_is_told(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    asked = await asked_for(cast)
    outcomes = await race(
        "application",
        asked.id,
        domain.submit_application(cast.hoa, asked.id, asked.revision),
        domain.cancel_supplement(cast.officer, asked.id, "Không cần nữa."),
    )
    errors = [one for one in outcomes if isinstance(one, BaseException)]
    assert len(errors) <= 1
    assert (await the_round(asked)).state in {"answered", "cancelled"}
    moves = [one for one in await domain.timeline_of(asked.id) if one.data.get("to") == "submitted"]
    assert len(moves) == 2  # the first submission, and one of the two


# the check list


async def test_marks_are_kept_per_officer_and_never_overwritten_unseen(cast: Cast) -> None:
    case = await make_submitted(cast)
    first = {
        "field:team": Remark(mark="lacking", remark=" Thiếu tên. "),
        "criterion:exit": Remark(mark="in_order"),
    }
    sheet = await domain.save_marks(cast.officer, case.id, first, 0)
    assert (sheet.revision, sheet.marks["field:team"].remark) == (1, "Thiếu tên.")
    for stale in (0, 5):
        with pytest.raises(StaleRevision):
            await domain.save_marks(cast.officer, case.id, {"field:team": None}, stale)
    assert (await domain.save_marks(cast.officer, case.id, {}, 1)) == sheet
    for stale in (0, 5):
        with pytest.raises(StaleRevision):
            await rows.write_sheet(case.id, cast.officer.id, {}, stale)
    cleared = await domain.save_marks(cast.officer, case.id, {"field:team": None}, 1)
    assert set(cleared.marks) == {"criterion:exit"}
    other = await domain.intake_of(cast.colleague, case.id)
    assert (other.sheet.revision, other.sheet.marks) == (0, {})
    with pytest.raises(Invalid) as refusal:
        await domain.save_marks(cast.officer, case.id, {"field:no": Remark(mark="lacking")}, 2)
    assert list(refusal.value.fields) == ["field:no"]


async def test_two_tabs_of_one_officer_do_not_overwrite_each_other(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    case = await make_submitted(cast)
    tabs = [
        domain.save_marks(cast.officer, case.id, {f"field:{key}": Remark(mark="in_order")}, 0)
        for key in ("team", "plan_goal")
    ]
    outcomes = await race("application", case.id, *tabs)
    assert sorted(type(one).__name__ for one in outcomes) == ["Sheet", "StaleRevision"]
