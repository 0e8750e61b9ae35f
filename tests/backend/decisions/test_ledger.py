"""The exemption ledger: written at signing, ended with its day, its decision or its trial."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from backend.accounts.schemas import Role
from backend.decisions import domain, ledger
from backend.decisions.schemas import Exemption, LedgerFilters, Proposal
from backend.kit.clock import Frozen, today
from backend.kit.errors import NotFound
from backend.kit.outbox import work_until_empty
from backend.trials import domain as trials
from tests.backend.cases.conftest import Counted
from tests.factories.applications import Cast
from tests.factories.decisions import EXEMPTION, LAST_DAY, a_grant, make_appraised
from tests.factories.web import Browser, make_actor, sign_in

UNTIL = Exemption(rule="Luật Giao thông", article="Điều 9", extent="trong bến", until=date(2027, 6, 30))


async def make_granted(cast: Cast, *exemptions: Exemption) -> Any:
    case = await make_appraised(cast)
    proposal = a_grant(case, exemptions=list(exemptions or (EXEMPTION, UNTIL)))
    await domain.propose_decision(cast.officer, case.id, proposal)
    await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    return case


async def standings(cast: Cast) -> list[tuple[str, str]]:
    found = await ledger.list_exemptions(cast.auditor, LedgerFilters())
    return [(one.rule, one.standing) for one in found.items]


async def test_signing_writes_a_line_for_every_exemption(cast: Cast) -> None:
    case = await make_appraised(cast)
    await domain.propose_decision(cast.officer, case.id, a_grant(case, exemptions=[EXEMPTION, UNTIL]))
    assert await standings(cast) == []
    await domain.sign_decision(cast.authority, case.id)
    first, second = (await ledger.list_exemptions(cast.auditor, LedgerFilters())).items
    assert (first.rule, first.until_on, second.rule, second.until_on) == (
        UNTIL.rule,
        UNTIL.until,
        EXEMPTION.rule,
        LAST_DAY,
    )
    assert (second.article, second.extent, second.from_on) == (
        EXEMPTION.article,
        EXEMPTION.extent,
        date(2027, 3, 1),
    )
    assert (second.decision_number, second.organisation_name) == ("01/QĐ-UBND", cast.company.name)
    assert second.application_id == case.id


async def test_a_line_runs_out_with_its_day(cast: Cast, frozen_clock: Frozen) -> None:
    await make_granted(cast)
    for day, expected in (
        (datetime(2027, 5, 1, tzinfo=UTC), ["in_force", "in_force"]),
        (datetime(2027, 6, 15, tzinfo=UTC), ["expiring", "in_force"]),
        (datetime(2027, 7, 1, tzinfo=UTC), ["expired", "in_force"]),
    ):
        frozen_clock.move_to(day)
        assert [standing for _, standing in await standings(cast)] == expected
    found = await ledger.list_exemptions(cast.auditor, LedgerFilters(standing="expired"))
    assert [one.rule for one in found.items] == [UNTIL.rule]


async def test_a_recall_ends_the_lines_and_a_replacement_writes_new_ones(cast: Cast) -> None:
    case = await make_granted(cast, EXEMPTION)
    signed = await domain.signed_decision(case.id)
    assert signed is not None
    found = await domain.decisions_of(cast.officer, case)
    draft = domain.next_draft(case, found)
    replacement = Proposal(
        kind="grant",
        succeeds=signed.id,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        conditions=draft.conditions,
        exemptions=[UNTIL],
        reasons="Đổi phạm vi.",
    )
    await domain.propose_decision(cast.officer, case.id, replacement)
    await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    assert sorted(await standings(cast)) == [(UNTIL.rule, "in_force"), (EXEMPTION.rule, "ended")]
    (ended,) = (await ledger.list_exemptions(cast.auditor, LedgerFilters(standing="ended"))).items
    assert ended.ended_on == today()


async def test_a_trial_that_is_over_ends_its_lines(cast: Cast) -> None:
    case = await make_granted(cast, EXEMPTION)
    trial = await trials.trial_of(case.id)
    assert trial is not None
    supervisor = await make_actor(Role.SUPERVISOR)
    await trials.move_trial(supervisor, trial.id, "start")
    assert await standings(cast) == [(EXEMPTION.rule, "in_force")]
    await trials.move_trial(supervisor, trial.id, "end")
    assert await standings(cast) == [(EXEMPTION.rule, "ended")]


@pytest.mark.parametrize(
    ("words", "count"), [("giao thong", 1), ("cang so", 2), ("dieu 9 ben", 1), ("100%", 0), ("bay", 0)]
)
async def test_lines_are_found_by_words_without_marks(cast: Cast, words: str, count: int) -> None:
    await make_granted(cast)
    assert (await ledger.list_exemptions(cast.auditor, LedgerFilters(q=words))).total == count


async def test_only_who_supervises_reads_the_ledger(cast: Cast) -> None:
    for other in (cast.hoa, cast.admin, cast.stranger):
        with pytest.raises(NotFound):
            await ledger.list_exemptions(other, LedgerFilters())


async def test_one_line_costs_as_many_queries_as_many(cast: Cast, counted: Counted) -> None:
    await make_granted(cast, UNTIL)
    with counted() as one:
        await ledger.list_exemptions(cast.auditor, LedgerFilters())
    await make_granted(cast, *[UNTIL] * 20)
    with counted() as many:
        assert (await ledger.list_exemptions(cast.auditor, LedgerFilters())).total == 21
    assert len(many) == len(one)


async def test_page_csv_and_json_say_the_same(
    http: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "BLOCK", 1)
    case = await make_granted(cast)
    await sign_in(http, cast.auditor)
    page = (await http.get("/exemptions?q=giao+thong&standing=in_force")).text
    assert (UNTIL.rule in page, EXEMPTION.rule in page, f"/cases/{case.id}" in page) == (True, False, True)
    assert "Không có dòng nào khớp" in (await http.get("/exemptions?standing=ended")).text
    answer = await http.get("/exemptions.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    told = (await http.get("/api/v1/exemptions?q=nguoi+lai")).json()
    assert [(row["rule"], row["until_on"], row["standing"]) for row in rows] == [
        (UNTIL.rule, "2027-06-30", "in_force"),
        (EXEMPTION.rule, "2027-08-31", "in_force"),
    ]
    assert [one["rule"] for one in told["items"]] == [EXEMPTION.rule]
    assert rows[0]["url"].endswith(f"/cases/{case.id}")
    assert timedelta(days=30) == ledger.SOON
