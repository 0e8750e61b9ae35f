"""Numbers follow one another without a gap, whoever asks at the same time, and begin anew each year."""

import asyncio
import contextvars
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from backend.documents import domain
from backend.kit.clock import Frozen
from backend.kit.db import Engine, retrying, transaction
from backend.ports.wiring import Ports
from tests.backend.documents.conftest import request
from tests.backend.documents.contexts import REFUSAL


async def test_each_series_counts_for_itself_and_anew_each_year(
    db: Engine, quick_ports: Ports, frozen_clock: Frozen
):
    numbers = [(await request(kind)).number for kind in ("receipt", "receipt", "decision", "receipt")]
    frozen_clock.move_to(datetime(2026, 12, 31, 17, 0, tzinfo=UTC))  # midnight in Hải Phòng
    numbers += [(await request(kind)).number for kind in ("receipt", "decision")]
    assert numbers == [
        "01/TNHS-SKHCN",
        "02/TNHS-SKHCN",
        "01/QĐ-UBND",
        "03/TNHS-SKHCN",
        "01/TNHS-SKHCN",
        "01/QĐ-UBND",
    ]


async def test_another_symbol_is_another_series(db: Engine, quick_ports: Ports):
    numbers = [(await request("decision", number_symbol=symbol)).number for symbol in ("QĐ-CT", "QĐ-UBND")]
    assert numbers == ["01/QĐ-CT", "01/QĐ-UBND"]


async def test_cases_and_trials_have_their_own_numbers(db: Engine, frozen_clock: Frozen):
    async with transaction():
        taken = [await domain.take_number(series) for series in ("application", "application", "trial")]
    assert taken == ["HS-2026-00001", "HS-2026-00002", "TN-2026-00001"]


async def test_fifty_at_once_get_fifty_numbers_without_a_gap(
    committed_db: str, quick_ports: Ports, frozen_clock: Frozen
):
    class Refused(Exception):
        pass

    @retrying
    async def verb(number: int) -> str:
        async with transaction():
            document = await domain.request_document("refusal_to_receive", uuid4(), pin=None, context=REFUSAL)
            if number % 5 == 0:
                raise Refused
            assert document.number is not None
            return document.number

    tasks = [asyncio.create_task(verb(n), context=contextvars.copy_context()) for n in range(50)]
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers].count(Refused) == 10
    numbers = sorted(answer for answer in answers if isinstance(answer, str))
    assert numbers == [f"{n:02d}/TCTN-SKHCN" for n in range(1, 41)]
    assert (await request("refusal_to_receive")).number == "41/TCTN-SKHCN"


async def test_an_unknown_series_is_refused(db: Engine):
    with pytest.raises(KeyError):
        await domain.take_number("unknown")
