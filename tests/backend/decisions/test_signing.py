"""Who may sign: an authority in force on the day, three different people, and a delegation that holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.decisions import domain, queries, signing, signing_queries
from backend.decisions.errors import NoAuthority, SamePerson
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.clock import Frozen, today
from backend.kit.db import DatabaseFault, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text
from tests.factories.applications import Cast
from tests.factories.decisions import a_grant, make_appraised, make_proposed
from tests.factories.signing import DEPUTY, HEAD, a_form, let_sign, make_signer
from tests.factories.web import make_actor


async def make_head(*roles: Role, name: str = "Trưởng phòng") -> Actor:
    """Somebody who may countersign."""
    head = await make_actor(*(roles or (Role.OFFICER,)), name=name)
    await let_sign(head.id, **HEAD)
    return head


# Entering


async def test_an_authority_is_kept_as_entered_and_on_record(cast: Cast) -> None:
    account = (await make_actor(Role.AUTHORITY, name="Đinh Thị Nguyệt")).id
    entered = await signing.enter_authority(
        cast.admin,
        a_form(account, **DEPUTY, principal=cast.authority.id, kinds=["grant"], until_on=date(2027, 1, 31)),
    )
    assert entered.lines == [
        Text("TM. ỦY BAN NHÂN DÂN", "On behalf of the People's Committee"),
        Text("KT. CHỦ TỊCH", "For the Chairman"),
        Text("PHÓ CHỦ TỊCH", "Vice Chairman"),
    ]
    assert (entered.account_name, entered.principal_name) == ("Đinh Thị Nguyệt", cast.authority.name)
    assert (await signing.list_authorities(cast.auditor))[0].id == entered.id
    (line,) = await audit.entries(entered.id)
    assert (line.tag, line.actor, line.data["kinds"]) == (
        "signing_authority:entered",
        cast.admin.id,
        ["grant"],
    )


@pytest.mark.parametrize(
    ("capacity", "lines"),
    [
        ("TM", ["TM. ỦY BAN", "GIÁM ĐỐC"]),
        ("TUQ", ["TM. ỦY BAN", "TUQ. CHỦ TỊCH", "GIÁM ĐỐC"]),
        ("TL", ["TM. ỦY BAN", "TL. CHỦ TỊCH", "GIÁM ĐỐC"]),
    ],
)
async def test_the_block_follows_the_capacity(cast: Cast, capacity: Any, lines: list[str]) -> None:
    account = (await make_actor(Role.AUTHORITY)).id
    words = {"agency_vi": "ỦY BAN", "for_whom_vi": "CHỦ TỊCH", "for_whom_en": "x", "title_vi": "GIÁM ĐỐC"}
    entered = await let_sign(account, capacity=capacity, **words)
    assert [line.vi for line in entered.lines] == lines


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"title_vi": " ", "basis": ""}, ["title_vi", "basis"]),
    ({"agency_vi": ""}, ["agency_vi"]),
    ({"capacity": "KT"}, ["for_whom_vi", "for_whom_en"]),
    ({**DEPUTY, "agency_vi": ""}, ["agency_vi"]),
    ({"until_on": date(2019, 1, 1)}, ["until_on"]),
    ({"kinds": ["pardon"]}, ["kinds"]),
    ({"basis": "x" * 501}, ["basis"]),
    ({"account": uuid4()}, ["account"]),
    ({"principal": uuid4()}, ["principal"]),
]


@pytest.mark.parametrize(("changed", "fields"), WRONG)
async def test_what_is_wrong_is_named_field_by_field(
    cast: Cast, changed: dict[str, Any], fields: list[str]
) -> None:
    given = {"account": (await make_actor(Role.AUTHORITY)).id, **changed}
    with pytest.raises(Invalid) as refused:
        await signing.enter_authority(cast.admin, a_form(**given))
    assert list(refused.value.fields) == fields


async def test_an_officer_may_countersign_but_not_sign(cast: Cast) -> None:
    await let_sign(cast.colleague.id, **HEAD)
    with pytest.raises(Invalid):
        await let_sign(cast.colleague.id)


async def test_nobody_gives_an_authority_to_themselves(cast: Cast) -> None:
    chief = await make_actor(Role.ADMIN, Role.AUTHORITY)
    with pytest.raises(Invalid) as refused:
        await signing.enter_authority(chief, a_form(chief.id))
    assert list(refused.value.fields) == ["account"]
    with pytest.raises(DatabaseFault, match="signing_authority_not_by_oneself"):
        async with transaction():
            await signing_queries.insert_authority(a_form(chief.id), chief.id)


async def test_only_administrators_enter_and_withdraw_and_auditors_read(cast: Cast) -> None:
    entered = (await signing.list_authorities(cast.admin))[0]
    for other in (cast.officer, cast.authority, cast.hoa, cast.auditor):
        with pytest.raises(NotFound):
            await signing.enter_authority(other, a_form(cast.authority.id))
        with pytest.raises(NotFound):
            await signing.withdraw_authority(other, entered.id)
    for other in (cast.officer, cast.authority, cast.hoa):
        with pytest.raises(NotFound):
            await signing.list_authorities(other)
    with pytest.raises(NotFound):
        await signing.withdraw_authority(cast.admin, uuid4())


async def test_candidates_are_those_who_decide_or_handle_cases(cast: Cast) -> None:
    assert {one.id for one in await signing.list_candidates()} == {
        cast.authority.id,
        cast.officer.id,
        cast.colleague.id,
    }


# Signing


async def test_without_an_authority_of_that_day_and_kind_nobody_signs(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case, _ = await make_proposed(cast)
    strangers = [
        await make_actor(Role.AUTHORITY),
        await make_signer(kinds=["refuse"]),
        await make_signer(from_on=today() + timedelta(days=1)),
        await make_signer(until_on=today() - timedelta(days=1)),
        await make_head(Role.AUTHORITY),
    ]
    for one in strangers:
        with pytest.raises(NoAuthority):
            await domain.sign_decision(one, case.id)
    assert (await applications.found(case.id)).state == "proposed"


async def test_a_withdrawn_authority_ends_at_once_and_what_it_signed_stays(cast: Cast) -> None:
    first, _ = await make_proposed(cast)
    second, _ = await make_proposed(cast)
    signed = await domain.sign_decision(cast.authority, first.id)
    (entered,) = await signing.list_authorities(cast.admin)
    withdrawn = await signing.withdraw_authority(cast.admin, entered.id)
    assert withdrawn.withdrawn_at is not None
    with pytest.raises(Conflict):
        await signing.withdraw_authority(cast.admin, entered.id)
    with pytest.raises(NoAuthority):
        await domain.sign_decision(cast.authority, second.id)
    assert await domain.signed_decision(first.id) == signed


async def test_the_document_prints_the_block_of_who_signed(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    deputy = await make_signer(**DEPUTY, principal=cast.authority.id)
    signed = await domain.sign_decision(deputy, case.id)
    assert signed.document_id is not None
    printed = (await documents.get_document(signed.document_id)).context
    assert [line["vi"] for line in printed["signature_lines"]] == [
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
    ]
    assert printed["signature_name"] == deputy.name
    assert signed.signed_as is not None
    assert (signed.ended_by, signed.signed_as.principal) == (deputy.id, cast.authority.id)
    assert (signed.signed_as.capacity, signed.signed_as.principal_name) == ("KT", cast.authority.name)
    assert "KT. CHỦ TỊCH" in await domain.text_of(case, signed, [signed], "vi")


async def test_who_has_several_authorities_chooses_and_their_own_comes_first(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    chief = await make_signer(**DEPUTY, principal=cast.authority.id)
    own = await let_sign(chief.id, title_vi="GIÁM ĐỐC")
    found = await signing.authorities_of(chief, "sign", "grant")
    assert [one.title.vi for one in found] == ["GIÁM ĐỐC", "PHÓ CHỦ TỊCH"]
    with pytest.raises(NoAuthority):
        await domain.sign_decision(chief, case.id, authority_id=uuid4())
    signed = await domain.sign_decision(chief, case.id, authority_id=found[1].id)
    assert signed.signed_as is not None
    assert signed.signed_as.authority == found[1].id != own.id


async def test_a_delegation_ends_with_the_authority_it_comes_from(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    deputy = await make_signer(**DEPUTY, principal=cast.authority.id)
    (own,) = await signing_queries.list_authorities([cast.authority.id])
    await signing.withdraw_authority(cast.admin, own.id)
    assert await signing.authorities_of(deputy, "sign", "grant") == []
    with pytest.raises(NoAuthority):
        await domain.sign_decision(deputy, case.id)


async def test_what_is_delegated_is_not_delegated_again(cast: Cast) -> None:
    deputy = await make_signer(**DEPUTY, principal=cast.authority.id)
    third = (await make_actor(Role.AUTHORITY)).id
    with pytest.raises(Invalid) as refused:
        await let_sign(third, **DEPUTY, principal=deputy.id)
    assert list(refused.value.fields) == ["principal"]
    with pytest.raises(Invalid):
        await let_sign(cast.authority.id, **DEPUTY, principal=cast.authority.id)


async def test_nobody_delegates_more_than_they_have(cast: Cast) -> None:
    narrow = await make_signer(kinds=["refuse"])
    third = (await make_actor(Role.AUTHORITY)).id
    for kinds in (["grant"], []):
        with pytest.raises(Invalid):
            await let_sign(third, **DEPUTY, principal=narrow.id, kinds=kinds)
    await let_sign(third, **DEPUTY, principal=narrow.id, kinds=["refuse"])


# Three hands


async def test_a_decision_that_asks_for_it_is_countersigned_before_it_is_signed(cast: Cast) -> None:
    case, proposal = await make_proposed(cast)
    deputy, head = await make_signer(asks_countersign=True), await make_head()
    with pytest.raises(RuleSaysNo) as refused:
        await domain.sign_decision(deputy, case.id)
    assert refused.value.refusal == "needs_countersigned"
    assert (await domain.facts_of(deputy, case, [proposal]))["countersigned"] is False
    countersigned = await domain.countersign_decision(head, case.id, proposal.id)
    assert (await applications.found(case.id)).state == countersigned.state == "countersigned"
    assert countersigned.countersigner_name == head.name
    assert countersigned.countersigned_as is not None
    assert countersigned.countersigned_as.lines[-1].vi == "TRƯỞNG PHÒNG"
    assert (await domain.facts_of(deputy, case, [countersigned]))["countersigned"] is True
    signed = await domain.sign_decision(deputy, case.id, proposal.id)
    assert (signed.state, signed.countersigned_by, signed.ended_by) == ("signed", head.id, deputy.id)


async def test_a_countersigned_draft_can_be_returned_and_is_countersigned_anew(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    head = await make_head()
    await domain.countersign_decision(head, case.id)
    await domain.return_proposal(cast.authority, case.id, "Sửa.")
    second = await domain.propose_decision(cast.officer, case.id, a_grant(case))
    assert (second.state, second.countersigned_by) == ("proposed", None)
    with pytest.raises(RuleSaysNo):
        await domain.propose_decision(cast.officer, case.id, a_grant(case))


async def test_countersigning_needs_an_authority_and_the_draft_that_was_read(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    for one in (cast.colleague, cast.authority):
        with pytest.raises(NoAuthority):
            await domain.countersign_decision(one, case.id)
    for other in (cast.hoa, cast.auditor, cast.stranger):
        with pytest.raises(NotFound):
            await domain.countersign_decision(other, case.id)
    with pytest.raises(Conflict):
        await domain.countersign_decision(await make_head(), case.id, uuid4())


async def test_nobody_has_two_hands_in_one_decision(cast: Cast) -> None:
    """Every pair of propose, countersign and sign, for oneself and for another."""
    all_three = await make_actor(Role.OFFICER, Role.AUTHORITY, name="Ba Vai")
    await let_sign(all_three.id, **HEAD)
    await let_sign(all_three.id, **DEPUTY, principal=cast.authority.id)
    head = await make_head()
    case = await make_appraised(cast)
    await domain.propose_decision(all_three, case.id, a_grant(case))
    with pytest.raises(SamePerson):
        await domain.countersign_decision(all_three, case.id)
    with pytest.raises(SamePerson):
        await domain.sign_decision(all_three, case.id)
    await domain.countersign_decision(head, case.id)
    with pytest.raises(SamePerson):
        await domain.sign_decision(all_three, case.id)

    case, _ = await make_proposed(cast)
    await domain.countersign_decision(all_three, case.id)
    with pytest.raises(SamePerson):
        await domain.sign_decision(all_three, case.id)
    await domain.return_proposal(cast.authority, case.id, "Sửa.")
    with pytest.raises(SamePerson):
        await domain.propose_decision(all_three, case.id, a_grant(case))


async def test_a_hand_in_an_earlier_draft_counts(cast: Cast) -> None:
    both = await make_actor(Role.OFFICER, Role.AUTHORITY, name="Hai Vai")
    await let_sign(both.id)
    case = await make_appraised(cast)
    await domain.propose_decision(both, case.id, a_grant(case))
    await domain.return_proposal(cast.authority, case.id, "Sửa.")
    await domain.propose_decision(cast.officer, case.id, a_grant(case))
    with pytest.raises(SamePerson):
        await domain.sign_decision(both, case.id)


async def test_the_database_keeps_the_three_hands_apart(cast: Cast) -> None:
    case, proposal = await make_proposed(cast)
    (authority,) = await signing_queries.list_authorities([cast.authority.id])
    for by in (proposal.proposed_by,):
        with pytest.raises(DatabaseFault, match="decision_three_hands"):
            async with transaction():
                await queries.set_countersigned(proposal.id, by, signing.signed_as(authority))
    head = await make_head()
    await domain.countersign_decision(head, case.id)
    document = (await documents.list_for(case.id))[0].id
    with pytest.raises(DatabaseFault, match="decision_three_hands"):
        async with transaction():
            await queries.end_proposal(proposal.id, "signed", head.id, document=document)


async def test_a_late_countersignature_is_told_who_was_faster(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = await make_proposed(cast)

    async def too_late(*_: Any) -> bool:
        return False

    monkeypatch.setattr(queries, "set_countersigned", too_late)
    with pytest.raises(Conflict):
        await domain.countersign_decision(await make_head(), case.id)
