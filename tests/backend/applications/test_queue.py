"""The queue in statutory order, and the columns it is ordered by: always what a replay says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.schemas import Role
from backend.applications import domain, queue_queries
from backend.applications.gate import clock_columns
from backend.applications.schemas import Application, QueueFilters
from backend.appraisals import domain as appraisals
from backend.kit import db as kit_db
from backend.kit.clock import Frozen, frozen, today
from backend.kit.db import engine
from backend.kit.errors import BenThuError, NotFound
from tests.factories.applications import Cast, a_request, make_submitted
from tests.factories.web import make_actor

EVERYTHING = QueueFilters()


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that reaches the database inside of the block."""
    seen: list[str] = []
    fetch = kit_db.Transaction.fetch

    async def watched(self: Any, query: str, arguments: Any = ()) -> Any:
        seen.append(query)
        return await fetch(self, query, arguments)

    with monkeypatch.context() as patch:
        patch.setattr(kit_db.Transaction, "fetch", watched)
        yield seen


async def numbers(cast: Cast, **filters: Any) -> list[str]:
    page = await domain.list_queue(cast.officer, QueueFilters(**filters))
    return [row.number for row in page.items]


async def test_running_clocks_come_first_by_their_day_then_stopped_then_none(
    cast: Cast, frozen_clock: Frozen
) -> None:
    first = await make_submitted(cast)
    stopped = await make_submitted(cast)
    frozen_clock.advance(timedelta(days=2))
    later = await make_submitted(cast)
    accepted = await make_submitted(cast)
    withdrawn = await make_submitted(cast)
    await domain.request_supplement(cast.officer, stopped.id, a_request(), date(2026, 12, 4))
    await domain.accept_application(cast.officer, accepted.id)
    await domain.withdraw_application(cast.hoa, withdrawn.id)
    in_order = [one.number for one in (first, later, accepted, stopped)]
    assert await numbers(cast) == in_order
    closed = await numbers(cast, states=frozenset({"withdrawn", "submitted"}))
    assert closed == [first.number, later.number, withdrawn.number]


async def test_drafts_are_nobodys_business(cast: Cast) -> None:
    await domain.start_application(cast.hoa, cast.company.id, "vn-hp-248")
    assert await numbers(cast) == []


async def test_the_queue_is_narrowed_to_mine_or_nobodys(cast: Cast) -> None:
    mine, free = await make_submitted(cast), await make_submitted(cast)
    await domain.take_application(cast.officer, mine.id)
    assert await numbers(cast, handler="mine") == [mine.number]
    assert await numbers(cast, handler="nobody") == [free.number]
    assert sorted(await numbers(cast)) == sorted([str(mine.number), str(free.number)])


@pytest.mark.parametrize(
    ("q", "is_found"),
    [
        ("xe TU HANH", True),
        ("tự hành xe", True),
        ("cang so hai phong", True),
        ("hs-2026-00001", True),
        ("lach huyen 2026", True),
        ("may bay", False),
        ("", True),
        ("%", False),
        ("_", False),
        ("\\", False),
    ],
)
async def test_search_reads_number_title_and_organisation_without_marks(
    cast: Cast, frozen_clock: Frozen, q: str, is_found: bool
) -> None:
    case = await make_submitted(cast)
    assert await numbers(cast, q=q) == ([case.number] if is_found else [])


async def test_an_officer_does_not_find_cases_of_the_own_company(cast: Cast) -> None:
    await make_submitted(cast)
    assert len(await numbers(cast)) == 1
    own = type(cast.officer)(
        id=cast.officer.id, name="", email="", roles=cast.officer.roles,
        organisations=frozenset({cast.company.id}), lang="vi",
    )  # fmt: skip
    assert (await domain.list_queue(own, EVERYTHING)).items == []


async def test_only_staff_see_the_queue(cast: Cast) -> None:
    for other in (cast.hoa, cast.admin):
        with pytest.raises(NotFound):
            await domain.list_queue(other, EVERYTHING)


async def test_the_queue_comes_in_stretches_of_25_that_lead_on_and_back(
    cast: Cast, frozen_clock: Frozen
) -> None:
    await _many(await make_submitted(cast), 30)
    stopped = await make_submitted(cast)
    await domain.request_supplement(cast.officer, stopped.id, a_request(), date(2026, 12, 4))
    await _many(stopped, 28)
    stretches, place = [], None
    while not stretches or place:
        stretches.append(await domain.list_queue(cast.officer, EVERYTHING, place))
        place = stretches[-1].next
    assert [len(one.items) for one in stretches] == [25, 25, 10]
    assert {(one.total, one.is_more) for one in stretches} == {(60, False)}
    walked = [row.number for one in stretches for row in one.items]
    assert walked == sorted(walked, key=lambda one: (one.startswith(str(stopped.number)), one))
    back, place = [], stretches[-1].previous
    while place:
        back.append(await domain.list_queue(cast.officer, EVERYTHING, place))
        place = back[-1].previous
    assert [one.items for one in back] == [one.items for one in stretches[1::-1]]
    assert [bool(one.next) for one in back] == [True, True]


async def test_a_case_that_leaves_the_queue_moves_nobodys_page(cast: Cast) -> None:
    await _many(await make_submitted(cast), 30)
    first = await domain.list_queue(cast.officer, EVERYTHING)
    whole = await domain.list_queue(cast.officer, EVERYTHING, first.next)
    await domain.withdraw_application(cast.hoa, first.items[0].id)
    assert (await domain.list_queue(cast.officer, EVERYTHING, first.next)).items == whole.items


async def test_the_count_ends_at_its_bound(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_queries, "COUNTED", 5)
    case = await make_submitted(cast)
    counts = []
    for more in (4, 1):
        await _many(case, more)
        found = await domain.list_queue(cast.officer, EVERYTHING)
        counts.append((len(found.items), found.total, found.is_more))
        await engine().run_ddl(f"update application set number = number || '-x' where id <> '{case.id}'")
    assert counts == [(5, 5, False), (6, 5, True)]


@pytest.mark.parametrize(
    ("q", "hit"),
    [
        ("bao hiem", "Giới hạn 20 km/h, giám sát từ xa, [bảo] [hiểm]."),
        ("NĂM KỸ SƯ", "[Năm] [kỹ] [sư] điều khiển và một cán bộ an toàn."),
    ],
)
async def test_a_hit_in_the_answers_is_shown_where_it_stands(cast: Cast, q: str, hit: str) -> None:
    case = await make_submitted(cast)
    (row,) = (await domain.list_queue(cast.officer, QueueFilters(q=q))).items
    said = "".join(f"[{one.text}]" if one.hit else one.text for one in row.hit)
    assert (row.id, said) == (case.id, hit)


async def test_a_title_that_shows_the_hit_needs_no_snippet(cast: Cast) -> None:
    await make_submitted(cast)
    (row,) = (await domain.list_queue(cast.officer, QueueFilters(q="tu hanh lach"))).items
    assert row.hit == []


async def test_what_the_applicant_is_changing_is_not_found_before_it_is_handed_in(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    await domain.request_supplement(cast.officer, case.id, a_request(), date(2026, 12, 4))
    open_case = await domain.get_application(cast.hoa, case.id)
    changed = await domain.save_answers(cast.hoa, case.id, {"team": "Sáu phi công"}, open_case.revision)
    assert await numbers(cast, q="phi cong") == []
    await domain.submit_application(cast.hoa, case.id, changed.revision)
    assert await numbers(cast, q="phi cong") == [case.number]


async def test_short_words_stand_at_the_beginning_of_a_word(cast: Cast) -> None:
    case = await make_submitted(cast, solution_name="Bai trí cảng ơi")
    assert await numbers(cast, q="oi") == [case.number]
    assert await numbers(cast, q="ai") == []


async def test_the_queue_is_narrowed_by_clock_programme_and_person(cast: Cast, frozen_clock: Frozen) -> None:
    late, stopped = await make_submitted(cast), await make_submitted(cast)
    await domain.request_supplement(cast.officer, stopped.id, a_request(), date(2026, 12, 15))
    frozen_clock.advance(timedelta(days=9))
    soon = await make_submitted(cast)
    assert await numbers(cast, clock="late") == [late.number]
    assert await numbers(cast, clock="soon") == [soon.number]
    assert await numbers(cast, clock="stopped") == [stopped.number]
    assert await numbers(cast, handler=cast.officer.id) == [stopped.number]
    assert await numbers(cast, handler=cast.colleague.id) == []
    assert await numbers(cast, programme="vn-ai-142") == []
    assert len(await numbers(cast, programme="vn-hp-248")) == 3


async def test_a_case_one_has_a_conflict_on_is_in_no_list(cast: Cast) -> None:
    both = await make_actor(Role.OFFICER, Role.APPRAISER)
    case = await make_submitted(cast)
    await domain.accept_application(cast.officer, case.id)
    await appraisals.assign_appraisers(cast.officer, case.id, [both.id])
    assert len((await domain.list_queue(both, EVERYTHING)).items) == 1
    await appraisals.declare_conflict(both, case.id, True, "Người nhà.")
    found = await domain.list_queue(both, QueueFilters(q=str(case.number)))
    assert (found.items, found.total) == ([], 0)
    assert await numbers(cast) == [case.number]


async def test_the_queue_and_the_workspace_ask_as_often_for_many_as_for_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await make_submitted(cast)
    counts = []
    for more in (0, 20):
        await _many(case, more)
        with counted(monkeypatch) as queue:
            page = await domain.list_queue(cast.officer, EVERYTHING)
        with counted(monkeypatch) as work:
            mine = await domain.list_work(cast.hoa)
        assert (len(page.items), len(mine)) == (more + 1, more + 1)
        counts.append((len(queue), len(work)))
    assert counts == [(2, 5), (2, 5)]


async def test_days_left_are_those_of_today(cast: Cast, frozen_clock: Frozen) -> None:
    await make_submitted(cast)
    left = []
    for _ in range(8):
        (row,) = (await domain.list_queue(cast.officer, EVERYTHING)).items
        clock = domain.standing_of(row).clock
        assert clock is not None
        left.append((clock.left, clock.used, clock.state))
        frozen_clock.advance(timedelta(days=1))
    # Monday; a holiday; Wednesday to Friday; the weekend; Monday: late
    assert left == [
        (3, 0, "running"), (3, 0, "running"), (2, 1, "running"), (1, 2, "running"),
        (0, 3, "running"), (0, 3, "running"), (0, 3, "running"), (-1, 4, "missed"),
    ]  # fmt: skip


async def test_the_workspace_says_whose_turn_it_is_and_by_when(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    (waiting,) = await domain.list_work(cast.hoa)
    assert (waiting.is_my_turn, waiting.due_on) == (False, None)
    await domain.request_supplement(cast.officer, case.id, a_request(), date(2026, 12, 4))
    (mine,) = await domain.list_work(cast.binh)
    assert (mine.is_my_turn, mine.due_on) == (True, date(2026, 12, 4))
    assert await domain.list_work(cast.officer) == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "accept", "request_supplement", "refuse_to_receive", "withdraw", "take"]),
        st.integers(0, 9),
    ),
    max_size=6,
)


@given(steps=STEPS)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_clock_columns_always_equal_a_replay(
    cast: Cast, frozen_clock: Frozen, steps: list[tuple[str, int]]
) -> None:
    case = await make_submitted(cast)
    for step, days in steps:
        frozen_clock.advance(timedelta(days=days))
        with suppress(BenThuError):
            case = await _step(cast, case, step)
        moves = [one for one in await domain.timeline_of(case.id) if "transition" in one.data]
        with frozen(moves[-1].at):
            replayed = clock_columns(case, await domain.clocks_of(case))
        assert {name: getattr(case, name) for name in replayed} == replayed


async def _step(cast: Cast, case: Application, step: str) -> Application:
    match step:
        case "submit":
            return await domain.submit_application(cast.hoa, case.id, case.revision)
        case "accept":
            return await domain.accept_application(cast.officer, case.id)
        case "request_supplement":
            return await domain.request_supplement(
                cast.officer, case.id, a_request(), today() + timedelta(days=5)
            )
        case "refuse_to_receive":
            return await domain.refuse_to_receive(cast.officer, case.id, "x")
        case "withdraw":
            return await domain.withdraw_application(cast.hoa, case.id)
        case _:
            return await domain.take_application(cast.officer, case.id)


async def _many(case: Application, more: int) -> None:
    """As many further cases like this one, without their stories."""
    await engine().run_ddl(
        f"""
        insert into application
        select gen_random_uuid(), organisation, created_by, programme_key, pin_in_force, pin_sha256, state,
               number || '-' || n, title, title_folded, search, answers, handed_in, revision, handler,
               submitted_on, decided_on, due_on, clock_key, clock_limit, clock_used, clock_state, created_at,
               updated_at
        from application, generate_series(1, {more}) as n where id = '{case.id}'
        """
    )
