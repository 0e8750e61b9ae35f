"""Pages of those who look for partners: needs, suggestions with reasons, offers, introductions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.errors import Conflict, Invalid
from backend.kit.pages import AnyRequest, Form, flash, language_of, read_form, see_other
from backend.kit.text import Text
from backend.matchmaking import domain, introductions, offers, teams
from backend.matchmaking.forms import added_skills, limit_values, need_limits, need_rows, needed_skills
from backend.matchmaking.schemas import Need, NeededSkill, NeedForm, NewNeed, OfferFilters
from backend.matchmaking.skills import all_names, read_skills
from backend.matchmaking.views import drawn_matrix, pictures_of, show
from backend.organisations import domain as organisations

SEEKER = requires(*domain.SEEKERS)


class PartnerPages(Controller):
    """`/partners`"""

    path = "/partners"

    @get()
    async def show_partners(
        self,
        visitor: NamedDependency[Actor | None],
        q: FromQuery[str] = "",
        kind: FromQuery[str] = "",
        skill: FromQuery[str] = "",
        language: FromQuery[str] = "",
        form: FromQuery[str] = "",
        page: FromQuery[int] = 1,
    ) -> Template:
        """My needs, introductions, and the offers open to see; a visitor learns what there is."""
        if visitor is None:
            return show("welcome", total=await offers.count_offers())
        filters = OfferFilters(q=q[:200], kind=kind, skill=skill, language=language, form=form)
        is_seeker, is_offerer = visitor.has(*domain.SEEKERS), visitor.has(*offers.OFFERERS)
        return show(
            "partners",
            is_seeker=is_seeker,
            is_offerer=is_offerer,
            needs=await domain.list_needs(visitor) if is_seeker else [],
            introductions=await introductions.list_introductions(visitor),
            filters=filters,
            found=await offers.list_offers(filters, min(max(page, 1), 10_000)),
        )

    @get("/offers/{offer_id:uuid}", guards=[requires()])
    async def show_offer(self, actor: NamedDependency[Actor], offer_id: FromPath[UUID]) -> Template:
        """An offer, and a way to ask for an introduction."""
        needs = await domain.list_needs(actor) if actor.has(*domain.SEEKERS) else []
        offer = await offers.get_offer(actor, offer_id)
        return show("offer", offer=offer, needs=[need for need in needs if need.closed_at is None])

    @get("/introductions/{introduction_id:uuid}", guards=[requires()])
    async def show_introduction(
        self, actor: NamedDependency[Actor], introduction_id: FromPath[UUID]
    ) -> Template:
        """An introduction: what is asked, the answer, and contact data once both agreed."""
        found = await introductions.get_introduction(actor, introduction_id)
        return show("introduction", introduction=found, errors={}, typed="")

    @post("/introductions/{introduction_id:uuid}/{step:str}", guards=[requires()])
    async def answer_introduction(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        introduction_id: FromPath[UUID],
        step: FromPath[str],
    ) -> Response[Any]:
        """Accept, decline or withdraw."""
        answer = (await read_form(request)).text("answer")
        try:
            await introductions.answer_introduction(actor, introduction_id, step, answer)
        except Invalid as invalid:
            found = await introductions.get_introduction(actor, introduction_id)
            return show(
                "introduction", invalid.status, introduction=found, errors=invalid.fields, typed=answer
            )
        return see_other(f"/partners/introductions/{introduction_id}")

    @post("/introductions", guards=[requires()])
    async def ask_introduction(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Ask the other side of a need and an offer to be introduced."""
        form = await read_form(request)
        try:
            need_id, offer_id = UUID(form.text("need")), UUID(form.text("offer"))
        except ValueError:
            raise Invalid(fields={"need": Text("Hãy chọn nhu cầu.", "Choose the need.")}) from None
        try:
            asked = await introductions.ask_introduction(actor, need_id, offer_id, form.text("message"))
        except Invalid as invalid:
            return show("ask", invalid.status, values=form.values(), errors=invalid.fields)
        flash(
            request,
            Text(
                "Đã gửi. Khi bên kia đồng ý, hai bên sẽ thấy thông tin liên hệ của nhau.",
                "Sent. When the other side agrees, both of you will see how to reach each other.",
            ),
        )
        return see_other(f"/partners/introductions/{asked.id}")


class NeedPages(Controller):
    """`/partners/needs`"""

    path = "/partners/needs"
    guards = (SEEKER,)

    @get("/new")
    async def show_new_need(self, actor: NamedDependency[Actor]) -> Template:
        """The first step: in your own words."""
        return await _words_page(actor, "/partners/needs/new", {})

    @post("/new")
    async def create_need(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """One step further: read the skills, add some, or keep the need."""
        form = await read_form(request)
        return await _next_step(actor, form, "/partners/needs/new", None)

    @get("/{need_id:uuid}/edit")
    async def show_edit(self, actor: NamedDependency[Actor], need_id: FromPath[UUID]) -> Template:
        """The same form with what is kept."""
        need = await domain.get_need(actor, need_id)
        values = {"title": need.title, "text": need.text, "revision": str(need.revision)}
        values |= {"organisation": str(need.organisation_id), "listed": "yes" if need.listed else ""}
        base = f"/partners/needs/{need_id}/edit"
        return _skills_page(base, values, need.skills, limit_values(need.limits))

    @post("/{need_id:uuid}/edit")
    async def change_need(
        self, request: AnyRequest, actor: NamedDependency[Actor], need_id: FromPath[UUID]
    ) -> Response[Any]:
        """One step further with a need that is kept already."""
        need = await domain.get_need(actor, need_id)
        return await _next_step(actor, await read_form(request), f"/partners/needs/{need_id}/edit", need)

    @post("/{need_id:uuid}/close")
    async def close_need(
        self, request: AnyRequest, actor: NamedDependency[Actor], need_id: FromPath[UUID]
    ) -> Response[Any]:
        """Look no longer."""
        await domain.close_need(actor, need_id)
        flash(request, Text("Nhu cầu đã đóng.", "The need is closed."))
        return see_other("/partners")

    @get("/{need_id:uuid}")
    async def show_need(
        self, request: AnyRequest, actor: NamedDependency[Actor], need_id: FromPath[UUID]
    ) -> Template:
        """Ranked partners with reasons, the coverage matrix, and what nobody covers."""
        need = await domain.get_need(actor, need_id)
        suggestions = await domain.suggest_partners(actor, need)
        lang = language_of(request)
        shown = [item.offer for item in suggestions.items]
        kept = await teams.list_teams(actor, need)
        return show(
            "need",
            need=need,
            suggestions=suggestions,
            pictures=pictures_of(suggestions.items, lang),
            coverage=drawn_matrix(suggestions.matrix, shown, lang),
            is_well_described=domain.is_well_described(need.text, need.skills),
            teams=kept,
            drafts=await teams.drafts_of(actor, need) if kept else [],
        )


async def _next_step(actor: Actor, form: Form, base: str, need: Need | None) -> Response[Any]:
    """`words`: back to the text; `read`: skills of the text; `add`: more skills; `save`: keep it."""
    values, action, chosen = form.values(), form.text("action"), needed_skills(form)
    limits = limit_values(need_limits(form))
    if action == "words":
        return await _words_page(actor, base, values, chosen=chosen, limits=limits)
    faults = domain.checked_words(form.text("title"), form.text("text"))
    organisation_id = _organisation(actor, form) if need is None else need.organisation_id
    if organisation_id is None:
        faults["organisation"] = Text("Hãy chọn tổ chức.", "Choose the organisation.")
    if faults or organisation_id is None:
        return await _words_page(actor, base, values, faults, chosen, limits)
    if action != "save":
        return _with_more(form, base, values, chosen)
    try:
        data = NeedForm(
            title=form.text("title"),
            text=form.text("text"),
            skills=chosen,
            listed=form.text("listed") == "yes",
            limits=need_limits(form),
        )
        if need is None:
            kept = await domain.create_need(actor, NewNeed(**_fields(data), organisation_id=organisation_id))
        else:
            kept = await domain.change_need(actor, need.id, _revision(form), data)
    except Invalid as invalid:
        return _skills_page(base, values, [], limits, invalid.fields)
    return see_other(f"/partners/needs/{kept.id}")


def _with_more(form: Form, base: str, values: dict[str, str], chosen: list[NeededSkill]) -> Template:
    limits = limit_values(need_limits(form))
    try:
        more = added_skills(form.text("more")) if form.text("more") else []
    except Invalid as invalid:
        return _skills_page(base, values, chosen, limits, invalid.fields)
    known = {skill.key for skill in chosen}
    chosen += [NeededSkill(key=key) for key in more if key not in known]
    first_look = form.text("action") == "read" and not chosen
    return _skills_page(base, values | {"more": ""}, chosen, limits, first_look=first_look)


async def _words_page(
    actor: Actor,
    base: str,
    values: dict[str, str],
    errors: dict[str, Text] | None = None,
    chosen: list[NeededSkill] | None = None,
    limits: dict[str, list[str]] | None = None,
) -> Template:
    return show(
        "need_words",
        Invalid.status if errors else 200,
        base=base,
        values=values,
        errors=errors or {},
        chosen=chosen or [],
        limits=limits or {},
        organisations=await organisations.list_own_organisations(actor),
    )


def _skills_page(
    base: str,
    values: dict[str, str],
    chosen: list[NeededSkill],
    limits: dict[str, list[str]],
    errors: dict[str, Text] | None = None,
    *,
    first_look: bool = False,
) -> Template:
    found = read_skills(f"{values['title']}.\n{values['text']}")
    return show(
        "need_skills",
        Invalid.status if errors else 200,
        base=base,
        values=values,
        errors=errors or {},
        rows=need_rows(found, chosen, ticked=first_look),
        limits=limits,
        words=len(values["text"].split()),
        is_well_described=domain.is_well_described(values["text"], chosen or found),
        names=all_names(),
    )


def _organisation(actor: Actor, form: Form) -> UUID | None:
    """The organisation chosen; where there is only one, that one."""
    own = {str(organisation): organisation for organisation in actor.organisations}
    return own.get(form.text("organisation")) or (next(iter(own.values())) if len(own) == 1 else None)


def _revision(form: Form) -> int:
    written = form.text("revision")
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise Conflict
    return int(written)


def _fields(data: NeedForm) -> dict[str, Any]:
    return {name: getattr(data, name) for name in NeedForm.__struct_fields__}
