"""What must be done now: the step the rules open, what it lacks, where it is done."""

from __future__ import annotations

from datetime import timedelta

from backend.applications import domain
from backend.applications.workspace import Work
from backend.kit.clock import today
from tests.factories.applications import Cast, a_request, make_complete_draft, make_draft, make_submitted
from tests.factories.web import Browser, sign_in


async def the_work(cast: Cast) -> Work:
    (work,) = await domain.list_work(cast.hoa)
    return work


async def test_a_draft_says_what_is_missing_and_leads_to_the_first_of_it(cast: Cast) -> None:
    draft = await make_draft(cast, solution_name="Xe tự hành")
    work = await the_work(cast)
    lacking = await domain.what_is_missing(draft)
    assert work.step is not None
    assert (work.step.en, [one.vi for one in work.left]) == ("Submit", [one.label.vi for one in lacking])
    assert work.href == f"/applications/{draft.id}/sections/solution#solution_summary"


async def test_a_complete_draft_is_to_be_read_over_and_submitted(cast: Cast) -> None:
    draft = await make_complete_draft(cast)
    work = await the_work(cast)
    assert (work.left, work.href) == ([], f"/applications/{draft.id}/check")


async def test_a_draft_that_lacks_files_alone_leads_to_the_documents(cast: Cast) -> None:
    draft = await make_complete_draft(cast, personal_data=True)
    work = await the_work(cast)
    assert (len(work.left), work.href) == (1, f"/applications/{draft.id}/documents")


async def test_a_request_names_what_is_asked_for_and_by_when(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    assert (await the_work(cast)).step is None
    due_on = today() + timedelta(days=9)
    await domain.request_supplement(cast.officer, case.id, a_request(), due_on)
    work = await the_work(cast)
    assert work.step is not None
    assert (work.step.vi, work.due_on, work.href) == (
        "Nộp bổ sung",
        due_on,
        f"/applications/{case.id}/supplement",
    )
    assert [one.en for one in work.left] == ["Trial plan", "Team"]
    await sign_in(http, cast.hoa)
    page = (await http.get("/workspace")).text
    assert "còn 2 mục" in page
    assert f'href="{work.href}"' in page
