"""What a trial does when its grant is recalled or replaced: only what the rule file allows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.applications import domain as applications
from backend.decisions import domain as decisions
from backend.decisions.schemas import Decision
from backend.kit import audit
from backend.kit.db import transaction
from backend.kit.errors import Conflict
from backend.kit.outbox import handler
from backend.programmes import domain as programmes
from backend.trials import queries
from backend.trials.labels import MACHINE
from backend.trials.schemas import Trial
from sandbox_rules import Refused, fire


@handler(decisions.FOLLOW_DECISION)
async def follow_decision(payload: dict[str, Any]) -> None:
    """Let the trial of an application follow the decision that recalled or replaced its grant, once.

    A replacement gives the trial its new terms. A recall makes it take the step the rule file names, in the
    name of who signed; a trial at which that step is not open (one that is over) stays as it is.
    """
    application_id, decision_id = UUID(payload["application"]), UUID(payload["decision"])
    async with transaction():
        trial = await queries.find_of_application(application_id)
        decision = await decisions.signed_decision(application_id)
        if trial is None or decision is None or decision.id != decision_id:
            return  # never opened, or a later decision has come meanwhile and brings its own message
        if trial.decision_id == decision.id:
            return
        kinds = applications.rules_of(await applications.found(application_id)).decisions
        if step := kinds[decision.kind].ends_trial_by:
            await _end(trial, decision, step)
        else:
            await _take_terms(trial, decision)


async def _take_terms(trial: Trial, decision: Decision) -> None:
    await queries.set_terms(
        trial.id,
        decision=decision.id,
        starts_on=decision.starts_on,
        ends_on=decision.ends_on,
        limits=decision.limits,
        conditions=decision.conditions,
        exemptions=decision.exemptions,
    )
    line = {"decision": decision.id, "before": trial.decision_id}
    await audit.record(trial.id, "trial:terms_replaced", decision.ended_by, line)


async def _end(trial: Trial, decision: Decision, step: str) -> None:
    try:
        fired = fire(programmes.pinned(trial.pin), MACHINE, trial.state, step, {"authority"}, {})
    except Refused:
        return
    if not await queries.set_state(trial.id, trial.state, fired.to):
        raise Conflict  # somebody moved it just now: the worker tries again
    line = {"transition": step, "from": trial.state, "to": fired.to, "decision": decision.id}
    await audit.record(trial.id, "trial:moved", decision.ended_by, {**line, "reason": decision.reasons})
