"""One's own offer and introductions through the JSON interface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from backend.accounts.schemas import Role
from tests.backend.matchmaking.conftest import PLASMA, World, make_need, make_offer, offer_form
from tests.factories.web import Browser, make_actor, sign_in

Fit = Callable[[], Awaitable[int]]
PROFILE = "/api/v1/profile"


async def test_an_offer_is_written_shown_and_hidden(world: World, http: Browser, fit: Fit) -> None:
    actor = await make_actor(Role.EXPERT, name="Trần Minh Khôi")
    api = http.with_token(await sign_in(http, actor))
    assert (await api.get(PROFILE)).status_code == 404
    form = msgspec.to_builtins(offer_form(country="DE"))
    made = (await api.put(PROFILE, json=form)).json()
    assert (made["headline"], made["country"], made["visible"]) == (form["headline"], "DE", False)
    skills = (await api.put(f"{PROFILE}/skills", json=[{"key": "plasma-etching", "level": 4}])).json()
    assert skills["skills"] == [{"key": "plasma-etching", "level": 4}]
    shown = await api.post(f"{PROFILE}/evidence", json=msgspec.to_builtins(PLASMA))
    assert shown.status_code == 201
    (item,) = shown.json()["evidence"]
    assert (await api.put(f"{PROFILE}/visibility", json={"visible": True})).json()["visible"]
    await make_need(world)
    await fit()
    (need,) = (await api.get(f"{PROFILE}/needs")).json()
    assert need["need"]["title"] == "Linh kiện SiC"
    gone = await api.delete(f"{PROFILE}/evidence/{item['id']}")
    assert (gone.status_code, gone.json()["evidence"]) == (200, [])
    assert (await api.delete(f"{PROFILE}/evidence/{item['id']}")).status_code == 404
    wrong = await api.put(PROFILE, json={**form, "languages": []})
    assert (wrong.status_code, "languages" in wrong.text) == (422, True)


async def test_both_sides_of_an_introduction(world: World, http: Browser) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world)
    seeker = http.with_token(await sign_in(http, world.seeker))
    ask: dict[str, Any] = {
        "need_id": str(need.id),
        "offer_id": str(offer.id),
        "message": "Xin được trao đổi thêm.",
    }
    asked = await seeker.post("/api/v1/introductions", json=ask)
    assert (asked.status_code, asked.json()["state"], asked.json()["contact"]) == (201, "asked", None)
    one = f"/api/v1/introductions/{asked.json()['id']}"
    assert (await seeker.post(f"{one}/accept", json={})).status_code == 404
    owner = http.with_token(await sign_in(http.as_stranger(), expert))
    assert [row["id"] for row in (await owner.get("/api/v1/introductions")).json()] == [asked.json()["id"]]
    answered = await owner.post(f"{one}/accept", json={"answer": "Rất sẵn lòng."})
    assert (answered.status_code, answered.json()["state"]) == (200, "accepted")
    assert (await seeker.get(one)).json()["contact"]["more"] == "Zalo 0901 234 567"
    assert (await owner.post(f"{one}/decline", json={})).status_code == 409
    stranger = http.with_token(await sign_in(http.as_stranger(), world.stranger))
    assert (await stranger.get(one)).status_code == 404
