"""The story of a trial after its grant: begun, interrupted, ended."""

from __future__ import annotations

from backend.demo import data
from backend.demo.cases import CaseStory
from backend.demo.stage import OfficeDays, Story
from backend.trials import domain as trials
from backend.trials.schemas import Trial

SUPERVISOR = "supervisor@benthu.test"
REPLACED = "Giảm số người tham gia sau lần tạm dừng, theo đề nghị của cán bộ giám sát."
SUSPENDED_FOR = 7
"""Working days for which the trials that are suspended now have been so."""


async def tell_case(story: CaseStory, days: OfficeDays) -> Story:
    """A case, and the trial it led to."""
    async for moment in story.tell():
        yield moment
    if story.case.end == "grant":
        async for moment in _tell_trial(story, days):
            yield moment


async def _tell_trial(story: CaseStory, days: OfficeDays) -> Story:
    case, pace, words = story.case, story.pace, data.words()
    yield pace.soon()
    await trials.open_trial({"application": str(story.application_id)})
    if case.trial == "preparing":
        return
    yield pace.on(days.place_of(case.starts_on))
    trial = await trials.trial_of(story.application_id)
    assert trial is not None
    await trials.move_trial(story.applicant, trial.id, "start")

    async def supervise(transition: str, reasons: list[str]) -> Trial:
        return await trials.move_trial(
            story.cast[SUPERVISOR], trial.id, transition, story.random.choice(reasons)
        )

    if case.trial == "ended":
        yield pace.on(days.place_of(case.ends_on))
        await trials.move_trial(story.applicant, trial.id, "end")
    elif case.trial == "suspended":
        yield pace.on(-SUSPENDED_FOR)
        await supervise("suspend", words.suspensions)
    elif case.trial == "resumed":
        yield pace.after(15)
        await supervise("suspend", words.suspensions)
        yield pace.after(6)
        await supervise("resume", words.resumptions)
        yield pace.after(2)
        await story.succeed("grant", REPLACED, users=max(1, case.solution.users // 2))
    elif case.trial == "revoked":
        yield pace.after(20)
        await supervise("suspend", words.suspensions)
        yield pace.after(12)
        await story.succeed("recall", story.random.choice(words.revocations))
