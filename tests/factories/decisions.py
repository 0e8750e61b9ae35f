"""A council, and cases on their way from appraisal to the signed decision."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.decisions import domain
from backend.decisions.draft import first_draft
from backend.decisions.schemas import ChosenCondition, Decision, Exemption, Proposal
from tests.factories.applications import Cast, make_submitted
from tests.factories.web import make_actor

MARKS = {"novelty": 4, "benefit": 3, "feasibility": 4, "safety": 5, "team": 2}
"""A whole sheet of the programme; its weighted mean is 3.9."""
EXEMPTION = Exemption(
    rule="Quy định về người lái", article="khoản 2 Điều 5", extent="không áp dụng trong bến", until=None
)


async def make_council(size: int = 3) -> list[Actor]:
    """Appraisers who belong to no organisation."""
    return [await make_actor(Role.APPRAISER, name=f"Thành viên {number}") for number in range(1, size + 1)]


async def make_accepted(cast: Cast, council: list[Actor] | None = None, **changed: Any) -> Application:
    """A case in appraisal, with this council assigned."""
    case = await make_submitted(cast, **changed)
    accepted = await applications.accept_application(cast.officer, case.id)
    if council:
        await appraisals.assign_appraisers(cast.officer, case.id, [one.id for one in council])
    return accepted


async def score(appraiser: Actor, case: Application, remarks: str = "", **marks: int) -> None:
    """Declare no conflict and hand in the sheet."""
    await appraisals.declare_conflict(appraiser, case.id, False)
    await appraisals.submit_scores(appraiser, case.id, MARKS | marks, remarks)


async def make_appraised(cast: Cast, **changed: Any) -> Application:
    """A case whose appraisal is concluded."""
    council = await make_council(2)
    case = await make_accepted(cast, council, **changed)
    for one in council:
        await score(one, case)
    return await appraisals.conclude_appraisal(cast.officer, case.id)


def a_grant(case: Application, **changed: Any) -> Proposal:
    """The grant an officer would propose: as asked for, with two parametrised conditions and an exemption."""
    draft = first_draft(applications.rules_of(case), case)
    conditions = [
        *draft.conditions,
        ChosenCondition(key="insurance", parameters={"amount": 2_000_000_000}, reason="Vì có người đi bộ."),
    ]
    grant = msgspec.structs.replace(draft, kind="grant", conditions=conditions, exemptions=[EXEMPTION])
    return msgspec.structs.replace(grant, **changed)


A_REFUSAL = Proposal(kind="refuse", reasons="Không đạt điều kiện an toàn.\nThiếu phương án dừng.")
LAST_DAY = date(2027, 8, 31)


async def make_proposed(cast: Cast, proposal: Proposal | None = None) -> tuple[Application, Decision]:
    """A case whose decision awaits signature."""
    case = await make_appraised(cast)
    decision = await domain.propose_decision(cast.officer, case.id, proposal or a_grant(case))
    return await applications.found(case.id), decision
