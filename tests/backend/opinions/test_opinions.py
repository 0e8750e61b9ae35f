"""Another agency is asked in writing, answers once or is recorded as silent; the file says who reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.dossier import rules_of
from backend.applications.schemas import Application
from backend.appraisals.domain import assign_appraisers, declare_conflict
from backend.documents.domain import list_for
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import dead_jobs, enqueue_recurring, work_until_empty
from backend.opinions import domain, watch
from backend.opinions.errors import AlreadyEnded, NotOpenForOpinions
from backend.opinions.schemas import POSITIONS, WAYS, Answer, NewOpinion, Opinion
from backend.ports.mailer import KeptMail
from backend.programmes import domain as programmes
from tests.factories.applications import Cast, make_cast, make_submitted
from tests.factories.decisions import make_accepted
from tests.factories.races import race
from tests.factories.web import make_actor

YES = Answer(position="agree", answered_by="Phạm Văn Tư, Phó Giám đốc")
assert watch, "knows the jobs"


def question(**changed: Any) -> NewOpinion:
    asked = {
        "agency": "Sở Xây dựng",
        "email": "vanthu@soxaydung.test",
        "question": "Xe có được chạy ở cầu số 3?",
    }
    return NewOpinion(**(asked | changed))


async def ask(cast: Cast, case: Application, **changed: Any) -> Opinion:
    return await domain.ask_opinion(cast.officer, case.id, question(**changed))


async def tags(subject: Any) -> list[str]:
    return [entry.tag for entry in await audit.entries(subject)]


async def test_an_agency_is_asked_by_a_numbered_letter_and_a_mail(
    cast: Cast, case: Application, post: KeptMail
) -> None:
    asked = await ask(cast, case)
    assert (asked.state, asked.is_open, asked.due_on) == (
        "asked",
        True,
        date(2026, 12, 1),
    )  # 24 November is a holiday
    assert await tags(asked.id) == ["opinion:asked", "document:requested"]
    assert (await tags(case.id))[-1] == "opinion:asked"
    await work_until_empty()
    assert await dead_jobs() == []
    (letter,) = await list_for(asked.id)
    assert (letter.kind, letter.is_issued, letter.context["question"]) == (
        "opinion_request",
        True,
        asked.question,
    )
    assert asked.id not in {one.subject for one in await list_for(case.id)}
    (mail,) = [one for one in post.sent if one.to == "vanthu@soxaydung.test"]
    assert "Đề nghị cho ý kiến về hồ sơ HS-2026-00001" in mail.subject
    assert f"/opinions/answer/{domain.link_token(asked)}" in mail.text


async def test_an_agency_with_an_account_answers_signed_in(
    cast: Cast, case: Application, agency: Actor, post: KeptMail
) -> None:
    asked = await ask(cast, case)
    assert asked.account_id == agency.id
    assert [one.id for one in await domain.list_asked(agency)] == [asked.id]
    await work_until_empty()
    (mail,) = [one for one in post.sent if one.to == agency.email]
    assert f"/opinions/{asked.id}" in mail.text
    given = await domain.answer_opinion(
        agency, asked.id, Answer(position="agree_if", answer="Có người đi kèm.")
    )
    assert (given.state, given.position, given.answered_by, given.way) == (
        "given",
        "agree_if",
        "Sở Xây dựng",
        "account",
    )
    assert await tags(asked.id) == ["opinion:asked", "document:requested", "document:issued", "opinion:given"]
    assert "Có người đi kèm" not in str(await audit.entries(case.id))
    await work_until_empty()
    assert [one.subject for one in post.sent if one.to == cast.officer.email] == [
        f"{case.number}: Sở Xây dựng"
    ]
    with pytest.raises(AlreadyEnded):
        await domain.answer_opinion(agency, asked.id, YES)


async def test_a_personal_link_serves_once(cast: Cast, case: Application) -> None:
    asked = await ask(cast, case)
    token = domain.link_token(asked)
    assert (await domain.open_link(token)).id == asked.id
    given = await domain.answer_by_link(token, YES)
    assert (given.way, given.answered_by) == ("link", "Phạm Văn Tư, Phó Giám đốc")
    with pytest.raises(AlreadyEnded):
        await domain.answer_by_link(token, YES)
    for wrong in (token + "x", "x", "", token[1:]):
        with pytest.raises(NotFound):
            await domain.open_link(wrong)


async def test_an_officer_enters_what_came_on_paper(cast: Cast, case: Application) -> None:
    asked = await ask(cast, case)
    with pytest.raises(Conflict):
        await domain.record_opinion(cast.colleague, asked.id, YES)
    given = await domain.record_opinion(cast.officer, asked.id, YES)
    assert (given.way, given.state) == ("letter", "given")


async def test_of_two_who_answer_or_end_it_at_once_one_is_told(
    committed_db: str, post: KeptMail, frozen_clock: Frozen
) -> None:
    cast = await make_cast()
    case = await make_accepted(cast, council=[])
    for verbs in (
        [lambda one: domain.record_opinion(cast.officer, one.id, YES)] * 2,
        [lambda one: domain.lapse_opinion(cast.officer, one.id, "Hết hạn.")] * 2,
    ):
        asked = await ask(cast, case)
        ended = await race("opinion", asked.id, *(verb(asked) for verb in verbs))
        assert sorted(type(one).__name__ for one in ended) == ["AlreadyEnded", "Opinion"]
        assert len(await tags(asked.id)) == 3


async def test_where_the_rule_file_asks_nobody_nothing_is_read_or_ended(
    cast: Cast, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await ask(cast, case)
    assert await domain.opinions_of(cast.officer, case) == [asked]
    bare = structs.replace(rules_of(case), opinions=None)
    monkeypatch.setattr(programmes, "pinned", lambda pin: bare)
    assert await domain.opinions_of(cast.officer, case) == []
    with pytest.raises(NotFound):
        domain.settings_of(bare)


async def test_where_links_are_not_allowed_the_mail_has_none_and_an_old_one_opens_nothing(
    cast: Cast, case: Application, post: KeptMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await ask(cast, case)
    rules = rules_of(case)
    assert rules.opinions
    on_paper = structs.replace(rules, opinions=structs.replace(rules.opinions, by_link=False))
    for module in (domain, watch):
        monkeypatch.setattr(module, "pinned", lambda pin: on_paper)
    await work_until_empty()
    (mail,) = [one for one in post.sent if one.to == asked.email]
    assert "/opinions/answer/" not in mail.text
    with pytest.raises(NotFound):
        await domain.open_link(domain.link_token(asked))


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (Answer(position=""), {"position", "answer", "answered_by"}),
        (Answer(position="disagree", answered_by="A"), {"answer"}),
        (Answer(position="agree_if", answer="  ", answered_by="A"), {"answer"}),
        (Answer(position="no_remark", answered_by=" "), {"answered_by"}),
    ],
)
async def test_an_answer_without_its_content_is_refused_by_field(
    cast: Cast, case: Application, answer: Answer, fields: set[str]
) -> None:
    asked = await ask(cast, case)
    with pytest.raises(Invalid) as refused:
        await domain.answer_by_link(domain.link_token(asked), answer)
    assert set(refused.value.fields) == fields
    assert (await domain.get_known(asked.id)).is_open


async def test_a_question_without_its_content_is_refused_by_field(cast: Cast, case: Application) -> None:
    with pytest.raises(Invalid) as refused:
        await ask(cast, case, agency=" ", email="so xay dung", question="", files=[uuid4()])
    assert set(refused.value.fields) == {"agency", "email", "question", "files"}


async def test_the_agency_sees_only_the_files_that_were_sent_along(cast: Cast, case: Application) -> None:
    first, second, *_ = await applications.uploads_of(case)
    asked = await ask(cast, case, files=[first.id])
    assert [one.id for one in await domain.files_of(asked)] == [first.id]
    assert (await domain.open_file(asked, first.id))[0].id == first.id
    with pytest.raises(NotFound):
        await domain.open_file(asked, second.id)


async def test_silence_is_reminded_of_recorded_and_told(
    cast: Cast, case: Application, post: KeptMail, frozen_clock: Frozen
) -> None:
    asked = await ask(cast, case)
    quick = await ask(cast, case, agency="Công an thành phố", email="pc@congan.test")
    await domain.answer_by_link(domain.link_token(quick), YES)
    await work_until_empty()
    post.sent.clear()
    for day in range(1, 9):  # to 1 December, the last day
        frozen_clock.move_to(datetime(2026, 11, 23, 2, tzinfo=UTC) + timedelta(days=day))
        await enqueue_recurring()
        await work_until_empty()
    assert [one.subject for one in post.sent if one.to == asked.email] == [
        "Nhắc: cho ý kiến về hồ sơ HS-2026-00001"
    ]
    assert (await domain.get_known(asked.id)).is_open
    frozen_clock.move_to(datetime(2026, 12, 2, 2, tzinfo=UTC))
    for _ in range(2):
        await enqueue_recurring()
        await work_until_empty()
    silent = await domain.get_known(asked.id)
    assert (silent.state, silent.position) == ("lapsed", None)
    assert silent.answer is not None
    assert silent.answer.startswith("Quá hạn không trả lời")
    assert (await tags(case.id)).count("opinion:lapsed") == 1
    assert await dead_jobs() == []
    with pytest.raises(AlreadyEnded):
        await domain.answer_by_link(domain.link_token(asked), YES)


async def test_an_officer_goes_on_without_it_and_says_why(cast: Cast, case: Application) -> None:
    asked = await ask(cast, case)
    with pytest.raises(Invalid):
        await domain.lapse_opinion(cast.officer, asked.id, " ")
    with pytest.raises(Conflict):
        await domain.lapse_opinion(cast.colleague, asked.id, "Không cần nữa.")
    closed = await domain.lapse_opinion(cast.officer, asked.id, "Không cần nữa.")
    assert (closed.state, closed.answer) == ("lapsed", "Không cần nữa.")
    with pytest.raises(AlreadyEnded):
        await domain.lapse_opinion(cast.officer, asked.id, "Không cần nữa.")


async def test_a_reminder_of_what_was_answered_is_not_sent(
    cast: Cast, case: Application, post: KeptMail
) -> None:
    asked = await ask(cast, case)
    await domain.answer_by_link(domain.link_token(asked), YES)
    await work_until_empty()
    assert [one for one in post.sent if one.to == asked.email] == []
    await watch.lapse({"opinion": str(asked.id)})
    await watch.lapse({"opinion": str(uuid4())})
    assert (await domain.get_known(asked.id)).state == "given"


async def test_those_the_rule_file_names_read_it_and_nobody_else(cast: Cast, case: Application) -> None:
    asked = await ask(cast, case)
    appraiser, supervisor = await make_actor(Role.APPRAISER), await make_actor(Role.SUPERVISOR)
    for actor in (cast.officer, cast.colleague, cast.authority, cast.auditor, appraiser, supervisor):
        assert [one.id for one in await domain.opinions_of(actor, case)] == [asked.id], actor.roles
    for actor in (cast.hoa, cast.stranger, cast.admin, await make_actor(Role.CONSULTED)):
        assert await domain.opinions_of(actor, case) == [], actor.roles


async def test_only_the_handler_asks_and_only_while_a_case_is_worked_on(
    cast: Cast, case: Application
) -> None:
    for actor in (cast.hoa, cast.stranger, cast.admin, cast.auditor):
        with pytest.raises(NotFound):
            await domain.ask_opinion(actor, case.id, question())
    with pytest.raises(Conflict):
        await domain.ask_opinion(cast.colleague, case.id, question())
    other = await make_submitted(cast)
    await applications.withdraw_application(cast.hoa, other.id, "Đổi kế hoạch.")
    with pytest.raises(NotOpenForOpinions):
        await domain.ask_opinion(cast.officer, other.id, question())


async def test_who_is_barred_neither_asks_nor_records(cast: Cast, case: Application) -> None:
    barred = await make_actor(Role.OFFICER, Role.APPRAISER)
    await assign_appraisers(cast.officer, case.id, [barred.id])
    await declare_conflict(barred, case.id, True, "Chồng tôi làm ở công ty này.")
    asked = await ask(cast, case)
    for attempt in (
        domain.ask_opinion(barred, case.id, question()),
        domain.record_opinion(barred, asked.id, YES),
        domain.lapse_opinion(barred, asked.id, "x"),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_another_agency_cannot_answer(cast: Cast, case: Application, agency: Actor) -> None:
    asked = await ask(cast, case)
    other = await make_actor(Role.CONSULTED)
    for actor in (other, cast.officer):
        with pytest.raises(NotFound):
            await domain.answer_opinion(actor, asked.id, YES)
    with pytest.raises(NotFound):
        await domain.answer_opinion(agency, uuid4(), YES)
    with pytest.raises(NotFound):
        await domain.record_opinion(cast.officer, uuid4(), YES)


def test_positions_and_ways_are_said_in_both_languages() -> None:
    for label in [*POSITIONS.values(), *WAYS.values()]:
        assert label.vi
        assert label.en
