"""Another day for a late case: promised by its officer with a reason, in a letter that replaces the first."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from backend.applications import domain, lateness
from backend.applications import lateness_promise as promises
from backend.applications.errors import NotLate
from backend.applications.lateness_promise import NewPromise
from backend.applications.schemas import Application
from backend.documents import domain as documents
from backend.documents.domain import NotIssuedYet
from backend.documents.schemas import IssuedDocument
from backend.kit import audit, sessions
from backend.kit.clock import Frozen
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.ports.mailer import KeptMail
from backend.ports.wiring import Ports
from backend.programmes import domain as programmes
from sandbox_rules import Programme
from tests.factories.applications import PROGRAMME, Cast, make_submitted
from tests.factories.web import Browser, sign_in

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATE = START + timedelta(days=7)  # 30/11/2026, a Monday; the check was due on Friday
DAY = date(2026, 12, 18)
WHY = "Chờ ý kiến của Cảng vụ Hàng hải."
PROMISED = NewPromise(due_on=DAY, reason=f" {WHY} ")


@pytest.fixture
async def case(cast: Cast, frozen_clock: Frozen) -> Application:
    """A case whose first clock the agency missed, before anybody apologised."""
    found = await make_submitted(cast)
    await work_until_empty()
    frozen_clock.move_to(LATE)
    return found


async def apologies(case: Application) -> list[IssuedDocument]:
    """In the order of their numbers: the clock stands still here."""
    return sorted(await documents.list_of_kind([case.id], "apology"), key=lambda one: one.number or "")


async def apologise() -> None:
    await lateness.find_late({})
    await work_until_empty()


async def test_another_day_replaces_the_apology_that_was_sent(
    cast: Cast, ports: Ports, case: Application
) -> None:
    await apologise()
    promise = await promises.promise_day(cast.officer, case.id, PROMISED)
    await apologise()
    old, new = await apologies(case)
    assert (promise.document, promise.number, promise.due_on, promise.reason) == (
        new.id,
        new.number,
        DAY,
        WHY,
    )
    assert (old.replaced_by, new.is_recalled) == (new.id, False)
    assert (new.context["new_due_on"], new.context["reason"]) == ("2026-12-18", WHY)
    assert new.context["replaces"] == {"number": old.number, "dated_on": "2026-11-30"}
    assert await promises.get_promise(cast.hoa, case.id) == promise


async def test_it_is_in_the_chain_and_told_by_mail(cast: Cast, ports: Ports, case: Application) -> None:
    await apologise()
    promise = await promises.promise_day(cast.officer, case.id, PROMISED)
    await work_until_empty()
    (line,) = [one for one in await audit.entries(case.id) if one.tag == "application:day_promised"]
    assert (line.actor, line.data) == (
        cast.officer.id,
        {
            "clock": "check_dossier",
            "round": 1,
            "due_on": "2026-12-18",
            "was": "2027-01-08",
            "reason": WHY,
            "document": str(promise.document),
        },
    )
    assert isinstance(ports.mailer, KeptMail)
    told = [one for one in ports.mailer.sent if "Ngày hẹn mới 18/12/2026" in one.subject]
    assert sorted(one.to for one in told) == sorted({cast.hoa.email, cast.binh.email})
    assert WHY in told[0].text


async def test_a_day_promised_first_is_the_apology(cast: Cast, ports: Ports, case: Application) -> None:
    await lateness.find_late({})  # asked for, not yet written
    await promises.promise_day(cast.officer, case.id, PROMISED)
    await apologise()
    (only,) = await apologies(case)
    assert (only.context["new_due_on"], only.context["replaces"]) == ("2026-12-18", None)
    (line,) = [one for one in await audit.entries(case.id) if one.tag == "application:day_promised"]
    assert line.data["was"] is None


async def test_the_clock_missed_last_is_answered_and_the_apology_for_another_stays(
    cast: Cast, ports: Ports, frozen_clock: Frozen, case: Application
) -> None:
    await apologise()
    frozen_clock.move_to(START + timedelta(days=60))
    await promises.promise_day(cast.officer, case.id, NewPromise(due_on=date(2027, 2, 1), reason=WHY))
    first, second = await apologies(case)
    assert (first.context["clock_key"], first.is_recalled) == ("check_dossier", False)
    assert (second.context["clock_key"], second.context["replaces"]) == ("decide", None)


async def test_nothing_is_promised_while_the_letter_before_is_being_made(
    cast: Cast, ports: Ports, case: Application
) -> None:
    await promises.promise_day(cast.officer, case.id, PROMISED)
    with pytest.raises(NotIssuedYet):
        await promises.promise_day(cast.officer, case.id, PROMISED)
    assert len(await apologies(case)) == 1


async def test_a_case_that_is_not_late_has_no_day_to_promise(
    cast: Cast, ports: Ports, frozen_clock: Frozen, case: Application
) -> None:
    frozen_clock.move_to(START)
    for verb in (
        promises.promise_day(cast.officer, case.id, PROMISED),
        promises.late_case(cast.officer, case.id),
    ):
        with pytest.raises(NotLate):
            await verb
    with pytest.raises(NotFound):
        await promises.get_promise(cast.hoa, case.id)


@pytest.mark.parametrize("name", ["hoa", "stranger", "authority", "auditor", "admin"])
async def test_only_an_officer_promises(cast: Cast, ports: Ports, case: Application, name: str) -> None:
    with pytest.raises(NotFound):
        await promises.promise_day(getattr(cast, name), case.id, PROMISED)


async def test_the_case_of_another_officer_is_left_alone(cast: Cast, ports: Ports, case: Application) -> None:
    await domain.take_application(cast.colleague, case.id)
    with pytest.raises(Conflict):
        await promises.promise_day(cast.officer, case.id, PROMISED)


@pytest.mark.parametrize(
    ("day", "reason", "wrong"),
    [
        (date(2026, 11, 30), WHY, {"due_on"}),
        (date(2026, 12, 19), WHY, {"due_on"}),
        (DAY, " ", {"reason"}),
        (DAY, "x" * 2001, {"reason"}),
        (date(2026, 11, 1), "", {"due_on", "reason"}),
    ],
)
async def test_a_day_that_cannot_be_or_no_reason_is_refused(
    cast: Cast, ports: Ports, case: Application, day: date, reason: str, wrong: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await promises.promise_day(cast.officer, case.id, NewPromise(due_on=day, reason=reason))
    assert refused.value.fields.keys() == wrong
    assert await apologies(case) == []


@pytest.mark.parametrize(("within", "is_lawful"), [(13, False), (14, True)])
async def test_the_rule_file_bounds_the_day_if_it_says_so(
    cast: Cast,
    ports: Ports,
    case: Application,
    monkeypatch: pytest.MonkeyPatch,
    within: int,
    is_lawful: bool,
) -> None:
    programme = programmes.in_force(PROGRAMME)
    assert promises.last_day(programme) is None
    bounded = bounding(programme, within)
    monkeypatch.setattr(promises, "rules_of", lambda _case: bounded)
    if is_lawful:
        assert (await promises.promise_day(cast.officer, case.id, PROMISED)).due_on == DAY
        return
    with pytest.raises(Invalid) as refused:
        await promises.promise_day(cast.officer, case.id, PROMISED)
    assert refused.value.fields["due_on"].en == "The latest day that may be promised is 17/12/2026."


def bounding(programme: Programme, within: int) -> Programme:
    """The rule file with a last day for what an apology promises."""
    apology = structs.replace(programme.issued["apology"], promises_within=within)
    return structs.replace(programme, issued={**programme.issued, "apology": apology})


def test_rules_that_issue_no_apology_bound_nothing() -> None:
    assert promises.last_day(structs.replace(programmes.in_force(PROGRAMME), issued={})) is None


# Pages and interface


def said(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
async def enter(http: Browser) -> Callable[[Any], Any]:
    async def come(actor: Any) -> Browser:
        browser = http.as_stranger()
        await sign_in(browser, actor)
        return browser

    return come


async def test_the_officer_promises_by_form_and_the_applicant_reads_it_on_the_case(
    cast: Cast, ports: Ports, case: Application, enter: Callable[[Any], Any]
) -> None:
    officer, hoa = await enter(cast.officer), await enter(cast.hoa)
    path = f"/cases/{case.id}/new-day"
    assert f'href="{path}"' in (await officer.get(f"/cases/{case.id}")).text
    assert "No apology was sent for this step yet." in (await officer.get(f"{path}?lang=en")).text
    assert "promise" not in (await hoa.get(f"/cases/{case.id}?lang=en")).text
    await apologise()
    assert (
        "(reckoned from the steps still to be taken, to confirm)" in (await hoa.get(f"/cases/{case.id}")).text
    )
    shown = said((await officer.get(path)).text)
    assert "8 Jan 2027 (reckoned from the steps still to be taken, to confirm) 01/PXL-SKHCN" in shown
    again = await officer.submit(path, {"due_on": "19/12/2026", "reason": WHY})
    assert again.status_code == 422
    assert "The agency is closed that day." in again.text
    assert ('value="19/12/2026"' in again.text, WHY in again.text) == (True, True)
    sent = await officer.submit(path, {"due_on": "18/12/2026", "reason": WHY})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case.id}")
    shown = said((await hoa.get(f"/cases/{case.id}")).text)
    assert f"The result is promised for 18 Dec 2026. Reason: {WHY} Apology 02/PXL-SKHCN" in shown
    assert path not in shown
    assert f"18 Dec 2026 {WHY}" in said((await officer.get(path)).text)
    assert "New day promised" in (await officer.get(f"/cases/{case.id}")).text


async def test_a_day_nobody_could_reckon_is_said_to_be_open(
    cast: Cast, ports: Ports, case: Application, enter: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lateness, "new_day", lambda *_: None)
    await apologise()
    page = await (await enter(cast.hoa)).get(f"/cases/{case.id}?lang=en")
    assert "The new day is to confirm; you will be told as soon as it is set." in page.text
    page = await (await enter(cast.officer)).get(f"/cases/{case.id}/new-day?lang=en")
    assert "no day yet" in page.text


async def test_a_case_with_nothing_to_promise_leads_back_and_says_why(
    cast: Cast, ports: Ports, frozen_clock: Frozen, case: Application, enter: Callable[[Any], Any]
) -> None:
    frozen_clock.move_to(START)
    officer = await enter(cast.officer)
    sent = await officer.get(f"/cases/{case.id}/new-day")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case.id}")
    assert NotLate.text.vi in (await officer.get(f"/cases/{case.id}")).text


async def test_the_interface_promises_and_tells_the_day(
    cast: Cast, ports: Ports, case: Application, http: Browser
) -> None:
    hoa, officer = [http.with_token(await sessions.open_session(one.id)) for one in (cast.hoa, cast.officer)]
    path = f"/api/v1/applications/{case.id}/new-day"
    assert (await hoa.get(path)).status_code == 404
    sent = await officer.put(path, json={"due_on": "2026-12-18", "reason": WHY})
    (letter,) = await apologies(case)
    assert sent.json() == {
        "due_on": "2026-12-18",
        "reason": WHY,
        "step": {"vi": "Kiểm tra thành phần hồ sơ", "en": letter.context["step"]["en"]},
        "was_due_on": "2026-11-27",
        "document": str(letter.id),
        "number": letter.number,
    }
    assert (await hoa.get(path)).json() == sent.json()
