"""The figures of the front page, in one statement over what three features keep. Counts alone leave it."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct, convert
from piccolo.querystring import QueryString

from backend.kit.db import engine

FIGURES = """
    select
        (select count(*) from trial where state = any({})) as trials_running,
        (select count(*) from application where number is not null and state = any({})) as applications_open,
        (select count(*) from account where active and roles && {}) as partners_listed
"""


class Figures(Struct, frozen=True, kw_only=True):
    """How many there are now: trials running, cases submitted and not closed, institutes and experts."""

    trials_running: int
    applications_open: int
    partners_listed: int


async def count_figures(
    running: Collection[str], open_states: Collection[str], roles: Collection[str]
) -> Figures:
    """Count, given the keys of the states that count as running and as open."""
    query = QueryString(FIGURES, sorted(running), sorted(open_states), sorted(roles))
    rows = await engine().run_querystring(query)
    return convert(rows[0], Figures)
