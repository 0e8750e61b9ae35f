"""Questions before any application; an officer gives a dated answer, by the rule file's clock."""

from __future__ import annotations

from uuid import UUID

from backend.accounts.schemas import Actor, Role
from backend.applications import enquiry_queries as rows
from backend.applications.enquiry_schemas import Asked, Enquiry, NewAnswer, NewEnquiry
from backend.applications.errors import RuleSaysNo
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.rate_limit import hit
from backend.kit.text import Text, nfc
from backend.notifications.domain import notify
from backend.notifications.schemas import News
from backend.programmes import domain as programmes
from sandbox_rules import Clock, Event, Programme, Refused, calendar_of, clock, fire

MACHINE = "enquiry"
ASKERS = (Role.APPLICANT, Role.INSTITUTE, Role.EXPERT)
LONGEST_TITLE, LONGEST_TEXT = 200, 4000
PER_HOUR, HOUR = 10, 3600


def askable_programmes() -> list[Programme]:
    """The programmes about which one can ask here today, by key."""
    return [one for one in programmes.list_in_force() if MACHINE in one.machines]


async def ask(actor: Actor, form: NewEnquiry) -> Enquiry:
    """Ask the agency. Raises NotFound, Invalid, TooMany."""
    if not actor.has(*ASKERS):
        raise NotFound
    title, question = nfc(form.title).strip(), nfc(form.question).strip()
    known = {one.key: one for one in askable_programmes()}
    wrong: dict[str, Text] = {}
    if form.programme_key not in known:
        wrong["programme"] = Text("Hãy chọn chương trình.", "Choose the programme.")
    if not 0 < len(title) <= LONGEST_TITLE:
        wrong["title"] = Text(f"Từ 1 đến {LONGEST_TITLE} ký tự.", f"From 1 to {LONGEST_TITLE} characters.")
    if not 0 < len(question) <= LONGEST_TEXT:
        wrong["question"] = Text(f"Từ 1 đến {LONGEST_TEXT} ký tự.", f"From 1 to {LONGEST_TEXT} characters.")
    if wrong:
        raise Invalid(fields=wrong)
    await hit(f"enquiry:{actor.id}", PER_HOUR, HOUR)
    return await _ask(actor, known[form.programme_key], title, question)


@retrying
async def _ask(actor: Actor, programme: Programme, title: str, question: str) -> Enquiry:
    start = programme.machines[MACHINE].start
    to = _fired(programme, start, "enquire", "applicant")
    async with transaction():
        enquiry_id = await rows.insert_enquiry(
            asked_by=actor.id,
            programme_key=programme.key,
            pin_in_force=programme.pin.in_force,
            pin_sha256=programme.pin.sha256,
            state=to,
            title=title,
            question=question,
            asked_at=now(),
        )
        line = {"transition": "enquire", "from": start, "to": to, "programme": programme.key}
        await audit.record(enquiry_id, "enquiry:asked", actor.id, line)
        return await _found(enquiry_id)


@retrying
async def answer(actor: Actor, enquiry_id: UUID, form: NewAnswer) -> Enquiry:
    """Give the answer; who asked is written to. Raises NotFound, Invalid, RuleSaysNo, Conflict."""
    said = nfc(form.answer).strip()
    if not actor.has(Role.OFFICER):
        raise NotFound
    async with transaction():
        before = await _found(enquiry_id)
        if before.asked_by == actor.id:
            raise NotFound
        if not 0 < len(said) <= LONGEST_TEXT:
            raise Invalid(fields={"answer": Text("Hãy viết câu trả lời.", "Write the answer.")})
        to = _fired(programmes.pinned(before.pin), before.state, "answer_enquiry", "officer")
        values = {"state": to, "answer": said, "answered_by": actor.id, "answered_at": now()}
        if not await rows.update_enquiry(enquiry_id, before.state, values):
            raise Conflict
        line = {"transition": "answer_enquiry", "from": before.state, "to": to}
        await audit.record(enquiry_id, "enquiry:answered", actor.id, line)
        await _tell(before)
        return await _found(enquiry_id)


async def get_enquiry(actor: Actor, enquiry_id: UUID) -> Asked:
    """An enquiry, for who asked and for officers. Raises NotFound."""
    found = await _found(enquiry_id)
    if found.asked_by != actor.id and not actor.has(Role.OFFICER, Role.AUDITOR):
        raise NotFound
    return with_clock(found)


async def list_enquiries(actor: Actor) -> tuple[list[Asked], list[Asked]]:
    """Open and answered ones: of the agency for officers and auditors, of one's own for everybody else."""
    if actor.has(Role.OFFICER, Role.AUDITOR):
        waiting, done = await rows.open_enquiries(), await rows.answered_enquiries()
    else:
        mine = await rows.enquiries_by(actor.id)
        waiting = [one for one in mine if one.answered_at is None]
        done = [one for one in mine if one.answered_at is not None]
    return [with_clock(one) for one in waiting], [with_clock(one) for one in done]


async def own_enquiries(actor: Actor) -> list[Asked]:
    """What the actor asked, the newest first."""
    return [with_clock(one) for one in await rows.enquiries_by(actor.id)]


def with_clock(enquiry: Enquiry) -> Asked:
    """The clock of the answer, replayed by the rules in force when it was asked."""
    programme = programmes.pinned(enquiry.pin)
    happened = [Event(at=enquiry.asked_at, transition="enquire")]
    if enquiry.answered_at is not None:
        happened.append(Event(at=enquiry.answered_at, transition="answer_enquiry"))
    clocks: list[Clock] = clock(happened, programme, calendar_of(programme.calendar), now(), MACHINE)
    return Asked(enquiry=enquiry, clock=clocks[0] if clocks else None)


def _fired(programme: Programme, state: str, step: str, role: str) -> str:
    try:
        return fire(programme, MACHINE, state, step, {role}, {}).to
    except Refused as refused:
        raise RuleSaysNo(refused) from refused


async def _found(enquiry_id: UUID) -> Enquiry:
    found = await rows.find_enquiry(enquiry_id)
    if found is None:
        raise NotFound
    return found


async def _tell(enquiry: Enquiry) -> None:
    news = News(
        headline=Text("Câu hỏi của bạn đã được trả lời", "Your question is answered"),
        happened=Text(f"Cơ quan đã trả lời: {enquiry.title}", f"The authority has answered: {enquiry.title}"),
        path=f"/enquiries/{enquiry.id}",
    )
    await notify([enquiry.asked_by], "case", f"enquiry_answered:{enquiry.id}", news)
