"""What the keys stored with a trial are called: states and fields by the rule files."""

from __future__ import annotations

from functools import cache

from backend.kit.text import Text
from backend.programmes import domain as programmes
from backend.trials.schemas import PublicTrial
from sandbox_rules import Programme, State

MACHINE = "trial"
FIELD_FACT = "solution.field"
TONES = {"start": "blue", "suspend": "amber", "revoke": "red"}
"""A state takes the colour of the step that leads to it."""


def field_label(trial: PublicTrial) -> Text:
    """The field of the solution in words; the key itself when the rule file has no word for it."""
    return _choices(programmes.pinned(trial.pin)).get(trial.field, Text(trial.field, trial.field))


@cache
def labels() -> dict[tuple[str, str], Text]:
    """The words for every `(facet, value)` of every rule file; the newest file of a programme wins."""
    found: dict[tuple[str, str], Text] = {}
    for programme in programmes.rules().all():
        found |= {("field", key): label for key, label in _choices(programme).items()}
        if MACHINE in programme.machines:
            states = programme.machines[MACHINE].states
            found |= {("state", key): programmes.text_of(state.public) for key, state in states.items()}
    return found


@cache
def running_states() -> frozenset[str]:
    """The states a trial is in once it was started."""
    machines = [one.machines[MACHINE] for one in programmes.rules().all() if MACHINE in one.machines]
    return frozenset(machine.transitions["start"].to for machine in machines)


def tone_of(programme: Programme, state: State) -> str:
    """The colour of a state's tag."""
    steps = programme.machines[MACHINE].transitions.values()
    return next((TONES[step.key] for step in steps if step.to == state.key and step.key in TONES), "grey")


def _choices(programme: Programme) -> dict[str, Text]:
    fields = (one for one in programme.fields.values() if one.fact == FIELD_FACT)
    return {key: programmes.text_of(label) for one in fields for key, label in one.choices.items()}
