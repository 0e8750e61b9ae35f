"""What applicants and officials do through the network while processes die under them: they insist."""

from __future__ import annotations

import asyncio
import random
from typing import Any, NamedTuple

import httpx

from tests.factories.applications import ANSWERS, PROGRAMME, SLOTS, make_pdf
from tests.factories.decisions import MARKS
from tests.factories.serving import PATIENCE
from tests.journeys.clients import Client

PAUSE = 0.3
"""Seconds between two tries."""
DONE_BEFORE = httpx.codes.CONFLICT
REFUSAL = {"kind": "refuse", "reasons": "Không đạt điều kiện an toàn."}
GRANT = {
    "kind": "grant",
    "starts_on": ANSWERS["plan_from"],
    "ends_on": ANSWERS["plan_until"],
    "limits": {"users": 40, "area_km2": 1.5, "value_vnd": 0},
    "conditions": [{"key": "reporting", "parameters": {"months": 3}}],
}


class Cast(NamedTuple):
    """Who is signed in."""

    applicants: list[Client]
    companies: list[str]
    officer: Client
    council: list[Client]
    authority: Client
    council_ids: list[str]


async def insist(client: Client, method: str, path: str, **more: Any) -> Any:
    """Ask until there is an answer; None when a try without one had done it already.

    Raises AssertionError for any answer that is neither done nor "come back later", TimeoutError.
    """
    was_lost = False
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await client.request(method, f"/api/v1{path}", **more)
            except httpx.TransportError:
                was_lost = True
            else:
                if answer.is_success:
                    return answer.json() if answer.content else None
                if answer.status_code == DONE_BEFORE and was_lost:
                    return None
                assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, (path, answer.text)
                was_lost = True
            await asyncio.sleep(PAUSE)


async def hand_in(client: Client, organisation: str, rng: random.Random) -> dict[str, Any]:
    """A dossier from nothing to its number; the case as it was confirmed."""
    new = {"organisation_id": organisation, "programme_key": PROGRAMME}
    path = f"/applications/{(await insist(client, 'POST', '/applications', json=new))['id']}"
    users = rng.randint(1, 60)
    saved = None
    while saved is None:
        revision = (await insist(client, "GET", path))["revision"]
        change = {"revision": revision, "answers": {**ANSWERS, "plan_users": users}}
        saved = await insist(client, "PUT", f"{path}/answers", json=change)
    for slot in SLOTS:
        files = {"file": (f"{slot}.pdf", make_pdf(slot), "application/pdf")}
        await insist(client, "POST", f"{path}/uploads", data={"slot": slot}, files=files)
    step = {"revision": saved["revision"]}
    case = await insist(client, "POST", f"{path}/transitions/submit", json=step)
    again = await insist(client, "POST", f"{path}/transitions/submit", json=step)  # sent twice
    assert case is None or case["number"] == again["number"]
    assert again["answers"]["plan_users"] == users
    confirmed: dict[str, Any] = again
    return confirmed


async def decide(cast: Cast, case: str, proposal: dict[str, Any]) -> str:
    """From the officer's desk to the signature; the id of what was signed, as it was confirmed."""
    path = f"/applications/{case}"
    await insist(cast.officer, "POST", f"{path}/transitions/accept", json={})
    chosen = {"appraisers": cast.council_ids}
    if not (await insist(cast.officer, "GET", f"{path}/appraisal"))["summary"]:
        await insist_once(cast.officer, f"{path}/appraisal/assign", chosen)
    for member in cast.council:
        await insist(member, "POST", f"{path}/appraisal/declare", json={"conflict": False})
        sheet = {"scores": MARKS, "remarks": ""}
        await insist(member, "POST", f"{path}/appraisal/scores", json=sheet)
    await insist(cast.officer, "POST", f"{path}/appraisal/conclude", json={})
    await insist(cast.officer, "POST", f"{path}/decision/propose", json=proposal)
    (draft,) = await drafts(cast.authority, path)
    await insist(cast.authority, "POST", f"{path}/decision/sign", json={"proposal": draft["id"]})
    return str(draft["id"])


async def insist_once(client: Client, path: str, body: dict[str, Any]) -> None:
    """The same for what is refused as faulty when it is done already: nobody is asked twice."""
    try:
        await insist(client, "POST", path, json=body)
    except AssertionError:
        assert (await insist(client, "GET", path.rpartition("/")[0]))["summary"]


async def drafts(client: Client, path: str) -> list[dict[str, Any]]:
    """All proposals and decisions of a case."""
    found: list[dict[str, Any]] = await insist(client, "GET", f"{path}/decision")
    return found
