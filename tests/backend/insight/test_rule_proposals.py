"""A rule file before its release: checked, compared, and tried out on the cases of this registry."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.insight import domain, queries
from backend.insight.schemas import EffectLine, FaultyFile, in_words
from backend.kit import audit, outbox
from backend.kit.clock import Frozen
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text
from backend.programmes.domain import released_text, rules
from sandbox_rules import Effect
from tests.factories.applications import PROGRAMME, Cast, a_request, make_draft, make_submitted
from tests.factories.web import Browser, SignIn

CHECK = '[deadlines.check_dossier]\nlabel = {vi = "Kiểm tra thành phần hồ sơ", en = "Check the dossier"}\n'
AFTER = 'after = ["submit"]\nuntil = ["accept", "refuse_to_receive"]\nwithin = '
FASTER = {CHECK + AFTER + "3": CHECK + AFTER + "2"}
SHORTER = {"value = 730": "value = 100"}


def _file(*edits: dict[str, str], day: str = "2027-01-15") -> bytes:
    """The city's file in force from another day, with some edits."""
    text = released_text(rules().in_force(PROGRAMME, date(2026, 11, 23)).pin).replace("2026-01-15", day)
    for edit in edits:
        for old, new in edit.items():
            assert text.count(old) == 1
            text = text.replace(old, new)
    return text.encode()


async def _five_cases(cast: Cast, clock: Frozen) -> dict[str, Application]:
    """Four cases at different places, one withdrawn; and a draft that is nobody's business."""
    waiting = await make_submitted(cast, solution_name="Một")
    await make_draft(cast, solution_name="Bản nháp")
    asked = await make_submitted(cast, solution_name="Hai")
    await applications.request_supplement(
        cast.officer, asked.id, a_request(), date(2026, 12, 10), "Thiếu bản đồ."
    )
    accepted = await make_submitted(cast, solution_name="Ba")
    await applications.accept_application(cast.officer, accepted.id)
    brief = await make_submitted(cast, solution_name="Bốn", plan_until="2027-03-31")
    await applications.accept_application(cast.officer, brief.id)
    gone = await make_submitted(cast, solution_name="Năm", plan_until="2027-03-31")
    await applications.withdraw_application(cast.hoa, gone.id)
    clock.advance(timedelta(hours=1))
    return {"waiting": waiting, "asked": asked, "accepted": accepted, "brief": brief, "gone": gone}


async def _simulated(cast: Cast, data: bytes) -> domain.Proposal:
    proposal = await domain.propose_file(cast.admin, data, "new.toml")
    await domain.simulate_proposal(cast.admin, proposal.id)
    await outbox.work_until_empty()
    return await domain.get_proposal(proposal.id)


async def test_a_simulation_tells_which_real_cases_would_change(cast: Cast, frozen_clock: Frozen) -> None:
    cases = await _five_cases(cast, frozen_clock)
    proposal = await _simulated(cast, _file(FASTER))
    assert (proposal.done, proposal.total, proposal.finished_at is not None) == (5, 5, True)
    outcome, effects = await domain.outcome_of(proposal, 1)
    assert (outcome.changed, outcome.counts) == (3, {"due": 3})
    label = Text("Kiểm tra thành phần hồ sơ", "Check the dossier")
    old, new = date(2026, 11, 27), date(2026, 11, 26)  # the 24th is a day off
    assert effects.items == [
        EffectLine(
            case=cases[name].number or "", what=Text("hạn cuối", "due date"), subject=label, old=old, new=new
        )
        for name in ("waiting", "accepted", "brief")
    ]


async def test_findings_change_too_and_nothing_personal_is_kept(cast: Cast, frozen_clock: Frozen) -> None:
    cases = await _five_cases(cast, frozen_clock)
    proposal = await _simulated(cast, _file(SHORTER))
    outcome, effects = await domain.outcome_of(proposal, 1)
    assert (outcome.changed, outcome.counts) == (3, {"finding": 3})
    assert [(one.case, one.old, one.new) for one in effects.items] == [
        (cases[name].number, Text("đạt", "met"), Text("không đạt", "not met"))
        for name in ("waiting", "asked", "accepted")
    ]
    row = (await queries.page_of_effects(proposal.id, 1)).items[0]
    assert {name: getattr(row, name) for name in row.__struct_fields__} == {
        "case": cases["waiting"].number, "what": "finding", "key": "duration", "old": "met", "new": "not_met",
    }  # fmt: skip


async def test_the_cases_themselves_stay_as_they_are(cast: Cast, frozen_clock: Frozen) -> None:
    cases = await _five_cases(cast, frozen_clock)
    before = [await applications.get_application(cast.hoa, one.id) for one in cases.values()]
    await _simulated(cast, _file(FASTER))
    assert [await applications.get_application(cast.hoa, one.id) for one in cases.values()] == before
    assert [one.pin for one in rules().all()] == [one.programme.pin for one in domain.list_rule_files()]


async def test_progress_is_seen_job_by_job(
    cast: Cast, frozen_clock: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "BATCH", 2)
    await _five_cases(cast, frozen_clock)
    await outbox.work_until_empty()
    proposal = await domain.propose_file(cast.admin, _file(FASTER), "new.toml")
    await domain.simulate_proposal(cast.admin, proposal.id)
    seen = []
    while await outbox.work_one():
        now = await domain.get_proposal(proposal.id)
        seen.append((now.done, now.finished_at is not None))
    assert seen == [(2, False), (4, False), (5, True)]
    assert (await domain.outcome_of(await domain.get_proposal(proposal.id), 1))[0].changed == 3


async def test_beginning_anew_replaces_what_was_found(cast: Cast, frozen_clock: Frozen) -> None:
    await _five_cases(cast, frozen_clock)
    first = await _simulated(cast, _file(FASTER))
    frozen_clock.advance(timedelta(minutes=1))
    await domain.simulate_proposal(cast.admin, first.id)
    stale = {
        "proposal": str(first.id),
        "as_of": first.as_of.isoformat() if first.as_of else "",
        "after": None,
    }
    await domain.work_on_simulation(stale)
    await domain.work_on_simulation(stale | {"proposal": str(uuid4())})
    assert (await domain.get_proposal(first.id)).done == 0
    await outbox.work_until_empty()
    again = await domain.get_proposal(first.id)
    assert (again.done, (await domain.outcome_of(again, 1))[1].total) == (5, 3)


async def test_what_happened_later_is_not_looked_at(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    await outbox.work_until_empty()
    proposal = await domain.propose_file(cast.admin, _file(FASTER), "new.toml")
    await domain.simulate_proposal(cast.admin, proposal.id)
    frozen_clock.advance(timedelta(days=30))
    await applications.accept_application(cast.officer, case.id)
    await make_submitted(cast, solution_name="Sau")
    await outbox.work_until_empty()
    done = await domain.get_proposal(proposal.id)
    outcome, _ = await domain.outcome_of(done, 1)
    assert (done.total, done.done, outcome.counts) == (1, 1, {"due": 1})  # not missed: it was due later


async def test_a_faulty_file_is_refused_with_every_fault(cast: Cast) -> None:
    broken = {CHECK + AFTER + "3": CHECK + AFTER + '"3"', "quorum = 2": "quorum = true"}
    with pytest.raises(FaultyFile) as refusal:
        await domain.propose_file(cast.admin, _file(broken), "new.toml")
    assert [(one.file, one.key, one.line is not None) for one in refusal.value.faults] == [
        ("new.toml", "deadlines.check_dossier.within", True),
        ("new.toml", "appraisal.quorum", True),
    ]
    with pytest.raises(FaultyFile) as refusal:
        await domain.propose_file(cast.admin, b"key = \nx = 1\n", "new.toml")
    assert [(one.key, one.line) for one in refusal.value.faults] == [("(file)", 1)]
    assert await domain.list_proposals() == []


async def test_the_same_file_is_kept_once_with_one_line_in_the_log(cast: Cast) -> None:
    first = await domain.propose_file(cast.admin, _file(), "a.toml")
    assert await domain.propose_file(cast.admin, _file(), "b.toml") == first
    assert [one.tag for one in await audit.entries(first.id)] == ["rules:proposed"]
    await domain.simulate_proposal(cast.admin, first.id)
    assert [one.tag for one in await audit.entries(first.id)] == ["rules:proposed", "rules:simulated"]
    with pytest.raises(NotFound):
        await domain.simulate_proposal(cast.admin, uuid4())


async def test_two_files_of_one_programme_are_compared_in_words(cast: Cast) -> None:
    old = rules().in_force(PROGRAMME, date(2026, 11, 23)).pin.sha256
    new = await domain.propose_file(cast.admin, _file(FASTER), "new.toml")
    before, after, changes = await domain.compare(old, new.sha256)
    assert (before.pin.sha256, after.pin.sha256) == (old, new.sha256)
    assert [one.text.vi for one in changes] == [
        "Thời hạn “Kiểm tra thành phần hồ sơ”: thời hạn từ “3” thành “2”."
    ]
    other = next(one.pin.sha256 for one in rules().all() if one.key != PROGRAMME)
    for pair, field in (((old, other), "new"), (("", old), "old"), ((old, "0" * 64), "new")):
        with pytest.raises(Invalid) as refusal:
            await domain.compare(*pair)
        assert list(refusal.value.fields) == [field]


def test_effects_speak_with_the_labels_of_the_files() -> None:
    hp = rules().in_force(PROGRAMME, date(2026, 11, 23))
    told = [
        in_words(Effect("HS-1", *rest), hp, hp)
        for rest in (
            ("document", "trial_plan", "missing", "not missing"),
            ("step", "accept", "allowed", "not allowed"),
            ("outcome", "supplement 2", "running", "missed"),
            ("due", "no_such", "none", "2026-03-02"),
        )
    ]
    steps = hp.machines["application"].transitions
    assert [one.subject.vi for one in told] == [
        hp.documents["trial_plan"].label.vi, steps["accept"].label.vi,
        f"{hp.deadlines['supplement'].label.vi} 2", "no_such",
    ]  # fmt: skip
    assert told[3].new == date(2026, 3, 2)


def test_the_list_of_files_tells_what_governs_today_and_what_nobody_has_read() -> None:
    here = next(one for one in domain.list_rule_files() if one.programme.key == PROGRAMME)
    assert here.is_in_force
    assert {source.key for _, source in here.unread} <= set(here.programme.unread)
    assert 0 < len(here.unread) < here.values
    assert ("deadlines.decide", here.programme.sources["qd_248_body"]) in here.unread


async def test_from_a_pasted_file_to_the_list_of_changed_cases(
    http: Browser, sign_in_as: SignIn, cast: Cast, frozen_clock: Frozen
) -> None:
    cases = await _five_cases(cast, frozen_clock)
    await outbox.work_until_empty()
    await sign_in_as(Role.ADMIN)
    answer = await http.submit("/admin/rules", {"content": _file(FASTER).decode()})
    assert answer.status_code == 303
    here = answer.headers["location"]
    text = (await http.get(here)).text
    assert "thời hạn từ “3” thành “2”." in text
    assert "Mô phỏng trên hồ sơ thật" in text
    assert (await http.submit(f"{here}/simulate")).status_code == 303
    text = (await http.get(here)).text
    assert "Đã xem 0 trong 5 hồ sơ." in text
    await outbox.work_until_empty()
    text = (await http.get(f"{here}?lang=en")).text
    assert "Under way" not in text
    assert [one.number in text for one in cases.values()] == [True, False, True, True, False]
    assert "27 Nov 2026</td><td>26 Nov 2026" in text
    assert "Xe tự hành" not in text
    assert cast.company.name not in text


async def test_a_file_is_taken_to_the_letter(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.ADMIN)
    released = rules().in_force(PROGRAMME, date(2026, 11, 23))
    upload = {"file": ("hp.toml", released_text(released.pin).encode(), "application/toml")}
    answer = await http.submit("/admin/rules", {}, files=upload)
    text = (await http.get(answer.headers["location"])).text
    assert released.pin.sha256 in text
    assert "chính là một tệp đã phát hành" in text
    assert "Không có thay đổi." in text


async def test_a_clash_with_a_released_file_and_a_new_programme_are_said(
    http: Browser, sign_in_as: SignIn
) -> None:
    await sign_in_as(Role.ADMIN)
    clash = await http.submit("/admin/rules", {"content": _file(FASTER, day="2026-01-15").decode()})
    assert "hãy đặt ngày hiệu lực khác" in (await http.get(clash.headers["location"])).text
    other = _file().decode().replace('"vn-hp-248"', '"vn-hp-999"')
    new = await http.submit("/admin/rules", {"content": other})
    assert "Đây là chương trình mới" in (await http.get(new.headers["location"])).text


async def test_a_faulty_file_is_shown_with_place_and_mend_and_what_was_typed(
    http: Browser, sign_in_as: SignIn
) -> None:
    await sign_in_as(Role.ADMIN)
    broken = _file({CHECK + AFTER + "3": CHECK + AFTER + '"3"'}).decode()
    answer = await http.submit("/admin/rules", {"content": broken})
    assert answer.status_code == 422
    for said in ("pasted.toml", "deadlines.check_dossier.within", "Sai dạng", "Xem README.md", "dòng "):
        assert said in answer.text
    assert "Kiểm tra thành phần hồ sơ" in answer.text.partition("<textarea")[2]
    nothing = await http.submit("/admin/rules", {"content": " "})
    assert (nothing.status_code, 'href="#content"' in nothing.text) == (422, True)


async def test_an_auditor_reads_and_changes_nothing(http: Browser, sign_in_as: SignIn, cast: Cast) -> None:
    proposal = await domain.propose_file(cast.admin, _file(FASTER), "new.toml")
    await sign_in_as(Role.AUDITOR)
    page = await http.get("/admin/rules")
    assert (page.status_code, "<textarea" in page.text) == (200, False)
    shown = await http.get(f"/admin/rules/proposals/{proposal.id}")
    assert (shown.status_code, "/simulate" in shown.text) == (200, False)
    assert (await http.submit(f"/admin/rules/proposals/{proposal.id}/simulate")).status_code == 404
    old = rules().in_force(PROGRAMME, date(2026, 11, 23)).pin.sha256
    compared = await http.get(f"/admin/rules/diff?old={old}&new={proposal.sha256}")
    assert "Đối với: cán bộ thụ lý" in compared.text
    refused = await http.get(f"/admin/rules/diff?old={old}")
    assert (refused.status_code, 'href="#new"' in refused.text) == (422, True)
