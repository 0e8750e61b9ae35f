"""Drawings of the machines and clocks worked out on real days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import msgspec
import pytest

from backend.kit.clock import Frozen, frozen
from backend.programmes import domain, procedure
from sandbox_rules import Programme, calendar_of
from tests.factories.web import Browser


@pytest.fixture
def hp(frozen_clock: Frozen) -> Programme:
    return domain.in_force("vn-hp-248")


def test_the_longest_break_of_the_year_ahead_is_tet(hp: Programme) -> None:
    first, last = procedure.longest_break(calendar_of("VN"), date(2025, 11, 23))
    assert (first, last) == (date(2026, 2, 14), date(2026, 2, 22))


def test_a_dossier_before_tet_is_due_after_it(hp: Programme) -> None:
    example = procedure.examples_of(hp)[0]
    assert example.holiday is not None
    first, last = example.holiday
    vn = calendar_of("VN")
    (handed_in,) = example.steps
    assert handed_in.transition.key == "submit"
    assert vn.working_days_between(handed_in.on, first) == 1  # one working day is left before the break
    assert {one.key: one.due_on for one in example.clocks} == {
        "check_dossier": vn.add_working_days(handed_in.on, 3),
        "decide": vn.add_working_days(handed_in.on, 30),
    }
    assert all(one.due_on is not None and one.due_on > last for one in example.clocks)


def test_the_example_is_handed_in_on_a_working_day_even_when_the_break_begins_on_tuesday() -> None:
    with frozen(datetime(2030, 11, 1, 2, tzinfo=UTC)):
        example = procedure.examples_of(domain.in_force("vn-hp-248"))[0]
    assert example.holiday == (date(2031, 1, 21), date(2031, 1, 27))
    assert example.steps[0].on == date(2031, 1, 17)  # the Friday before


def test_a_supplement_moves_the_due_dates_by_the_days_it_stood_still(hp: Programme) -> None:
    example = procedure.examples_of(hp)[1]
    assert [one.transition.key for one in example.steps] == ["submit", "request_supplement", "resubmit"]
    at_once = {one.key: one.due_on for one in procedure.clocks_if_submitted(hp, example.steps[0].on)}
    vn = calendar_of("VN")
    for one in example.clocks:
        stood = sum(stop.days for stop in one.stops)
        before = at_once[one.key]
        assert (stood > 0, before is not None) == (True, True)
        assert before is not None
        assert one.due_on == vn.add_working_days(before, stood)


def test_a_programme_of_another_authority_has_no_examples(frozen_clock: Frozen) -> None:
    bank = domain.in_force("vn-fin-94")
    assert (procedure.examples_of(bank), procedure.clocks_if_submitted(bank, date(2026, 6, 1))) == ([], [])


def test_without_a_supplement_there_is_one_example(hp: Programme) -> None:
    calm = {key: msgspec.structs.replace(one, paused_at=()) for key, one in hp.deadlines.items()}
    assert len(procedure.examples_of(msgspec.structs.replace(hp, deadlines=calm))) == 1
    assert procedure.examples_of(msgspec.structs.replace(hp, deadlines={})) == []


def test_a_machine_nobody_can_enter_has_no_submission(hp: Programme) -> None:
    machine = hp.machines["application"]
    closed = msgspec.structs.replace(machine, transitions={"withdraw": machine.transitions["withdraw"]})
    assert procedure.submission_of(msgspec.structs.replace(hp, machines={"application": closed})) is None


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_machine_is_drawn_without_style_attributes(hp: Programme, lang: str) -> None:
    drawings = procedure.drawings_of(hp, lang)  # type: ignore[arg-type]
    assert [one.machine.key for one in drawings] == list(hp.machines)
    for one in drawings:
        root = ElementTree.fromstring(one.svg)  # noqa: S314 - our own drawing
        assert (root.get("role"), root.get("aria-label")) == ("img", one.machine.label.of(lang))  # type: ignore[arg-type]
        assert not any("style" in element.attrib for element in root.iter())


async def test_the_page_shows_both(http: Browser, frozen_clock: Frozen) -> None:
    hp = domain.in_force("vn-hp-248")
    text = (await http.get("/programmes/vn-hp-248")).text
    assert text.count("<svg xmlns") == len(hp.machines)
    for example in procedure.examples_of(hp):
        for one in example.clocks:
            assert one.due_on is not None
            assert f"<strong>{one.due_on:%d/%m/%Y}</strong>" in text
