"""The public register as JSON, open to everybody."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from backend.register import domain
from backend.register.schemas import Register, RegisterEntry
from backend.trials.addresses import FILTERS
from backend.trials.schemas import Filters

LARGEST = 200


class RegisterApi(Controller):
    """`/api/v1/register`"""

    path = "/api/v1/register"
    dependencies = FILTERS
    tags = ("Register",)
    cache_control = CacheControlHeader(public=True, max_age=30)

    @get()
    async def list_register(
        self,
        filters: NamedDependency[Filters],
        page: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
        size: Annotated[int, QueryParameter(ge=1, le=LARGEST)] = 50,
    ) -> Register:
        """The trials of the register, newest first; `q` is searched without regard to marks."""
        found = await domain.search(filters, page, size)
        lines = [domain.line_of(one) for one in found.items]
        return Register(items=lines, total=found.total, page=found.page, size=found.size)

    @get("/{number:str}")
    async def get_entry(self, number: FromPath[str]) -> RegisterEntry:
        """The public side of one trial: limits, conditions, exemptions, public answers, decision, history."""
        return await domain.entry(number)
