"""What must be true of a registry at any time, read straight from its tables and judged by the rule files.

Every function gives the faults it finds, in words. None of them asks a verb of the product how things are.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.accounts.schemas import Actor
from backend.kit import audit
from backend.kit.clock import now
from sandbox_rules import Clock, Event, Machine, Pin, Programme, calendar_of, clock, load
from sandbox_rules.schema import AGENCY
from tests.journeys.random_people import People

RULES = load()
SIGNED = ("signed", "recalled")
Row = dict[str, Any]


@dataclass
class Known:
    """All tables that matter, read at one moment."""

    people: People
    applications: list[Row]
    trials: list[Row]
    decisions: list[Row]
    opinions: list[Row]
    requests: list[Row]
    items: list[Row]
    appraisals: list[Row]
    documents: list[Row]
    numbers: list[Row]
    jobs: list[Row]
    chains: dict[UUID, list[Row]]
    witnessed: dict[UUID, list[Row]]
    rewritten: list[Row]

    def moves(self, subject: UUID) -> list[Row]:
        """The lines of a chain that tell of a change of state."""
        return [one for one in self.chains[subject] if "transition" in one["data"]]


TABLES = {
    "applications": "application order by created_at, id",
    "trials": "trial order by number",
    "decisions": "decision order by proposed_at, id",
    "opinions": "opinion",
    "requests": "supplement_request order by round",
    "items": "supplement_item",
    "appraisals": "appraisal",
    "documents": "issued_document",
    "numbers": "number_register",
    "jobs": "outbox_job",
    "chains": "audit_entry order by subject, seq",
    "witnessed": "witness order by id",
    "rewritten": "rewritten",
}


async def look(raw: Any, people: People) -> Known:
    """Read the tables in one transaction, so that they belong together."""
    async with raw.transaction(isolation="repeatable_read"):
        found = {
            name: [dict(row) for row in await raw.fetch(f"select * from {table}")]
            for name, table in TABLES.items()
        }
    for line in found["chains"]:
        line["data"] = json.loads(line["data"])
    return Known(
        people=people,
        **{name: rows for name, rows in found.items() if name not in {"chains", "witnessed"}},
        chains=_by_subject(found["chains"]),
        witnessed=_by_subject(found["witnessed"]),
    )


def _by_subject(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    grouped: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["subject"]].append(row)
    return grouped


def rules_of(row: Row) -> Programme:
    return RULES.pinned(Pin(row["programme_key"], row["pin_in_force"], row["pin_sha256"]))


async def faults_of(raw: Any, people: People) -> list[str]:
    """Everything that is wrong. What is being done by nobody just now may be judged at any time."""
    known = await look(raw, people)
    truths = (states, decisions, supplements, appraisals, clocks, numbers, papers, dossiers, background)
    found = [f"{truth.__name__}: {fault}" for truth in truths for fault in truth(known)]
    if broken := await audit.verify():
        found.append(f"the chain of {broken.subject} is broken at {broken.seq}: {broken.reason}")
    return found + [f"{one['kind']} {one['subject']} was rewritten" for one in known.rewritten]


def states(known: Known) -> Iterator[str]:
    """Every state is reached by steps that were allowed to who took them; one audit line for each."""
    for one in known.applications:
        yield from _replayed(known, one, "application", rules_of(one), one["state"], one["organisation"])
    by_id = {one["id"]: one for one in known.applications}
    for one in known.trials:
        yield from _replayed(known, one, "trial", rules_of(one), one["state"], one["organisation"])
    for one in known.opinions:
        case = by_id[one["application"]]
        yield from _replayed(known, one, "opinion", rules_of(case), one["state"], case["organisation"])
        if (one["ended_at"] is None) != (one["state"] == "asked"):
            yield f"opinion {one['id']} is {one['state']} and ended at {one['ended_at']}"
    for one in known.decisions:
        case = by_id[one["application"]]
        yield from _succeeded(known, one, rules_of(case), case["organisation"])


def _replayed(
    known: Known, row: Row, machine: str, programme: Programme, state: str, organisation: UUID
) -> Iterator[str]:
    name, moves, steps = f"{machine} {row['id']}", known.moves(row["id"]), programme.machines[machine]
    reached = yield from _walked(known, name, moves, steps, organisation)
    if reached != state:
        yield f"{name} is {state}, its chain says {reached}"
    seen = [(one["was"], one["became"]) for one in known.witnessed[row["id"]]]
    told = [(one["data"]["from"], one["data"]["to"]) for one in moves]
    born = [(None, told.pop(0)[1] if machine == "opinion" and told else steps.start)]
    if seen != born + told:
        yield f"{name} went {seen}, its chain tells {born + told}"


def _walked(known: Known, name: str, moves: list[Row], machine: Machine, organisation: UUID) -> Iterator[str]:
    """Take the steps of a chain one by one, each from where the one before led; gives the last state."""
    state = machine.start
    for move in moves:
        said = move["data"]
        step = machine.transitions.get(said["transition"])
        if step is None:
            yield f"{name}: {said['transition']} is no step"
            continue
        if (said["from"], said["to"]) != (state, step.to) or state not in step.at:
            yield f"{name}: {step.key} from {said['from']} to {said['to']} at {state}"
        if not may(known.people, move["actor"], organisation, step.by):
            yield f"{name}: {step.key} by {known.people.names.get(move['actor'])}"
        state = step.to
    return state


def may(people: People, account: UUID | None, organisation: UUID, by: Collection[str]) -> bool:
    """Whether somebody (None: nobody with an account) holds an office that may take a step."""
    if account is None:
        return bool({"system", "consulted"} & set(by))
    return bool(offices(people.by_id(account), organisation) & set(by))


def offices(actor: Actor, organisation: UUID) -> set[str]:
    """Who belongs to the organisation is its applicant, or nothing; all others are what they are."""
    if organisation in actor.belongs_to:
        return {"applicant", "participant"} if organisation in actor.organisations else set()
    return {str(role) for role in actor.roles} - {"applicant"}


def _succeeded(known: Known, decision: Row, programme: Programme, organisation: UUID) -> Iterator[str]:
    """What was done to recall or replace a decision: its own small procedure, and one end at most."""
    machine = programme.machines["succession"]
    name, moves = f"succession of {decision['id']}", known.moves(decision["id"])
    reached = yield from _walked(known, name, moves, machine, organisation)
    after = [one for one in known.decisions if one["succeeds"] == decision["id"]]
    is_open = [one["state"] for one in after if one["state"] in {"proposed", "countersigned"}]
    if is_open != ([reached] if reached in {"proposed", "countersigned"} else []):
        yield f"{name} stands at {reached}, its drafts at {is_open}"
    is_over = [one for one in after if one["state"] in SIGNED]
    if len(is_over) != (reached in {"recalled", "replaced"}) or bool(is_over) != (
        decision["state"] == "recalled"
    ):
        yield f"{name}: {len(is_over)} signed, the decision is {decision['state']}"


def decisions(known: Known) -> Iterator[str]:
    """One decision in force and one trial at most; four eyes; a decided case has its decision."""
    trials = Counter(one["application"] for one in known.trials)
    for case in known.applications:
        mine = [one for one in known.decisions if one["application"] == case["id"]]
        count = Counter(one["state"] for one in mine)
        first = [one for one in mine if one["succeeds"] is None]
        signed = [one for one in first if one["state"] in SIGNED]
        name = f"case {case['id']} ({case['state']})"
        if count["signed"] > 1 or len(signed) > 1 or count["proposed"] + count["countersigned"] > 1:
            yield f"{name} has decisions {dict(count)}"
        if [rules_of(case).decisions[one["kind"]].transition for one in signed] != [
            move["data"]["transition"]
            for move in known.moves(case["id"])
            if move["data"]["to"] in {"granted", "refused"}
        ]:
            yield f"{name}: what is signed is {[one['kind'] for one in signed]}"
        if bool(count["signed"]) != (case["state"] in {"granted", "refused"}):
            yield f"{name} has {count['signed']} decisions in force"
        open_first = [one["state"] for one in first if one["state"] in {"proposed", "countersigned"}]
        if open_first != [state for state in ("proposed", "countersigned") if state == case["state"]]:
            yield f"{name} has drafts {open_first}"
        if trials[case["id"]] > 1 or (
            trials[case["id"]] and not [1 for one in signed if one["kind"] == "grant"]
        ):
            yield f"{name} has {trials[case['id']]} trials"
        yield from _four_eyes(mine, name)


def _four_eyes(mine: list[Row], name: str) -> Iterator[str]:
    """Nobody has two hands in the drafts of one decision."""
    for succeeds in {one["succeeds"] for one in mine}:
        drafts = [one for one in mine if one["succeeds"] == succeeds]
        hands = [
            {one["proposed_by"] for one in drafts},
            {one["countersigned_by"] for one in drafts} - {None},
            {one["ended_by"] for one in drafts if one["state"] in SIGNED},
        ]
        if sum(map(len, hands)) != len(set().union(*hands)):
            yield f"{name}: somebody has two hands in one decision"


def supplements(known: Known) -> Iterator[str]:
    """A request is open exactly while the case waits for it; its items move as the rule file lets them."""
    open_of = Counter(one["application"] for one in known.requests if one["state"] == "open")
    case_of = {one["id"]: one["application"] for one in known.requests}
    cases = {one["id"]: one for one in known.applications}
    for case in known.applications:
        if open_of[case["id"]] != (case["state"] == "supplement_requested"):
            yield f"case {case['id']} is {case['state']} with {open_of[case['id']]} open requests"
    for request in known.requests:
        seen = [one["became"] for one in known.witnessed[request["id"]]]
        if len(seen) != (1 if request["state"] == "open" else 2) or seen[0] != "open":
            yield f"request {request['id']} was {seen}"
    asked: set[UUID] = set()
    for item in known.items:
        steps = rules_of(cases[case_of[item["request"]]]).machines["supplement"].transitions.values()
        allowed = {(at, one.to) for one in steps for at in one.at}
        moved = [(one["was"], one["became"]) for one in known.witnessed[item["id"]]]
        if moved[0][1] not in {"asked", "answered"} or not set(moved[1:]) <= allowed:
            yield f"item {item['key']} of {item['request']} went {moved}"
        if item["state"] == "asked":
            asked.add(item["request"])
    if asked != {one["id"] for one in known.requests if one["state"] == "open"}:
        yield "something is asked for in a round that is over, or nothing in one that is open"


def appraisals(known: Known) -> Iterator[str]:
    """Sheets come from people who were asked, once a round, and have no conflict; a quorum concludes."""
    cases = {one["id"]: one for one in known.applications}
    times = Counter((one["application"], one["appraiser"], one["round"]) for one in known.appraisals)
    yield from (f"asked twice: {one}" for one, count in times.items() if count > 1)
    for one in known.appraisals:
        name = f"{known.people.names[one['appraiser']]} on {one['application']}"
        if (one["scores"] is None) != (one["submitted_at"] is None):
            yield f"half a sheet of {name}"
        if one["submitted_at"] is not None and one["conflict"] != "none":
            yield f"a sheet of {name}, who said {one['conflict']}"
        if "appraiser" not in offices(
            known.people.by_id(one["appraiser"]), cases[one["application"]]["organisation"]
        ):
            yield f"{name} is no appraiser"
    for case in known.applications:
        sheet = rules_of(case).appraisal
        rounds = [one for one in known.moves(case["id"]) if one["data"]["transition"] == "conclude_appraisal"]
        for number, move in enumerate(rounds, start=1):
            given = [
                one for one in known.appraisals
                if (one["application"], one["round"]) == (case["id"], number) and one["submitted_at"]
            ]  # fmt: skip
            if sheet and (len(given) < sheet.quorum or move["data"]["submitted"] != len(given)):
                yield f"round {number} of {case['id']} was concluded with {len(given)} sheets"


def clocks(known: Known) -> Iterator[str]:
    """The clock columns show the most urgent clock of the agency, as a replay of the chain has it."""
    for case in known.applications:
        moves = known.moves(case["id"])
        if not moves:
            continue
        programme = rules_of(case)
        is_closed = programme.machines["application"].states[case["state"]].closed
        live = [] if is_closed else _live(programme, moves, moves[-1]["at"])
        columns = ("clock_state", "clock_key", "clock_limit", "clock_used", "due_on")
        shown = tuple(case[name] for name in columns)
        fitting = {(_reads(one), one.key, one.limit, one.used, one.due_on) for one in live}
        days = [one.due_on for one in live if _reads(one) == "running" and one.due_on]
        if shown not in (fitting or {(None,) * 5}) or (days and case["due_on"] != min(days)):
            yield f"case {case['id']} shows {shown}, a replay gives {fitting}"


def _reads(one: Clock) -> str:
    return "stopped" if one.stops and one.stops[-1].until is None else "running"


def _live(programme: Programme, moves: list[Row], at: datetime) -> list[Clock]:
    events = [Event(one["at"], one["data"]["transition"]) for one in moves]
    replay = clock(events, programme, calendar_of(programme.calendar), at, "application")
    return [one for one in replay if one.ended_at is None and one.owner in AGENCY]


def numbers(known: Known) -> Iterator[str]:
    """Every series counts from 1 in every year, without a gap and without one taken twice."""
    taken: dict[tuple[str, int], list[int]] = defaultdict(list)
    for series, rows in (("application", known.applications), ("trial", known.trials)):
        for row in rows:
            if row["number"]:
                _, year, value = row["number"].split("-")
                taken[series, int(year)].append(int(value))
    for one in known.documents:
        taken[one["number_symbol"], one["number_year"]].append(one["number_value"])
    last = {(one["symbol"], one["year"]): one["last"] for one in known.numbers}
    for key in taken.keys() | last.keys():
        if sorted(taken[key]) != list(range(1, last.get(key, 0) + 1)):
            yield f"series {key} took {sorted(taken[key])}, the register says {last.get(key)}"


def papers(known: Known) -> Iterator[str]:
    """Every step issued its documents once; each is told of once when asked for, once when made."""
    told = Counter(
        (line["tag"], line["data"]["document"])
        for chain in known.chains.values()
        for line in chain
        if line["tag"] in {"document:requested", "document:issued"}
    )
    for one in known.documents:
        made = told["document:issued", str(one["id"])]
        if told["document:requested", str(one["id"])] != 1 or made != (one["state"] == "issued"):
            yield f"document {one['number']} ({one['state']}) was told of {made} times"
    for case in known.applications:
        kept = Counter(one["kind"] for one in known.documents if one["subject"] == case["id"])
        apologies = [
            tuple(json.loads(one["context"])[key] for key in ("clock_key", "round"))
            for one in known.documents
            if one["subject"] == case["id"] and one["kind"] == "apology"
        ]
        if len(apologies) != len(set(apologies)):
            yield f"case {case['id']} got one apology twice"
        del kept["apology"]
        if kept != _due_papers(known, case):
            yield f"case {case['id']} has {kept}, by its chain {_due_papers(known, case)}"
    signed = [one["document"] for one in known.decisions if one["state"] in SIGNED]
    if len(set(signed)) != len(signed):
        yield "one document for two decisions"


def _due_papers(known: Known, case: Row) -> Counter[str]:
    machine = rules_of(case).machines["application"]
    due = Counter(
        kind
        for move in known.moves(case["id"])
        if move["data"]["from"] != machine.start or case["number"]
        for kind in machine.transitions[move["data"]["transition"]].issues
    )
    chain = known.chains[case["id"]]
    due["supplement_request"] += sum(one["tag"] == "application:supplement_changed" for one in chain)
    due["decision"] += sum(
        bool(one["succeeds"]) and one["state"] in SIGNED
        for one in known.decisions
        if one["application"] == case["id"]
    )
    return +due


def dossiers(known: Known) -> Iterator[str]:
    """What was handed in is what the chain sealed; a number is there exactly since then."""
    for case in known.applications:
        handed = [one["data"]["dossier"] for one in known.moves(case["id"]) if "dossier" in one["data"]]
        if (case["number"] is None) != (not handed) or (case["handed_in"] is None) != (not handed):
            yield f"case {case['id']} has number {case['number']} after {len(handed)} submissions"
        if handed and case["handed_in"] is not None:
            answers = msgspec.json.encode(json.loads(case["handed_in"]), order="deterministic")
            if hashlib.sha256(answers).hexdigest() != handed[-1]["answers_sha256"]:
                yield f"case {case['id']}: what was handed in has changed"


def background(known: Known) -> Iterator[str]:
    """No job failed; one that gave way to somebody faster is tried again."""
    for job in known.jobs:
        if job["attempts"] and not str(job["error"]).startswith(("conflict", "raced")):
            yield f"job {job['kind']} failed {job['attempts']} times: {job['error']}"


def settled(known: Known) -> Iterator[str]:
    """When all work is done: every document is made, every trial is open and follows its decision."""
    for job in known.jobs:
        if job["done_at"] is None and job["due_at"] <= now():
            yield f"job {job['kind']} is not done: {job['error']}"
    yield from (
        f"document {one['number']} is not made" for one in known.documents if one["state"] != "issued"
    )
    trials = {one["application"]: one for one in known.trials}
    for decision in known.decisions:
        if decision["state"] != "signed" or decision["kind"] == "refuse":
            continue
        trial = trials.get(decision["application"])
        if decision["kind"] == "grant" and (trial is None or trial["decision"] != decision["id"]):
            yield f"the trial of {decision['application']} does not follow its decision"
        if decision["kind"] == "recall" and trial and trial["state"] not in {"revoked", "ended"}:
            yield f"the trial of {decision['application']} is {trial['state']} after its recall"


async def faults_when_settled(raw: Any, people: People) -> list[str]:
    """The faults that only show when all work is done."""
    return list(settled(await look(raw, people)))
