"""A programme as a page one can read, and its permission table: who may do what, where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandbox_rules.programme import Programme
from sandbox_rules.schema import Criterion, Deadline, Machine, Source
from sandbox_rules.text import Lang, Text
from sandbox_rules.workflow import ROLE_NAMES

OPS = {
    "is": Text("là", "is"),
    "is_not": Text("không phải là", "is not"),
    "at_least": Text("ít nhất", "at least"),
    "at_most": Text("nhiều nhất", "at most"),
    "one_of": Text("thuộc", "one of"),
    "none_of": Text("không thuộc", "none of"),
}
UNITS = {
    "working_day": Text("ngày làm việc", "working days"),
    "day": Text("ngày", "days"),
    "hour": Text("giờ", "hours"),
}
STATUSES = {
    "seen": Text("đã đối chiếu", "checked"),
    "secondhand": Text("theo bản tóm tắt, cần xác nhận", "from a condensed copy, to confirm"),
    "to_confirm": Text("cần xác nhận", "to confirm"),
}


def page_of(programme: Programme, lang: Lang) -> str:
    """Return the programme as Markdown: criteria, documents, procedure, deadlines, sources."""
    heads = {
        "scope": Text("Phạm vi", "Scope"),
        "eligibility": Text("Điều kiện", "Eligibility"),
        "documents": Text("Thành phần hồ sơ", "Documents of the dossier"),
        "deadlines": Text("Thời hạn", "Deadlines"),
        "conditions": Text("Điều kiện kèm theo", "Conditions of a grant"),
        "limits": Text("Giới hạn", "Limits"),
        "sources": Text("Nguồn", "Sources"),
    }
    lines = [f"# {programme.title.of(lang)}", "", f"`{programme.key}` · {programme.in_force:%d/%m/%Y}", ""]
    lines += [programme.summary.of(lang), ""]
    if programme.referred_to:
        lines += [f"**→ {programme.referred_to.of(lang)}**", ""]
    bodies = {
        "scope": [_criterion(programme, one, lang) for one in programme.scope.values()],
        "eligibility": [_criterion(programme, one, lang) for one in programme.eligibility.values()],
        "documents": [
            f"- {one.label.of(lang)}{' *' if one.required else ''} — {one.hint.of(lang)}"
            for one in programme.documents.values()
        ],
        "deadlines": [_deadline(programme, one, lang) for one in programme.deadlines.values()],
        "conditions": [
            f"- {one.text.of(lang)} ({one.reason.of(lang)})" for one in programme.conditions.values()
        ],
        "limits": [f"- {one.label.of(lang)} ({one.unit.of(lang)})" for one in programme.limits.values()],
        "sources": [_source(one, lang) for one in programme.sources.values()],
    }
    for key, body in bodies.items():
        if body:
            lines += [f"## {heads[key].of(lang)}", "", *body, ""]
    for machine in programme.machines.values():
        lines += [f"## {machine.label.of(lang)}", "", *_rows(machine, lang), ""]
    return "\n".join(lines)


def _criterion(programme: Programme, one: Criterion, lang: Lang) -> str:
    fact = programme.facts[one.fact]
    return f"- {one.label.of(lang)} (`{fact.key}` {OPS[one.op].of(lang)} {_value(one.value)}) [{one.source}]"


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower()


def _deadline(programme: Programme, one: Deadline, lang: Lang) -> str:
    owner, unit = ROLE_NAMES[one.owner].of(lang), UNITS[one.unit].of(lang)
    states = programme.machines[one.machine].states
    pauses = ", ".join(states[key].label.of(lang) for key in one.paused_at)
    stopped = f" ‖ {pauses}" if pauses else ""
    return f"- {one.label.of(lang)}: {one.within} {unit}, {owner}{stopped} [{one.source}]"


def _source(one: Source, lang: Lang) -> str:
    note = f" — {one.note.of(lang)}" if one.note else ""
    return f"- [{one.key}] {one.title.of(lang)} **({STATUSES[one.status].of(lang)})**{note}"


def table_of(programme: Programme, lang: Lang) -> str:
    """Return the permission table of every machine as Markdown: state × transition × role."""
    lines = [f"# {programme.title.of(lang)} · {programme.in_force.isoformat()}", ""]
    for machine in programme.machines.values():
        lines += [f"## {machine.label.of(lang)}", "", *_rows(machine, lang), ""]
    return "\n".join(lines)


def _rows(machine: Machine, lang: Lang) -> Iterator[str]:
    head = Text(
        "Trạng thái | Bước | Ai được làm | Sang | Cần có | Ban hành",
        "State | Step | Who may | To | Needs | Issues",
    )
    yield f"| {head.of(lang)} |"
    yield "|---|---|---|---|---|---|"
    for state in machine.states.values():
        for step in machine.transitions.values():
            if state.key in step.at:
                who = ", ".join(ROLE_NAMES[role].of(lang) for role in step.by)
                cells = (
                    state.label.of(lang), f"{step.label.of(lang)} `{step.key}`", who,
                    machine.states[step.to].label.of(lang), _codes(step.guards), _codes(step.issues),
                )  # fmt: skip
                yield f"| {' | '.join(cells)} |"


def _codes(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "–"
