"""What the pages and the API of trials show: keys in words, rules beside the values they set."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.accounts.schemas import Actor
from backend.applications.schemas import Event, StateView
from backend.decisions.draft import source_of
from backend.decisions.schemas import Exemption
from backend.kit.text import Text
from backend.programmes import domain as programmes
from backend.trials import domain
from backend.trials.labels import field_label
from backend.trials.schemas import PublicTrial, Trial
from sandbox_rules import Clock, LimitFinding, Open, Pin, ReportDue, Source

OPENED = "trial:opened"


class ConditionView(Struct, frozen=True, kw_only=True):
    """A condition of the grant with the source it rests on."""

    text: Text
    reason: Text
    source: Source | None


class Happening(Struct, frozen=True, kw_only=True):
    """One line of a trial's history in words. `who` and `reason` are for those who supervise or take part."""

    at: datetime
    title: Text
    transition: str
    who: str = ""
    reason: str = ""


class StepView(Struct, frozen=True, kw_only=True):
    """A step the caller may take now."""

    key: str
    label: Text
    asks_reason: bool


class TrialLine(Struct, frozen=True, kw_only=True):
    """One line of the list of trials."""

    id: UUID
    number: str
    state: StateView
    title: str
    organisation_name: str
    field: str
    field_label: Text
    place: str
    ward: str
    starts_on: date
    ends_on: date


class TrialView(TrialLine, frozen=True, kw_only=True):
    """A trial as those who take part or supervise read it through the API."""

    application_id: UUID
    organisation_id: UUID
    pin: Pin
    summary: str
    limits: list[LimitFinding]
    conditions: list[ConditionView]
    exemptions: list[Exemption]
    reports: list[ReportDue]
    clocks: list[Clock]
    history: list[Happening]
    steps: list[StepView]


class TrialList(Struct, frozen=True, kw_only=True):
    """One page of trials."""

    items: list[TrialLine]
    total: int
    page: int
    size: int


async def view_of(actor: Actor, trial: Trial) -> TrialView:
    """Everything about one trial."""
    return TrialView(
        **_line(trial),
        application_id=trial.application_id,
        organisation_id=trial.organisation_id,
        pin=trial.pin,
        summary=trial.summary,
        limits=domain.limits_of(trial),
        conditions=conditions_of(trial),
        exemptions=trial.exemptions,
        reports=domain.reports_of(trial),
        clocks=await domain.clocks_of(trial),
        history=history_of(trial, await domain.timeline_of(trial)),
        steps=[step_view(step) for step in domain.steps_of(actor, trial)],
    )


def line_of(trial: Trial) -> TrialLine:
    """The line of one trial in a list."""
    return TrialLine(**_line(trial))


def conditions_of(trial: PublicTrial) -> list[ConditionView]:
    """The conditions as decided, each with the source its rule names."""
    programme = programmes.pinned(trial.pin)
    return [
        ConditionView(
            text=one.text,
            reason=one.reason,
            source=programme.sources[source_of(programme, one)],
        )
        for one in trial.conditions
    ]


def history_of(trial: PublicTrial, events: list[Event]) -> list[Happening]:
    """The events in words, oldest first; what has none is told elsewhere."""
    return [
        Happening(
            at=event.at,
            title=_title(trial, event),
            transition=event.data.get("transition", ""),
            who=event.actor_name or "",
            reason=event.data.get("reason", ""),
        )
        for event in events
        if "transition" in event.data or event.tag in WORDS
    ]


def public_history(trial: PublicTrial, events: list[Event]) -> list[Happening]:
    """The same for everybody: what and when, neither who nor why."""
    return [
        Happening(at=one.at, title=one.title, transition=one.transition) for one in history_of(trial, events)
    ]


def state_view(trial: PublicTrial) -> StateView:
    """The state by key and public label."""
    label = domain.state_of(trial).public
    return StateView(key=trial.state, label=programmes.text_of(label))


def step_view(step: Open) -> StepView:
    """A step by key and label."""
    return StepView(key=step.key, label=programmes.text_of(step.label), asks_reason=step.asks_reason)


def _line(trial: Trial) -> dict[str, Any]:
    plain = ("id", "number", "title", "organisation_name", "field", "place", "ward", "starts_on", "ends_on")
    return {name: getattr(trial, name) for name in plain} | {
        "state": state_view(trial),
        "field_label": field_label(trial),
    }


def _title(trial: PublicTrial, event: Event) -> Text:
    step = domain.machine_of(trial).transitions.get(event.data.get("transition", ""))
    return programmes.text_of(step.label) if step else WORDS[event.tag]


WORDS = {
    OPENED: Text("Được cho phép và đưa vào sổ đăng ký", "Permitted and entered in the register"),
    "document:requested": Text("Lập văn bản", "A document was drawn up"),
    "trial:terms_replaced": Text(
        "Quyết định được thay thế, nội dung mới áp dụng", "The decision was replaced; its new terms apply"
    ),
}
