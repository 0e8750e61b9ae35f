"""Warnings: at half, at 80 %, a day before, once missed; each once; to those who owe it and may know."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.queries import update_application
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.kit import audit
from backend.kit.clock import Frozen, frozen, now, today
from backend.kit.db import transaction
from backend.kit.errors import Invalid
from backend.kit.outbox import enqueue_recurring, work_until_empty
from backend.notifications.domain import list_news
from backend.ports.wiring import null_ports, using
from backend.watch import domain
from backend.watch.domain import level_of, name_superiors, watch_clocks
from backend.watch.schemas import Level
from sandbox_rules.schema import Unit
from tests.factories.applications import Cast, make_cast, make_submitted
from tests.factories.web import Browser, make_actor, sign_in

FROM = {"from": "2026-11-23T00:00:00+07:00"}


async def warned(actor: Actor) -> list[str]:
    """The warnings in somebody's inbox, the oldest first."""
    news = (await list_news(actor)).items
    return [one.news.headline.en.partition(": ")[2] for one in news if one.kind == "warning"][::-1]


async def lines(case: Application) -> list[tuple[str, str]]:
    entries = await audit.entries(case.id)
    return [(one.tag, one.data["level"]) for one in entries if one.tag.startswith("clock:")]


async def as_a_worker() -> None:
    """A job runs in one transaction."""
    async with transaction():
        await watch_clocks(FROM)


@pytest.mark.parametrize(
    ("used", "limit", "unit", "level"),
    [
        (0, 10, "working_day", None),
        (4, 10, "working_day", None),
        (5, 10, "working_day", "half"),
        (7, 10, "day", "half"),
        (8, 10, "day", "most"),
        (9, 10, "working_day", "last_day"),
        (10, 10, "working_day", "last_day"),
        (11, 10, "working_day", "missed"),
        (0, 1, "working_day", "last_day"),
        (36, 72, "hour", "half"),
        (48, 72, "hour", "last_day"),
        (73, 72, "hour", "missed"),
    ],
)
def test_the_level_follows_the_share_that_is_used(
    used: int, limit: int, unit: Unit, level: Level | None
) -> None:
    assert level_of(used, limit, unit) == level


async def test_each_level_is_told_once_and_written_down(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    await applications.accept_application(cast.officer, case.id)
    seen = []
    for _ in range(30):
        await watch_clocks(FROM)
        await watch_clocks(FROM)
        frozen_clock.advance(timedelta(days=1))
        seen.append(len(await warned(cast.officer)))
    said = ["half of the time is used", "80 % of the time is used", "one day is left", "the day was missed"]
    assert await warned(cast.officer) == said
    assert await lines(case) == [
        ("clock:warned", "half"), ("clock:warned", "most"), ("clock:warned", "last_day"),
        ("clock:missed", "missed"),
    ]  # fmt: skip
    assert await warned(cast.colleague) == await warned(cast.hoa) == []
    assert seen == sorted(seen)


async def test_the_replay_decides_whatever_the_columns_of_the_queue_say(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    case = await applications.accept_application(cast.officer, case.id)
    await update_application(case.id, {"due_on": today()})  # looks as if its last day had come
    await watch_clocks(FROM)
    assert await lines(case) == []
    await update_application(case.id, {"due_on": case.due_on})
    frozen_clock.advance(timedelta(days=14))
    await watch_clocks(FROM)
    assert await lines(case) == [("clock:warned", "half")]
    await update_application(case.id, {"due_on": today()})  # looks like another clock nobody was warned of
    await watch_clocks(FROM)
    assert (await lines(case), len(await warned(cast.officer))) == ([("clock:warned", "half")], 1)


async def test_what_was_passed_at_once_is_told_once_by_the_most_urgent(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    frozen_clock.advance(timedelta(days=30))
    for _ in range(2):
        await watch_clocks(FROM)
    assert await lines(case) == [("clock:missed", "missed")]
    assert await warned(cast.officer) == await warned(cast.colleague) == ["the day was missed"]


async def test_a_clock_that_stands_still_is_left_alone_and_a_new_period_warned_of_anew(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    frozen_clock.advance(timedelta(days=4))
    await watch_clocks(FROM)
    before = await lines(case)
    await applications.withdraw_application(cast.hoa, case.id)
    frozen_clock.advance(timedelta(days=40))
    await watch_clocks(FROM)
    assert await lines(case) == before != []


async def test_the_superior_of_the_role_is_told_of_a_missed_day_alone(
    cast: Cast, frozen_clock: Frozen
) -> None:
    await name_superiors(cast.admin, {Role.OFFICER: cast.authority.id})
    case = await make_submitted(cast)
    await applications.take_application(cast.officer, case.id)
    frozen_clock.advance(timedelta(days=4))
    await watch_clocks(FROM)
    assert (len(await warned(cast.officer)), await warned(cast.authority)) == (1, [])
    frozen_clock.advance(timedelta(days=10))
    await watch_clocks(FROM)
    assert await warned(cast.authority) == ["the day was missed"]
    last = (await audit.entries(case.id))[-1]
    assert (last.tag, last.actor, last.data["superior"]) == ("clock:missed", None, str(cast.authority.id))


async def test_who_has_a_conflict_or_belongs_to_the_applicant_is_not_told(
    cast: Cast, frozen_clock: Frozen
) -> None:
    both = await make_actor(Role.OFFICER, Role.APPRAISER)
    member = await make_actor(Role.OFFICER, organisations=[cast.company.id])
    case = await make_submitted(cast)
    await applications.accept_application(cast.officer, case.id)
    await appraisals.assign_appraisers(cast.officer, case.id, [both.id])
    await appraisals.declare_conflict(both, case.id, True, "Người nhà.")
    await name_superiors(cast.admin, dict.fromkeys(domain.OWNERS, both.id))
    await applications.found(case.id)
    frozen_clock.advance(timedelta(days=60))
    await watch_clocks(FROM)
    assert await warned(cast.officer) == ["the day was missed"]
    assert await warned(both) == await warned(member) == []


async def test_many_cases_are_looked_at_in_batches(
    cast: Cast, frozen_clock: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "BATCH", 2)
    cases = [await make_submitted(cast) for _ in range(5)]
    frozen_clock.advance(timedelta(days=30))
    await enqueue_recurring()
    await work_until_empty()
    assert [await lines(one) for one in cases] == [[("clock:missed", "missed")]] * 5


async def test_several_workers_warn_once(committed_db: str) -> None:
    with using(null_ports()):
        cast = await make_cast()
        case = await make_submitted(cast)
        with frozen(now() + timedelta(days=30)):
            await asyncio.gather(*(as_a_worker() for _ in range(4)))
            await as_a_worker()
            assert await lines(case) == [("clock:missed", "missed")]
            assert await warned(cast.officer) == ["the day was missed"]


async def test_superiors_are_named_by_the_administrator_and_written_down(cast: Cast) -> None:
    assert {one.name for one in await domain.list_superiors()} == {None}
    for _ in range(2):
        await name_superiors(cast.admin, {Role.OFFICER: cast.authority.id, Role.APPRAISER: None})
    named = {one.role: one.name for one in await domain.list_superiors()}
    assert named[Role.OFFICER] == "Vũ Lãnh Đạo"
    with pytest.raises(Invalid):
        await name_superiors(cast.admin, {Role.OFFICER: cast.hoa.id})
    await name_superiors(cast.admin, {Role.OFFICER: None})
    assert {one.name for one in await domain.list_superiors()} == {None}


async def test_the_page_and_json_name_superiors(http: Browser, cast: Cast) -> None:
    token = await sign_in(http, cast.admin)
    form = {"officer": str(cast.authority.id), "appraiser": "", "authority": "x"}
    assert (await http.submit("/admin/superiors", form)).status_code == 303
    text = (await http.get("/admin/superiors")).text
    assert text.count(f'<option value="{cast.authority.id}" selected>Vũ Lãnh Đạo</option>') == 1
    assert 'href="/admin/superiors"' in (await http.get("/admin")).text
    client = http.with_token(token)
    named = (await client.put("/api/v1/superiors", json={"officer": None})).json()
    assert {one["name"] for one in named} == {None}
    wrong = await client.put("/api/v1/superiors", json={"officer": str(UUID(int=1))})
    assert wrong.status_code == 422


async def test_warnings_stand_in_the_history_and_in_the_queue(
    http: Browser, cast: Cast, frozen_clock: Frozen
) -> None:
    await name_superiors(cast.admin, {Role.OFFICER: cast.authority.id})
    case = await make_submitted(cast)
    await applications.take_application(cast.officer, case.id)
    frozen_clock.advance(timedelta(days=3))
    await watch_clocks(FROM)
    await sign_in(http, cast.officer)
    assert "đã nhắc hạn" in (await http.get("/queue")).text
    frozen_clock.advance(timedelta(days=30))
    await watch_clocks(FROM)
    await sign_in(http, cast.officer)
    assert "đã báo quá hạn" in (await http.get("/queue")).text
    assert "đã quá hạn; đã báo cấp trên" in (await http.get(f"/cases/{case.id}")).text
    await sign_in(http, cast.hoa)
    assert "đã báo cấp trên" not in (await http.get(f"/cases/{case.id}")).text
    assert case.due_on == date(2026, 11, 27)
