"""What a person sends us: size, true type, a harmless copy. The original is always kept beside the copy."""

from __future__ import annotations

import asyncio
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final

import filetype
import msgspec
import pikepdf

from backend.kit.errors import Invalid, TooLarge
from backend.kit.text import Text
from backend.ports.files import sha256

SIZE_LIMIT: Final = 20 * 1024 * 1024
UNPACKED_LIMIT: Final = 200 * 1024 * 1024
NAME_LIMIT: Final = 120  # characters, so that the name fits every file system in UTF-8
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS: Final = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
}
ACCEPT: Final = ",".join(extension for group in EXTENSIONS.values() for extension in group)
_OFFICE_PARTS: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ACTIVE_KEYS: Final = (
    "/AA",
    "/OpenAction",
    "/JavaScript",
    "/JS",
    "/EmbeddedFiles",
    "/XFA",
    "/RichMediaContent",
)
_ACTIVE_ACTIONS: Final = (
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/Rendition",
    "/GoToE",
    "/GoToR",
)


class UploadRefused(Invalid):
    """The file cannot be taken; the text says which of its properties is wrong and what to send instead."""

    code = "upload_refused"


class CheckedUpload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that may be stored.

    `original` and its `sha256` are the evidence; `cleaned` is what others are given to open. `removed` names
    the active parts that were taken out of the copy, such as `/JavaScript`.
    """

    name: str
    media_type: str
    original: bytes
    sha256: str
    cleaned: bytes
    removed: tuple[str, ...]


async def check_upload(name: str, data: bytes) -> CheckedUpload:
    """Check one file and make the copy. Raises `UploadRefused`, `TooLarge`. Does not look for viruses."""
    return await asyncio.to_thread(_check, name, data)


def clean_name(name: str) -> str:
    """The last part of a path, NFC, without control or direction marks, at most `NAME_LIMIT` characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = re.sub(r'[<>:"|?*\s]+', " ", name).strip(" .") or "tệp"
    path = PurePosixPath(name)
    return path.stem[: NAME_LIMIT - len(path.suffix)].rstrip() + path.suffix


def _check(name: str, data: bytes) -> CheckedUpload:
    if len(data) > SIZE_LIMIT:
        raise TooLarge(
            Text(
                "Tệp lớn hơn 20 MB. Hãy nén hoặc tách tệp rồi gửi lại.",
                "The file is larger than 20 MB. Compress or split it, then send it again.",
            )
        )
    name = clean_name(name)
    media_type = _media_type(data)
    _refuse_false_name(name, media_type)
    cleaned, removed = _clean_pdf(data) if media_type == "application/pdf" else (data, ())
    return CheckedUpload(
        name=name,
        media_type=media_type,
        original=data,
        sha256=sha256(data),
        cleaned=cleaned,
        removed=removed,
    )


def _media_type(data: bytes) -> str:
    """The accepted type the content has from its very first byte on."""
    if not data:
        raise UploadRefused(
            Text("Tệp trống. Hãy chọn tệp có nội dung.", "The file is empty. Choose one with content.")
        )
    if data.startswith(b"PK\x03\x04"):
        return _office_type(data)
    kind = filetype.guess(data)
    # filetype also takes a PDF behind a byte order mark; we take it at offset 0 alone
    if (
        kind is None
        or kind.mime not in EXTENSIONS
        or (kind.mime == "application/pdf" and data[:5] != b"%PDF-")
    ):
        raise UploadRefused(
            Text(
                "Nội dung tệp không thuộc loại được nhận. Chỉ nhận PDF, PNG, JPEG, DOCX và XLSX.",
                "The content of this file is of no accepted type. Send PDF, PNG, JPEG, DOCX or XLSX.",
            )
        )
    return str(kind.mime)


def _office_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as broken:
        raise _broken() from broken
    names = {entry.filename for entry in entries}
    found = [kind for part, kind in _OFFICE_PARTS.items() if part in names]
    if "[Content_Types].xml" not in names or len(found) != 1:
        raise UploadRefused(
            Text(
                "Không nhận tệp nén. Hãy gửi từng tài liệu PDF, PNG, JPEG, DOCX hoặc XLSX.",
                "Archives are not accepted. Send each document as PDF, PNG, JPEG, DOCX or XLSX.",
            )
        )
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".ocx")) for name in names):
        raise UploadRefused(
            Text(
                "Tài liệu có macro hoặc chương trình. Hãy lưu lại không kèm macro, hoặc xuất ra PDF.",
                "The document contains macros or programs. Save it without them, or export it as PDF.",
            )
        )
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise TooLarge
    return found[0]


def _refuse_false_name(name: str, media_type: str) -> None:
    allowed = EXTENSIONS[media_type]
    if not name.lower().endswith(allowed):
        raise UploadRefused(
            Text(
                f"Tên tệp không khớp nội dung: nội dung là {allowed[0]}. Hãy đổi tên hoặc chọn đúng tệp.",
                f"Name and content disagree: the content is {allowed[0]}. Rename or choose the right file.",
            )
        )


def _clean_pdf(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise _encrypted()
            if not pdf.pages:
                raise _broken()
            removed = {part for item in pdf.objects for part in _remove_active(item)}
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
    except pikepdf.PasswordError as locked:
        raise _encrypted() from locked
    except (pikepdf.PdfError, ValueError, RecursionError) as broken:
        raise _broken() from broken
    return out.getvalue(), tuple(sorted(removed))


def _remove_active(item: Any) -> Iterator[str]:
    """Take scripts, launches and attachments out of one object and what it contains directly."""
    if isinstance(item, pikepdf.Array):
        for part in item:
            if not _is_shared(part):
                yield from _remove_active(part)
    if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    for key in [key for key in item.keys() if key in _ACTIVE_KEYS]:  # noqa: SIM118 - not a dict
        del item[key]
        yield key
    if str(item.get("/S", "")) in _ACTIVE_ACTIONS:
        yield str(item["/S"])
        # a viewer passes over an action that does not say what it does
        del item["/S"]
    for part in item.values():
        if not _is_shared(part):
            yield from _remove_active(part)


def _is_shared(part: Any) -> bool:
    """Shared objects have their own turn; only what is written in place is walked into."""
    return not isinstance(part, pikepdf.Object) or part.is_indirect


def _encrypted() -> UploadRefused:
    return UploadRefused(
        Text(
            "Tệp PDF có mật khẩu hoặc bị khóa. Hãy bỏ khóa rồi gửi lại.",
            "The PDF is locked or has a password. Remove the lock, then send it again.",
        )
    )


def _broken() -> UploadRefused:
    return UploadRefused(
        Text(
            "Tệp bị hỏng, không mở được. Hãy xuất lại tệp rồi gửi lại.",
            "The file is damaged and cannot be opened. Export it again, then send it.",
        )
    )
