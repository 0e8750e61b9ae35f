"""Actions on many cases: seen before, done one by one, told one by one, done once."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.cases import bulk
from backend.cases.desk_schemas import BulkRun, Order
from backend.kit import audit
from backend.kit.errors import Invalid, NotFound
from backend.ports.wiring import null_ports, using
from tests.backend.cases.conftest import Counted
from tests.factories.applications import Cast, make_cast, make_submitted
from tests.factories.races import race
from tests.factories.web import Browser, sign_in


async def three(cast: Cast) -> tuple[Application, Application, Application]:
    """One nobody has, one a colleague has, one that is closed."""
    free, held, closed = [await make_submitted(cast) for _ in range(3)]
    await applications.take_application(cast.colleague, held.id)
    await applications.withdraw_application(cast.hoa, closed.id)
    return free, held, closed


def take(*cases: Application) -> Order:
    return Order(action="take", cases=[one.id for one in cases])


def outcomes(run: BulkRun) -> list[tuple[str, str | None]]:
    return [(one.outcome, one.refused.en if one.refused else None) for one in run.lines]


REFUSED = [
    ("refused", "Phạm Đồng Nghiệp handles this case."),
    ("refused", "This case is closed."),
]


async def test_a_preview_says_what_would_happen_and_changes_nothing(cast: Cast) -> None:
    free, held, closed = await three(cast)
    seen = await bulk.preview(cast.officer, take(free, held, closed))
    assert [(one.number, one.outcome, one.refused and one.refused.en) for one in seen.lines] == [
        (free.number, "open", None),
        (held.number, *REFUSED[0]),
        (closed.number, *REFUSED[1]),
    ]
    assert [one.id for one in seen.possible] == [free.id]
    assert (await applications.found(free.id)).handler_id is None


async def test_one_that_is_refused_stops_no_other(cast: Cast) -> None:
    free, held, closed = await three(cast)
    second = await make_submitted(cast)
    run = await bulk.run(cast.officer, uuid4(), take(free, held, closed, second))
    assert outcomes(run) == [("done", None), *REFUSED, ("done", None)]
    handlers = [(await applications.found(one.id)).handler_id for one in (free, held, second)]
    assert handlers == [cast.officer.id, cast.colleague.id, cast.officer.id]


async def test_sent_twice_it_is_done_once(cast: Cast) -> None:
    free, held, _ = await three(cast)
    run_id = uuid4()
    first = await bulk.run(cast.officer, run_id, take(free, held))
    second = await bulk.run(cast.officer, run_id, take(free, held))
    assert outcomes(second) == outcomes(first) == [("done", None), REFUSED[0]]
    tags = [one.tag for one in await audit.entries(free.id)]
    assert tags.count("application:taken") == 1


async def test_many_are_handed_over_with_one_reason(cast: Cast) -> None:
    free, held, closed = await three(cast)
    order = Order(
        action="hand_over", cases=[free.id, held.id, closed.id], to=cast.officer.id, reason="Chia việc."
    )
    run = await bulk.run(cast.authority, uuid4(), order)
    assert outcomes(run) == [("done", None), ("done", None), REFUSED[1]]
    assert run.to_name == "Lê Cán Bộ"
    assert (await applications.found(held.id)).handler_id == cast.officer.id


async def test_an_order_with_faults_does_nothing(cast: Cast) -> None:
    free, held, _ = await three(cast)
    run_id = uuid4()
    for order, fields in [
        (Order(action="take", cases=[]), {"cases"}),
        (Order(action="take", cases=[uuid4()]), {"cases"}),
        (Order(action="hand_over", cases=[held.id]), {"to", "reason"}),
        (Order(action="hand_over", cases=[free.id], to=cast.hoa.id), {"to"}),
    ]:
        with pytest.raises(Invalid) as refused:
            await bulk.run(cast.authority if order.action == "hand_over" else cast.officer, run_id, order)
        assert set(refused.value.fields) == fields
    with pytest.raises(NotFound):
        await bulk.get_run(cast.officer, run_id)


async def test_runs_are_ones_own_and_orders_only_for_those_who_may(cast: Cast) -> None:
    free, _, _ = await three(cast)
    run_id = uuid4()
    await bulk.run(cast.officer, run_id, take(free))
    with pytest.raises(NotFound):
        await bulk.get_run(cast.colleague, run_id)
    with pytest.raises(NotFound):
        await bulk.run(cast.colleague, run_id, take(free))
    for other in (cast.authority, cast.auditor, cast.hoa):
        with pytest.raises(NotFound):
            await bulk.preview(other, take(free))


async def test_of_two_who_take_the_same_cases_at_once_the_slower_reads_who_was_faster(
    committed_db: str,
) -> None:
    with using(null_ports()):
        cast = await make_cast()
        case = await make_submitted(cast)
        runs = [bulk.run(who, uuid4(), take(case)) for who in (cast.officer, cast.colleague)]
        ended = await race("application", case.id, *runs)
    handler = (await applications.found(case.id)).handler_name
    told = f"{handler} handles this case. Speak with them before you act on it."
    assert sorted(outcomes(one)[0] for one in ended) == [("done", None), ("refused", told)]


async def test_what_was_not_reached_can_be_done_later(http: Browser, cast: Cast) -> None:
    free, second = [await make_submitted(cast) for _ in range(2)]
    run_id = uuid4()
    await bulk.desk_queries.begin_run(run_id, cast.officer.id, take(free, second))
    await bulk._one(
        cast.officer, run_id, take(free, second), (await bulk.list_cases(cast.officer, [free.id]))[0]
    )
    await sign_in(http, cast.officer)
    text = (await http.get(f"/queue/bulk/{run_id}")).text
    assert "chưa làm" in text
    assert f'name="case" value="{second.id}"' in text
    assert f'name="case" value="{free.id}"' not in text


async def test_a_preview_costs_the_same_for_one_and_for_many(cast: Cast, counted: Counted) -> None:
    cases = [await make_submitted(cast) for _ in range(5)]
    order = Order(action="hand_over", cases=[one.id for one in cases], to=cast.colleague.id)
    costs = []
    for size in (1, 5):
        with counted() as asked:
            await bulk.preview(cast.officer, Order(action="hand_over", cases=order.cases[:size], to=order.to))
        costs.append(len(asked))
    assert costs == [4, 4]


async def test_the_pages_lead_from_the_queue_to_the_results(http: Browser, cast: Cast) -> None:
    free, held, _ = await three(cast)
    await sign_in(http, cast.officer)
    queue = (await http.get("/queue")).text
    assert re.findall(r'type="checkbox" name="case" value="([^"]+)" form="bulk"', queue) == [
        str(free.id), str(held.id),
    ]  # fmt: skip
    seen = await http.get("/queue/bulk", params={"action": "take", "case": [str(free.id), str(held.id)]})
    assert "1 hồ sơ làm được; 1 hồ sơ không. Chưa có gì thay đổi." in seen.text
    run = re.search(r'name="run" value="([^"]+)"', seen.text)
    assert run is not None
    form = {"action": "take", "case": [str(free.id), str(held.id)], "run": run[1], "next": "/queue"}
    answers = [await http.submit("/queue/bulk", form) for _ in range(2)]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [
        (303, f"/queue/bulk/{run[1]}")
    ] * 2
    assert "1 hồ sơ đã xong." in (await http.get(f"/queue/bulk/{run[1]}")).text


async def test_choosing_nothing_is_said(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.officer)
    assert "Chưa chọn hồ sơ nào." in (await http.get("/queue/bulk?action=hand_over")).text
    assert (await http.submit("/queue/bulk", {"action": "take"})).status_code == 422


async def test_json_previews_runs_and_tells(http: Browser, cast: Cast) -> None:
    free, held, _ = await three(cast)
    client = http.with_token(await sign_in(http, cast.officer))
    order = {"action": "take", "cases": [str(free.id), str(held.id)]}
    seen = (await client.post("/api/v1/queue/bulk/preview", json=order)).json()
    assert [one["outcome"] for one in seen["lines"]] == ["open", "refused"]
    body = {"id": str(uuid4()), "order": order}
    done = await client.post("/api/v1/queue/bulk", json=body)
    assert [one["outcome"] for one in done.json()["lines"]] == ["done", "refused"]
    told = await client.get(f"/api/v1/queue/bulk/{body['id']}")
    assert told.json() == done.json()
    many = {"action": "take", "cases": [str(uuid4())] * 101}
    assert (await client.post("/api/v1/queue/bulk/preview", json=many)).status_code == 422
