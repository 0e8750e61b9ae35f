"""Propose, return, sign: four eyes, one decision, one number, and what the rule file lets it say."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.appraisals import domain as appraisals
from backend.decisions import domain, queries
from backend.decisions.draft import as_proposal, faults, first_draft, shown
from backend.decisions.errors import NothingProposed, SamePerson
from backend.decisions.schemas import ChosenCondition, Exemption, Proposal
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.db import DatabaseFault, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.kit.text import Text
from backend.ports.wiring import Ports
from backend.programmes import domain as programmes
from backend.trials import domain as trials
from tests.factories.applications import PROGRAMME, Cast, make_cast
from tests.factories.decisions import (
    A_REFUSAL,
    EXEMPTION,
    LAST_DAY,
    a_grant,
    make_accepted,
    make_appraised,
    make_council,
    make_proposed,
    score,
)
from tests.factories.races import race
from tests.factories.signing import make_signer
from tests.factories.web import make_actor


async def tags_of(case_id: Any) -> list[str]:
    return [entry.tag for entry in await audit.entries(case_id)]


# Propose


async def test_the_first_draft_is_what_was_asked_for_and_what_is_always_attached(cast: Cast) -> None:
    case = await make_appraised(cast)
    programme = applications.rules_of(case)
    draft = first_draft(programme, case)
    assert (draft.starts_on, draft.ends_on) == (date(2027, 3, 1), LAST_DAY)
    assert draft.limits == {"users": 40, "value_vnd": 0, "area_km2": 1.5}
    assert [(one.key, one.parameters) for one in draft.conditions] == [
        ("limits", {}),
        ("reporting", {"months": 3}),
        ("incident", {"hours": 72}),
    ]
    assert domain.next_draft(case, []) == draft


async def test_a_proposal_is_kept_as_it_will_be_printed(cast: Cast) -> None:
    case, decision = await make_proposed(cast)
    assert (case.state, decision.state, decision.proposer_name) == ("proposed", "proposed", cast.officer.name)
    assert decision.limits == {"users": 40, "value_vnd": 0, "area_km2": 1.5, "until": "2027-08-31"}
    printed = {one.key: one for one in decision.conditions}
    assert "3 tháng một lần" in printed["reporting"].text.vi
    assert "2.000.000.000 đồng" in printed["insurance"].text.vi
    assert "VND 2,000,000,000" in printed["insurance"].text.en
    assert printed["insurance"].reason.vi == "Vì có người đi bộ."
    assert printed["incident"].reason.vi == applications.rules_of(case).conditions["incident"].reason.vi
    assert decision.exemptions == [EXEMPTION]
    assert as_proposal(applications.rules_of(case), decision).conditions == a_grant(case).conditions


async def test_only_officers_propose_and_only_after_the_appraisal(cast: Cast) -> None:
    case = await make_appraised(cast)
    for other in (cast.hoa, cast.authority, cast.auditor, cast.admin, cast.stranger):
        with pytest.raises(NotFound):
            await domain.propose_decision(other, case.id, a_grant(case))
    await domain.propose_decision(cast.officer, case.id, a_grant(case))
    with pytest.raises(RuleSaysNo) as refused:
        await domain.propose_decision(cast.colleague, case.id, a_grant(case))
    assert refused.value.refusal == "not_at_this_state"


async def test_a_refused_proposal_leaves_nothing_behind(cast: Cast) -> None:
    case = await make_appraised(cast)
    before = await tags_of(case.id)
    with pytest.raises(Invalid):
        await domain.propose_decision(cast.officer, case.id, a_grant(case, starts_on=None))
    assert (await applications.found(case.id)).state == "appraised"
    assert await tags_of(case.id) == before


def chosen(key: str, **parameters: Any) -> list[ChosenCondition]:
    return [ChosenCondition(key=key, parameters=parameters)]


LONG = "x" * 5001
WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"kind": ""}, ["kind"]),
    ({"kind": "suspend"}, ["kind"]),
    ({"starts_on": None, "ends_on": None}, ["starts_on", "ends_on"]),
    ({"ends_on": date(2027, 2, 28)}, ["ends_on"]),
    ({"ends_on": date(2030, 3, 1)}, ["ends_on"]),
    ({"limits": {"speed": 3}}, ["limits.speed"]),
    ({"limits": {"users": -1}}, ["limits.users"]),
    ({"limits": {"users": True}}, ["limits.users"]),
    ({"limits": {"users": "nhiều"}}, ["limits.users"]),
    ({"limits": {"until": "mai"}}, ["limits.until"]),
    ({"conditions": chosen("kindness")}, ["conditions.kindness"]),
    ({"conditions": chosen("insurance")}, ["conditions.insurance.amount"]),
    ({"conditions": chosen("insurance", amount=0)}, ["conditions.insurance.amount"]),
    ({"conditions": chosen("insurance", amount=True)}, ["conditions.insurance.amount"]),
    ({"conditions": chosen("external_permit", permit=" ")}, ["conditions.external_permit.permit"]),
    ({"conditions": chosen("external_permit", permit=LONG)}, ["conditions.external_permit.permit"]),
    ({"conditions": chosen("data_in_country", until="mai")}, ["conditions.data_in_country.until"]),
    ({"conditions": chosen("data_in_country", until=5)}, ["conditions.data_in_country.until"]),
    ({"conditions": chosen("limits", pace=1)}, ["conditions.limits.pace"]),
    ({"conditions": chosen("limits") * 2}, ["conditions.limits"]),
    ({"conditions": [ChosenCondition(key="limits", reason=LONG)]}, ["conditions.limits.reason"]),
    (
        {"exemptions": [Exemption(rule="A", article=" ", extent="")]},
        ["exemptions.0.article", "exemptions.0.extent"],
    ),
    ({"exemptions": [Exemption(rule=LONG, article="1", extent="x")]}, ["exemptions.0.rule"]),
    ({"reasons": LONG}, ["reasons"]),
]


@pytest.mark.parametrize(("changed", "fields"), WRONG)
async def test_a_grant_that_cannot_be_is_refused_field_by_field(
    cast: Cast, changed: dict[str, Any], fields: list[str]
) -> None:
    case = await make_appraised(cast)
    with pytest.raises(Invalid) as refused:
        await domain.propose_decision(cast.officer, case.id, a_grant(case, **changed))
    assert list(refused.value.fields) == fields


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reasons": " "}, "reasons"),
        ({"limits": {"users": 1}}, "limits"),
        ({"starts_on": LAST_DAY}, "limits"),
        ({"conditions": chosen("limits")}, "conditions"),
        ({"exemptions": [EXEMPTION]}, "conditions"),
    ],
)
def test_a_refusal_says_why_and_sets_nothing(changed: dict[str, Any], field: str) -> None:
    programme = programmes.in_force(PROGRAMME)
    assert faults(programme, A_REFUSAL) == {}
    assert list(faults(programme, msgspec.structs.replace(A_REFUSAL, **changed))) == [field]


def test_a_ceiling_of_the_rule_file_bounds_the_limit() -> None:
    programme = programmes.in_force(PROGRAMME)
    users = msgspec.structs.replace(programme.limits["users"], ceiling=1000)
    bounded = msgspec.structs.replace(programme, limits={**programme.limits, "users": users})
    grant = Proposal(kind="grant", starts_on=date(2027, 1, 1), ends_on=LAST_DAY, limits={"users": 1001})
    assert faults(programme, grant) == {}
    assert {key: text.vi for key, text in faults(bounded, grant).items()} == {
        "limits.users": "Tối đa 1.000 người."
    }


def test_a_programme_without_a_last_day_judges_only_the_order_of_the_days() -> None:
    programme = programmes.in_force(PROGRAMME)
    limits = {key: one for key, one in programme.limits.items() if one.judged != "until"}
    bare = msgspec.structs.replace(programme, limits=limits)
    grant = Proposal(kind="grant", starts_on=date(2027, 1, 1), ends_on=date(2040, 1, 1))
    assert list(faults(programme, grant)) == ["ends_on"]
    assert faults(bare, grant) == {}


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (1500, "1.500", "1,500"),
        (40.0, "40", "40"),
        (1234.5, "1.234,5", "1,234.5"),
        (0, "0", "0"),
        (date(2027, 8, 31), "31/08/2027", "31/08/2027"),
        ("2027-08-31", "31/08/2027", "31/08/2027"),
        (" Giấy phép bay ", "Giấy phép bay", "Giấy phép bay"),
    ],
)
def test_values_are_printed_as_people_write_them(value: Any, vi: str, en: str) -> None:
    assert (shown(value, "vi"), shown(value, "en")) == (vi, en)


# Return


async def test_a_returned_draft_stays_and_the_next_one_begins_with_it(cast: Cast) -> None:
    case, decision = await make_proposed(cast)
    returned = await domain.return_proposal(cast.authority, case.id, " Giảm số người. ", decision.id)
    assert (returned.id, returned.state, returned.return_reason) == (
        decision.id,
        "returned",
        "Giảm số người.",
    )
    assert returned.ended_by_name == cast.authority.name
    case = await applications.found(case.id)
    assert case.state == "appraised"
    again = domain.next_draft(case, [returned])
    assert again == a_grant(case, limits=returned.limits)
    second = await domain.propose_decision(
        cast.colleague, case.id, msgspec.structs.replace(again, limits={**again.limits, "users": 20})
    )
    found = await domain.decisions_of(cast.authority, case)
    assert [one.id for one in found] == [decision.id, second.id]
    (change,) = domain.changes_since(case, found, found[-1])
    assert (change.label.vi, change.before, change.after) == (
        "Số người tham gia",
        Text("40 người", "40 people"),
        Text("20 người", "20 people"),
    )
    assert domain.changes_since(case, found, found[0]) == []


async def test_every_kind_of_change_is_named(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    await domain.return_proposal(cast.authority, case.id, "Đổi hết.")
    until = Exemption(rule="Luật A", article="Điều 1", extent="một phần", until=LAST_DAY)
    other = a_grant(
        case,
        starts_on=date(2027, 4, 1),
        conditions=chosen("reporting", months=6),
        exemptions=[until, EXEMPTION],
        reasons="Vì lợi ích.",
    )
    await domain.propose_decision(cast.officer, case.id, other)
    found = await domain.decisions_of(cast.authority, case)
    told = {
        change.label.vi: (change.before, change.after)
        for change in domain.changes_since(case, found, found[-1])
    }
    assert list(told) == [
        "Ngày bắt đầu",
        "Điều kiện: Báo cáo định kỳ",
        "Miễn, giảm 1",
        "Miễn, giảm 2",
        "Lý do",
        "Điều kiện: Giữ đúng giới hạn",
        "Điều kiện: Báo sự cố",
        "Điều kiện: Bảo hiểm trách nhiệm",
    ]
    assert told["Lý do"] == (None, Text("Vì lợi ích.", "Vì lợi ích."))
    assert told["Điều kiện: Báo sự cố"][1] is None
    assert told["Miễn, giảm 1"][1].vi == "Luật A, Điều 1: một phần (đến 31/08/2027)"


async def test_a_grant_that_becomes_a_refusal_loses_its_days(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    await domain.return_proposal(cast.authority, case.id, "Không nên cho phép.")
    await domain.propose_decision(cast.officer, case.id, A_REFUSAL)
    found = await domain.decisions_of(cast.authority, case)
    told = {change.label.vi: change.after for change in domain.changes_since(case, found, found[-1])}
    assert told["Loại quyết định"] == Text("Từ chối", "Refuse")
    assert (told["Ngày bắt đầu"], told["Ngày kết thúc"]) == (None, None)


@pytest.mark.parametrize("reason", ["  ", LONG])
async def test_returning_needs_a_reason(cast: Cast, reason: str) -> None:
    case, decision = await make_proposed(cast)
    with pytest.raises(Invalid) as refused:
        await domain.return_proposal(cast.authority, case.id, reason)
    assert list(refused.value.fields) == ["reason"]
    assert await domain.open_proposal(case.id) == decision


async def test_only_the_authority_returns_and_signs(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    for other in (cast.hoa, cast.officer, cast.auditor, cast.admin, cast.stranger):
        with pytest.raises(NotFound):
            await domain.return_proposal(other, case.id, "Vì")
        with pytest.raises(NotFound):
            await domain.sign_decision(other, case.id)


async def test_without_a_proposal_there_is_nothing_to_sign_or_return(cast: Cast) -> None:
    case = await make_appraised(cast)
    with pytest.raises(NothingProposed):
        await domain.sign_decision(cast.authority, case.id)
    with pytest.raises(NothingProposed):
        await domain.return_proposal(cast.authority, case.id, "Vì")
    with pytest.raises(NotFound):
        await domain.sign_decision(cast.authority, uuid4())


async def test_a_draft_nobody_has_read_is_neither_signed_nor_returned(cast: Cast) -> None:
    case, first = await make_proposed(cast)
    await domain.return_proposal(cast.authority, case.id, "Sửa.", first.id)
    await domain.propose_decision(cast.officer, case.id, a_grant(case))
    with pytest.raises(Conflict):
        await domain.sign_decision(cast.authority, case.id, first.id)
    with pytest.raises(Conflict):
        await domain.return_proposal(cast.authority, case.id, "Sửa.", first.id)


# Sign


async def test_a_signed_grant_takes_a_number_a_document_and_opens_its_trial(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case, proposal = await make_proposed(cast)
    signed = await domain.sign_decision(cast.authority, case.id, proposal.id)
    case = await applications.found(case.id)
    assert (case.state, case.decided_on, signed.state) == ("granted", date(2026, 11, 23), "signed")
    assert signed.ended_by_name == cast.authority.name
    assert await domain.signed_decision(case.id) == signed
    assert signed.document_id is not None
    document = await documents.get_document(signed.document_id)
    assert (document.number, document.kind, document.public) == ("01/QĐ-UBND", "decision", True)
    assert await trials.trial_of(case.id) is None
    await work_until_empty()
    trial = await trials.trial_of(case.id)
    assert trial is not None
    assert (trial.decision_id, trial.ends_on) == (signed.id, LAST_DAY)
    assert "application:granted" in await tags_of(case.id)


async def test_a_signed_refusal_has_a_document_and_no_trial(cast: Cast) -> None:
    case, _ = await make_proposed(cast, A_REFUSAL)
    signed = await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    assert (await applications.found(case.id)).state == "refused"
    assert signed.document_id is not None
    document = await documents.get_document(signed.document_id)
    assert (document.public, document.context["limits"], document.context["conditions"]) == (False, [], [])
    assert document.context["operative"][0]["vi"].startswith("Không cho phép")
    assert document.context["reasons"] == ["Không đạt điều kiện an toàn.", "Thiếu phương án dừng."]
    assert await trials.trial_of(case.id) is None


async def test_whoever_proposed_cannot_sign_even_with_both_roles(cast: Cast) -> None:
    both = await make_actor(Role.OFFICER, Role.AUTHORITY, name="Hai Vai")
    case = await make_appraised(cast)
    await domain.propose_decision(both, case.id, a_grant(case))
    with pytest.raises(SamePerson) as refused:
        await domain.sign_decision(both, case.id)
    assert (refused.value.status, refused.value.code) == (409, "same_person")
    assert (await applications.found(case.id)).state == "proposed"
    assert (await domain.sign_decision(cast.authority, case.id)).state == "signed"


async def test_the_database_refuses_the_same_person_too(cast: Cast) -> None:
    case, proposal = await make_proposed(cast)
    document = (await documents.list_for(case.id))[0]
    with pytest.raises(DatabaseFault, match="decision_four_eyes"):
        async with transaction():
            await queries.end_proposal(proposal.id, "signed", cast.officer.id, document=document.id)
    assert await queries.end_proposal(proposal.id, "signed", cast.authority.id, document=document.id)


async def test_a_signed_decision_is_final(cast: Cast) -> None:
    case, proposal = await make_proposed(cast)
    await domain.sign_decision(cast.authority, case.id)
    for verb in (
        domain.sign_decision(cast.authority, case.id),
        domain.return_proposal(cast.authority, case.id, "Muộn"),
    ):
        with pytest.raises(NothingProposed):
            await verb
    assert not await queries.end_proposal(proposal.id, "returned", cast.authority.id, return_reason="Muộn")


async def test_a_row_that_changed_under_the_verb_is_a_conflict(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = await make_proposed(cast)

    async def too_late(*_: Any, **__: Any) -> bool:
        return False

    monkeypatch.setattr(queries, "end_proposal", too_late)
    with pytest.raises(Conflict):
        await domain.sign_decision(cast.authority, case.id)
    with pytest.raises(Conflict):
        await domain.return_proposal(cast.authority, case.id, "Vì")
    assert (await applications.found(case.id)).state == "proposed"


async def test_a_step_out_of_place_stays_the_rules_own_no(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = await make_proposed(cast)
    await applications.move_application(cast.authority, case.id, "return_proposal")
    with pytest.raises(RuleSaysNo) as refused:
        await domain.sign_decision(cast.authority, case.id)
    assert refused.value.refusal == "not_at_this_state"


async def test_the_applicant_sees_the_signed_decision_alone(cast: Cast) -> None:
    case, proposal = await make_proposed(cast)
    assert await domain.decisions_of(cast.hoa, case) == []
    assert await domain.decisions_of(cast.officer, case) == [proposal]
    signed = await domain.sign_decision(cast.authority, case.id)
    assert await domain.decisions_of(cast.binh, case) == [signed]
    for other in (cast.stranger, cast.admin, await make_actor(Role.APPRAISER)):
        assert await domain.decisions_of(other, case) == []


async def test_a_conflict_of_interest_bars_from_proposing_and_signing(cast: Cast) -> None:
    both = await make_actor(Role.OFFICER, Role.AUTHORITY, Role.APPRAISER)
    council = await make_council(2)
    case = await make_accepted(cast, [*council, both])
    await appraisals.declare_conflict(both, case.id, True, "Góp vốn.")
    for one in council:
        await score(one, case)
    await appraisals.conclude_appraisal(cast.officer, case.id)
    with pytest.raises(NotFound):
        await domain.propose_decision(both, case.id, a_grant(case))
    await domain.propose_decision(cast.officer, case.id, a_grant(case))
    for verb in (domain.sign_decision(both, case.id), domain.return_proposal(both, case.id, "Vì")):
        with pytest.raises(NotFound):
            await verb


# Races


async def test_two_authorities_at_once_make_one_decision_and_take_one_number(
    committed_db: str, ports: Ports
) -> None:
    cast = await make_cast()
    case, _ = await make_proposed(cast)
    other = await make_signer()
    answers = await race(
        "application",
        case.id,
        *(domain.sign_decision(one, case.id) for one in (cast.authority, other)),
    )
    signed = [one for one in answers if not isinstance(one, BaseException)]
    lost = [one for one in answers if isinstance(one, BaseException)]
    assert (len(signed), [type(one) for one in lost]) == (1, [Conflict])
    assert str(signed[0].ended_by_name) in lost[0].text.vi
    issued = [one.number for one in await documents.list_for(case.id) if one.kind == "decision"]
    assert issued == ["01/QĐ-UBND"]
    assert (await tags_of(case.id)).count("application:granted") == 1


async def test_signing_and_returning_at_once_leave_one_outcome(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    case, _ = await make_proposed(cast)
    other = await make_signer()
    answers = await race(
        "application",
        case.id,
        domain.sign_decision(cast.authority, case.id),
        domain.return_proposal(other, case.id, "Sửa."),
    )
    assert sum(isinstance(one, Conflict) for one in answers) == 1
    states = [one.state for one in await queries.list_decisions(case.id)]
    issued = [one.number for one in await documents.list_for(case.id) if one.kind == "decision"]
    assert (states, issued) in [(["signed"], ["01/QĐ-UBND"]), (["returned"], [])]


async def test_twenty_signers_of_twenty_cases_take_numbers_without_gaps(
    committed_db: str, ports: Ports
) -> None:
    cast = await make_cast()
    cases = [(await make_proposed(cast))[0] for _ in range(20)]
    await asyncio.gather(*(domain.sign_decision(cast.authority, case.id) for case in cases))
    issued = [one for case in cases for one in await documents.list_for(case.id) if one.kind == "decision"]
    assert sorted(one.number for one in issued) == [f"{value:02d}/QĐ-UBND" for value in range(1, 21)]
    assert await audit.verify() is None
