"""Pages and API of trials: what is shown to whom, steps as forms, constant numbers of queries."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.accounts.schemas import Actor, Role
from backend.kit.db import engine
from backend.trials import domain
from backend.trials.addresses import Addresses, read_filters
from backend.trials.schemas import Filters, Trial
from tests.factories.applications import Cast
from tests.factories.trials import make_trial
from tests.factories.web import Browser, SignIn, sign_in

NO_READING = "Chưa có số liệu nào được gửi"


async def read(http: Browser, actor: Actor, url: str) -> str:
    await sign_in(http, actor)
    answer = await http.get(url)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_page_shows_limits_conditions_reports_and_says_that_nothing_was_measured(
    http: Browser, cast: Cast, trial: Trial
) -> None:
    text = await read(http, cast.hoa, f"/trials/{trial.id}")
    for words in (
        trial.number,
        "tối đa 40 người",
        "tối đa 1,5 km²",
        "Báo cáo kết quả thử nghiệm 3 tháng một lần",
        "Vì: Cần số liệu sớm.",
        "Luật Giao thông đường bộ",
        "10/06/2027",
        "01/QĐ-UBND",
        "cần xác nhận",
        NO_READING,
    ):
        assert words in text


async def test_everybody_sees_the_steps_they_may_take_and_no_others(
    http: Browser, cast: Cast, trial: Trial, supervisor: Actor
) -> None:
    async def forms(actor: Actor) -> list[str]:
        text = await read(http, actor, f"/trials/{trial.id}")
        return [step for step in ("start", "suspend", "resume", "end", "revoke") if f"/steps/{step}" in text]

    assert await forms(cast.hoa) == ["start"]
    assert await forms(supervisor) == ["start", "revoke"]
    assert await forms(cast.auditor) == []


async def test_a_step_is_taken_by_its_form(http: Browser, cast: Cast, trial: Trial) -> None:
    await sign_in(http, cast.hoa)
    done = await http.submit(f"/trials/{trial.id}/steps/start")
    assert (done.status_code, done.headers["location"]) == (303, f"/trials/{trial.id}")
    shown = (await http.get(f"/trials/{trial.id}")).text
    assert "Đã ghi nhận: Đang thử nghiệm." in shown
    assert "Bắt đầu thử nghiệm" in shown  # in the history


async def test_a_missing_reason_is_asked_for_beside_the_step(
    http: Browser, trial: Trial, supervisor: Actor
) -> None:
    await sign_in(http, supervisor)
    refused = await http.submit(f"/trials/{trial.id}/steps/revoke", {"reason": "  "})
    assert refused.status_code == 422
    assert 'href="#reason-revoke"' in refused.text
    assert "Nêu lý do" in refused.text


async def test_a_step_out_of_place_says_so(http: Browser, trial: Trial, supervisor: Actor) -> None:
    await sign_in(http, supervisor)
    assert (await http.submit(f"/trials/{trial.id}/steps/resume", {"reason": "x"})).status_code == 409
    assert (await http.submit(f"/trials/{trial.id}/steps/nothing", {"reason": "x"})).status_code == 404


async def test_the_list_is_narrowed_by_its_address(
    http: Browser, cast: Cast, trial: Trial, supervisor: Actor
) -> None:
    assert trial.title in await read(http, supervisor, "/trials?q=xe+tu+hanh&state=preparing&year=2027")
    assert "Hãy bỏ bớt bộ lọc" in await read(http, supervisor, "/trials?state=running")
    assert trial.title in await read(http, cast.binh, "/trials")
    assert trial.title not in await read(http, cast.stranger, "/trials")


async def test_the_list_takes_as_many_queries_for_many_as_for_one(
    http: Browser, cast: Cast, trial: Trial, supervisor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    run = type(engine())._run

    async def counted(self: object, *arguments: object) -> object:
        nonlocal asked
        asked += 1
        return await run(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(type(engine()), "_run", counted)
    await sign_in(http, supervisor)
    counts = []
    for _ in range(2):
        asked = 0
        await http.get("/trials")
        counts.append(asked)
        await make_trial(cast)
    assert counts == [4, 4]  # session, trials, their number, facets


# API


async def test_the_api_tells_the_same_and_takes_steps(
    http: Browser, cast: Cast, trial: Trial, sign_in_as: SignIn
) -> None:
    client = http.with_token(await sign_in(http, cast.hoa))
    view = (await client.get(f"/api/v1/trials/{trial.id}")).json()
    assert (view["number"], view["state"]["key"], [one["key"] for one in view["steps"]]) == (
        trial.number,
        "preparing",
        ["start"],
    )
    assert [(one["key"], one["outcome"], one["value"]) for one in view["limits"][:2]] == [
        ("users", "unknown", None),
        ("area_km2", "unknown", None),
    ]
    started = await client.post(f"/api/v1/trials/{trial.id}/transitions/start", json={})
    assert (started.status_code, started.json()["state"]["key"]) == (200, "running")
    refused = await client.post(f"/api/v1/trials/{trial.id}/transitions/start", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "rule_says_no")
    mine = (await client.get("/api/v1/trials")).json()
    assert ([one["number"] for one in mine["items"]], mine["total"]) == ([trial.number], 1)
    await sign_in_as(Role.SUPERVISOR)
    assert (await http.get("/api/v1/trials?state=running")).json()["total"] == 1
    assert (await http.get("/api/v1/trials?state=ended")).json()["total"] == 0
    assert (await http.get(f"/api/v1/trials/{uuid4()}")).status_code == 404
    assert (await http.get("/api/v1/trials?year=nineteen")).status_code == 422


async def test_the_api_wants_the_reason_a_step_asks_for(
    http: Browser, trial: Trial, supervisor: Actor
) -> None:
    client = http.with_token(await sign_in(http, supervisor))
    refused = await client.post(f"/api/v1/trials/{trial.id}/transitions/revoke", json={})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["reason"])
    done = await client.post(f"/api/v1/trials/{trial.id}/transitions/revoke", json={"reason": "Nguy hiểm."})
    assert done.json()["history"][-1]["reason"] == "Nguy hiểm."
    assert (await domain.get_trial(supervisor, trial.id)).state == "revoked"


# Addresses


def test_filters_are_read_from_an_address_as_far_as_they_make_sense() -> None:
    assert read_filters({"q": " cảng ", "year": "2027", "x": "y"}) == Filters(q="cảng", year=2027)
    assert read_filters({"year": "hai"}) == read_filters({"year": "99999"}) == read_filters({}) == Filters()


def test_a_facet_is_added_to_the_address_and_taken_away_again() -> None:
    here = Addresses("/register", Filters(q="xe", year=2027))
    assert here.narrowed("field", "ai") == "/register?q=xe&field=ai&year=2027"
    assert here.narrowed("year", "2027") == "/register?q=xe"
    assert (here.is_chosen("year", "2027"), here.is_chosen("field", "ai")) == (True, False)
    assert here.pages == "/register?q=xe&year=2027&page="
    assert here.elsewhere("/register.csv") == "/register.csv?q=xe&year=2027"
    assert (here.is_narrowed, Addresses("/register", Filters()).is_narrowed) == (True, False)
    assert Addresses("/register", Filters()).pages == "/register?page="
