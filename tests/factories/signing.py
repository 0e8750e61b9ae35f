"""Who may sign: without an authority of their own not even the chairman does."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from backend.accounts.schemas import Actor, Role
from backend.decisions import signing
from backend.decisions.schemas import AuthorityForm, SigningAuthority
from tests.factories.web import make_actor

CHAIRMAN: dict[str, Any] = {
    "act": "sign",
    "capacity": "TM",
    "title_vi": "CHỦ TỊCH",
    "title_en": "Chairman",
    "agency_vi": "ỦY BAN NHÂN DÂN",
    "agency_en": "People's Committee",
    "from_on": date(2020, 1, 1),
    "basis": "Nghị quyết về bầu Chủ tịch",
}
DEPUTY: dict[str, Any] = {
    **CHAIRMAN,
    "capacity": "KT",
    "for_whom_vi": "CHỦ TỊCH",
    "for_whom_en": "Chairman",
    "title_vi": "PHÓ CHỦ TỊCH",
    "title_en": "Vice Chairman",
    "basis": "Quyết định phân công công tác",
}
HEAD: dict[str, Any] = {
    **CHAIRMAN,
    "act": "countersign",
    "capacity": "TL",
    "agency_vi": "",
    "agency_en": "",
    "for_whom_vi": "GIÁM ĐỐC",
    "for_whom_en": "Director",
    "title_vi": "TRƯỞNG PHÒNG",
    "title_en": "Head of Division",
    "basis": "Quy chế làm việc của Sở",
}


def a_form(account: UUID, **changed: Any) -> AuthorityForm:
    """The authority of the chairman, changed where asked."""
    return AuthorityForm(account=account, **{**CHAIRMAN, **changed})


async def let_sign(account: UUID, by: Actor | None = None, **changed: Any) -> SigningAuthority:
    """Enter an authority to sign, as an administrator does."""
    admin = by or await make_actor(Role.ADMIN)
    return await signing.enter_authority(admin, a_form(account, **changed))


async def make_signer(name: str = "Phó Chủ tịch", **changed: Any) -> Actor:
    """Somebody with the role of authority who may sign."""
    signer = await make_actor(Role.AUTHORITY, name=name)
    await let_sign(signer.id, **changed)
    return signer
