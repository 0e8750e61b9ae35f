"""The pages of applicants, as a browser without a script sees them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from backend.accounts.schemas import Role
from backend.applications import domain
from backend.applications.schemas import Application
from backend.documents import domain as documents
from backend.kit.clock import today
from tests.factories.applications import (
    ANSWERS,
    PROGRAMME,
    Cast,
    a_request,
    make_complete_draft,
    make_draft,
    make_pdf,
    make_submitted,
)
from tests.factories.web import Browser, SignIn, sign_in

SECTION = "solution"


@pytest.fixture
async def hoa(http: Browser, cast: Cast) -> Browser:
    """The browser of somebody of the company."""
    await sign_in(http, cast.hoa)
    return http


def _soon() -> date:
    return today() + timedelta(days=7)


def errors_of(page: httpx.Response) -> list[str]:
    """The lines of the error summary."""
    summary = page.text.partition('class="govuk-error-summary"')[2].partition("</ul>")[0]
    return re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", summary)


def value_of(page: httpx.Response, name: str) -> str:
    """What the field shows."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    if found is None:
        found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?([^<]*)</textarea>', page.text)
    assert found is not None, name
    return found[1]


async def stored(cast: Cast, application_id: UUID) -> Application:
    return await domain.get_application(cast.hoa, application_id)


async def test_the_workspace_of_a_newcomer_says_how_to_begin(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    page = await http.get("/workspace")
    assert 'href="/applications/new"' in page.text
    assert "Bạn chưa có hồ sơ nào." in page.text


async def test_the_workspace_of_an_officer_leads_to_the_queue(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.OFFICER)
    page = await http.get("/workspace")
    assert "Mở hàng đợi" in page.text
    assert "Bạn chưa có hồ sơ nào." not in page.text


async def test_the_workspace_puts_what_waits_for_me_on_top(hoa: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await domain.request_supplement(cast.officer, case.id, a_request(), _soon())
    await make_draft(cast, solution_name="Bản nháp mới hơn")
    waiting = await make_submitted(cast)
    text = (await hoa.get("/workspace")).text
    places = [
        text.index(words)
        for words in (
            "Việc bạn cần làm",
            str(case.number),
            "Bản nháp mới hơn",
            "Hồ sơ khác",
            str(waiting.number),
        )
    ]
    assert places == sorted(places)
    assert "Cần bổ sung" in text
    assert "supplement_requested" not in text


async def test_who_has_no_organisation_is_sent_to_register_one(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    page = await http.get("/applications/new")
    assert 'href="/organisations/new"' in page.text
    assert 'name="programme"' not in page.text


async def test_an_application_is_started_and_opens_its_task_list(hoa: Browser, cast: Cast) -> None:
    form = {"organisation": str(cast.company.id), "programme": PROGRAMME}
    started = await hoa.submit("/applications/new", form)
    (draft,) = await domain.list_mine(cast.hoa)
    assert (started.status_code, started.headers["location"]) == (303, f"/applications/{draft.id}")
    page = await hoa.get(started.headers["location"])
    assert page.text.count("Chưa bắt đầu") == 5
    assert f'href="/applications/{draft.id}/sections/{SECTION}"' in page.text


async def test_a_link_may_have_chosen_the_programme(hoa: Browser, cast: Cast) -> None:
    page = await hoa.get(f"/applications/new?programme={PROGRAMME}")
    assert re.search(rf'value="{PROGRAMME}" checked', page.text)
    assert (await hoa.get("/applications/new?programme=no-such")).status_code == 200


async def test_the_task_list_says_under_which_rules_it_stands(hoa: Browser, cast: Cast) -> None:
    draft = await make_complete_draft(cast)
    says = "Theo quy định có hiệu lực từ 15/01/2026"
    assert f"{says}. Bản có hiệu lực vào ngày nộp" in (await hoa.get(f"/applications/{draft.id}")).text
    submitted = await domain.submit_application(cast.hoa, draft.id, draft.revision)
    await domain.request_supplement(cast.officer, submitted.id, a_request(), _soon(), "Thiếu bản đồ.")
    reply = await hoa.get(f"/applications/{draft.id}/supplement")
    assert f"{says}; hồ sơ giữ nguyên quy định này" in reply.text


async def test_starting_needs_an_own_organisation_and_an_open_programme(hoa: Browser, cast: Cast) -> None:
    form = {"organisation": str(cast.other.id), "programme": "vn-fin-94"}
    page = await hoa.submit("/applications/new", form)
    assert page.status_code == 422
    assert errors_of(page) == ["Hãy chọn tổ chức đề nghị.", "Hãy chọn chương trình thử nghiệm."]


async def test_a_page_of_the_form_is_saved_without_a_script(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    url = f"/applications/{draft.id}/sections/{SECTION}"
    typed = {
        "revision": "0",
        "action": "continue",
        "solution_name": unicodedata.normalize("NFD", "Cảng số"),
        "solution_summary": "Tóm tắt.",
        "solution_field": "ai",
        "solution_new": "yes",
        "solution_prototype": "no",
        "rule_in_the_way": "no",
    }
    done = await hoa.submit(url, typed)
    assert (done.status_code, done.headers["location"]) == (303, f"/applications/{draft.id}/sections/plan")
    saved = await stored(cast, draft.id)
    assert saved.answers["solution_name"] == "Cảng số"
    assert (saved.answers["solution_new"], saved.answers["rule_in_the_way"]) == (True, False)


async def test_the_last_page_of_the_form_leads_to_the_documents(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast, **ANSWERS)
    done = await hoa.submit(f"/applications/{draft.id}/sections/team", {"revision": "1"})
    assert done.headers["location"] == f"/applications/{draft.id}/documents"


async def test_a_page_of_the_form_says_where_one_is(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    page = await hoa.get(f"/applications/{draft.id}/sections/plan?lang=en")
    assert "Section 2 of 4" in page.text


async def test_a_missing_field_keeps_everything_typed(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    typed = {"revision": "0", "plan_goal": "Đo <an toàn>", "plan_users": "rất nhiều", "plan_from": "1/3/2027"}
    page = await hoa.submit(f"/applications/{draft.id}/sections/plan", typed)
    assert page.status_code == 422
    assert value_of(page, "plan_goal") == "Đo &lt;an toàn&gt;"
    assert value_of(page, "plan_users") == "rất nhiều"
    assert value_of(page, "plan_from") == "1/3/2027"
    assert value_of(page, "revision") == "1"
    assert "Nhập một số nguyên, ví dụ 1500." in errors_of(page)
    assert "Trả lời mục “Ngày kết thúc”." in errors_of(page)
    saved = await stored(cast, draft.id)
    assert saved.answers == {"plan_goal": "Đo <an toàn>", "plan_from": "2027-03-01"}


async def test_going_on_later_asks_for_nothing_but_well_formed_answers(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    url = f"/applications/{draft.id}/sections/plan"
    faulty = await hoa.submit(url, {"revision": "0", "action": "later", "plan_users": "nhiều"})
    assert faulty.status_code == 422
    done = await hoa.submit(url, {"revision": "0", "action": "later", "plan_users": "1.500"})
    assert (done.status_code, done.headers["location"]) == (303, f"/applications/{draft.id}")
    assert (await stored(cast, draft.id)).answers == {"plan_users": 1500}


async def test_numbers_and_dates_are_shown_as_people_write_them(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast, **ANSWERS)
    url = f"/applications/{draft.id}/sections/plan"
    page = await hoa.get(url)
    assert (value_of(page, "plan_area_km2"), value_of(page, "plan_from")) == ("1,5", "01/03/2027")
    assert value_of(await hoa.get(f"{url}?lang=en"), "plan_area_km2") == "1.5"


async def test_a_stale_form_overwrites_nothing_and_keeps_what_was_typed(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    await domain.save_answers(cast.binh, draft.id, {"solution_name": "Bản của Bình"}, 0)
    url = f"/applications/{draft.id}/sections/{SECTION}"
    page = await hoa.submit(url, {"revision": "0", "solution_name": "Bản của Hoa"})
    assert page.status_code == 409
    assert errors_of(page) == ["Mục này vừa được sửa ở nơi khác. Chọn bản muốn giữ."]
    assert value_of(page, "solution_name") == "Bản của Hoa"
    assert "Bản của Bình" in page.text
    assert value_of(page, "revision") == "1"
    assert (await stored(cast, draft.id)).answers == {"solution_name": "Bản của Bình"}


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "²"])
async def test_a_form_without_a_readable_revision_is_out_of_date(
    hoa: Browser, cast: Cast, revision: str
) -> None:
    draft = await make_draft(cast, solution_name="Tên cũ")
    typed = {"revision": revision, "solution_name": "Tên mới"}
    page = await hoa.submit(f"/applications/{draft.id}/sections/{SECTION}", typed)
    assert page.status_code == 409


async def test_autosave_answers_with_the_revision_to_build_on(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    url, wants_json = f"/applications/{draft.id}/autosave", {"Accept": "application/json"}
    typed = {"revision": "0", "solution_name": "Xe", "plan_users": "nhiều"}
    answer = await hoa.submit(url, typed, headers=wants_json)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["revision"], list(told["errors"])) == (1, ["plan_users"])
    assert told["saved_at"].endswith("+07:00")
    stale = await hoa.submit(url, {"revision": "0", "solution_name": "Xe hai"}, headers=wants_json)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert (await stored(cast, draft.id)).answers == {"solution_name": "Xe"}


async def test_unknown_fields_are_refused(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    typed = {"revision": "0", "state": "granted", "solution_name": "Xe"}
    answer = await hoa.submit(
        f"/applications/{draft.id}/autosave", typed, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["state"])
    assert await stored(cast, draft.id) == draft


async def test_an_unknown_section_is_not_found(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    assert (await hoa.get(f"/applications/{draft.id}/sections/none")).status_code == 404
    assert (await hoa.submit(f"/applications/{draft.id}/sections/none")).status_code == 404


async def test_a_file_is_uploaded_downloaded_and_removed(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    base = f"/applications/{draft.id}/documents"
    file = {"trial_plan": ("Phương án.pdf", make_pdf(), "application/pdf")}
    done = await hoa.submit(f"{base}/slots/trial_plan", {"secret": "yes"}, files=file)
    assert (done.status_code, done.headers["location"]) == (303, base)
    (upload,) = await domain.uploads_of(draft)
    assert upload.secret is True
    page = await hoa.get(base)
    assert "Phương án.pdf" in page.text
    assert "Bí mật kinh doanh" in page.text
    download = await hoa.get(f"{base}/{upload.id}")
    assert download.content.startswith(b"%PDF-")
    assert download.headers["content-disposition"].startswith("attachment;")
    assert "Ph%C6%B0%C6%A1ng%20%C3%A1n.pdf" in download.headers["content-disposition"]
    assert download.headers["x-content-type-options"] == "nosniff"
    assert (await hoa.submit(f"{base}/{upload.id}/remove")).status_code == 303
    assert await domain.uploads_of(draft) == []


@pytest.mark.parametrize(
    ("file", "status", "words"),
    [
        (None, 422, "Hãy chọn một tệp trước khi tải lên."),
        (("a.pdf", b"MZ\x90\x00" + b"\x00" * 60), 422, "Nội dung tệp không thuộc loại được nhận."),
        (("a.pdf", b"%PDF-1.7" + b"0" * (30 << 20)), 413, "Tệp nặng 30,0 MB; tối đa 20 MB."),
    ],
)
async def test_a_file_that_cannot_be_taken_is_said_beside_its_field(
    hoa: Browser, cast: Cast, file: Any, status: int, words: str
) -> None:
    draft = await make_draft(cast)
    files = {"trial_plan": file or ("", b"")}
    page = await hoa.submit(f"/applications/{draft.id}/documents/slots/trial_plan", {}, files=files)
    assert page.status_code == status
    (line,) = errors_of(page)
    assert line.startswith(words)
    assert 'id="trial_plan-error"' in page.text


async def test_the_check_page_names_what_is_missing_and_offers_no_submission(
    hoa: Browser, cast: Cast
) -> None:
    draft = await make_draft(cast, **ANSWERS)
    page = await hoa.get(f"/applications/{draft.id}/check")
    assert "Còn thiếu 3 mục nên chưa nộp được" in page.text
    assert 'name="confirm"' not in page.text
    refused = await hoa.submit(f"/applications/{draft.id}/check", {"revision": "1", "confirm": "yes"})
    assert refused.status_code == 409


async def test_a_dossier_is_checked_confirmed_and_submitted(hoa: Browser, cast: Cast) -> None:
    draft = await make_complete_draft(cast)
    url = f"/applications/{draft.id}/check"
    page = await hoa.get(url)
    assert value_of(page, "revision") == "1"
    assert "Cảng biển, logistics" in page.text
    assert "1,5 km²" in page.text
    unconfirmed = await hoa.submit(url, {"revision": "1"})
    assert (unconfirmed.status_code, len(errors_of(unconfirmed))) == (422, 1)
    done = await hoa.submit(url, {"revision": "1", "confirm": "yes"})
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{draft.id}")
    again = await hoa.submit(url, {"revision": "1", "confirm": "yes"})
    assert (again.status_code, again.headers["location"]) == (303, f"/cases/{draft.id}")
    assert len(await documents.list_for(draft.id)) == 1


async def test_answers_changed_meanwhile_are_shown_before_they_are_submitted(
    hoa: Browser, cast: Cast
) -> None:
    draft = await make_complete_draft(cast)
    await domain.save_answers(cast.binh, draft.id, {"solution_name": "Tên mới"}, draft.revision)
    page = await hoa.submit(f"/applications/{draft.id}/check", {"revision": "1", "confirm": "yes"})
    assert page.status_code == 409
    assert "Tên mới" in page.text
    assert value_of(page, "revision") == "2"


@pytest.mark.parametrize("path", ["", "/check", "/documents", f"/sections/{SECTION}"])
async def test_a_submitted_case_has_its_own_page(hoa: Browser, cast: Cast, path: str) -> None:
    case = await make_submitted(cast)
    page = await hoa.get(f"/applications/{case.id}{path}")
    assert (page.status_code, page.headers["location"]) == (303, f"/cases/{case.id}")


async def test_a_supplement_request_opens_the_page_of_the_reply(hoa: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await domain.request_supplement(cast.officer, case.id, a_request(), _soon(), "Thiếu sơ đồ bãi.")
    moved = await hoa.get(f"/applications/{case.id}")
    assert moved.headers["location"] == f"/applications/{case.id}/supplement"
    page = await hoa.get(moved.headers["location"])
    assert "Thiếu sơ đồ bãi." in page.text
    assert f"{_soon():%d/%m/%Y}" in page.text


async def test_a_draft_is_withdrawn(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    done = await hoa.submit(f"/applications/{draft.id}/withdraw")
    assert (done.status_code, done.headers["location"]) == (303, "/workspace")
    assert (await stored(cast, draft.id)).state == "withdrawn"


@pytest.mark.parametrize("path", ["", "/check", "/documents", f"/sections/{SECTION}"])
async def test_pages_of_others_are_not_found(http: Browser, cast: Cast, path: str) -> None:
    draft = await make_draft(cast)
    await sign_in(http, cast.stranger)
    theirs = await http.get(f"/applications/{draft.id}{path}")
    nowhere = await http.get(f"/applications/{uuid4()}{path}")
    assert (theirs.status_code, nowhere.status_code) == (404, 404)


@pytest.mark.parametrize(
    "path", ["/check", "/withdraw", "/autosave", f"/sections/{SECTION}", "/documents/slots/trial_plan"]
)
async def test_forms_of_others_change_nothing(http: Browser, cast: Cast, path: str) -> None:
    draft = await make_draft(cast)
    await sign_in(http, cast.stranger)
    form = {"revision": "1", "confirm": "yes"}
    file = {"files": {"trial_plan": ("a.pdf", make_pdf())}} if "slots" in path else {}
    assert (await http.submit(f"/applications/{draft.id}{path}", form, **file)).status_code == 404
    assert await stored(cast, draft.id) == draft


async def test_a_file_is_found_only_below_its_own_application(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    upload = await domain.add_upload(cast.hoa, draft.id, "trial_plan", "a.pdf", make_pdf())
    elsewhere = await make_draft(cast)
    assert (await hoa.get(f"/applications/{elsewhere.id}/documents/{upload.id}")).status_code == 404
    assert (await hoa.submit(f"/applications/{elsewhere.id}/documents/{upload.id}/remove")).status_code == 404
    assert len(await domain.uploads_of(draft)) == 1
