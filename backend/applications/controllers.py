"""Pages of applicants: what I must do now, start an application, its task list and sections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template
from msgspec import Struct

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications.dossier import is_editable, rules_of
from backend.applications.enquiries import own_enquiries
from backend.applications.errors import StaleRevision
from backend.applications.forms import typed_of
from backend.applications.saving import save_form
from backend.applications.schemas import Application
from backend.applications.views import field_views, overview_of
from backend.applications.workspace import Work
from backend.kit.clock import local
from backend.kit.errors import Invalid, NotFound
from backend.kit.pages import AnyRequest, Form, flash, language_of, page, read_form, see_other
from backend.kit.text import Text
from backend.organisations import domain as organisations
from backend.organisations.invitations import list_own_invitations
from backend.programmes import domain as programmes
from sandbox_rules import Programme, Section

SHOWN_ENQUIRIES = 5


class Autosaved(Struct, frozen=True, kw_only=True):
    """What the page hears after an autosave: the revision to build on, and how to mend what was not saved."""

    revision: int
    saved_at: datetime
    errors: dict[str, Text]


class WorkspacePages(Controller):
    """`/workspace`"""

    guards = (requires(),)

    @get("/workspace")
    async def show_workspace(self, actor: NamedDependency[Actor]) -> Template:
        """What the actor must do now, and all applications of the actor's organisations."""
        mine = await domain.list_work(actor)
        return page(
            "applications/workspace.html",
            todo=sorted((one for one in mine if one.is_my_turn), key=_most_urgent),
            others=[one for one in mine if not one.is_my_turn],
            is_staff=actor.has(*domain.STAFF_ROLES),
            asked=(await own_enquiries(actor))[:SHOWN_ENQUIRIES],
            own=await organisations.list_own_organisations(actor),
            invited=await list_own_invitations(actor),
        )


class DraftPages(Controller):
    """`/applications`: a draft from its beginning to its submission."""

    path = "/applications"
    guards = (requires(),)

    @get("/new")
    async def show_new_application(
        self, actor: NamedDependency[Actor], programme: FromQuery[str] = ""
    ) -> Template:
        """Choose the organisation and the programme; a link may have chosen the programme already."""
        return await _new_page(actor, {"programme": programme} if programme else None)

    @post("/new")
    async def start_application(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Open a draft."""
        form = await read_form(request)
        try:
            organisation_id, programme_key = _chosen(form, actor)
            application = await domain.start_application(actor, organisation_id, programme_key)
        except Invalid as invalid:
            return await _new_page(actor, form.values(), invalid)
        return see_other(f"/applications/{application.id}")

    @get("/{application_id:uuid}")
    async def show_application(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """The task list of a dossier that can be changed; any other case has its own page."""
        application = await domain.get_application(actor, application_id)
        if place := place_instead(actor, application):
            return see_other(place)
        uploads = await domain.uploads_of(application)
        return page(
            "applications/application.html",
            application=application,
            standing=domain.standing_of(application),
            overview=overview_of(application, uploads),
        )

    @get("/{application_id:uuid}/sections/{section_key:str}")
    async def show_section(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        section_key: FromPath[str],
    ) -> Response[Any]:
        """One page of the form."""
        application = await domain.get_application(actor, application_id)
        section = _section(rules_of(application), section_key)
        if place := place_instead(actor, application):
            return see_other(place)
        return _section_page(request, application, section)

    @post("/{application_id:uuid}/sections/{section_key:str}")
    async def save_section(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        section_key: FromPath[str],
    ) -> Response[Any]:
        """Save a page of the form; well-formed answers are kept even when others must be mended."""
        form = await read_form(request)
        before = await domain.get_application(actor, application_id)
        section = _section(rules_of(before), section_key)
        typed = typed_of(form)
        saved = await save_form(actor, application_id, form, language_of(request))
        after, wrong = saved.application, saved.wrong
        if saved.conflicts:
            kept = {key: typed[key] for key in (*saved.conflicts, *wrong)}
            return _section_page(
                request, after, section, kept, saved.errors, StaleRevision.status, saved.conflicts
            )
        if form.text("action") == "later" and not wrong:
            flash(
                request,
                Text("Đã lưu. Bạn có thể tiếp tục bất cứ lúc nào.", "Saved. Go on whenever you like."),
            )
            return see_other(f"/applications/{application_id}")
        lacking = {
            one.key: Text(one.mend.vi, one.mend.en)
            for one in await domain.what_is_missing(after)
            if one.section == section.key
        }
        if wrong or lacking:
            return _section_page(request, after, section, typed, lacking | wrong, Invalid.status)
        return see_other(_after(rules_of(after), section, application_id))

    @post("/{application_id:uuid}/autosave", status_code=200)
    async def autosave(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Autosaved:
        """Save what is well-formed of a page being typed."""
        form = await read_form(request)
        saved = await save_form(actor, application_id, form, language_of(request))
        if saved.conflicts:
            raise StaleRevision
        after = saved.application
        return Autosaved(revision=after.revision, saved_at=local(after.updated_at), errors=saved.wrong)


def _most_urgent(work: Work) -> tuple[bool, date]:
    """What has a day comes first, the earliest day before the others."""
    return (work.due_on is None, work.due_on or date.max)


def place_instead(actor: Actor, application: Application) -> str | None:
    """Where this actor goes on with this dossier, unless it is the whole draft."""
    is_reader = application.organisation_id not in actor.preparing
    if application.organisation_id not in actor.belongs_to or not is_editable(application):
        return f"/cases/{application.id}"
    if is_reader:
        return (
            f"/applications/{application.id}/check"
            if application.number is None
            else f"/cases/{application.id}"
        )
    return f"/applications/{application.id}/supplement" if application.number is not None else None


def _section(programme: Programme, key: str) -> Section:
    if key not in programme.sections:
        raise NotFound
    return programme.sections[key]


def _after(programme: Programme, section: Section, application_id: UUID) -> str:
    """The next page of the form; after the last one the documents."""
    keys = list(programme.sections)
    following = keys[keys.index(section.key) + 1 :]
    if following:
        return f"/applications/{application_id}/sections/{following[0]}"
    return f"/applications/{application_id}/documents"


def _section_page(
    request: AnyRequest,
    application: Application,
    section: Section,
    typed: dict[str, str] | None = None,
    errors: dict[str, Text] | None = None,
    status: int = 200,
    conflicts: list[str] | None = None,
) -> Template:
    programme = rules_of(application)
    return page(
        "applications/section.html",
        status=status,
        application=application,
        section=section,
        section_number=list(programme.sections).index(section.key) + 1,
        section_total=len(programme.sections),
        fields=field_views(programme, section, application.answers, typed, language_of(request)),
        errors=errors or {},
        conflicts=conflicts or [],
    )


def _chosen(form: Form, actor: Actor) -> tuple[UUID, str]:
    """The organisation and the programme chosen. Raises Invalid."""
    wrong: dict[str, Text] = {}
    own = {str(organisation): organisation for organisation in actor.preparing}
    keys = {programme.key for programme in domain.open_programmes()}
    if form.text("organisation") not in own:
        wrong["organisation"] = Text("Hãy chọn tổ chức đề nghị.", "Choose the organisation that applies.")
    if form.text("programme") not in keys:
        wrong["programme"] = Text("Hãy chọn chương trình thử nghiệm.", "Choose the programme.")
    if wrong:
        raise Invalid(fields=wrong)
    return own[form.text("organisation")], form.text("programme")


async def _new_page(
    actor: Actor, values: dict[str, str] | None = None, invalid: Invalid | None = None
) -> Template:
    return page(
        "applications/new.html",
        status=invalid.status if invalid else 200,
        organisations=[
            one for one in await organisations.list_own_organisations(actor) if one.id in actor.preparing
        ],
        programmes=domain.open_programmes(),
        referred=[one for one in programmes.list_in_force() if one.referred_to is not None],
        values=values or {},
        errors=invalid.fields if invalid else {},
    )


_SAVED = Text("Đã lưu. Bạn có thể tiếp tục bất cứ lúc nào.", "Saved. Go on whenever you like.")
