"""Ask another agency, take its answer, record its silence. One verb, one transaction.

Each question has a chain of its own, from which its clock is replayed; the case's chain tells that one was
asked and how it ended, never what was said.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.accounts.queries import find_account_id, find_actor
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.gate import found
from backend.applications.intake import case_for
from backend.applications.schemas import Application, Upload
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit import audit, links
from backend.kit.clock import now, today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.outbox import enqueue
from backend.kit.text import Text, nfc
from backend.notifications.domain import notify
from backend.notifications.schemas import News
from backend.opinions import queries
from backend.opinions.errors import AlreadyEnded, NotOpenForOpinions
from backend.opinions.schemas import POSITIONS, Answer, NewOpinion, Opinion, Way
from backend.ports.wiring import ports
from backend.programmes.domain import pinned, text_of
from sandbox_rules import Event, Programme, calendar_of, clock, fire
from sandbox_rules.schema import Opinions

MACHINE, DEADLINE, REQUEST, MAIL = "opinion", "opinion", "opinion_request", "send_opinion_request"
PHASES = frozenset({"intake", "appraisal", "decision"})
PURPOSE = "opinion"


@retrying
async def ask_opinion(actor: Actor, application_id: UUID, asked: NewOpinion) -> Opinion:
    """Ask an agency about a case one handles; the request is issued and sent, its clock starts.

    Raises NotFound, Conflict when another officer has the case, NotOpenForOpinions, Invalid.
    """
    async with transaction():
        case = await case_for(actor, application_id)
        programme = applications.rules_of(case)
        settings_of(programme)
        if programme.machines["application"].states[case.state].phase not in PHASES:
            raise NotOpenForOpinions
        checked = await _checked(case, asked)
        account = await _account_of(checked.email)
        fired = fire(programme, MACHINE, programme.machines[MACHINE].start, "ask_opinion", {"officer"}, {})
        opinion = await queries.insert_opinion(
            application=case.id,
            state=fired.to,
            agency=checked.agency,
            email=checked.email,
            account=account,
            question=checked.question,
            files=[str(one) for one in checked.files],
            asked_by=actor.id,
            due_on=_due_on(programme),
        )
        await _record(actor, case.id, opinion, "ask_opinion", programme.machines[MACHINE].start, fired.to)
        for kind in fired.issues:
            await _issue(actor, case, programme, opinion, kind)
        await enqueue(MAIL, {"opinion": opinion, "why": "asked"}, dedupe=f"{MAIL}:{opinion}:asked")
        return await get_known(opinion)


async def opinions_of(actor: Actor, application: Application) -> list[Opinion]:
    """What other agencies were asked and said, for those the rule file names; nothing for others."""
    programme = applications.rules_of(application)
    if programme.opinions is None:
        return []
    may_read = applications.roles_on(actor, application) & {
        str(role) for role in _readers(programme.opinions)
    }
    return await queries.opinions_of(application.id) if may_read else []


async def list_asked(actor: Actor) -> list[Opinion]:
    """What the actor's agency is asked, open ones first, then the latest."""
    asked = await queries.asked_of(actor.id)
    return sorted(asked, key=lambda one: (not one.is_open, -one.asked_at.timestamp()))


async def get_asked(actor: Actor, opinion_id: UUID) -> Opinion:
    """A question put to the actor. Raises NotFound."""
    opinion = await queries.find_opinion(opinion_id)
    if opinion is None or opinion.account_id != actor.id or not actor.has(Role.CONSULTED):
        raise NotFound
    return opinion


async def answer_opinion(actor: Actor, opinion_id: UUID, answer: Answer) -> Opinion:
    """Answer for one's agency. Raises NotFound, Invalid, AlreadyEnded."""
    opinion = await get_asked(actor, opinion_id)
    return await _end(opinion, answer, "account", actor, actor.name)


async def record_opinion(actor: Actor, opinion_id: UUID, answer: Answer) -> Opinion:
    """Enter what an agency wrote on paper into a case one handles.

    Raises NotFound, Conflict, Invalid, AlreadyEnded.
    """
    opinion = await get_known(opinion_id)
    await case_for(actor, opinion.application_id)
    return await _end(opinion, answer, "letter", actor, nfc(answer.answered_by).strip())


async def open_link(token: str) -> Opinion:
    """The question a personal link leads to. Raises NotFound where the rule file allows no links."""
    subject = links.subject_of(PURPOSE, token)
    opinion = await queries.find_opinion(subject) if subject else None
    if opinion is None or not settings_of(pinned(opinion.pin)).by_link:
        raise NotFound
    return opinion


async def answer_by_link(token: str, answer: Answer) -> Opinion:
    """Answer without an account, once and for all. Raises NotFound, Invalid, AlreadyEnded."""
    return await _end(await open_link(token), answer, "link", None, nfc(answer.answered_by).strip())


def link_token(opinion: Opinion) -> str:
    """What the link in the mail to the agency carries."""
    return links.link_token(PURPOSE, opinion.id)


@retrying
async def lapse_opinion(actor: Actor | None, opinion_id: UUID, reason: str = "") -> Opinion:
    """Record that an agency did not answer: an officer with a reason, or the system when the time is over.

    Raises NotFound, Conflict, Invalid, AlreadyEnded.
    """
    opinion = await get_known(opinion_id)
    said = nfc(reason).strip()
    if actor is not None:
        await case_for(actor, opinion.application_id)
        if not said:
            raise Invalid(fields={"reason": _SAY_WHY})
    programme = pinned(opinion.pin)
    roles = {"officer"} if actor else {"system"}
    if not opinion.is_open:
        raise AlreadyEnded
    async with transaction():
        fired = fire(programme, MACHINE, opinion.state, "lapse", roles, {})
        silence = said or text_of(settings_of(programme).silence).vi
        if not await queries.end_opinion(opinion.id, fired.to, answer=silence):
            raise AlreadyEnded
        await _record(actor, opinion.application_id, opinion.id, "lapse", opinion.state, fired.to)
        await _tell_officer(opinion, _SILENT)
        return await get_known(opinion.id)


async def files_of(opinion: Opinion) -> list[Upload]:
    """The files of the dossier that were sent along, as they were then."""
    case = await found(opinion.application_id)
    chosen = set(opinion.files)
    return [one for one in await applications.uploads_of(case, replaced=True) if one.id in chosen]


async def open_file(opinion: Opinion, upload_id: UUID) -> tuple[Upload, bytes]:
    """The harmless copy of a file that was sent along. Raises NotFound."""
    for upload in await files_of(opinion):
        if upload.id == upload_id:
            return upload, await ports().files.get(upload.file_key)
    raise NotFound


async def get_request(opinion: Opinion) -> IssuedDocument:
    """The request as it was issued. Raises NotFound while it is being made."""
    document = await documents.get_document(opinion.document) if opinion.document else None
    if document is None or not document.is_issued:
        raise NotFound
    return document


async def get_known(opinion_id: UUID) -> Opinion:
    """A question, whoever asks for it. Raises NotFound."""
    opinion = await queries.find_opinion(opinion_id)
    if opinion is None:
        raise NotFound
    return opinion


def settings_of(programme: Programme) -> Opinions:
    """How the rule file lets other agencies be asked. Raises NotFound when it does not."""
    if programme.opinions is None or MACHINE not in programme.machines:
        raise NotFound
    return programme.opinions


@retrying
async def _end(opinion: Opinion, answer: Answer, way: Way, actor: Actor | None, name: str) -> Opinion:
    said = nfc(answer.answer).strip()
    faults = {
        "position": None if answer.position in POSITIONS else _CHOOSE,
        "answer": None if said or answer.position in {"agree", "no_remark"} else _SAY_WHAT,
        "answered_by": None if name else _SAY_WHO,
    }
    if fields := {key: fault for key, fault in faults.items() if fault}:
        raise Invalid(fields=fields)
    programme = pinned(opinion.pin)
    role = "officer" if way == "letter" else "consulted"
    if not opinion.is_open:
        raise AlreadyEnded
    async with transaction():
        fired = fire(programme, MACHINE, opinion.state, "record_opinion", {role}, {})
        values = {"position": answer.position, "answer": said, "answered_by": name, "way": way}
        if not await queries.end_opinion(opinion.id, fired.to, **values):
            raise AlreadyEnded
        await _record(actor, opinion.application_id, opinion.id, "record_opinion", opinion.state, fired.to)
        if way != "letter":
            await _tell_officer(opinion, _ANSWERED)
        return await get_known(opinion.id)


async def _record(
    actor: Actor | None, case: UUID, opinion: UUID, transition: str, before: str, after: str
) -> None:
    """A line in the question's own chain, and one in the case's that names it."""
    by, tag = actor.id if actor else None, f"opinion:{PAST[transition]}"
    await audit.record(opinion, tag, by, {"transition": transition, "from": before, "to": after})
    await audit.record(case, tag, by, {"opinion": opinion})


async def _checked(case: Application, asked: NewOpinion) -> NewOpinion:
    """The question as it is kept. Raises Invalid per field."""
    agency, question = nfc(asked.agency).strip(), nfc(asked.question).strip()
    email = nfc(asked.email).strip().lower()
    there = {one.id for one in await applications.uploads_of(case)}
    faults = {
        "agency": None if agency else _NAME_AGENCY,
        "email": None if "@" in email[1:-1] and " " not in email else _GIVE_EMAIL,
        "question": None if question else _SAY_QUESTION,
        "files": None if set(asked.files) <= there else _CHOOSE_FILES,
    }
    if fields := {key: fault for key, fault in faults.items() if fault}:
        raise Invalid(fields=fields)
    return NewOpinion(agency=agency, email=email, question=question, files=list(dict.fromkeys(asked.files)))


async def _account_of(email: str) -> UUID | None:
    """The account of the agency with this e-mail, if it has one that may answer."""
    account = await find_account_id(email)
    actor = await find_actor(account) if account else None
    return actor.id if actor and actor.has(Role.CONSULTED) else None


async def _issue(actor: Actor, case: Application, programme: Programme, opinion_id: UUID, kind: str) -> None:
    opinion = await get_known(opinion_id)
    source = programme.sources[programme.deadlines[DEADLINE].source]
    context: dict[str, Any] = {
        "case_number": case.number,
        "agency": opinion.agency,
        "applicant": case.organisation_name,
        "title": case.title,
        "programme": programme.title,
        "question": opinion.question,
        "files": [one.filename for one in await files_of(opinion)],
        "due_on": opinion.due_on,
        "source": {"title": source.title, "confirmed": source.confirmed, "note": source.note},
        "contact": actor.name,
    }
    document = await documents.request_document(
        kind, opinion.id, pin=case.pin, context=context, actor=actor.id
    )
    await queries.set_document(opinion.id, document.id)


def _due_on(programme: Programme) -> Any:
    """The day by which the agency has to answer when it is asked now."""
    events = [Event(now(), "ask_opinion")]
    (running,) = clock(events, programme, calendar_of(programme.calendar), now(), MACHINE)
    return running.due_on or today()


async def _tell_officer(opinion: Opinion, happened: Text) -> None:
    """The one who asked is told, and whoever handles the case now."""
    handler = (await found(opinion.application_id)).handler_id
    news = News(
        headline=Text(f"{opinion.number}: {opinion.agency}", f"{opinion.number}: {opinion.agency}"),
        happened=happened,
        path=f"/cases/{opinion.application_id}#opinions",
    )
    await notify({opinion.asked_by, *([handler] if handler else [])}, "work", f"opinion:{opinion.id}", news)


def _readers(settings: Opinions) -> tuple[str, ...]:
    return (*settings.visible_to, "auditor")


PAST = {"ask_opinion": "asked", "record_opinion": "given", "lapse": "lapsed"}
_ANSWERED = Text("Cơ quan được lấy ý kiến đã trả lời.", "The agency that was asked has answered.")
_SILENT = Text("Hết hạn mà không có ý kiến trả lời.", "The time is over without an answer.")
_SAY_WHY = Text("Hãy nêu lý do.", "Give the reason.")
_CHOOSE = Text("Hãy chọn một trong các ý kiến.", "Choose one of the positions.")
_SAY_WHAT = Text("Hãy ghi nội dung ý kiến hoặc điều kiện.", "Write what you object to, or the conditions.")
_SAY_WHO = Text("Hãy ghi họ tên và chức vụ của người trả lời.", "Give the name and office of who answers.")
_NAME_AGENCY = Text("Hãy ghi tên cơ quan.", "Name the agency.")
_GIVE_EMAIL = Text("Hãy ghi địa chỉ thư của cơ quan, ví dụ vanthu@so.gov.vn.", "Give the agency's e-mail.")
_SAY_QUESTION = Text("Hãy ghi nội dung cần lấy ý kiến.", "Write what you ask.")
_CHOOSE_FILES = Text("Hãy chọn lại tài liệu gửi kèm.", "Choose the files to send along again.")
