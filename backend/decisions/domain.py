"""The verbs of decision: propose, countersign, return, sign. One verb, one transaction, one audit line.

A row is never rewritten: what is returned stays, and the next proposal is a row of its own. A decision in
force ends only by another one that recalls or replaces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from markupsafe import Markup

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.decisions import ledger, queries, signing, steps
from backend.decisions.changes import Change, changes
from backend.decisions.draft import as_proposal, checked, fill_conditions, first_draft, successor_draft
from backend.decisions.errors import NothingProposed, SamePerson
from backend.decisions.letter import Signer, Succeeded, letter
from backend.decisions.library import with_library
from backend.decisions.schemas import Decision, Proposal, SigningAuthority
from backend.documents import domain as documents
from backend.documents.rendering import render_excerpt
from backend.documents.schemas import IssuedDocument
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import enqueue
from backend.kit.text import Lang, Text, nfc
from sandbox_rules import DecisionKind, Programme

OPEN_TRIAL = "open_trial"
"""The message by which a signed grant opens its trial; the feature `trials` answers it."""
FOLLOW_DECISION = "follow_decision"
"""The message by which a trial follows the decision that recalled or replaced its grant."""
READERS = frozenset({"officer", "authority", "supervisor", "auditor"})
MAX_REASON = 5000


@retrying
async def propose_decision(actor: Actor, application_id: UUID, proposal: Proposal) -> Decision:
    """Put a draft before the authority; with `succeeds`, one that recalls or replaces the decision in force.

    Raises NotFound, RuleSaysNo, Invalid, Conflict, and SamePerson for who countersigned an earlier draft.
    """
    async with transaction():
        application = await get_case(actor, application_id)
        programme = applications.rules_of(application)
        found = await queries.list_decisions(application_id)
        await steps.move(
            actor,
            application,
            found,
            proposal.succeeds,
            steps.track_of(proposal.succeeds).propose,
            guards={"decision_has_kind": True},
            data={"kind": proposal.kind},
        )
        if not signing.is_another_person(actor, "propose", steps.drafts_of(found, proposal.succeeds)):
            raise SamePerson
        programme = await with_library(programme)
        draft = checked(programme, proposal, steps.in_force_of(found))
        await queries.insert_decision(
            application=application_id,
            kind=draft.kind,
            succeeds=draft.succeeds,
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
async def countersign_decision(
    actor: Actor, application_id: UUID, proposal_id: UUID | None = None, authority_id: UUID | None = None
) -> Decision:
    """Countersign the draft that was read, as the second person before the signature.

    `authority_id` is which of one's authorities to use. Raises NotFound, NothingProposed, RuleSaysNo,
    SamePerson, NoAuthority, Conflict.
    """
    async with transaction():
        application = await get_case(actor, application_id)
        found = await queries.list_decisions(application_id)
        proposal = _proposal_read(found, proposal_id)
        drafts = steps.drafts_of(found, proposal.succeeds)
        await steps.move(
            actor,
            application,
            found,
            proposal.succeeds,
            steps.track_of(proposal.succeeds).countersign,
            guards={"different_person": signing.is_another_person(actor, "countersign", drafts)},
            data={"decision": proposal.id, "proposed_by": proposal.proposed_by},
        )
        able = await signing.authorities_of(actor, "countersign", proposal.kind)
        signed_as = signing.signed_as(signing.chosen(able, authority_id))
        if not await queries.set_countersigned(proposal.id, actor.id, signed_as):
            raise Conflict
        return await open_proposal(application_id)


@retrying
async def return_proposal(
    actor: Actor,
    application_id: UUID,
    reason: str,
    proposal_id: UUID | None = None,
    *,
    appraise_again: bool = False,
) -> Decision:
    """Send the draft back to the case handler, or the case to its council for another round, saying why.

    `proposal_id` is the draft that was read. Raises NotFound, NothingProposed, RuleSaysNo, Invalid, Conflict.
    """
    said = nfc(reason).strip()
    async with transaction():
        application = await get_case(actor, application_id)
        found = await queries.list_decisions(application_id)
        proposal = _proposal_read(found, proposal_id)
        track = steps.track_of(proposal.succeeds)
        step = track.appraise_again if appraise_again else track.give_back
        await steps.move(actor, application, found, proposal.succeeds, step, data={"decision": proposal.id})
        if not said or len(said) > MAX_REASON:
            raise Invalid(fields={"reason": _TOO_LONG if said else _SAY_WHY})
        if not await queries.end_proposal(proposal.id, "returned", actor.id, return_reason=said):
            raise Conflict
        if appraise_again:
            await appraisals.open_next_round(actor, application_id)
        return await _reread(application_id, proposal.id)


@retrying
async def sign_decision(
    actor: Actor, application_id: UUID, proposal_id: UUID | None = None, authority_id: UUID | None = None
) -> Decision:
    """Sign: the case is decided, the decision takes its number, the worker renders and signs the document.

    `proposal_id` is the draft that was read: another one is not signed unseen. `authority_id` is which of
    one's signing authorities to use, by default one's own. A grant leaves the message that opens its trial; a
    decision that follows another takes that one out of force and leaves the message for its trial.
    Raises NotFound, NothingProposed, RuleSaysNo, Conflict, SamePerson for whoever had a hand in the draft,
    whatever roles the account has, and NoAuthority.
    """
    async with transaction():
        application = await get_case(actor, application_id)
        programme = applications.rules_of(application)
        found = await queries.list_decisions(application_id)
        proposal = _proposal_read(found, proposal_id)
        kind = programme.decisions[proposal.kind]
        able = await signing.authorities_of(actor, "sign", proposal.kind)
        authority = signing.find_chosen(able, authority_id)
        await steps.move(
            actor,
            application,
            found,
            proposal.succeeds,
            steps.signing_step(kind, proposal.succeeds),
            guards=signing_facts(actor, found, proposal, kind, authority),
            data={"decision": proposal.id, "proposed_by": proposal.proposed_by},
        )
        authority = signing.chosen(able, authority_id)
        document = await _request_document(actor, application, programme, proposal, authority)
        if proposal.succeeds:
            await _end_succeeded(actor, found, proposal, document)
        values = {"document": document.id, "signed_as": signing.signed_as(authority)}
        if not await queries.end_proposal(proposal.id, "signed", actor.id, **values):
            raise Conflict
        await ledger.write_down(application, proposal)
        await _tell_trial(programme, application, proposal)
        return await _reread(application_id, proposal.id)


async def get_case(actor: Actor, application_id: UUID) -> Application:
    """The application, for those who handle, decide or check it. Raises NotFound."""
    application = await applications.get_application(actor, application_id)
    if not applications.roles_on(actor, application) & READERS:
        raise NotFound
    return application


async def decisions_of(actor: Actor, application: Application) -> list[Decision]:
    """All proposals and decisions, for who handles the case; what was signed for its applicant."""
    found = await queries.list_decisions(application.id)
    if applications.roles_on(actor, application) & READERS:
        return found
    if application.organisation_id in actor.belongs_to:
        return [one for one in found if one.is_issued]
    return []


async def signed_decision(application_id: UUID) -> Decision | None:
    """The decision in force on an application."""
    return steps.in_force_of(await queries.list_decisions(application_id))


async def open_proposal(application_id: UUID) -> Decision:
    """The draft that awaits signature. Raises NothingProposed."""
    return _open_one(await queries.list_decisions(application_id))


def signing_facts(
    actor: Actor,
    decisions: Sequence[Decision],
    proposal: Decision,
    kind: DecisionKind,
    authority: SigningAuthority | None,
) -> dict[str, bool]:
    """What the rule file's guards ask of a signature by this actor."""
    asks = kind.countersign or (authority is not None and authority.asks_countersign)
    drafts = steps.drafts_of(decisions, proposal.succeeds)
    return {
        "decision_has_kind": True,
        "countersigned": not asks or proposal.countersigned_by is not None,
        "different_person": signing.is_another_person(actor, "sign", drafts),
    }


async def facts_of(actor: Actor, application: Application, decisions: Sequence[Decision]) -> dict[str, bool]:
    """The same as far as it is known before anybody signs: for pages that say what stands in the way."""
    proposal = next((one for one in decisions if one.is_open), None)
    if proposal is None:
        return {"decision_has_kind": True, "countersigned": True, "different_person": True}
    kind = applications.rules_of(application).decisions[proposal.kind]
    is_signer = "authority" in applications.roles_on(actor, application)
    able = await signing.authorities_of(actor, "sign", proposal.kind) if is_signer else []
    return signing_facts(actor, decisions, proposal, kind, signing.find_chosen(able, None))


def next_draft(
    application: Application, decisions: Sequence[Decision], programme: Programme | None = None
) -> Proposal:
    """Where the officer begins: at the draft that was returned, else at what was asked for.

    Once there is a decision in force, the draft is one that recalls or replaces it. `programme` is the rule
    file with the agency's own conditions, where they are known.
    """
    programme = programme or applications.rules_of(application)
    in_force = steps.in_force_of(decisions)
    drafts = steps.drafts_of(decisions, in_force.id if in_force else None)
    returned = [one for one in drafts if one.state == "returned"]
    if returned:
        return as_proposal(programme, returned[-1])
    return successor_draft(programme, in_force) if in_force else first_draft(programme, application)


async def preview(
    application: Application, proposal: Proposal, lang: Lang, succeeded: Decision | None = None
) -> Markup:
    """The words of the document as it would be signed. Raises Invalid."""
    programme = await with_library(applications.rules_of(application))
    draft = checked(programme, proposal, succeeded)
    conditions = fill_conditions(programme, draft.conditions)
    said = letter(programme, application, draft, conditions, succeeded=await _cited(succeeded))
    return render_excerpt(programme.decisions[draft.kind].document, lang, said)


async def text_of(
    application: Application, decision: Decision, decisions: Sequence[Decision], lang: Lang
) -> Markup:
    """The words of a stored proposal or decision."""
    programme = applications.rules_of(application)
    succeeded = next((one for one in decisions if one.id == decision.succeeds), None)
    lines = decision.signed_as.lines if decision.signed_as else []
    signer = Signer(decision.ended_by_name or "", lines) if decision.is_issued else None
    said = letter(
        programme,
        application,
        as_proposal(programme, decision),
        decision.conditions,
        signer,
        await _cited(succeeded),
    )
    return render_excerpt(programme.decisions[decision.kind].document, lang, said)


def changes_since(
    application: Application, decisions: Sequence[Decision], decision: Decision
) -> list[Change]:
    """What a proposal changes in the draft returned before it, else in the decision it replaces."""
    programme = applications.rules_of(application)
    earlier = [one for one in decisions if one.proposed_at < decision.proposed_at]
    drafts = steps.drafts_of(earlier, decision.succeeds)
    replaced = [one for one in earlier if one.id == decision.succeeds and one.kind == decision.kind]
    before = [*replaced, *drafts]
    return changes(programme, before[-1], decision) if before else []


async def _request_document(
    actor: Actor,
    application: Application,
    programme: Programme,
    proposal: Decision,
    authority: SigningAuthority,
) -> IssuedDocument:
    kind = programme.decisions[proposal.kind]
    found = await queries.list_decisions(application.id)
    succeeded = next((one for one in found if one.id == proposal.succeeds), None)
    said = letter(
        programme,
        application,
        as_proposal(programme, proposal),
        proposal.conditions,
        Signer(actor.name, authority.lines),
        await _cited(succeeded),
    )
    return await documents.request_document(
        kind.document,
        application.id,
        pin=application.pin,
        context=said,
        number_symbol=kind.symbol,
        signers=[actor.name],
        public=_is_public(programme, kind, succeeded),
        title=Text(kind.title.vi, kind.title.en),
        actor=actor.id,
    )


def _is_public(programme: Programme, kind: DecisionKind, succeeded: Decision | None) -> bool:
    """A grant is public by the rule file, and so is what follows it."""
    steps_in = {kind.transition, programme.decisions[succeeded.kind].transition if succeeded else ""}
    return programme.publication is not None and programme.publication.after in steps_in


async def _end_succeeded(
    actor: Actor, decisions: Sequence[Decision], proposal: Decision, document: IssuedDocument
) -> None:
    """Take the decision before it out of force, its document with it."""
    old = next(one for one in decisions if one.id == proposal.succeeds)
    assert old.document_id is not None
    if not await queries.set_recalled(old.id):
        raise Conflict
    await ledger.end_exemptions(old.id)
    await documents.recall_document(
        old.document_id, actor=actor.id, reason=proposal.reasons, replaced_by=document.id
    )


async def _tell_trial(programme: Programme, application: Application, proposal: Decision) -> None:
    """Leave the message that opens the trial of a first grant, or lets a trial follow what became of it."""
    payload: dict[str, Any] = {"application": str(application.id)}
    transition = programme.decisions[proposal.kind].transition
    if proposal.succeeds:
        key = f"{FOLLOW_DECISION}:{proposal.id}"
        await enqueue(FOLLOW_DECISION, payload | {"decision": str(proposal.id)}, dedupe=key)
    elif programme.publication is not None and programme.publication.after == transition:
        await enqueue(OPEN_TRIAL, payload, dedupe=f"{OPEN_TRIAL}:{application.id}")


async def _cited(succeeded: Decision | None) -> Succeeded | None:
    """The decision before it by number and day."""
    if succeeded is None or succeeded.document_id is None:
        return None
    document = await documents.get_document(succeeded.document_id)
    return Succeeded(document.number or "", document.dated_on)


async def _reread(application_id: UUID, decision_id: UUID) -> Decision:
    return next(one for one in await queries.list_decisions(application_id) if one.id == decision_id)


def _open_one(decisions: Sequence[Decision]) -> Decision:
    for one in decisions:
        if one.is_open:
            return one
    raise NothingProposed


def _proposal_read(decisions: Sequence[Decision], proposal_id: UUID | None) -> Decision:
    """The open proposal, if it is the one that was read. Raises NothingProposed, Conflict."""
    proposal = _open_one(decisions)
    if proposal_id not in {None, proposal.id}:
        raise Conflict(_ANOTHER_DRAFT)
    return proposal


_SAY_WHY = Text("Nêu lý do trả lại để người soạn sửa.", "Say why it is returned, so that it can be mended.")
_TOO_LONG = Text(f"Rút còn tối đa {MAX_REASON} ký tự.", f"Shorten to {MAX_REASON} characters or fewer.")
_ANOTHER_DRAFT = Text(
    "Dự thảo bạn đã đọc không còn là dự thảo đang trình. Hãy đọc bản mới dưới đây rồi quyết định.",
    "The draft you read is no longer the one proposed. Read the new one below, then decide.",
)
