"""The verbs of decision: propose, return, sign. One verb, one transaction, one audit line.

A row is never rewritten: what is returned stays, and the next proposal is a row of its own.
"""

from __future__ import annotations

from uuid import UUID

from markupsafe import Markup

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.applications.schemas import Application
from backend.decisions import queries
from backend.decisions.changes import Change, changes
from backend.decisions.draft import MACHINE, as_proposal, checked, fill_conditions, first_draft
from backend.decisions.errors import NothingProposed, SamePerson
from backend.decisions.letter import letter
from backend.decisions.schemas import Decision, Proposal
from backend.documents import domain as documents
from backend.documents.rendering import render_excerpt
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import enqueue
from backend.kit.text import Lang, Text, nfc
from sandbox_rules import open_transitions

OPEN_TRIAL = "open_trial"
"""The message by which a signed grant opens its trial; the feature `trials` answers it."""
READERS = frozenset({"officer", "authority", "supervisor", "auditor"})
MAX_REASON = 5000


@retrying
async def propose_decision(actor: Actor, application_id: UUID, proposal: Proposal) -> Decision:
    """Put a draft before the authority. Raises NotFound, RuleSaysNo, Invalid, Conflict."""
    async with transaction():
        application = await get_case(actor, application_id)
        programme = applications.rules_of(application)
        await applications.move_application(
            actor,
            application_id,
            "propose",
            guards={"decision_has_kind": True},
            data={"kind": proposal.kind},
        )
        draft = checked(programme, proposal)
        await queries.insert_decision(
            application=application_id,
            kind=draft.kind,
            starts_on=draft.starts_on,
            ends_on=draft.ends_on,
            limits=draft.limits,
            conditions=fill_conditions(programme, draft.conditions),
            exemptions=draft.exemptions,
            reasons=draft.reasons,
            proposed_by=actor.id,
        )
        return await open_proposal(application_id)


@retrying
async def return_proposal(
    actor: Actor, application_id: UUID, reason: str, proposal_id: UUID | None = None
) -> Decision:
    """Send the draft back to the case handler, saying why.

    `proposal_id` is the draft that was read. Raises NotFound, NothingProposed, RuleSaysNo, Invalid, Conflict.
    """
    said = nfc(reason).strip()
    async with transaction():
        await get_case(actor, application_id)
        proposal = await _proposal_read(application_id, proposal_id)
        await applications.move_application(
            actor, application_id, "return_proposal", data={"decision": proposal.id}
        )
        if not said or len(said) > MAX_REASON:
            raise Invalid(fields={"reason": _TOO_LONG if said else _SAY_WHY})
        if not await queries.end_proposal(proposal.id, "returned", actor.id, return_reason=said):
            raise Conflict
        return (await queries.list_decisions(application_id))[-1]


@retrying
async def sign_decision(actor: Actor, application_id: UUID, proposal_id: UUID | None = None) -> Decision:
    """Sign: the case is decided, the decision takes its number, the worker renders and signs the document.

    `proposal_id` is the draft that was read: another one is not signed unseen. A grant leaves the message
    that opens its trial. Raises NotFound, NothingProposed, RuleSaysNo, Conflict, and SamePerson when the
    actor proposed the draft, whatever roles the account has.
    """
    async with transaction():
        application = await get_case(actor, application_id)
        programme = applications.rules_of(application)
        proposal = await _proposal_read(application_id, proposal_id)
        kind = programme.decisions[proposal.kind]
        await _move_with_four_eyes(actor, application, proposal, kind.transition)
        opens_trial = programme.publication is not None and programme.publication.after == kind.transition
        said = letter(
            programme, application, as_proposal(programme, proposal), proposal.conditions, actor.name
        )
        document = await documents.request_document(
            kind.document,
            application_id,
            pin=application.pin,
            context=said,
            number_symbol=kind.symbol,
            signers=[actor.name],
            public=opens_trial,
            title=Text(kind.title.vi, kind.title.en),
            actor=actor.id,
        )
        if not await queries.end_proposal(proposal.id, "signed", actor.id, document=document.id):
            raise Conflict
        if opens_trial:
            payload = {"application": str(application_id)}
            await enqueue(OPEN_TRIAL, payload, dedupe=f"{OPEN_TRIAL}:{application_id}")
        return (await queries.list_decisions(application_id))[-1]


async def get_case(actor: Actor, application_id: UUID) -> Application:
    """The application, for those who handle, decide or check it. Raises NotFound."""
    application = await applications.get_application(actor, application_id)
    if not applications.roles_on(actor, application) & READERS:
        raise NotFound
    return application


async def decisions_of(actor: Actor, application: Application) -> list[Decision]:
    """All proposals and the decision, for who handles the case; the signed one alone for its applicant."""
    found = await queries.list_decisions(application.id)
    if applications.roles_on(actor, application) & READERS:
        return found
    if application.organisation_id in actor.organisations:
        return [one for one in found if one.state == "signed"]
    return []


async def signed_decision(application_id: UUID) -> Decision | None:
    """The decision in force on an application."""
    return next((one for one in await queries.list_decisions(application_id) if one.state == "signed"), None)


async def open_proposal(application_id: UUID) -> Decision:
    """The draft that awaits signature. Raises NothingProposed."""
    for one in await queries.list_decisions(application_id):
        if one.state == "proposed":
            return one
    raise NothingProposed


def steps_open(actor: Actor, application: Application) -> frozenset[str]:
    """The steps of the procedure that stand open to this actor now, whatever their guards will say."""
    programme = applications.rules_of(application)
    roles = applications.roles_on(actor, application)
    steps = open_transitions(programme, MACHINE, application.state, roles, {})
    return frozenset(step.key for step in steps)


def next_draft(application: Application, decisions: list[Decision]) -> Proposal:
    """Where the officer begins: at the draft that was returned, else at what was asked for."""
    programme = applications.rules_of(application)
    returned = [one for one in decisions if one.state == "returned"]
    return as_proposal(programme, returned[-1]) if returned else first_draft(programme, application)


def preview(application: Application, proposal: Proposal, lang: Lang) -> Markup:
    """The words of the document as it would be signed. Raises Invalid."""
    programme = applications.rules_of(application)
    draft = checked(programme, proposal)
    said = letter(programme, application, draft, fill_conditions(programme, draft.conditions), "")
    return render_excerpt(programme.decisions[draft.kind].document, lang, said)


def text_of(application: Application, decision: Decision, lang: Lang) -> Markup:
    """The words of a stored proposal or decision."""
    programme = applications.rules_of(application)
    said = letter(
        programme,
        application,
        as_proposal(programme, decision),
        decision.conditions,
        (decision.ended_by_name or "") if decision.state == "signed" else "",
    )
    return render_excerpt(programme.decisions[decision.kind].document, lang, said)


def changes_since_return(application: Application, decisions: list[Decision]) -> list[Change]:
    """What the latest proposal changed in the one returned before it; nothing when it is the first."""
    if len(decisions) < 2:
        return []
    return changes(applications.rules_of(application), decisions[-2], decisions[-1])


async def _proposal_read(application_id: UUID, proposal_id: UUID | None) -> Decision:
    """The open proposal, if it is the one that was read. Raises NothingProposed, Conflict."""
    proposal = await open_proposal(application_id)
    if proposal_id not in {None, proposal.id}:
        raise Conflict(_ANOTHER_DRAFT)
    return proposal


async def _move_with_four_eyes(
    actor: Actor, application: Application, proposal: Decision, transition: str
) -> None:
    guards = {"decision_has_kind": True, "different_person": proposal.proposed_by != actor.id}
    data = {"decision": proposal.id, "proposed_by": proposal.proposed_by}
    try:
        await applications.move_application(actor, application.id, transition, guards=guards, data=data)
    except RuleSaysNo as no:
        if no.refusal == "needs_different_person":
            raise SamePerson from no
        raise


_SAY_WHY = Text("Nêu lý do trả lại để người soạn sửa.", "Say why it is returned, so that it can be mended.")
_TOO_LONG = Text(f"Rút còn tối đa {MAX_REASON} ký tự.", f"Shorten to {MAX_REASON} characters or fewer.")
_ANOTHER_DRAFT = Text(
    "Dự thảo bạn đã đọc không còn là dự thảo đang trình. Hãy đọc bản mới dưới đây rồi quyết định.",
    "The draft you read is no longer the one proposed. Read the new one below, then decide.",
)
