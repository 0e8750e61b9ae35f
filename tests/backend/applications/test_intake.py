"""The officer's side: take, accept, ask for a supplement, refuse to receive; who is faster, who is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.applications import domain
from backend.applications.errors import NotEditable, RuleSaysNo
from backend.applications.supplement_schemas import NewItem
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit.clock import Frozen
from backend.kit.db import transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.ports.wiring import Ports
from tests.factories.applications import (
    SLOTS,
    Cast,
    a_request,
    make_cast,
    make_complete_draft,
    make_pdf,
    make_submitted,
)
from tests.factories.races import race

FRIDAY = date(2026, 12, 4)


async def test_the_officer_who_takes_a_case_handles_it(cast: Cast) -> None:
    case = await make_submitted(cast)
    taken = await domain.take_application(cast.officer, case.id)
    assert (taken.handler_id, taken.handler_name) == (cast.officer.id, cast.officer.name)
    assert await domain.take_application(cast.officer, case.id) == taken
    assert [one.tag for one in await domain.timeline_of(case.id)].count("application:taken") == 1


async def test_taking_twice_is_taking_once(cast: Cast) -> None:
    case = await make_submitted(cast)
    taken = await domain.take_application(cast.officer, case.id)
    assert await domain.take_application(cast.officer, case.id) == taken
    tags = [one.tag for one in await domain.timeline_of(case.id)]
    assert tags.count("application:taken") == 1


async def test_a_case_of_a_colleague_is_not_taken(cast: Cast) -> None:
    case = await make_submitted(cast)
    await domain.take_application(cast.officer, case.id)
    for verb in (domain.take_application, domain.accept_application):
        with pytest.raises(Conflict) as refusal:
            await verb(cast.colleague, case.id)
        assert refusal.value.text.en.startswith(f"{cast.officer.name} handles this case.")


async def test_of_two_officers_who_take_at_once_one_is_told(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    case = await make_submitted(cast)
    await _one_wins(cast, case.id, domain.take_application)


async def test_of_two_officers_who_accept_at_once_one_is_told(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    case = await make_submitted(cast)
    await _one_wins(cast, case.id, domain.accept_application)
    assert (await domain.get_application(cast.officer, case.id)).state == "accepted"


async def _one_wins(cast: Cast, case_id: UUID, verb: Any) -> None:
    outcomes = await race("application", case_id, verb(cast.officer, case_id), verb(cast.colleague, case_id))
    (lost,) = [one for one in outcomes if isinstance(one, BaseException)]
    (won,) = [one for one in outcomes if not isinstance(one, BaseException)]
    assert type(lost) is Conflict
    assert won.handler_name in {cast.officer.name, cast.colleague.name}
    assert won.handler_name in lost.text.vi


async def _letter(case_id: UUID) -> IssuedDocument:
    """The only document of the case besides its receipt."""
    (letter,) = [one for one in await documents.list_for(case_id) if one.kind != "receipt"]
    return letter


async def test_accepting_starts_the_appraisal_and_its_clock(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    frozen_clock.advance(timedelta(days=2))
    accepted = await domain.accept_application(cast.officer, case.id)
    assert (accepted.state, accepted.handler_id) == ("accepted", cast.officer.id)
    # fifteen working days after Wednesday 25 November
    assert (accepted.clock_key, accepted.due_on) == ("appraise", date(2026, 12, 16))


async def test_a_case_that_lacks_something_after_all_is_not_accepted(cast: Cast) -> None:
    case = await make_submitted(cast)
    await domain.request_supplement(cast.officer, case.id, a_request(*SLOTS), FRIDAY)
    # nobody can empty a slot of a case in intake; the rules are asked all the same
    (upload, *_) = await domain.uploads_of(case)
    await domain.remove_upload(cast.hoa, upload.id)
    async with transaction():
        await domain.move_application(cast.hoa, case.id, "resubmit", guards={"dossier_complete": True})
    with pytest.raises(RuleSaysNo) as refusal:
        await domain.accept_application(cast.officer, case.id)
    assert refusal.value.refusal == "needs_dossier_complete"
    assert "Nghị định 118/2025" in refusal.value.source


@pytest.mark.parametrize("who", ["stranger", "hoa", "authority", "auditor", "admin"])
async def test_only_officers_do_intake(cast: Cast, who: str) -> None:
    case = await make_submitted(cast)
    actor = getattr(cast, who)
    for attempt in (
        domain.take_application(actor, case.id),
        domain.accept_application(actor, case.id),
        domain.request_supplement(actor, case.id, a_request(), FRIDAY),
        domain.refuse_to_receive(actor, case.id, "Sai nơi nhận."),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_nobody_handles_a_draft(cast: Cast) -> None:
    draft = await make_complete_draft(cast)
    with pytest.raises(NotFound):
        await domain.take_application(cast.officer, draft.id)


async def test_a_supplement_request_stops_the_clock_and_issues_a_letter(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    asked = await domain.request_supplement(cast.officer, case.id, a_request(), FRIDAY, " Bổ sung sơ đồ. ")
    assert (asked.state, asked.clock_state, asked.due_on) == ("supplement_requested", "stopped", None)
    assert [(one.reasons, one.due_on) for one in await domain.notices_of(asked)] == [
        ("Bổ sung sơ đồ.", FRIDAY)
    ]
    letter = await _letter(case.id)
    assert letter.kind == "supplement_request"
    assert (letter.context["reason"], letter.context["due_on"]) == ("Bổ sung sơ đồ.", "2026-12-04")
    assert "tạm dừng, còn 30 ngày làm việc" in letter.context["clock"]["text"]["vi"]
    assert "Bổ sung sơ đồ" not in str(await domain.timeline_of(case.id))
    await work_until_empty()
    kept: Any = ports.mailer
    (told, *_) = [one for one in kept.sent if one.subject == "Hồ sơ HS-2026-00001: Cần bổ sung"]
    assert "Hạn: 04/12/2026" in told.text


async def test_the_answer_to_a_supplement_request_lets_the_clock_run_on(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    frozen_clock.advance(timedelta(days=2))
    asked = await domain.request_supplement(cast.officer, case.id, a_request(), FRIDAY)
    frozen_clock.advance(timedelta(days=5))
    await domain.add_upload(cast.hoa, case.id, "trial_plan", "moi.pdf", make_pdf("mới"))
    edited = await domain.save_answers(cast.binh, case.id, {"team": "Sáu kỹ sư."}, asked.revision)
    answered = await domain.submit_application(cast.hoa, case.id, edited.revision)
    assert (answered.state, answered.number, answered.submitted_on) == (
        "submitted",
        case.number,
        case.submitted_on,
    )
    # one of three working days was used; the rest runs after Monday 30 November
    assert (answered.clock_key, answered.clock_used, answered.due_on) == (
        "check_dossier",
        1,
        date(2026, 12, 2),
    )
    assert sorted(one.kind for one in await documents.list_for(case.id)) == ["receipt", "supplement_request"]
    with pytest.raises(NotEditable):
        await domain.save_answers(cast.hoa, case.id, {"team": "x"}, answered.revision)


@pytest.mark.parametrize(
    ("items", "due_on", "faults"),
    [
        ([], FRIDAY, ["items"]),
        (a_request("team", fault=" "), FRIDAY, ["items.field.team"]),
        (a_request("team", "team"), FRIDAY, ["items.field.team"]),
        (a_request("no_such_field"), FRIDAY, ["items.field.no_such_field"]),
        (a_request(), date(2026, 11, 23), ["due_on"]),
        ([], date(2026, 11, 1), ["items", "due_on"]),
        (a_request(), date(2027, 6, 1), ["due_on"]),
    ],
)
async def test_a_supplement_request_names_what_is_wrong_and_a_lawful_day(
    cast: Cast, frozen_clock: Frozen, items: list[NewItem], due_on: date, faults: list[str]
) -> None:
    case = await make_submitted(cast)
    with pytest.raises(Invalid) as refusal:
        await domain.request_supplement(cast.officer, case.id, items, due_on)
    assert list(refusal.value.fields) == faults
    assert await domain.get_application(cast.officer, case.id) == case
    assert len(await documents.list_for(case.id)) == 1


async def test_a_refusal_to_receive_closes_the_case_with_a_letter(cast: Cast) -> None:
    case = await make_submitted(cast)
    with pytest.raises(Invalid):
        await domain.refuse_to_receive(cast.officer, case.id, "")
    closed = await domain.refuse_to_receive(cast.officer, case.id, "Thuộc thẩm quyền NHNN.")
    assert (closed.state, closed.due_on, closed.clock_state) == ("not_received", None, None)
    letter = await _letter(case.id)
    assert (letter.kind, letter.context["reason"]) == ("refusal_to_receive", "Thuộc thẩm quyền NHNN.")


async def test_an_officer_is_only_the_applicant_on_a_case_of_the_own_company(cast: Cast) -> None:
    case = await make_submitted(cast)
    both = type(cast.officer)(
        id=cast.officer.id,
        name=cast.officer.name,
        email=cast.officer.email,
        roles=cast.officer.roles,
        organisations=frozenset({cast.company.id}),
        lang="vi",
    )
    assert domain.roles_on(both, case) == {"applicant"}
    with pytest.raises(NotFound):
        await domain.accept_application(both, case.id)


async def test_what_the_applicant_is_changing_is_nobody_elses_until_it_is_handed_in(cast: Cast) -> None:
    case = await make_submitted(cast)
    asking = a_request("solution_name", "plan_goal")
    asked = await domain.request_supplement(cast.officer, case.id, asking, FRIDAY)
    changed = {"solution_name": "Tên mới", "plan_goal": "Mục tiêu mới"}
    mine = await domain.save_answers(cast.hoa, case.id, changed, asked.revision)
    theirs = await domain.get_application(cast.officer, case.id)
    assert (mine.answers["plan_goal"], theirs.answers, theirs.title) == (
        "Mục tiêu mới",
        case.answers,
        case.title,
    )
    await domain.submit_application(cast.hoa, case.id, mine.revision)
    theirs = await domain.get_application(cast.officer, case.id)
    assert (theirs.answers, theirs.title) == (mine.answers, "Tên mới")
