"""The API of verification, open to everybody."""

from __future__ import annotations

from litestar import Controller, get, post
from litestar.params import FromPath

from backend.documents import domain
from backend.documents.controllers import BODY_LIMIT, NOTHING_GIVEN
from backend.documents.guards import count_look_up
from backend.documents.schemas import VerificationView, to_view
from backend.kit.errors import Invalid, TooLarge
from backend.kit.pages import AnyRequest, read_form
from backend.ports.uploads import SIZE_LIMIT


class VerifyApi(Controller):
    """`/api/v1/verify`"""

    path = "/api/v1/verify"
    tags = ("Verification",)
    guards = (count_look_up,)

    @post(status_code=200, request_max_body_size=BODY_LIMIT)
    async def verify_file(self, request: AnyRequest) -> VerificationView:
        """Check a file: a multipart form with `file`."""
        sent = (await read_form(request)).file("file")
        if sent is None:
            raise Invalid(fields={"file": NOTHING_GIVEN})
        data = await sent.read()
        if len(data) > SIZE_LIMIT:
            raise TooLarge
        return to_view(await domain.verify_file(data))

    @get("/{code:str}")
    async def verify_code(self, code: FromPath[str]) -> VerificationView:
        """What is known about the document with this code."""
        return to_view(await domain.verify_code(code))
