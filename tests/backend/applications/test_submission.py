"""From the draft to the case: one number, one receipt, the rules of the day."""

from __future__ import annotations

import pytest

from backend.applications import domain
from backend.kit.clock import Frozen
from tests.factories.applications import Cast, make_submitted


async def test_submit_takes_a_number_and_pins_the_rules(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    print(case)
    for e in await domain.timeline_of(case.id): print(e)
