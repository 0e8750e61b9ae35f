"""Assign, declare, score, conclude: who may, when, and what nobody sees too early."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from backend.accounts.queries import insert_membership, set_roles
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.appraisals import domain
from backend.appraisals.errors import (
    AlreadyDeclared,
    AlreadyScored,
    ConflictNotDeclared,
    NotOpenForAppraisal,
)
from backend.appraisals.schemas import Summary
from backend.kit import audit
from backend.kit.errors import Invalid, NotFound
from backend.ports.wiring import Ports
from backend.programmes import domain as programmes
from tests.factories.applications import Cast, a_request, as_of_now, make_cast, make_submitted
from tests.factories.decisions import MARKS, make_accepted, make_council, score
from tests.factories.races import race
from tests.factories.web import make_actor

LATE = date(2099, 1, 1)


async def data_of(case_id: Any, tag: str) -> list[dict[str, Any]]:
    return [entry.data for entry in await audit.entries(case_id) if entry.tag == tag]


# Assign


async def test_assigned_appraisers_stand_in_the_list_and_in_the_chain(
    cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast)
    ids = [one.id for one in council[:2]]
    assigned = await domain.assign_appraisers(cast.officer, case.id, [*ids, ids[0]])
    assert {(one.appraiser_id, one.round, one.conflict) for one in assigned} == {
        (one, 1, None) for one in ids
    }
    assert await data_of(case.id, "appraisal:assigned") == [{"appraisers": [str(one) for one in ids]}]
    more = await domain.assign_appraisers(cast.officer, case.id, [council[2].id])
    assert {one.appraiser_name for one in more} == {one.name for one in council}


@pytest.mark.parametrize("whom", ["nobody", "unknown", "an officer", "asked before", "a member"])
async def test_only_fitting_people_can_be_assigned(cast: Cast, council: list[Actor], whom: str) -> None:
    case = await make_accepted(cast, council[:1])
    member = await make_actor(Role.APPRAISER, organisations=[cast.company.id])
    chosen = {
        "nobody": [],
        "unknown": [council[1].id, uuid4()],
        "an officer": [cast.colleague.id],
        "asked before": [council[0].id],
        "a member": [member.id],
    }[whom]
    with pytest.raises(Invalid) as refused:
        await domain.assign_appraisers(cast.officer, case.id, chosen)
    assert list(refused.value.fields) == ["appraisers"]
    assert len(await data_of(case.id, "appraisal:assigned")) == 1


async def test_only_officers_assign_and_only_during_the_appraisal(cast: Cast, council: list[Actor]) -> None:
    case = await make_submitted(cast)
    with pytest.raises(NotOpenForAppraisal):
        await domain.assign_appraisers(cast.officer, case.id, [council[0].id])
    await applications.accept_application(cast.officer, case.id)
    for other in (cast.hoa, cast.authority, cast.auditor, cast.admin, council[0], cast.stranger):
        with pytest.raises(NotFound):
            await domain.assign_appraisers(other, case.id, [council[0].id])


async def test_candidates_are_those_who_can_still_be_asked_in_the_order_of_the_alphabet(cast: Cast) -> None:
    names = ["Đỗ Văn An", "Dương Thị Bé", "Ân Văn Ba"]
    people = {name: await make_actor(Role.APPRAISER, name=name) for name in names}
    await make_actor(Role.APPRAISER, organisations=[cast.company.id])
    case = await make_accepted(cast)
    listed = [one.actor.name for one in (await domain.council_for(cast.officer, case)).free]
    assert listed == ["Ân Văn Ba", "Dương Thị Bé", "Đỗ Văn An"]
    await domain.assign_appraisers(cast.officer, case.id, [people["Đỗ Văn An"].id])
    assert len((await domain.council_for(cast.officer, case)).free) == 2
    assert (await domain.council_for(cast.authority, case)).candidates == []
    submitted = await make_submitted(cast)
    assert (await domain.council_for(cast.officer, submitted)).candidates == []


# Declare


async def test_a_declaration_is_given_once_and_told_without_its_reason(
    cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    mine = await domain.declare_conflict(council[0], case.id, False)
    assert (mine.conflict, mine.conflict_reason) == ("none", "")
    with pytest.raises(AlreadyDeclared):
        await domain.declare_conflict(council[0], case.id, False)
    theirs = await domain.declare_conflict(council[1], case.id, True, "  Vợ tôi làm ở đó.  ")
    assert (theirs.conflict, theirs.conflict_reason) == ("declared", "Vợ tôi làm ở đó.")
    assert await data_of(case.id, "appraisal:declared") == [{"conflict": False}, {"conflict": True}]


@pytest.mark.parametrize("reason", [" ", "x" * (domain.MAX_TEXT + 1)])
async def test_a_conflict_needs_a_reason_of_sensible_length(
    cast: Cast, council: list[Actor], reason: str
) -> None:
    case = await make_accepted(cast, council)
    with pytest.raises(Invalid) as refused:
        await domain.declare_conflict(council[0], case.id, True, reason)
    assert list(refused.value.fields) == ["reason"]


async def test_a_conflict_noticed_later_can_be_declared_until_the_sheet_is_in(
    cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[0], case.id, False)
    late = await domain.declare_conflict(council[0], case.id, True, "Nay mới biết.")
    assert late.conflict == "declared"
    await score(council[1], case)
    with pytest.raises(AlreadyDeclared):
        await domain.declare_conflict(council[1], case.id, True, "Quá muộn.")


async def test_declaring_is_for_the_assigned_while_the_appraisal_runs(
    cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    for other in (cast.officer, cast.hoa, cast.stranger, await make_actor(Role.APPRAISER)):
        with pytest.raises(NotFound):
            await domain.declare_conflict(other, case.id, False)
    await applications.withdraw_application(cast.hoa, case.id)
    with pytest.raises(NotOpenForAppraisal):
        await domain.declare_conflict(council[0], case.id, False)


# Score


async def test_a_sheet_is_weighted_kept_and_told_without_a_mark(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[0], case.id, False)
    mine = await domain.submit_scores(council[0], case.id, MARKS, " Tốt. ")
    assert (mine.scores, mine.remarks, mine.weighted_score) == (MARKS, "Tốt.", 3.9)
    assert await data_of(case.id, "appraisal:scored") == [{"round": 1}]
    with pytest.raises(AlreadyScored):
        await domain.submit_scores(council[0], case.id, MARKS | {"team": 5}, "")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"team": 0}, "scores.team"),
        ({"team": 6}, "scores.team"),
        ({"team": 3.0}, "scores.team"),
        ({"team": True}, "scores.team"),
        ({"team": None}, "scores.team"),
        ({"charm": 5}, "scores.charm"),
    ],
)
async def test_marks_are_whole_within_the_scale_and_for_the_criteria(
    cast: Cast, council: list[Actor], changed: dict[str, Any], field: str
) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[0], case.id, False)
    with pytest.raises(Invalid) as refused:
        await domain.submit_scores(council[0], case.id, MARKS | changed, "")
    assert list(refused.value.fields) == [field]


async def test_remarks_have_a_length(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[0], case.id, False)
    with pytest.raises(Invalid) as refused:
        await domain.submit_scores(council[0], case.id, MARKS, "x" * (domain.MAX_TEXT + 1))
    assert list(refused.value.fields) == ["remarks"]


async def test_one_scores_after_declaring_and_never_in_conflict(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    with pytest.raises(ConflictNotDeclared):
        await domain.submit_scores(council[0], case.id, MARKS, "")
    await domain.declare_conflict(council[0], case.id, True, "Cổ đông.")
    with pytest.raises(NotFound):
        await domain.submit_scores(council[0], case.id, MARKS, "")


async def test_after_the_conclusion_no_sheet_is_taken(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[2], case.id, False)
    for one in council[:2]:
        await score(one, case)
    await domain.conclude_appraisal(cast.officer, case.id)
    with pytest.raises(NotOpenForAppraisal):
        await domain.submit_scores(council[2], case.id, MARKS, "")


@pytest.mark.parametrize("how", ["joined the applicant", "is no appraiser any more"])
async def test_who_may_no_longer_appraise_can_neither_declare_nor_score_nor_read(
    cast: Cast, council: list[Actor], how: str
) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[0], case.id, False)
    assert await domain.may_read(council[0], case)
    if how == "joined the applicant":
        await insert_membership(council[0].id, cast.company.id, "member")
    else:
        await set_roles(council[0].id, frozenset({Role.EXPERT}))
    changed = await as_of_now(council[0])
    with pytest.raises(NotFound):
        await domain.submit_scores(changed, case.id, MARKS, "")
    assert not await domain.may_read(changed, case)
    assert await domain.summary_of(changed, case) is None
    with pytest.raises(NotFound):
        await domain.get_case(changed, case.id)


async def test_one_sheet_handed_in_twice_at_once_is_taken_once(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    council = await make_council()
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[0], case.id, False)
    sheets = [MARKS | {"team": mark} for mark in (1, 2, 3, 4, 5)]
    verbs = [domain.submit_scores(council[0], case.id, sheet, "") for sheet in sheets]
    answers = await race("application", case.id, *verbs)
    kept = [one for one in answers if not isinstance(one, BaseException)]
    assert [type(one) for one in answers if isinstance(one, BaseException)] == [AlreadyScored] * 4
    mine = await domain.find_part(council[0], case.id)
    assert mine is not None
    assert [mine.scores] == [one.scores for one in kept]
    assert len(await data_of(case.id, "appraisal:scored")) == 1


async def test_two_officers_assigning_the_same_person_at_once_assign_once(
    committed_db: str, ports: Ports
) -> None:
    cast = await make_cast()
    council = await make_council(1)
    case = await make_accepted(cast)
    officers = (cast.officer, cast.colleague)
    verbs = [domain.assign_appraisers(one, case.id, [council[0].id]) for one in officers]
    answers = await race("application", case.id, *verbs)
    assert [type(one) for one in answers if isinstance(one, BaseException)] == [Invalid]
    assert len(await data_of(case.id, "appraisal:assigned")) == 1


async def test_a_sheet_and_the_conclusion_at_once_leave_no_uncounted_sheet(
    committed_db: str, ports: Ports
) -> None:
    cast = await make_cast()
    council = await make_council()
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[2], case.id, False)
    for one in council[:2]:
        await score(one, case)
    late, concluded = await race(
        "application",
        case.id,
        domain.submit_scores(council[2], case.id, MARKS, ""),
        domain.conclude_appraisal(cast.officer, case.id),
    )
    assert not isinstance(concluded, BaseException)
    (line,) = await data_of(case.id, "application:appraisal_concluded")
    assert line["submitted"] == (2 if isinstance(late, NotOpenForAppraisal) else 3)


# Blindness


async def seen(actor: Actor, case_id: Any) -> Summary | None:
    return await domain.summary_of(actor, await applications.found(case_id))


async def test_others_are_seen_only_after_one_s_own_sheet_is_in(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[1], case.id, False)
    await score(council[0], case, "Đáng thử.", team=5)
    blind = await seen(council[1], case.id)
    assert blind is not None
    assert (blind.submitted, blind.mean, blind.spread, blind.by_criterion, blind.passed) == (
        1,
        None,
        None,
        {},
        None,
    )
    assert blind.appraisals == []
    await domain.submit_scores(council[1], case.id, MARKS, "")
    open_now = await seen(council[1], case.id)
    assert open_now is not None
    assert (open_now.mean, open_now.spread) == (pytest.approx(4.05), pytest.approx(0.3))
    assert [one.remarks for one in open_now.appraisals] == ["Đáng thử.", ""]
    assert open_now.by_criterion["team"] == 3.5


async def test_an_appraiser_learns_that_there_is_a_conflict_and_not_whose(
    cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[1], case.id, True, "Bí mật gia đình.")
    await score(council[0], case)
    told = await seen(council[0], case.id)
    assert told is not None
    assert (told.conflicted, [one.appraiser_id for one in told.appraisals]) == (1, [council[0].id])
    officer = await seen(cast.officer, case.id)
    assert officer is not None
    assert "Bí mật gia đình." in {one.conflict_reason for one in officer.appraisals}


async def test_those_who_handle_or_check_see_all_and_others_nothing(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast)
    assert await seen(cast.officer, case.id) is None
    await domain.assign_appraisers(cast.officer, case.id, [one.id for one in council])
    await score(council[0], case)
    for overseer in (cast.officer, cast.authority, cast.auditor):
        summary = await seen(overseer, case.id)
        assert summary is not None
        assert (summary.mean, len(summary.appraisals)) == (3.9, 3)
    for other in (cast.hoa, cast.stranger, cast.admin, await make_actor(Role.APPRAISER)):
        assert await seen(other, case.id) is None


async def test_an_officer_on_the_council_is_blind_like_the_others(cast: Cast, council: list[Actor]) -> None:
    both = await make_actor(Role.OFFICER, Role.APPRAISER)
    case = await make_accepted(cast, [council[0], both])
    await score(council[0], case)
    blind = await seen(both, case.id)
    assert blind is not None
    assert (blind.mean, blind.appraisals) == (None, [])


async def test_history_tells_no_mark_even_after_the_conclusion(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    for one in council[:2]:
        await score(one, case, "Nhận xét riêng")
    await domain.conclude_appraisal(cast.officer, case.id)
    lines = [entry.data for entry in await audit.entries(case.id) if "apprais" in entry.tag]
    (end,) = await data_of(case.id, "application:appraisal_concluded")
    assert set(end) == {"transition", "from", "to", "submitted", "sheets_sha256"}
    assert "3.9" not in str(lines)
    assert "riêng" not in str(lines)


# Conclude


async def test_the_quorum_of_the_rule_file_is_needed_and_named(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    await score(council[0], case)
    with pytest.raises(RuleSaysNo) as refused:
        await domain.conclude_appraisal(cast.officer, case.id)
    programme = applications.rules_of(case)
    assert refused.value.refusal == "needs_quorum_reached"
    assert refused.value.text.vi == programme.guards["quorum_reached"].refusal.vi
    assert refused.value.source == programme.sources["qd_248_body"].title.vi
    await score(council[1], case)
    assert (await domain.conclude_appraisal(cast.officer, case.id)).state == "appraised"


async def test_a_conflicted_member_never_counts_for_the_quorum(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    await score(council[0], case)
    await domain.declare_conflict(council[1], case.id, True, "Góp vốn.")
    with pytest.raises(RuleSaysNo):
        await domain.conclude_appraisal(cast.officer, case.id)


async def test_only_officers_conclude_and_once(cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast, council)
    for one in council[:2]:
        await score(one, case)
    for other in (cast.hoa, cast.authority, council[0], cast.auditor):
        with pytest.raises(NotFound):
            await domain.conclude_appraisal(other, case.id)
    await domain.conclude_appraisal(cast.officer, case.id)
    with pytest.raises(RuleSaysNo) as refused:
        await domain.conclude_appraisal(cast.officer, case.id)
    assert refused.value.refusal == "not_at_this_state"


# Around it


async def test_a_declared_conflict_bars_every_other_role(cast: Cast) -> None:
    both = await make_actor(Role.OFFICER, Role.AUTHORITY, Role.AUDITOR, Role.APPRAISER)
    case = await make_accepted(cast, [both])
    assert await applications.get_application(both, case.id) == case
    assert not await domain.is_barred(both, case.id)
    await domain.declare_conflict(both, case.id, True, "Anh em ruột.")
    assert await domain.is_barred(both, case.id)
    for verb in (
        applications.get_application(both, case.id),
        applications.request_supplement(both, case.id, a_request(), LATE),
        domain.assign_appraisers(both, case.id, [both.id]),
        domain.conclude_appraisal(both, case.id),
        domain.get_case(both, case.id),
    ):
        with pytest.raises(NotFound):
            await verb
    assert await seen(both, case.id) is None
    assert not await domain.may_read(both, case)
    assert not await domain.is_barred(cast.officer, case.id)


async def test_tasks_are_one_s_own_with_the_open_ones_first(cast: Cast, council: list[Actor]) -> None:
    done, todo = await make_accepted(cast, council), await make_accepted(cast, council[:1])
    await score(council[0], done)
    tasks = await domain.list_tasks(council[0])
    assert [(one.application_id, one.submitted_at is None) for one in tasks] == [
        (todo.id, True),
        (done.id, False),
    ]
    assert await domain.list_tasks(cast.officer) == []


async def test_a_programme_without_a_sheet_is_not_appraised(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await make_accepted(cast)
    bare = msgspec.structs.replace(applications.rules_of(case), appraisal=None)
    monkeypatch.setattr(programmes, "pinned", lambda pin: bare)
    with pytest.raises(NotOpenForAppraisal):
        domain.sheet_of(case)


async def test_an_unknown_case_is_not_found(cast: Cast) -> None:
    for verb in (
        domain.get_case(cast.officer, uuid4()),
        domain.conclude_appraisal(cast.officer, uuid4()),
        domain.submit_scores(cast.officer, uuid4(), MARKS, ""),
    ):
        with pytest.raises(NotFound):
            await verb
