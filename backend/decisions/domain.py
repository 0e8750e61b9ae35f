"""The verbs of decision: propose, return, sign. One verb, one transaction, one audit line."""

from __future__ import annotations

from uuid import UUID

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.decisions import queries
from backend.decisions.draft import check_proposal, fill_conditions
from backend.decisions.errors import NothingProposed, SamePerson
from backend.decisions.letter import letter
from backend.decisions.schemas import ChosenCondition, Decision, Proposal
from backend.documents import domain as documents
from backend.kit.db import Duplicate, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import enqueue
from backend.kit.text import Text, nfc
from sandbox_rules import Programme

OPEN_TRIAL = "open_trial"
"""The message by which a signed grant opens its trial; the feature `trials` answers it."""
READERS = frozenset({"officer", "authority", "supervisor", "auditor"})


async def propose_decision(actor: Actor, application_id: UUID, proposal: Proposal) -> Decision:
    """Put a draft before the authority. Raises NotFound, Invalid, RuleSaysNo, Conflict."""
    async with transaction():
        application = await _readable(actor, application_id)
        programme = applications.rules_of(application)
        check_proposal(programme, proposal)
        await applications.move_application(
            actor,
            application_id,
            "propose",
            guards={"decision_has_kind": True},
            data={"kind": proposal.kind},
        )
        try:
            await queries.insert_decision(
                application=application_id,
                kind=proposal.kind,
                starts_on=proposal.starts_on,
                ends_on=proposal.ends_on,
                limits=proposal.limits,
                conditions=fill_conditions(programme, proposal.conditions),
                exemptions=proposal.exemptions,
                reasons=nfc(proposal.reasons).strip(),
                proposed_by=actor.id,
            )
        except Duplicate:
            raise Conflict from None
        return await open_proposal(application_id)


async def return_proposal(actor: Actor, application_id: UUID, reason: str) -> Decision:
    """Send the draft back to the case handler, saying why. Raises NotFound, NothingProposed, Invalid."""
    said = nfc(reason).strip()
    async with transaction():
        await _readable(actor, application_id)
        proposal = await open_proposal(application_id)
        if not said:
            raise Invalid(fields={"reason": _SAY_WHY})
        await applications.move_application(
            actor, application_id, "return_proposal", data={"decision": proposal.id}
        )
        if not await queries.end_proposal(proposal.id, "returned", actor.id, return_reason=said):
            raise Conflict
        return (await queries.list_decisions(application_id))[-1]


async def sign_decision(actor: Actor, application_id: UUID) -> Decision:
    """Sign: the case is decided, the decision takes its number, the worker renders and signs the document.

    A grant leaves the message that opens its trial. Raises NotFound, NothingProposed, Conflict, and
    SamePerson when the actor proposed the draft, whatever roles the account has.
    """
    async with transaction():
        application = await _readable(actor, application_id)
        programme = applications.rules_of(application)
        proposal = await open_proposal(application_id)
        kind = programme.decisions[proposal.kind]
        await _move_with_four_eyes(actor, application, proposal, kind.transition)
        opens_trial = programme.publication is not None and programme.publication.after == kind.transition
        document = await documents.request_document(
            kind.document,
            application_id,
            pin=application.pin,
            context=letter(programme, application, as_proposal(proposal), proposal.conditions, actor.name),
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


def preview(application: Application, proposal: Proposal, signer_name: str) -> dict[str, object]:
    """The context of the document as it would be signed. Raises Invalid."""
    programme: Programme = applications.rules_of(application)
    check_proposal(programme, proposal)
    conditions = fill_conditions(programme, proposal.conditions)
    return letter(programme, application, proposal, conditions, signer_name)


def as_proposal(decision: Decision) -> Proposal:
    """A stored draft in the form the officer wrote it."""
    return Proposal(
        kind=decision.kind,
        starts_on=decision.starts_on,
        ends_on=decision.ends_on,
        limits=decision.limits,
        conditions=[
            ChosenCondition(key=one.key, parameters=one.parameters, reason=one.reason.vi)
            for one in decision.conditions
        ],
        exemptions=decision.exemptions,
        reasons=decision.reasons,
    )


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


async def _readable(actor: Actor, application_id: UUID) -> Application:
    """The application, for staff who have not declared a conflict of interest on it. Raises NotFound."""
    application = await applications.get_application(actor, application_id)
    is_staff = actor.has(Role.OFFICER, Role.AUTHORITY)
    if not is_staff or await appraisals.is_barred(actor, application_id):
        raise NotFound
    return application


_SAY_WHY = Text("Nêu lý do trả lại để người soạn sửa.", "Say why it is returned, so that it can be mended.")
