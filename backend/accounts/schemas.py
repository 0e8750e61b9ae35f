"""What accounts look like from outside: roles, the actor of a request, inputs and answers of the API."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.kit.text import Lang, Text


class Role(StrEnum):
    """What someone may do; an account may have several."""

    APPLICANT = "applicant"
    OFFICER = "officer"
    APPRAISER = "appraiser"
    AUTHORITY = "authority"
    SUPERVISOR = "supervisor"
    CONSULTED = "consulted"
    INSTITUTE = "institute"
    EXPERT = "expert"
    ADMIN = "admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> Text:
        """The name of the role for people."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.APPLICANT: Text("Tổ chức đề nghị", "Applicant"),
    Role.OFFICER: Text("Cán bộ thụ lý", "Officer"),
    Role.APPRAISER: Text("Thành viên hội đồng thẩm định", "Appraiser"),
    Role.AUTHORITY: Text("Cơ quan có thẩm quyền", "Competent authority"),
    Role.SUPERVISOR: Text("Cán bộ giám sát thử nghiệm", "Supervisor of trials"),
    Role.CONSULTED: Text("Cơ quan được lấy ý kiến", "Agency asked for its opinion"),
    Role.INSTITUTE: Text("Viện nghiên cứu", "Research institute"),
    Role.EXPERT: Text("Chuyên gia", "Expert"),
    Role.ADMIN: Text("Quản trị viên", "Administrator"),
    Role.AUDITOR: Text("Kiểm tra viên", "Auditor"),
}
OPEN_ROLES = (Role.APPLICANT, Role.INSTITUTE, Role.EXPERT)
"""The roles a person may take without being appointed."""


class Actor(Struct, frozen=True, kw_only=True):
    """Who makes this request.

    `organisations` are those the account acts for; `editing` those for which it only prepares, `viewing`
    those of which it only reads.
    """

    id: UUID
    name: str
    email: str
    roles: frozenset[Role]
    organisations: frozenset[UUID]
    lang: Lang
    editing: frozenset[UUID] = frozenset()
    viewing: frozenset[UUID] = frozenset()

    @property
    def preparing(self) -> frozenset[UUID]:
        """The organisations for which the actor may write a draft."""
        return self.organisations | self.editing

    @property
    def belongs_to(self) -> frozenset[UUID]:
        """Every organisation the actor has to do with: no official decides on any of them."""
        return self.organisations | self.editing | self.viewing

    def has(self, *roles: Role) -> bool:
        """Whether the actor has at least one of the roles."""
        return not self.roles.isdisjoint(roles)


class AccountLine(Struct, frozen=True, kw_only=True):
    """One line of the administrator's list."""

    id: UUID
    name: str
    email: str
    roles: frozenset[Role]
    active: bool
    created_at: datetime


class NewAccount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person gives to open an account."""

    name: str
    email: str
    password: str
    role: Role
    lang: Lang = "vi"


class Credentials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person gives to sign in."""

    email: Annotated[str, Meta(min_length=3, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=128)]


class Token(Struct, frozen=True, kw_only=True):
    """A session of the API: send `Authorization: Bearer <token>` until it runs out or is ended."""

    token: str
    expires_at: datetime
    """the latest moment; unused for eight hours it ends earlier"""


class Me(Struct, frozen=True, kw_only=True):
    """The account of the caller."""

    id: UUID
    name: str
    email: str
    roles: list[Role]
    organisations: list[UUID]
    lang: Lang
