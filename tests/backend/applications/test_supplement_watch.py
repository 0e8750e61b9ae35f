"""Reminders and lapse of supplement requests, and the clock over any number of rounds."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from backend.applications import domain
from backend.applications.supplement_watch import LAPSE, WATCH
from backend.kit.clock import Frozen, today
from backend.kit.outbox import enqueue, work_until_empty
from backend.ports.wiring import Ports
from backend.programmes import domain as programmes
from sandbox_rules import calendar_of
from tests.backend.applications.test_supplements import FRIDAY, answer, asked_for, mine, the_round
from tests.factories.applications import ANSWERS, Cast, a_request, make_submitted


async def watch() -> None:
    """What the worker does once a day, and everything that comes of it."""
    await enqueue(WATCH, {})
    await work_until_empty()


async def test_reminders_are_sent_seven_three_and_one_day_before_each_once(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    await asked_for(cast)  # eleven days before
    kept: Any = ports.mailer
    told: list[int] = []
    for _ in range(11):
        frozen_clock.advance(timedelta(days=1))
        before = len(kept.sent)
        await watch()
        await watch()
        sent = [one for one in kept.sent[before:] if "Yêu cầu bổ sung: " in one.subject]
        if sent:
            told.append((FRIDAY - today()).days)
            assert sorted(one.to for one in sent) == sorted([cast.hoa.email, cast.binh.email])
    assert told == [7, 3, 1]


async def test_a_short_request_is_not_followed_by_a_reminder_of_seven_days(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    await domain.request_supplement(cast.officer, case.id, a_request(), today() + timedelta(days=5))
    await watch()
    kept: Any = ports.mailer
    assert [one for one in kept.sent if "Yêu cầu bổ sung: " in one.subject] == []


async def test_a_case_that_was_withdrawn_is_asked_for_nothing_and_reminded_of_nothing(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    asked = await asked_for(cast)
    await domain.withdraw_application(cast.hoa, asked.id, "Đổi kế hoạch.")
    over = await the_round(asked)
    assert (over.state, {one.state for one in over.items}) == ("cancelled", {"lapsed"})
    kept: Any = ports.mailer
    for _ in range(12):
        frozen_clock.advance(timedelta(days=1))
        await watch()
    assert [one for one in kept.sent if "Yêu cầu bổ sung: " in one.subject] == []


async def test_an_unanswered_request_lapses_on_the_day_after(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    asked = await asked_for(cast)
    await domain.save_answers(cast.hoa, asked.id, {"team": "Dở dang."}, asked.revision)
    frozen_clock.advance(timedelta(days=11))
    await watch()
    assert (await the_round(asked)).state == "open"
    frozen_clock.advance(timedelta(days=1))
    await watch()
    lapsed = await domain.get_application(cast.officer, asked.id)
    assert (lapsed.state, lapsed.clock_state, (await the_round(asked)).state) == (
        "submitted",
        "running",
        "lapsed",
    )
    assert {one.state for one in (await the_round(asked)).items} == {"lapsed"}
    assert (await mine(cast, asked)).answers == ANSWERS
    (event,) = [
        one for one in await domain.timeline_of(asked.id) if one.tag == "application:supplement_lapsed"
    ]
    assert (event.actor_id, event.data["to"]) == (None, "submitted")
    kept: Any = ports.mailer
    assert {one.to for one in kept.sent if "hết hạn" in one.subject.lower()} == {
        cast.hoa.email,
        cast.binh.email,
        cast.officer.email,
    }
    before = len(kept.sent)
    await watch()
    assert len(kept.sent) == before


async def test_a_lapse_that_comes_too_late_does_nothing(cast: Cast, frozen_clock: Frozen) -> None:
    asked = await asked_for(cast)
    first = await the_round(asked)
    await answer(cast, asked)
    frozen_clock.advance(timedelta(days=20))
    job = {"application": asked.id, "request": first.id, "due_on": FRIDAY}
    await enqueue(LAPSE, job)
    await work_until_empty()
    assert (await domain.found(asked.id)).state == "submitted"
    assert (await the_round(asked)).state == "answered"


@pytest.mark.parametrize("seed", range(8))
async def test_any_number_of_rounds_uses_only_the_days_with_the_agency(
    cast: Cast, frozen_clock: Frozen, seed: int
) -> None:
    random = Random(seed)
    case = await make_submitted(cast)
    calendar = calendar_of(programmes.pinned(case.pin).calendar)
    used, since = 0, today()
    for _ in range(random.randint(1, 5)):
        frozen_clock.advance(timedelta(days=random.randint(0, 4)))
        used += calendar.working_days_between(since, today())
        await domain.request_supplement(
            cast.officer, case.id, a_request("team"), today() + timedelta(days=random.randint(1, 30))
        )
        frozen_clock.advance(timedelta(days=random.randint(0, 20)))
        due_on = (await the_round(case)).due_on
        if today() > due_on:
            await watch()
        elif random.random() < 0.3:
            await domain.cancel_supplement(cast.officer, case.id, "Không cần nữa.")
        else:
            await answer(cast, case, team=f"Nhóm {random.random()}")
        since = today()
    frozen_clock.advance(timedelta(days=3))
    used += calendar.working_days_between(since, today())
    (clock,) = [one for one in await domain.clocks_of(await domain.found(case.id)) if one.key == "decide"]
    assert (clock.used, clock.state) == (used, "running")
    rounds = await domain.supplements_of(case)
    assert [one.round for one in rounds] == list(range(1, len(rounds) + 1))
    assert "open" not in {one.state for one in rounds}
