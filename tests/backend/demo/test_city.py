"""The seeded city: everything in it came about lawfully, and every demo account has something to do."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from typing import cast as typed
from uuid import UUID

from backend.accounts.domain import sign_in
from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.applications.gate import clock_columns
from backend.applications.schemas import QueueFilters
from backend.appraisals import domain as appraisals
from backend.demo import seed
from backend.demo_accounts import ACCOUNTS, PASSWORD
from backend.documents.domain import verify_code
from backend.documents.schemas import Outcome
from backend.kit import audit
from backend.kit.clock import frozen, local, today
from backend.kit.db import engine
from backend.matchmaking import domain as needs
from backend.matchmaking import introductions, offers
from backend.organisations.corrections import list_corrections_of
from backend.organisations.coworkers import list_members
from backend.organisations.invitations import list_invitations
from backend.organisations.schemas import Standing
from backend.ports.mailer import KeptMail
from backend.programmes import domain as programmes
from backend.trials import domain as trials
from backend.trials.schemas import Filters
from sandbox_rules import calendar_of
from tests.backend.demo.conftest import City

RULES = "vn-hp-248"


async def rows(sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await engine().run_ddl(sql)]


async def count(table: str) -> int:
    (row,) = await rows(f"select count(*) as n from {table}")
    return int(row["n"])


async def states(table: str) -> Counter[str]:
    return Counter(
        {row["state"]: row["n"] for row in await rows(f"select state, count(*) n from {table} group by 1")}
    )


async def test_the_city_has_its_size(city: City) -> None:
    sizes = {
        table: await count(table)
        for table in ("organisation", "application", "trial", "offer", "need", "introduction")
    }
    assert sizes == {
        "organisation": 39 + 7,
        "application": 121,
        "trial": 28,
        "offer": 60,
        "need": 12,
        "introduction": 4,
    }


async def test_every_state_of_an_application_occurs(city: City) -> None:
    machine = programmes.in_force(RULES).machines["application"]
    assert set(await states("application")) == set(machine.states)


async def test_every_state_of_a_trial_occurs(city: City) -> None:
    found = await states("trial")
    assert found == {"preparing": 3, "running": 15, "suspended": 2, "ended": 6, "revoked": 2}
    assert set(found) == set(programmes.in_force(RULES).machines["trial"].states)


async def test_every_audit_chain_holds(city: City) -> None:
    assert await audit.verify() is None


async def test_the_clock_columns_equal_a_replay_of_the_chain(city: City) -> None:
    for row in await rows(
        "select id, due_on, clock_key, clock_limit, clock_used, clock_state from application"
    ):
        application = await applications.found(row.pop("id"))
        moves = [one for one in await audit.entries(application.id) if "transition" in one.data]
        if moves:
            with frozen(moves[-1].at):
                replayed = clock_columns(application, await applications.clocks_of(application))
            assert replayed == row, application.number


async def test_every_document_was_issued_and_verifies(city: City) -> None:
    codes = [row["code"] for row in await rows("select code from issued_document")]
    assert len(codes) > 180
    outcomes = {(await verify_code(code)).outcome for code in codes}
    assert outcomes == {Outcome.ISSUED, Outcome.RECALLED}


async def test_the_grants_of_the_register_and_the_papers_of_the_startup_are_there_at_once(city: City) -> None:
    startup = await city.person("startup")
    (row,) = await rows(
        "select count(*) n from issued_document d join application a on a.id = d.subject "
        "where d.kind in ('receipt', 'supplement_request') "
        f"and a.organisation = '{min(startup.organisations)}'"
    )
    assert city.issued_by_seed == 28 + 3 + row["n"]  # grants; one was replaced, two were recalled


async def test_numbers_follow_the_order_of_submission(city: City) -> None:
    found = await rows(
        "select number, submitted_on from application where number is not null order by number"
    )
    assert [row["submitted_on"] for row in found] == sorted(row["submitted_on"] for row in found)


async def test_offices_act_on_working_days_alone(city: City) -> None:
    found = await rows(
        "select e.at from audit_entry e join account a on a.id = e.actor "
        "where a.roles && array['officer', 'appraiser', 'authority', 'supervisor']::varchar[] "
        "and e.tag <> 'account:registered'"
    )
    calendar = calendar_of("VN")
    assert len(found) > 700
    assert all(calendar.is_working(local(row["at"]).date()) for row in found)


async def test_nothing_happens_in_the_future_and_nothing_but_documents_today(city: City) -> None:
    found = await rows(
        "select max(at) as at from audit_entry where tag <> 'document:issued' and tag <> 'demo:loaded'"
    )
    assert found[0]["at"] <= (await rows("select at from audit_entry where tag = 'demo:loaded'"))[0]["at"]


async def test_every_document_is_dated_and_told_of_in_its_story(city: City) -> None:
    """Its file is made by the worker afterwards; number, date and the line of the timeline are not."""
    found = await rows(
        "select e.at, d.requested_at, d.context -> 'document' ->> 'dated_on' as dated_on "
        "from issued_document d join audit_entry e on e.data ->> 'document' = d.id::text "
        "where e.tag = 'document:requested'"
    )
    assert len(found) == await count("issued_document")
    assert all(row["at"] == row["requested_at"] for row in found)
    assert all(local(row["at"]).date().isoformat() == row["dated_on"] < str(today()) for row in found)


async def test_who_waited_too_long_was_warned_and_apologised_to_on_the_working_day_after(city: City) -> None:
    found = await rows(
        "select context ->> 'was_due_on' as due_on, requested_at from issued_document where kind = 'apology'"
    )
    nights = {(date.fromisoformat(row["due_on"]), local(row["requested_at"]).date()) for row in found}
    assert len(found) >= 6  # as many cases are late now
    assert all(calendar_of("VN").add_working_days(due_on, 1) == day for due_on, day in nights)
    warned = await rows("select at from audit_entry where tag = 'clock:missed'")
    assert {local(row["at"]).date() for row in warned} >= {day for _, day in nights}


async def test_no_chain_goes_back_in_time(city: City) -> None:
    back = "select at < lag(at) over (partition by subject order by seq) as is_back from audit_entry"
    assert await rows(f"select 1 from ({back}) as told where is_back") == []


async def test_no_decision_was_signed_by_who_proposed_it(city: City) -> None:
    own = "ended_by in (proposed_by, countersigned_by) or countersigned_by = proposed_by"
    assert await rows(f"select id from decision where document is not null and ({own})") == []
    states = await rows("select state, count(*) as n from decision where succeeds is not null group by state")
    assert [(one["state"], one["n"]) for one in states] == [("signed", 3)]


async def test_every_trial_lies_in_a_ward(city: City) -> None:
    public = await trials.list_public(Filters(), 1, 100)
    assert {one.ward.split()[0] for one in public.items} == {"Phường", "Xã", "Đặc"}


async def test_seeding_again_changes_nothing(city: City) -> None:
    before = await count("audit_entry")
    await seed()
    assert await count("audit_entry") == before


async def test_every_demo_account_signs_in(city: City) -> None:
    for email in ACCOUNTS:
        assert await sign_in(email, PASSWORD, address="test")


async def test_the_startup_has_a_draft_a_submission_a_request_and_a_running_trial(city: City) -> None:
    startup = await city.person("startup")
    own = [one for one in await applications.list_work(startup) if one.application.created_by == startup.id]
    work = {one.application.state: one for one in own}
    assert set(work) == {"draft", "submitted", "supplement_requested", "granted"}
    lacking = await applications.what_is_missing(work["draft"].application)
    assert [one.key for one in lacking] == ["exit_plan", "risk_assessment"]
    assert work["supplement_requested"].due_on is not None
    assert [one.state for one in await trials.list_mine(startup)] == ["running"]


async def test_the_company_of_the_demo_has_coworkers_an_invitation_and_a_correction(
    city: City,
) -> None:
    startup = await city.person("startup")
    (company,) = startup.organisations
    members = await list_members(startup, company)
    assert Counter(one.role for one in members) == {Standing.OWNER: 2} | dict.fromkeys(
        (Standing.MEMBER, Standing.EDITOR, Standing.VIEWER), 1
    )
    assert [one.role for one in members if one.ends_on] == [Standing.VIEWER]
    (invited,) = await list_invitations(startup, company)
    mails = [mail for mail in typed(KeptMail, city.ports.mailer).sent if mail.to == invited.email]
    assert ["/invitations/link/" in one.text for one in mails] == [True]
    (correction,) = await list_corrections_of(startup, company)
    assert (correction.state, [label.en for label, *_ in correction.changes()]) == (
        "open",
        ["House number and street"],
    )
    copies = [one for one in await applications.list_mine(startup) if one.created_by != startup.id]
    assert [(one.state, one.number) for one in copies] == [("draft", None)]
    assert "application:copied" in {one.tag for one in await audit.entries(copies[0].id)}


async def test_the_startup_finds_partners_for_both_needs(city: City) -> None:
    startup = await city.person("startup")
    for need in await needs.list_needs(startup):
        found = await needs.suggest_partners(startup, need)
        assert found.items[0].band == "strong"
        assert found.items[0].reasons


async def test_the_queue_of_the_officer_begins_with_what_is_late(city: City) -> None:
    officer = await city.person("officer")
    first = (await applications.list_queue(officer, QueueFilters())).items[0]
    clock = applications.standing_of(first).clock
    assert clock is not None
    assert clock.state == "missed"
    assert first.handler_id == officer.id


async def test_each_appraiser_has_a_sheet_to_fill_in(city: City) -> None:
    for name in ("appraiser1", "appraiser2", "appraiser3"):
        tasks = await appraisals.list_tasks(await city.person(name))
        assert [
            one
            for one in tasks
            if one.state == "accepted" and not one.submitted_at and one.conflict != "declared"
        ]


async def test_the_authority_has_proposals_of_others_to_sign(city: City) -> None:
    authority = await city.person("authority")
    queue = await applications.list_queue(
        authority, QueueFilters(states=frozenset({"proposed", "countersigned"}))
    )
    assert queue.total == 6
    proposers = await rows(
        f"select id from decision where state = 'proposed' and proposed_by = '{authority.id}'"
    )
    assert proposers == []


async def test_the_supervisor_sees_every_trial_and_one_past_its_last_day(city: City) -> None:
    supervisor = await city.person("supervisor")
    assert (await trials.list_trials(supervisor, Filters())).total == 28
    first, second, *_ = (await trials.list_trials(supervisor, Filters(state="running"))).items
    assert first.ends_on < today() <= second.ends_on


async def test_institute_and_expert_have_a_profile_and_an_introduction_to_answer(city: City) -> None:
    for name in ("institute", "expert"):
        actor = await city.person(name)
        offer = await offers.own_offer(actor)
        assert offer.visible
        assert len(offer.evidence) >= 4
        assert await offers.suggest_needs(actor, offer)
        assert [one.state for one in await introductions.list_introductions(actor) if one.awaits_reader] == [
            "asked"
        ]


async def test_the_chain_says_that_this_is_example_data(city: City) -> None:
    tags = await rows("select subject, tag from audit_entry where tag like 'demo:%'")
    assert tags == [{"subject": UUID("d3300000-0000-4000-8000-000000000001"), "tag": "demo:loaded"}]


async def test_staff_have_exactly_one_role(city: City) -> None:
    for email in ACCOUNTS:
        roles = (await city.person(email.partition("@")[0])).roles
        assert len(roles) == 1
        assert roles <= set(Role)
