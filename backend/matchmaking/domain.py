"""What can be done with needs: say one, change it, close it, see who fits. One verb, one transaction.

A suggestion never touches an application: nothing here reads or writes a case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from uuid import UUID

from msgspec.structs import replace

import matching
from backend.accounts.schemas import Actor, Role
from backend.kit import audit
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text, nfc
from backend.matchmaking import engine, index, offer_queries, queries
from backend.matchmaking.choices import AVAILABILITY, FORMS, KINDS, LANGUAGES
from backend.matchmaking.engine import reasons_of
from backend.matchmaking.schemas import (
    Need,
    NeededSkill,
    NeedForm,
    NewNeed,
    PublicOffer,
    SignalGap,
    Suggested,
    Suggestions,
    WhyNot,
)
from backend.matchmaking.skills import graph
from matching import Explanation, Match
from matching.filters import Check

SEEKERS = (Role.APPLICANT,)
SHOWN = 10
LEAST_TITLE, LEAST_TEXT, MOST_TEXT = 5, 40, 10_000
GOOD_WORDS, GOOD_SKILLS = 100, 5
"""From here on more words or skills hardly sharpen the ranking."""


@retrying
async def create_need(actor: Actor, form: NewNeed) -> Need:
    """Say what an organisation of the actor looks for.

    Raises:
        NotFound: the actor does not act for the organisation, or has no role that looks for partners.
        Invalid: per field what to mend.
    """
    if form.organisation_id not in actor.organisations or not actor.has(*SEEKERS):
        raise NotFound
    checked = _checked(form)
    async with transaction():
        need = await queries.insert_need(checked, form.organisation_id, actor.id)
        line = {"organisation": form.organisation_id, "skills": len(checked.skills), "listed": checked.listed}
        await audit.record(need, "need:created", actor.id, line)
        return await get_need(actor, need)


@retrying
async def change_need(actor: Actor, need_id: UUID, revision: int, form: NeedForm) -> Need:
    """Change an open need. Raises NotFound, Invalid, Conflict when it is closed or has changed meanwhile."""
    await get_need(actor, need_id)
    checked = _checked(form)
    async with transaction():
        if not await queries.update_need(need_id, revision, checked):
            raise Conflict
        line = {"revision": revision + 1, "skills": len(checked.skills), "listed": checked.listed}
        await audit.record(need_id, "need:changed", actor.id, line)
        return await get_need(actor, need_id)


@retrying
async def close_need(actor: Actor, need_id: UUID) -> Need:
    """Look no longer: nobody finds it any more, its introductions stay. Raises NotFound, Conflict."""
    await get_need(actor, need_id)
    async with transaction():
        if not await queries.close_need(need_id):
            raise Conflict
        line = {"transition": "close", "from": "open", "to": "closed"}
        await audit.record(need_id, "need:closed", actor.id, line)
        return await get_need(actor, need_id)


async def get_need(actor: Actor, need_id: UUID) -> Need:
    """A need of one of the actor's organisations. Raises NotFound."""
    need = await queries.find_need(need_id)
    if need is None or need.organisation_id not in actor.organisations:
        raise NotFound
    return need


async def list_needs(actor: Actor) -> list[Need]:
    """The needs of the actor's organisations: open ones first, then the newest."""
    return await queries.needs_of(actor.organisations)


async def suggest_partners(actor: Actor, need: Need) -> Suggestions:
    """The best visible offers of strangers for a need of the actor, with reasons; keeps what it shows.

    Hard limits first, as they are at this moment: consent, and nobody of the own organisation. No audit line:
    the rows of what was shown are added only and say it all. None are kept while no index is fitted.
    """
    fitted = await index.current()
    allowed = await offer_queries.strangers_to(need.organisation_id)
    if fitted is None:
        return Suggestions(artefact="", signals={}, asked=len(allowed), items=[], matrix=[], uncovered=[])
    ranked = await asyncio.to_thread(engine.rank, fitted.matcher, need, allowed, SHOWN)
    offers = await offer_queries.visible_offers([UUID(match.offer) for match in ranked.matches])
    # whoever withdrew consent since the limits were read is left out, column and all
    kept = [at for at, match in enumerate(ranked.matches) if UUID(match.offer) in offers]
    items = [_suggested(number, ranked.matches[at], offers, need) for number, at in enumerate(kept, 1)]
    if items:
        async with transaction():
            values = [ranked.values[at] for at in kept]
            await queries.insert_suggestions(need, fitted.artefact, values, items, actor.id)
    return Suggestions(
        artefact=fitted.artefact,
        signals=fitted.matcher.signals,
        asked=ranked.passed,
        items=items,
        matrix=[replace(row, values=[row.values[at] for at in kept]) for row in ranked.matrix],
        uncovered=ranked.uncovered,
    )


def _suggested(number: int, match: Match, offers: Mapping[UUID, PublicOffer], need: Need) -> Suggested:
    offer = offers[UUID(match.offer)]
    return Suggested(
        rank=number,
        offer=offer,
        score=match.score,
        coverage=match.coverage,
        band=match.band,
        reasons=reasons_of(match.paths),
        state=state_with(need, offer.id),
    )


def state_with(need: Need, offer_id: UUID) -> str:
    """The state of the latest introduction between a need and an offer, empty without one."""
    return next((mark.state for mark in reversed(need.introductions) if mark.offer_id == offer_id), "")


async def explain_partner(
    actor: Actor, need_id: UUID, offer_id: UUID
) -> tuple[Need, PublicOffer, Explanation]:
    """Why an offer fits a need of the actor, to the last digit.

    Raises NotFound also for an offer that may not be seen, belongs to the actor's own organisation, or is not
    in the index yet.
    """
    need = await get_need(actor, need_id)
    fitted = await index.current()
    offers = await offer_queries.visible_offers([offer_id])
    if fitted is None or offer_id not in offers:
        raise NotFound
    if str(offer_id) not in await offer_queries.strangers_to(need.organisation_id):
        raise NotFound
    explanation = await asyncio.to_thread(engine.explain, fitted.matcher, need, offer_id)
    if explanation is None:
        raise NotFound
    return need, offers[offer_id], explanation


async def why_not(actor: Actor, need_id: UUID, offer_id: UUID) -> tuple[Need, WhyNot]:
    """Why an offer is not among those suggested for a need of the actor.

    Raises NotFound also for an offer that may not be seen: it is not even told that it is there.
    """
    need = await get_need(actor, need_id)
    offers = await offer_queries.visible_offers([offer_id])
    if offer_id not in offers:
        raise NotFound
    fitted = await index.current()
    allowed = await offer_queries.strangers_to(need.organisation_id)
    offer = offers[offer_id]
    if str(offer_id) not in allowed:
        own = Text("Hồ sơ này của chính tổ chức bạn.", "This profile is your own organisation's.")
        return need, WhyNot(offer=offer, shown=SHOWN, is_indexed=True, failed=[own])
    found = (
        await asyncio.to_thread(engine.why_not, fitted.matcher, need, offer_id, allowed, SHOWN)
        if fitted
        else None
    )
    return need, _told(found, offer) if found else WhyNot(offer=offer, shown=SHOWN, is_indexed=False)


def _told(found: matching.WhyNot, offer: PublicOffer) -> WhyNot:
    return WhyNot(
        offer=offer,
        shown=found.k,
        is_indexed=True,
        failed=[said_of(check) for check in found.excluded],
        rank=found.rank,
        score=found.score,
        needed=found.needed,
        lower=[SignalGap(signal=gap.signal, own=gap.own, other=gap.other) for gap in found.lower],
        change=found.change,
        would_score=found.would_score,
        would_rank=found.would_rank,
        is_enough=found.is_enough,
    )


def said_of(check: Check) -> Text:
    """A limit and an offer in words."""
    names = {**KINDS, **LANGUAGES, **FORMS}
    vi = check.say("vi", lambda code: names[code].vi if code in names else code)
    en = check.say("en", lambda code: names[code].en if code in names else code)
    return Text(vi, en)


def is_well_described(text: str, skills: Collection[object]) -> bool:
    """Whether more words or skills would hardly help."""
    return len(text.split()) >= GOOD_WORDS or len(skills) >= GOOD_SKILLS


def checked_words(title: str, text: str) -> dict[str, Text]:
    """What must be mended in the words of a need."""
    faults: dict[str, Text] = {}
    if not LEAST_TITLE <= len(title) <= 160:
        faults["title"] = Text(
            f"Hãy đặt một tên ngắn, từ {LEAST_TITLE} đến 160 ký tự.",
            f"Give it a short name, from {LEAST_TITLE} to 160 characters.",
        )
    if not LEAST_TEXT <= len(text) <= MOST_TEXT:
        faults["text"] = Text(
            f"Hãy tả nhu cầu rõ hơn: từ {LEAST_TEXT} đến 10.000 ký tự; nên có khoảng {GOOD_WORDS} từ.",
            f"Say more: {LEAST_TEXT} to 10,000 characters; about {GOOD_WORDS} words are best.",
        )
    return faults


def _checked(form: NeedForm) -> NeedForm:
    """The form with its texts normalised and each skill once. Raises Invalid with all faults at once."""
    title, text = " ".join(nfc(form.title).split()), nfc(form.text).strip()
    faults = checked_words(title, text)
    skills: dict[str, NeededSkill] = {skill.key: skill for skill in form.skills}
    limits = form.limits
    is_known = set(limits.languages) <= set(LANGUAGES) and set(limits.forms) <= set(FORMS)
    if not is_known or limits.availability not in ("", *AVAILABILITY):
        faults["limits"] = Text("Hãy chọn lại các điều kiện.", "Choose the conditions again.")
    if any(key not in graph() for key in skills):
        faults["skills"] = Text(
            "Có kỹ năng không còn trong đồ thị. Hãy chọn lại.",
            "A skill is not in the graph any more. Choose again.",
        )
    if faults:
        raise Invalid(fields=faults)
    return NeedForm(title=title, text=text, skills=list(skills.values()), listed=form.listed, limits=limits)
