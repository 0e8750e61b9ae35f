"""The minutes: who took part and how, scores without names, and for the agency alone."""

from __future__ import annotations

import msgspec
import pytest

from backend.applications import domain as applications
from backend.appraisals import domain, queries
from backend.appraisals.minutes import minutes_of
from backend.cases import domain as cases
from backend.decisions import domain as decisions
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit.errors import NotFound
from backend.kit.text import Text
from tests.factories.applications import Cast
from tests.factories.decisions import a_grant, make_accepted, make_council, score


async def of_kind(case_id: object, kind: str) -> IssuedDocument:
    (found,) = [one for one in await documents.list_for(case_id) if one.kind == kind]  # type: ignore[arg-type]
    return found


async def test_the_minutes_say_who_took_part_and_keep_scores_from_names(cast: Cast) -> None:
    council = await make_council(4)
    case = await make_accepted(cast, council)
    await score(council[0], case, novelty=1)
    await score(council[1], case)
    await domain.declare_conflict(council[2], case.id, True, "Góp vốn vào tổ chức.")
    await domain.conclude_appraisal(cast.officer, case.id)
    minutes = await of_kind(case.id, "minutes")
    said = minutes.context
    parts = {one["name"]: one["part"]["vi"] for one in said["members"]}
    assert parts == {
        "Thành viên 1": "đã khai không xung đột lợi ích và nộp phiếu",
        "Thành viên 2": "đã khai không xung đột lợi ích và nộp phiếu",
        "Thành viên 3": "khai có xung đột lợi ích, không tham gia",
        "Thành viên 4": "không nộp phiếu",
    }
    assert [(one["name"]["vi"], one["score"]) for one in said["sheets"]] == [
        ("Phiếu 1", 3.9),
        ("Phiếu 2", 3.3),
    ]
    assert (said["mean"], said["spread"], said["pass_mark"]) == (3.6, 0.6, 3)
    assert said["criteria"][0] == {
        "label": {"vi": "Tính mới", "en": "Novelty"},
        "weight": 20,
        "mean": 2.5,
    }
    assert "đạt ngưỡng" in said["conclusion"]["vi"]
    assert said["round"] is None
    assert "Góp vốn" not in str(said)


async def test_sheets_have_names_where_the_rules_are_not_blind_and_a_low_mean_does_not_pass(
    cast: Cast,
) -> None:
    council = await make_council(2)
    case = await make_accepted(cast, council)
    for one in council:
        await score(one, case, novelty=1, benefit=1, feasibility=1, safety=1, team=1)
    sheet = msgspec.structs.replace(domain.sheet_of(case), blind=False)
    source = applications.rules_of(case).sources[sheet.source]
    found = [msgspec.structs.replace(one, round=2) for one in await queries.list_appraisals(case.id)]
    said = minutes_of(sheet, source, found)
    assert [one["name"] for one in said["sheets"]] == ["Thành viên 1", "Thành viên 2"]
    assert (said["conclusion"], said["round"]) == (
        Text("không đạt ngưỡng.", "the pass mark is not reached."),
        2,
    )


async def test_minutes_and_control_slip_are_for_the_agency_alone(cast: Cast) -> None:
    council = await make_council(2)
    case = await make_accepted(cast, council)
    for one in council:
        await score(one, case)
    await domain.conclude_appraisal(cast.officer, case.id)
    await decisions.propose_decision(cast.officer, case.id, a_grant(case))
    await decisions.sign_decision(cast.authority, case.id)
    for kind in ("minutes", "control_slip"):
        document = await of_kind(case.id, kind)
        assert await cases.get_document(cast.officer, document.id) == document
        for other in (cast.hoa, cast.stranger, council[0]):
            with pytest.raises(NotFound):
                await cases.get_document(other, document.id)
    kinds = {one.kind for one in (await cases.get_case(cast.officer, case.id)).documents}
    assert kinds == {"receipt", "minutes", "control_slip", "decision"}
    assert {one.kind for one in (await cases.get_case(cast.hoa, case.id)).documents} == {
        "receipt",
        "decision",
    }


async def test_the_control_slip_says_who_had_the_file_from_when_to_when(cast: Cast) -> None:
    council = await make_council(2)
    case = await make_accepted(cast, council)
    for one in council:
        await score(one, case)
    await domain.conclude_appraisal(cast.officer, case.id)
    await decisions.propose_decision(cast.officer, case.id, a_grant(case))
    await decisions.sign_decision(cast.authority, case.id)
    said = (await of_kind(case.id, "control_slip")).context
    assert [(one["stage"]["vi"], one["holder"]["vi"], one["ended"]["vi"]) for one in said["holdings"]] == [
        ("Đã nộp, chờ kiểm tra", "cán bộ thụ lý", f"Tiếp nhận để thẩm định, {cast.officer.name}"),
        ("Đang thẩm định", "thành viên thẩm định", f"Kết luận thẩm định, {cast.officer.name}"),
        ("Đã thẩm định, chờ dự thảo", "cán bộ thụ lý", f"Trình dự thảo quyết định, {cast.officer.name}"),
        ("Đã trình, chờ ký", "cơ quan có thẩm quyền", f"Ký cho phép thử nghiệm, {cast.authority.name}"),
    ]
    assert said["result"]["vi"] == "Đã cho phép"
    assert {one["state"]["vi"] for one in said["clocks"]} == {"đúng hạn"}
