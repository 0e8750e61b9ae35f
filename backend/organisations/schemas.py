"""What organisations look like from outside."""

from __future__ import annotations

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


class Member(Struct, frozen=True, kw_only=True):
    """Someone who acts for an organisation."""

    account: UUID
    name: str
    email: str
    role: str
    """owner or member"""


class NewMember(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom an owner adds."""

    email: str
