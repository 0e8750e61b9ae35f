"""The command line of the rule files: ``python -m sandbox_rules check | show | diff | simulate | …``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from sandbox_rules.calendars import calendar_of
from sandbox_rules.checks import cited
from sandbox_rules.diff import diff, report_of
from sandbox_rules.errors import RuleFileError
from sandbox_rules.graph import graph_of
from sandbox_rules.loader import HERE, Programmes, load, read_facts, read_programme
from sandbox_rules.pages import page_of, table_of
from sandbox_rules.pins import add_pins, broken_pins
from sandbox_rules.programme import Programme
from sandbox_rules.simulate import PastCase, simulate

Command = Callable[[argparse.Namespace, Programmes], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 when a file may not be used as asked."""
    options = _parser().parse_args(arguments)
    command: Command = options.run
    try:
        return command(options, load(options.folder))
    except (RuleFileError, LookupError, OSError, msgspec.DecodeError, UnicodeDecodeError) as fault:
        print(fault, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox_rules", description=__doc__)
    parser.add_argument("--folder", type=Path, default=None, help="where programmes/<key>/<date>.toml are")
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="judge every file")
    check.add_argument("--release", action="store_true", help="refuse files with values nobody has read")
    check.set_defaults(run=_check)
    for name, run, text in (
        ("show", _show, "a programme as a Markdown page"),
        ("table", _table, "who may take which step in which state"),
        ("graph", _graph, "a machine as SVG"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("key")
        command.add_argument("--on", type=date.fromisoformat, default=date.max, help="in force on this day")
        command.add_argument("--lang", choices=("vi", "en"), default="vi")
        command.set_defaults(run=run)
        if name == "graph":
            command.add_argument("--machine", default="application")
    new = commands.add_parser("new", help="a commented skeleton of a rule file")
    new.add_argument("key")
    new.add_argument("in_force", type=date.fromisoformat)
    new.set_defaults(run=_new)
    changes = commands.add_parser("diff", help="what a new file changes, for whom, in words")
    changes.add_argument("old", type=Path)
    changes.add_argument("new", type=Path)
    changes.add_argument("--lang", choices=("vi", "en"), default="vi")
    changes.set_defaults(run=_diff)
    replay = commands.add_parser("simulate", help="past cases replayed under a new file")
    replay.add_argument("new", type=Path)
    replay.add_argument("--cases", type=Path, required=True, help="one case a line, as JSON")
    replay.set_defaults(run=_simulate)
    commands.add_parser("pin", help="write down the hashes of new files").set_defaults(run=_pin)
    return parser


def _check(options: argparse.Namespace, programmes: Programmes) -> int:
    if not programmes.all():
        raise LookupError(f"no rule file in {options.folder / 'programmes'}")
    changed = broken_pins(programmes.all(), (options.folder or HERE) / "programmes" / "PINS")
    for file in changed:
        print(f"{file}: a released file was changed. Mend: restore it and write a new file with a new date.")
    unread = 0
    for one in programmes.all():
        print(f"{one.key} {one.in_force}: {len(one.sources)} sources, {len(one.unread)} to confirm")
        if options.release:
            unread += len(one.unread)
            for path, source in cited(one):
                if source in one.unread:
                    print(f"  {path}: {one.sources[source].title.en}")
    return 1 if changed or unread else 0


def _show(options: argparse.Namespace, programmes: Programmes) -> int:
    print(page_of(_chosen(options, programmes), options.lang))
    return 0


def _table(options: argparse.Namespace, programmes: Programmes) -> int:
    print(table_of(_chosen(options, programmes), options.lang))
    return 0


def _graph(options: argparse.Namespace, programmes: Programmes) -> int:
    machines = _chosen(options, programmes).machines
    if options.machine not in machines:
        raise LookupError(f"no machine {options.machine!r}; there are: {', '.join(machines)}")
    print(graph_of(machines[options.machine], options.lang))
    return 0


def _pin(options: argparse.Namespace, programmes: Programmes) -> int:
    for file in add_pins(programmes.all(), (options.folder or HERE) / "programmes" / "PINS"):
        print(file)
    return 0


def _new(options: argparse.Namespace, programmes: Programmes) -> int:
    text = (HERE / "skeleton.toml").read_text("utf-8")
    print(text.replace("KEY", options.key).replace("DATE", options.in_force.isoformat()), end="")
    return 0


def _diff(options: argparse.Namespace, programmes: Programmes) -> int:
    print(report_of(diff(_read(options.old), _read(options.new)), options.lang), end="")
    return 0


def _simulate(options: argparse.Namespace, programmes: Programmes) -> int:
    new = _read(options.new)
    lines = options.cases.read_bytes().splitlines()
    cases = [msgspec.json.decode(line, type=PastCase) for line in lines if line.strip()]
    result = simulate(cases, new, programmes, calendar_of(new.calendar))
    print(f"{result.cases} cases, {result.changed} change")
    for what, count in result.counts.items():
        print(f"  {what}: {count}")
    for one in result.effects:
        print(f"{one.case}: {one.what} {one.key}: {one.old} -> {one.new}")
    return 0


def _read(path: Path) -> Programme:
    return read_programme(path, read_facts(HERE / "facts.toml"))


def _chosen(options: argparse.Namespace, programmes: Programmes) -> Programme:
    return programmes.in_force(options.key, options.on)


if __name__ == "__main__":
    sys.exit(main())
