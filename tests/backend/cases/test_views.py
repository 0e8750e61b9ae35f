"""Saved views of the queue, and who has a case open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.applications.schemas import QueueFilters
from backend.cases import views
from backend.cases.queue import open_desk
from backend.kit.clock import Frozen
from backend.kit.errors import Invalid, NotFound
from tests.factories.applications import Cast, make_submitted
from tests.factories.web import Browser, sign_in


async def test_a_view_is_kept_as_its_filters_and_replaced_by_its_name(cast: Cast) -> None:
    await views.save_view(cast.officer, " Quá hạn ", "clock=late&from=0~~HS-1&lang=en&state=submitted", False)
    (kept,) = await views.list_views(cast.officer)
    assert (kept.name, kept.href, kept.owner) == (
        "Quá hạn", "/queue?handler=any&state=submitted&clock=late", None,
    )  # fmt: skip
    (again,) = await views.save_view(cast.officer, "Quá hạn", "/queue?clock=stopped&q=cảng", True)
    assert (again.href, again.is_shared) == ("/queue?handler=any&clock=stopped&q=c%E1%BA%A3ng", True)


async def test_a_view_is_seen_by_others_only_when_shared(cast: Cast) -> None:
    await views.save_view(cast.officer, "A riêng", "handler=mine", False)
    await views.save_view(cast.officer, "B chung", "handler=nobody", True)
    seen = await views.list_views(cast.colleague)
    assert [(one.name, one.owner) for one in seen] == [("B chung", "Lê Cán Bộ")]
    with pytest.raises(NotFound):
        await views.forget_view(cast.colleague, seen[0].id)
    await views.forget_view(cast.officer, seen[0].id)
    assert [one.name for one in await views.list_views(cast.officer)] == ["A riêng"]


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [("", "", "name"), ("x" * 81, "", "name"), ("x", "q=" + "%E1%BA%A3" * 80, "address")],
)
async def test_a_view_needs_a_name_and_an_address_of_a_line(
    cast: Cast, name: str, query: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await views.save_view(cast.officer, name, query, False)
    assert set(refused.value.fields) == {field}


async def test_views_are_saved_opened_and_dropped_on_the_page(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.officer)
    done = await http.submit(
        "/queue/views", {"name": "Sắp hết hạn", "next": "/queue?clock=soon", "shared": "yes"}
    )
    assert (done.status_code, done.headers["location"]) == (303, "/queue?clock=soon")
    text = (await http.get("/queue")).text
    assert 'href="/queue?handler=any&amp;clock=soon">Sắp hết hạn</a>' in text
    assert 'aria-current="page">Sắp hết hạn' in (await http.get("/queue?clock=soon")).text
    (view,) = await views.list_views(cast.officer)
    await sign_in(http, cast.colleague)
    assert "của Lê Cán Bộ" in (await http.get("/queue")).text
    assert (await http.submit(f"/queue/views/{view.id}/delete")).status_code == 404
    await sign_in(http, cast.officer)
    assert (await http.submit(f"/queue/views/{view.id}/delete")).status_code == 303
    assert (await http.submit("/queue/views", {"name": ""})).status_code == 422


async def test_json_keeps_views(http: Browser, cast: Cast) -> None:
    client = http.with_token(await sign_in(http, cast.officer))
    body = {"name": "Của tôi", "address": "handler=mine"}
    kept = (await client.post("/api/v1/queue/views", json=body)).json()
    assert [(one["name"], one["href"]) for one in kept] == [("Của tôi", "/queue?handler=mine")]
    assert (await client.get("/api/v1/queue/views")).json() == kept
    assert (await client.delete(f"/api/v1/queue/views/{kept[0]['id']}")).status_code == 204
    assert (await client.delete(f"/api/v1/queue/views/{kept[0]['id']}")).status_code == 404


async def test_who_opened_a_case_is_shown_to_others_for_a_quarter_of_an_hour(
    http: Browser, cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    await sign_in(http, cast.colleague)
    assert "Phạm Đồng Nghiệp vừa mở" not in (await http.get(f"/cases/{case.id}")).text
    await sign_in(http, cast.officer)
    assert "Phạm Đồng Nghiệp vừa mở" in (await http.get(f"/cases/{case.id}")).text
    frozen_clock.advance(timedelta(minutes=2))
    assert "Phạm Đồng Nghiệp mở 2 phút trước" in (await http.get(f"/cases/{case.id}")).text
    assert "Phạm Đồng Nghiệp mở 2 phút trước" in (await http.get("/queue")).text
    await sign_in(http, cast.hoa)
    assert "Phạm Đồng Nghiệp" not in (await http.get(f"/cases/{case.id}")).text
    frozen_clock.advance(timedelta(minutes=14))
    await sign_in(http, cast.officer)
    text = (await http.get(f"/cases/{case.id}")).text
    assert "Phạm Đồng Nghiệp mở" not in text


async def test_openings_are_forgotten_once_nobody_is_shown_them(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    await views.note_opening(cast.colleague, case.id)
    desk = await open_desk(cast.officer, QueueFilters())
    assert desk.queue is not None
    assert [one.presence and one.presence.name for one in desk.queue.items] == ["Phạm Đồng Nghiệp"]
    frozen_clock.advance(timedelta(minutes=16))
    await views.forget_openings({})
    frozen_clock.advance(timedelta(minutes=-16))
    assert await views.note_opening(cast.officer, case.id) == []
