"""Questions before any application: asked, answered with a date, by the rule file's clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.accounts.schemas import Role
from backend.applications import domain, enquiries
from backend.applications.enquiry_schemas import Enquiry, NewAnswer, NewEnquiry
from backend.applications.errors import RuleSaysNo
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.ports.wiring import Ports
from tests.factories.applications import PROGRAMME, Cast, as_of_now, make_cast
from tests.factories.races import race
from tests.factories.web import Browser, make_actor, sign_in

QUESTION = NewEnquiry(programme_key=PROGRAMME, title=" Thử trên sông? ", question="Có cần phép khác không?")


async def asked(cast: Cast) -> Enquiry:
    return await enquiries.ask(cast.hoa, QUESTION)


async def test_a_question_starts_the_clock_of_its_answer(
    cast: Cast, ports: Ports, frozen_clock: Frozen
) -> None:
    one = await asked(cast)
    assert (one.title, one.state, one.asker_name) == ("Thử trên sông?", "asked", cast.hoa.name)
    waiting = await enquiries.get_enquiry(cast.officer, one.id)
    assert waiting.clock is not None
    # five working days after Monday 23 November; the 24th is a holiday
    assert (waiting.clock.due_on, waiting.clock.source.confirmed) == (date(2026, 12, 1), False)
    frozen_clock.advance(timedelta(days=2))
    said = await enquiries.answer(cast.officer, one.id, NewAnswer(answer=" Cần phép đường thủy. "))
    assert (said.answer, said.answerer_name, said.state) == (
        "Cần phép đường thủy.",
        cast.officer.name,
        "answered",
    )
    done = await enquiries.get_enquiry(cast.hoa, one.id)
    assert done.clock is not None
    assert (done.clock.state, done.clock.used) == ("met", 1)
    assert [entry.tag for entry in await audit.entries(one.id)] == ["enquiry:asked", "enquiry:answered"]
    assert "đường thủy" not in str(await audit.entries(one.id))
    await work_until_empty()
    kept: Any = ports.mailer
    assert [(mail.to, mail.subject) for mail in kept.sent] == [
        (cast.hoa.email, "Câu hỏi của bạn đã được trả lời")
    ]


async def test_an_answer_is_given_once(cast: Cast) -> None:
    one = await asked(cast)
    for wrong in (" ", "B" * 4001):
        with pytest.raises(Invalid):
            await enquiries.answer(cast.officer, one.id, NewAnswer(answer=wrong))
    await enquiries.answer(cast.officer, one.id, NewAnswer(answer="Có."))
    with pytest.raises(RuleSaysNo):
        await enquiries.answer(cast.colleague, one.id, NewAnswer(answer="Không."))


async def test_of_two_who_answer_at_once_one_is_told(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    one = await asked(cast)
    outcomes = await race(
        "enquiry",
        one.id,
        *(
            enquiries.answer(who, one.id, NewAnswer(answer=who.name))
            for who in (cast.officer, cast.colleague)
        ),
    )
    (won,) = [each for each in outcomes if isinstance(each, Enquiry)]
    assert [type(each) for each in outcomes if isinstance(each, BaseException)] == [Conflict]
    assert (await enquiries.get_enquiry(cast.hoa, one.id)).enquiry.answer == won.answer
    assert [entry.tag for entry in await audit.entries(one.id)] == ["enquiry:asked", "enquiry:answered"]


async def test_only_who_asked_and_the_agency_read_it(cast: Cast) -> None:
    one = await asked(cast)
    for other in (cast.binh, cast.stranger, cast.authority, cast.admin):
        with pytest.raises(NotFound):
            await enquiries.get_enquiry(other, one.id)
    for other in (cast.hoa, cast.stranger, cast.auditor):
        with pytest.raises(NotFound):
            await enquiries.answer(other, one.id, NewAnswer(answer="Có."))
    with pytest.raises(NotFound):
        await enquiries.ask(cast.officer, QUESTION)


async def test_nobody_answers_the_own_question(cast: Cast) -> None:
    both = await as_of_now(await make_actor(Role.APPLICANT, Role.OFFICER))
    one = await enquiries.ask(both, QUESTION)
    with pytest.raises(NotFound):
        await enquiries.answer(both, one.id, NewAnswer(answer="Có."))


@pytest.mark.parametrize(
    ("programme", "title", "question", "faults"),
    [
        ("no-such", "A", "B", ["programme"]),
        (PROGRAMME, " ", "B", ["title"]),
        (PROGRAMME, "A" * 201, "B", ["title"]),
        (PROGRAMME, "A", "", ["question"]),
        ("", "", "B" * 4001, ["programme", "title", "question"]),
    ],
)
async def test_what_is_wrong_is_said(
    cast: Cast, programme: str, title: str, question: str, faults: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        await enquiries.ask(cast.hoa, NewEnquiry(programme_key=programme, title=title, question=question))
    assert list(refusal.value.fields) == faults


async def test_the_pages_go_from_the_question_to_the_answer(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.hoa)
    assert 'name="question"' in (await http.get("/enquiries/new")).text
    assert (await http.submit("/enquiries/new", {"programme": PROGRAMME})).status_code == 422
    form = {"programme": PROGRAMME, "title": "Thử trên sông?", "question": "Có cần phép <khác>?"}
    place = (await http.submit("/enquiries/new", form)).headers["location"]
    assert "Có cần phép &lt;khác&gt;?" in (await http.get(place)).text
    assert "chờ trả lời" in (await http.get("/workspace")).text
    officer = http.as_stranger()
    await sign_in(officer, cast.officer)
    assert place in (await officer.get("/enquiries")).text
    assert (await officer.submit(place, {"answer": ""})).status_code == 422
    assert (await officer.submit(place, {"answer": "Cần."})).headers["location"] == place
    assert 'name="answer"' not in (await officer.get(place)).text
    assert "Cần." in (await http.get(place)).text
    assert "trả lời ngày" in (await http.get("/workspace")).text
    assert place in (await http.get("/enquiries")).text


async def test_json_goes_the_same_way(http: Browser, cast: Cast) -> None:
    hoa = http.with_token(await sign_in(http.as_stranger(), cast.hoa))
    officer = http.with_token(await sign_in(http.as_stranger(), cast.officer))
    new = {"programme_key": PROGRAMME, "title": "Thử trên sông?", "question": "Có cần phép khác?"}
    one = (await hoa.post("/api/v1/enquiries", json=new)).json()
    answered = await officer.post(f"/api/v1/enquiries/{one['id']}/answer", json={"answer": "Cần."})
    assert answered.json()["answer"] == "Cần."
    (listed,) = (await hoa.get("/api/v1/enquiries")).json()
    assert listed["enquiry"]["id"] == one["id"]


def test_every_open_programme_takes_questions() -> None:
    assert enquiries.askable_programmes() == domain.open_programmes()
