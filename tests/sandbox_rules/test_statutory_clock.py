"""What holds for every history of a case, whatever happened in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox_rules import Calendar, Clock, Deadline, Event, Programme, Replay, calendar_of, clock, load

HP = load().in_force("vn-hp-248", date(2026, 3, 1))
VN = calendar_of("VN")
QUICK = settings(deadline=None, max_examples=60)
MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)


def _with(unit: str, within: int, **changes: object) -> Programme:
    """The city's programme with nothing but its check of the dossier, in another unit."""
    rule = msgspec.structs.replace(HP.deadlines["check_dossier"], unit=unit, within=within, **changes)
    return msgspec.structs.replace(HP, deadlines={"check_dossier": rule})


UNITS = [_with("working_day", 3), _with("day", 5), _with("hour", 72), HP]


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """A walk through the application's machine with any time between steps."""
    machine = HP.machines["application"]
    state, at, events = machine.start, MONDAY, []
    for _ in range(draw(st.integers(1, 14))):
        steps = [step for step in machine.transitions.values() if state in step.at and step.key != "withdraw"]
        steps = steps or [machine.transitions["withdraw"]]
        if machine.states[state].closed:
            break
        step = draw(st.sampled_from(steps))
        at += timedelta(minutes=draw(st.integers(0, 60 * 24 * 9)))
        events.append(Event(at, step.key))
        state = step.to
    return events


MOMENTS = st.integers(0, 60 * 24 * 200).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
PROGRAMMES = st.sampled_from(UNITS)


@QUICK
@given(PROGRAMMES, histories(), st.integers(0, 14), MOMENTS)
def test_replay_in_any_batching_is_the_same(
    programme: Programme, events: list[Event], cut: int, late: datetime
) -> None:
    now = max(late, events[-1].at)
    replay = Replay(programme, VN)
    replay.feed(events[:cut])
    replay.read(now)
    replay.feed(events[cut:])
    assert replay.read(now) == clock(events, programme, VN, now)


@QUICK
@given(PROGRAMMES, histories(), st.randoms(use_true_random=False), MOMENTS)
def test_the_order_in_which_events_are_handed_over_does_not_matter(
    programme: Programme, events: list[Event], random: object, now: datetime
) -> None:
    apart = [Event(event.at + timedelta(seconds=at), event.transition) for at, event in enumerate(events)]
    shuffled = list(apart)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert clock(shuffled, programme, VN, now) == clock(apart, programme, VN, now)


@QUICK
@given(PROGRAMMES, histories(), MOMENTS)
def test_a_later_event_never_changes_what_was_due_before(
    programme: Programme, events: list[Event], now: datetime
) -> None:
    before = [event for event in events if event.at <= now]
    assert clock(events, programme, VN, now) == clock(before, programme, VN, now)


@QUICK
@given(PROGRAMMES, histories(), MOMENTS)
def test_used_and_left_make_the_limit_and_days_add_up(
    programme: Programme, events: list[Event], now: datetime
) -> None:
    for one in clock(events, programme, VN, now):
        assert one.used + one.left == one.limit
        end = one.ended_at or now
        days = _days(one, one.started_at, end)
        assert one.agency_days + one.applicant_days == days
        assert one.agency_days >= 0 <= one.applicant_days
        stopped = sum(stop.days for stop in one.stops)
        if one.unit != "hour":
            assert one.used == (days - stopped if one.state == "missed" else min(days - stopped, one.limit))
        assert one.left >= 0 or one.state == "missed"


def _days(one: Clock, start: datetime, end: datetime) -> int:
    first, last = ((at + timedelta(hours=7)).date() for at in (start, end))
    return VN.working_days_between(first, last) if one.unit == "working_day" else (last - first).days


@QUICK
@given(PROGRAMMES, histories())
def test_a_stop_never_shortens_a_due_date(programme: Programme, events: list[Event]) -> None:
    dues: dict[tuple[str, int], list[datetime]] = {}
    for event in events:
        for one in clock(events, programme, VN, event.at):
            if one.due_at:
                dues.setdefault((one.key, one.round), []).append(one.due_at)
    for row in dues.values():
        assert all(earlier <= later for earlier, later in pairwise(row))


@QUICK
@given(PROGRAMMES, histories(), MOMENTS, st.integers(0, 100))
def test_a_missed_deadline_stays_missed(
    programme: Programme, events: list[Event], now: datetime, days: int
) -> None:
    later = {(one.key, one.round): one for one in clock(events, programme, VN, now + timedelta(days=days))}
    for one in clock(events, programme, VN, now):
        if one.state == "missed":
            after = later[one.key, one.round]
            assert (after.state, after.due_at) == ("missed", one.due_at)


def test_thousands_of_supplement_rounds_do_not_break_it(vn: Calendar) -> None:
    events, at = [Event(MONDAY, "submit")], MONDAY
    for _ in range(5000):
        events += [Event(at, "request_supplement"), Event(at + timedelta(minutes=30), "resubmit")]
        at += timedelta(hours=1)
    clocks = {one.key: one for one in clock(events, HP, vn, at) if one.round == 1}
    check = clocks["check_dossier"]
    assert (len(check.stops), check.state) == (5000, "missed")
    assert check.used + check.left == 3


def test_hours_run_through_nights_and_tet(vn: Calendar) -> None:
    start = datetime(2026, 2, 13, 10, 15, tzinfo=UTC)
    (one,) = clock([Event(start, "submit")], _with("hour", 72), vn, start + timedelta(hours=71, minutes=59))
    assert (one.state, one.used, one.left) == ("running", 71, 1)
    assert one.due_at == datetime(2026, 2, 16, 10, 15, tzinfo=UTC)
    (one,) = clock([Event(start, "submit")], _with("hour", 72), vn, start + timedelta(hours=72, seconds=1))
    assert (one.state, one.used, one.left, one.due_on) == ("missed", 72, 0, date(2026, 2, 16))


def test_the_last_moment_of_the_due_day_is_still_in_time(vn: Calendar) -> None:
    last = datetime(2026, 3, 5, 16, 59, 59, tzinfo=UTC)  # one second before midnight in Hải Phòng
    events = [Event(MONDAY, "submit")]
    states = [clock(events, HP, vn, now)[0].state for now in (last, last + timedelta(seconds=1))]
    assert states == ["running", "missed"]


EXTENDED = {"request_supplement": 2, "resubmit": 4}


@pytest.mark.parametrize(
    ("days", "limit", "due"),
    [
        ([], 3, date(2026, 3, 5)),
        ([3], 5, None),
        ([3, 4], 9, date(2026, 3, 16)),
        ([9], 3, date(2026, 3, 5)),
    ],
    ids=["not extended", "while stopped", "twice", "too late"],
)
def test_an_extension_adds_time_only_before_it_has_run_out(
    vn: Calendar, days: list[int], limit: int, due: date | None
) -> None:
    steps = zip(("request_supplement", "resubmit"), days, strict=False)
    events = [Event(MONDAY, "submit"), *(Event(MONDAY.replace(day=day), key) for key, day in steps)]
    (one,) = clock(events, _with("working_day", 3, extensions=EXTENDED), vn, MONDAY.replace(day=10))
    assert (one.limit, one.due_on) == (limit, due)


def test_an_extension_while_running_moves_the_due_date(vn: Calendar) -> None:
    rule = _with("working_day", 3, extensions=EXTENDED, paused_at=())
    events = [Event(MONDAY, "submit"), Event(MONDAY.replace(day=3), "request_supplement")]
    (one,) = clock(events, rule, vn, MONDAY.replace(day=4))
    assert (one.limit, one.due_on, one.stops) == (5, date(2026, 3, 9), ())


def test_a_stop_with_the_agency_counts_as_agency_days(vn: Calendar) -> None:
    rule = _with("working_day", 3, paused_at=("accepted",), until=("conclude_appraisal",))
    events = [Event(MONDAY, "submit"), Event(MONDAY.replace(day=3), "accept")]
    (one,) = clock(events, rule, vn, MONDAY.replace(day=6))
    assert (one.state, one.used, one.agency_days, one.applicant_days) == ("stopped", 1, 4, 0)
    assert [(stop.cause, stop.holder, stop.days, stop.until) for stop in one.stops] == [
        ("accept", "appraiser", 3, None)
    ]


def test_a_deadline_met_while_stopped_is_met(vn: Calendar) -> None:
    rule = _with("working_day", 3, until=("withdraw",))
    events = [
        Event(MONDAY, "submit"),
        Event(MONDAY.replace(day=3), "request_supplement"),
        Event(MONDAY.replace(day=20), "withdraw"),
    ]
    (one,) = clock(events, rule, vn, MONDAY.replace(day=25))
    assert (one.state, one.due_on, one.used, one.applicant_days) == ("met", None, 1, 13)


def test_a_deadline_that_runs_is_not_started_again(vn: Calendar) -> None:
    rule = _with("working_day", 3, after=("submit", "request_supplement"), paused_at=())
    events = [Event(MONDAY, "submit"), Event(MONDAY.replace(day=3), "request_supplement")]
    assert [one.round for one in clock(events, rule, vn, MONDAY.replace(day=4))] == [1]


def test_a_due_date_in_a_year_without_decree_is_provisional(vn: Calendar) -> None:
    events = [Event(datetime(2026, 12, 30, 3, tzinfo=UTC), "submit")]
    check = clock(events, HP, vn, datetime(2026, 12, 30, 4, tzinfo=UTC))[0]
    assert (check.due_on, check.provisional) == (date(2027, 1, 5), True)
    assert check.calendar == vn.version


def test_a_transition_of_another_machine_is_refused(vn: Calendar) -> None:
    with pytest.raises(ValueError, match="no transition 'suspend'"):
        clock([Event(MONDAY, "suspend")], HP, vn, MONDAY)


def test_every_clock_carries_its_source(vn: Calendar) -> None:
    events = [Event(MONDAY, "submit")]
    rules: dict[str, Deadline] = HP.deadlines
    for one in clock(events, HP, vn, MONDAY):
        assert one.source == HP.sources[rules[one.key].source]
