"""How fast the law is read: clocks and eligibility in one process, beside zen-engine on the same criteria.

    python -m benchmarks.sandbox_rules_speed [--cases 100000] [--rounds 3]

Every line is the best of the rounds, in seconds of processor time, so that a busy machine tells the same.
zen-engine (a rules engine in Rust) is given the criteria of eligibility as decision tables, one a criterion
with the outcomes met, not_met and unknown; that both say the same of the same facts is checked first.
Ours also gives label, question, source and mend with each finding. zen-engine has no clocks.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import zen

from sandbox_rules import Calendar, Event, Programme, Value, calendar_of, check_eligibility, clock, load

DAY = date(2026, 6, 1)
KEY = "vn-hp-248"
ROUND = ("request_supplement", "resubmit")
NOW = datetime(2027, 6, 1, tzinfo=UTC)
LONG = 20
"""Events of a long case."""
Facts = dict[str, Value]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    programme = load().in_force(KEY, DAY)
    facts = make_facts(programme, options.cases)
    say(f"{options.cases:,} cases, {programme.key}, {len(programme.eligibility)} criteria, one process")
    measure_clocks(programme, options)
    ours = measure(options.rounds, len(facts), lambda: [check_eligibility(programme, one) for one in facts])
    findings = ours * len(programme.eligibility)
    say(f"eligibility checks        {ours:12,.0f} /s   {findings:12,.0f} findings/s")
    measure_zen(programme, facts, options.rounds, ours)


def measure_clocks(programme: Programme, options: argparse.Namespace) -> None:
    """Replay whole cases: short ones, and ones with many rounds of supplements."""
    calendar = calendar_of(programme.calendar)
    for length in (3, LONG):
        cases = list(make_cases(options.cases, length))
        replay = partial(_replay_all, cases, programme, calendar)
        speed = measure(options.rounds, len(cases), replay)
        say(f"clocks, {length:2} events a case {speed:12,.0f} replays/s")


def _replay_all(cases: Sequence[Sequence[Event]], programme: Programme, calendar: Calendar) -> None:
    for one in cases:
        clock(one, programme, calendar, NOW)


def measure_zen(programme: Programme, facts: Sequence[Facts], rounds: int, ours: float) -> None:
    """Judge the same facts by the same criteria with zen-engine, and print the ratio."""
    decision = zen.ZenEngine().create_decision(json.dumps(as_tables(programme)))
    contexts = [
        {"facts": {key.replace(".", "_"): _plain(value) for key, value in one.items()}} for one in facts
    ]
    for one, context in zip(facts[:500], contexts, strict=False):
        said = decision.evaluate(context)["result"]["result"]
        expected = {finding.key: finding.outcome for finding in check_eligibility(programme, one)}
        if said != expected:
            raise SystemExit(f"zen-engine disagrees: {said} is not {expected}")
    speed = measure(rounds, len(contexts), lambda: [decision.evaluate(one) for one in contexts])
    say(f"zen-engine, same criteria {speed:12,.0f} /s   sandbox_rules is {ours / speed:.1f} times as fast")


def measure(rounds: int, count: int, work: Callable[[], object]) -> float:
    """Return how many a second in the best round."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return count / best


def make_cases(count: int, length: int) -> Iterator[list[Event]]:
    """Yield cases of so many events, each with its own days."""
    dice = random.Random(1)
    steps = [*["submit", *(ROUND * length)][: length - 1], "accept" if length % 2 == 0 else "withdraw"]
    for _ in range(count):
        at = datetime(2026, 1, 20, 2, tzinfo=UTC) + timedelta(minutes=dice.randrange(300_000))
        events = []
        for step in steps:
            events.append(Event(at, step))
            at += timedelta(minutes=dice.randrange(1, 20_000))
        yield events


def make_facts(programme: Programme, count: int) -> list[Facts]:
    """Return so many sets of facts, with gaps: unknown is an outcome of its own."""
    dice = random.Random(2)
    asked = list(programme.eligibility.values())
    return [
        {one.fact: _some_value(programme, one.fact, one.value, dice) for one in asked if dice.random() < 0.9}
        for _ in range(count)
    ]


def _some_value(programme: Programme, key: str, bound: Any, dice: random.Random) -> Value:
    fact = programme.facts[key]
    if fact.type == "yes_no":
        return dice.random() < 0.5
    return dice.randrange(2 * bound) if fact.type == "number" else dice.choice(list(fact.choices))


def as_tables(programme: Programme) -> dict[str, Any]:
    """Return the criteria of eligibility as one graph of zen-engine: a decision table each, side by side."""
    nodes: list[dict[str, Any]] = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 0, "y": 0}},
    ]
    edges: list[dict[str, Any]] = []
    for one in programme.eligibility.values():
        met = _cell(one.op, one.value)
        rules = [("null", '"unknown"'), (met, '"met"'), ("", '"not_met"')]
        content = {
            "hitPolicy": "first",
            "inputs": [{"id": "i", "name": one.fact, "field": f"facts.{one.fact.replace('.', '_')}"}],
            "outputs": [{"id": "o", "name": one.key, "field": f"result.{one.key}"}],
            "rules": [{"_id": str(n), "i": cell, "o": said} for n, (cell, said) in enumerate(rules)],
        }
        place = {"position": {"x": 0, "y": 0}}
        nodes.append(
            {"id": one.key, "name": one.key, "type": "decisionTableNode", "content": content, **place}
        )
        edges += [
            {"id": f"{one.key}-in", "sourceId": "in", "targetId": one.key, "type": "edge"},
            {"id": f"{one.key}-out", "sourceId": one.key, "targetId": "out", "type": "edge"},
        ]
    return {"nodes": nodes, "edges": edges}


def _cell(op: str, value: Any) -> str:
    """Write a comparison in the language of zen's tables."""
    written = json.dumps(value)
    signs = {"is": "$ == {}", "is_not": "$ != {}", "at_least": ">= {}", "at_most": "<= {}"}
    if op in signs:
        return signs[op].format(written)
    return f"$ in {written}" if op == "one_of" else f"$ not in {written}"


def _plain(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
