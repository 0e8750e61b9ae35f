"""Corrections of an organisation's identity data: asked for with the reason, decided by an officer.

Before anything is submitted nobody has relied on the data: the change takes effect at once, and is kept all
the same. Documents already issued say for ever what they said.
"""

from __future__ import annotations

from uuid import UUID

from backend.accounts.schemas import Actor, Role
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.db import Duplicate, retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.rate_limit import hit
from backend.kit.text import Text, nfc
from backend.notifications.domain import notify
from backend.notifications.schemas import News
from backend.organisations import correction_queries as rows
from backend.organisations import queries
from backend.organisations.correction_schemas import Correction, CorrectionDecision, Identity, NewCorrection
from backend.organisations.domain import TAX_CODE_TAKEN, checked_form
from backend.organisations.schemas import Organisation, OrganisationForm

LONGEST = 2000
PER_HOUR, HOUR = 10, 3600
READERS = (Role.OFFICER, Role.AUDITOR)


async def ask_correction(actor: Actor, organisation: UUID, form: NewCorrection) -> Correction:
    """Ask for other identity data; they take effect at once while nothing has been submitted.

    Raises:
        NotFound: the actor does not act for the organisation with full powers.
        Invalid: per field what to mend; nothing differs; the tax code is another's.
        Conflict: a correction of this organisation awaits its decision.
        TooMany: who asks again and again.
    """
    if organisation not in actor.organisations:
        raise NotFound
    await hit(f"correction:{actor.id}", PER_HOUR, HOUR)
    is_direct = not await rows.has_submitted(organisation)
    try:
        return await _ask(actor, organisation, form, is_direct)
    except Duplicate:
        raise (
            Invalid(fields={"tax_code": TAX_CODE_TAKEN}) if is_direct else Conflict(_ONE_AT_A_TIME)
        ) from None


@retrying
async def _ask(actor: Actor, organisation: UUID, form: NewCorrection, is_direct: bool) -> Correction:
    async with transaction():
        await queries.lock_organisation(organisation)
        found = await queries.find_organisation(organisation)
        if found is None:
            raise NotFound
        before, after, reason = identity_of(found), _identity(form, found), _reason(form)
        if before == after:
            raise Invalid(_NOTHING_DIFFERS)
        decided = {"state": "accepted", "decided_at": now()} if is_direct else {"state": "open"}
        correction_id = await rows.insert_correction(
            before,
            after,
            organisation=organisation,
            asked_by=actor.id,
            asked_at=now(),
            reason=reason,
            **decided,
        )
        if is_direct:
            await rows.set_identity(organisation, before, after)
        tag = "organisation:corrected" if is_direct else "organisation:correction_asked"
        await audit.record(organisation, tag, actor.id, {"correction": correction_id})
        return await _found(correction_id)


async def decide_correction(actor: Actor, correction_id: UUID, form: CorrectionDecision) -> Correction:
    """Accept or refuse; who asked is told.

    Raises:
        NotFound: the actor is no officer, or has to do with the organisation.
        Invalid: a refusal without its reason, an answer too long.
        Conflict: it is decided already, the data have changed since, or the tax code is another's.
    """
    try:
        return await _decide(actor, correction_id, form)
    except Duplicate:
        raise Conflict(_TAX_CODE_OF_ANOTHER) from None


@retrying
async def _decide(actor: Actor, correction_id: UUID, form: CorrectionDecision) -> Correction:
    answer = nfc(form.answer).strip()
    async with transaction():
        await rows.lock_correction(correction_id)
        asked = await _found(correction_id)
        if not can_decide(actor, asked):
            raise NotFound
        if len(answer) > LONGEST or not (answer or form.accept):
            raise Invalid(fields={"answer": _SAY_WHY})
        state = "accepted" if form.accept else "refused"
        values = {"state": state, "answer": answer, "decided_by": actor.id, "decided_at": now()}
        if not await rows.update_correction(correction_id, values):
            raise Conflict(_DECIDED)
        if form.accept and not await rows.set_identity(asked.organisation, asked.before, asked.after):
            raise Conflict(_STALE)
        line = {"correction": correction_id}
        await audit.record(asked.organisation, f"organisation:correction_{state}", actor.id, line)
        await notify([asked.asked_by], "answer", f"correction:{correction_id}", _news(asked, form.accept))
        return await _found(correction_id)


async def get_correction(actor: Actor, correction_id: UUID) -> Correction:
    """A correction, for officers, auditors and those of the organisation. Raises NotFound."""
    found = await _found(correction_id)
    if found.organisation not in actor.belongs_to and not actor.has(*READERS):
        raise NotFound
    return found


async def list_corrections(actor: Actor) -> tuple[list[Correction], list[Correction]]:
    """Open and decided ones, the newest first, for officers and auditors. Raises NotFound."""
    if not actor.has(*READERS):
        raise NotFound
    return await rows.open_corrections(), await rows.decided_corrections()


async def list_corrections_of(actor: Actor, organisation: UUID) -> list[Correction]:
    """The corrections of an organisation the actor belongs to, the newest first. Raises NotFound."""
    if organisation not in actor.belongs_to:
        raise NotFound
    return await rows.corrections_of(organisation)


async def takes_effect_at_once(actor: Actor, organisation: UUID) -> bool:
    """Whether a correction by the actor needs no decision yet. Raises NotFound."""
    if organisation not in actor.organisations:
        raise NotFound
    return not await rows.has_submitted(organisation)


def can_decide(actor: Actor, correction: Correction) -> bool:
    """An officer who neither asked nor has to do with the organisation."""
    is_own = correction.organisation in actor.belongs_to or correction.asked_by == actor.id
    return actor.has(Role.OFFICER) and not is_own


def identity_of(organisation: Organisation) -> Identity:
    """The identity data of an organisation."""
    return Identity(
        name=organisation.name,
        tax_code=organisation.tax_code,
        address=organisation.address,
        ward=organisation.ward,
    )


def _identity(form: NewCorrection, of: Organisation) -> Identity:
    checked = checked_form(
        OrganisationForm(
            name=form.name, tax_code=form.tax_code, address=form.address, ward=form.ward, kind=of.kind
        )
    )
    return Identity(name=checked.name, tax_code=checked.tax_code, address=checked.address, ward=checked.ward)


def _reason(form: NewCorrection) -> str:
    reason = nfc(form.reason).strip()
    if not 0 < len(reason) <= LONGEST:
        raise Invalid(fields={"reason": _SAY_WHY})
    return reason


async def _found(correction_id: UUID) -> Correction:
    found = await rows.find_correction(correction_id)
    if found is None:
        raise NotFound
    return found


def _news(correction: Correction, accepted: bool) -> News:
    if accepted:
        headline = Text("Thông tin tổ chức đã được đính chính", "The data of your organisation are corrected")
        happened = Text("Cán bộ đã chấp nhận đề nghị đính chính.", "An officer accepted your correction.")
    else:
        headline = Text("Đề nghị đính chính bị từ chối", "Your correction is refused")
        happened = Text(
            "Cán bộ đã từ chối đề nghị đính chính và nêu lý do.",
            "An officer refused your correction and gave the reason.",
        )
    return News(headline=headline, happened=happened, path=f"/corrections/{correction.id}")


_ONE_AT_A_TIME = Text(
    "Một đề nghị đính chính đang chờ cán bộ quyết định. Hãy đợi kết quả rồi gửi đề nghị mới.",
    "A correction awaits the decision of an officer. Wait for it before you ask again.",
)
_NOTHING_DIFFERS = Text(
    "Chưa có gì thay đổi. Hãy sửa ít nhất một ô.", "Nothing differs. Change at least one field."
)
_SAY_WHY = Text(f"Hãy nêu lý do, từ 1 đến {LONGEST} ký tự.", f"Say why, in 1 to {LONGEST} characters.")
_DECIDED = Text("Đề nghị này đã được quyết định.", "This correction is decided already.")
_STALE = Text(
    "Thông tin của tổ chức đã thay đổi sau khi gửi đề nghị. Hãy từ chối và đề nghị gửi lại.",
    "The data of the organisation have changed since. Refuse it and ask for a new one.",
)
_TAX_CODE_OF_ANOTHER = Text(
    "Mã số thuế mới đã được tổ chức khác đăng ký. Hãy đối chiếu trước khi quyết định.",
    "Another organisation has registered the new tax code. Compare both before you decide.",
)
