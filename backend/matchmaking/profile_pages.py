"""Pages of institutes and experts: their own offer, its evidence and skills, open needs that fit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, flash, read_form, see_other
from backend.kit.text import Text
from backend.matchmaking import introductions, offers
from backend.matchmaking.forms import (
    added_skills,
    evidence_form,
    offer_form,
    offered_skills,
    profile_rows,
)
from backend.matchmaking.schemas import Offer, OfferedSkill
from backend.matchmaking.skills import all_names, read_skills
from backend.matchmaking.views import show
from backend.organisations import domain as organisations

BASE = "/partners/profile"


class ProfilePages(Controller):
    """`/partners/profile`"""

    path = BASE
    guards = (requires(*offers.OFFERERS),)

    @get()
    async def show_profile(self, actor: NamedDependency[Actor]) -> Response[Any]:
        """My offer, introductions, and open needs ranked for me with reasons."""
        offer = await offers.find_own_offer(actor)
        if offer is None:
            return see_other(f"{BASE}/edit")
        return show(
            "profile",
            offer=offer,
            fits=await offers.suggest_needs(actor, offer),
            introductions=await introductions.list_introductions(actor),
        )

    @get("/edit")
    async def show_edit(self, actor: NamedDependency[Actor]) -> Template:
        """What I do, in which languages, how and when."""
        return await _edit_page(actor, await offers.find_own_offer(actor))

    @post("/edit")
    async def save_profile(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Keep it; a new profile goes on to its skills."""
        form = await read_form(request)
        before = await offers.find_own_offer(actor)
        try:
            await offers.save_offer(actor, offer_form(form, actor.organisations))
        except Invalid as invalid:
            values = form.values() | {name: form.all(name) for name in ("languages", "forms")}
            return await _edit_page(actor, before, values, invalid)
        return see_other(BASE if before else f"{BASE}/skills")

    @get("/skills")
    async def show_skills(self, actor: NamedDependency[Actor]) -> Template:
        """Skills read out of my own texts, each with its sentence, to confirm by hand."""
        offer = await offers.own_offer(actor)
        return _skills_page(offer, offer.skills)

    @post("/skills")
    async def confirm_skills(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Add skills to the list, or confirm those ticked."""
        form = await read_form(request)
        offer, chosen = await offers.own_offer(actor), offered_skills(form)
        try:
            more = added_skills(form.text("more")) if form.text("more") else []
            known = {skill.key for skill in chosen}
            chosen += [OfferedSkill(key=key) for key in more if key not in known]
            if form.text("action") == "add":
                return _skills_page(offer, chosen)
            await offers.confirm_skills(actor, chosen)
        except Invalid as invalid:
            return _skills_page(offer, chosen, form.text("more"), invalid)
        flash(request, Text("Đã xác nhận kỹ năng.", "Your skills are confirmed."))
        return see_other(BASE)

    @get("/evidence")
    async def show_evidence(self, actor: NamedDependency[Actor]) -> Template:
        """A form for one item of evidence."""
        await offers.own_offer(actor)
        return show("evidence", values={}, errors={})

    @post("/evidence")
    async def add_evidence(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Keep it, then show the skills its text names."""
        form = await read_form(request)
        await offers.own_offer(actor)
        try:
            await offers.add_evidence(actor, evidence_form(form))
        except Invalid as invalid:
            return show("evidence", invalid.status, values=form.values(), errors=invalid.fields)
        flash(
            request,
            Text(
                "Đã thêm minh chứng. Hãy xem có kỹ năng nào cần xác nhận.",
                "The evidence is added. See whether there are skills to confirm.",
            ),
        )
        return see_other(f"{BASE}/skills")

    @post("/evidence/{evidence_id:uuid}/remove")
    async def remove_evidence(
        self, request: AnyRequest, actor: NamedDependency[Actor], evidence_id: FromPath[UUID]
    ) -> Response[Any]:
        """Take an item back."""
        await offers.remove_evidence(actor, evidence_id)
        flash(request, Text("Đã xóa minh chứng.", "The evidence is removed."))
        return see_other(BASE)

    @post("/visibility")
    async def set_visibility(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Agree to be found, or no longer."""
        visible = (await read_form(request)).text("visible") == "yes"
        await offers.set_visible(actor, visible)
        flash(
            request,
            Text("Hồ sơ đang hiện với người đã đăng nhập.", "Those signed in can find your profile.")
            if visible
            else Text("Hồ sơ đã ẩn, không ai tìm thấy nữa.", "Your profile is hidden; nobody finds it."),
        )
        return see_other(BASE)


async def _edit_page(
    actor: Actor, offer: Offer | None, typed: dict[str, Any] | None = None, invalid: Invalid | None = None
) -> Template:
    kept: dict[str, Any] = {}
    if offer:
        names = ("headline", "about", "languages", "availability", "forms", "country", "contact")
        kept = {name: getattr(offer, name) for name in names}
        kept["organisation"] = str(offer.organisation_id or "")
    return show(
        "profile_form",
        invalid.status if invalid else 200,
        is_new=offer is None,
        values=kept | (typed or {}),
        errors=invalid.fields if invalid else {},
        organisations=await organisations.list_own_organisations(actor),
    )


def _skills_page(
    offer: Offer, chosen: list[OfferedSkill], more: str = "", invalid: Invalid | None = None
) -> Template:
    texts = [offer.headline, offer.about]
    texts += [text for item in offer.evidence for text in (item.title, item.text)]
    return show(
        "profile_skills",
        invalid.status if invalid else 200,
        rows=profile_rows(read_skills("\n".join(texts)), chosen),
        more=more,
        errors=invalid.fields if invalid else {},
        names=all_names(),
    )
