"""What the public register shows, and the figures of the front page. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import msgspec
from babel.numbers import format_decimal

from backend.accounts.schemas import Role
from backend.applications.queue import open_states
from backend.kit.pages import PAGE_SIZE, Page
from backend.kit.text import Text
from backend.programmes import domain as programmes
from backend.register import queries
from backend.register.queries import Figures
from backend.register.schemas import Authority, PublicAnswer, RegisterEntry, RegisterLine
from backend.settings import settings
from backend.trials import domain as trials
from backend.trials.labels import field_label, running_states
from backend.trials.schemas import Filters, PublicTrial
from backend.trials.views import conditions_of, public_history, state_view
from sandbox_rules import Field

HERE = Path(__file__).parent
BATCH = 500
LATEST = 5
PARTNERS = (Role.INSTITUTE, Role.EXPERT)
SHOWN_ELSEWHERE = frozenset({"solution_summary", "plan_place"})
"""Answers that became columns of the trial and stand in its head."""


async def search(filters: Filters, page: int = 1, size: int = PAGE_SIZE) -> Page[PublicTrial]:
    """One page of the register, newest first."""
    return await trials.list_public(filters, page, size)


async def read_all(filters: Filters) -> AsyncIterator[PublicTrial]:
    """Every trial that passes the filters in the order of numbers, a batch in memory at a time."""
    number = ""
    while batch := await trials.list_public_after(filters, number, BATCH):
        for trial in batch:
            yield trial
        number = batch[-1].number


async def figures() -> Figures:
    """The figures of the front page, true now."""
    return await queries.count_figures(running_states(), open_states(), PARTNERS)


async def entry(number: str) -> RegisterEntry:
    """The public page of a trial: what is tested, where, until when, within which limits. Raises NotFound."""
    trial = await trials.get_public(number.strip().upper())
    return RegisterEntry(
        **msgspec.structs.asdict(line_of(trial)),
        pin=trial.pin,
        authority=programmes.text_of(programmes.pinned(trial.pin).authority),
        limits=trials.limits_of(trial),
        conditions=conditions_of(trial),
        exemptions=trial.exemptions,
        answers=answers_of(trial),
        decision=await trials.public_decision(trial.number),
        certificate=await trials.certificate_of(trial),
        history=public_history(trial, await trials.timeline_of(trial)),
    )


def line_of(trial: PublicTrial) -> RegisterLine:
    """One line of the register."""
    plain = (
        "number",
        "programme_key",
        "title",
        "summary",
        "organisation_name",
        "field",
        "place",
        "ward",
        "starts_on",
        "ends_on",
        "updated_at",
    )
    return RegisterLine(
        **{name: getattr(trial, name) for name in plain},
        state=state_view(trial),
        field_label=field_label(trial),
        url=f"{settings().public_url}/register/{trial.number}",
    )


def answers_of(trial: PublicTrial) -> list[PublicAnswer]:
    """The public answers in the order of the form; the rule file decides, whatever the row holds."""
    fields = programmes.pinned(trial.pin).public_fields
    return [
        PublicAnswer(
            key=key,
            label=programmes.text_of(field.label),
            type=field.type,
            value=_worded(field, trial.public[key]),
        )
        for key, field in fields.items()
        if key in trial.public and key not in SHOWN_ELSEWHERE
    ]


@cache
def authority() -> Authority:
    """Who supervises and hears complaints, as data."""
    return msgspec.toml.decode((HERE / "authority.toml").read_bytes(), type=Authority)


def _worded(field: Field, answer: object) -> object:
    """A choice in words; numbers and dates as they are."""
    if field.type == "choice" and isinstance(answer, str) and answer in field.choices:
        return programmes.text_of(field.choices[answer])
    if field.unit is not None and isinstance(answer, int | float):
        vi, en = (format_decimal(answer, locale=lang) for lang in ("vi", "en"))
        return Text(f"{vi} {field.unit.vi}", f"{en} {field.unit.en}")
    return answer
