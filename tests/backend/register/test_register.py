"""The public register: what it shows to everybody, what it never shows, and how it is found again."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import msgspec
import pytest

from backend.applications import domain as applications
from backend.kit.clock import Frozen
from backend.kit.db import engine
from backend.programmes import domain as programmes
from backend.register import domain, kept_pages
from backend.register.open_data import atom, csv_line
from backend.register.schemas import Office
from backend.trials import domain as trials
from backend.trials.schemas import Trial
from tests.factories.applications import ANSWERS, Cast
from tests.factories.trials import GRANT, make_granted, make_trial
from tests.factories.web import Browser, sign_in

SECRET = "BÍ-MẬT-7Q2X"
CHIP = {"solution_name": "Cảm biến bán dẫn", "solution_field": "semiconductor", "plan_place": "Phường Hải An"}


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    kept_pages._kept.clear()


async def text_of(http: Browser, url: str, status: int = 200) -> str:
    answer = await http.get(url)
    assert answer.status_code == status, answer.text
    return answer.text


async def test_a_trial_is_in_the_register_once_it_is_granted_and_not_before(
    http: Browser, cast: Cast
) -> None:
    await make_granted(cast)
    assert "Chưa có thử nghiệm nào được cho phép" in await text_of(http, "/register")
    trial = await make_trial(cast)
    assert trial.number in await text_of(http, "/register")


async def test_the_page_of_a_trial_says_what_where_until_when_within_which_limits(
    http: Browser, trial: Trial
) -> None:
    text = await text_of(http, f"/register/{trial.number}")
    decision = await trials.public_decision(trial.number)
    assert decision is not None
    for words in (
        ANSWERS["solution_summary"],
        ANSWERS["plan_place"],
        ANSWERS["safeguards"],
        "Cảng biển, logistics",
        "01/03/2027",
        "31/08/2027",
        "tối đa 40 người",
        "Báo cáo kết quả thử nghiệm 3 tháng một lần",
        "Luật Giao thông đường bộ",
        "cần xác nhận",
        "Sở Khoa học và Công nghệ",
        "dichvucong.gov.vn",
        decision.code,
        "01/QĐ-UBND",
        "<svg",
    ):
        assert words in text
    assert f"/register/{trial.number}" in text
    assert (await http.get(f"/register/{trial.number.lower()}")).status_code == 200
    assert "People taking part" in await text_of(http, f"/register/{trial.number}?lang=en")


async def test_nothing_the_rule_file_keeps_secret_leaves_through_any_door(http: Browser, cast: Cast) -> None:
    programme = programmes.in_force("vn-hp-248")
    kept = {
        key: f"{SECRET} {key}"
        for key, field in programme.fields.items()
        if not field.public and field.type in {"text", "long_text"}
    }
    kept["contact_phone"] = SECRET
    reason = f"{SECRET} reason"
    trial = await make_trial(cast, **kept)
    await trials.move_trial(cast.authority, trial.id, "revoke", reason)
    # first: it is there, and inside one can read it
    answers = (await applications.found(trial.application_id)).answers
    assert {key: answers[key] for key in kept} == kept
    http_inside = http.as_stranger()
    await sign_in(http_inside, cast.authority)
    assert reason in await text_of(http_inside, f"/trials/{trial.id}")
    doors = (
        "/",
        "/register",
        "/register?q=xe",
        f"/register?q={quote(SECRET)}",
        f"/register/{trial.number}",
        "/register.csv",
        "/register.atom",
        "/api/v1/register",
        f"/api/v1/register/{trial.number}",
    )
    for door in doors:
        text = await text_of(http, door)
        assert SECRET not in text.replace(f'value="{SECRET}"', ""), door
    assert "Không có thử nghiệm nào khớp" in await text_of(http, f"/register?q={quote(SECRET)}")
    assert "Lê Cán Bộ" not in await text_of(http, f"/register/{trial.number}")


async def test_a_field_the_rule_file_no_longer_makes_public_is_not_shown_whatever_the_row_holds(
    trial: Trial,
) -> None:
    leaky = msgspec.structs.replace(trial, public={**trial.public, "contact_name": SECRET})
    assert SECRET not in str(domain.answers_of(leaky))
    assert [one.key for one in domain.answers_of(leaky)] == [
        "solution_name", "solution_field", "plan_goal", "plan_from", "plan_until", "plan_users",
        "plan_area_km2", "safeguards",
    ]  # fmt: skip
    said = {one.key: one.value for one in domain.answers_of(leaky)}
    assert (said["solution_field"].en, said["plan_users"].vi, said["plan_from"]) == (
        "Ports and logistics",
        "40 người",
        "2027-03-01",
    )
    assert (said["plan_area_km2"].vi, said["plan_area_km2"].en) == ("1,5 km²", "1.5 km²")


async def test_search_needs_no_marks_and_shows_its_hits(http: Browser, cast: Cast, trial: Trial) -> None:
    await make_trial(cast, **CHIP)
    text = await text_of(http, "/register?q=ban+dan")
    assert "Cảm biến <mark>bán</mark> <mark>dẫn</mark>" in text
    assert trial.number not in text
    in_summary = await text_of(http, "/register?q=container")
    assert "<mark>container</mark>" in in_summary


async def test_facets_are_addresses_with_counts(http: Browser, cast: Cast, trial: Trial) -> None:
    await make_trial(cast, **CHIP)
    text = await text_of(http, "/register?field=semiconductor")
    assert trial.number not in text
    assert 'href="/register" rel="nofollow" aria-current="true">Bán dẫn, vi mạch' in text
    assert 'href="/register?field=logistics" rel="nofollow">Cảng biển, logistics</a>' in text
    assert "/register.csv?field=semiconductor" in text


async def test_the_second_page_has_what_the_first_has_not(
    http: Browser, cast: Cast, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await make_trial(cast, **CHIP)
    monkeypatch.setattr(domain.search, "__defaults__", (1, 1))
    first, second = await text_of(http, "/register"), await text_of(http, "/register?page=2")
    assert (other.number in first, trial.number in first) == (True, False)
    assert (other.number in second, trial.number in second) == (False, True)
    assert 'href="/register?page=2"' in first


# Data


async def test_csv_opens_in_a_spreadsheet_and_runs_nothing(http: Browser, cast: Cast) -> None:
    await make_trial(cast, solution_name='=HYPERLINK("http://evil")', solution_summary="-2+3 của thử nghiệm")
    answer = await http.get("/register.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["title"] == '\'=HYPERLINK("http://evil")'
    assert row["summary"] == "'-2+3 của thử nghiệm"
    assert (row["state_vi"], row["starts_on"], row["field_en"]) == (
        "Sắp bắt đầu",
        "2027-03-01",
        "Ports and logistics",
    )


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "＝1"])
def test_a_cell_a_spreadsheet_would_run_is_made_text(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_line([cell, "an=1"]), newline=""))
    assert row == [f"'{cell}", "an=1"]


async def test_csv_reads_all_batches_and_keeps_the_filters(
    http: Browser, cast: Cast, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await make_trial(cast, **CHIP)
    monkeypatch.setattr(domain, "BATCH", 1)
    lines = csv.DictReader(io.StringIO((await http.get("/register.csv")).content.decode("utf-8-sig")))
    assert [line["number"] for line in lines] == [trial.number, other.number]
    narrowed = (await http.get("/register.csv?q=ban+dan")).content.decode("utf-8-sig")
    assert [line["number"] for line in csv.DictReader(io.StringIO(narrowed))] == [other.number]


async def test_the_api_pages_and_filters(http: Browser, cast: Cast, trial: Trial) -> None:
    other = await make_trial(cast, **CHIP)
    page = (await http.get("/api/v1/register?size=1&page=2")).json()
    assert ([one["number"] for one in page["items"]], page["total"], page["page"], page["size"]) == (
        [trial.number],
        2,
        2,
        1,
    )
    found = (await http.get("/api/v1/register?field=semiconductor&state=preparing&year=2027")).json()
    assert [one["number"] for one in found["items"]] == [other.number]
    assert (await http.get("/api/v1/register?size=201")).status_code == 422


async def test_the_api_tells_of_one_trial_what_its_page_tells(http: Browser, trial: Trial) -> None:
    entry = (await http.get(f"/api/v1/register/{trial.number}")).json()
    assert entry["decision"]["number"] == "01/QĐ-UBND"
    assert [one["key"] for one in entry["limits"]][:2] == ["users", "area_km2"]
    assert [(one["title"]["en"], one["who"], one["reason"]) for one in entry["history"]] == [
        ("Permitted and entered in the register", "", "")
    ]
    assert set(entry["answers"][0]) == {"key", "label", "type", "value"}


async def test_the_feed_has_the_latest_trials(http: Browser, trial: Trial) -> None:
    feed = ElementTree.fromstring((await http.get("/register.atom")).content)  # noqa: S314 - our own
    space = {"a": "http://www.w3.org/2005/Atom"}
    titles = [one.text for one in feed.findall("a:entry/a:title", space)]
    assert titles == [f"{trial.number}: {trial.title}"]
    assert feed.findtext("a:updated", "", space) == trial.updated_at.isoformat()


def test_an_empty_feed_is_well_formed() -> None:
    assert ElementTree.fromstring(atom([])).tag.endswith("feed")  # noqa: S314 - our own


# Kept pages


@pytest.mark.parametrize("address", ["/register", "/register/{number}"])
async def test_a_stranger_gets_the_kept_page_until_the_register_changes(
    http: Browser, cast: Cast, trial: Trial, frozen_clock: Frozen, address: str
) -> None:
    address = address.format(number=trial.number)
    first = await http.get(address)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=30"
    assert first.headers["vary"] == "Cookie, Authorization"
    same = await http.get(address, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    frozen_clock.advance(timedelta(minutes=1))
    await trials.move_trial(cast.hoa, trial.id, "start")
    changed = await http.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "Đang thử nghiệm" in changed.text


async def test_pages_of_those_who_are_signed_in_are_kept_by_nobody(
    http: Browser, cast: Cast, trial: Trial
) -> None:
    await sign_in(http, cast.hoa)
    answer = await http.get("/register")
    assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-store", False)
    assert "Nguyễn Thị Hoa" in answer.text
    assert kept_pages._kept == {}
    assert "Nguyễn Thị Hoa" not in await text_of(http.as_stranger(), "/register")


async def test_each_language_has_its_own_kept_page(http: Browser, trial: Trial) -> None:
    assert "Sổ đăng ký thử nghiệm" in await text_of(http, "/register")
    chosen = await http.get("/register?lang=en")
    assert chosen.headers["cache-control"] == "no-store"  # it sets the cookie
    assert "Register of trials" in await text_of(http, "/register")
    assert "Sổ đăng ký thử nghiệm" in await text_of(http.as_stranger(), "/register")


async def test_only_so_many_pages_are_kept(
    http: Browser, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_pages, "MOST", 2)
    for number in (1, 2, 3):
        await http.get(f"/register?page={number}")
    assert [key[0].rpartition("=")[2] for key in kept_pages._kept] == ["2", "3"]


# The front page


async def test_the_figures_of_the_front_page_are_true(http: Browser, cast: Cast) -> None:
    await make_granted(cast)
    running = await make_trial(cast)
    await trials.move_trial(cast.hoa, running.id, "start")
    await applications.start_application(cast.hoa, cast.company.id, "vn-hp-248")
    figures = await domain.figures()
    assert (figures.trials_running, figures.applications_open, figures.partners_listed) == (1, 0, 0)
    text = await text_of(http, "/")
    assert running.title in text
    assert f'href="/register/{running.number}"' in text
    assert "trials running" in await text_of(http, "/?lang=en")


async def test_the_front_page_takes_few_queries(
    http: Browser, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    run = type(engine())._run

    async def counted(self: Any, *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return await run(self, *arguments)

    monkeypatch.setattr(type(engine()), "_run", counted)
    counts = []
    for url in ("/", "/", "/register", "/register"):
        asked = 0
        await http.get(url)
        counts.append(asked)
    assert counts == [4, 2, 4, 1]  # the second time the page is kept


async def test_the_page_about_the_service_is_there(http: Browser) -> None:
    assert "Về Bến Thử" in await text_of(http, "/about")


def test_the_authority_says_what_nobody_has_confirmed() -> None:
    offices = domain.authority()
    assert [one.checked_on for one in (offices.authority, offices.supervisor, offices.complaint)] == [
        None
    ] * 3


async def test_a_confirmed_office_is_shown_with_all_its_ways(
    http: Browser, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Office(
        name=domain.authority().supervisor.name,
        address=domain.authority().authority.name,
        phone="0225 000 000",
        email="lien-he@benthu.test",
        checked_on=date(2026, 11, 1),
    )
    full = msgspec.structs.replace(domain.authority(), supervisor=known)
    monkeypatch.setattr(domain, "authority", lambda: full)
    text = await text_of(http, f"/register/{trial.number}")
    assert "0225 000 000" in text
    assert "đã đối chiếu 01/11/2026" in text


async def test_a_trial_without_conditions_limits_or_exemptions_says_so(http: Browser, cast: Cast) -> None:
    bare = msgspec.structs.replace(GRANT, conditions=[], exemptions=[], limits={})
    trial = await make_trial(cast, bare)
    text = await text_of(http, f"/register/{trial.number}")
    assert "Không có điều kiện kèm theo" in text
    assert "không được miễn, giảm quy định nào" in text
