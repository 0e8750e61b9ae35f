"""“Is a sandbox for me?”: a few answers, the regimes they lead to, and what to ask next.

The answers live in the address, `?a=solution.new:yes,plan.in_hai_phong:unknown`, in the order in which they
were given. Nothing is stored, and no answer is personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

import sandbox_rules
from backend.kit.clock import today
from backend.kit.errors import Invalid
from backend.kit.text import Text
from backend.programmes.domain import list_in_force, rules, text_of
from sandbox_rules import DocumentSlot, Fact, Field, Finding, Programme, Routing, Value, is_required, route
from sandbox_rules.answers import derived, parse
from sandbox_rules.eligibility import holds, judge

UNKNOWN = "unknown"
LONGEST_VALUE = 40
"""Letters of one answer; more than any choice, day or number needs."""
DECIMALS = 3
Asked = Mapping[str, bool | int | float | str | None]


class Answer(Struct, frozen=True, kw_only=True):
    """One answer; `value` is None for “I don't know”, which never counts as no."""

    fact: Fact
    value: Value | None

    @property
    def written(self) -> str:
        """The value as the address and the form write it."""
        match self.value:
            case None:
                return UNKNOWN
            case bool():
                return "yes" if self.value else "no"
            case date():
                return self.value.isoformat()
            case _:
                return str(self.value)


class Standing(Struct, frozen=True, kw_only=True):
    """What the answers so far lead to; `ask` is the best next question, None when none is left."""

    answers: tuple[Answer, ...]
    routing: Routing
    ask: Fact | None
    left: int
    """questions still open at most, the next one among them"""


class Required(Struct, frozen=True, kw_only=True):
    """A document of the dossier, and whether these answers ask for it."""

    slot: DocumentSlot
    required: Literal["yes", "no", "maybe"]


def catalogue() -> Mapping[str, Fact]:
    """Return every fact a rule file may ask for."""
    return rules().all()[0].facts


def read_answers(text: str) -> tuple[Answer, ...]:
    """Return the answers of an address. Raises Invalid for what nobody could have answered here."""
    answers: dict[str, Answer] = {}
    for part in filter(None, text.split(",")):
        key, colon, value = part.partition(":")
        if not colon or key not in catalogue() or key in answers:
            raise Invalid(NOT_AN_ANSWER)
        try:
            answers[key] = answer_of(key, value)
        except Invalid:
            raise Invalid(NOT_AN_ANSWER) from None
    return tuple(answers.values())


def answer_of(key: str, given: object) -> Answer:
    """Return one answer, typed. Raises Invalid with the field `key`: how to mend it."""
    fact = catalogue().get(key)
    if fact is None:
        raise Invalid(fields={key: _NO_SUCH_FACT})
    if given in (None, UNKNOWN):
        return Answer(fact=fact, value=None)
    value = _typed(fact, given)
    if isinstance(value, sandbox_rules.Text):
        raise Invalid(fields={key: text_of(value)})
    return Answer(fact=fact, value=value)


def _typed(fact: Fact, given: object) -> Value | sandbox_rules.Text:
    """The value, or the text that says how to mend it. Whole numbers first: `1.500` is fifteen hundred."""
    if isinstance(given, str) and len(given) > LONGEST_VALUE:
        return _TOO_LONG
    field = Field(key=fact.key, label=fact.label, type=fact.type, choices=fact.choices)
    value = parse(field, given)
    if fact.type == "number" and isinstance(value, sandbox_rules.Text):
        field = Field(key=fact.key, label=fact.label, type="number", decimals=DECIMALS)
        value = parse(field, given)
    return value


def address(answers: tuple[Answer, ...]) -> str:
    """Return the page of these answers."""
    return f"/check?a={written(answers)}" if answers else "/check"


def written(answers: tuple[Answer, ...]) -> str:
    """Return the answers as the address holds them."""
    return ",".join(f"{one.fact.key}:{one.written}" for one in answers)


def known(answers: tuple[Answer, ...]) -> dict[str, Value]:
    """Return the facts that are known, and what follows from them."""
    facts = {one.fact.key: one.value for one in answers if one.value is not None}
    return derived(rules().all()[0], facts) | facts


def standing_of(answers: tuple[Answer, ...]) -> Standing:
    """Judge the answers by the rules in force today."""
    routing = route(rules(), known(answers), today())
    passed = {one.fact.key for one in answers}
    ask = [fact for fact in routing.ask if fact.key not in passed]
    return Standing(answers=answers, routing=routing, ask=ask[0] if ask else None, left=len(ask))


def why_asked(standing: Standing) -> list[tuple[Programme, Finding]]:
    """Return the criteria the next question would decide, with their programmes."""
    return [
        (one.programme, finding)
        for one in standing.routing.with_outcome("open")
        for finding in one.reasons
        if standing.ask is not None and finding.fact == standing.ask.key
    ]


def need_of(facts: Mapping[str, Value]) -> list[Finding]:
    """Return how each programme judges whether a sandbox is needed at all, one finding a source."""
    found = {
        rule.source: judge(programme, rule, facts)
        for programme in list_in_force()
        for rule in programme.scope.values()
        if rule.shows_need
    }
    return list(found.values())


def judge_facts(given: Asked, on: date | None) -> Routing:
    """Judge facts as a client sends them. Raises Invalid naming every fact that is wrong."""
    wrong: dict[str, Text] = {}
    answers: list[Answer] = []
    for key, value in given.items():
        try:
            answers.append(answer_of(key, value))
        except Invalid as invalid:
            wrong |= invalid.fields
    if wrong:
        raise Invalid(fields=wrong)
    return route(rules(), known(tuple(answers)), on or today())


def dossier_of(programme: Programme, facts: Mapping[str, Value]) -> list[Required]:
    """Return the documents of a programme, and which of them these facts require."""
    return [Required(slot=slot, required=_is_asked(slot, facts)) for slot in programme.documents.values()]


def _is_asked(slot: DocumentSlot, facts: Mapping[str, Value]) -> Literal["yes", "no", "maybe"]:
    if is_required(slot, facts):
        return "yes"
    waived = holds(slot.waived_when, facts)
    may_be = slot.required_when is not None and holds(slot.required_when, facts) is None
    return "maybe" if may_be and waived is not True else "no"


_TOO_LONG = sandbox_rules.Text(
    f"Rút còn tối đa {LONGEST_VALUE} ký tự.", f"Shorten to {LONGEST_VALUE} characters or fewer."
)
_NO_SUCH_FACT = Text("Không có dữ kiện này.", "There is no such fact.")
NOT_AN_ANSWER = Text(
    "Địa chỉ này có câu trả lời không đọc được: có thể đường liên kết bị cắt, bị sửa, hoặc câu hỏi đã đổi. "
    "Hãy trả lời lại từ đầu.",
    "This address holds an answer that cannot be read: the link may be cut or changed, or the questions are "
    "others now. Please answer anew.",
)
