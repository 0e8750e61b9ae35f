"""Files looked at before they are kept: is it what its name says, is it readable, does it carry anything that runs."""

from __future__ import annotations

import io
from pathlib import PurePosixPath

import filetype
import pikepdf
from msgspec import Struct

from backend.kit.errors import Invalid, TooLarge
from backend.kit.text import Text, nfc
from sandbox_rules import DocumentSlot

PDF = "application/pdf"
MEGABYTE = 1024 * 1024
LONGEST_NAME = 150
SAME_KIND = {"jpeg": "jpg", "tiff": "tif"}
RUNS_BY_ITSELF = ("/OpenAction", "/AA")
RUNS_WHEN_CALLED = ("/JavaScript", "/EmbeddedFiles")
ACTIVE = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"})


class Inspected(Struct, frozen=True, kw_only=True):
    """A file fit to be kept: `data` is what others open, free of what runs by itself."""

    filename: str
    content_type: str
    data: bytes


def inspect(slot: DocumentSlot, filename: str, data: bytes) -> Inspected:
    """Check a file against its slot and make it harmless. Slow for long PDFs: call it in a thread.

    Raises TooLarge, and Invalid (field = key of the slot) for an empty, misnamed, unreadable or locked file.
    """
    name = _plain_name(filename)
    if len(data) > slot.max_mb * MEGABYTE:
        size = f"{len(data) / MEGABYTE:.1f}"
        text = Text(
            f"Tệp “{name}” nặng {size} MB; tối đa {slot.max_mb} MB. Hãy nén hoặc tách tệp rồi tải lại.",
            f"“{name}” is {size} MB; at most {slot.max_mb} MB. Compress or split it, then upload again.",
        )
        raise TooLarge(text, fields={slot.key: text})
    if not data:
        raise _refused(
            slot, f"Tệp “{name}” trống. Hãy chọn tệp khác.", f"“{name}” is empty. Choose another file."
        )
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    kind = filetype.guess(data)
    if not _is_accepted(slot, extension) or kind is None or _same(kind.extension) != _same(extension):
        kinds = ", ".join(slot.accepts).upper()
        raise _refused(
            slot,
            f"“{name}” không phải tệp {kinds}. Hãy chọn đúng loại tệp.",
            f"“{name}” is not a {kinds} file. Choose a file of that kind.",
        )
    content_type = str(kind.mime)
    clean = _harmless(slot, name, data) if content_type == PDF else data
    return Inspected(filename=name, content_type=content_type, data=clean)


def _plain_name(filename: str) -> str:
    """The bare name in NFC, without folders and control characters, short enough to be stored."""
    bare = PurePosixPath(nfc(filename).replace("\\", "/")).name
    visible = "".join(c for c in bare if c.isprintable()).strip(". ") or "file"
    path = PurePosixPath(visible)
    return path.stem[: LONGEST_NAME - len(path.suffix[:10])] + path.suffix[:10]


def _is_accepted(slot: DocumentSlot, extension: str) -> bool:
    return _same(extension) in {_same(one) for one in slot.accepts}


def _same(extension: str) -> str:
    return SAME_KIND.get(extension, extension)


def _harmless(slot: DocumentSlot, name: str, data: bytes) -> bytes:
    """The PDF without scripts, embedded files and actions; the same bytes if it had none."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if not _strip(pdf):
                return data
            out = io.BytesIO()
            pdf.remove_unreferenced_resources()
            pdf.save(out)
            return out.getvalue()
    except pikepdf.PasswordError:
        raise _refused(
            slot,
            f"“{name}” có mật khẩu. Hãy bỏ mật khẩu rồi tải lại.",
            f"“{name}” is protected by a password. Remove it, then upload again.",
        ) from None
    except pikepdf.PdfError:
        raise _refused(
            slot,
            f"Không đọc được “{name}”: tệp bị hỏng. Hãy xuất lại PDF rồi tải lên.",
            f"“{name}” cannot be read: it is damaged. Export the PDF again, then upload it.",
        ) from None


def _strip(pdf: pikepdf.Pdf) -> bool:
    """Take out what runs; say whether there was anything."""
    found = _drop(pdf.Root, RUNS_BY_ITSELF)
    if "/Names" in pdf.Root:
        found |= _drop(pdf.Root["/Names"], RUNS_WHEN_CALLED)
    for page in pdf.pages:
        found |= _drop(page.obj, ("/AA",))
        for note in page.obj.get("/Annots", []):
            found |= _drop(note, ("/AA",))
            if str(note.get("/A", {}).get("/S", "")) in ACTIVE:
                del note["/A"]
                found = True
    return found


def _drop(where: pikepdf.Object, keys: tuple[str, ...]) -> bool:
    present = [key for key in keys if key in where]
    for key in present:
        del where[key]
    return bool(present)


def _refused(slot: DocumentSlot, vi: str, en: str) -> Invalid:
    return Invalid(fields={slot.key: Text(vi, en)})
