"""Facts against criteria: met, not met, or not known. Unknown is never no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from sandbox_rules.programme import Programme
from sandbox_rules.schema import Comparison, Criterion, Source, Value
from sandbox_rules.text import Text

Outcome = Literal["met", "not_met", "unknown"]


class Finding(Struct, frozen=True):
    """What became of one criterion; ``value`` is what the applicant said, None when unknown."""

    key: str
    outcome: Outcome
    criterion: Text
    fact: str
    question: Text
    value: Value | None
    source: Source
    mend: Text | None


def check_eligibility(programme: Programme, facts: Mapping[str, Value]) -> list[Finding]:
    """Judge every criterion of eligibility, in the order of the file."""
    return [judge(programme, criterion, facts) for criterion in programme.eligibility.values()]


def judge(programme: Programme, criterion: Criterion, facts: Mapping[str, Value]) -> Finding:
    """Judge one criterion."""
    value = facts.get(criterion.fact)
    outcome: Outcome = "unknown"
    if value is not None:
        outcome = "met" if compare(value, criterion.op, criterion.value) else "not_met"
    return Finding(
        criterion.key,
        outcome,
        criterion.label,
        criterion.fact,
        programme.facts[criterion.fact].question,
        value,
        programme.sources[criterion.source],
        criterion.mend,
    )


def holds(test: Comparison | None, facts: Mapping[str, Value]) -> bool | None:
    """Return whether a test holds, None when its fact is unknown; no test does not hold."""
    if test is None:
        return False
    value = facts.get(test.fact)
    return None if value is None else compare(value, test.op, test.value)


def compare(value: Value, op: str, bound: object) -> bool:
    """Compare a fact with the bound of a rule; types were checked when the file was read."""
    match op:
        case "is":
            return value == bound
        case "is_not":
            return value != bound
        case "at_least":
            return value >= bound  # type: ignore[operator]
        case "at_most":
            return value <= bound  # type: ignore[operator]
        case "one_of":
            return value in bound  # type: ignore[operator]
        case _:
            return value not in bound  # type: ignore[operator]
