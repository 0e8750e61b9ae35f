"""What an applicant has, and what must be done now: the step the rule file opens and what it still lacks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from msgspec import Struct

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications import supplement_queries as rows
from backend.applications.dossier import MACHINE, missing, rules_of
from backend.applications.gate import clocks_of_many
from backend.applications.opened import is_asked, label_of
from backend.applications.schemas import Application, Notice
from backend.applications.standing import Standing, standing_of
from backend.applications.supplement_schemas import Request
from backend.kit.text import Text
from sandbox_rules import Clock, Missing, open_transitions


class Work(Struct, frozen=True, kw_only=True):
    """A line of the applicant's workspace; `due_on` is the day by which the applicant must act.

    `step` is what to do, `left` what it still needs, `href` where that is done; all only on one's own turn.
    """

    application: Application
    standing: Standing
    is_my_turn: bool
    due_on: date | None = None
    step: Text | None = None
    left: list[Text] = []
    href: str = ""


async def list_work(actor: Actor) -> list[Work]:
    """The applications of the actor's organisations as work: where each stands and whose turn it is.

    Six queries however many there are.
    """
    mine = await queries.applications_of(actor.belongs_to)
    clocks = await clocks_of_many([one for one in mine if one.number is not None])
    notices = await queries.last_notices([one.id for one in mine])
    slots = await queries.slots_of([one.id for one in mine])
    requests = await rows.open_requests_of([one.id for one in mine if one.number is not None])
    return [
        work_of(one, clocks.get(one.id, []), notices.get(one.id), slots[one.id], requests.get(one.id))
        for one in mine
    ]


def work_of(
    application: Application,
    clocks: list[Clock],
    notice: Notice | None,
    slots: Collection[str],
    request: Request | None,
) -> Work:
    """Whose turn it is, what to do, and by when: the day of the request, else of the law."""
    standing = standing_of(application)
    if standing.state.holder != "applicant":
        return Work(application=application, standing=standing, is_my_turn=False)
    theirs = [one.due_on for one in clocks if one.owner == "applicant" and not one.ended_at and one.due_on]
    asked = notice.due_on if notice and application.number is not None else None
    lacking = missing(rules_of(application), application.answers, slots)
    return Work(
        application=application,
        standing=standing,
        is_my_turn=True,
        due_on=asked or (theirs[-1] if theirs else None),
        step=_step(application, standing, lacking),
        left=_left(application, lacking, request),
        href=_place(application, lacking, request),
    )


def _step(application: Application, standing: Standing, lacking: list[Missing]) -> Text | None:
    """The step of the rule file that takes the case on; to give it up is no step on."""
    programme = standing.programme
    states = programme.machines[MACHINE].states
    facts = {"dossier_complete": not lacking}
    steps = open_transitions(programme, MACHINE, application.state, {"applicant"}, facts)
    return next((Text(one.label.vi, one.label.en) for one in steps if not states[one.to].closed), None)


def _left(application: Application, lacking: list[Missing], request: Request | None) -> list[Text]:
    if request is None:
        return [Text(one.label.vi, one.label.en) for one in lacking]
    programme = rules_of(application)
    return [label_of(programme, one.target) for one in request.items if is_asked(programme, one)]


def _place(application: Application, lacking: list[Missing], request: Request | None) -> str:
    base = f"/applications/{application.id}"
    if request is not None:
        return f"{base}/supplement"
    if not lacking:
        return f"{base}/check"
    first = lacking[0]
    return f"{base}/sections/{first.section}#{first.key}" if first.section else f"{base}/documents"
