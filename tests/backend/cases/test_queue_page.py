"""The queue: by statutory date, narrowed by addresses, the same few queries for one line and for many."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.cases import queue
from backend.kit.clock import Frozen
from backend.kit.db import engine
from tests.backend.cases.conftest import Counted
from tests.factories.applications import Cast, a_request, make_submitted
from tests.factories.decisions import make_accepted, make_council, make_proposed, score
from tests.factories.web import Browser, make_actor, sign_in

NUMBER = re.compile(r'<a class="govuk-link" href="/cases/[^"]+">(HS-[\d-]+)</a>')


async def opened(http: Browser, actor: Actor, address: str = "/queue") -> str:
    await sign_in(http, actor)
    answer = await http.get(address)
    assert answer.status_code == 200
    return answer.text


async def numbers(http: Browser, actor: Actor, address: str = "/queue") -> list[str]:
    return NUMBER.findall(await opened(http, actor, address))


async def test_the_most_urgent_case_is_on_top_and_says_its_day(
    http: Browser, cast: Cast, frozen_clock: Frozen
) -> None:
    first = await make_submitted(cast)
    stopped = await make_submitted(cast)
    await applications.request_supplement(cast.officer, stopped.id, a_request(), date(2026, 12, 15))
    frozen_clock.advance(timedelta(days=9))
    second = await make_submitted(cast)
    text = await opened(http, cast.officer)
    assert NUMBER.findall(text) == [first.number, second.number, stopped.number]
    words = re.findall(r'<span class="app-num">([^<]+)</span></div>', text)
    assert words == ["quá 3 ngày làm việc", "còn 3 ngày làm việc", "tạm dừng, còn 3 ngày làm việc"]
    assert text.count("27/11/2026") == 1


async def test_filters_are_addresses_that_keep_each_other(http: Browser, cast: Cast) -> None:
    mine = await make_submitted(cast, solution_name="Đèn đường thông minh")
    free = await make_submitted(cast, solution_name="Phà điện")
    await applications.take_application(cast.officer, mine.id)
    assert await numbers(http, cast.officer, "/queue?handler=mine") == [mine.number]
    assert await numbers(http, cast.officer, "/queue?handler=nobody") == [free.number]
    assert await numbers(http, cast.officer, "/queue?q=den+DUONG") == [mine.number]
    assert await numbers(http, cast.officer, "/queue?q=den+duong&handler=nobody") == []
    assert await numbers(http, cast.officer, "/queue?state=accepted") == []
    assert await numbers(http, cast.officer, "/queue?state=submitted&state=accepted") == [
        mine.number,
        free.number,
    ]
    text = await opened(http, cast.officer, "/queue?q=den+duong&state=submitted")
    assert 'href="/queue?handler=nobody&amp;state=submitted&amp;q=den+duong"' in text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/queue?handler=wrong", 200),
        ("/queue?state=wrong", 200),
        ("/queue?from=9999", 200),
        ("/queue?from=0~2026-13-01~HS", 200),
        ("/queue?from=0~~%00", 200),
        ("/queue?clock=wrong&programme=wrong", 200),
    ],
)
async def test_a_strange_address_is_no_failure(http: Browser, cast: Cast, address: str, status: int) -> None:
    await sign_in(http, cast.officer)
    answer = await http.get(address)
    assert answer.status_code == status


async def test_a_case_is_taken_from_the_queue_and_one_stays_in_the_view(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    text = await opened(http, cast.officer, "/queue?handler=nobody")
    assert f'formaction="/cases/{case.id}/take"' in text
    here = re.search(r'name="next" value="([^"]+)"', text)
    assert here is not None
    address = here[1].replace("&amp;", "&")
    done = await http.submit(f"/cases/{case.id}/take", {"next": address})
    assert (done.status_code, done.headers["location"]) == (303, address)
    assert (await applications.found(case.id)).handler_id == cast.officer.id
    await sign_in(http, cast.colleague)
    assert (await http.submit(f"/cases/{case.id}/take", {"next": address})).status_code == 409


async def test_taking_leads_nowhere_outside(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await sign_in(http, cast.officer)
    done = await http.submit(f"/cases/{case.id}/take", {"next": "https://evil.test/"})
    assert done.headers["location"] == f"/cases/{case.id}"


async def test_only_officers_are_offered_to_take(http: Browser, cast: Cast) -> None:
    await make_submitted(cast)
    offered = {}
    for actor in (cast.officer, cast.authority, cast.auditor):
        text = await opened(http, actor)
        offered[actor.name] = ("/take" in text, "handler=mine" in text)
    assert list(offered.values()) == [(True, True), (False, False), (False, False)]


async def test_the_authority_sees_what_awaits_signature_first_and_once(http: Browser, cast: Cast) -> None:
    other = await make_submitted(cast)
    proposed, _ = await make_proposed(cast)
    text = await opened(http, cast.authority)
    assert NUMBER.findall(text) == [proposed.number, other.number]
    assert NUMBER.findall(text.partition("Tất cả hồ sơ đang giải quyết")[0]) == [proposed.number]
    assert await numbers(http, cast.authority, "/queue?state=proposed") == [proposed.number]


async def test_a_supervisor_goes_to_the_trials(http: Browser, cast: Cast) -> None:
    await sign_in(http, await make_actor(Role.SUPERVISOR))
    answer = await http.get("/queue")
    assert (answer.status_code, answer.headers["location"]) == (303, "/trials")


async def test_an_appraiser_has_a_list_of_tasks_what_is_to_do_first(http: Browser, cast: Cast) -> None:
    (one,) = await make_council(1)
    cases = [await make_accepted(cast, [one]) for _ in range(4)]
    scored, conflicted, declared, fresh = cases
    await score(one, scored)
    await appraisals.declare_conflict(one, conflicted.id, True, "Người nhà.")
    await appraisals.declare_conflict(one, declared.id, False)
    tasks = {task.application_id: task.todo for task in await queue.list_tasks(one)}
    assert tasks == {scored.id: "done", conflicted.id: "barred", declared.id: "score", fresh.id: "declare"}
    assert [task.todo in {"declare", "score"} for task in await queue.list_tasks(one)] == [
        True,
        True,
        False,
        False,
    ]
    await applications.withdraw_application(cast.hoa, declared.id)
    assert {task.todo for task in await queue.list_tasks(one)} == {"done", "barred", "over", "declare"}
    text = await opened(http, one)
    assert f'href="/cases/{fresh.id}/appraisal"' in text
    assert f'href="/cases/{scored.id}"' in text
    assert str(conflicted.id) not in text
    assert "Hồ sơ theo thời hạn luật định" not in text


async def test_an_appraiser_without_tasks_and_an_officer_without_cases_are_told(
    http: Browser, cast: Cast
) -> None:
    assert "Chưa có hồ sơ nào được phân công cho bạn." in await opened(http, (await make_council(1))[0])
    assert "Không có hồ sơ nào khớp." in await opened(http, cast.officer)


async def test_one_line_and_sixty_lines_cost_the_same_queries(
    http: Browser, cast: Cast, counted: Counted
) -> None:
    everyone = await make_actor(Role.OFFICER, Role.AUTHORITY, Role.APPRAISER)
    proposed, _ = await make_proposed(cast)
    case = await make_submitted(cast)
    for actor, cost in [(cast.officer, 5), (everyone, 9)]:
        await opened(http, actor)
        with counted() as few:
            await http.get("/queue")
        assert len(few) == cost
    await _many(case, 60)
    await _many(proposed, 60)
    for actor, cost in [(cast.officer, 5), (everyone, 9)]:
        await opened(http, actor)
        with counted() as many:
            text = (await http.get("/queue")).text
        assert (len(many), NUMBER.findall(text) != []) == (cost, True)
    assert len(NUMBER.findall(text)) == 50
    seen, address = [], "/queue"
    while address:
        text = await opened(http, cast.officer, address)
        seen.append(NUMBER.findall(text))
        further = re.search(r'href="([^"]+)" rel="next"', text)
        address = html.unescape(further[1]) if further else ""
    assert [len(one) for one in seen] == [25, 25, 25, 25, 22]


@pytest.mark.parametrize(
    ("left", "unit", "stopped", "vi", "en"),
    [
        (3, "working_day", False, "còn 3 ngày làm việc", "3 working days left"),
        (1, "working_day", False, "còn 1 ngày làm việc", "1 working day left"),
        (0, "day", False, "còn 0 ngày", "0 days left"),
        (-1, "day", False, "quá 1 ngày", "1 day late"),
        (-5, "hour", False, "quá 5 giờ", "5 hours late"),
        (7, "day", True, "tạm dừng, còn 7 ngày", "stopped, 7 days left"),
    ],
)
def test_what_is_left_is_said_in_whole_sentences(
    left: int, unit: str, stopped: bool, vi: str, en: str
) -> None:
    said = queue.left_text(left, unit, stopped)
    assert (said.vi, said.en) == (vi, en)


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
