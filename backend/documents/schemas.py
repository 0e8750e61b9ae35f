"""What the feature hands out."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from backend.documents.kinds import get_kind
from backend.kit.text import Lang, Text
from backend.ports.signer import SignatureReport


class IssuedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document with its number and code. While it is `queued` it has no bytes, hash or day of issue yet."""

    id: UUID
    kind: str
    subject: UUID
    number: str | None
    code: str
    title: Text
    context: dict[str, Any]
    state: Literal["queued", "issued"]
    sha256: str | None
    size: int | None
    file_key: str | None
    requested_at: datetime
    issued_at: datetime | None
    recalled_at: datetime | None
    replaced_by: UUID | None
    public: bool
    signed: bool
    lang: Lang

    @property
    def printed_code(self) -> str:
        """The code as people read it: `ABCD-EFGH-JKMN`."""
        return "-".join(self.code[start : start + 4] for start in range(0, len(self.code), 4))

    @property
    def is_issued(self) -> bool:
        return self.state == "issued"

    @property
    def is_recalled(self) -> bool:
        return self.recalled_at is not None

    @property
    def is_internal(self) -> bool:
        """Whether it is for the agency alone."""
        return get_kind(self.kind).internal

    @property
    def has_translation(self) -> bool:
        """Whether there is, or can be made, a courtesy copy in English."""
        return self.lang == "vi" and "en" in get_kind(self.kind).languages

    @property
    def file_name(self) -> str:
        """A name every system can store: `decision-12-QD-UBND.pdf`."""
        from backend.kit.text import fold

        number = "-".join(part for part in fold(self.number or self.printed_code).replace("/", " ").split())
        return f"{self.kind.replace('_', '-')}-{number}.pdf"

    @property
    def dated_on(self) -> date:
        """The date it bears."""
        return date.fromisoformat(self.context["document"]["dated_on"])


class Outcome(StrEnum):
    """What became known about a file or code somebody wants checked."""

    ISSUED = "issued"
    RECALLED = "recalled"
    TRANSLATION = "translation"
    CHANGED = "changed"
    NOT_OURS = "not_ours"
    UNREADABLE = "unreadable"


REASONS: Final = {
    Outcome.ISSUED: Text(
        "Đúng từng byte với văn bản thành phố đã cấp.",
        "Byte for byte the document the city issued.",
    ),
    Outcome.RECALLED: Text(
        "Văn bản này đã được cấp nhưng sau đó bị thu hồi, không còn hiệu lực.",
        "This document was issued but recalled later; it is no longer in effect.",
    ),
    Outcome.TRANSLATION: Text(
        "Đây là bản dịch tham khảo do hệ thống này lập. Chỉ bản tiếng Việt có giá trị.",
        "This is a courtesy translation made by this system. The Vietnamese original alone is binding.",
    ),
    Outcome.CHANGED: Text(
        "Tệp đã bị thay đổi sau khi cấp hoặc ký. Đừng dùng tệp này; hãy tải bản gốc hoặc hỏi cơ quan cấp.",
        "The file was changed after it was issued or signed. Do not rely on it; get the original.",
    ),
    Outcome.NOT_OURS: Text(
        "Hệ thống này không cấp tệp đó. Hãy kiểm tra với cơ quan ghi trên văn bản.",
        "This system did not issue that file. Ask the agency named on it.",
    ),
    Outcome.UNREADABLE: Text(
        "Tệp không phải là PDF đọc được nên không kiểm tra được. Hãy chọn đúng tệp PDF đã nhận.",
        "The file is not a readable PDF, so it cannot be checked. Choose the PDF you received.",
    ),
}


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to "is this genuine?", with the document it is or claims to be.

    `successor` is the document that recalled or replaced it; `predecessors` are those it took the place of.
    """

    outcome: Outcome
    document: IssuedDocument | None = None
    successor: IssuedDocument | None = None
    predecessors: tuple[IssuedDocument, ...] = ()
    signatures: tuple[SignatureReport, ...] = ()

    @property
    def reason(self) -> Text:
        return REASONS[self.outcome]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A document that recalled or replaced another, or was, as anybody may know it."""

    title: Text
    number: str | None
    dated_on: date
    url: str


class PublicDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody with the code may know: what it is and whether it holds, nothing of its content."""

    kind: str
    title: Text
    agency: Text
    number: str | None
    code: str
    dated_on: date
    issued_at: datetime | None
    recalled_at: datetime | None
    successor: Named | None
    predecessors: tuple[Named, ...]
    sha256: str | None
    size: int | None
    file_url: str | None
    translation_url: str | None


class VerificationView(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to the public. `is_genuine` is true only for an issued document that was not recalled."""

    outcome: Outcome
    is_genuine: bool
    reason: Text
    document: PublicDocument | None
    signatures: tuple[SignatureReport, ...]


def to_public(
    document: IssuedDocument,
    successor: IssuedDocument | None = None,
    predecessors: tuple[IssuedDocument, ...] = (),
) -> PublicDocument:
    agency = document.context["document"]["agency"]
    return PublicDocument(
        kind=document.kind,
        title=document.title,
        agency=Text(agency["signs_as"], f"{agency['name']['en']}, {agency['above']['en']}"),
        number=document.number,
        code=document.printed_code,
        dated_on=document.dated_on,
        issued_at=document.issued_at,
        recalled_at=document.recalled_at,
        successor=_named(successor) if successor else None,
        predecessors=tuple(_named(one) for one in predecessors),
        sha256=document.sha256,
        size=document.size,
        file_url=f"/verify/{document.code}/file" if document.public else None,
        translation_url=f"/verify/{document.code}/translation"
        if document.public and document.has_translation
        else None,
    )


def _named(document: IssuedDocument) -> Named:
    return Named(
        title=document.title,
        number=document.number,
        dated_on=document.dated_on,
        url=f"/verify/{document.code}",
    )


def to_view(verification: Verification) -> VerificationView:
    document = verification.document
    return VerificationView(
        outcome=verification.outcome,
        is_genuine=verification.outcome is Outcome.ISSUED,
        reason=verification.reason,
        document=to_public(document, verification.successor, verification.predecessors) if document else None,
        signatures=verification.signatures,
    )
