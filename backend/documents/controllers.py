"""Pages of verification, open to everybody, and the answer that hands out a document."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.documents import domain
from backend.documents.guards import count_look_up
from backend.documents.kinds import get_kind
from backend.documents.schemas import IssuedDocument, Verification, to_view
from backend.kit.errors import Invalid, NotFound, TooLarge
from backend.kit.pages import UPLOAD_LIMIT, AnyRequest, page, read_form, see_other
from backend.kit.text import Text
from backend.ports.uploads import SIZE_LIMIT
from backend.ports.wiring import ports

NOTHING_GIVEN = Text("Hãy nhập mã xác minh hoặc chọn một tệp PDF.", "Enter a code or choose a PDF file.")
UNKNOWN_CODE = Text(
    "Không có văn bản nào mang mã này. Hãy kiểm tra lại từng ký tự của mã in ở chân trang.",
    "No document has this code. Check each letter of the code printed at the foot of the page.",
)
BODY_LIMIT = 3 * UPLOAD_LIMIT
"""Read to the end even what is too large, so that the page can say so beside the field."""


async def serve_document(document: IssuedDocument) -> Response[bytes]:
    """The issued bytes as a download; whoever calls this has made sure that the reader may have them."""
    return _download(await domain.open_document(document.id), document.file_name)


async def serve_translation(document: IssuedDocument) -> Response[Any]:
    """The courtesy copy in English; while it is being made, a page that looks again. As `serve_document`."""
    data = await domain.find_translation(document)
    if data is None:
        return page("register/translating.html", status=202, document=document)
    return _download(data, document.file_name.replace(".pdf", "-en.pdf"))


def _download(data: bytes, file_name: str, media_type: str = "application/pdf") -> Response[bytes]:
    name = quote(file_name)
    return Response(
        data,
        media_type=media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"},
    )


class VerifyPages(Controller):
    """`/verify`"""

    path = "/verify"

    @get()
    async def show_form(self) -> Template:
        """The form: a code or a file."""
        return _form_page()

    @post(guards=[count_look_up], request_max_body_size=BODY_LIMIT)
    async def verify(self, request: AnyRequest) -> Response[Any]:
        """Check a code or a file."""
        form = await read_form(request)
        sent = form.file("file")
        if sent is not None:
            data = await sent.read()
            if len(data) > SIZE_LIMIT:
                return _form_page({"file": TooLarge.text}, TooLarge.status)
            return _result_page(await domain.verify_file(data))
        code = form.text("code")
        if not code:
            return _form_page({"code": NOTHING_GIVEN}, Invalid.status)
        found = await domain.find_by_code(code)
        if found is None:
            return _form_page({"code": UNKNOWN_CODE}, NotFound.status, code)
        return see_other(f"/verify/{found.code}")

    @get("/agency.pem", media_type="application/x-pem-file")
    async def download_certificate(self) -> Response[bytes]:
        """The agency's certificate, with which the QR code of a certificate is checked without a network."""
        pem = await ports().signer.certificate_of(get_kind("certificate").agency.signs_as)
        return _download(pem, "agency.pem", "application/x-pem-file")

    @get("/{code:str}", guards=[count_look_up])
    async def show_result(self, code: FromPath[str]) -> Template:
        """What is known about the document with this code."""
        try:
            return _result_page(await domain.verify_code(code))
        except NotFound:
            return _form_page({"code": UNKNOWN_CODE}, NotFound.status, code)

    @get("/{code:str}/file", guards=[count_look_up])
    async def download(self, code: FromPath[str]) -> Response[bytes]:
        """A public document; one that is not public is for its parties alone."""
        document = await domain.find_by_code(code)
        if document is None or not document.public:
            raise NotFound
        return await serve_document(document)

    @get("/{code:str}/translation", guards=[count_look_up])
    async def download_translation(self, code: FromPath[str]) -> Response[Any]:
        """The courtesy copy in English of a public document."""
        document = await domain.find_by_code(code)
        if document is None or not document.public:
            raise NotFound
        return await serve_translation(document)


def _form_page(errors: dict[str, Text] | None = None, status: int = 200, code: str = "") -> Template:
    return page("register/verify.html", status, errors=errors or {}, code=code)


def _result_page(verification: Verification) -> Template:
    return page("register/verify_result.html", result=to_view(verification))
