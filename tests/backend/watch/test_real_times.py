"""How long it really takes: agency days and applicant days apart, from decided cases, never of few."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.accounts.schemas import Role
from backend.decisions import domain as decisions
from backend.kit.clock import Frozen
from backend.kit.db import engine
from backend.kit.outbox import work_until_empty
from backend.programmes.domain import in_force
from backend.programmes.times import times_of
from backend.watch import times
from backend.watch.tables import CaseSpan
from backend.watch.times import count_times, spans_of
from tests.factories.applications import Cast
from tests.factories.decisions import make_proposed
from tests.factories.web import Browser, make_actor, sign_in

PROGRAMME = "vn-hp-248"
START = datetime(2026, 11, 2, 2, tzinfo=UTC)
FROM = {"from": "2026-11-23T00:00:00+07:00"}


def moves(*steps: tuple[int, str, str]) -> list[tuple[datetime, dict[str, Any]]]:
    return [(START + timedelta(days=day), {"transition": step, "to": to}) for day, step, to in steps]


def test_each_stretch_belongs_to_whoever_holds_the_case() -> None:
    found = spans_of(
        moves(
            (0, "submit", "submitted"),
            (2, "request_supplement", "supplement_requested"),
            (9, "resubmit", "submitted"),
            (10, "accept", "accepted"),
            (20, "conclude_appraisal", "appraised"),
            (22, "propose", "proposed"),
            (23, "grant", "granted"),
        ),
        in_force(PROGRAMME),
    )
    assert found == {
        "whole": (16.0, 7.0),
        "intake": (3.0, 0.0),
        "supplement": (0.0, 7.0),
        "appraisal": (10.0, 0.0),
        "decision": (3.0, 0.0),
    }


def test_what_comes_after_the_first_decision_is_not_counted() -> None:
    steps = moves((0, "submit", "submitted"), (4, "refuse", "refused"), (90, "submit", "submitted"))
    assert spans_of(steps, in_force(PROGRAMME))["whole"] == (4.0, 0.0)
    assert spans_of([], in_force(PROGRAMME)) == {"whole": (0.0, 0.0)}


async def test_decided_cases_are_counted_once_and_shown_from_five_on(
    cast: Cast, frozen_clock: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times, "BATCH", 50)
    case, _ = await make_proposed(cast)
    frozen_clock.advance(timedelta(days=6))
    await decisions.sign_decision(cast.authority, case.id)
    for _ in range(2):
        await count_times(FROM)
    assert await times_of(PROGRAMME) == []
    (whole,) = await CaseSpan.select(CaseSpan.agency_days).where(CaseSpan.part == "whole")
    assert whole["agency_days"] == pytest.approx(6.0, abs=0.01)


async def four_more(cast: Cast) -> None:
    """The spans of one decided case, and four others that took 1 to 4 days more."""
    case, _ = await make_proposed(cast)
    await decisions.sign_decision(cast.authority, case.id)
    await count_times(FROM)
    await engine().run_ddl("alter table case_span drop constraint case_span_application_part_key")
    await engine().run_ddl(
        "insert into case_span select gen_random_uuid(), application, programme_key, part, agency_days + n,"
        " applicant_days from case_span, generate_series(1, 4) n where part = 'whole'"
    )
    await count_times(FROM)


async def test_the_middle_and_nine_of_ten_are_told_on_the_pages_and_as_json(
    http: Browser, cast: Cast, frozen_clock: Frozen
) -> None:
    await four_more(cast)
    (line,) = await times_of()
    assert (line.part, line.cases, line.agency_median, line.agency_p90) == ("whole", 5, 2.0, 3.6)
    stranger = http.as_stranger()
    page = (await stranger.get(f"/programmes/{PROGRAMME}")).text
    assert 'id="times"' in page
    assert '<td class="app-table__num">3,6</td>' in page
    told = (await stranger.get(f"/api/v1/programmes/{PROGRAMME}/times")).json()
    assert [(one["part"], one["cases"], one["agency_p90"]) for one in told] == [("whole", 5, 3.6)]
    await sign_in(http, await make_actor(Role.AUDITOR))
    assert "3,6" in (await http.get("/insight/times")).text
    assert 'href="/insight/times"' in (await http.get("/queue")).text


async def test_a_programme_without_decided_cases_has_no_times(http: Browser, cast: Cast) -> None:
    await count_times(FROM)
    assert 'id="times"' not in (await http.as_stranger().get(f"/programmes/{PROGRAMME}")).text
    await sign_in(http, cast.officer)
    assert "Chưa có chương trình nào có đủ 5 hồ sơ" in (await http.get("/insight/times")).text


async def test_many_cases_are_counted_in_batches(
    cast: Cast, frozen_clock: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times, "BATCH", 1)
    for _ in range(2):
        case, _ = await make_proposed(cast)
        await decisions.sign_decision(cast.authority, case.id)
    await count_times(FROM)
    await work_until_empty()
    assert await CaseSpan.count().where(CaseSpan.part == "whole") == 2
