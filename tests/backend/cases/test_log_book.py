"""The log book: who was received in a period, as a page, as CSV and as a numbered document of the agency."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.applications.queue import barred_from
from backend.cases import log_book
from backend.cases.log_book import Line, Period
from backend.documents import domain as documents
from backend.kit.clock import Frozen
from backend.kit.errors import Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.kit.text import Text
from tests.backend.cases.conftest import Counted
from tests.factories.applications import Cast, a_request, make_submitted
from tests.factories.web import Browser, make_actor, sign_in

pytestmark = pytest.mark.usefixtures("frozen_clock")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
ADDRESS = "/queue/log-book?from=01/11/2026&until=30/11/2026"


async def test_a_line_says_who_was_received_until_when_and_how_it_ended(
    cast: Cast, frozen_clock: Frozen
) -> None:
    open_one, stopped, gone = [await make_submitted(cast) for _ in range(3)]
    await applications.request_supplement(cast.officer, stopped.id, a_request(), date(2026, 12, 15))
    frozen_clock.advance(timedelta(days=2))
    await applications.move_application(cast.hoa, gone.id, "withdraw")
    common = {"applicant": cast.company.name, "title": open_one.title, "received_on": date(2026, 11, 23)}
    first, second, third = await log_book.list_lines(cast.officer, NOVEMBER)
    assert first == Line(
        case=open_one.id,
        number=str(open_one.number),
        due_on=date(2027, 1, 6),
        answered_on=None,
        result=Text("Đã nộp, chờ kiểm tra", "Submitted, to be checked"),
        **common,
    )
    assert (second.number, second.due_on, second.answered_on) == (stopped.number, None, None)
    assert (third.number, third.answered_on, third.result) == (
        gone.number,
        date(2026, 11, 25),
        Text("Đã rút", "Withdrawn"),
    )


async def test_the_period_counts_both_its_days_and_many_cost_as_few_queries_as_one(
    cast: Cast, counted: Counted
) -> None:
    await make_submitted(cast)
    day = date(2026, 11, 23)
    for first, last, expected in (
        (day, day, 1), (day - timedelta(1), day - timedelta(1), 0), (day + timedelta(1), date(2027, 1, 1), 0)
    ):  # fmt: skip
        assert len(await log_book.list_lines(cast.officer, Period(first, last))) == expected
    with counted() as one:
        await log_book.list_lines(cast.officer, NOVEMBER)
    await make_submitted(cast)
    with counted() as two:
        assert len(await log_book.list_lines(cast.officer, NOVEMBER)) == 2
    assert len(one) == len(two)


async def test_a_period_too_long_empty_or_reversed_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid) as empty:
        await log_book.request_book(cast.officer, NOVEMBER)
    with pytest.raises(Invalid) as reversed_:
        await log_book.list_lines(cast.officer, Period(NOVEMBER.last, NOVEMBER.first))
    await make_submitted(cast)
    await make_submitted(cast)
    monkeypatch.setattr(log_book, "MOST", 1)
    with pytest.raises(Invalid) as too_many:
        await log_book.list_lines(cast.officer, NOVEMBER)
    said = [one.value.fields["until"].en for one in (empty, reversed_, too_many)]
    assert said == [
        "No dossier was received in this period.",
        "The last day must not be before the first.",
        "More than 1,000 dossiers were received in this period. Choose a shorter one.",
    ]


async def test_a_book_is_a_numbered_document_of_the_agency_frozen_as_it_was_made(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    made = await log_book.request_book(cast.officer, NOVEMBER)
    await applications.move_application(cast.hoa, case.id, "withdraw")
    await work_until_empty()
    issued = await log_book.get_book(cast.auditor, made.id)
    assert (issued.number, issued.is_internal, issued.is_issued) == ("01/STD-SKHCN", True, True)
    assert issued.sha256 is not None
    [line] = issued.context["lines"]
    assert (line["number"], line["answered_on"]) == (case.number, None)
    assert [one.id for one in await log_book.list_books(NOVEMBER)] == [made.id]


async def test_only_staff_who_may_see_every_case_in_it_open_a_book(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await make_submitted(cast)
    made = await log_book.request_book(cast.officer, NOVEMBER)
    supervisor = await make_actor(Role.SUPERVISOR)
    for actor in (cast.hoa, supervisor):
        with pytest.raises(NotFound):
            await log_book.get_book(actor, made.id)
    with pytest.raises(NotFound):
        await log_book.request_book(cast.auditor, NOVEMBER)
    [receipt] = await documents.list_of_kind([case.id], "receipt")
    with pytest.raises(NotFound):
        await log_book.get_book(cast.officer, receipt.id)
    monkeypatch.setattr("backend.applications.queue._barred_from", [])

    @barred_from
    async def cases_of(_actor: object) -> list[object]:
        return [case.id]

    assert await log_book.list_lines(cast.officer, NOVEMBER) == []
    with pytest.raises(NotFound):
        await log_book.get_book(cast.officer, made.id)


async def test_an_officer_looks_takes_the_csv_and_has_the_pdf_made(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await sign_in(http, cast.officer)
    assert 'href="/queue/log-book"' in (await http.get("/queue")).text
    assert str(case.number) in (await http.get("/queue/log-book")).text
    assert (
        "Không tiếp nhận hồ sơ nào"
        in (await http.get("/queue/log-book?from=2025-01-01&until=2025-01-31")).text
    )
    wrong = await http.get("/queue/log-book?from=hôm qua")
    assert (wrong.status_code, 'href="#from"' in wrong.text) == (422, True)
    sent = await http.get(ADDRESS.replace("log-book", "log-book.csv"))
    head, line = csv.reader(io.StringIO(sent.text.removeprefix("\ufeff")))
    assert (head[0], line[:2], line[3]) == ("number", [case.number, cast.company.name], "2026-11-23")
    await http.get(ADDRESS)
    made = await http.submit("/queue/log-book", {"from": "01/11/2026", "until": "30/11/2026"})
    assert (made.status_code, (await http.get(made.headers["location"])).status_code) == (303, 202)
    await work_until_empty()
    file = await http.get(made.headers["location"])
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    assert made.headers["location"] in (await http.get(ADDRESS)).text
    empty = await http.submit("/queue/log-book", {"from": "2025-01-01", "until": "2025-01-31"})
    assert (empty.status_code, "Không tiếp nhận hồ sơ nào trong kỳ này." in empty.text) == (422, True)


async def test_an_auditor_reads_and_makes_none(http: Browser, cast: Cast) -> None:
    await make_submitted(cast)
    await sign_in(http, cast.auditor)
    shown = (await http.get("/queue/log-book")).text
    assert ("Tải CSV" in shown, "Lập sổ" in shown) == (True, False)


async def test_json_tells_the_lines_and_the_documents_made_of_them(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await sign_in(http, cast.officer)
    address, period = "/api/v1/queue/log-book", {"first": "2026-11-01", "last": "2026-11-30"}
    told = (await http.get(f"{address}?from=2026-11-01&until=2026-11-30")).json()
    due = (await log_book.list_lines(cast.officer, NOVEMBER))[0].due_on
    line = {
        "case": str(case.id),
        "number": case.number,
        "applicant": cast.company.name,
        "title": case.title,
        "received_on": "2026-11-23",
        "due_on": due and due.isoformat(),
        "answered_on": None,
        "result": {"vi": "Đã nộp, chờ kiểm tra", "en": "Submitted, to be checked"},
    }
    assert told == {"lines": [line], "documents": []}
    made = await http.post(address, json=period, headers={"X-CSRF-Token": http.token()})
    assert made.status_code == 201
    (document,) = made.json()["documents"]
    assert (made.json()["lines"], document["kind"], document["state"]) == ([line], "log_book", "queued")
    await work_until_empty()
    (issued,) = (await http.get(f"{address}?from=2026-11-01&until=2026-11-30")).json()["documents"]
    assert issued == {**document, "state": "issued"}
    assert (await http.get(issued["href"])).content.startswith(b"%PDF")
    assert (await http.get(f"{address}?from=2026-11-30&until=2026-11-01")).status_code == 422
    await sign_in(http, cast.hoa)
    assert (await http.get(f"{address}?from=2026-11-01&until=2026-11-30")).status_code == 404
