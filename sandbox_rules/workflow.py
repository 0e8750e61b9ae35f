"""May this role take this step now? If not, why not, and how is it mended?"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from sandbox_rules.errors import Refused
from sandbox_rules.programme import Programme
from sandbox_rules.schema import State, Transition
from sandbox_rules.text import Text


class Open(Struct, frozen=True):
    """A step this role may take from this state; ``blocked`` holds what still stands in its way."""

    key: str
    label: Text
    to: str
    issues: tuple[str, ...]
    asks_reason: bool
    blocked: tuple[Refused, ...]

    @property
    def ready(self) -> bool:
        """Whether the step can be taken now."""
        return not self.blocked


class Fired(Struct, frozen=True):
    """The new state and the documents to issue."""

    to: str
    state: State
    issues: tuple[str, ...]


def open_transitions(
    programme: Programme, machine: str, state: str, roles: Collection[str], facts: Mapping[str, object]
) -> list[Open]:
    """Return the steps these roles may take from this state, each with the guards still in its way."""
    found = []
    for step in programme.machines[machine].transitions.values():
        if state in step.at and _may(step, roles):
            blocked = tuple(_blocks(programme, step, facts))
            found.append(Open(step.key, step.label, step.to, step.issues, step.asks_reason, blocked))
    return found


def fire(
    programme: Programme,
    machine: str,
    state: str,
    transition: str,
    roles: Collection[str],
    facts: Mapping[str, object],
) -> Fired:
    """Take a step. ``facts`` holds a bool for each guard; one that is absent refuses, never passes.

    Raises Refused with code, text and source.
    """
    states, steps = programme.machines[machine].states, programme.machines[machine].transitions
    step = steps.get(transition)
    if step is None:
        raise Refused("unknown_transition", _UNKNOWN.fill(transition=transition))
    source = programme.sources[step.source]
    if state not in step.at:
        text = _NOT_HERE.fill(step=step.label, state=states[state].label)
        raise Refused("not_at_this_state", text, source)
    if not _may(step, roles):
        names = [ROLE_NAMES[role] for role in step.by]
        by = Text(", ".join(name.vi for name in names), ", ".join(name.en for name in names))
        raise Refused("not_your_role", _NOT_YOURS.fill(step=step.label, by=by), source)
    for refusal in _blocks(programme, step, facts):
        raise refusal
    return Fired(step.to, states[step.to], step.issues)


def _may(step: Transition, roles: Collection[str]) -> bool:
    """An applicant is called participant once the trial is granted: one account, two names."""
    return any(role in roles or (role == "participant" and "applicant" in roles) for role in step.by)


def _blocks(programme: Programme, step: Transition, facts: Mapping[str, object]) -> list[Refused]:
    refusals = []
    for name in step.guards:
        guard = programme.guards[name]
        source = programme.sources[guard.source or step.source]
        if name not in facts:
            refusals.append(Refused(f"unknown_{name}", _UNSAID.fill(guard=guard.label), source))
        elif facts[name] is not True:
            refusals.append(Refused(f"needs_{name}", guard.refusal, source))
    return refusals


_UNKNOWN = Text("Không có bước “{transition}” trong quy trình.", "The procedure has no step “{transition}”.")
_NOT_HERE = Text(
    "Không thể thực hiện “{step}” khi hồ sơ ở trạng thái “{state}”. Tải lại trang để xem trạng thái mới.",
    "“{step}” is not possible while the file is “{state}”. Reload the page to see where it stands now.",
)
_NOT_YOURS = Text("Bước “{step}” chỉ do {by} thực hiện.", "Only {by} may do this: “{step}”.")
_UNSAID = Text(
    "Chưa xác định được: “{guard}”. Kiểm tra lại rồi thực hiện.",
    "Not established yet: “{guard}”. Check it, then try again.",
)
ROLE_NAMES = {
    "applicant": Text("tổ chức đề nghị", "the applicant"),
    "participant": Text("tổ chức tham gia thử nghiệm", "the participant"),
    "officer": Text("cán bộ thụ lý", "the officer"),
    "appraiser": Text("thành viên thẩm định", "an appraiser"),
    "authority": Text("cơ quan có thẩm quyền", "the competent authority"),
    "supervisor": Text("cán bộ giám sát", "the supervisor"),
    "consulted": Text("cơ quan được lấy ý kiến", "the agency asked"),
    "public": Text("người dân", "anyone"),
    "system": Text("hệ thống", "the system"),
}
