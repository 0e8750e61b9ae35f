"""What organisations look like from outside."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from backend.kit.text import Text


class Kind(StrEnum):
    """What an organisation is."""

    COMPANY = "company"
    INSTITUTE = "institute"

    @property
    def label(self) -> Text:
        """The kind for people."""
        return KIND_LABELS[self]


KIND_LABELS = {
    Kind.COMPANY: Text("Doanh nghiệp", "Company"),
    Kind.INSTITUTE: Text("Viện nghiên cứu, trường đại học", "Research institute or university"),
}


class Organisation(Struct, frozen=True, kw_only=True):
    """A legal person with its own tax code."""

    id: UUID
    name: str
    tax_code: str
    """ten digits, or ten digits, a hyphen and the three of a branch"""
    kind: Kind
    is_startup: bool
    address: str
    ward: str
    website: str


class OrganisationForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person gives to register an organisation."""

    name: str
    tax_code: str
    kind: Kind
    address: str
    ward: str
    is_startup: bool = False
    website: str = ""


class Standing(StrEnum):
    """What somebody may do for an organisation, the most first."""

    OWNER = "owner"
    MEMBER = "member"
    EDITOR = "editor"
    VIEWER = "viewer"

    @property
    def label(self) -> Text:
        """The standing for people."""
        return STANDING_LABELS[self]


STANDING_LABELS = {
    Standing.OWNER: Text("chủ sở hữu: mọi việc, thêm bớt người", "owner: everything, and who belongs to it"),
    Standing.MEMBER: Text("thành viên: soạn, nộp, nhận kết quả", "member: writes, submits, receives"),
    Standing.EDITOR: Text("người soạn: soạn hồ sơ, không nộp", "editor: writes drafts, does not submit"),
    Standing.VIEWER: Text("người xem: chỉ đọc", "viewer: reads only"),
}


class Member(Struct, frozen=True, kw_only=True):
    """Someone who acts for an organisation, until `ends_on` if that is set."""

    account: UUID
    name: str
    email: str
    role: Standing
    ends_on: date | None = None


class NewMember(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom an owner adds; with a last day it is a delegation."""

    email: str
    role: Standing = Standing.MEMBER
    ends_on: date | None = None


class ChangedMember(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member may do from now on, and until when."""

    role: Standing
    ends_on: date | None = None
