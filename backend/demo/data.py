"""What the demonstration is made of: the TOML files of `data`, read and checked against their shapes."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from backend.accounts.schemas import Role
from backend.decisions.schemas import Act, Capacity

FOLDER = Path(__file__).parent / "data"


class Solution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to try out: `users` in people, `area` in km², `value` in đồng, `rule` a key of the rules."""

    name: str
    summary: str
    goal: str
    place: str
    users: int
    area: float
    rule: str
    value: int = 0
    permit: bool = False
    personal: bool = False
    field: str = ""


class Organisation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fictional organisation; `field` holds for its solutions unless they name their own."""

    key: str
    name: str
    address: str
    ward: str
    field: str
    solutions: list[Solution] = []
    small: bool = True
    startup: bool = False


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in the way, how far it should be set aside and why, and what protects people meanwhile."""

    rule: str
    extent: str
    why: str
    safeguards: str
    permit: str = ""


class Supplement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer misses in a document, and what the applicant adds to it."""

    slot: str
    reason: str
    answer: str
    field: str
    fault: str
    added: str


class Words(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sentences to choose from."""

    question: str
    opinion: str
    exits: list[str]
    teams: list[str]
    withdrawals: list[str]
    not_received: list[str]
    refusals: list[str]
    returns: list[str]
    remarks_good: list[str]
    remarks_weak: list[str]
    conflicts: list[str]
    suspensions: list[str]
    resumptions: list[str]
    revocations: list[str]
    supplements: list[Supplement]


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody with an account."""

    email: str
    name: str
    roles: list[Role] = []


class Signing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who of the staff may sign or countersign, as in `AuthorityForm`, people by their e-mail."""

    person: str
    act: Act
    capacity: Capacity
    title_vi: str
    title_en: str
    agency_vi: str = ""
    agency_en: str = ""
    for_whom_vi: str = ""
    for_whom_en: str = ""
    principal: str = ""
    asks_countersign: bool = False
    basis: str


class Names(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parts of Vietnamese names."""

    family: list[str]
    middle: list[str]
    given: list[str]


class People(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The staff and who of them may sign, the named owners of organisations by their keys, further names."""

    staff: list[Person]
    signing: list[Signing]
    owner: dict[str, Person]
    names: Names


class Partner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An expert, or an institute by its name; without `email` and `person` somebody is made up."""

    headline: str
    at: str
    languages: list[str]
    skills: list[str]
    institute: str = ""
    email: str = ""
    person: str = ""


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an organisation looks for; `skills` maps keys of the skill graph to weights."""

    organisation: str
    title: str
    text: str
    skills: dict[str, int]


class Meeting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A company asks for an introduction: the place of its need in the list, the e-mail behind the offer."""

    need: int
    offer: str
    message: str
    state: str
    answer: str = ""


class Market(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who offers, who looks for whom; `patterns` are titles of evidence by kind and language."""

    patterns: dict[str, list[str]]
    offers: list[Partner]
    needs: list[Wanted]
    introductions: list[Meeting]


@cache
def organisations() -> list[Organisation]:
    """All organisations that apply."""
    files = sorted((FOLDER / "organisations").glob("*.toml"))
    return [
        one for file in files for one in msgspec.convert(_read(file)["organisations"], list[Organisation])
    ]


@cache
def rules() -> dict[str, Rule]:
    """What stands in the way, by key."""
    return msgspec.convert(_read(FOLDER / "rules.toml"), dict[str, Rule])


@cache
def words() -> Words:
    """The sentences."""
    return msgspec.convert(_read(FOLDER / "words.toml"), Words)


@cache
def people() -> People:
    """The people."""
    return msgspec.convert(_read(FOLDER / "people.toml"), People)


@cache
def market() -> Market:
    """The partners."""
    return msgspec.convert(_read(FOLDER / "partners.toml"), Market)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
