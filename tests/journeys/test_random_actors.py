"""Random people do random things to random cases: whatever comes of it, the registry stays true to its rules.

`BENTHU_WALK_STEPS=20000` makes every walk that long. A walk that fails says its seed and what happened last;
the same seed and the same number of steps walk the same way again (only who wins a race may differ).
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest

from tests.journeys.random_ends import take_every_step
from tests.journeys.random_readers import leaks
from tests.journeys.random_truths import RULES, faults_of, faults_when_settled
from tests.journeys.random_verbs import VERBS
from tests.journeys.random_walk import Walk, walking

STEPS = int(os.environ.get("BENTHU_WALK_STEPS", "1500"))
SEEDS = (248, 2026)
LOOK_EVERY, READ_EVERY = max(100, STEPS // 15), 7
"""After how many steps all truths are asked for, and one reader."""
IN_VAIN = 30
"""So often somebody without an office tries what nobody was refused yet."""


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_people_do_the_registry_stays_true_to_its_rules(committed_db: str, seed: int) -> None:
    async with walking(seed, STEPS, committed_db) as walk:
        while walk.taken < STEPS:
            await walk.step()
            faults = []
            if walk.taken % READ_EVERY == 0:
                faults += await leaks(walk.raw, walk.rng, walk.people, walk.cases)
            if walk.taken % LOOK_EVERY == 0:
                faults += await faults_of(walk.raw, walk.people)
            assert not faults, walk.story(faults)
        for one in sorted(VERBS.keys() - walk.refused.keys()) * IN_VAIN:
            if not walk.refused[one]:
                await walk.try_in_vain(VERBS[one])
        await take_every_step(walk)  # who wins a race decides where a walk goes: some get around to less
        await settle(walk)
        missed = await untaken(walk) | (VERBS.keys() - walk.refused.keys())
        assert not missed, walk.story([f"the walk did not get around to {missed}"])


async def settle(walk: Walk) -> None:
    """Let all work be done, then look once more, also for what is lost and what was done twice."""
    walk.clock.advance(timedelta(hours=1))
    await walk.work()
    faults = await faults_of(walk.raw, walk.people) + await faults_when_settled(walk.raw, walk.people)
    sent = Counter(mail.key for mail in walk.post.sent)
    faults += [f"mail {key} was sent {count} times" for key, count in sent.items() if count > 1]
    for row in await walk.raw.fetch("select id, revision, number from application"):
        kept = walk.saved.get(row["id"])
        if kept is None or (row["number"] is None and row["revision"] != kept.revision):
            faults.append(f"case {row['id']} is not as it was confirmed")
    assert not faults, walk.story(faults)


async def untaken(walk: Walk) -> set[str]:
    """Steps of a case nobody took: a walk that misses them proves little."""
    taken = await walk.raw.fetch("select distinct data ->> 'transition' as step from audit_entry")
    steps = RULES.in_force("vn-hp-248", walk.clock.at.date()).machines["application"].transitions
    return steps.keys() - {row["step"] for row in taken}
