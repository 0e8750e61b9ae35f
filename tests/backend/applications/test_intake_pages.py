"""The pages of intake: check list, request, refusal; the reply; rounds side by side."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from backend.applications import domain
from backend.applications.checklist import fields_behind
from backend.applications.difference import in_words, pieces_of
from backend.applications.dossier import rules_of
from backend.applications.intake_pages import latest_answer
from backend.applications.schemas import Application
from backend.kit.clock import Frozen, today
from backend.programmes import domain as programmes
from tests.factories.applications import ANSWERS, PROGRAMME, Cast, a_request, make_pdf, make_submitted
from tests.factories.web import Browser, sign_in

SOON = f"{date(2026, 12, 4):%d/%m/%Y}"


@pytest.fixture
async def officer(http: Browser, cast: Cast) -> Browser:
    await sign_in(http, cast.officer)
    return http


@pytest.fixture
async def hoa(http: Browser, cast: Cast) -> Browser:
    browser = http.as_stranger()
    await sign_in(browser, cast.hoa)
    return browser


def errors_of(page: httpx.Response) -> list[str]:
    summary = page.text.partition('class="govuk-error-summary"')[2].partition("</ul>")[0]
    return [html.unescape(one) for one in re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", summary)]


def said(page: httpx.Response) -> str:
    """The words of the page, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


async def asked_for(cast: Cast, *keys: str) -> Application:
    case = await make_submitted(cast)
    return await domain.request_supplement(
        cast.officer, case.id, a_request(*keys), today() + timedelta(days=9)
    )


async def test_the_check_list_has_a_line_for_everything_the_rules_ask(officer: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    page = await officer.get(f"/cases/{case.id}/intake")
    rules = rules_of(case)
    names = re.findall(r'<select [^>]*name="mark\.([^"]+)"', page.text)
    assert names == [
        *(f"criterion:{key}" for key in rules.eligibility),
        *(f"field:{key}" for key in rules.fields),
        *(f"document:{key}" for key in rules.documents),
    ]
    assert "cần xác nhận" in page.text


async def test_marks_are_saved_and_a_second_tab_is_told(officer: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    place = f"/cases/{case.id}/intake"
    form = {"revision": "0", "mark.field:team": "lacking", "remark.field:team": "Thiếu <tên>."}
    assert (await officer.submit(place, form)).headers["location"] == place
    assert "Thiếu &lt;tên&gt;." in (await officer.get(place)).text
    stale = await officer.submit(place, form | {"remark.field:team": "Khác."})
    assert stale.status_code == 409
    assert 'value="Khác."' in stale.text
    cleared = {"revision": "1", "mark.field:team": ""}
    await officer.submit(place, cleared)
    assert (await domain.intake_of(cast.officer, case.id)).sheet.marks == {}


async def test_the_rest_is_marked_where_there_is_no_doubt(officer: Browser, cast: Cast) -> None:
    case = await make_submitted(cast, national_security=True)
    form = {"revision": "0", "mark.field:team": "lacking", "action": "rest"}
    await officer.submit(f"/cases/{case.id}/intake", form)
    marks = (await domain.intake_of(cast.officer, case.id)).sheet.marks
    assert marks["field:team"].mark == "lacking"
    assert (marks["document:trial_plan"].mark, marks["document:other"].mark) == ("in_order", "not_applicable")
    assert marks["criterion:exit"].mark == "in_order"
    assert "criterion:no_secrets" not in marks


async def test_lacking_marks_become_a_request_with_one_press(
    officer: Browser, hoa: Browser, cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    place = f"/cases/{case.id}/intake"
    marked = {"mark.criterion:duration": "lacking", "remark.criterion:duration": "Quá dài."}
    marked |= {"mark.document:trial_plan": "lacking", "remark.document:trial_plan": "Thiếu sơ đồ."}
    saved = await officer.submit(place, {"revision": "0", "action": "request", **marked})
    assert saved.headers["location"] == f"{place}/request"
    page = await officer.get(f"{place}/request")
    ticked = re.findall(r'name="ask\.([^"]+)"[^>]*value="yes" checked', page.text)
    assert ticked == ["field.plan_from", "field.plan_until", "document.trial_plan"]
    assert 'value="23/12/2026"' in page.text
    form = {"ask.document.trial_plan": "yes", "fault.document.trial_plan": "Thiếu <sơ đồ>."}
    refused = await officer.submit(f"{place}/request", form | {"due_on": "mai"})
    assert (refused.status_code, errors_of(refused)) == (422, ["Nhập ngày, ví dụ 23/11/2026."])
    assert "Thiếu &lt;sơ đồ&gt;." in refused.text
    late = await officer.submit(f"{place}/request", form | {"due_on": "24/12/2026"})
    assert errors_of(late) == ["Ngày muộn nhất là 23/12/2026."]
    empty = await officer.submit(f"{place}/request", {"due_on": SOON})
    assert errors_of(empty) == ["Hãy chọn ít nhất một mục cần bổ sung."]
    silent = await officer.submit(f"{place}/request", {"ask.field.team": "yes", "due_on": SOON})
    assert 'id="fault.field.team-error"' in silent.text
    sent = await officer.submit(f"{place}/request", form | {"due_on": SOON})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case.id}")
    told = said(await hoa.get(f"/cases/{case.id}"))
    assert "Phương án thử nghiệm: Thiếu <sơ đồ>." in told
    for closed in ("", "/request", "/refusal"):
        assert (await officer.get(f"{place}{closed}")).headers["location"] == f"/cases/{case.id}"


async def test_lacking_marks_become_the_reasons_of_a_refusal_with_their_grounds(
    officer: Browser, hoa: Browser, cast: Cast
) -> None:
    case = await make_submitted(cast)
    place = f"/cases/{case.id}/intake"
    marked = {"mark.criterion:exit": "lacking", "remark.criterion:exit": "Chưa có phương án dừng."}
    await officer.submit(place, {"revision": "0", "action": "refusal", **marked})
    page = await officer.get(f"{place}/refusal")
    drafted = html.unescape(page.text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])
    source = rules_of(case).sources["law_93"].title.vi
    assert drafted.strip() == (
        f"- Có phương án kết thúc thử nghiệm: Chưa có phương án dừng (căn cứ: {source}, cần xác nhận)."
    )
    refused = await officer.submit(f"{place}/refusal", {"reasons": " "})
    assert (refused.status_code, len(errors_of(refused))) == (422, 1)
    done = await officer.submit(f"{place}/refusal", {"reasons": drafted})
    assert done.status_code == 303
    assert "Chưa có phương án dừng" in said(await hoa.get(f"/cases/{case.id}"))


async def test_the_reply_shows_what_is_asked_and_keeps_the_rest_closed(hoa: Browser, cast: Cast) -> None:
    case = await asked_for(cast)
    place = f"/applications/{case.id}/supplement"
    for whole in ("", "/sections/solution", "/check", "/documents"):
        assert (await hoa.get(f"/applications/{case.id}{whole}")).headers["location"] == place
    page = await hoa.get(place)
    assert set(re.findall(r'<(?:textarea|input|select)[^>]* name="([a-z_]+)"', page.text)) == {
        "csrf",
        "revision",
        "team",
        "confirm",
        "trial_plan",
        "secret",
    }
    assert ANSWERS["plan_goal"] in said(page)
    elsewhere = {"revision": str(case.revision), "team": "Mới.", "plan_goal": "Khác."}
    refused = await hoa.submit(place, elsewhere)
    assert refused.status_code == 409
    assert (await domain.get_application(cast.hoa, case.id)).answers == ANSWERS


async def test_the_reply_is_saved_and_handed_in(hoa: Browser, officer: Browser, cast: Cast) -> None:
    case = await asked_for(cast, "team", "trial_plan", "plan_from")
    place = f"/applications/{case.id}/supplement"
    typed = {"revision": str(case.revision), "team": "Sáu kỹ sư điều khiển.", "plan_from": "mai"}
    wrong = await hoa.submit(place, typed)
    assert (wrong.status_code, len(errors_of(wrong))) == (422, 1)
    kept = await domain.get_application(cast.hoa, case.id)
    assert kept.answers["team"] == "Sáu kỹ sư điều khiển."
    stale = await hoa.submit(place, typed)
    assert stale.status_code == 409
    right = typed | {"revision": str(kept.revision), "plan_from": "02/03/2027"}
    assert (await hoa.submit(place, right)).headers["location"] == place
    upload = {"trial_plan": ("bản mới.pdf", make_pdf("mới"), "application/pdf")}
    sent = await hoa.submit(f"/applications/{case.id}/documents/slots/trial_plan", files=upload)
    assert sent.status_code == 303
    now = await domain.get_application(cast.hoa, case.id)
    unsure = await hoa.submit(place, right | {"revision": str(now.revision), "action": "submit"})
    assert (unsure.status_code, len(errors_of(unsure))) == (422, 1)
    done = await hoa.submit(
        place, right | {"revision": str(now.revision), "action": "submit", "confirm": "yes"}
    )
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case.id}")
    assert (await hoa.get(place)).headers["location"] == f"/cases/{case.id}"
    assert (await hoa.submit(place, right)).headers["location"] == f"/cases/{case.id}"
    page = await officer.get(f"/cases/{case.id}/supplements")
    assert re.search(r'<del class="app-diff">.*?Năm', page.text)
    assert re.search(r'<ins class="app-diff">.*?Sáu', page.text)
    assert "trial_plan.pdf" in page.text
    assert "bản mới.pdf" in page.text


async def test_an_incomplete_reply_is_not_handed_in(hoa: Browser, cast: Cast) -> None:
    case = await asked_for(cast, "team")
    place = f"/applications/{case.id}/supplement"
    form = {"revision": str(case.revision), "team": "", "action": "submit", "confirm": "yes"}
    refused = await hoa.submit(place, form)
    assert (refused.status_code, errors_of(refused)) == (409, ["Trả lời mục “Nhóm thực hiện”."])


async def test_a_faulty_file_is_named_on_the_page_of_the_reply(hoa: Browser, cast: Cast) -> None:
    case = await asked_for(cast)
    upload = {"trial_plan": ("x.exe", b"MZ", "application/octet-stream")}
    refused = await hoa.submit(f"/applications/{case.id}/documents/slots/trial_plan", files=upload)
    assert refused.status_code == 422
    assert "Trả lời yêu cầu bổ sung" in refused.text


async def test_the_pages_of_rounds_change_an_open_request(
    officer: Browser, cast: Cast, frozen_clock: Frozen
) -> None:
    case = await asked_for(cast)
    place = f"/cases/{case.id}/supplements"
    (plan, _) = (await domain.supplements_of(case))[-1].items
    for path, form, field in (
        ("due", {"due_on": "xx", "reason": "x"}, "due.due_on"),
        ("due", {"due_on": "10/12/2026", "reason": ""}, "due.reason"),
        ("items", {"target": "", "fault": "x"}, "target"),
        ("items", {"target": "field.plan_goal", "fault": ""}, "fault"),
        (f"items/{plan.id}/cancel", {"reason": ""}, f"{plan.id}.reason"),
        ("cancel", {"reason": ""}, "cancel.reason"),
    ):
        refused = await officer.submit(f"{place}/{path}", form)
        assert refused.status_code == 422, path
        assert f'href="#{field}"' in refused.text
        assert f'id="{field}"' in refused.text
    for path, form in (
        ("due", {"due_on": "10/12/2026", "reason": "Nghỉ lễ."}),
        ("items", {"target": "field.plan_goal", "fault": "Chưa rõ."}),
        (f"items/{plan.id}/cancel", {"reason": "Đã rõ."}),
    ):
        assert (await officer.submit(f"{place}/{path}", form)).headers["location"] == place
    request = (await domain.supplements_of(case))[-1]
    assert request.due_on == date(2026, 12, 10)
    assert [(one.key, one.state) for one in request.items] == [
        ("trial_plan", "cancelled"),
        ("plan_goal", "asked"),
        ("team", "asked"),
    ]
    gone = await officer.submit(f"{place}/items/{plan.id}/cancel", {"reason": "x"})
    assert gone.status_code == 404
    done = await officer.submit(f"{place}/cancel", {"reason": "Không cần nữa."})
    assert done.headers["location"] == f"/cases/{case.id}"
    late = await officer.submit(f"{place}/cancel", {"reason": "Lần nữa."})
    assert late.status_code == 409


async def test_answers_are_judged_on_the_page_and_lead_to_the_next_request(
    officer: Browser, cast: Cast
) -> None:
    case = await asked_for(cast)
    place = f"/cases/{case.id}/supplements"
    await domain.submit_application(cast.hoa, case.id, case.revision)
    plan, team = (await domain.supplements_of(case))[-1].items
    page = await officer.get(place)
    assert page.text.count("không đổi") == 2
    assert "Tổ chức đã trả lời" in (await officer.get(f"/cases/{case.id}")).text
    nothing = await officer.submit(f"{place}/answers", {})
    assert nothing.status_code == 422
    assert (await officer.submit(f"{place}/answers", {"judge.x": "accept"})).status_code == 404
    both = {f"judge.{plan.id}": "accept", f"judge.{team.id}": "again"}
    silent = await officer.submit(f"{place}/answers", both)
    assert f'id="remark.{team.id}-error"' in silent.text
    again = await officer.submit(f"{place}/answers", both | {f"remark.{team.id}": "Vẫn thiếu."})
    assert again.headers["location"] == f"/cases/{case.id}/intake/request"
    drafted = await officer.get(again.headers["location"])
    assert re.findall(r'name="ask\.([^"]+)"[^>]*value="yes" checked', drafted.text) == ["field.team"]
    assert "Vẫn thiếu." in drafted.text


async def test_an_applicant_reads_the_rounds_and_judges_nothing(hoa: Browser, cast: Cast) -> None:
    case = await asked_for(cast)
    await domain.submit_application(cast.hoa, case.id, case.revision)
    page = await hoa.get(f"/cases/{case.id}/supplements")
    assert (page.status_code, 'name="judge.' in page.text) == (200, False)
    (plan, _) = (await domain.supplements_of(case))[-1].items
    judged = await hoa.submit(f"/cases/{case.id}/supplements/answers", {f"judge.{plan.id}": "accept"})
    assert judged.status_code == 404


async def test_json_goes_the_same_way(http: Browser, cast: Cast) -> None:
    officer = http.with_token(await sign_in(http.as_stranger(), cast.officer))
    hoa = http.with_token(await sign_in(http.as_stranger(), cast.hoa))
    case = await make_submitted(cast)
    root = f"/api/v1/applications/{case.id}"
    told = (await officer.get(f"{root}/checklist")).json()
    assert (told["revision"], len(told["lines"])) == (0, len(await checklist_names(cast, case)))
    marks = {"revision": 0, "marks": {"field:team": {"mark": "lacking", "remark": "Thiếu."}}}
    marked = (await officer.put(f"{root}/checklist", json=marks)).json()
    assert [one["name"] for one in marked["lines"] if one["mark"]] == ["field:team"]
    assert (await officer.put(f"{root}/checklist", json=marks)).status_code == 409
    wanted = {"items": [{"kind": "field", "key": "team", "fault": "Thiếu."}], "due_on": str(_day(9))}
    await officer.post(f"{root}/transitions/request_supplement", json=wanted)
    moved = {"due_on": str(_day(12)), "reason": "Nghỉ lễ."}
    assert (await officer.put(f"{root}/supplements/open/due", json=moved)).json()["due_on"] == str(_day(12))
    more = {"kind": "document", "key": "trial_plan", "fault": "Thiếu sơ đồ."}
    added = (await officer.post(f"{root}/supplements/open/items", json=more)).json()
    item = added["items"][1]["id"]
    answer = {"revision": case.revision, "answers": {"plan_goal": "Khác."}}
    closed = await hoa.put(f"{root}/answers", json=answer)
    assert (closed.status_code, closed.json()["code"], list(closed.json()["errors"])) == (
        409,
        "not_asked",
        ["plan_goal"],
    )
    less = await officer.post(f"{root}/supplements/open/items/{item}/cancel", json={"reason": "Đã rõ."})
    assert [one["state"] for one in less.json()[0]["items"]] == ["asked", "cancelled"]
    answer["answers"] = {"team": "Sáu kỹ sư."}
    revision = (await hoa.put(f"{root}/answers", json=answer)).json()["revision"]
    await hoa.post(f"{root}/transitions/submit", json={"revision": revision})
    (one,) = (await hoa.get(f"{root}/supplements")).json()
    assert (one["state"], one["items"][0]["after"]) == ("answered", "Sáu kỹ sư.")
    judged = {one["items"][0]["id"]: {"accepted": True}}
    (one,) = (await officer.post(f"{root}/supplements/answers", json=judged)).json()
    assert one["items"][0]["state"] == "accepted"
    again = await officer.post(
        f"{root}/transitions/request_supplement", json=wanted | {"due_on": str(_day(5))}
    )
    assert again.status_code == 200
    back = await officer.post(f"{root}/transitions/cancel_supplement", json={"reasons": "Không cần nữa."})
    assert back.json()["state"]["key"] == "submitted"


async def checklist_names(cast: Cast, case: Application) -> list[str]:
    groups = (await domain.intake_of(cast.officer, case.id)).groups
    return [line.name for group in groups for line in group.lines]


def _day(days: int) -> date:
    return today() + timedelta(days=days)


# pure parts


def test_the_latest_day_for_a_supplement_is_that_of_the_rule_file(frozen_clock: Frozen) -> None:
    programme = programmes.in_force(PROGRAMME)
    deadline = programme.deadlines["supplement"]
    in_working_days = replace(
        programme, deadlines={"supplement": replace(deadline, unit="working_day", within=2)}
    )
    without = replace(programme, deadlines={})
    days = [latest_answer(one) for one in (programme, in_working_days, without)]
    assert days == [today() + timedelta(days=deadline.within), date(2026, 11, 26), None]


@pytest.mark.parametrize(
    ("old", "new", "was", "became"),
    [
        ("", "", [], []),
        ("", "mới", [], [("added", "mới")]),
        ("cũ", "", [("removed", "cũ")], []),
        ("năm kỹ sư", "năm kỹ sư", [("same", "năm kỹ sư")], [("same", "năm kỹ sư")]),
        (
            "Năm kỹ sư.",
            "Sáu kỹ sư.",
            [("removed", "Năm"), ("same", " kỹ sư.")],
            [("added", "Sáu"), ("same", " kỹ sư.")],
        ),
    ],
)
def test_the_difference_is_word_by_word(
    old: str, new: str, was: list[tuple[str, str]], became: list[tuple[str, str]]
) -> None:
    before, after = pieces_of(old, new)
    assert [(one.kind, one.text) for one in before] == was
    assert [(one.kind, one.text) for one in after] == became


@pytest.mark.parametrize(
    ("key", "answer", "vi", "en"),
    [
        ("personal_data", True, "Có", "Yes"),
        ("personal_data", False, "Không", "No"),
        ("solution_field", "logistics", "Cảng biển, logistics", "Ports and logistics"),
        ("plan_area_km2", 1.5, "1,5 km²", "1.5 km²"),
        ("plan_from", "2027-03-01", "01/03/2027", "01/03/2027"),
        ("team", "Năm kỹ sư.", "Năm kỹ sư.", "Năm kỹ sư."),
        ("team", None, "", ""),
    ],
)
def test_answers_are_compared_in_words(key: str, answer: Any, vi: str, en: str) -> None:
    field = programmes.in_force(PROGRAMME).fields[key]
    assert (in_words(field, answer, "vi"), in_words(field, answer, "en")) == (vi, en)


def test_a_criterion_leads_to_the_fields_it_rests_on() -> None:
    programme = programmes.in_force(PROGRAMME)
    assert fields_behind(programme, programme.eligibility["duration"]) == ["plan_from", "plan_until"]
    assert fields_behind(programme, programme.eligibility["exit"]) == ["has_exit_plan"]
