"""Everything there is of a case, as files: what staff may read, and nothing of other cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from backend.accounts.schemas import Actor
from backend.applications.schemas import Upload
from backend.bundles.package import HISTORY
from backend.bundles.schemas import Chain, Contents
from backend.cases import domain as cases
from backend.cases.schemas import Case
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit import audit
from backend.kit.audit import NOTHING_BEFORE, Entry
from backend.kit.errors import NotFound
from backend.notifications.queries import news_of_page
from backend.ports.wiring import ports
from backend.programmes.domain import released_text
from sandbox_rules import Clock


async def collect(actor: Actor, case_id: UUID) -> tuple[Case, Contents, list[Chain]]:
    """The case as `actor` (of the staff) may read it, its files, and its chains: the case's own first.

    Raises NotFound for whoever is not of the staff or may not read the case.
    """
    case = await cases.get_case(actor, case_id)
    if case.access.view != "staff":
        raise NotFound
    contents: Contents = {"README.txt": _README, f"rules/{_rules(case)}": _text_of_rules(case)}
    contents |= _forms(case) | await _uploads(case)
    issued = case.documents + (await documents.list_for(case.trial.id) if case.trial else [])
    contents |= await _documents(issued)
    contents["messages.json"] = _json(await news_of_page(f"/cases/{case_id}"))
    chains = []
    for subject in (case_id, *([case.trial.id] if case.trial else [])):
        entries = await audit.entries(subject)
        contents[f"{HISTORY}{subject}.jsonl"] = b"".join(msgspec.json.encode(one) + b"\n" for one in entries)
        chains.append(_end_of(subject, entries))
    return case, contents, chains


def _forms(case: Case) -> Contents:
    """What people filled in and what the registry made of it, as JSON."""
    files: dict[str, Any] = {
        "application.json": case.application,
        "clocks.json": [_clock(one) for one in (*case.clocks, *case.past_clocks)],
        "supplements.json": case.supplements,
        "appraisal.json": case.appraisal,
        "opinions.json": case.opinions,
        "decisions.json": case.decisions,
        "documents.json": case.documents,
        "trial.json": case.trial,
    }
    return {path: _json(value) for path, value in files.items() if value}


async def _uploads(case: Case) -> Contents:
    """Each file that was ever handed in: as it came, and the harmless copy that was read."""
    files: Contents = {}
    for slot in case.dossier.documents:
        for number, upload in enumerate(reversed(slot.files), 1):
            folder = f"uploads/{slot.slot.key}/{number}"
            files[f"{folder}/as-sent/{_safe(upload)}"] = await ports().files.get(upload.original_key)
            files[f"{folder}/as-read/{_safe(upload)}"] = await ports().files.get(upload.file_key)
    return files


async def _documents(issued: Iterable[IssuedDocument]) -> Contents:
    return {
        f"documents/{one.lang}-{one.file_name}": await ports().files.get(one.file_key)
        for one in issued
        if one.file_key
    }


def _safe(upload: Upload) -> str:
    """The file's name without what leads elsewhere in a folder tree."""
    return upload.filename.replace("/", "_").replace("\\", "_").lstrip(".") or "file"


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "key": clock.key,
        "owner": clock.owner,
        "state": clock.state,
        "started_on": clock.started_on,
        "due_on": clock.due_on,
        "ended_at": clock.ended_at,
        "limit": clock.limit,
        "used": clock.used,
        "unit": clock.unit,
    }


def _rules(case: Case) -> str:
    pin = case.application.pin
    return f"{pin.key}-{pin.in_force}.toml"


def _text_of_rules(case: Case) -> bytes:
    return released_text(case.application.pin).encode()


def _end_of(subject: UUID, entries: list[Entry]) -> Chain:
    last = entries[-1] if entries else None
    return Chain(subject=subject, seq=len(entries), digest=last.digest if last else NOTHING_BEFORE)


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


_README = """BẾN THỬ – BỘ CHỨNG CỨ CỦA MỘT HỒ SƠ

application.json   hồ sơ và các câu trả lời          rules/         quy định áp dụng, đúng từng byte
uploads/           tài liệu như đã gửi và như đã đọc  documents/     văn bản đã ban hành, có chữ ký
supplements.json   các lần bổ sung                    appraisal.json phiếu chấm
decisions.json     dự thảo và quyết định              messages.json  thông báo đã gửi
history/           lịch sử: mỗi dòng được niêm phong trên dòng trước
manifest.json      bản kê với SHA-256 của mọi tệp; manifest.p7s là chữ ký của bản kê

Kiểm tra: benthu bundle verify TỆP.zip
hoặc:     openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json -CAfile GỐC.pem

---

BẾN THỬ – EVIDENCE BUNDLE OF A CASE

application.json   the application and its answers    rules/         the rules that apply, byte by byte
uploads/           files as sent and as read           documents/     issued documents with their signatures
supplements.json   the rounds of supplements           appraisal.json score sheets
decisions.json     drafts and decisions                messages.json  notifications sent
history/           the history: each line sealed over the one before
manifest.json      the list of all files with their SHA-256; manifest.p7s is its signature

Verify: benthu bundle verify FILE.zip
or:     openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json -CAfile ROOT.pem
""".encode()
