"""A trial, got the way trials are got: submitted, appraised, decided, signed, opened."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.decisions import domain as decisions
from backend.decisions.schemas import ChosenCondition, Exemption, Proposal
from backend.kit.outbox import work_until_empty
from backend.trials import domain as trials
from backend.trials.schemas import Trial
from tests.factories.applications import Cast, make_submitted
from tests.factories.web import make_actor

GRANT = Proposal(
    kind="grant",
    starts_on=date(2027, 3, 1),
    ends_on=date(2027, 8, 31),
    limits={"users": 40, "area_km2": 1.5},
    conditions=[
        ChosenCondition(key="limits"),
        ChosenCondition(key="reporting", parameters={"months": 3}, reason="Cần số liệu sớm."),
    ],
    exemptions=[
        Exemption(rule="Luật Giao thông đường bộ", article="về người lái", extent="xe không người lái")
    ],
)


async def make_appraised(cast: Cast, **changed: Any) -> Application:
    """A case whose council has given its marks."""
    case = await make_submitted(cast, **changed)
    await applications.accept_application(cast.officer, case.id)
    council = [await make_actor(Role.APPRAISER, name=f"Thành viên {n}") for n in (1, 2)]
    await appraisals.assign_appraisers(cast.officer, case.id, [one.id for one in council])
    marks = dict.fromkeys(appraisals.sheet_of(case).criteria, 4)
    for member in council:
        await appraisals.declare_conflict(member, case.id, False)
        await appraisals.submit_scores(member, case.id, marks, "Đạt.")
    return await appraisals.conclude_appraisal(cast.officer, case.id)


async def make_granted(cast: Cast, proposal: Proposal = GRANT, **changed: Any) -> Application:
    """A case with a signed grant whose trial is still to be opened by the worker."""
    case = await make_appraised(cast, **changed)
    await decisions.propose_decision(cast.officer, case.id, proposal)
    await decisions.sign_decision(cast.authority, case.id)
    return await applications.found(case.id)


async def make_trial(cast: Cast, proposal: Proposal = GRANT, **changed: Any) -> Trial:
    """An open trial of the cast's company."""
    case = await make_granted(cast, proposal, **changed)
    await work_until_empty()
    trial = await trials.trial_of(case.id)
    assert trial is not None
    return trial


async def make_supervisor() -> Actor:
    """Somebody who supervises trials."""
    return await make_actor(Role.SUPERVISOR, name="Đỗ Giám Sát")
