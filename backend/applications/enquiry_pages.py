"""Pages and JSON of enquiries before an application."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications import enquiries
from backend.applications.enquiry_schemas import Asked, Enquiry, NewAnswer, NewEnquiry
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text


class EnquiryPages(Controller):
    """`/enquiries`"""

    path = "/enquiries"
    guards = (requires(),)

    @get()
    async def list_enquiries(self, actor: NamedDependency[Actor]) -> Template:
        """Open and answered questions: all of them for officers, one's own for others."""
        waiting, done = await enquiries.list_enquiries(actor)
        return page(
            "applications/enquiries.html",
            waiting=waiting,
            done=done,
            can_ask=actor.has(*enquiries.ASKERS),
        )

    @get("/new", guards=[requires(*enquiries.ASKERS)])
    async def show_new_enquiry(self, programme: FromQuery[str] = "") -> Template:
        """The form."""
        return _new_page({"programme": programme})

    @post("/new", guards=[requires(*enquiries.ASKERS)])
    async def ask(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Send the question."""
        form = await read_form(request)
        new = NewEnquiry(
            programme_key=form.text("programme"), title=form.text("title"), question=form.text("question")
        )
        try:
            asked = await enquiries.ask(actor, new)
        except Invalid as invalid:
            return _new_page(form.values(), invalid.fields, invalid.status)
        flash(request, Text("Câu hỏi đã được gửi.", "The question is sent."))
        return see_other(f"/enquiries/{asked.id}")

    @get("/{enquiry_id:uuid}")
    async def show_enquiry(self, actor: NamedDependency[Actor], enquiry_id: FromPath[UUID]) -> Template:
        """The question, its clock, its answer."""
        return await _enquiry_page(actor, enquiry_id)

    @post("/{enquiry_id:uuid}")
    async def answer(
        self, request: AnyRequest, actor: NamedDependency[Actor], enquiry_id: FromPath[UUID]
    ) -> Response[Any]:
        """Give the answer."""
        form = await read_form(request)
        try:
            await enquiries.answer(actor, enquiry_id, NewAnswer(answer=form.text("answer")))
        except Invalid as invalid:
            return await _enquiry_page(actor, enquiry_id, invalid)
        flash(request, Text("Đã trả lời.", "Answered."))
        return see_other(f"/enquiries/{enquiry_id}")


class EnquiryApi(Controller):
    """`/api/v1/enquiries`"""

    path = "/api/v1/enquiries"
    tags = ("Enquiries",)
    guards = (requires(),)

    @get()
    async def list_enquiries(self, actor: NamedDependency[Actor]) -> list[Asked]:
        """Open ones first: all of them for officers, one's own for others."""
        waiting, done = await enquiries.list_enquiries(actor)
        return waiting + done

    @post(guards=[requires(*enquiries.ASKERS)])
    async def ask(self, actor: NamedDependency[Actor], data: JSONBody[NewEnquiry]) -> Enquiry:
        """Ask the agency."""
        return await enquiries.ask(actor, data)

    @post("/{enquiry_id:uuid}/answer", status_code=200)
    async def answer(
        self, actor: NamedDependency[Actor], enquiry_id: FromPath[UUID], data: JSONBody[NewAnswer]
    ) -> Enquiry:
        """Give the answer."""
        return await enquiries.answer(actor, enquiry_id, data)


def _new_page(values: dict[str, str], errors: dict[str, Text] | None = None, status: int = 200) -> Template:
    return page(
        "applications/enquiry_new.html",
        status=status,
        programmes=enquiries.askable_programmes(),
        values=values,
        errors=errors or {},
    )


async def _enquiry_page(actor: Actor, enquiry_id: UUID, invalid: Invalid | None = None) -> Template:
    asked = await enquiries.get_enquiry(actor, enquiry_id)
    is_open = asked.enquiry.answered_at is None
    return page(
        "applications/enquiry.html",
        status=invalid.status if invalid else 200,
        asked=asked,
        can_answer=is_open and actor.has(Role.OFFICER) and asked.enquiry.asked_by != actor.id,
        errors=invalid.fields if invalid else {},
    )
