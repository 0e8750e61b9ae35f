"""Whether a machine can be trusted: reachable, ending, owned, and with a clock on every waiting state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from sandbox_rules.programme import Programme
from sandbox_rules.schema import AGENCY, Deadline, Machine
from sandbox_rules.text import Text


class Fault(Struct, frozen=True):
    """Where a file is wrong, why, and how to mend it."""

    path: tuple[str, ...]
    reason: Text
    mend: Text


def check_machines(programme: Programme) -> Iterator[Fault]:
    """Judge every machine and every deadline of a programme."""
    for machine in programme.machines.values():
        names = list(_names(programme, machine))
        yield from names
        if not names:
            yield from _graph(machine)
            yield from _owners(machine)
    for deadline in programme.deadlines.values():
        yield from _deadline(programme, deadline)
    for machine in programme.machines.values():
        yield from _unclocked(programme, machine)


def _names(programme: Programme, machine: Machine) -> Iterator[Fault]:
    base = ("machines", machine.key)
    if machine.start not in machine.states:
        yield _no((*base, "start"), machine.start, "states")
    for key, step in machine.transitions.items():
        path = (*base, "transitions", key)
        for state in (*step.at, step.to):
            if state not in machine.states:
                yield _no((*path, "to" if state == step.to else "at"), state, "states")
        for guard in step.guards:
            if guard not in programme.guards:
                yield _no((*path, "needs"), guard, "guards")
        for document in step.issues:
            if document not in programme.issued:
                yield _no((*path, "issues"), document, "issued")
        if step.four_eyes_with is not None and step.four_eyes_with not in machine.transitions:
            yield _no((*path, "four_eyes_with"), step.four_eyes_with, "transitions")
        if not step.by:
            yield Fault((*path, "by"), _NOBODY, _GIVE_ROLE)
        if not step.at:
            yield Fault((*path, "at"), _NOWHERE, _GIVE_STATE)


def _graph(machine: Machine) -> Iterator[Fault]:
    edges = [(at, step.to) for step in machine.transitions.values() for at in step.at]
    back = [(to, at) for at, to in edges]
    closed = {key for key, state in machine.states.items() if state.closed}
    reachable, ending = _reach({machine.start}, edges), _reach(closed, back)
    leaving = {at for at, _ in edges}
    for key in machine.states:
        path = ("machines", machine.key, "states", key)
        if key not in reachable:
            yield Fault(path, _UNREACHABLE, _REACH)
        if key in closed and key in leaving:
            yield Fault(path, _LEAVES, _CLOSE)
        if key not in ending:
            yield Fault(path, _DEAD_END, _END)
    alone = [
        (at, step.to) for step in machine.transitions.values() if set(step.by) == {"system"} for at in step.at
    ]
    for key in sorted({at for at, _ in alone}):
        if key in _reach({to for at, to in alone if at == key}, alone):
            yield Fault(("machines", machine.key, "states", key), _SPINS, _ADD_PERSON)


def _reach(start: set[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    found, todo = set(start), list(start)
    onward: dict[str, list[str]] = {}
    for at, to in edges:
        onward.setdefault(at, []).append(to)
    while todo:
        for to in onward.get(todo.pop(), []):
            if to not in found:
                found.add(to)
                todo.append(to)
    return found


def _owners(machine: Machine) -> Iterator[Fault]:
    """Someone holds every open file, and the holder can move it."""
    for key, state in machine.states.items():
        if state.closed:
            continue
        path = ("machines", machine.key, "states", key, "holder")
        movers = {role for step in machine.transitions.values() if key in step.at for role in step.by}
        if state.holder is None:
            yield Fault(path, _UNHELD, _HOLD)
        elif state.holder not in movers:
            yield Fault(path, _HELPLESS.fill(holder=state.holder), _LET_MOVE)


def _deadline(programme: Programme, deadline: Deadline) -> Iterator[Fault]:
    path = ("deadlines", deadline.key)
    machine = programme.machines.get(deadline.machine)
    if machine is None:
        yield _no((*path, "machine"), deadline.machine, "machines")
        return
    for field, names in (
        ("after", deadline.after),
        ("until", deadline.until),
        ("extensions", tuple(deadline.extensions)),
    ):
        for name in names:
            if name not in machine.transitions:
                yield _no((*path, field), name, f"machines.{machine.key}.transitions")
    for name in deadline.paused_at:
        if name not in machine.states:
            yield _no((*path, "paused_at"), name, f"machines.{machine.key}.states")
    if deadline.within <= 0 or not deadline.after or not deadline.until:
        yield Fault(path, _NO_TIME, _GIVE_TIME)


def _unclocked(programme: Programme, machine: Machine) -> Iterator[Fault]:
    """A file that waits for the agency between intake and decision has a clock."""
    clocked: set[str] = set()
    for deadline in programme.deadlines.values():
        if deadline.machine == machine.key:
            steps = machine.transitions
            edges = [
                (at, step.to) for key, step in steps.items() if key not in deadline.until for at in step.at
            ]
            clocked |= _reach({steps[key].to for key in deadline.after if key in steps}, edges) - set(
                deadline.paused_at
            )
    for key, state in machine.states.items():
        waits = state.holder in AGENCY and state.phase in ("intake", "appraisal", "decision")
        if waits and key not in clocked:
            yield Fault(("machines", machine.key, "states", key), _UNCLOCKED, _CLOCK_IT)


def _no(path: tuple[str, ...], name: str, table: str) -> Fault:
    return Fault(path, _NO_SUCH.fill(name=name, table=table), _NAME_IT.fill(table=table))


_NO_SUCH = Text("“{name}” không có trong [{table}].", "“{name}” is not in [{table}].")
_NAME_IT = Text("Khai báo trong [{table}] hoặc sửa tên.", "Declare it in [{table}] or mend the name.")
_NOBODY = Text("Không ai được thực hiện bước này.", "Nobody may take this step.")
_GIVE_ROLE = Text("Ghi ít nhất một vai trò trong by.", "Give at least one role in by.")
_NOWHERE = Text("Bước này không đi từ trạng thái nào.", "The step leaves no state.")
_GIVE_STATE = Text("Ghi ít nhất một trạng thái trong at.", "Give at least one state in at.")
_UNREACHABLE = Text("Không bước nào dẫn tới trạng thái này.", "No step leads to this state.")
_REACH = Text("Thêm bước dẫn tới hoặc bỏ trạng thái.", "Add a step that leads here or drop the state.")
_LEAVES = Text("Trạng thái đã kết thúc mà vẫn có bước đi ra.", "A closed state has a step that leaves it.")
_CLOSE = Text("Bỏ bước đi ra hoặc đổi phase.", "Drop the step or change the phase.")
_DEAD_END = Text("Từ đây không tới được kết thúc nào.", "No end can be reached from here.")
_END = Text('Thêm bước đi tiếp, hoặc đặt phase = "closed".', 'Add a step onwards, or set phase = "closed".')
_SPINS = Text(
    "Hệ thống có thể quay vòng mà không có người.", "The system could turn in a circle without a person."
)
_ADD_PERSON = Text(
    "Giao ít nhất một bước của vòng cho một vai trò.", "Give one step of the circle to a role."
)
_UNHELD = Text("Không rõ ai đang giữ hồ sơ.", "Nobody holds the file in this state.")
_HOLD = Text("Ghi holder cho trạng thái.", "Name a holder for the state.")
_HELPLESS = Text(
    "{holder} giữ hồ sơ nhưng không có bước nào để làm.", "{holder} holds the file but may take no step."
)
_LET_MOVE = Text("Giao một bước cho người giữ hồ sơ.", "Let the holder take a step from here.")
_NO_TIME = Text("Thời hạn cần within > 0, after và until.", "A deadline needs within > 0, after and until.")
_GIVE_TIME = Text("Ghi đủ ba giá trị.", "Give all three.")
_UNCLOCKED = Text(
    "Hồ sơ chờ cơ quan ở đây mà không có thời hạn.", "The file waits for the agency here without a deadline."
)
_CLOCK_IT = Text("Thêm một thời hạn chạy qua trạng thái này.", "Add a deadline that runs through this state.")
