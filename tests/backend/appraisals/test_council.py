"""A council is proposed by room and without conflicts; who is barred is told why; those asked are told."""

from __future__ import annotations

from typing import cast as typed

import pytest

from backend.accounts.schemas import Actor, Role
from backend.appraisals import domain
from backend.kit.errors import Invalid
from backend.kit.outbox import work_until_empty
from backend.notifications.domain import list_news
from backend.ports.mailer import KeptMail
from backend.ports.wiring import Ports
from tests.factories.applications import Cast
from tests.factories.decisions import make_accepted, make_council, score
from tests.factories.web import Browser, make_actor, sign_in


async def proposed(cast: Cast, case: object) -> set[str]:
    council = await domain.council_for(cast.officer, case)  # type: ignore[arg-type]
    return {one.actor.name for one in council.candidates if one.is_proposed}


async def test_those_with_the_most_room_are_proposed(cast: Cast) -> None:
    busy = [await make_actor(Role.APPRAISER, name=f"Bận {number}") for number in range(2)]
    free = [await make_actor(Role.APPRAISER, name=f"Rảnh {number}") for number in range(3)]
    first = await make_accepted(cast, council=busy)
    second = await make_accepted(cast, council=[])
    assert first.id != second.id
    council = await domain.council_for(cast.officer, second)
    assert [(one.actor.name, one.load) for one in council.candidates] == [
        ("Bận 0", 1),
        ("Bận 1", 1),
        ("Rảnh 0", 0),
        ("Rảnh 1", 0),
        ("Rảnh 2", 0),
    ]
    assert await proposed(cast, second) == {one.name for one in free}
    assert council.block is None
    await domain.assign_appraisers(cast.officer, second.id, [free[0].id])
    assert len(await proposed(cast, second)) == 2


async def test_who_has_too_much_open_is_not_proposed_and_the_block_is_named(cast: Cast) -> None:
    only = await make_actor(Role.APPRAISER, name="Một Người")
    for _ in range(5):
        await make_accepted(cast, council=[only])
    case = await make_accepted(cast, council=[])
    council = await domain.council_for(cast.officer, case)
    assert [one.is_proposed for one in council.candidates] == [False]
    assert council.block is not None
    assert council.block.vi
    assert council.block.en


async def test_who_has_to_do_with_the_applicant_is_barred_with_the_reason(cast: Cast) -> None:
    insider = await make_actor(Role.APPRAISER, name="Người Nhà", organisations=[cast.company.id])
    earlier = await make_actor(Role.APPRAISER, name="Từng Khai")
    before = await make_accepted(cast, council=[])
    await domain.assign_appraisers(cast.officer, before.id, [earlier.id])
    await domain.declare_conflict(earlier, before.id, True, "Em trai tôi là giám đốc.")
    case = await make_accepted(cast, council=[])
    council = await domain.council_for(cast.officer, case)
    barred = {one.actor.name: one.why for one in council.candidates if one.is_barred}
    assert set(barred) == {"Người Nhà", "Từng Khai"}
    assert "Công ty Cảng Số Hải Phòng" in barred["Người Nhà"].vi
    assert "declared a conflict of interest with" in barred["Từng Khai"].en
    assert "Em trai" not in barred["Từng Khai"].vi
    for one in (insider, earlier):
        with pytest.raises(Invalid) as refused:
            await domain.assign_appraisers(cast.officer, case.id, [one.id])
        assert refused.value.fields == {"appraisers": barred[one.name]}


async def test_those_asked_are_told_and_learn_of_nobody_else(cast: Cast, ports: Ports) -> None:
    lan, binh = await make_actor(Role.APPRAISER, name="Lan"), await make_actor(Role.APPRAISER, name="Bình")
    case = await make_accepted(cast, council=[])
    await domain.assign_appraisers(cast.officer, case.id, [lan.id, binh.id])
    (news,) = (await list_news(lan)).items
    assert (news.kind, news.news.path) == ("work", f"/cases/{case.id}/appraisal")
    await work_until_empty()
    sent = [one for one in typed("KeptMail", ports.mailer).sent if one.to in {lan.email, binh.email}]
    assert {one.to for one in sent} == {lan.email, binh.email}
    assert [one.to for one in sent if "Bình" in one.text] == [binh.email]


async def test_a_sheet_far_from_the_others_is_marked_and_still_counts(
    cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council=council)
    high = dict.fromkeys(domain.sheet_of(case).criteria, 5)
    low = dict.fromkeys(high, 1)
    await score(council[0], case, **high)
    await score(council[1], case, **high)
    two = await domain.summary_of(cast.officer, case)
    assert two is not None
    assert two.outliers == frozenset()
    await score(council[2], case, **low)
    three = await domain.summary_of(cast.officer, case)
    assert three is not None
    assert [one.appraiser_id for one in three.appraisals if one.id in three.outliers] == [council[2].id]
    assert three.mean == pytest.approx((5 + 5 + 1) / 3)


async def test_the_page_ticks_the_proposed_and_names_the_barred(http: Browser, cast: Cast) -> None:
    await make_council()
    await make_actor(Role.APPRAISER, name="Người Nhà", organisations=[cast.company.id])
    case = await make_accepted(cast, council=[])
    await sign_in(http, cast.officer)
    shown = (await http.get(f"/cases/{case.id}/appraisal")).text
    assert shown.count(" checked") == 3
    assert "<strong>Người Nhà</strong>" in shown
