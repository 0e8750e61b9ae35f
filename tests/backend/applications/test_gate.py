"""The one gate, as the features above use it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import structs

from backend.accounts.domain import deactivate_account
from backend.accounts.schemas import Actor
from backend.applications import domain, gate, letters
from backend.applications.errors import RuleSaysNo
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.errors import NotFound
from backend.kit.outbox import work_until_empty
from backend.ports.wiring import Ports
from tests.factories.applications import Cast, make_submitted

SIGNED = {"decision_has_kind": True, "different_person": True, "countersigned": True}


async def test_a_case_walks_to_its_decision_through_the_gate_alone(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    await domain.accept_application(cast.officer, case.id)
    frozen_clock.advance(timedelta(days=7))
    appraised = await domain.move_application(
        cast.officer, case.id, "conclude_appraisal", guards={"quorum_reached": True}
    )
    assert (appraised.state, appraised.clock_key, appraised.decided_on) == (
        "appraised",
        "draft_decision",
        None,
    )
    await domain.move_application(cast.officer, case.id, "propose", guards=SIGNED, data={"decision": "x"})
    granted = await domain.move_application(cast.authority, case.id, "grant", guards=SIGNED)
    assert (granted.state, granted.decided_on) == ("granted", date(2026, 11, 30))
    assert (granted.clock_key, granted.clock_limit, granted.clock_used) == (None, None, None)
    # the decision itself is issued by the feature that knows what was decided
    assert [one.kind for one in await documents.list_for(case.id)] == ["receipt", "control_slip"]
    moves = [one.tag for one in await domain.timeline_of(case.id) if "transition" in one.data]
    assert moves == [
        "application:submitted", "application:accepted", "application:appraisal_concluded",
        "application:decision_proposed", "application:granted",
    ]  # fmt: skip
    assert await audit.verify(case.id) is None


@pytest.mark.parametrize(
    ("guards", "refusal"),
    [({}, "unknown_quorum_reached"), ({"quorum_reached": False}, "needs_quorum_reached")],
)
async def test_a_guard_that_nobody_vouches_for_refuses(
    cast: Cast, guards: dict[str, bool], refusal: str
) -> None:
    case = await make_submitted(cast)
    accepted = await domain.accept_application(cast.officer, case.id)
    with pytest.raises(RuleSaysNo) as said:
        await domain.move_application(cast.officer, case.id, "conclude_appraisal", guards=guards)
    assert said.value.refusal == refusal
    assert await domain.get_application(cast.officer, case.id) == accepted


async def test_the_wrong_role_an_unknown_step_and_an_unknown_case_are_not_found(cast: Cast) -> None:
    case = await make_submitted(cast)
    for actor, case_id, step in (
        (cast.hoa, case.id, "refuse_to_receive"),
        (cast.authority, case.id, "refuse_to_receive"),
        (cast.officer, case.id, "no_such_step"),
        (cast.officer, uuid4(), "accept"),
        (None, case.id, "withdraw"),
    ):
        with pytest.raises(NotFound):
            await domain.move_application(actor, case_id, step)


async def test_whoever_is_barred_from_a_case_does_not_find_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await make_submitted(cast)
    monkeypatch.setattr(gate, "_bars", [])

    @domain.bar
    async def has_a_conflict(actor: Actor, application_id: UUID) -> bool:
        return (actor.id, application_id) == (cast.officer.id, case.id)

    with pytest.raises(NotFound):
        await domain.accept_application(cast.officer, case.id)
    assert (await domain.accept_application(cast.colleague, case.id)).state == "accepted"


async def test_the_system_may_act_in_a_role_it_is_given(cast: Cast) -> None:
    case = await make_submitted(cast)
    gone = await domain.move_application(None, case.id, "withdraw", roles=frozenset({"applicant"}))
    assert gone.state == "withdrawn"
    assert (await domain.timeline_of(case.id))[-1].actor_name is None


async def test_a_member_whose_account_was_closed_gets_no_mail(cast: Cast, ports: Ports) -> None:
    await make_submitted(cast)
    await deactivate_account(cast.admin, cast.binh.id)
    await work_until_empty()
    kept: Any = ports.mailer
    assert [mail.to for mail in kept.sent] == [cast.hoa.email]


async def test_without_a_time_limit_a_receipt_promises_no_day(cast: Cast) -> None:
    case = await make_submitted(cast)
    told = await letters.particulars("receipt", case, [])
    assert (told["due_on"], told["clock"], told["applicant"]) == (None, None, cast.company.name)


async def test_a_clock_of_calendar_days_counts_weekends(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    days = structs.replace(
        case, clock_key="supplement", clock_limit=30, clock_used=0, due_on=date(2026, 12, 23)
    )
    frozen_clock.advance(timedelta(days=10))
    clock = domain.standing_of(days).clock
    assert clock is not None
    assert (clock.unit, clock.used, clock.left) == ("day", 10, 20)
