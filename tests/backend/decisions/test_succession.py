"""Recall and replace: only by another decision, by different people; the trial follows as far as it may."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.decisions import domain, queries, steps
from backend.decisions.draft import successor_kinds
from backend.decisions.errors import SamePerson
from backend.decisions.schemas import Decision, Proposal
from backend.documents import domain as documents
from backend.documents.domain import NotIssuedYet
from backend.documents.schemas import Outcome
from backend.kit import audit
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.trials import domain as trials
from backend.trials.schemas import Trial
from tests.factories.applications import Cast
from tests.factories.decisions import A_REFUSAL, LAST_DAY, a_grant, make_proposed
from tests.factories.signing import HEAD, let_sign
from tests.factories.web import make_actor

WHY = "Tổ chức cung cấp số liệu không đúng (khoản 2 Điều 18)."


async def make_signed(cast: Cast, proposal: Proposal | None = None) -> tuple[Any, Decision]:
    """A decided case with its document made and its trial opened."""
    case, _ = await make_proposed(cast, proposal)
    signed = await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    return await applications.found(case.id), signed


def a_recall(signed: Decision) -> Proposal:
    return Proposal(kind="recall", succeeds=signed.id, reasons=WHY)


def a_replacement(case: Any, signed: Decision, **changed: Any) -> Proposal:
    draft = domain.next_draft(case, [signed])
    return msgspec.structs.replace(draft, kind="grant", reasons=WHY, **changed)


async def trial_of(case: Any) -> Trial:
    trial = await trials.trial_of(case.id)
    assert trial is not None
    return trial


async def test_a_recall_takes_the_decision_and_its_document_out_of_force(cast: Cast) -> None:
    case, signed = await make_signed(cast)
    trial = await trial_of(case)
    draft = await domain.propose_decision(cast.officer, case.id, a_recall(signed))
    assert await domain.signed_decision(case.id) == signed
    recalling = await domain.sign_decision(cast.authority, case.id, draft.id)
    await work_until_empty()
    old, new = await domain.decisions_of(cast.officer, case)
    assert (old.state, new.state, new.succeeds) == ("recalled", "signed", signed.id)
    assert await domain.signed_decision(case.id) == recalling
    assert (await applications.found(case.id)).state == "granted"
    assert signed.document_id is not None
    answer = await documents.verify_code((await documents.get_document(signed.document_id)).code)
    assert (answer.outcome, answer.successor and answer.successor.id) == (
        Outcome.RECALLED,
        recalling.document_id,
    )
    said = (await documents.get_document(recalling.document_id)).context  # type: ignore[arg-type]
    assert said["operative"][0]["vi"].startswith("Thu hồi Quyết định số 01/QĐ-UBND ngày ")
    assert said["reasons"] == [WHY]
    assert "phương án kết thúc" in said["effect"][1]["vi"]
    moved = await trial_of(case)
    assert (trial.state, moved.state, moved.decision_id) == ("preparing", "revoked", signed.id)
    assert [entry.data["to"] for entry in await audit.entries(signed.id)] == ["proposed", "recalled"]
    assert await domain.decisions_of(cast.hoa, case) == [old, new]
    assert await audit.verify() is None


async def test_a_replacement_gives_the_trial_its_new_terms(cast: Cast) -> None:
    case, signed = await make_signed(cast)
    draft = a_replacement(case, signed, limits={**signed.limits, "users": 20}, ends_on=date(2027, 7, 31))
    proposed = await domain.propose_decision(cast.officer, case.id, draft)
    found = await domain.decisions_of(cast.officer, case)
    told = [one.label.vi for one in domain.changes_since(case, found, proposed)]
    assert told == ["Ngày kết thúc", "Số người tham gia", "Lý do"]
    replacing = await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    trial = await trial_of(case)
    assert (trial.state, trial.decision_id, trial.ends_on) == ("preparing", replacing.id, date(2027, 7, 31))
    assert (trial.limits["users"], trial.limits["until"]) == (20, "2027-07-31")
    said = (await documents.get_document(replacing.document_id)).context  # type: ignore[arg-type]
    assert said["effect"][1]["vi"].startswith("Quyết định này thay thế Quyết định số 01/QĐ-UBND ngày ")
    public = await trials.public_decision(trial.number)
    assert public is not None
    assert public.number == "02/QĐ-UBND"
    assert [entry.tag for entry in await audit.entries(trial.id)] == ["trial:opened", "trial:terms_replaced"]
    await trials.follow_decision({"application": str(case.id), "decision": str(replacing.id)})
    assert len(await audit.entries(trial.id)) == 2
    again = await domain.propose_decision(cast.officer, case.id, a_recall(replacing))
    assert again.succeeds == replacing.id


async def test_a_refusal_can_be_recalled_and_has_no_trial_to_follow(cast: Cast) -> None:
    case, signed = await make_signed(cast, A_REFUSAL)
    await domain.propose_decision(cast.officer, case.id, a_recall(signed))
    recalling = await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    document = await documents.get_document(recalling.document_id)  # type: ignore[arg-type]
    assert (document.public, await trials.trial_of(case.id)) == (False, None)


async def test_a_trial_that_is_over_stays_as_it_is(cast: Cast) -> None:
    case, signed = await make_signed(cast)
    trial = await trial_of(case)
    supervisor = await make_actor(Role.SUPERVISOR)
    await trials.move_trial(supervisor, trial.id, "revoke", "Vi phạm.")
    await domain.propose_decision(cast.officer, case.id, a_recall(signed))
    await domain.sign_decision(cast.authority, case.id)
    before = await audit.entries(trial.id)
    await work_until_empty()
    assert await audit.entries(trial.id) == before


async def test_a_grant_recalled_before_its_trial_was_opened_opens_none(cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    signed = await domain.sign_decision(cast.authority, case.id)
    await domain.propose_decision(cast.officer, case.id, a_recall(signed))
    with pytest.raises(NotIssuedYet):
        await domain.sign_decision(cast.authority, case.id)
    await documents.issue({"document": str(signed.document_id)})
    await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    assert await trials.trial_of(case.id) is None


async def test_a_trial_somebody_moves_meanwhile_is_tried_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, signed = await make_signed(cast)
    await domain.propose_decision(cast.officer, case.id, a_recall(signed))
    recalling = await domain.sign_decision(cast.authority, case.id)

    async def too_late(*_: Any) -> bool:
        return False

    monkeypatch.setattr("backend.trials.queries.set_state", too_late)
    with pytest.raises(Conflict):
        await trials.follow_decision({"application": str(case.id), "decision": str(recalling.id)})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reasons": " "}, "reasons"),
        ({"kind": ""}, "kind"),
        ({"kind": "refuse"}, "kind"),
        ({"kind": "suspend"}, "kind"),
        ({"kind": "recall", "starts_on": LAST_DAY}, "limits"),
    ],
)
async def test_a_successor_says_why_and_is_a_recall_or_of_the_same_kind(
    cast: Cast, changed: dict[str, Any], field: str
) -> None:
    case, signed = await make_signed(cast)
    proposal = msgspec.structs.replace(a_recall(signed), **changed)
    with pytest.raises(Invalid) as refused:
        await domain.propose_decision(cast.officer, case.id, proposal)
    assert list(refused.value.fields) == [field]
    assert await audit.entries(signed.id) == []


async def test_four_eyes_hold_for_a_successor_and_a_countersignature_too(cast: Cast) -> None:
    case, signed = await make_signed(cast)
    both = await make_actor(Role.OFFICER, Role.AUTHORITY, name="Hai Vai")
    await let_sign(both.id)
    head = await make_actor(Role.OFFICER)
    await let_sign(head.id, **HEAD)
    await domain.propose_decision(both, case.id, a_recall(signed))
    with pytest.raises(SamePerson):
        await domain.sign_decision(both, case.id)
    await domain.countersign_decision(head, case.id)
    with pytest.raises(RuleSaysNo):
        await domain.countersign_decision(head, case.id)
    returned = await domain.return_proposal(cast.authority, case.id, "Chưa đủ căn cứ.")
    assert returned.state == "returned"
    found = await domain.decisions_of(cast.officer, case)
    assert domain.next_draft(case, found) == a_recall(signed)
    assert await domain.signed_decision(case.id) == signed


async def test_only_officers_propose_and_only_what_is_in_force_can_be_succeeded(cast: Cast) -> None:
    case, signed = await make_signed(cast)
    for other in (cast.hoa, cast.authority, cast.auditor, cast.stranger):
        with pytest.raises(NotFound):
            await domain.propose_decision(other, case.id, a_recall(signed))
    await domain.propose_decision(cast.officer, case.id, a_recall(signed))
    with pytest.raises(RuleSaysNo):
        await domain.propose_decision(cast.officer, case.id, a_recall(signed))
    recalling = await domain.sign_decision(cast.authority, case.id)
    for gone in (signed, recalling):
        with pytest.raises(NotFound):
            await domain.propose_decision(cast.officer, case.id, a_recall(gone))
    assert successor_kinds(applications.rules_of(case), recalling) == []
    other_case, _ = await make_proposed(cast)
    with pytest.raises(NotFound):
        await domain.propose_decision(cast.officer, other_case.id, a_recall(signed))


async def test_a_decision_somebody_recalled_meanwhile_is_not_recalled_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, signed = await make_signed(cast)
    await domain.propose_decision(cast.officer, case.id, a_recall(signed))

    async def too_late(*_: Any) -> bool:
        return False

    monkeypatch.setattr(queries, "set_recalled", too_late)
    with pytest.raises(Conflict):
        await domain.sign_decision(cast.authority, case.id)
    assert await domain.signed_decision(case.id) == signed


async def test_the_steps_beside_the_case_are_open_to_their_roles_alone(cast: Cast) -> None:
    case, signed = await make_signed(cast)
    assert steps.open_steps(cast.officer, case, [signed]) == {"propose_succession"}
    assert steps.open_steps(cast.authority, case, [signed]) == frozenset()
    draft = await domain.propose_decision(cast.officer, case.id, a_recall(signed))
    assert steps.open_steps(cast.authority, case, [signed, draft]) == {
        "countersign_succession",
        "return_succession",
        "recall",
        "replace",
    }
    assert a_grant(case).succeeds is None
