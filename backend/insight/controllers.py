"""Rule files as administrators see them: in force, proposed, compared, simulated. Auditors may read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.insight import domain
from backend.insight.schemas import WHAT, FaultyFile, Proposal
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.programmes import domain as programmes
from sandbox_rules import ROLE_NAMES, Change

PASTED = "pasted.toml"


class RulesPages(Controller):
    """`/admin/rules`"""

    path = "/admin/rules"
    guards = (requires(Role.ADMIN, Role.AUDITOR),)

    @get()
    async def show_rules(self) -> Template:
        """Files in force, pins, values nobody has read; proposals; compare and propose."""
        return await _rules_page()

    @post(guards=[requires(Role.ADMIN)])
    async def propose(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Check a file; a sound one is kept as a proposal, a faulty one is shown with its faults."""
        form = await read_form(request)
        upload = form.file("file")
        typed = form.text("content")
        data, name = (await upload.read(), upload.filename) if upload else (f"{typed}\n".encode(), PASTED)
        if not data.strip():
            return await _rules_page(errors={"content": _NOTHING}, status=Invalid.status)
        try:
            proposal = await domain.propose_file(actor, data, name)
        except FaultyFile as faulty:
            return await _rules_page(
                errors={"content": faulty.text},
                faulty=faulty,
                typed=data.decode("utf-8", "replace"),
                status=faulty.status,
            )
        return see_other(f"/admin/rules/proposals/{proposal.id}")

    @get("/diff")
    async def show_difference(self, old: FromQuery[str] = "", new: FromQuery[str] = "") -> Template:
        """What changes between two files of one programme, for whom, in words."""
        try:
            before, after, changes = await domain.compare(old, new)
        except Invalid as invalid:
            return await _rules_page(errors=invalid.fields, chosen=(old, new), status=invalid.status)
        return page("insight/difference.html", old=before, new=after, changes=_by_role(changes))

    @get("/proposals/{proposal_id:uuid}")
    async def show_proposal(self, proposal_id: FromPath[UUID], number: FromQuery[int] = 1) -> Template:
        """A proposal: what it changes, what nobody has read, and how it would bear on the cases here."""
        proposal = await domain.get_proposal(proposal_id)
        return await _proposal_page(proposal, number)

    @post("/proposals/{proposal_id:uuid}/simulate", guards=[requires(Role.ADMIN)])
    async def simulate(
        self, request: AnyRequest, actor: NamedDependency[Actor], proposal_id: FromPath[UUID]
    ) -> Response[Any]:
        """Begin the simulation; the page shows how far it is."""
        await domain.simulate_proposal(actor, proposal_id)
        flash(request, Text("Đã bắt đầu mô phỏng.", "The simulation has begun."))
        return see_other(f"/admin/rules/proposals/{proposal_id}#simulation")


async def _rules_page(
    *,
    errors: dict[str, Text] | None = None,
    faulty: FaultyFile | None = None,
    typed: str = "",
    chosen: tuple[str, str] = ("", ""),
    status: int = 200,
) -> Template:
    return page(
        "insight/rules.html",
        status=status,
        files=domain.list_rule_files(),
        proposals=await domain.list_proposals(),
        errors=errors or {},
        faults=faulty.faults if faulty else (),
        typed=typed,
        chosen=chosen,
    )


async def _proposal_page(proposal: Proposal, number: int) -> Template:
    programme = domain.programme_of(proposal)
    base = domain.base_of(programme)
    _, _, changes = await domain.compare(base.pin.sha256, proposal.sha256) if base else (None, None, [])
    outcome, effects = await domain.outcome_of(proposal, number)
    return page(
        "insight/proposal.html",
        proposal=proposal,
        programme=programme,
        base=base,
        clashes=base is not None and base.in_force == programme.in_force and base.pin != programme.pin,
        is_released=any(one.pin == programme.pin for one in programmes.rules().all()),
        changes=_by_role(changes),
        what=WHAT,
        outcome=outcome,
        effects=effects,
    )


def _by_role(changes: list[Change]) -> list[tuple[Text, list[Change]]]:
    """The changes by whom they touch, in the order of the roles; one may touch several."""
    grouped = [
        (programmes.text_of(name), [one for one in changes if role in one.whom])
        for role, name in ROLE_NAMES.items()
    ]
    return [(name, touching) for name, touching in grouped if touching]


_NOTHING = Text("Hãy chọn một tệp hoặc dán nội dung.", "Choose a file or paste its text.")
