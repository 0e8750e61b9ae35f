"""Issue a document once, give its bytes, say whether a file is genuine."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

import pikepdf

from backend.documents import queries
from backend.documents.kinds import Kind, complete_context, get_kind
from backend.documents.rendering import read_css, render_html
from backend.documents.schemas import IssuedDocument, Outcome, Verification
from backend.kit import audit
from backend.kit.clock import now, today
from backend.kit.db import transaction
from backend.kit.errors import BenThuError, Conflict, NotFound
from backend.kit.outbox import enqueue, handler
from backend.kit.text import Lang, Text
from backend.ports.files import AlreadyStored, sha256
from backend.ports.signer import Signatory, UnreadablePdf
from backend.ports.wiring import ports
from backend.settings import settings
from sandbox_rules import Pin

# Without 0 1 I L O U: nobody mistakes a letter for another on paper. 30^12 codes, and look-ups are counted.
CODE_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 12
SERIES: Final = {"application": "HS-{year}-{value:05d}", "trial": "TN-{year}-{value:05d}"}
RENDER: Final = "render_document"
TRANSLATE: Final = "translate_document"


class NotIssuedYet(BenThuError):
    """The number is taken and the document is being made."""

    code = "document_not_issued_yet"
    status = 409
    text = Text(
        "Văn bản đang được tạo và ký. Hãy tải lại trang sau ít giây.",
        "The document is being made and signed. Reload the page in a few seconds.",
    )


async def take_number(series: str) -> str:
    """Take the next number of a series of cases in the caller's transaction: `HS-2026-00012`."""
    year = today().year
    return SERIES[series].format(year=year, value=await queries.next_number(series, year))


async def request_document(
    kind: str,
    subject: UUID,
    *,
    pin: Pin | None,
    context: Mapping[str, Any],
    number_symbol: str | None = None,
    signers: Sequence[str] = (),
    public: bool = False,
    title: Text | None = None,
    actor: UUID | None = None,
    lang: Lang = "vi",
) -> IssuedDocument:
    """Take number and code now, in the caller's transaction; the worker makes the document after its commit.

    `context` is frozen as given; it holds what the kind's metadata.toml lists. `signers` are the persons who
    sign, in order; the agency signs after them where the kind says so. `number_symbol` replaces the kind's
    series. Side effects: number, row, audit `document:requested` on the subject, job.
    Raises LookupError for an unknown kind, ContextMismatch, ValueError when the signers do not fit the kind.
    """
    found = get_kind(kind)
    if ("person" in found.signed) != bool(signers):
        raise ValueError(f"{kind} is signed by {found.signed}, and the persons given are {list(signers)}")
    values = complete_context(kind, audit.as_json(context))
    document_id, symbol, year = uuid4(), number_symbol or found.symbol, today().year
    value = await queries.next_number(symbol, year)
    number, code = f"{value:02d}/{symbol}", _new_code()
    shown = title or found.title
    await queries.insert_document(
        id=document_id,
        kind=kind,
        subject=subject,
        number=number,
        number_value=value,
        number_year=year,
        number_symbol=symbol,
        code=code,
        title_vi=shown.vi,
        title_en=shown.en,
        context=values | {"document": _frozen(found, number, code, signers)},
        pin_key=pin.key if pin else None,
        pin_in_force=pin.in_force if pin else None,
        pin_sha256=pin.sha256 if pin else None,
        state="queued",
        requested_at=now(),
        public=public,
        signed=bool(found.signed),
        lang=lang,
    )
    line = {"document": document_id, "kind": kind, "number": number}
    await audit.record(subject, "document:requested", actor, line)
    await enqueue(RENDER, {"document": str(document_id)}, dedupe=f"{RENDER}:{document_id}")
    return await get_document(document_id)


@handler(RENDER)
async def issue(payload: dict[str, Any]) -> None:
    """Make, sign and store the document, then say so: bytes first, row and audit line together.

    The file is named by the document, not by its content: a worker that was killed between storing and
    saying so finds the bytes and signs no second original.
    """
    document = await get_document(UUID(payload["document"]))
    if document.is_issued:
        return
    key = f"issued/{document.id}.pdf"
    data = await ports().files.find(key)
    if data is None:
        data = await _store_once(key, await _make(document))
    digest = sha256(data)
    async with transaction():
        if await queries.set_issued(document.id, sha256=digest, size=len(data), file_key=key, at=now()):
            line = {
                "document": document.id,
                "kind": document.kind,
                "number": document.number,
                "sha256": digest,
            }
            await audit.record(document.subject, "document:issued", None, line)


async def find_translation(document: IssuedDocument) -> bytes | None:
    """The courtesy copy in English, which binds nobody; asks the worker for it when there is none yet.

    Raises NotFound for kinds without one, NotIssuedYet.
    """
    if not document.has_translation:
        raise NotFound
    if not document.is_issued:
        raise NotIssuedYet
    data = await ports().files.find(_translation_key(document))
    if data is None:
        async with transaction():
            await enqueue(TRANSLATE, {"document": str(document.id)}, dedupe=f"{TRANSLATE}:{document.id}")
    return data


@handler(TRANSLATE)
async def translate(payload: dict[str, Any]) -> None:
    """Render the same values in English, unsigned, and keep them; the same bytes whenever it is done."""
    document = await get_document(UUID(payload["document"]))
    frozen = document.context["document"] | {"signers": []}
    html = render_html(document.kind, "en", document.context | {"document": frozen})
    rendered = await ports().pdf.render(html, read_css(document.kind), at=document.requested_at)
    await _store_once(_translation_key(document), rendered.pdf)


def _translation_key(document: IssuedDocument) -> str:
    return f"issued/{document.id}.en.pdf"


async def recall_document(
    document_id: UUID, *, actor: UUID, reason: str, replaced_by: UUID | None = None
) -> IssuedDocument:
    """Recall an issued document; its bytes stay, and whoever checks it learns of the recall.

    Source: NĐ 30/2020/NĐ-CP, Điều 18. Raises NotFound, NotIssuedYet, Conflict when it was recalled before.
    """
    async with transaction():
        document = await get_document(document_id)
        if not document.is_issued:
            raise NotIssuedYet
        if not await queries.set_recalled(document_id, now(), replaced_by):
            raise Conflict
        line = {"document": document_id, "reason": reason, "replaced_by": replaced_by}
        await audit.record(document.subject, "document:recalled", actor, line)
        return await get_document(document_id)


async def get_document(document_id: UUID) -> IssuedDocument:
    """One document; who may see it is for the feature that asks. Raises NotFound."""
    document = await queries.find_document(document_id)
    if document is None:
        raise NotFound
    return document


async def open_document(document_id: UUID) -> bytes:
    """The issued bytes. Raises NotFound, NotIssuedYet, FileMissing."""
    document = await get_document(document_id)
    if document.file_key is None:
        raise NotIssuedYet
    return await ports().files.get(document.file_key)


async def list_for(subject: UUID) -> list[IssuedDocument]:
    """The documents of an application or trial, oldest first."""
    return await queries.documents_of(subject)


async def list_of_kind(subjects: Sequence[UUID], kind: str) -> list[IssuedDocument]:
    """The documents of one kind of several applications or trials, oldest first, in one query."""
    return await queries.documents_of_kind(subjects, kind) if subjects else []


async def find_by_code(code: str) -> IssuedDocument | None:
    """The document with this code, however it was typed: spaces, dashes and small letters do not matter."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    if len(letters) != CODE_LENGTH or not letters.isascii():
        return None
    return await queries.find_by_code(letters)


async def verify_code(code: str) -> Verification:
    """What is known about a code. Raises NotFound."""
    document = await find_by_code(code)
    if document is None:
        raise NotFound
    if not document.is_issued:
        raise NotIssuedYet
    return await _genuine(document, await open_document(document.id))


async def verify_file(data: bytes) -> Verification:
    """Whether these very bytes were issued here; if not, what can be said about them."""
    document = await queries.find_by_sha256(sha256(data))
    if document is not None:
        return await _genuine(document, data)
    try:
        signatures = tuple(await ports().signer.verify(data))
    except UnreadablePdf:
        return Verification(outcome=Outcome.UNREADABLE)
    claimed = await find_by_code(_claimed_code(data))
    if claimed and await ports().files.find(_translation_key(claimed)) == data:
        return Verification(outcome=Outcome.TRANSLATION, document=claimed)
    is_changed = claimed is not None or any(not signature.intact for signature in signatures)
    outcome = Outcome.CHANGED if is_changed else Outcome.NOT_OURS
    return Verification(outcome=outcome, document=claimed, signatures=signatures)


async def _genuine(document: IssuedDocument, data: bytes) -> Verification:
    signatures = tuple(await ports().signer.verify(data)) if document.signed else ()
    outcome = Outcome.RECALLED if document.is_recalled else Outcome.ISSUED
    successor = await queries.find_document(document.replaced_by) if document.replaced_by else None
    return Verification(
        outcome=outcome,
        document=document,
        successor=successor,
        predecessors=tuple(await queries.replaced_by(document.id)),
        signatures=signatures,
    )


async def _make(document: IssuedDocument) -> bytes:
    """Render as of the moment it was asked for, and sign."""
    html = render_html(document.kind, document.lang, document.context)
    rendered = await ports().pdf.render(html, read_css(document.kind), at=document.requested_at)
    signatories = [
        Signatory(name=signer["name"], place=rendered.places.get(f"sign-{signer['hand']}"))
        for signer in document.context["document"]["signers"]
    ]
    return await ports().signer.sign(rendered.pdf, signatories) if signatories else rendered.pdf


async def _store_once(key: str, data: bytes) -> bytes:
    """Store, or take what another worker stored a moment before."""
    try:
        await ports().files.put_once(key, data)
    except AlreadyStored:
        return await ports().files.get(key)
    return data


def _frozen(kind: Kind, number: str, code: str, signers: Sequence[str]) -> dict[str, Any]:
    """What is printed beside the context: settings of today must not change a document of yesterday."""
    names = {"person": signers, "agency": [kind.agency.signs_as]}
    hands = [{"hand": hand, "name": name} for hand in kind.signed for name in names[hand]]
    return audit.as_json(
        {
            "number": number,
            "code": "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4)),
            "verify_url": f"{settings().public_url}/verify/{code}",
            "dated_on": today(),
            "demo": settings().demo,
            "signers": hands,
            "kind_title": kind.title,
            "agency": kind.agency,
        }
    )


def _new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _claimed_code(data: bytes) -> str:
    """The code a PDF carries in its keywords; whether it is true is for the caller to find out."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return str(pdf.docinfo.get("/Keywords", ""))[:40]
    except (pikepdf.PdfError, ValueError):
        return ""
