"""The JSON interface of one's own offer and of introductions, under `/api/v1`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.matchmaking import introductions, offers
from backend.matchmaking.schemas import (
    EvidenceForm,
    Introduction,
    NeedFit,
    Offer,
    OfferedSkill,
    OfferForm,
)

Message = Annotated[str, Meta(max_length=introductions.MOST_MESSAGE)]


class Visibility(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether others may find the offer."""

    visible: bool


class NewIntroduction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who shall be introduced to whom, and why."""

    need_id: UUID
    offer_id: UUID
    message: Message


class IntroductionAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A few words to the other side, or none."""

    answer: Message = ""


class ProfileApi(Controller):
    """`/api/v1/profile`"""

    path = "/api/v1/profile"
    tags = ("Partners",)
    guards = (requires(*offers.OFFERERS),)

    @get()
    async def get_profile(self, actor: NamedDependency[Actor]) -> Offer:
        """The caller's own offer. 404 before there is one."""
        return await offers.own_offer(actor)

    @put()
    async def save_profile(self, actor: NamedDependency[Actor], data: JSONBody[OfferForm]) -> Offer:
        """Write or rewrite it; a new one is not visible yet."""
        return await offers.save_offer(actor, data)

    @put("/skills")
    async def confirm_skills(
        self, actor: NamedDependency[Actor], data: JSONBody[list[OfferedSkill]]
    ) -> Offer:
        """Set the skills the caller confirms of themselves."""
        return await offers.confirm_skills(actor, data)

    @post("/evidence")
    async def add_evidence(self, actor: NamedDependency[Actor], data: JSONBody[EvidenceForm]) -> Offer:
        """Add an item of evidence."""
        return await offers.add_evidence(actor, data)

    @delete("/evidence/{evidence_id:uuid}", status_code=200)
    async def remove_evidence(self, actor: NamedDependency[Actor], evidence_id: FromPath[UUID]) -> Offer:
        """Take an item of evidence back."""
        return await offers.remove_evidence(actor, evidence_id)

    @put("/visibility")
    async def set_visibility(self, actor: NamedDependency[Actor], data: JSONBody[Visibility]) -> Offer:
        """Agree to be found by those signed in, or no longer."""
        return await offers.set_visible(actor, data.visible)

    @get("/needs")
    async def suggest_needs(self, actor: NamedDependency[Actor]) -> list[NeedFit]:
        """The open needs companies listed, the best for the caller's offer first."""
        return await offers.suggest_needs(actor, await offers.own_offer(actor))


class IntroductionApi(Controller):
    """`/api/v1/introductions`"""

    path = "/api/v1/introductions"
    tags = ("Partners",)
    guards = (requires(),)

    @get()
    async def list_introductions(self, actor: NamedDependency[Actor]) -> list[Introduction]:
        """All introductions the caller has a side in: those waiting first, then the newest."""
        return await introductions.list_introductions(actor)

    @post()
    async def ask_introduction(
        self, actor: NamedDependency[Actor], data: JSONBody[NewIntroduction]
    ) -> Introduction:
        """Ask the other side of a need and an offer to be introduced."""
        return await introductions.ask_introduction(actor, data.need_id, data.offer_id, data.message)

    @get("/{introduction_id:uuid}")
    async def get_introduction(
        self, actor: NamedDependency[Actor], introduction_id: FromPath[UUID]
    ) -> Introduction:
        """One introduction; contact data are there once both sides agreed."""
        return await introductions.get_introduction(actor, introduction_id)

    @post("/{introduction_id:uuid}/{step:str}", status_code=200)
    async def answer_introduction(
        self,
        actor: NamedDependency[Actor],
        introduction_id: FromPath[UUID],
        step: FromPath[str],
        data: JSONBody[IntroductionAnswer],
    ) -> Introduction:
        """`accept`, `decline` or `withdraw`. 409 when somebody was faster."""
        return await introductions.answer_introduction(actor, introduction_id, step, data.answer)
