"""The JSON interface of applications, under `/api/v1`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications.document_pages import BODY_LIMIT
from backend.applications.schemas import (
    Application,
    ApplicationView,
    NewAnswers,
    NewApplication,
    QueueFilters,
    QueueView,
    SecretMark,
    StateView,
    TransitionData,
    Upload,
    UploadView,
)
from backend.kit.errors import Invalid, NotFound
from backend.kit.pages import AnyRequest, read_form
from backend.kit.text import Text
from sandbox_rules import Missing

Step = Callable[[Actor, UUID, TransitionData], Awaitable[Application]]


class ApplicationApi(Controller):
    """`/api/v1/applications`"""

    path = "/api/v1/applications"
    tags = ("Applications",)
    guards = (requires(),)

    @get()
    async def list_applications(self, actor: NamedDependency[Actor]) -> list[ApplicationView]:
        """The applications of the caller's organisations, the last touched first, without what is missing."""
        return [_view(one) for one in await domain.list_mine(actor)]

    @post()
    async def start_application(
        self, actor: NamedDependency[Actor], data: JSONBody[NewApplication]
    ) -> ApplicationView:
        """Open a draft for an organisation the caller acts for."""
        application = await domain.start_application(actor, data.organisation_id, data.programme_key)
        return await _full_view(application)

    @get("/{application_id:uuid}")
    async def get_application(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> ApplicationView:
        """One application with its files and what is missing."""
        return await _full_view(await domain.get_application(actor, application_id))

    @put("/{application_id:uuid}/answers")
    async def save_answers(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[NewAnswers]
    ) -> ApplicationView:
        """Lay answers over the stored ones; null clears one. 409 when `revision` is not the stored one."""
        application = await domain.save_answers(actor, application_id, data.answers, data.revision)
        return await _full_view(application)

    @post("/{application_id:uuid}/copy")
    async def copy_application(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> ApplicationView:
        """A new draft with the answers of this one, under the rules in force today; no files."""
        return await _full_view(await domain.copy_application(actor, application_id))

    @put("/{application_id:uuid}/secrets/{key:str}")
    async def mark_secret(
        self,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        key: FromPath[str],
        data: JSONBody[SecretMark],
    ) -> ApplicationView:
        """Keep a public answer back as a trade secret; a reason of null makes it public again."""
        return await _full_view(await domain.mark_secret(actor, application_id, key, data.reason))

    @get("/{application_id:uuid}/missing")
    async def list_missing(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> list[Missing]:
        """What the dossier still lacks, and how to mend it."""
        return await domain.what_is_missing(await domain.get_application(actor, application_id))

    @post("/{application_id:uuid}/uploads", request_max_body_size=BODY_LIMIT)
    async def add_upload(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> UploadView:
        """Upload a file: a multipart form with `slot`, `file` and, for a trade secret, `secret=yes`."""
        form = await read_form(request)
        sent = form.file("file")
        if sent is None:
            raise Invalid(fields={"file": Text("Hãy gửi kèm một tệp.", "Send a file.")})
        upload = await domain.add_upload(
            actor,
            application_id,
            form.text("slot"),
            sent.filename,
            await sent.read(),
            form.text("secret") == "yes",
        )
        return _upload_view(upload)

    @post("/{application_id:uuid}/transitions/{transition:str}", status_code=200)
    async def take_step(
        self,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        transition: FromPath[str],
        data: JSONBody[TransitionData],
    ) -> ApplicationView:
        """Take a step: submit, withdraw, take, accept, request_supplement, cancel_supplement or
        refuse_to_receive."""
        if transition not in STEPS:
            raise NotFound
        return await _full_view(await STEPS[transition](actor, application_id, data))


HANDLER = "^(any|mine|nobody|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$"


class QueueApi(Controller):
    """`/api/v1/queue`"""

    path = "/api/v1/queue"
    tags = ("Applications",)
    guards = (requires(*domain.STAFF_ROLES),)

    @get()
    async def list_queue(
        self,
        actor: NamedDependency[Actor],
        q: Annotated[str, QueryParameter(max_length=200)] = "",
        states: Annotated[list[str] | None, QueryParameter(name="state")] = None,
        handler: Annotated[str, QueryParameter(pattern=HANDLER)] = "any",
        programme: Annotated[str, QueryParameter(max_length=40)] = "",
        clock: FromQuery[Literal["", "late", "soon", "stopped"]] = "",
        start: Annotated[str, QueryParameter(name="from", max_length=80)] = "",
    ) -> QueueView:
        """Submitted cases in statutory order; without `state` those not closed."""
        filters = QueueFilters(
            q=q,
            states=frozenset(states or ()),
            handler=domain.read_handler(handler),
            programme=programme,
            clock=clock,
        )
        found = await domain.list_queue(actor, filters, domain.read_place(start))
        return QueueView(
            items=found.items,
            total=found.total,
            is_more=found.is_more,
            previous=domain.written_place(found.previous) if found.previous else None,
            next=domain.written_place(found.next) if found.next else None,
        )


async def _submit(actor: Actor, application_id: UUID, data: TransitionData) -> Application:
    if data.revision is None:
        raise Invalid(fields={"revision": Text("Hãy gửi phiên bản đã đọc.", "Send the revision you read.")})
    return await domain.submit_application(actor, application_id, data.revision)


async def _withdraw(actor: Actor, application_id: UUID, data: TransitionData) -> Application:
    return await domain.withdraw_application(actor, application_id, data.reasons)


async def _take(actor: Actor, application_id: UUID, data: TransitionData) -> Application:
    return await domain.take_application(actor, application_id)


async def _accept(actor: Actor, application_id: UUID, data: TransitionData) -> Application:
    return await domain.accept_application(actor, application_id)


async def _request_supplement(actor: Actor, application_id: UUID, data: TransitionData) -> Application:
    # a day long past fails the same check, with the same words, as a day that was not given
    due_on = data.due_on or date.min
    return await domain.request_supplement(actor, application_id, data.items, due_on, data.reasons)


async def _cancel_supplement(actor: Actor, application_id: UUID, data: TransitionData) -> Application:
    return await domain.cancel_supplement(actor, application_id, data.reasons)


async def _refuse_to_receive(actor: Actor, application_id: UUID, data: TransitionData) -> Application:
    return await domain.refuse_to_receive(actor, application_id, data.reasons)


STEPS: dict[str, Step] = {
    "submit": _submit,
    "withdraw": _withdraw,
    "take": _take,
    "accept": _accept,
    "request_supplement": _request_supplement,
    "cancel_supplement": _cancel_supplement,
    "refuse_to_receive": _refuse_to_receive,
}


async def _full_view(application: Application) -> ApplicationView:
    uploads = await domain.uploads_of(application)
    return _view(application, await domain.what_is_missing(application), uploads)


def _view(
    application: Application, missing: list[Missing] | None = None, uploads: list[Upload] | None = None
) -> ApplicationView:
    public = domain.standing_of(application).state.public
    return ApplicationView(
        id=application.id,
        organisation_id=application.organisation_id,
        organisation_name=application.organisation_name,
        programme_key=application.programme_key,
        pin=application.pin,
        state=StateView(key=application.state, label=Text(public.vi, public.en)),
        number=application.number,
        title=application.title,
        answers=application.answers,
        secrets=application.secrets,
        revision=application.revision,
        submitted_on=application.submitted_on,
        due_on=application.due_on,
        clock_state=application.clock_state,
        missing=missing or [],
        uploads=[_upload_view(upload) for upload in uploads or []],
    )


def _upload_view(upload: Upload) -> UploadView:
    return UploadView(
        id=upload.id,
        slot=upload.slot,
        filename=upload.filename,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        secret=upload.secret,
        uploaded_at=upload.uploaded_at,
    )
