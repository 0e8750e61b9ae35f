"""The statutory clocks of a case in one sentence each: the agency's that counts, and the applicant's own."""

from __future__ import annotations

from collections.abc import Sequence

from backend.applications.slips import UNITS
from backend.kit.text import Text
from sandbox_rules import Clock
from sandbox_rules.schema import AGENCY


def most_urgent(clocks: Sequence[Clock]) -> Clock | None:
    """The agency's clock that counts: running before stopped, the earlier due date first."""
    live = [one for one in clocks if one.ended_at is None and one.owner in AGENCY]
    return min(live, key=lambda one: (is_stopped(one), one.due_on or one.started_on), default=None)


def is_stopped(clock: Clock) -> bool:
    """Whether it stands still now."""
    return bool(clock.stops) and clock.stops[-1].until is None


def clocks_in_words(clocks: Sequence[Clock]) -> Text | None:
    """Which time limits run, how much of each is used, until when, by what source; None if none runs."""
    theirs = [one for one in clocks if one.ended_at is None and one.owner == "applicant"]
    of_whom = [(most_urgent(clocks), _AGENCY), (theirs[-1] if theirs else None, _APPLICANT)]
    said = [_sentence(clock, whose) for clock, whose in of_whom if clock is not None]
    return Text(" ".join(one.vi for one in said), " ".join(one.en for one in said)) if said else None


def _sentence(clock: Clock, whose: Text) -> Text:
    unit, until, title = UNITS[clock.unit], _until(clock), clock.source.title
    mark = Text("", "") if clock.source.confirmed else Text(", cần xác nhận", ", to confirm")
    used = f"{clock.used}/{clock.limit}"
    return Text(
        f"{whose.vi} “{clock.label.vi}”: đã dùng {used} {unit.vi}, {until.vi} (căn cứ: {title.vi}{mark.vi}).",
        f"{whose.en} “{clock.label.en}”: {used} {unit.en} used, {until.en} (source: {title.en}{mark.en}).",
    )


def _until(clock: Clock) -> Text:
    if clock.due_on is None:
        return Text("đang tạm dừng", "stopped for now")
    day = f"{clock.due_on:%d/%m/%Y}"
    if clock.state == "missed":
        return Text(f"đã quá hạn {day}", f"was due {day}")
    return Text(f"hạn cuối {day}", f"due {day}")


_AGENCY = Text("Thời hạn của cơ quan", "The agency's time limit")
_APPLICANT = Text("Thời hạn của bạn theo quy định", "Your time limit by the rules")
