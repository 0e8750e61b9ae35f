"""Late cases: one apology for each clock the agency missed, by itself, with a day reckoned from the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from backend.applications import domain, lateness
from backend.applications.dossier import rules_of
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit.clock import Frozen
from backend.kit.outbox import work_until_empty
from backend.ports.mailer import KeptMail
from backend.ports.wiring import Ports
from backend.programmes import domain as programmes
from tests.factories.applications import PROGRAMME, Cast, make_submitted

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


async def apologies(case: Any) -> list[IssuedDocument]:
    return [one for one in await documents.list_for(case.id) if one.kind == "apology"]


async def look() -> None:
    """What the daily job does, with the work it leaves."""
    await lateness.find_late({})
    await work_until_empty()


async def test_a_missed_clock_brings_one_apology_with_a_new_day(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    await work_until_empty()
    await look()
    assert await apologies(case) == []
    frozen_clock.move_to(START + timedelta(days=7))
    for _ in range(2):
        await look()
    (apology,) = await apologies(case)
    said = apology.context
    assert (said["step"]["vi"], said["was_due_on"]) == ("Kiểm tra thành phần hồ sơ", "2026-11-27")
    assert said["new_due_on"] == "2027-01-08"  # 3 + 15 + 5 + 5 working days from 30/11/2026
    assert (said["clock_key"], said["round"], said["clock"]["source"]["confirmed"]) == (
        "check_dossier",
        1,
        False,
    )
    assert (apology.is_internal, apology.number) == (False, "01/PXL-SKHCN")
    assert isinstance(ports.mailer, KeptMail)
    told = [one for one in ports.mailer.sent if "xin lỗi" in one.subject]
    assert sorted(one.to for one in told) == sorted({cast.hoa.email, cast.binh.email})
    assert "27/11/2026" in told[0].text


async def test_each_missed_clock_is_answered_for_itself(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    frozen_clock.move_to(START + timedelta(days=7))
    await look()
    frozen_clock.move_to(START + timedelta(days=60))
    await look()
    assert [one.context["clock_key"] for one in await apologies(case)] == ["check_dossier", "decide"]


async def test_what_was_done_meanwhile_needs_no_apology(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    frozen_clock.move_to(START + timedelta(days=7))
    await lateness.find_late({})
    await domain.accept_application(cast.officer, case.id)
    await work_until_empty()
    assert await apologies(case) == []


async def test_a_stopped_clock_and_a_closed_case_are_not_late(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    withdrawn = await make_submitted(cast)
    frozen_clock.move_to(START + timedelta(days=7))
    await domain.withdraw_application(cast.hoa, withdrawn.id)
    await look()
    assert await apologies(withdrawn) == []


@pytest.mark.parametrize(
    ("state", "day"),
    [
        ("submitted", date(2027, 1, 4)),
        ("accepted", date(2026, 12, 29)),
        ("appraised", date(2026, 12, 8)),
        ("proposed", date(2026, 12, 1)),
        ("granted", None),
    ],
)
def test_the_new_day_counts_the_steps_from_here_to_a_decision(
    frozen_clock: Frozen, state: str, day: date | None
) -> None:
    frozen_clock.move_to(START)
    assert lateness.new_day(programmes.in_force(PROGRAMME), state) == day


def test_without_a_limit_on_the_way_the_day_is_to_confirm(frozen_clock: Frozen) -> None:
    programme = programmes.in_force(PROGRAMME)
    deadlines = {key: one for key, one in programme.deadlines.items() if key != "appraise"}
    bare = structs.replace(programme, deadlines=deadlines)
    assert lateness.new_day(bare, "submitted") is None
    assert lateness.new_day(bare, "appraised") is not None


async def test_a_case_without_a_reckoned_day_says_to_confirm(
    cast: Cast, ports: Ports, frozen_clock: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await make_submitted(cast)
    frozen_clock.move_to(START + timedelta(days=7))
    monkeypatch.setattr(lateness, "new_day", lambda *_: None)
    await look()
    (apology,) = await apologies(case)
    assert apology.context["new_due_on"] is None
    assert rules_of(case).issued["apology"].symbol == "PXL"


# Other documents the steps issue


async def test_a_withdrawn_case_gets_a_notice_and_a_withdrawn_draft_none(cast: Cast, ports: Ports) -> None:
    case = await make_submitted(cast)
    draft = await domain.start_application(cast.hoa, cast.company.id, PROGRAMME)
    for one in (case, draft):
        await domain.withdraw_application(cast.hoa, one.id)
    assert [one.kind for one in await documents.list_for(case.id)] == ["receipt", "stop_notice"]
    assert await documents.list_for(draft.id) == []
