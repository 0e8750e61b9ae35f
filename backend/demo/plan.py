"""What will have happened: every case with its end, its steps in working days, and who dealt with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from backend.demo import data
from backend.demo.stage import OfficeDays

Reached = Literal["draft", "submitted", "supplement", "accepted", "appraised", "proposed", "decided"]
REACHED: tuple[Reached, ...] = get_args(Reached)
End = Literal["", "withdraw", "refuse_to_receive", "grant", "refuse"]
TrialEnd = Literal["", "preparing", "running", "resumed", "overdue", "ended", "suspended", "revoked"]

DEMO_COMPANY = "song-bien"
OFFICERS = ("officer@benthu.test", "officer2@benthu.test", "officer3@benthu.test")
APPRAISERS = tuple(f"appraiser{n}@benthu.test" for n in range(1, 7))
AUTHORITIES = ("authority@benthu.test", "authority2@benthu.test")
SECOND_PHASE = " (giai đoạn 2)"


class Case(Struct, frozen=True, kw_only=True):
    """One application from its first day to the present.

    `gaps` are the working days each step took after the one before, in order; `waiting` those since the last
    one. `quality` in [0, 1] guides the marks. Documents of a `prompt` case are issued at once.
    """

    organisation: data.Organisation
    solution: data.Solution
    reached: Reached
    end: End = ""
    trial: TrialEnd = ""
    waiting: int = 1
    gaps: dict[str, int] = {}
    quality: float = 0.7
    officer: str = OFFICERS[0]
    taken: bool = True
    appraisers: tuple[str, ...] = APPRAISERS[:3]
    sheets: int = 3
    has_conflict: bool = False
    authority: str = AUTHORITIES[0]
    prompt: bool = False
    complete: bool = True
    first: int = -1  # places among the office days
    starts_on: date = date.min
    ends_on: date = date.min


class Fate(Struct, frozen=True, kw_only=True):
    """How a group of cases fares: one for each of `waits`, or `count` that wait within `between`."""

    reached: Reached
    end: End = ""
    trial: TrialEnd = ""
    waits: tuple[int, ...] = ()
    between: tuple[int, int] = (0, 0)
    count: int = 0


Dealt = tuple[Fate, int]
"""A fate and the working days since the last step."""

WITHDRAWN_FROM: tuple[Reached, ...] = ("draft", "submitted", "supplement", "accepted", "appraised")
FIRST_TRIES = (
    Fate(reached="decided", end="grant", trial="preparing", waits=(2, 5, 9)),
    Fate(reached="decided", end="grant", trial="running", between=(22, 130), count=12),
    Fate(reached="decided", end="grant", trial="resumed", waits=(95,)),
    Fate(reached="decided", end="grant", trial="overdue", waits=(118,)),
    Fate(reached="decided", end="grant", trial="ended", between=(115, 165), count=6),
    Fate(reached="decided", end="grant", trial="suspended", waits=(60, 88)),
    Fate(reached="decided", end="grant", trial="revoked", waits=(105, 140)),
    Fate(reached="submitted", waits=(5, 3, 2, 1, 1)),
    Fate(reached="supplement", waits=(4, 15)),
    Fate(reached="accepted", waits=(17, 13, 9, 8, 5, 2)),
    Fate(reached="appraised", waits=(6, 2)),
    Fate(reached="proposed", waits=(6, 1)),
    Fate(reached="decided", end="refuse", between=(10, 60), count=6),
    Fate(reached="submitted", end="refuse_to_receive", between=(10, 60), count=2),
)
TRIED_AGAIN = (
    Fate(reached="decided", end="refuse", between=(75, 150), count=10),
    Fate(reached="submitted", end="refuse_to_receive", between=(75, 165), count=8),
    *(Fate(reached=state, end="withdraw", between=(75, 165), count=2) for state in WITHDRAWN_FROM),
)
SECOND_TRIES = (
    Fate(reached="draft", waits=(1, 2, 4, 6, 9, 13, 18, 24, 30)),
    Fate(reached="submitted", waits=(4, 3, 2, 2, 1, 1)),
    Fate(reached="supplement", waits=(2, 7, 11, 19)),
    Fate(reached="accepted", waits=(15, 14, 11, 9, 7, 6, 4, 3, 2)),
    Fate(reached="appraised", waits=(5, 4, 3, 1)),
    Fate(reached="proposed", waits=(4, 3, 2, 1)),
)
DEMO_CASES = (
    Fate(reached="decided", end="grant", trial="running", waits=(45,)),
    Fate(reached="submitted", waits=(1,)),
    Fate(reached="supplement", waits=(6,)),
    Fate(reached="draft", waits=(2,)),
)
"""What the company of the demonstration has, in the order of its solutions."""


def plan_cases(days: OfficeDays, random: Random) -> list[Case]:
    """All cases; the same days and random numbers give the same ones."""
    pairs = [(one, what) for one in data.organisations() for what in one.solutions]
    demo = [pair for pair in pairs if pair[0].key == DEMO_COMPANY]
    others = [pair for pair in pairs if pair[0].key != DEMO_COMPANY]
    random.shuffle(others)
    again, firsts, seconds = (_deal(group, random) for group in (TRIED_AGAIN, FIRST_TRIES, SECOND_TRIES))
    cases = [_case(*pair, dealt, random) for pair, dealt in zip(others, again + firsts, strict=True)]
    enlarged = [_enlarged(one) for one in cases if one.trial in {"ended", "resumed", "overdue"}]
    repeated = cases[: len(again)] + enlarged
    cases += [
        _case(one.organisation, one.solution, dealt, random)
        for one, dealt in zip(repeated, seconds, strict=True)
    ]
    cases += [
        _case(*pair, dealt, random) for pair, dealt in zip(demo, _deal(DEMO_CASES, random), strict=True)
    ]
    return [_dated(_staffed(place, one), days, random) for place, one in enumerate(cases)]


def _deal(fates: tuple[Fate, ...], random: Random) -> list[Dealt]:
    return [
        (fate, waiting)
        for fate in fates
        for waiting in fate.waits or [random.randint(*fate.between) for _ in range(fate.count)]
    ]


def _enlarged(case: Case) -> Case:
    """The same solution for a second phase, with more people on more ground."""
    was = case.solution
    bigger = replace(was, name=was.name + SECOND_PHASE, users=was.users * 2, area=was.area * 2)
    return replace(case, solution=bigger)


def _case(organisation: data.Organisation, solution: data.Solution, dealt: Dealt, random: Random) -> Case:
    fate, waiting = dealt
    gaps = dict(_gaps(fate, random))
    if fate.reached == "accepted" and not fate.end:  # its waiting counts from the acceptance
        gaps |= {"declare": min(1, waiting - 1), "score": min(2, max(0, waiting - 3))}
        waiting -= gaps["declare"] + gaps["score"]
    return Case(
        organisation=organisation,
        solution=solution,
        reached=fate.reached,
        end=fate.end,
        trial=fate.trial,
        waiting=waiting,
        gaps=gaps,
        quality=random.uniform(0.1, 0.4) if fate.end == "refuse" else random.uniform(0.5, 0.95),
        sheets=3 if fate.reached != "accepted" else random.choice((0, 1, 1, 2, 2, 3)),
        has_conflict=random.random() < 0.15,
        prompt=organisation.key == DEMO_COMPANY,
        complete=organisation.key != DEMO_COMPANY or fate.reached != "draft",
    )


def _gaps(fate: Fate, random: Random) -> Iterator[tuple[str, int]]:
    """The steps of a case in order, each with the working days after the one before."""
    after = random.randint
    rank = REACHED.index(fate.reached)
    yield "fill", after(1, 3)
    if rank >= REACHED.index("submitted"):
        yield "submit", after(1, 4)
    if fate.reached == "supplement" or (rank > REACHED.index("supplement") and random.random() < 0.35):
        yield "request", after(1, 3)
        if fate.reached != "supplement":
            yield "answer", after(3, 12)
    if rank >= REACHED.index("accepted"):
        yield "accept", after(1, 3)
        yield "declare", after(1, 2)
        yield "score", after(2, 6) + (10 if random.random() < 0.12 else 0)
    if rank >= REACHED.index("appraised"):
        yield "conclude", after(1, 4)
    if rank >= REACHED.index("proposed"):
        yield "propose", after(1, 4)
        if fate.reached == "decided" and random.random() < 0.2:
            yield "return", after(1, 3)
            yield "propose_again", after(1, 3)
    if fate.end:
        yield fate.end, after(1, 4)


def _staffed(place: int, case: Case) -> Case:
    """Cases go round the staff; those that wait longest lie with the officer of the demonstration."""
    is_open = not case.end and case.waiting >= 4
    start = place % len(APPRAISERS)
    return replace(
        case,
        officer=OFFICERS[0] if is_open else OFFICERS[place % len(OFFICERS)],
        taken=place % 2 == 0,
        appraisers=(APPRAISERS + APPRAISERS)[start : start + 4],
        authority=AUTHORITIES[place % 3 == 0],
    )


def _dated(case: Case, days: OfficeDays, random: Random) -> Case:
    """The first day of the case, and the dates its trial is asked for."""
    waiting = min(case.waiting, len(days) - sum(case.gaps.values()))
    first = -waiting - sum(case.gaps.values())
    yesterday, last_step = days[-1], days[-waiting]

    def later(day: date, least: int, most: int) -> date:
        return day + timedelta(days=random.randint(least, most))

    starts_on = later(last_step, 7, 14) if case.end == "grant" else later(days[first], 60, 90)
    if case.trial == "preparing":
        starts_on = later(yesterday, 8, 20)
    ends_on = later(starts_on, 90, 300)
    if case.trial == "ended":
        ends_on = min(later(starts_on, 60, 110), yesterday - timedelta(days=10))
    elif case.trial == "overdue":
        ends_on = yesterday - timedelta(days=6)
    elif case.trial:
        ends_on = max(ends_on, later(yesterday, 25, 120))
    return replace(case, waiting=waiting, first=first, starts_on=starts_on, ends_on=ends_on)
