"""The case page: where it is, whose turn it is, by when; what each reader may do and may not know."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.dossier import MACHINE, rules_of
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.cases import domain
from backend.cases.actions import OFFERS
from backend.cases.queries import story_of
from backend.decisions import domain as decisions
from backend.kit.clock import Frozen, now, today
from backend.kit.db import engine
from backend.kit.outbox import work_until_empty
from backend.programmes import domain as programmes
from tests.backend.cases.conftest import Counted
from tests.factories.applications import ANSWERS, Cast, a_request, make_pdf, make_submitted
from tests.factories.decisions import (
    a_grant,
    make_accepted,
    make_appraised,
    make_council,
    make_proposed,
    score,
)
from tests.factories.web import Browser, make_actor, sign_in


async def page_of(http: Browser, actor: Actor, case: Application) -> str:
    await sign_in(http, actor)
    answer = await http.get(f"/cases/{case.id}")
    assert answer.status_code == 200
    return html.unescape(answer.text)


async def offered(actor: Actor, case_id: UUID) -> dict[str, bool]:
    """What the reader is offered of the procedure, and whether it can be taken."""
    actions = (await domain.get_case(actor, case_id)).actions
    return {one.key: one.blocked is None for one in actions if one.key != "hand_over"}


async def may_give(actor: Actor, case_id: UUID) -> bool:
    """Whether the reader is offered to give the case to another officer."""
    return "hand_over" in {one.key for one in (await domain.get_case(actor, case_id)).actions}


def errors_of(page: httpx.Response) -> list[str]:
    summary = page.text.partition('class="govuk-error-summary"')[2].partition("</ul>")[0]
    return [html.unescape(one) for one in re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", summary)]


def test_every_step_of_every_rule_file_has_a_place_where_it_is_taken() -> None:
    steps = {
        key
        for programme in applications.open_programmes()
        for key, step in programme.machines[MACHINE].transitions.items()
        if step.by != ("system",)
    }
    assert steps - set(OFFERS) == set()
    assert programmes.rules().all()


async def test_an_officer_is_offered_the_steps_of_intake(cast: Cast) -> None:
    case = await make_submitted(cast)
    open_steps = dict.fromkeys(("take", "check", "accept", "request_supplement", "refuse_to_receive"), True)
    assert await offered(cast.officer, case.id) == open_steps
    assert await offered(cast.hoa, case.id) == {"withdraw": True}
    assert await offered(cast.authority, case.id) == await offered(cast.auditor, case.id) == {}
    await applications.take_application(cast.officer, case.id)
    assert await offered(cast.officer, case.id) == {key: True for key in open_steps if key != "take"}
    assert await offered(cast.colleague, case.id) == {key: False for key in open_steps if key != "take"}
    blocked = (await domain.get_case(cast.colleague, case.id)).actions[0].blocked
    assert blocked is not None
    assert blocked.vi == "Hồ sơ do Lê Cán Bộ thụ lý."


async def test_a_case_is_given_by_its_handler_by_anybody_while_nobodys_and_by_the_authority(
    cast: Cast,
) -> None:
    case = await make_submitted(cast)
    people = (cast.officer, cast.colleague, cast.authority, cast.auditor, cast.hoa)
    assert [await may_give(one, case.id) for one in people] == [True, True, True, False, False]
    await applications.take_application(cast.officer, case.id)
    assert [await may_give(one, case.id) for one in people] == [True, False, True, False, False]
    await applications.withdraw_application(cast.hoa, case.id)
    assert [await may_give(one, case.id) for one in people] == [False] * 5


async def test_what_is_offered_follows_the_case_to_its_decision(cast: Cast) -> None:
    council = await make_council(2)
    case = await make_accepted(cast, council)
    assert await offered(cast.officer, case.id) == {"assign": True, "conclude_appraisal": False}
    for one in council:
        await score(one, case)
    assert await offered(council[0], case.id) == {"score": True}
    assert await offered(cast.officer, case.id) == {"assign": True, "conclude_appraisal": True}
    await appraisals.conclude_appraisal(cast.officer, case.id)
    assert await offered(cast.officer, case.id) == {"propose": True}
    assert await offered(council[0], case.id) == {}
    both = await make_actor(Role.OFFICER, Role.AUTHORITY)
    await decisions.propose_decision(both, case.id, a_grant(case))
    back = {"return_proposal": True, "return_for_appraisal": True}
    to_sign = {"grant": True, "countersign": True, **back}
    assert await offered(cast.authority, case.id) == to_sign
    assert await offered(both, case.id) == {**to_sign, "grant": False, "countersign": False}
    assert await offered(cast.officer, case.id) == {"countersign": True}
    assert await offered(cast.hoa, case.id) == {}
    await decisions.sign_decision(cast.authority, case.id)
    for one in (cast.hoa, cast.officer, cast.authority):
        assert await offered(one, case.id) == {}


async def test_holder_and_turn_are_said_to_each_reader(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await applications.take_application(cast.officer, case.id)
    found = await domain.get_case(cast.officer, case.id)
    assert (found.holder and found.holder.vi, found.is_my_turn) == ("cán bộ thụ lý Lê Cán Bộ", True)
    assert "đến lượt bạn" in await page_of(http, cast.officer, case)
    assert "đến lượt bạn" not in await page_of(http, cast.hoa, case)
    await applications.request_supplement(
        cast.officer, case.id, a_request(), today() + timedelta(days=9), "Thiếu sơ đồ."
    )
    found = await domain.get_case(cast.hoa, case.id)
    assert (found.holder and found.holder.vi, found.is_my_turn) == (cast.company.name, True)


async def test_the_clock_card_says_days_state_and_article(
    http: Browser, cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    frozen_clock.advance(timedelta(days=3))  # Thursday after a holiday
    running = await domain.get_case(cast.hoa, case.id)
    shown = [(one.key, one.used, one.left, one.state) for one in running.clocks]
    assert shown == [("check_dossier", 2, 1, "running"), ("decide", 2, 28, "running")]
    text = await page_of(http, cast.hoa, case)
    assert "ngày làm việc còn lại" in text
    assert rules_of(case).sources["qd_248_body"].title.vi in text
    assert "cần xác nhận" in text
    await applications.request_supplement(
        cast.officer, case.id, a_request(), date(2026, 12, 10), "Thiếu sơ đồ."
    )
    stopped = {one.key: one.state for one in (await domain.get_case(cast.officer, case.id)).clocks}
    assert stopped == {"supplement": "running", "check_dossier": "stopped", "decide": "stopped"}
    assert "tạm dừng, còn 28 ngày làm việc" in await page_of(http, cast.officer, case)


async def test_an_applicant_never_meets_an_internal_label_a_key_or_an_appraiser(
    http: Browser, cast: Cast
) -> None:
    """Along the whole way, on the page and in the JSON; the officer's page proves there is much to hide."""
    council = await make_council(2)
    case = await make_accepted(cast, council)
    seen = [await _everything(http, cast.hoa, case)]
    for one in council:
        await score(one, case, "Nhận xét kín của hội đồng")
    seen.append(await _everything(http, cast.hoa, case))
    await appraisals.conclude_appraisal(cast.officer, case.id)
    seen.append(await _everything(http, cast.hoa, case))
    await decisions.propose_decision(cast.officer, case.id, a_grant(case, reasons="Lý do trong dự thảo"))
    seen.append(await _everything(http, cast.hoa, case))
    for_staff = await _everything(http, cast.officer, case)
    await decisions.return_proposal(cast.authority, case.id, "Cần sửa điều kiện.")
    seen.append(await _everything(http, cast.hoa, case))
    states = rules_of(case).machines[MACHINE].states.values()
    internal = {one.label.vi for one in states} - {one.public.vi for one in states}
    hidden = {"Thành viên 1", "Thành viên 2", "Nhận xét kín", "Lý do trong dự thảo", "Cần sửa điều kiện"}
    hidden |= {"Điểm trung bình", "3,9", "appraised", "return_proposal", *internal}
    assert [{word for word in hidden if word in text} for text in seen] == [set()] * len(seen)
    assert {"Thành viên 1", "3,9", "Lý do trong dự thảo"} <= {word for word in hidden if word in for_staff}
    assert "Đã trình, chờ ký" in for_staff


async def _everything(http: Browser, actor: Actor, case: Application) -> str:
    text = await page_of(http, actor, case)
    return text + (await http.get(f"/api/v1/cases/{case.id}")).text


async def test_marks_are_blind_for_an_appraiser_until_the_own_are_in(http: Browser, cast: Cast) -> None:
    first, second = await make_council(2)
    case = await make_accepted(cast, [first, second])
    await score(first, case)
    await appraisals.declare_conflict(second, case.id, False)
    assert "Điểm trung bình" not in await page_of(http, second, case)
    assert "Điểm trung bình" in await page_of(http, first, case)


async def test_a_supervisor_learns_nothing_of_the_appraisal(http: Browser, cast: Cast) -> None:
    case = await make_appraised(cast)
    text = await page_of(http, await make_actor(Role.SUPERVISOR), case)
    timeline = text.partition('id="timeline"')[2].partition("</section>")[0]
    assert "Kết luận thẩm định" in timeline
    assert ("Nộp phiếu chấm" in timeline, "Điểm trung bình" in text) == (False, False)


async def test_an_officer_accepts_on_the_case_page(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await sign_in(http, cast.officer)
    done = await http.submit(f"/cases/{case.id}/accept")
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case.id}")
    assert (await applications.found(case.id)).state == "accepted"
    again = await http.submit(f"/cases/{case.id}/accept")
    assert again.status_code == 409
    assert len(errors_of(again)) == 1


async def test_a_colleague_who_was_slower_is_told_who_has_the_case(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await applications.take_application(cast.officer, case.id)
    await sign_in(http, cast.colleague)
    refused = await http.submit(f"/cases/{case.id}/accept")
    assert refused.status_code == 409
    assert "Lê Cán Bộ" in errors_of(refused)[0]


@pytest.mark.parametrize("step", ["take", "accept", "intake", "intake/request", "intake/refusal"])
async def test_only_an_officer_takes_the_steps_of_intake(http: Browser, cast: Cast, step: str) -> None:
    case = await make_submitted(cast)
    typed = {"ask.field.team": "yes", "fault.field.team": "x", "due_on": str(today() + timedelta(days=3))}
    typed["reasons"] = "x"
    for actor in (cast.hoa, cast.stranger, cast.authority, cast.auditor, cast.admin):
        await sign_in(http, actor)
        assert (await http.submit(f"/cases/{case.id}/{step}", typed)).status_code == 404
    assert (await applications.found(case.id)).state == "submitted"


async def test_versions_of_a_file_stay_and_the_newest_leads(cast: Cast) -> None:
    case = await make_submitted(cast)
    await applications.request_supplement(
        cast.officer, case.id, a_request(), today() + timedelta(days=9), "Bản rõ hơn."
    )
    await applications.add_upload(cast.hoa, case.id, "trial_plan", "ban-2.pdf", make_pdf("bản 2"))
    assert await _plan(cast.officer, case) == ["trial_plan.pdf"]
    assert await _plan(cast.hoa, case) == ["ban-2.pdf", "trial_plan.pdf"]
    unsubmitted = (await domain.get_case(cast.hoa, case.id)).dossier.unsubmitted
    assert len(unsubmitted) == 1
    await applications.submit_application(cast.hoa, case.id, case.revision)
    assert await _plan(cast.officer, case) == await _plan(cast.hoa, case) == ["ban-2.pdf", "trial_plan.pdf"]


async def _plan(actor: Actor, case: Application) -> list[str]:
    documents = (await domain.get_case(actor, case.id)).dossier.documents
    return [one.filename for one in next(d for d in documents if d.slot.key == "trial_plan").files]


async def test_every_answer_is_read_in_words(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast, solution_summary="Dòng một\nDòng <hai>")
    text = (await page_of(http, cast.officer, case)).partition('id="dossier"')[2]
    for shown in ("Dòng <hai>", "01/03/2027", "1,5 km²", str(ANSWERS["safeguards"])):
        assert shown in text
    assert "2027-03-01" not in text


async def test_the_timeline_tells_moves_documents_and_reasons_newest_first(
    http: Browser, cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    await applications.take_application(cast.officer, case.id)
    await applications.request_supplement(
        cast.officer, case.id, a_request(), today() + timedelta(days=9), "Thiếu sơ đồ."
    )
    await work_until_empty()
    assert [_line(one) for one in (await domain.get_case(cast.officer, case.id)).timeline] == [
        ("Ban hành: Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ 01/YCBS-SKHCN", None, None),
        ("Yêu cầu bổ sung", "Lê Cán Bộ", "Thiếu sơ đồ."),
        ("Nhận thụ lý", "Lê Cán Bộ", None),
        ("Ban hành: Giấy tiếp nhận hồ sơ và hẹn trả kết quả 01/TNHS-SKHCN", None, None),
        ("Nộp hồ sơ", "Nguyễn Thị Hoa", None),
        ("Bắt đầu soạn hồ sơ", "Nguyễn Thị Hoa", None),
    ]
    for_applicant = [_line(one) for one in (await domain.get_case(cast.hoa, case.id)).timeline]
    assert [one for one in for_applicant if not one[0].startswith("Ban hành: ")] == [
        ("Cần bổ sung", "cán bộ thụ lý", "Thiếu sơ đồ."),
        ("Cán bộ bắt đầu thụ lý", None, None),
        ("Đã nộp", "Nguyễn Thị Hoa", None),
        ("Bắt đầu soạn hồ sơ", "Nguyễn Thị Hoa", None),
    ]


async def test_a_document_stands_in_the_timeline_where_it_was_dated_however_late_its_file_is_made(
    cast: Cast, frozen_clock: Frozen
) -> None:
    submitted_at = now()
    case = await make_submitted(cast)
    receipt = (await domain.get_case(cast.hoa, case.id)).timeline[0]
    assert _line(receipt) == (
        "Đang tạo và ký: Giấy tiếp nhận hồ sơ và hẹn trả kết quả 01/TNHS-SKHCN",
        None,
        None,
    )
    frozen_clock.advance(timedelta(days=2))
    await work_until_empty()
    receipt = (await domain.get_case(cast.hoa, case.id)).timeline[0]
    assert _line(receipt) == (
        "Ban hành: Giấy tiếp nhận hồ sơ và hẹn trả kết quả 01/TNHS-SKHCN",
        None,
        "Tệp được tạo ngày 25/11/2026",
    )
    assert receipt.text
    assert (receipt.text.en, receipt.at) == ("File made on 25 Nov 2026", submitted_at)


def _line(one: domain.Line) -> tuple[str, str | None, str | None]:
    return one.title.vi, one.who and one.who.vi, one.text and one.text.vi


async def test_two_requests_keep_each_their_own_reasons(cast: Cast) -> None:
    case = await make_submitted(cast)
    for reasons in ("Lần một.", "Lần hai."):
        await applications.request_supplement(
            cast.officer, case.id, a_request(), today() + timedelta(days=9), reasons
        )
        await applications.submit_application(cast.hoa, case.id, case.revision)
    told = [one.text.vi for one in (await domain.get_case(cast.hoa, case.id)).timeline if one.text]
    assert told == ["Lần hai.", "Lần một."]


@pytest.mark.parametrize(
    "harm",
    [
        "update audit_entry set data = data || '{{\"from\": \"x\"}}' where subject = '{case}' and seq = 2",
        "delete from audit_entry where subject = '{case}' and seq = 2",
        "delete from audit_entry where subject = '{case}'",
        "delete from audit_head where subject = '{case}'",
        "delete from audit_entry where subject = '{case}'; delete from audit_head where subject = '{case}'",
    ],
)
async def test_staff_see_whether_the_history_holds(http: Browser, cast: Cast, harm: str) -> None:
    case = await make_submitted(cast)
    assert (await story_of(case.id)).broken is None
    for actor in (cast.officer, cast.authority, cast.auditor, await make_actor(Role.SUPERVISOR)):
        assert "Nguyên vẹn" in await page_of(http, actor, case)
    assert "Nguyên vẹn" not in await page_of(http, cast.hoa, case)
    await engine().run_ddl("SET LOCAL session_replication_role = replica")
    for statement in harm.format(case=case.id).split("; "):
        await engine().run_ddl(statement)
    await engine().run_ddl("SET LOCAL session_replication_role = origin")
    assert "Không nguyên vẹn" in await page_of(http, cast.officer, case)


async def test_a_case_is_read_in_few_queries_however_much_there_is_of_it(
    http: Browser, cast: Cast, frozen_clock: Frozen, counted: Counted
) -> None:
    async def asked_for(actor: Actor, case_id: UUID) -> int:
        await sign_in(http, actor)
        assert (await http.get(f"/cases/{case_id}")).status_code == 200
        with counted() as statements:
            assert (await http.get(f"/cases/{case_id}")).status_code == 200
        return len(statements)

    young = await make_submitted(cast)
    assert [await asked_for(one, young.id) for one in (cast.hoa, cast.officer)] == [4, 5]
    await applications.take_application(cast.officer, young.id)
    for _ in range(2):
        await applications.request_supplement(
            cast.officer, young.id, a_request(), today() + timedelta(days=9), "Thiếu sơ đồ."
        )
        await applications.submit_application(cast.hoa, young.id, young.revision)
    assert [await asked_for(one, young.id) for one in (cast.hoa, cast.officer)] == [4, 5]
    proposed, _ = await make_proposed(cast)
    assert await asked_for(cast.authority, proposed.id) == 6
    await decisions.sign_decision(cast.authority, proposed.id)
    await work_until_empty()
    decided = [await asked_for(one, proposed.id) for one in (cast.hoa, cast.officer, cast.authority)]
    assert decided == [4, 5, 5]


async def test_json_says_the_same_and_gives_the_key_to_staff_alone(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    told = {}
    for actor in (cast.hoa, cast.officer):
        await sign_in(http, actor)
        told[actor.name] = (await http.get(f"/api/v1/cases/{case.id}")).json()
    mine, theirs = told.values()
    assert (mine["state"], theirs["state"]) == (None, "submitted")
    assert mine["public_state"] == theirs["public_state"] == {"vi": "Đã nộp", "en": "Submitted"}
    assert [one["key"] for one in theirs["clocks"]] == ["check_dossier", "decide"]
    assert [one["key"] for one in mine["actions"]] == ["withdraw"]
    assert [one["slot"] for one in mine["files"]] == [
        "trial_plan",
        "technical_description",
        "risk_assessment",
    ]
    assert mine["documents"][0]["href"].startswith("/documents/")
