"""Who reads a case, its files, its documents and its JSON: each kind of reader, each address."""

from __future__ import annotations

from uuid import UUID

import pytest

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.appraisals import domain as appraisals
from backend.appraisals.queries import insert_appraisals, list_appraisals, set_declaration
from backend.documents import domain as documents
from backend.kit.outbox import work_until_empty
from tests.factories.applications import ANSWERS, SLOTS, Cast, make_draft, make_pdf, make_submitted
from tests.factories.decisions import make_accepted
from tests.factories.trials import make_trial
from tests.factories.web import Browser, make_actor, sign_in


async def _addresses(case_id: UUID, owner: Actor) -> dict[str, str]:
    case = await applications.get_application(owner, case_id)
    upload = (await applications.uploads_of(case))[0]
    document = (await documents.list_for(case_id))[0]
    return {
        "page": f"/cases/{case_id}",
        "file": f"/cases/{case_id}/files/{upload.id}",
        "document": f"/documents/{document.id}",
        "json": f"/api/v1/cases/{case_id}",
    }


async def _answers(http: Browser, actor: Actor, addresses: dict[str, str]) -> dict[str, int]:
    await sign_in(http, actor)
    return {name: (await http.get(url)).status_code for name, url in addresses.items()}


def _all(status: int) -> dict[str, int]:
    return dict.fromkeys(("page", "file", "document", "json"), status)


async def test_each_kind_of_reader_gets_the_case_or_nothing(http: Browser, cast: Cast) -> None:
    reader, asked, conflicted, idle = [await make_actor(Role.APPRAISER) for _ in range(4)]
    case = await make_accepted(cast, [reader, asked, conflicted])
    await appraisals.declare_conflict(reader, case.id, False)
    await appraisals.declare_conflict(conflicted, case.id, True, "Từng tư vấn cho họ.")
    await work_until_empty()
    addresses = await _addresses(case.id, cast.hoa)
    readers = [cast.hoa, cast.binh, cast.officer, cast.colleague, cast.authority, cast.auditor, reader]
    readers.append(await make_actor(Role.SUPERVISOR))
    others = [cast.stranger, cast.admin, conflicted, idle]
    others += [await make_actor(role) for role in (Role.APPLICANT, Role.INSTITUTE, Role.EXPERT)]
    others.append(await make_actor())
    assert [await _answers(http, one, addresses) for one in readers] == [_all(200)] * len(readers)
    assert [await _answers(http, one, addresses) for one in others] == [_all(404)] * len(others)
    before_the_declaration = {"page": 303, "file": 409, "document": 404, "json": 409}
    assert await _answers(http, asked, addresses) == before_the_declaration
    to_declare = await http.get(addresses["page"])
    assert to_declare.headers["location"] == f"/cases/{case.id}/appraisal"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUTHORITY, Role.SUPERVISOR, Role.AUDITOR])
async def test_a_declared_conflict_closes_the_case_in_every_role(
    http: Browser, cast: Cast, role: Role
) -> None:
    both = await make_actor(Role.APPRAISER, role)
    case = await make_accepted(cast, [both])
    await work_until_empty()
    addresses = await _addresses(case.id, cast.hoa)
    assert await _answers(http, both, addresses) == _all(200)
    await appraisals.declare_conflict(both, case.id, True, "Anh em ruột.")
    assert await _answers(http, both, addresses) == _all(404)
    for step in ("take", "accept", "supplement", "refusal"):
        assert (await http.submit(f"/cases/{case.id}/{step}")).status_code == 404


async def test_a_draft_is_read_on_its_own_page_by_its_owner_alone(http: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    await sign_in(http, cast.hoa)
    page = await http.get(f"/cases/{draft.id}")
    assert (page.status_code, page.headers["location"]) == (303, f"/applications/{draft.id}")
    await sign_in(http, cast.officer)
    assert (await http.get(f"/cases/{draft.id}")).status_code == 404


async def test_a_file_is_given_only_at_the_address_of_its_case(http: Browser, cast: Cast) -> None:
    one, other = await make_submitted(cast), await make_submitted(cast)
    upload = (await applications.uploads_of(one))[0]
    await sign_in(http, cast.officer)
    found = await http.get(f"/cases/{one.id}/files/{upload.id}")
    assert found.status_code == 200
    assert found.headers["content-disposition"] == f"attachment; filename*=UTF-8''{upload.filename}"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert (await http.get(f"/cases/{other.id}/files/{upload.id}")).status_code == 404


async def test_staff_never_see_a_file_that_was_not_handed_in(http: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    early = await applications.add_upload(cast.hoa, draft.id, "trial_plan", "nhap.pdf", make_pdf("nháp"))
    case = await _submitted_from(cast, draft.id)
    for actor, status in [(cast.officer, 404), (cast.auditor, 404), (cast.hoa, 404)]:
        await sign_in(http, actor)
        assert (await http.get(f"/cases/{case}/files/{early.id}")).status_code == status


async def test_a_document_being_made_says_so_and_looks_again(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    receipt = (await documents.list_for(case.id))[0]
    await sign_in(http, cast.hoa)
    waiting = await http.get(f"/documents/{receipt.id}")
    assert (waiting.status_code, "Văn bản đang được tạo" in waiting.text) == (202, True)
    assert str(receipt.number) in waiting.text
    await work_until_empty()
    made = await http.get(f"/documents/{receipt.id}")
    assert (made.status_code, made.headers["content-type"]) == (200, "application/pdf")
    assert made.headers["content-disposition"].startswith("attachment; filename*=UTF-8''receipt-")
    assert made.headers["cache-control"] == "no-store"


async def test_a_document_of_a_trial_is_for_who_may_read_the_trial(http: Browser, cast: Cast) -> None:
    both = await make_actor(Role.APPRAISER, Role.OFFICER)
    trial = await make_trial(cast)
    context = (await documents.list_for(trial.application_id))[0]
    issued = await documents.request_document(
        context.kind,
        trial.id,
        pin=trial.pin,
        context={key: value for key, value in context.context.items() if key != "document"},
    )
    answers = {}
    await insert_appraisals(trial.application_id, [both.id], 2, cast.officer.id)
    mine = (await list_appraisals(trial.application_id))[-1]
    await set_declaration(mine.id, "declared", "Em ruột của giám đốc.")
    for actor in (cast.hoa, cast.officer, cast.stranger, cast.admin, both):
        await sign_in(http, actor)
        answers[actor.name] = (await http.get(f"/documents/{issued.id}")).status_code
    assert list(answers.values()) == [202, 202, 404, 404, 404]


async def _submitted_from(cast: Cast, draft_id: UUID) -> UUID:
    draft = await applications.get_application(cast.hoa, draft_id)
    draft = await applications.save_answers(cast.hoa, draft_id, ANSWERS, draft.revision)
    for slot in SLOTS:
        await applications.add_upload(cast.hoa, draft_id, slot, f"{slot}.pdf", make_pdf(slot))
    return (await applications.submit_application(cast.hoa, draft_id, draft.revision)).id
