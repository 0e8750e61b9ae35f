"""The JSON interface of the watch: superiors."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.watch import domain
from backend.watch.schemas import Superior


class SuperiorApi(Controller):
    """`/api/v1/superiors`"""

    path = "/api/v1/superiors"
    tags = ("Administration",)
    guards = (requires(Role.ADMIN),)

    @get()
    async def list_superiors(self) -> list[Superior]:
        """Each role a clock can belong to, and who is told when its day was missed."""
        return await domain.list_superiors()

    @put()
    async def name_superiors(
        self, actor: NamedDependency[Actor], data: JSONBody[dict[str, UUID | None]]
    ) -> list[Superior]:
        """Name the superior of each role given, by account; null names nobody."""
        known = {role: data[role] for role in domain.OWNERS if role in data}
        await domain.name_superiors(actor, known)
        return await domain.list_superiors()
