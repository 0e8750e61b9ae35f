"""From the draft to the case: one number, one receipt, the rules of the day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications.errors import DossierIncomplete, RuleSaysNo, StaleRevision
from backend.documents import domain as documents
from backend.kit.clock import Frozen
from backend.kit.errors import Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.ports.wiring import Ports
from backend.programmes import domain as programmes
from tests.factories.applications import (
    ANSWERS,
    PROGRAMME,
    SLOTS,
    Cast,
    make_cast,
    make_complete_draft,
    make_draft,
    make_submitted,
)
from tests.factories.races import race


async def test_a_draft_begins_under_the_rules_in_force_today(cast: Cast, frozen_clock: Frozen) -> None:
    draft = await domain.start_application(cast.hoa, cast.company.id, PROGRAMME)
    assert (draft.state, draft.number, draft.revision) == ("draft", None, 0)
    assert draft.pin == programmes.in_force(PROGRAMME).pin
    assert draft.organisation_name == cast.company.name


async def test_a_draft_begins_only_for_an_own_organisation_and_a_known_programme(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await domain.start_application(cast.hoa, cast.other.id, PROGRAMME)
    with pytest.raises(NotFound):
        await domain.start_application(cast.hoa, cast.company.id, "no-such-programme")


async def test_a_programme_of_another_authority_takes_no_application(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = structs.replace(
        programmes.in_force(PROGRAMME), referred_to=programmes.in_force(PROGRAMME).title
    )
    monkeypatch.setattr(programmes, "in_force", lambda key: elsewhere)
    with pytest.raises(Invalid) as refusal:
        await domain.start_application(cast.hoa, cast.company.id, PROGRAMME)
    assert list(refusal.value.fields) == ["programme_key"]


async def test_submission_takes_a_number_a_receipt_and_starts_the_clock(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    assert (case.state, case.number, case.submitted_on) == ("submitted", "HS-2026-00001", date(2026, 11, 23))
    # 24 November is a public holiday from 2026 on, so the third working day is Friday
    assert (case.clock_key, case.clock_state, case.due_on) == ("check_dossier", "running", date(2026, 11, 27))
    (receipt,) = await documents.list_for(case.id)
    assert receipt.kind == "receipt"
    told = receipt.context
    assert (told["case_number"], told["received_on"]) == ("HS-2026-00001", "2026-11-23")
    decide = next(one for one in await domain.clocks_of(case) if one.key == "decide")
    assert told["due_on"] == str(decide.due_on)
    assert told["clock"]["text"] == {"vi": "30 ngày làm việc", "en": "30 working days"}
    assert told["clock"]["source"]["confirmed"] is False
    assert len(told["documents"]) == len(SLOTS)


async def test_the_receipt_is_rendered_by_the_worker(cast: Cast, ports: Ports) -> None:
    case = await make_submitted(cast)
    await work_until_empty()
    (receipt,) = await documents.list_for(case.id)
    assert receipt.is_issued


async def test_the_history_names_the_step_and_proves_what_was_handed_in(cast: Cast) -> None:
    case = await make_submitted(cast)
    (event,) = [one for one in await domain.timeline_of(case.id) if one.tag == "application:submitted"]
    assert (event.data["transition"], event.data["from"], event.data["to"]) == (
        "submit",
        "draft",
        "submitted",
    )
    assert event.actor_name == cast.hoa.name
    uploads = await domain.uploads_of(case)
    assert event.data["dossier"]["files_sha256"] == {one.slot: one.original_sha256 for one in uploads}
    assert "Lạch Huyện" not in str(event.data)


async def test_an_incomplete_dossier_is_not_submitted_and_says_what_is_missing(cast: Cast) -> None:
    draft = await make_draft(cast, solution_name="Xe tự hành")
    with pytest.raises(DossierIncomplete) as refusal:
        await domain.submit_application(cast.hoa, draft.id, draft.revision)
    assert list(refusal.value.fields) == [one.key for one in await domain.what_is_missing(draft)]
    assert {"plan_goal", "trial_plan"} <= refusal.value.fields.keys()
    assert "solution_name" not in refusal.value.fields


async def test_answers_changed_after_the_check_are_not_submitted_unread(cast: Cast) -> None:
    draft = await make_complete_draft(cast)
    await domain.save_answers(cast.binh, draft.id, {"solution_name": "Tên khác"}, draft.revision)
    with pytest.raises(StaleRevision):
        await domain.submit_application(cast.hoa, draft.id, draft.revision)


async def test_what_is_sent_twice_is_submitted_once(cast: Cast) -> None:
    draft = await make_complete_draft(cast)
    first = await domain.submit_application(cast.hoa, draft.id, draft.revision)
    second = await domain.submit_application(cast.hoa, draft.id, draft.revision)
    assert second == first
    assert len(await documents.list_for(draft.id)) == 1


async def test_two_submissions_at_once_make_one_case_and_one_receipt(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    draft = await make_complete_draft(cast)
    senders = (cast.hoa, cast.binh, cast.hoa)
    submissions = [domain.submit_application(one, draft.id, draft.revision) for one in senders]
    cases = await race("application", draft.id, *submissions)
    assert {one.number for one in cases} == {cases[0].number}
    assert [one.kind for one in await documents.list_for(draft.id)] == ["receipt"]
    tags = [one.tag for one in await domain.timeline_of(draft.id)]
    assert tags.count("application:submitted") == 1
    following = await make_submitted(cast)
    assert (cases[0].number, following.number) == ("HS-2026-00001", "HS-2026-00002")


async def test_a_draft_follows_the_rules_until_it_is_submitted_and_keeps_them_after(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await make_complete_draft(cast)
    old = programmes.in_force(PROGRAMME)
    new = structs.replace(old, pin=structs.replace(old.pin, in_force=date(2026, 11, 1), sha256="f" * 64))
    texts = {old.pin: old, new.pin: new}
    monkeypatch.setattr(programmes, "in_force", lambda key: new)
    monkeypatch.setattr(programmes, "pinned", lambda pin: texts[pin])
    case = await domain.submit_application(cast.hoa, draft.id, draft.revision)
    assert case.pin == new.pin
    monkeypatch.setattr(programmes, "in_force", lambda key: old)
    assert domain.rules_of(case) is new


async def test_only_members_submit(cast: Cast) -> None:
    draft = await make_complete_draft(cast)
    for other in (cast.stranger, cast.officer, cast.admin):
        with pytest.raises(NotFound):
            await domain.submit_application(other, draft.id, draft.revision)


async def test_a_draft_can_be_withdrawn_and_is_then_closed(cast: Cast) -> None:
    draft = await make_draft(cast)
    withdrawn = await domain.withdraw_application(cast.hoa, draft.id)
    assert (withdrawn.state, withdrawn.number) == ("withdrawn", None)
    with pytest.raises(RuleSaysNo) as refusal:
        await domain.withdraw_application(cast.hoa, draft.id)
    assert refusal.value.refusal == "not_at_this_state"


async def test_a_withdrawn_draft_cannot_be_submitted(cast: Cast) -> None:
    draft = await make_complete_draft(cast)
    await domain.withdraw_application(cast.hoa, draft.id)
    with pytest.raises(RuleSaysNo):
        await domain.submit_application(cast.hoa, draft.id, draft.revision)


async def test_withdrawing_a_case_keeps_the_reasons_and_ends_its_clocks(cast: Cast) -> None:
    case = await make_submitted(cast)
    withdrawn = await domain.withdraw_application(cast.binh, case.id, "Đổi kế hoạch.")
    assert (withdrawn.state, withdrawn.due_on, withdrawn.clock_state) == ("withdrawn", None, None)
    assert [one.reasons for one in await domain.notices_of(withdrawn)] == ["Đổi kế hoạch."]


@pytest.mark.parametrize("who", ["officer", "authority", "auditor"])
async def test_staff_see_a_case_once_it_is_submitted(cast: Cast, who: str) -> None:
    draft = await make_complete_draft(cast)
    staff: Actor = getattr(cast, who)
    with pytest.raises(NotFound):
        await domain.get_application(staff, draft.id)
    case = await domain.submit_application(cast.hoa, draft.id, draft.revision)
    assert await domain.get_application(staff, draft.id) == case


async def test_strangers_and_administrators_never_see_a_case(cast: Cast) -> None:
    case = await make_submitted(cast)
    for other in (cast.stranger, cast.admin):
        with pytest.raises(NotFound):
            await domain.get_application(other, case.id)


async def test_a_case_can_be_opened_to_others_once_submitted(cast: Cast) -> None:
    async def everybody(application: Any) -> bool:
        return True

    async def nobody(application: Any) -> bool:
        return False

    draft = await make_complete_draft(cast)
    with pytest.raises(NotFound):
        await domain.get_application(cast.stranger, draft.id, also=everybody)
    case = await domain.submit_application(cast.hoa, draft.id, draft.revision)
    assert await domain.get_application(cast.stranger, draft.id, also=everybody) == case
    with pytest.raises(NotFound):
        await domain.get_application(cast.stranger, draft.id, also=nobody)


async def test_the_members_are_told_of_each_state_in_their_language(cast: Cast, ports: Ports) -> None:
    await make_submitted(cast)
    await work_until_empty()
    sent: Any = ports.mailer
    assert sorted(mail.to for mail in sent.sent) == sorted([cast.hoa.email, cast.binh.email])
    assert {mail.subject for mail in sent.sent} == {"Hồ sơ HS-2026-00001: Đã nộp"}
    assert all(ANSWERS["solution_name"] in mail.text and "/cases/" in mail.html for mail in sent.sent)
