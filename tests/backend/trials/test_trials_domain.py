"""Trials: opened once by a signed grant, moved by their rule file, closed to whom they do not concern."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest

from backend.accounts.schemas import Actor, Role
from backend.applications.errors import RuleSaysNo
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.ports.wiring import null_ports, using
from backend.programmes import domain as programmes
from backend.trials import domain, queries
from backend.trials.labels import field_label, labels, running_states, tone_of
from backend.trials.schemas import Filters, Trial
from tests.factories.applications import ANSWERS, Cast, as_of_now, make_cast, make_submitted
from tests.factories.trials import GRANT, make_granted, make_trial
from tests.factories.web import make_actor


async def test_a_signed_grant_opens_a_trial_with_what_the_decision_set(cast: Cast, trial: Trial) -> None:
    assert (trial.number, trial.state, trial.title) == (
        "TN-2026-00001",
        "preparing",
        ANSWERS["solution_name"],
    )
    assert (trial.starts_on, trial.ends_on) == (date(2027, 3, 1), date(2027, 8, 31))
    assert {"users": 40, "area_km2": 1.5}.items() <= trial.limits.items()
    assert [one.key for one in trial.conditions] == ["limits", "reporting"]
    assert trial.exemptions == GRANT.exemptions
    assert (trial.organisation_id, trial.organisation_name) == (cast.company.id, cast.company.name)
    assert (trial.field, trial.place, trial.ward) == ("logistics", ANSWERS["plan_place"], "đặc khu Cát Hải")


async def test_only_what_the_rule_file_makes_public_goes_over(trial: Trial) -> None:
    fields = programmes.pinned(trial.pin).fields
    secret = {key for key in ANSWERS if not fields[key].public}
    assert {"contact_name", "team", "exemption_asked"} <= secret  # there is something to hide
    assert set(trial.public) == set(ANSWERS) - secret


async def test_a_grant_opened_twice_is_one_trial(cast: Cast, trial: Trial) -> None:
    await domain.open_trial({"application": str(trial.application_id)})
    assert await domain.trial_of(trial.application_id) == trial
    assert [one.tag for one in await audit.entries(trial.id)] == ["trial:opened"]


async def test_a_case_without_signed_grant_opens_nothing(cast: Cast) -> None:
    case = await make_submitted(cast)
    with pytest.raises(LookupError, match="no signed grant"):
        await domain.open_trial({"application": str(case.id)})
    assert await domain.trial_of(case.id) is None


async def test_a_field_without_answer_is_empty(cast: Cast) -> None:
    programme = programmes.in_force("vn-hp-248")
    bare = msgspec.structs.replace(programme, sections={})
    assert domain._answer_to(bare, {"solution_field": "ai"}, "solution.field") == ""


@pytest.mark.parametrize(
    ("place", "ward"),
    [
        ("Bến 5, Phường Hải An", "Phường Hải An"),
        ("xã Thủy Nguyên", "xã Thủy Nguyên"),
        ("Khu công nghiệp Đình Vũ", ""),
        ("", ""),
    ],
)
def test_the_ward_is_the_part_of_the_place_that_names_one(place: str, ward: str) -> None:
    assert domain.ward_of(place) == ward


# Steps


async def test_a_trial_goes_the_way_of_its_rule_file(cast: Cast, trial: Trial, supervisor: Actor) -> None:
    started = await domain.move_trial(cast.hoa, trial.id, "start")
    suspended = await domain.move_trial(supervisor, trial.id, "suspend", "  Vượt tốc độ.  ")
    resumed = await domain.move_trial(cast.authority, trial.id, "resume", "Đã khắc phục.")
    ended = await domain.move_trial(cast.hoa, trial.id, "end")
    states = [one.state for one in (started, suspended, resumed, ended)]
    assert states == ["running", "suspended", "running", "ended"]
    lines = [
        (one.actor, one.data.get("transition"), one.data.get("reason"))
        for one in await audit.entries(trial.id)
    ]
    assert lines == [
        (None, None, None),
        (cast.hoa.id, "start", None),
        (supervisor.id, "suspend", "Vượt tốc độ."),
        (cast.authority.id, "resume", "Đã khắc phục."),
        (cast.hoa.id, "end", None),
    ]
    assert await audit.verify(trial.id) is None


async def test_a_step_that_asks_for_a_reason_is_not_taken_without_one(
    trial: Trial, supervisor: Actor
) -> None:
    with pytest.raises(Invalid) as refused:
        await domain.move_trial(supervisor, trial.id, "revoke", "   ")
    assert list(refused.value.fields) == ["reason"]
    assert (await domain.get_trial(supervisor, trial.id)).state == "preparing"


async def test_a_step_the_state_does_not_allow_is_refused_with_its_source(
    trial: Trial, supervisor: Actor
) -> None:
    with pytest.raises(RuleSaysNo) as refused:
        await domain.move_trial(supervisor, trial.id, "resume", "Vì sao không.")
    assert (refused.value.refusal, bool(refused.value.source)) == ("not_at_this_state", True)


async def test_steps_of_others_are_as_if_they_did_not_exist(
    cast: Cast, trial: Trial, supervisor: Actor
) -> None:
    for actor, transition in (
        (cast.hoa, "revoke"),
        (cast.officer, "start"),
        (cast.auditor, "start"),
        (cast.stranger, "start"),
        (cast.admin, "start"),
        (supervisor, "no_such_step"),
    ):
        with pytest.raises(NotFound):
            await domain.move_trial(actor, trial.id, transition, "lý do")
    assert [one.tag for one in await audit.entries(trial.id)] == ["trial:opened"]


async def test_a_member_of_the_company_is_its_participant_alone_whatever_roles_the_account_has(
    cast: Cast, trial: Trial
) -> None:
    insider = await make_actor(Role.SUPERVISOR, organisations=[cast.company.id])
    assert domain.roles_on(insider, trial) == frozenset({"participant"})
    with pytest.raises(NotFound):
        await domain.move_trial(insider, trial.id, "revoke", "Tôi muốn thế.")


async def test_the_steps_shown_are_the_steps_one_may_take(
    cast: Cast, trial: Trial, supervisor: Actor
) -> None:
    def open_to(actor: Actor) -> list[str]:
        return [step.key for step in domain.steps_of(actor, trial)]

    assert open_to(cast.hoa) == ["start"]
    assert open_to(supervisor) == ["start", "revoke"]
    assert open_to(cast.authority) == ["revoke"]
    assert open_to(cast.officer) == open_to(cast.auditor) == open_to(cast.stranger) == []


async def test_of_two_who_take_a_step_at_once_one_does(committed_db: str) -> None:
    with using(null_ports()):
        cast = await make_cast()
        trial = await make_trial(cast)
        outcomes = await asyncio.gather(
            *(domain.move_trial(actor, trial.id, "start") for actor in (cast.hoa, cast.binh)),
            return_exceptions=True,
        )
    said = sorted(type(one).__name__ for one in outcomes)
    assert said in (["Conflict", "Trial"], ["RuleSaysNo", "Trial"])
    assert len(await audit.entries(trial.id)) == 2


async def test_who_judged_an_older_state_is_told_that_someone_was_faster(
    cast: Cast, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> bool:
        return False

    monkeypatch.setattr(queries, "set_state", gone)
    with pytest.raises(Conflict):
        await domain.move_trial(cast.hoa, trial.id, "start")


# Who reads what


async def test_a_trial_is_open_to_its_people_and_to_those_who_supervise(
    cast: Cast, trial: Trial, supervisor: Actor
) -> None:
    for actor in (cast.hoa, cast.binh, cast.officer, cast.authority, cast.auditor, supervisor):
        assert await domain.get_trial(actor, trial.id) == trial
    for actor in (cast.stranger, cast.admin, await make_actor(Role.APPRAISER)):
        with pytest.raises(NotFound):
            await domain.get_trial(actor, trial.id)
    with pytest.raises(NotFound):
        await domain.get_trial(supervisor, uuid4())


async def test_the_first_to_end_is_on_top_of_the_list(cast: Cast, trial: Trial, supervisor: Actor) -> None:
    sooner = msgspec.structs.replace(GRANT, ends_on=date(2027, 4, 1))
    other = await make_trial(cast, sooner, solution_name="Cảm biến bán dẫn", plan_place="Phường Hải An")
    found = await domain.list_trials(supervisor, Filters())
    assert ([one.id for one in found.items], found.total) == ([other.id, trial.id], 2)
    assert [one.id for one in await domain.list_mine(cast.binh)] == [other.id, trial.id]
    assert await domain.list_mine(cast.officer) == []
    with pytest.raises(NotFound):
        await domain.list_trials(await as_of_now(cast.hoa), Filters())


# Rules in use


async def test_limits_without_reading_are_unknown_and_the_last_day_is_judged_by_today(
    trial: Trial, frozen_clock: Frozen
) -> None:
    dated = msgspec.structs.replace(trial, limits={"users": 40.0, "until": "2027-08-31"})
    assert [(one.key, one.outcome, one.bound) for one in domain.limits_of(dated)] == [
        ("users", "unknown", 40.0),
        ("until", "within", date(2027, 8, 31)),
    ]
    frozen_clock.advance(timedelta(days=300))
    assert domain.limits_of(dated)[1].outcome == "exceeded"


async def test_reports_fall_due_by_the_rule_file(trial: Trial) -> None:
    dues = [(one.key, one.covers_until, one.due_on) for one in domain.reports_of(trial)]
    assert dues == [
        ("periodic", date(2027, 5, 31), date(2027, 6, 10)),
        ("final", date(2027, 8, 31), date(2027, 9, 30)),
    ]


async def test_the_clock_of_remedy_runs_while_the_trial_is_suspended(
    cast: Cast, trial: Trial, supervisor: Actor, frozen_clock: Frozen
) -> None:
    assert await domain.clocks_of(trial) == []
    await domain.move_trial(cast.hoa, trial.id, "start")
    await domain.move_trial(supervisor, trial.id, "suspend", "Sự cố.")
    frozen_clock.advance(timedelta(days=4))
    (clock,) = await domain.clocks_of(trial)
    assert (clock.key, clock.state, clock.used, clock.left) == ("remedy", "running", 4, 26)


async def test_the_timeline_names_who_did_what(cast: Cast, trial: Trial) -> None:
    await domain.move_trial(cast.hoa, trial.id, "start")
    told = [(one.tag, one.actor_name) for one in await domain.timeline_of(trial)]
    assert told == [("trial:opened", None), ("trial:moved", "Nguyễn Thị Hoa")]


async def test_states_and_fields_have_words_and_colours(trial: Trial) -> None:
    programme = programmes.pinned(trial.pin)
    machine = programme.machines["trial"]
    tones = {key: tone_of(programme, state) for key, state in machine.states.items()}
    assert tones == {
        "preparing": "grey", "running": "blue", "suspended": "amber", "ended": "grey", "revoked": "red",
    }  # fmt: skip
    assert field_label(trial).en == "Ports and logistics"
    assert field_label(msgspec.structs.replace(trial, field="unheard-of")).vi == "unheard-of"
    assert labels()["state", "running"].vi == "Đang thử nghiệm"
    assert running_states() == {"running"}


# The public side


async def test_the_decision_behind_a_trial_is_public(cast: Cast, trial: Trial) -> None:
    document = await domain.public_decision(trial.number)
    assert document is not None
    assert (document.kind, document.number) == ("decision", "01/QĐ-UBND")
    assert await domain.public_decision("TN-2026-99999") is None


async def test_a_decision_that_is_not_public_is_not_told(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await domain.documents.get_document(
        (await domain.decisions.signed_decision(trial.application_id)).document_id  # type: ignore[union-attr, arg-type]
    )

    async def closed(_: object) -> object:
        return msgspec.structs.replace(known, public=False)

    monkeypatch.setattr(domain.documents, "get_document", closed)
    assert await domain.public_decision(trial.number) is None


async def test_the_stamp_changes_with_every_change_of_the_register(cast: Cast, frozen_clock: Frozen) -> None:
    empty = await domain.stamp()
    trial = await make_trial(cast)
    opened = await domain.stamp()
    frozen_clock.advance(timedelta(seconds=1))
    await domain.move_trial(cast.hoa, trial.id, "start")
    assert len({empty, opened, await domain.stamp()}) == 3
    assert await domain.stamp() == await domain.stamp()


async def test_filters_find_without_marks_and_facets_count_what_they_would_leave(
    cast: Cast, trial: Trial
) -> None:
    later = msgspec.structs.replace(GRANT, starts_on=date(2026, 12, 1))
    await make_trial(
        cast,
        later,
        solution_name="Cảm biến 100% bán dẫn",
        solution_field="semiconductor",
        plan_place="Phường Hải An",
    )

    async def titles(**wanted: object) -> list[str]:
        found = await domain.list_public(Filters(**wanted))  # type: ignore[arg-type]
        assert found.total == len(found.items)
        return [one.title for one in found.items]

    car, chip = ANSWERS["solution_name"], "Cảm biến 100% bán dẫn"
    assert await titles() == [car, chip]
    assert await titles(q="ban DAN cam") == [chip]
    assert await titles(q="100%") == [chip]
    assert await titles(q="_") == await titles(q="\\") == []
    assert await titles(field="logistics", ward="đặc khu Cát Hải", state="preparing") == [car]
    assert await titles(year=2026) == [chip]
    counted = {
        (one.facet, one.value): one.count for one in await domain.list_facets(Filters(field="logistics"))
    }
    assert counted == {
        ("state", "preparing"): 1,
        ("field", "logistics"): 1,
        ("field", "semiconductor"): 1,
        ("ward", "đặc khu Cát Hải"): 1,
        ("year", "2027"): 1,
    }


async def test_reading_all_goes_on_after_a_number(cast: Cast, trial: Trial) -> None:
    other = await make_trial(cast)
    first = await domain.list_public_after(Filters(), "", 1)
    rest = await domain.list_public_after(Filters(q="tu hanh"), first[-1].number, 9)
    assert [one.number for one in first + rest] == [trial.number, other.number]
    with pytest.raises(NotFound):
        await domain.get_public("TN-2026-77777")
    assert (await domain.get_public(trial.number)).title == trial.title


async def test_a_grant_waits_for_the_worker(cast: Cast) -> None:
    case = await make_granted(cast)
    assert await domain.trial_of(case.id) is None
