"""“Is a sandbox for me?” as pages: one question each, the address is the memory, the result is for print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Controller, get
from litestar.params import FromQuery
from litestar.response import Response, Template
from msgspec import Struct

from backend.kit.clock import today
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, clean, page, see_other
from backend.kit.text import Text
from backend.programmes import wizard
from backend.programmes.procedure import clocks_if_submitted, submission_of
from backend.settings import settings
from sandbox_rules import Clock, Programme, Value


class WizardPages(Controller):
    """`/check`"""

    path = "/check"

    @get()
    async def show_check(
        self, request: AnyRequest, a: FromQuery[str] = "", q: FromQuery[str] = ""
    ) -> Response[Any]:
        """The next question, or the result. `a` holds the answers so far, `q` and `v` the one just given."""
        try:
            answers = wizard.read_answers(a)
        except Invalid as invalid:
            return page("wizard/unreadable.html", status=invalid.status, text=invalid.text)
        if q:
            return _answered(request, answers, q)
        standing = wizard.standing_of(answers)
        return _question(standing) if standing.ask else _result(standing)


def _answered(request: AnyRequest, answers: tuple[wizard.Answer, ...], key: str) -> Response[Any]:
    """Go on with one answer more; show the question again if it cannot be taken."""
    given = [clean(value) for value in request.query_params.getall("v", [])]
    value = wizard.UNKNOWN if wizard.UNKNOWN in given else next(iter(given), "")
    kept = tuple(one for one in answers if one.fact.key != key)
    try:
        return see_other(wizard.address((*kept, wizard.answer_of(key, value))))
    except Invalid as invalid:
        standing = wizard.standing_of(kept)
        if standing.ask is None or standing.ask.key != key:
            return page("wizard/unreadable.html", status=invalid.status, text=wizard.NOT_AN_ANSWER)
        error = invalid.fields[key] if value else _CHOOSE
        return _question(standing, {"v": error}, value, invalid.status)


def _question(
    standing: wizard.Standing, errors: dict[str, Text] | None = None, typed: str = "", status: int = 200
) -> Template:
    return page(
        "wizard/question.html",
        status=status,
        standing=standing,
        fact=standing.ask,
        reasons=wizard.why_asked(standing),
        written=wizard.written(standing.answers),
        back=wizard.address(standing.answers[:-1]) if standing.answers else "/programmes",
        errors=errors or {},
        typed=typed,
    )


def _result(standing: wizard.Standing) -> Template:
    answers, routing = standing.answers, standing.routing
    facts = wizard.known(answers)
    return page(
        "wizard/result.html",
        routing=routing,
        need=wizard.need_of(facts),
        covering=[_Cover.of(one.programme, facts) for one in routing.with_outcome("covers")],
        referred=routing.with_outcome("referred"),
        excluded=routing.with_outcome("excluded"),
        undecided=routing.with_outcome("open"),
        answers=[(one, wizard.address(tuple(a for a in answers if a is not one))) for one in answers],
        unknown_again=wizard.address(tuple(one for one in answers if one.value is not None)),
        back=wizard.address(answers[:-1]),
        address=settings().public_url + wizard.address(answers),
        on=today(),
    )


class _Cover(Struct, frozen=True, kw_only=True):
    """A programme that covers the trial: what to hand in, and by when it would be answered."""

    programme: Programme
    dossier: list[wizard.Required]
    clocks: list[Clock]
    can_apply: bool

    @staticmethod
    def of(programme: Programme, facts: Mapping[str, Value]) -> _Cover:
        return _Cover(
            programme=programme,
            dossier=wizard.dossier_of(programme, facts),
            clocks=clocks_if_submitted(programme, today()),
            can_apply=submission_of(programme) is not None,
        )


_CHOOSE = Text(
    "Hãy chọn một câu trả lời; nếu chưa rõ, chọn “Tôi chưa biết”.",
    "Choose an answer; if you are not sure, choose “I don't know”.",
)
