"""Pages of opinions: the officer asks, enters and closes; the agency answers, signed in or by its link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.document_pages import as_download
from backend.applications.intake import case_for
from backend.documents.controllers import serve_document
from backend.kit.errors import BenThuError, NotFound
from backend.kit.links import count_look
from backend.kit.pages import AnyRequest, Form, flash, page, read_form, see_other
from backend.kit.security import client_address
from backend.kit.text import Text
from backend.opinions import domain, watch  # noqa: F401 - knows the jobs
from backend.opinions.schemas import POSITIONS, Answer, NewOpinion, Opinion


class OpinionPages(Controller):
    """`/cases/{id}/opinions`: what the officer does."""

    path = "/cases/{application_id:uuid}/opinions"
    guards = (requires(Role.OFFICER),)

    @get("/new")
    async def show_question(self, actor: NamedDependency[Actor], application_id: FromPath[UUID]) -> Template:
        """The form of a question."""
        return await _question_page(actor, application_id)

    @post("/new")
    async def ask(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Ask an agency."""
        form = await read_form(request)
        try:
            await domain.ask_opinion(actor, application_id, _question(form))
        except NotFound:
            raise
        except BenThuError as refused:
            return await _question_page(actor, application_id, form, refused)
        flash(request, Text("Đã gửi lấy ý kiến.", "The agency is asked."))
        return see_other(f"/cases/{application_id}#opinions")

    @get("/{opinion_id:uuid}")
    async def show_entry(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], opinion_id: FromPath[UUID]
    ) -> Template:
        """Enter what came on paper, or close what nobody answers."""
        return await _entry_page(actor, application_id, opinion_id)

    @post("/{opinion_id:uuid}/record")
    async def record(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        opinion_id: FromPath[UUID],
    ) -> Response[Any]:
        """Keep what an agency wrote on paper."""
        form = await read_form(request)
        await _of_case(actor, application_id, opinion_id)
        try:
            await domain.record_opinion(actor, opinion_id, _answer(form))
        except NotFound:
            raise
        except BenThuError as refused:
            return await _entry_page(actor, application_id, opinion_id, form, refused)
        flash(request, Text("Đã ghi ý kiến.", "The opinion is entered."))
        return see_other(f"/cases/{application_id}#opinions")

    @post("/{opinion_id:uuid}/lapse")
    async def lapse(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        opinion_id: FromPath[UUID],
    ) -> Response[Any]:
        """Go on without it."""
        form = await read_form(request)
        await _of_case(actor, application_id, opinion_id)
        try:
            await domain.lapse_opinion(actor, opinion_id, form.text("reason"))
        except NotFound:
            raise
        except BenThuError as refused:
            return await _entry_page(actor, application_id, opinion_id, form, refused)
        flash(request, Text("Hồ sơ tiếp tục không có ý kiến này.", "The case goes on without it."))
        return see_other(f"/cases/{application_id}#opinions")


class AskedPages(Controller):
    """`/opinions`: what an agency with an account is asked."""

    path = "/opinions"
    guards = (requires(Role.CONSULTED),)

    @get()
    async def list_asked(self, actor: NamedDependency[Actor]) -> Template:
        """Everything the agency was asked."""
        return page("opinions/asked.html", asked=await domain.list_asked(actor), positions=POSITIONS)

    @get("/{opinion_id:uuid}")
    async def show_asked(self, actor: NamedDependency[Actor], opinion_id: FromPath[UUID]) -> Template:
        """The question, its files, and the answer or its form."""
        opinion = await domain.get_asked(actor, opinion_id)
        return await _answer_page(opinion, f"/opinions/{opinion_id}")

    @post("/{opinion_id:uuid}")
    async def answer(
        self, request: AnyRequest, actor: NamedDependency[Actor], opinion_id: FromPath[UUID]
    ) -> Response[Any]:
        """Answer for one's agency."""
        opinion, form = await domain.get_asked(actor, opinion_id), await read_form(request)
        try:
            await domain.answer_opinion(actor, opinion_id, _answer(form))
        except BenThuError as refused:
            return await _answer_page(opinion, f"/opinions/{opinion_id}", form, refused)
        flash(request, _THANKS)
        return see_other(f"/opinions/{opinion_id}")

    @get("/{opinion_id:uuid}/request")
    async def download_request(
        self, actor: NamedDependency[Actor], opinion_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The request as it was issued."""
        opinion = await domain.get_asked(actor, opinion_id)
        return await serve_document(await domain.get_request(opinion))

    @get("/{opinion_id:uuid}/files/{upload_id:uuid}")
    async def download_file(
        self, actor: NamedDependency[Actor], opinion_id: FromPath[UUID], upload_id: FromPath[UUID]
    ) -> Response[bytes]:
        """A file that was sent along."""
        return as_download(*await domain.open_file(await domain.get_asked(actor, opinion_id), upload_id))


class LinkPages(Controller):
    """`/opinions/answer/{token}`: the personal link of an agency without an account."""

    path = "/opinions/answer/{token:str}"

    @get()
    async def show_asked(self, request: AnyRequest, token: FromPath[str]) -> Template:
        """The question, its files, and the form; after the answer only that it was given."""
        opinion = await _by_link(request, token)
        return await _answer_page(opinion, f"/opinions/answer/{token}")

    @post()
    async def answer(self, request: AnyRequest, token: FromPath[str]) -> Response[Any]:
        """Answer, once."""
        opinion, form = await _by_link(request, token), await read_form(request)
        try:
            await domain.answer_by_link(token, _answer(form))
        except BenThuError as refused:
            return await _answer_page(opinion, f"/opinions/answer/{token}", form, refused)
        flash(request, _THANKS)
        return see_other(f"/opinions/answer/{token}")

    @get("/request")
    async def download_request(self, request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
        """The request as it was issued, while the link may still be used."""
        opinion = _still_open(await _by_link(request, token))
        return await serve_document(await domain.get_request(opinion))

    @get("/files/{upload_id:uuid}")
    async def download_file(
        self, request: AnyRequest, token: FromPath[str], upload_id: FromPath[UUID]
    ) -> Response[bytes]:
        """A file that was sent along, while the link may still be used."""
        return as_download(*await domain.open_file(_still_open(await _by_link(request, token)), upload_id))


async def _by_link(request: AnyRequest, token: str) -> Opinion:
    await count_look(domain.PURPOSE, client_address(request))
    return await domain.open_link(token)


def _still_open(opinion: Opinion) -> Opinion:
    """The dossier is shown no more once the link has done its service."""
    if not opinion.is_open:
        raise NotFound
    return opinion


async def _of_case(actor: Actor, application_id: UUID, opinion_id: UUID) -> Opinion:
    await applications.get_application(actor, application_id)
    opinion = await domain.get_known(opinion_id)
    if opinion.application_id != application_id:
        raise NotFound
    return opinion


def _question(form: Form) -> NewOpinion:
    return NewOpinion(
        agency=form.text("agency")[:200],
        email=form.text("email")[:254],
        question=form.text("question")[:5000],
        files=[found for text in form.all("files") if (found := _uuid(text))],
    )


def _answer(form: Form) -> Answer:
    return Answer(
        position=form.text("position"),
        answer=form.text("answer")[:10_000],
        answered_by=form.text("answered_by")[:160],
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _question_page(
    actor: Actor, application_id: UUID, form: Form | None = None, refused: BenThuError | None = None
) -> Template:
    case = await case_for(actor, application_id)
    return page(
        "opinions/question.html",
        refused.status if refused else 200,
        case=case,
        uploads=await applications.uploads_of(case),
        typed=form.values() if form else {},
        chosen=form.all("files") if form else [],
        errors=_errors(refused),
        silence=domain.settings_of(applications.rules_of(case)).silence,
    )


async def _entry_page(
    actor: Actor,
    application_id: UUID,
    opinion_id: UUID,
    form: Form | None = None,
    refused: BenThuError | None = None,
) -> Template:
    opinion = await _of_case(actor, application_id, opinion_id)
    return page(
        "opinions/entry.html",
        refused.status if refused else 200,
        opinion=await domain.get_known(opinion.id),
        positions=POSITIONS,
        typed=form.values() if form else {},
        errors=_errors(refused),
    )


async def _answer_page(
    opinion: Opinion, base: str, form: Form | None = None, refused: BenThuError | None = None
) -> Template:
    known = await domain.get_known(opinion.id)
    return page(
        "opinions/answer.html",
        refused.status if refused else 200,
        opinion=known,
        files=await domain.files_of(known) if known.is_open or known.account_id else [],
        base=base,
        positions=POSITIONS,
        typed=form.values() if form else {},
        errors=_errors(refused),
    )


def _errors(refused: BenThuError | None) -> dict[str, Text]:
    return (refused.fields or {"": refused.text}) if refused else {}


_THANKS = Text("Đã ghi nhận ý kiến. Xin cảm ơn quý cơ quan.", "Your opinion is recorded. Thank you.")
