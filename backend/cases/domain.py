"""Who may read a case, and the whole case as that reader sees it.

Nothing here changes anything: a step is taken by the feature it belongs to, after `open_case`.
"""

from __future__ import annotations

from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.dossier import MACHINE, live_slots, missing, rules_of
from backend.applications.gate import Also
from backend.applications.schemas import Application, Notice, Upload
from backend.applications.supplement_schemas import Request
from backend.appraisals import domain as appraisals
from backend.appraisals.errors import ConflictNotDeclared
from backend.appraisals.schemas import Summary
from backend.cases.actions import actions_of
from backend.cases.desk_queries import handovers_of
from backend.cases.desk_schemas import Handover
from backend.cases.dossier import dossier_of, visible_files
from backend.cases.queries import story_of
from backend.cases.schemas import Access, Case, Story, View
from backend.cases.story import last_move, lines_of
from backend.decisions import domain as decisions
from backend.decisions.schemas import Decision
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit.audit import Entry
from backend.kit.clock import now
from backend.kit.errors import NotFound
from backend.kit.text import Text
from backend.kit.together import together
from backend.opinions.domain import opinions_of
from backend.opinions.schemas import Opinion
from backend.ports.wiring import ports
from backend.trials import domain as trials
from backend.trials.schemas import Trial
from sandbox_rules import ROLE_NAMES, Clock, Event, Programme, State, calendar_of, clock


async def open_case(actor: Actor, case_id: UUID) -> Access:
    """The case, if this actor may read it.

    Members of the applicant, staff once it is submitted, an appraiser assigned and without a conflict; a
    declared conflict closes it in every role. Raises NotFound, and ConflictNotDeclared to an appraiser who
    must declare first.
    """
    try:
        application = await applications.get_application(actor, case_id, also=_reads_as_appraiser(actor))
    except NotFound:
        await appraisals.get_case(actor, case_id)
        raise ConflictNotDeclared from None
    view, roles = _side(actor, application)
    return Access(application=application, view=view, roles=roles)


async def get_case(actor: Actor, case_id: UUID) -> Case:
    """The whole case: what its audit chain says is there is read in one round trip, however much it is."""
    access = await open_case(actor, case_id)
    application, view = access.application, access.view
    programme = rules_of(application)
    state = programme.machines[MACHINE].states[application.state]
    story = await story_of(case_id)
    async with together() as reads:
        uploaded = reads.ask(applications.uploads_of(application, replaced=True))
        appraised = reads.ask(_summary(actor, application, story))
        drafted = reads.ask(_decisions(actor, application, story))
        written = reads.ask(_notices(application, story))
        printed = reads.ask(_documents(application, story, view))
        given = reads.ask(_handovers(application, story))
        said = reads.ask(_opinions(actor, application, story))
        asked = reads.ask(_supplements(application, story))
        opened = reads.ask(_trial(application))
    uploads, summary, decided = uploaded.result(), appraised.result(), drafted.result()
    notices, issued = written.result(), printed.result()
    live, past = _clocks(story, programme, state)
    last = last_move(story)
    facts = _facts(application, programme, uploads, summary)
    facts |= await decisions.facts_of(actor, application, decided)
    return Case(
        access=access,
        programme=programme,
        state=state,
        label=_label(state, view),
        holder=_holder(application, state, view),
        since=last.at if last else application.created_at,
        is_my_turn=state.holder in access.roles,
        actions=actions_of(actor, access, programme, facts, decided),
        clocks=live,
        past_clocks=past if view == "staff" else [],
        timeline=lines_of(
            story, programme, view, notices, issued, given.result(), with_appraisal=summary is not None
        ),
        notice=_said_last(notices, last),
        dossier=dossier_of(application, programme, uploads, story, view),
        appraisal=summary,
        opinions=said.result(),
        decisions=decided,
        documents=issued,
        trial=opened.result(),
        supplements=asked.result(),
        story=story,
    )


async def open_file(actor: Actor, case_id: UUID, upload_id: UUID) -> tuple[Upload, bytes]:
    """A file of the dossier with its harmless copy. Raises as `open_case`; NotFound for what is not shown."""
    access = await open_case(actor, case_id)
    uploads = await applications.uploads_of(access.application, replaced=True)
    for upload in visible_files(uploads, await story_of(case_id), access.view):
        if upload.id == upload_id:
            return upload, await ports().files.get(upload.file_key)
    raise NotFound


async def get_document(actor: Actor, document_id: UUID) -> IssuedDocument:
    """An issued document, for whoever may read the case or the trial it belongs to. Raises NotFound.

    What is for the agency alone is found by staff alone.
    """
    document = await documents.get_document(document_id)
    try:
        access = await open_case(actor, document.subject)
        is_outsider = access.view != "staff"
    except (NotFound, ConflictNotDeclared):
        trial = await trials.get_trial(actor, document.subject)
        is_outsider = trial.organisation_id in actor.belongs_to
        if not is_outsider and await appraisals.is_barred(actor, trial.application_id):
            raise NotFound from None
    if document.is_internal and is_outsider:
        raise NotFound
    return document


def _reads_as_appraiser(actor: Actor) -> Also:
    async def may_read(application: Application) -> bool:
        return await appraisals.may_read(actor, application)

    return may_read


def _side(actor: Actor, application: Application) -> tuple[View, frozenset[str]]:
    roles = applications.roles_on(actor, application)
    if application.organisation_id in actor.belongs_to:
        return "applicant", roles
    if actor.has(*applications.STAFF_ROLES):
        return "staff", roles
    return "appraiser", frozenset({"appraiser"})


def _label(state: State, view: View) -> Text:
    label = state.label if view == "staff" else state.public
    return Text(label.vi, label.en)


def _holder(application: Application, state: State, view: View) -> Text | None:
    """Who has the file: the office, with the case handler's name; an appraiser has none."""
    if state.holder is None:
        return None
    role = ROLE_NAMES[state.holder]
    if state.holder == "applicant":
        return Text(application.organisation_name, application.organisation_name)
    if state.holder == "officer" and application.handler_name:
        return Text(f"{role.vi} {application.handler_name}", f"{role.en} {application.handler_name}")
    if state.holder == "appraiser":
        return Text("hội đồng thẩm định", "the appraisal council")
    return Text(role.vi, role.en)


async def _summary(actor: Actor, application: Application, story: Story) -> Summary | None:
    if not _has(story, "appraisal:"):
        return None
    return await appraisals.summary_of(actor, application)


async def _decisions(actor: Actor, application: Application, story: Story) -> list[Decision]:
    if not _has(story, "application:decision_proposed"):
        return []
    return await decisions.decisions_of(actor, application)


async def _notices(application: Application, story: Story) -> list[Notice]:
    is_written = any(entry.data.get("transition") in WRITTEN for entry in story.entries)
    return await applications.notices_of(application) if is_written else []


async def _supplements(application: Application, story: Story) -> list[Request]:
    asked = _has(story, "application:supplement_requested")
    return await applications.supplements_of(application) if asked else []


async def _documents(application: Application, story: Story, view: View) -> list[IssuedDocument]:
    found = await documents.list_for(application.id) if _has(story, "document:requested") else []
    return [one for one in found if view == "staff" or not one.is_internal]


async def _handovers(application: Application, story: Story) -> list[Handover]:
    return await handovers_of(application.id) if _has(story, "application:handed_over") else []


async def _opinions(actor: Actor, application: Application, story: Story) -> list[Opinion]:
    return await opinions_of(actor, application) if _has(story, "opinion:") else []


async def _trial(application: Application) -> Trial | None:
    return await trials.trial_of(application.id) if application.decided_on else None


def _said_last(notices: list[Notice], last: Entry | None) -> Notice | None:
    """What was written with the latest change of state."""
    is_said = notices and last is not None and last.data["transition"] == notices[-1].transition
    return notices[-1] if is_said else None


def _has(story: Story, tag: str) -> bool:
    return any(entry.tag.startswith(tag) for entry in story.entries)


def _clocks(story: Story, programme: Programme, state: State) -> tuple[list[Clock], list[Clock]]:
    """The clocks that count now, the earliest due first, else those the last move ended, oldest first."""
    happened = [
        Event(at=entry.at, transition=entry.data["transition"])
        for entry in story.entries
        if "transition" in entry.data
    ]
    clocks = clock(happened, programme, calendar_of(programme.calendar), now(), MACHINE)
    ended_at = happened[-1].at if happened else None
    live = [one for one in clocks if one.ended_at is None and not state.closed]
    live.sort(key=lambda one: (one.due_on is None, one.due_on or one.started_on))
    shown = live or sorted(
        (one for one in clocks if one.ended_at == ended_at), key=lambda one: one.started_at
    )
    return shown, [one for one in clocks if one not in shown]


def _facts(
    application: Application, programme: Programme, uploads: list[Upload], summary: Summary | None
) -> dict[str, bool]:
    """What is known of the guards of the rule file; one that is not known here blocks its step."""
    slots = live_slots([one for one in uploads if one.replaced_at is None])
    return {
        "dossier_complete": not missing(programme, application.answers, slots),
        "quorum_reached": summary is not None and summary.is_quorate,
    }


WRITTEN = frozenset({"request_supplement", "cancel_supplement", "refuse_to_receive", "withdraw"})
"""Moves that may come with words to or from the applicant."""
