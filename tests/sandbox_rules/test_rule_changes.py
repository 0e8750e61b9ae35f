"""A new rule file against the old one: what changes for whom, and for which past cases."""

from __future__ import annotations

import inspect
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

import sandbox_rules
from sandbox_rules import (
    Calendar,
    Effect,
    Event,
    PastCase,
    Programme,
    Programmes,
    diff,
    load,
    schema,
    simulate,
)
from sandbox_rules.__main__ import main
from sandbox_rules.diff import report_of
from sandbox_rules.loader import read_facts, read_programme
from sandbox_rules.words import FIELDS, NOT_LAW

ROOT = Path(sandbox_rules.__file__).parent
OLD = ROOT / "programmes/vn-hp-248/2026-01-15.toml"
SAFETY = 'weight = {}\nanchors = [\n  {{mark = 1, means = {{vi = "Rủi ro'
MAP = """[documents.map]
label = {vi = "Bản đồ", en = "Map"}
hint = {vi = "Khu vực.", en = "Area."}
required = true
source = "qd_248_body"

"""
EDITS = {
    'within = 15\nunit = "working_day"': 'within = 10\nunit = "working_day"',
    "value = 730": "value = 365",
    "weight = 0.2\nanchors": "weight = 0.3\nanchors",
    SAFETY.format("0.3"): SAFETY.format("0.2"),
    "[documents.other]\n": MAP + "[documents.other]\n",
    'by = ["officer", "appraiser"]': 'by = ["appraiser"]',
}


@pytest.fixture
def new_file(tmp_path: Path) -> Path:
    """The city's file with six edits, in force a year later."""
    text = OLD.read_text("utf-8").replace("2026-01-15", "2027-01-15")
    for old, new in EDITS.items():
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "programmes/vn-hp-248/2027-01-15.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def new(new_file: Path) -> Programme:
    return read_programme(new_file, read_facts(ROOT / "facts.toml"))


def test_a_difference_is_told_in_words_with_whom_it_touches(hp: Programme, new: Programme) -> None:
    assert [(".".join(one.path), one.kind, one.whom, one.text.en) for one in diff(hp, new)] == [
        ("eligibility.duration.value", "changed", ("applicant",),
         "Criterion “The trial lasts at most 730 days”: value from “730” to “365”."),
        ("documents.map", "added", ("applicant",), "Added: Document “Map”."),
        ("machines.application.transitions.conclude_appraisal.by", "changed", ("appraiser",),
         "Step “Conclude the appraisal”: who may from “officer, appraiser” to “appraiser”."),
        ("deadlines.appraise.within", "changed", ("appraiser",),
         "Deadline “Appraisal”: time from “15” to “10”."),
        ("appraisal.criteria.novelty.weight", "changed", ("appraiser",),
         "Appraisal criterion “Novelty”: weight from “0.2” to “0.3”."),
        ("appraisal.criteria.safety.weight", "changed", ("appraiser",),
         "Appraisal criterion “Safety and protection of people”: weight from “0.3” to “0.2”."),
    ]  # fmt: skip


def test_what_is_taken_away_is_told(hp: Programme, new: Programme) -> None:
    removed = [one.text.vi for one in diff(new, hp) if one.kind == "removed"]
    assert removed == ["Bỏ Tài liệu “Bản đồ”."]
    without = msgspec.structs.replace(hp, appraisal=None, retention=None)
    assert [one.text.en for one in diff(hp, without)] == [
        "Removed: Appraisal “Appraisal council”.",
        "Removed: Retention “retention”.",
    ]
    assert [one.kind for one in diff(without, hp)] == ["added", "added"]


def _changed(hp: Programme, table: str, key: str, **changes: Any) -> list[str]:
    entry = msgspec.structs.replace(getattr(hp, table)[key], **changes)
    new = msgspec.structs.replace(hp, **{table: getattr(hp, table) | {key: entry}})
    return [f"{one.whom[0]}: {one.text.en}" for one in diff(hp, new)]


def test_single_values_are_told(hp: Programme) -> None:
    assert _changed(hp, "deadlines", "appraise", extensions={"propose": 5}) == [
        "officer: Added: Extension “propose”."
    ]
    assert _changed(hp, "documents", "trial_plan", required=False) == [
        "applicant: Document “Trial plan”: required from “yes” to “no”."
    ]
    assert _changed(hp, "sources", "one_stop", secondhand=False) == [
        f"officer: Source “{hp.sources['one_stop'].title.en}”: from a condensed copy from “yes” to “no”."
    ]
    assert _changed(hp, "deadlines", "appraise", service_target=None) == [
        "appraiser: Deadline “Appraisal”: service target from “12” to “none”."
    ]


def test_numbers_and_texts_in_named_tables_are_told(hp: Programme) -> None:
    longer = msgspec.structs.replace(hp.deadlines["appraise"], extensions={"propose": 5})
    old = msgspec.structs.replace(hp, deadlines={"appraise": longer})
    new = msgspec.structs.replace(
        hp, deadlines={"appraise": msgspec.structs.replace(longer, extensions={"propose": 6})}
    )
    assert [one.text.en for one in diff(old, new)] == ["Extension “propose”: value from “5” to “6”."]
    assert diff(old, old) == []


def test_states_touch_whoever_holds_the_file(hp: Programme) -> None:
    machine = hp.machines["application"]
    label = sandbox_rules.Text("Khác", "Other")
    states = {
        key: msgspec.structs.replace(state, next=label) if key in ("submitted", "granted") else state
        for key, state in machine.states.items()
    }
    changed = msgspec.structs.replace(
        hp, machines=hp.machines | {"application": msgspec.structs.replace(machine, states=states)}
    )
    assert [one.whom for one in diff(hp, changed)] == [("officer",), ("applicant",)]


def test_a_report_groups_changes_by_role(hp: Programme, new: Programme) -> None:
    report = report_of(diff(hp, new), "en")
    assert [line for line in report.splitlines() if line.startswith("## ")] == [
        "## The applicant", "## An appraiser",
    ]  # fmt: skip
    assert report_of([], "vi") == "Không có thay đổi.\n"


def test_every_field_of_a_rule_file_has_words() -> None:
    structs = [
        one for _, one in inspect.getmembers(schema, inspect.isclass) if issubclass(one, msgspec.Struct)
    ]
    tables = {"fields", "states", "transitions", "criteria", "parameters", "choices", "extensions"}
    other = {"required_when", "waived_when", "sha256", "vi", "en", "mark", "means", "question", "answered_by"}
    names = {name for one in structs for name in one.__struct_fields__} - tables - other - NOT_LAW
    assert names - set(FIELDS) - {"days_between"} == set()


def _moment(day: int) -> datetime:
    return datetime(2026, 3, day, 3, tzinfo=UTC)


def _case(name: str, *steps: tuple[int, str], **changes: Any) -> PastCase:
    events = tuple(Event(_moment(day), step) for day, step in steps)
    given = {"programme": "vn-hp-248", "in_force": date(2026, 3, 1), "now": _moment(31)} | changes
    return PastCase(id=name, events=events, **given)


ANSWERS = {"plan_from": "01/04/2026", "plan_until": "31/12/2027"}
FILLED = ("trial_plan", "technical_description", "risk_assessment")
WAITING = _case("waiting", (2, "submit"), (3, "accept"), documents=(*FILLED, "map"), now=_moment(20))
LONG = _case("long", answers=ANSWERS, documents=FILLED)


def test_past_cases_show_what_would_be_otherwise(
    new: Programme, programmes: Programmes, vn: Calendar
) -> None:
    other = _case("other", programme="vn-ai-142", in_force=date(2026, 6, 1))
    same = _case("same", (2, "submit"), documents=(*FILLED, "map"))
    result = simulate([WAITING, LONG, other, same], new, programmes, vn)
    assert (result.cases, result.changed) == (3, 2)
    assert result.counts == {"due": 1, "outcome": 1, "finding": 1, "document": 1}
    assert list(result.effects) == [
        Effect("waiting", "due", "appraise", "2026-03-24", "2026-03-17"),
        Effect("waiting", "outcome", "appraise", "running", "missed"),
        Effect("long", "finding", "duration", "met", "not_met"),
        Effect("long", "document", "map", "not missing", "missing"),
    ]


def test_a_step_the_new_file_does_not_have_is_told(
    hp: Programme, programmes: Programmes, vn: Calendar
) -> None:
    machine = hp.machines["application"]
    steps = {key: step for key, step in machine.transitions.items() if key != "request_supplement"}
    shorter = msgspec.structs.replace(
        hp, machines=hp.machines | {"application": msgspec.structs.replace(machine, transitions=steps)}
    )
    case = _case("asked", (2, "submit"), (3, "request_supplement"), (4, "resubmit"), documents=FILLED)
    assert simulate([case], shorter, programmes, vn).effects == (
        Effect("asked", "step", "request_supplement", "allowed", "not allowed"),
    )


def test_rounds_and_stops_are_named(hp: Programme, programmes: Programmes, vn: Calendar) -> None:
    calm = msgspec.structs.replace(hp.deadlines["check_dossier"], paused_at=())
    new = msgspec.structs.replace(hp, deadlines=hp.deadlines | {"check_dossier": calm})
    case = _case("stopped", (2, "submit"), (3, "request_supplement"), documents=FILLED, now=_moment(4))
    assert simulate([case], new, programmes, vn).effects == (
        Effect("stopped", "due", "check_dossier", "stopped", "2026-03-05"),
        Effect("stopped", "outcome", "check_dossier", "stopped", "running"),
    )
    longer = msgspec.structs.replace(hp.deadlines["supplement"], within=20)
    new = msgspec.structs.replace(hp, deadlines=hp.deadlines | {"supplement": longer})
    twice = ((2, "submit"), (3, "request_supplement"), (4, "resubmit"), (5, "request_supplement"))
    effects = simulate([_case("twice", *twice, documents=FILLED)], new, programmes, vn).effects
    assert [one.key for one in effects if one.what == "due"] == ["supplement", "supplement 2"]


def test_the_commands_diff_and_simulate(
    new_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", str(OLD), str(new_file), "--lang", "en"]) == 0
    assert "- Deadline “Appraisal”: time from “15” to “10”.\n" in capsys.readouterr().out
    cases = tmp_path / "cases.jsonl"
    event = {"at": "2026-03-02T03:00:00Z", "transition": "submit"}
    line = {"id": "HP-1", "programme": "vn-hp-248", "in_force": "2026-03-01", "now": "2026-03-31T03:00:00Z"}
    cases.write_text(json.dumps(line | {"events": [event], "documents": FILLED}) + "\n\n", "utf-8")
    assert main(["simulate", str(new_file), "--cases", str(cases)]) == 0
    assert capsys.readouterr().out == (
        "1 cases, 1 change\n  document: 1\nHP-1: document map: not missing -> missing\n"
    )
    cases.write_text("{}\n", "utf-8")
    assert main(["simulate", str(new_file), "--cases", str(cases)]) == 1
    assert "missing required field `id`" in capsys.readouterr().err
    cases.write_bytes(b'{"id": "\xff"}\n')
    assert main(["simulate", str(new_file), "--cases", str(cases)]) == 1
    assert "'utf-8' codec can't decode byte 0xff" in capsys.readouterr().err


def test_the_skeleton_of_a_new_file_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "vn-new", "2027-02-01"]) == 0
    path = tmp_path / "programmes/vn-new/2027-02-01.toml"
    path.parent.mkdir(parents=True)
    path.write_text(capsys.readouterr().out, "utf-8")
    assert [(one.key, one.in_force) for one in load(tmp_path).all()] == [("vn-new", date(2027, 2, 1))]
