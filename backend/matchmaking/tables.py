"""Needs, offers with their evidence, suggestions as shown, introductions, and which index is in use."""

from __future__ import annotations

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Boolean,
    DoublePrecision,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")
APPLICATION = LazyTableReference("Application", app_name="applications")
ORGANISATION = LazyTableReference("Organisation", app_name="organisations")


class Need(Table, tablename="need"):
    """What a company looks for; `revision` counts its changes."""

    id = UUID(primary_key=True, default=UUID4())
    organisation: ForeignKey[Table] = ForeignKey(ORGANISATION, null=False)
    created_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    title = Varchar(length=160)
    text = Text()
    skills = JSONB(default="[]", help_text="[{key, weight, required}]")
    limits = JSONB(default="{}", help_text="what every partner must fulfil")
    listed = Boolean(default=False, help_text="institutes and experts may find it")
    revision = Integer(default=1)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    closed_at = Timestamptz(null=True, default=None)


class Offer(Table, tablename="offer"):
    """What an institute or expert offers, one an account; found by others only while `visible`."""

    id = UUID(primary_key=True, default=UUID4())
    account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False, unique=True)
    organisation: ForeignKey[Table] = ForeignKey(ORGANISATION, null=True)
    kind = Varchar(length=10, help_text="expert or institute")
    headline = Varchar(length=160)
    about = Text()
    languages = Array(base_column=Varchar(length=None), default=list)
    availability = Varchar(length=20)
    forms = Array(base_column=Varchar(length=None), default=list)
    country = Varchar(length=2, default="", help_text="ISO 3166; empty: not said")
    skills = JSONB(default="[]", help_text="[{key, level}], confirmed by hand")
    contact = Varchar(length=200, default="", help_text="shown with the e-mail once both sides agreed")
    visible = Boolean(default=False)
    consented_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)
    search = Text(default="", help_text="folded: name, headline, about, skills, evidence")
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)


class Evidence(Table, tablename="evidence"):
    """One thing that shows what an offer can do."""

    id = UUID(primary_key=True, default=UUID4())
    offer: ForeignKey[Offer] = ForeignKey(references=Offer, null=False)
    kind = Varchar(length=20)
    title = Varchar(length=300)
    text = Text(default="")
    year = Integer(null=True, default=None)
    created_at = Timestamptz(default=None)


class Suggestion(Table, tablename="suggestion"):
    """One offer as it was shown for one need. Rows are added only."""

    id = UUID(primary_key=True, default=UUID4())
    need: ForeignKey[Need] = ForeignKey(references=Need, null=False)
    need_revision = Integer()
    offer: ForeignKey[Offer] = ForeignKey(references=Offer, null=False)
    artefact = Varchar(length=64, help_text="fingerprint of the offers and the skill graph")
    rank = Integer()
    score = DoublePrecision()
    coverage = DoublePrecision(null=True, default=None)
    band = Varchar(length=10)
    reasons = JSONB(default="[]", help_text="[{need, covered, evidence, steps}]")
    signals = JSONB(default="{}", help_text="what each signal said, before its weight")
    shown_to: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    shown_at = Timestamptz(default=None)


class Introduction(Table, tablename="introduction"):
    """One side asks, the other answers; contact data are for both once it is accepted."""

    id = UUID(primary_key=True, default=UUID4())
    need: ForeignKey[Need] = ForeignKey(references=Need, null=False)
    offer: ForeignKey[Offer] = ForeignKey(references=Offer, null=False)
    asked_from = Varchar(length=10, help_text="need or offer: the side that asked")
    state = Varchar(length=10)
    message = Text()
    answer = Text(default="")
    asked_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    asked_at = Timestamptz(default=None)
    ended_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=True)
    ended_at = Timestamptz(null=True, default=None)


class Team(Table, tablename="team"):
    """Offers chosen for a need, perhaps kept with a draft application; nobody who decides reads it."""

    id = UUID(primary_key=True, default=UUID4())
    need: ForeignKey[Need] = ForeignKey(references=Need, null=False)
    offers = Array(base_column=UUID(), default=list)
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=True)
    created_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    created_at = Timestamptz(default=None)


class MatchingIndex(Table, tablename="matching_index"):
    """One row: which fitted index everybody uses now."""

    id = Integer(primary_key=True, default=1)
    artefact = Varchar(length=64, default="")
    stamp = Varchar(length=100, default="", help_text="changes with every change of a visible offer")
    offers = Integer(default=0)
    fitted_at = Timestamptz(null=True, default=None)
