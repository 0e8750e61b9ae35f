"""Who may sign or countersign a decision, in which capacity, for whom and when.

A delegation is an authority that names its principal: it holds only while the principal's own authority
does, and cannot be passed on. Whoever acts, it is their own identity that counts and is kept.
Source: NĐ 30/2020/NĐ-CP, Điều 13.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from backend.accounts.queries import list_actors
from backend.accounts.schemas import Actor, Role
from backend.decisions import signing_queries as queries
from backend.decisions.errors import NoAuthority
from backend.decisions.schemas import Act, AuthorityForm, Decision, SignedAs, SigningAuthority
from backend.kit import audit
from backend.kit.clock import today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text, nfc
from backend.programmes import domain as programmes

WHO_MAY: dict[Act, tuple[Role, ...]] = {
    "sign": (Role.AUTHORITY,),
    "countersign": (Role.AUTHORITY, Role.OFFICER),
}
"""The roles of which an account needs one before it can be given the authority."""
MAX_TEXT = 500


@retrying
async def enter_authority(actor: Actor, form: AuthorityForm) -> SigningAuthority:
    """Give somebody else an authority. Raises NotFound (no administrator), Invalid naming wrong fields."""
    _must_be_admin(actor)
    form = _cleaned(form)
    async with transaction():
        wrong = await _faults(actor, form)
        if wrong:
            raise Invalid(fields=wrong)
        authority_id = await queries.insert_authority(form, actor.id)
        line = msgspec.structs.asdict(form)
        await audit.record(authority_id, "signing_authority:entered", actor.id, line)
        return await _get(authority_id)


@retrying
async def withdraw_authority(actor: Actor, authority_id: UUID) -> SigningAuthority:
    """End an authority at once; what was signed under it stays signed. Raises NotFound, Conflict."""
    _must_be_admin(actor)
    async with transaction():
        await _get(authority_id)
        if not await queries.set_withdrawn(authority_id, actor.id):
            raise Conflict
        await audit.record(authority_id, "signing_authority:withdrawn", actor.id, {})
        return await _get(authority_id)


async def list_authorities(actor: Actor) -> list[SigningAuthority]:
    """All authorities, the latest first. Raises NotFound for all but administrators and auditors."""
    if not actor.has(Role.ADMIN, Role.AUDITOR):
        raise NotFound
    return await queries.list_authorities()


async def list_candidates() -> list[Actor]:
    """The accounts that may be given an authority, by name."""
    found = {one.id: one for role in WHO_MAY["countersign"] for one in await list_actors(role)}
    return list(found.values())


async def authorities_of(actor: Actor, act: Act, kind: str) -> list[SigningAuthority]:
    """What lets the actor do this to this kind of decision today, their own before delegated ones."""
    on = today()
    mine = [
        one for one in await queries.list_authorities([actor.id]) if one.act == act and one.holds(kind, on)
    ]
    principals = {one.principal_id for one in mine if one.principal_id}
    behind = await queries.list_authorities(principals) if principals else []
    standing = {
        one.account_id for one in behind if one.act == act and not one.principal_id and one.holds(kind, on)
    }
    found = [one for one in mine if one.principal_id is None or one.principal_id in standing]
    return sorted(found, key=lambda one: one.principal_id is not None)


def find_chosen(found: Sequence[SigningAuthority], authority_id: UUID | None) -> SigningAuthority | None:
    """The authority asked for, or the first one."""
    return next((one for one in found if authority_id in {None, one.id}), None)


def chosen(found: Sequence[SigningAuthority], authority_id: UUID | None) -> SigningAuthority:
    """The same. Raises NoAuthority."""
    wanted = find_chosen(found, authority_id)
    if wanted is None:
        raise NoAuthority
    return wanted


def signed_as(authority: SigningAuthority) -> SignedAs:
    """The capacity as it is kept with the decision."""
    return SignedAs(
        authority=authority.id,
        capacity=authority.capacity,
        lines=authority.lines,
        basis=authority.basis,
        principal=authority.principal_id,
        principal_name=authority.principal_name or "",
    )


def is_another_person(actor: Actor, act: Act | Literal["propose"], drafts: Sequence[Decision]) -> bool:
    """Whether the actor had no other hand in these drafts of one decision, whoever they acted for.

    Nobody may do two of: propose, countersign, sign; drafts that were returned count too.
    """
    proposers: set[UUID | None] = {one.proposed_by for one in drafts}
    countersigners: set[UUID | None] = {one.countersigned_by for one in drafts}
    others = {"propose": countersigners, "countersign": proposers, "sign": proposers | countersigners}
    return actor.id not in others[act]


def _must_be_admin(actor: Actor) -> None:
    if not actor.has(Role.ADMIN):
        raise NotFound


async def _get(authority_id: UUID) -> SigningAuthority:
    found = await queries.find_authority(authority_id)
    if found is None:
        raise NotFound
    return found


def _cleaned(form: AuthorityForm) -> AuthorityForm:
    texts = {
        name: nfc(value).strip()
        for name, value in msgspec.structs.asdict(form).items()
        if isinstance(value, str)
    }
    return msgspec.structs.replace(form, **texts)


async def _faults(actor: Actor, form: AuthorityForm) -> dict[str, Text]:
    """Every field that is wrong and how to mend it."""
    wrong = {
        name: _TOO_LONG
        for name, value in msgspec.structs.asdict(form).items()
        if isinstance(value, str) and len(value) > MAX_TEXT
    }
    needed = ["title_vi", "title_en", "basis"]
    needed += ["agency_vi", "agency_en"] if form.capacity == "TM" or form.agency_vi or form.agency_en else []
    needed += ["for_whom_vi", "for_whom_en"] if form.capacity != "TM" else []
    wrong |= {name: _FILL_IN for name in needed if not getattr(form, name)}
    if form.until_on and form.until_on < form.from_on:
        wrong["until_on"] = _ORDER
    known = {key for one in programmes.rules().all() for key in one.decisions}
    if not known.issuperset(form.kinds):
        wrong["kinds"] = _NO_SUCH_KIND
    able = {one.id for role in WHO_MAY[form.act] for one in await list_actors(role)}
    if form.account == actor.id:
        wrong["account"] = _NOT_ONESELF
    elif form.account not in able:
        wrong["account"] = _NOT_ABLE
    if form.principal and (form.principal == form.account or not await _stands(form.principal, form)):
        wrong["principal"] = _NO_PRINCIPAL
    return wrong


async def _stands(principal: UUID, form: AuthorityForm) -> bool:
    """Whether the person acted for has an authority of their own for this act from that day on."""
    own = [one for one in await queries.list_authorities([principal]) if not one.principal_id]
    return any(
        one.act == form.act and all(one.holds(kind, form.from_on) for kind in form.kinds or [""])
        for one in own
    )


_FILL_IN = Text("Điền nội dung này.", "Fill this in.")
_TOO_LONG = Text(f"Rút còn tối đa {MAX_TEXT} ký tự.", f"Shorten to {MAX_TEXT} characters or fewer.")
_ORDER = Text("Ngày kết thúc phải sau ngày bắt đầu.", "The last day must come after the first.")
_NO_SUCH_KIND = Text("Quy định không có loại quyết định này.", "The rules know no such kind of decision.")
_NOT_ONESELF = Text(
    "Không ai tự giao thẩm quyền ký cho mình. Hãy nhờ quản trị viên khác.",
    "Nobody gives themselves an authority. Ask another administrator.",
)
_NOT_ABLE = Text(
    "Chọn người có vai trò cơ quan có thẩm quyền (hoặc cán bộ thụ lý khi ký kiểm tra).",
    "Choose somebody with the role of authority (or officer, to countersign).",
)
_NO_PRINCIPAL = Text(
    "Người được ký thay chưa có thẩm quyền ký của chính mình từ ngày này; thẩm quyền được ủy quyền không "
    "được ủy quyền lại.",
    "The person acted for has no authority of their own from that day; what is delegated is not passed on.",
)
