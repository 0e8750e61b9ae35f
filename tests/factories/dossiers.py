"""A company with a dossier, made through the JSON interface as a program of theirs would."""

from __future__ import annotations

from typing import Any

from tests.factories.applications import ANSWERS, PROGRAMME, SLOTS, make_pdf
from tests.factories.people import make_tax_code

COMPANY = {"kind": "company", "address": "12 Lê Lợi", "ward": "Phường Gia Viên"}


async def register_company(client: Any, name: str = "Công ty Thuyền Máy") -> str:
    """Register a company of the caller; its id."""
    form = {**COMPANY, "name": name, "tax_code": make_tax_code()}
    return str((await client.ask("POST", "/organisations", 201, json=form))["id"])


async def draft(client: Any, organisation: str, **changed: Any) -> dict[str, Any]:
    """A draft with every answer and no file."""
    new = {"organisation_id": organisation, "programme_key": PROGRAMME}
    begun = await client.ask("POST", "/applications", 201, json=new)
    answers = {"revision": begun["revision"], "answers": {**ANSWERS, **changed}}
    saved: dict[str, Any] = await client.ask("PUT", f"/applications/{begun['id']}/answers", json=answers)
    return saved


async def complete_draft(client: Any, organisation: str, **changed: Any) -> dict[str, Any]:
    """A draft that lacks nothing."""
    saved = await draft(client, organisation, **changed)
    for slot in SLOTS:
        files = {"file": (f"{slot}.pdf", make_pdf(slot), "application/pdf")}
        path = f"/applications/{saved['id']}/uploads"
        await client.ask("POST", path, 201, data={"slot": slot}, files=files)
    return saved


async def submitted(client: Any, organisation: str, **changed: Any) -> dict[str, Any]:
    """A case that awaits its officer."""
    saved = await complete_draft(client, organisation, **changed)
    path = f"/applications/{saved['id']}/transitions/submit"
    case: dict[str, Any] = await client.ask("POST", path, json={"revision": saved["revision"]})
    return case
