"""What the engine may learn from: answers to introductions beside what was shown when they were asked for."""

from __future__ import annotations

import msgspec

from backend.matchmaking import queries
from matching.feedback import Answer


async def collect_answers() -> list[Answer]:
    """One answer for each introduction a company asked for after it was shown the offer, oldest first.

    They name needs and offers by their ids alone. `python -m matching learn` reads them as JSON Lines.
    """
    return [
        Answer(
            need=str(row["need"]),
            offer=str(row["offer"]),
            answer=row["answer"],
            rank=row["rank"],
            signals=msgspec.json.decode(row["signals"]),
        )
        for row in await queries.answered_suggestions()
    ]
