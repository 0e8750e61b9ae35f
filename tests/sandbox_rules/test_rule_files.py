"""The shipped files: in force, pinned, sourced; and the commands that show them."""

from __future__ import annotations

import re
import runpy
import shutil
import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

import sandbox_rules
from sandbox_rules import Pin, Programme, Programmes, Text, load
from sandbox_rules.__main__ import main
from sandbox_rules.checks import cited
from sandbox_rules.graph import graph_of
from sandbox_rules.lines import line_of
from sandbox_rules.pages import page_of, table_of
from sandbox_rules.pins import add_pins, broken_pins, pins_of, read_pins
from sandbox_rules.schema import Source

SOUND = Path(__file__).parent / "sound"
CHANGED = (
    "vn-xx-1/2026-01-01.toml: a released file was changed. "
    "Mend: restore it and write a new file with a new date."
)
ROOT = Path(sandbox_rules.__file__).parent


def test_the_file_in_force_is_that_of_the_day(hp: Programme, programmes: Programmes) -> None:
    newer = msgspec.structs.replace(hp, in_force=date(2026, 7, 1))
    both = Programmes([newer, hp])
    days = [date(2026, 1, 15), date(2026, 6, 30), date(2026, 7, 1)]
    assert [both.in_force(hp.key, day).in_force for day in days] == [
        hp.in_force,
        hp.in_force,
        date(2026, 7, 1),
    ]
    assert both.all() == [hp, newer]
    assert programmes.pinned(hp.pin) is hp


@pytest.mark.parametrize(("key", "day"), [("vn-hp-248", date(2026, 1, 14)), ("vn-zz", date(2026, 3, 1))])
def test_before_its_day_a_programme_is_not_in_force(programmes: Programmes, key: str, day: date) -> None:
    with pytest.raises(LookupError, match=f"no programme '{key}' in force on {day}"):
        programmes.in_force(key, day)


def test_a_pin_of_other_bytes_is_not_found(hp: Programme, programmes: Programmes) -> None:
    with pytest.raises(LookupError, match="with hash 000000000000"):
        programmes.pinned(Pin(hp.key, hp.in_force, "0" * 64))


def test_released_files_have_not_changed(programmes: Programmes) -> None:
    assert read_pins() == pins_of(programmes.all())
    assert broken_pins(programmes.all()) == []


def test_a_changed_file_breaks_its_pin_and_is_not_pinned_again(
    tmp_path: Path, programmes: Programmes
) -> None:
    pins = tmp_path / "PINS"
    assert broken_pins(programmes.all(), pins) == []
    assert add_pins(programmes.all(), pins) == list(pins_of(programmes.all()))
    changed = [
        msgspec.structs.replace(one, pin=Pin(one.key, one.in_force, "0" * 64)) for one in programmes.all()
    ]
    assert add_pins(changed, pins) == []
    assert broken_pins(changed, pins) == sorted(pins_of(changed))
    assert broken_pins([], pins) == sorted(pins_of(changed))


@pytest.mark.parametrize(
    ("changes", "status", "confirmed"),
    [
        ({"checked_on": date(2026, 1, 1)}, "seen", True),
        ({"secondhand": True}, "secondhand", False),
        ({}, "to_confirm", False),
    ],
)
def test_a_source_says_whether_it_was_read(changes: dict[str, object], status: str, confirmed: bool) -> None:
    source = Source(key="x", title=Text("Luật", "Law"), **changes)  # type: ignore[arg-type]
    assert (source.status, source.confirmed) == (status, confirmed)


def test_every_time_limit_and_threshold_nobody_read_is_to_confirm(hp: Programme) -> None:
    values = [*hp.deadlines.values(), *hp.reports.values(), hp.appraisal, hp.retention]
    assert {hp.sources[one.source].status for one in values if one} == {"to_confirm"}


def test_every_file_that_can_be_read_against_the_gazette_says_which_text(programmes: Programmes) -> None:
    assert {one.sources[one.source].key for one in programmes.all()} == {
        "qd_248", "nd_142", "nd_94", "nd_353", "nd_169",
    }  # fmt: skip


def test_every_value_of_law_names_a_source_that_exists(programmes: Programmes) -> None:
    for programme in programmes.all():
        assert {source for _, source in cited(programme)} <= set(programme.sources)


def test_the_line_of_a_quoted_or_dotted_key_is_found() -> None:
    text = '# x\n["a.b"]\nc.d = 1\n[[e]]\nf = 2\n'
    found = [line_of(text, path) for path in ((), ("a.b",), ("a.b", "c", "d"), ("e", "f"), ("z",))]
    assert found == [None, 2, 3, 5, None]


@pytest.mark.parametrize("city", ["ha-noi", "da-nang"])
def test_other_cities_are_pinned_too(city: str) -> None:
    folder = ROOT / "elsewhere" / city
    assert read_pins(folder / "programmes/PINS") == pins_of(load(folder).all())


def test_check_passes_on_the_shipped_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "vn-hp-248 2026-01-15: 9 sources, 8 to confirm\n" in capsys.readouterr().out


def test_check_for_release_lists_unread_values_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--release"]) == 1
    out = capsys.readouterr().out
    assert "  deadlines.appraise: Decision 248/2025/QĐ-UBND, its body\n" in out
    # the title was seen, but no criterion stands in it: each waits for the body
    assert "  eligibility.in_city: Decision 248/2025/QĐ-UBND, its body\n" in out
    assert "Decision 248/2025/QĐ-UBND of 26/12/2025" not in out


def test_check_tells_of_a_broken_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "programmes/vn-zz/2026-01-01.toml"
    path.parent.mkdir(parents=True)
    path.write_text('key = "vn-zz"\nin_force = 2026-01-01\n', "utf-8")
    assert main(["--folder", str(tmp_path), "check"]) == 1
    assert "vn-zz/2026-01-01.toml: (file): Wrong shape:" in capsys.readouterr().err


def test_check_tells_of_a_changed_released_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(SOUND / "programmes", tmp_path / "programmes")
    assert main(["--folder", str(tmp_path), "pin"]) == 0
    path = tmp_path / "programmes/vn-xx-1/2026-01-01.toml"
    path.write_text(path.read_text("utf-8") + "# changed\n", "utf-8")
    assert main(["--folder", str(tmp_path), "check"]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "vn-xx-1/2026-01-01.toml",
        CHANGED,
    ]


def test_show_is_a_page_with_every_criterion_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "vn-hp-248", "--lang", "en"]) == 0
    page = capsys.readouterr().out
    assert "- The trial lasts at most 730 days (`plan.days` at most 730) [qd_248_body]" in page
    assert "- Check the dossier: 3 working days, the officer ‖ Supplement requested [qd_248_body]" in page
    assert "**(to confirm)** — Full text not yet read" in page


def test_show_names_the_authority_of_a_referral(hp: Programme) -> None:
    referral = msgspec.structs.replace(
        hp, referred_to=Text("Ngân hàng Nhà nước", "State Bank"), machines={}, deadlines={}, limits={}
    )
    page = page_of(referral, "en")
    assert "**→ State Bank**" in page
    assert "## Limits" not in page


def test_show_refuses_an_unknown_programme(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "vn-zz", "--on", "2026-03-01"]) == 1
    assert capsys.readouterr().err == "no programme 'vn-zz' in force on 2026-03-01\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--folder", "nowhere", "check"], "no rule file in nowhere/programmes"),
        (["graph", "vn-hp-248", "--machine", "x"], "no machine 'x'; there are: application, trial, "),
        (["diff", "old.toml", "new.toml"], "No such file or directory: 'old.toml'"),
    ],
)
def test_what_is_not_there_is_named(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    assert says in capsys.readouterr().err


def test_the_table_is_printed_as_it_is_stored(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "vn-hp-248"]) == 0
    assert capsys.readouterr().out == (ROOT / "programmes/vn-hp-248/2026-01-15.md").read_text("utf-8")


@pytest.mark.parametrize("base", [ROOT, *sorted((ROOT / "elsewhere").iterdir())], ids=lambda base: base.name)
def test_every_programme_has_its_table_stored_beside_it(base: Path) -> None:
    for programme in load(base).all():
        stored = base / "programmes" / programme.key / f"{programme.in_force}.md"
        assert stored.read_text("utf-8") == f"{table_of(programme, 'vi')}\n"


def test_the_commands_run_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sandbox_rules", "check"])
    monkeypatch.delitem(sys.modules, "sandbox_rules.__main__")
    with pytest.raises(SystemExit) as end:
        runpy.run_module("sandbox_rules", run_name="__main__")
    assert end.value.code == 0


def test_a_drawing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "vn-hp-248", "--machine", "trial", "--lang", "en"]) == 0
    assert "<title>Trial</title>" in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_drawings_hold_every_state_and_step_and_nothing_overlaps(programmes: Programmes, lang: str) -> None:
    for programme in programmes.all():
        for machine in programme.machines.values():
            root = ElementTree.fromstring(graph_of(machine, lang))  # noqa: S314, our own drawing
            texts = [one for one in root.iter() if one.tag.endswith("text")]
            assert len(texts) >= len(machine.states) + len(machine.transitions)
            boxes = [_box(one) for one in texts]
            clashes = [(a, b) for at, a in enumerate(boxes) for b in boxes[at + 1 :] if _meet(a, b)]
            assert clashes == []
            assert "style" not in re.findall(r"[\w-]+(?==)", ElementTree.tostring(root, "unicode"))


def test_a_step_is_drawn_from_each_state_it_leaves_and_as_a_bow_where_it_stays(
    programmes: Programmes,
) -> None:
    for programme in programmes.all():
        for machine in programme.machines.values():
            root = ElementTree.fromstring(graph_of(machine, "en"))  # noqa: S314, our own drawing
            names = [one.tag.rpartition("}")[2] for one in root.iter()]
            steps = machine.transitions.values()
            assert names.count("circle") == sum(len(step.at) for step in steps)
            assert names.count("path") == sum(step.to in step.at for step in steps)
    assert names.count("polygon") == len(steps)


def _box(text: ElementTree.Element) -> tuple[float, float, float, float]:
    """The place of a line of text, at 6.2 units a letter and 12 high."""
    width = 6.2 * len(text.text or "")
    x, y = float(text.attrib["x"]), float(text.attrib["y"])
    return x - width / 2, y - 10, x + width / 2, y + 2


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
