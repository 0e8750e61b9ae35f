"""Rows of numbers and documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.documents.schemas import IssuedDocument
from backend.documents.tables import IssuedDocumentRow, NumberRegister
from backend.kit.text import Text

# One statement: the row stays locked until the caller's transaction ends, so a number that is taken back
# with it is taken by the next one, and none is missing or taken twice.
NEXT_NUMBER = """
    INSERT INTO number_register AS kept (id, symbol, year, last) VALUES (gen_random_uuid(), {}, {}, 1)
    ON CONFLICT (symbol, year) DO UPDATE SET last = kept.last + 1
    RETURNING last"""


async def next_number(symbol: str, year: int) -> int:
    """The number after the last one of this series."""
    (row,) = await NumberRegister.raw(NEXT_NUMBER, symbol, year)
    return int(row["last"])


async def insert_document(**values: Any) -> None:
    await IssuedDocumentRow.insert(IssuedDocumentRow(**values))


async def find_document(document_id: UUID) -> IssuedDocument | None:
    return await _one(IssuedDocumentRow.id == document_id)


async def find_by_code(code: str) -> IssuedDocument | None:
    """`code` without dashes."""
    return await _one(IssuedDocumentRow.code == code)


async def find_by_sha256(digest: str) -> IssuedDocument | None:
    return await _one(IssuedDocumentRow.sha256 == digest)


async def documents_of(subject: UUID) -> list[IssuedDocument]:
    """Oldest first. A statement as text: every page of a case has it."""
    rows = await IssuedDocumentRow.raw(
        "select * from issued_document where subject = {} order by requested_at, id", subject
    )
    return [_document({**row, "context": msgspec.json.decode(row["context"])}) for row in rows]


async def documents_of_kind(subjects: Sequence[UUID], kind: str) -> list[IssuedDocument]:
    """Those of one kind of several subjects, oldest first."""
    row = IssuedDocumentRow
    return await _list(row.subject.is_in(list(subjects)) & (row.kind == kind))


async def replaced_by(document_id: UUID) -> list[IssuedDocument]:
    """Those this one recalled or replaced, oldest first."""
    return await _list(IssuedDocumentRow.replaced_by == document_id)


async def _list(where: Any) -> list[IssuedDocument]:
    rows = (
        await IssuedDocumentRow.select()
        .where(where)
        .order_by(IssuedDocumentRow.requested_at, IssuedDocumentRow.id)
        .output(load_json=True)
    )
    return [_document(row) for row in rows]


async def set_issued(document_id: UUID, *, sha256: str, size: int, file_key: str, at: datetime) -> bool:
    """Compare and set: False when it was issued before."""
    row = IssuedDocumentRow
    changed = (
        await row.update(
            {
                row.state: "issued",
                row.sha256: sha256,
                row.size: size,
                row.file_key: file_key,
                row.issued_at: at,
            }
        )
        .where((row.id == document_id) & (row.state == "queued"))
        .returning(row.id)
    )
    return bool(changed)


async def set_recalled(document_id: UUID, at: datetime, replaced_by: UUID | None) -> bool:
    """Compare and set: False when it was recalled before or is not issued."""
    row = IssuedDocumentRow
    changed = (
        await row.update({row.recalled_at: at, row.replaced_by: replaced_by})
        .where((row.id == document_id) & (row.state == "issued") & row.recalled_at.is_null())
        .returning(row.id)
    )
    return bool(changed)


async def _one(where: Any) -> IssuedDocument | None:
    row = await IssuedDocumentRow.select().where(where).first().output(load_json=True)
    return _document(row) if row else None


_NAMES = tuple(field.name for field in msgspec.structs.fields(IssuedDocument) if field.name != "title")


def _document(row: dict[str, Any]) -> IssuedDocument:
    return IssuedDocument(
        title=Text(row["title_vi"], row["title_en"]), **{name: row[name] for name in _NAMES}
    )
