"""What can be done with offers: describe oneself, give evidence, confirm skills, agree to be found.

One verb, one transaction, one audit line. Whatever changes what others see asks the worker to fit the index.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.accounts.schemas import Actor, Role
from backend.kit import audit
from backend.kit.clock import today
from backend.kit.db import Duplicate, retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.pages import PAGE_SIZE, Page
from backend.kit.text import Text, fold, nfc
from backend.matchmaking import engine, index, offer_queries, queries
from backend.matchmaking.choices import AVAILABILITY, COUNTRIES, EVIDENCE_KINDS, FORMS, LANGUAGES
from backend.matchmaking.domain import state_with
from backend.matchmaking.engine import reasons_of
from backend.matchmaking.schemas import (
    EvidenceForm,
    Need,
    NeedFit,
    Offer,
    OfferedSkill,
    OfferFilters,
    OfferForm,
    PublicOffer,
)
from backend.matchmaking.skills import graph
from matching import Match, Matcher

OFFERERS = (Role.INSTITUTE, Role.EXPERT)
MOST_EVIDENCE, MOST_SKILLS, MOST_NEEDS = 200, 40, 100
FIRST_YEAR = 1950


@retrying
async def save_offer(actor: Actor, form: OfferForm) -> Offer:
    """Write or rewrite the actor's own offer; a new one is not visible yet.

    Raises:
        NotFound: the actor is neither institute nor expert, or does not act for the organisation.
        Invalid: per field what to mend.
    """
    if not actor.has(*OFFERERS):
        raise NotFound
    if form.organisation_id is not None and form.organisation_id not in actor.organisations:
        raise NotFound
    checked = _checked(form)
    before = await find_own_offer(actor)
    try:
        async with transaction():
            if before:
                await offer_queries.update_offer(before.id, checked)
                return await _after(actor, before.id, "offer:changed", {})
            kind = "institute" if actor.has(Role.INSTITUTE) else "expert"
            offer = await offer_queries.insert_offer(checked, kind, actor.id)
            return await _after(actor, offer, "offer:created", {"kind": kind})
    except Duplicate:
        raise Conflict from None


@retrying
async def confirm_skills(actor: Actor, skills: Sequence[OfferedSkill]) -> Offer:
    """Set the skills the actor confirms of themselves. Raises NotFound, Invalid."""
    offer = await own_offer(actor)
    confirmed = list({skill.key: skill for skill in skills}.values())
    if any(skill.key not in graph() for skill in confirmed) or len(confirmed) > MOST_SKILLS:
        fault = Text(
            f"Hãy chọn tối đa {MOST_SKILLS} kỹ năng có trong đồ thị.",
            f"Choose at most {MOST_SKILLS} skills of the graph.",
        )
        raise Invalid(fields={"skills": fault})
    async with transaction():
        await offer_queries.set_skills(offer.id, confirmed)
        return await _after(actor, offer.id, "offer:skills_confirmed", {"skills": len(confirmed)})


@retrying
async def add_evidence(actor: Actor, form: EvidenceForm) -> Offer:
    """Add an item of evidence to the actor's own offer. Raises NotFound, Invalid."""
    offer = await own_offer(actor)
    checked = _checked_evidence(form)
    if len(offer.evidence) >= MOST_EVIDENCE:
        fault = Text(
            f"Đã đủ {MOST_EVIDENCE} minh chứng; hãy xóa bớt một mục cũ.",
            f"There are {MOST_EVIDENCE} items already; remove an old one first.",
        )
        raise Invalid(fields={"title": fault})
    async with transaction():
        evidence = await offer_queries.insert_evidence(offer.id, checked)
        return await _after(actor, offer.id, "offer:evidence_added", {"evidence": evidence})


@retrying
async def remove_evidence(actor: Actor, evidence_id: UUID) -> Offer:
    """Take an item of evidence back. Raises NotFound."""
    offer = await own_offer(actor)
    async with transaction():
        if not await offer_queries.delete_evidence(offer.id, evidence_id):
            raise NotFound
        return await _after(actor, offer.id, "offer:evidence_removed", {"evidence": evidence_id})


@retrying
async def set_visible(actor: Actor, visible: bool) -> Offer:
    """Agree to be found by those signed in, or agree no longer: from this moment on nobody finds it.

    Introductions accepted before stay. Raises NotFound.
    """
    offer = await own_offer(actor)
    async with transaction():
        await offer_queries.set_visible(offer.id, visible)
        tag = "offer:consent_given" if visible else "offer:consent_withdrawn"
        return await _after(actor, offer.id, tag, {})


async def publish_offer(
    actor: Actor,
    form: OfferForm,
    skills: Sequence[OfferedSkill] = (),
    evidence: Sequence[EvidenceForm] = (),
    *,
    visible: bool = False,
) -> Offer:
    """A whole offer at once, for imports and example data: all of it or nothing. Raises NotFound, Invalid."""
    async with transaction():
        offer = await save_offer(actor, form)
        if skills:
            offer = await confirm_skills(actor, skills)
        for item in evidence:
            offer = await add_evidence(actor, item)
        return await set_visible(actor, True) if visible else offer


async def own_offer(actor: Actor) -> Offer:
    """The actor's own offer. Raises NotFound."""
    offer = await find_own_offer(actor)
    if offer is None:
        raise NotFound
    return offer


async def find_own_offer(actor: Actor) -> Offer | None:
    """The actor's own offer, if there is one already."""
    return await offer_queries.find_offer_of(actor.id) if actor.has(*OFFERERS) else None


async def get_offer(actor: Actor, offer_id: UUID) -> PublicOffer:
    """An offer as those signed in may see it; its owner sees it before it is visible. Raises NotFound."""
    offer = await offer_queries.find_offer(offer_id)
    if offer is None or not (offer.visible or offer.account_id == actor.id):
        raise NotFound
    return offer_queries.public_side(offer)


async def list_offers(filters: OfferFilters, page: int = 1) -> Page[PublicOffer]:
    """The visible offers that pass the filters, by headline."""
    items, total = await offer_queries.list_visible(filters, max(page, 1), PAGE_SIZE)
    return Page(items=items, total=total, page=max(page, 1), size=PAGE_SIZE)


async def count_offers() -> int:
    """How many offers may be found."""
    return await offer_queries.count_visible()


async def suggest_needs(actor: Actor, offer: Offer) -> list[NeedFit]:
    """The open needs companies listed, the best for this offer first; none while it is not in the index.

    Of the newest hundred; those nothing speaks for are left out.
    """
    fitted = await index.current()
    needs = await queries.listed_needs(actor.organisations, MOST_NEEDS)
    if fitted is None or not offer.visible:
        return []
    matches = await asyncio.to_thread(_matches, fitted.artefact, fitted.matcher, offer.id, needs)
    fits = [
        NeedFit(
            need=need,
            score=match.score,
            band=match.band,
            reasons=reasons_of(match.paths),
            state=state_with(need, offer.id),
        )
        for need, match in matches
    ]
    return sorted(fits, key=lambda one: -one.score)


def _matches(artefact: str, matcher: Matcher, offer: UUID, needs: Sequence[Need]) -> list[tuple[Need, Match]]:
    known = _known(artefact, offer)
    fresh = [need for need in needs if (need.id, need.revision) not in known]
    alone = engine.narrowed(matcher, offer) if fresh else None
    for need in fresh:
        best = alone.match(engine.to_engine_need(need), 1) if alone else []
        known[need.id, need.revision] = best[0] if best else None
    return [(need, match) for need in needs if (match := known[need.id, need.revision])]


@lru_cache(maxsize=500)
def _known(_artefact: str, _offer: UUID) -> dict[tuple[UUID, int], Match | None]:
    """What one artefact says of one offer, need by need: a need is scored once."""
    return {}


async def _after(actor: Actor, offer_id: UUID, tag: str, data: dict[str, Any]) -> Offer:
    """The end of every verb: search words, audit line, a job for the index."""
    offer = await offer_queries.find_offer(offer_id)
    assert offer is not None, "offers are never deleted"
    await offer_queries.set_search(offer_id, search_words(offer))
    await audit.record(offer_id, tag, actor.id, data)
    await index.ask_for_fitting()
    return offer


def search_words(offer: PublicOffer) -> str:
    """What a search looks through: name, headline, about, skills in both languages, titles of evidence."""
    skills = [name for skill in offer.skills if skill.key in graph() for name in graph()[skill.key].names]
    titles = [item.title for item in offer.evidence]
    return fold(" ".join((offer.name, offer.headline, offer.about, *skills, *titles)))


def _checked(form: OfferForm) -> OfferForm:
    headline, about = " ".join(nfc(form.headline).split()), nfc(form.about).strip()
    contact = " ".join(nfc(form.contact).split())
    faults: dict[str, Text] = {}
    if not 5 <= len(headline) <= 160:
        faults["headline"] = Text(
            "Hãy viết một câu về điều bạn làm, từ 5 đến 160 ký tự.",
            "Write one line on what you do, from 5 to 160 characters.",
        )
    if not 20 <= len(about) <= 10_000:
        faults["about"] = Text(
            "Hãy giới thiệu từ 20 đến 10.000 ký tự.", "Introduce yourself in 20 to 10,000 characters."
        )
    if len(contact) > 200:
        faults["contact"] = Text("Tối đa 200 ký tự.", "At most 200 characters.")
    if not (form.languages and set(form.languages) <= set(LANGUAGES)):
        faults["languages"] = Text("Hãy chọn ít nhất một ngôn ngữ.", "Choose at least one language.")
    if form.availability not in AVAILABILITY:
        faults["availability"] = Text("Hãy chọn khi nào bạn nhận việc.", "Choose when you are available.")
    if not (form.forms and set(form.forms) <= set(FORMS)):
        faults["forms"] = Text(
            "Hãy chọn ít nhất một hình thức hợp tác.", "Choose at least one form of co-operation."
        )
    if form.country and form.country not in COUNTRIES:
        faults["country"] = Text("Hãy chọn một nước trong danh sách.", "Choose a country of the list.")
    if faults:
        raise Invalid(fields=faults)
    return OfferForm(
        headline=headline,
        about=about,
        languages=_in_order(form.languages, LANGUAGES),
        availability=form.availability,
        forms=_in_order(form.forms, FORMS),
        contact=contact,
        country=form.country,
        organisation_id=form.organisation_id,
    )


def _in_order(chosen: Collection[str], choices: Collection[str]) -> list[str]:
    return [key for key in choices if key in chosen]


def _checked_evidence(form: EvidenceForm) -> EvidenceForm:
    title, text = " ".join(nfc(form.title).split()), nfc(form.text).strip()
    faults: dict[str, Text] = {}
    if form.kind not in EVIDENCE_KINDS:
        faults["kind"] = Text("Hãy chọn loại minh chứng.", "Choose what kind of evidence it is.")
    if not 3 <= len(title) <= 300:
        faults["title"] = Text("Hãy nhập tên, từ 3 đến 300 ký tự.", "Enter its title, 3 to 300 characters.")
    if len(text) > 10_000:
        faults["text"] = Text("Tối đa 10.000 ký tự.", "At most 10,000 characters.")
    if form.year is not None and not FIRST_YEAR <= form.year <= today().year + 1:
        faults["year"] = Text(
            f"Năm phải từ {FIRST_YEAR} đến {today().year + 1}.",
            f"The year must be from {FIRST_YEAR} to {today().year + 1}.",
        )
    if faults:
        raise Invalid(fields=faults)
    return EvidenceForm(kind=form.kind, title=title, text=text, year=form.year)
