"""The certificate: for a trial that ran to its last day, with what is true of it, readable offline."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit.clock import Frozen
from backend.trials import domain
from backend.trials.certificates import certify
from backend.trials.schemas import Trial
from backend.trials.views import public_history
from tests.factories.applications import Cast
from tests.factories.trials import make_trial


async def certificates(trial: Trial) -> list[IssuedDocument]:
    return [one for one in await documents.list_for(trial.id) if one.kind == "certificate"]


async def test_a_trial_that_ran_to_its_last_day_is_certified(cast: Cast, frozen_clock: Frozen) -> None:
    trial = await make_trial(cast)
    frozen_clock.move_to(datetime(2027, 3, 2, 3, 0, tzinfo=UTC))
    await domain.move_trial(cast.hoa, trial.id, "start")
    frozen_clock.move_to(datetime(2027, 8, 31, 3, 0, tzinfo=UTC))
    await domain.move_trial(cast.hoa, trial.id, "end")
    (certificate,) = await certificates(trial)
    told = public_history(trial, await domain.timeline_of(trial))
    assert [one.title.en for one in told] == [
        "Permitted and entered in the register",
        "Start the trial",
        "End the trial",
        "A document was drawn up",
    ]
    said = certificate.context
    assert (said["trial_number"], said["holder"]) == (trial.number, cast.company.name)
    assert (said["started_on"], said["ended_on"]) == ("2027-03-02", "2027-08-31")
    assert said["decision_number"] == "01/QĐ-UBND"
    assert f"/register/{trial.number}#" in said["offline"]
    assert (certificate.public, certificate.number) == (True, "01/GCN-UBND")


async def test_a_trial_that_stopped_early_was_not_completed(cast: Cast, frozen_clock: Frozen) -> None:
    trial = await make_trial(cast)
    await domain.move_trial(cast.hoa, trial.id, "start")
    await domain.move_trial(cast.hoa, trial.id, "end")
    assert await certificates(trial) == []


async def test_a_trial_that_was_never_started_by_hand_counts_from_its_first_day(
    cast: Cast, frozen_clock: Frozen
) -> None:
    trial = await make_trial(cast)
    frozen_clock.move_to(datetime(2027, 9, 1, 3, 0, tzinfo=UTC))
    await certify(trial, "end", cast.hoa.id)
    (certificate,) = await certificates(trial)
    assert certificate.context["started_on"] == "2027-03-01"
