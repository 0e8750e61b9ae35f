"""A company that looks for people, two experts and an institute, and the index fitted on them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from backend.accounts.schemas import Actor, Role
from backend.kit.db import Engine
from backend.kit.outbox import work_until_empty
from backend.matchmaking import domain, index, offers
from backend.matchmaking.schemas import (
    EvidenceForm,
    Need,
    NeededSkill,
    NewNeed,
    Offer,
    OfferedSkill,
    OfferForm,
)
from backend.organisations.schemas import Organisation
from backend.ports.wiring import Ports, null_ports, using
from tests.factories.applications import make_organisation
from tests.factories.web import make_actor

TEXT = "Cần người có kinh nghiệm ăn mòn plasma cho linh kiện SiC và gắn chip bằng thiêu kết bạc."
SKILLS = [
    NeededSkill(key="plasma-etching", weight=3),
    NeededSkill(key="sic-devices"),
    NeededSkill(key="euv-lithography", weight=1, required=False),
]
PLASMA = EvidenceForm(kind="equipment", title="Plasma etching of trenches", text="Plasma etching.", year=2023)


@dataclass
class World:
    """Who takes part: a company with a need, another one, and whoever made an offer."""

    seeker: Actor
    company: Organisation
    stranger: Actor
    other: Organisation


def offer_form(**changed: Any) -> OfferForm:
    """A sound form."""
    sound: dict[str, Any] = {
        "headline": "Ăn mòn plasma và linh kiện SiC",
        "about": "Mười năm làm trong phòng sạch tại Leuven.",
        "languages": ["vi", "en"],
        "availability": "now",
        "forms": ["consulting"],
        "contact": "Zalo 0901 234 567",
    }
    return OfferForm(**{**sound, **changed})


async def make_offer(name: str, visible: bool = True, **changed: Any) -> tuple[Actor, Offer]:
    """An expert with an offer that shows plasma etching."""
    actor = await make_actor(Role.EXPERT, name=name)
    skills = [OfferedSkill(key="plasma-etching", level=4)]
    offer = await offers.publish_offer(actor, offer_form(**changed), skills, [PLASMA], visible=visible)
    return actor, offer


async def make_need(world: World, **changed: Any) -> Need:
    """A need of the company."""
    sound: dict[str, Any] = {"title": "Linh kiện SiC", "text": TEXT, "skills": SKILLS, "listed": True}
    form = NewNeed(**{**sound, **changed}, organisation_id=world.company.id)
    return await domain.create_need(world.seeker, form)


@pytest.fixture(autouse=True)
def _an_index_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins as a process that has loaded nothing."""
    monkeypatch.setattr(index, "_holder", index._Holder())
    offers._known.cache_clear()
    return


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Ports that reach nothing, for this test alone."""
    with using(null_ports()) as replaced:
        yield replaced


@pytest.fixture
async def world(db: Engine, ports: Ports) -> World:
    """Two companies, in a database whose changes are undone."""
    company, seeker = await make_organisation("Công ty Đồ Sơn", "0200571233", "Phạm Thu Hà")
    other, stranger = await make_organisation("Công ty Khác", "0201234569", "Người Lạ")
    return World(seeker=seeker, company=company, stranger=stranger, other=other)


@pytest.fixture
def fit() -> Callable[[], Awaitable[int]]:
    """`await fit()` does what the worker would do."""
    return work_until_empty
