"""Identity data change at once before anything is submitted, and by an officer's decision afterwards."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from backend.accounts.queries import insert_membership
from backend.accounts.schemas import Actor, Role
from backend.kit import audit
from backend.kit.clock import Frozen, now
from backend.kit.db import Engine
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import fold
from backend.notifications import domain as inbox
from backend.organisations import correction_queries as rows
from backend.organisations import corrections, domain
from backend.organisations.correction_schemas import Correction, CorrectionDecision, Identity, NewCorrection
from backend.organisations.tables import Organisation
from backend.ports.wiring import null_ports, using
from tests.backend.applications.test_queue import counted
from tests.factories.applications import Cast, as_of_now, make_cast, make_draft, make_submitted
from tests.factories.races import race
from tests.factories.trials import GRANT, make_trial
from tests.factories.web import Browser, make_actor, sign_in

FREE_TAX_CODE = "0101243150"
DATA = {
    "name": "Công ty Cảng Xanh Hải Phòng",
    "tax_code": "0200571233",
    "address": "12 Lê Hồng Phong",
    "ward": "Phường Gia Viên",
    "reason": "Đổi tên theo giấy đăng ký mới.",
}
ACCEPT, REFUSE = CorrectionDecision(accept=True), CorrectionDecision(accept=False, answer="Thiếu giấy tờ.")


def wanted(**changed: str) -> NewCorrection:
    return NewCorrection(**{**DATA, **changed})


@pytest.fixture
async def cast(db: Engine) -> Cast:
    """A company that has submitted a case."""
    return await submitted_cast()


async def submitted_cast() -> Cast:
    cast = await make_cast()
    with using(null_ports()):
        await make_submitted(cast)
    return cast


async def identity(organisation: UUID) -> Identity:
    columns = (Organisation.name, Organisation.tax_code, Organisation.address, Organisation.ward)
    row = await Organisation.select(*columns).where(Organisation.id == organisation).first()
    assert row is not None
    return Identity(**row)


async def tags(organisation: UUID) -> list[str]:
    return [one.tag for one in await audit.entries(organisation)]


async def headlines(actor: Actor, kind: str = "answer") -> list[tuple[str, str]]:
    news = (await inbox.list_news(actor)).items
    return [(one.news.headline.en, one.news.path) for one in news if one.kind == kind]


async def ask(cast: Cast, **changed: str) -> Correction:
    return await corrections.ask_correction(cast.hoa, cast.company.id, wanted(**changed))


async def test_before_anything_is_submitted_the_data_change_at_once_and_the_old_are_kept(db: Engine) -> None:
    cast = await make_cast()
    before = await identity(cast.company.id)
    assert await corrections.takes_effect_at_once(cast.hoa, cast.company.id)
    done = await ask(cast, tax_code=FREE_TAX_CODE, address="  5  Trần Phú ")
    after = Identity(name=DATA["name"], tax_code=FREE_TAX_CODE, address="5 Trần Phú", ward="Phường Gia Viên")
    assert (done.state, done.decided_by, done.before, done.after) == ("accepted", None, before, after)
    assert await identity(cast.company.id) == after
    row = (
        await Organisation.select(Organisation.name_folded).where(Organisation.id == cast.company.id).first()
    )
    assert row == {"name_folded": "cong ty cang xanh hai phong"}
    last = (await audit.entries(cast.company.id))[-1]
    assert (last.tag, last.data) == ("organisation:corrected", {"correction": str(done.id)})
    assert await corrections.list_corrections(cast.officer) == ([], [])


async def test_a_tax_code_of_another_is_refused_at_once_and_nothing_is_kept(db: Engine) -> None:
    cast = await make_cast()
    with pytest.raises(Invalid) as refused:
        await ask(cast, tax_code=cast.other.tax_code)
    assert list(refused.value.fields) == ["tax_code"]
    assert await corrections.list_corrections_of(cast.hoa, cast.company.id) == []


async def test_after_submission_the_data_wait_for_an_officer(cast: Cast) -> None:
    before = await identity(cast.company.id)
    assert not await corrections.takes_effect_at_once(cast.hoa, cast.company.id)
    asked = await ask(cast)
    assert (asked.state, asked.before, asked.asker_name) == ("open", before, "Nguyễn Thị Hoa")
    assert [(label.en, old, new) for label, old, new in asked.changes()] == [
        ("Full name", before.name, DATA["name"])
    ]
    assert await identity(cast.company.id) == before
    assert await corrections.list_corrections(cast.officer) == ([asked], [])
    assert await corrections.list_corrections_of(cast.binh, cast.company.id) == [asked]
    done = await corrections.decide_correction(cast.officer, asked.id, ACCEPT)
    assert (done.state, done.decider_name, done.before) == ("accepted", "Lê Cán Bộ", before)
    assert await identity(cast.company.id) == asked.after
    assert await corrections.list_corrections(cast.auditor) == ([], [done])
    assert (await tags(cast.company.id))[-2:] == [
        "organisation:correction_asked",
        "organisation:correction_accepted",
    ]
    for entry in (await audit.entries(cast.company.id))[-2:]:
        assert entry.data == {"correction": str(asked.id)}
    assert await headlines(cast.hoa) == [
        ("The data of your organisation are corrected", f"/corrections/{asked.id}")
    ]
    assert await headlines(cast.binh) == []


async def searches(organisation: UUID) -> list[str]:
    """What every case, trial and exemption of an organisation is found by."""
    rows = await Organisation.raw(
        "select search from application where organisation = {} union all"
        " select search from trial where organisation = {} union all"
        " select e.search from exemption e join application a on a.id = e.application"
        " where a.organisation = {} order by search",
        *[organisation] * 3,
    )
    return [row["search"] for row in rows]


async def test_everything_is_found_by_the_corrected_name_at_once(
    db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await make_cast()
    old, new = fold(cast.company.name), fold(DATA["name"])
    with using(null_ports()):
        await make_trial(cast, team=f"Năm kỹ sư của {cast.company.name}.")
        await make_draft(cast)
        await make_draft(cast, solution_name="Phao thông minh")
        before = await searches(cast.company.id)
        other = await searches(cast.other.id)
        assert len(before) == 4 + len(GRANT.exemptions)
        asked = await ask(cast)
        with counted(monkeypatch) as seen:
            await corrections.decide_correction(cast.officer, asked.id, ACCEPT)
    assert sum("search" in one for one in seen) == 1
    after = await searches(cast.company.id)
    assert sorted(one.replace(old, new, 1) for one in before) == sorted(after)
    assert sum(old in one for one in after) == 1  # what the applicant wrote stays as it was written
    assert await searches(cast.other.id) == other


async def test_a_refusal_says_why_and_changes_nothing(cast: Cast) -> None:
    before, asked = await identity(cast.company.id), await ask(cast)
    for answer in (" ", "x" * (corrections.LONGEST + 1)):
        with pytest.raises(Invalid) as refused:
            await corrections.decide_correction(
                cast.officer, asked.id, CorrectionDecision(accept=False, answer=answer)
            )
        assert list(refused.value.fields) == ["answer"]
    done = await corrections.decide_correction(cast.officer, asked.id, REFUSE)
    assert (done.state, done.answer) == ("refused", "Thiếu giấy tờ.")
    assert await identity(cast.company.id) == before
    assert await headlines(cast.hoa) == [("Your correction is refused", f"/corrections/{asked.id}")]
    for again in (ACCEPT, REFUSE):
        with pytest.raises(Conflict):
            await corrections.decide_correction(cast.colleague, asked.id, again)
    assert (await ask(cast)).state == "open"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "A"}, ["name"]),
        ({"tax_code": "0101243151"}, ["tax_code"]),
        ({"address": "", "ward": ""}, ["address", "ward"]),
        ({"reason": "  "}, ["reason"]),
        ({"reason": "x" * 2001}, ["reason"]),
        ({"name": "Công ty Cảng Số Hải Phòng"}, []),
    ],
)
async def test_what_is_wrong_is_said_per_field(
    cast: Cast, changes: dict[str, str], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await ask(cast, **changes)
    assert list(refused.value.fields) == fields
    assert await corrections.list_corrections(cast.officer) == ([], [])


async def test_one_correction_at_a_time(cast: Cast) -> None:
    asked = await ask(cast)
    with pytest.raises(Conflict):
        await ask(cast, ward="Phường Lê Chân")
    assert await corrections.list_corrections(cast.officer) == ([asked], [])


@pytest.mark.parametrize("role", ["editor", "viewer"])
async def test_only_full_powers_ask_and_those_of_the_organisation_read(cast: Cast, role: str) -> None:
    helper = await make_actor(Role.APPLICANT)
    await insert_membership(helper.id, cast.company.id, role)
    helper = await as_of_now(helper)
    for somebody in (helper, cast.stranger, cast.officer):
        with pytest.raises(NotFound):
            await corrections.ask_correction(somebody, cast.company.id, wanted())
        with pytest.raises(NotFound):
            await corrections.takes_effect_at_once(somebody, cast.company.id)
    asked = await ask(cast)
    assert await corrections.get_correction(helper, asked.id) == asked
    assert await corrections.get_correction(cast.auditor, asked.id) == asked
    for attempt in (
        corrections.get_correction(cast.stranger, asked.id),
        corrections.get_correction(cast.officer, uuid4()),
        corrections.list_corrections(cast.hoa),
        corrections.list_corrections_of(cast.officer, cast.company.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_an_organisation_that_is_gone_is_not_found(db: Engine) -> None:
    actor, gone = await make_actor(Role.APPLICANT), uuid4()
    with pytest.raises(NotFound):
        await corrections.ask_correction(replace(actor, organisations=frozenset({gone})), gone, wanted())


async def test_nobody_decides_without_the_role_or_on_the_own_organisation(cast: Cast) -> None:
    asked = await ask(cast)
    await insert_membership(cast.colleague.id, cast.company.id, "viewer")
    own = await as_of_now(cast.colleague)
    left = replace(cast.hoa, roles=frozenset({Role.OFFICER}), organisations=frozenset())
    for somebody in (cast.hoa, cast.stranger, cast.auditor, cast.authority, own, left):
        with pytest.raises(NotFound):
            await corrections.decide_correction(somebody, asked.id, ACCEPT)
    with pytest.raises(NotFound):
        await corrections.decide_correction(cast.officer, uuid4(), ACCEPT)
    assert (await corrections.get_correction(cast.hoa, asked.id)).state == "open"


async def test_data_that_changed_since_are_not_overwritten(cast: Cast) -> None:
    asked = await ask(cast)
    await Organisation.update({Organisation.ward: "Phường Lê Chân"}).where(Organisation.id == cast.company.id)
    now_standing = await identity(cast.company.id)
    with pytest.raises(Conflict) as refused:
        await corrections.decide_correction(cast.officer, asked.id, ACCEPT)
    assert "changed since" in refused.value.text.en
    assert await identity(cast.company.id) == now_standing
    assert (await corrections.get_correction(cast.officer, asked.id)).state == "open"
    assert await headlines(cast.hoa) == []
    assert (await corrections.decide_correction(cast.officer, asked.id, REFUSE)).state == "refused"


async def test_a_tax_code_of_another_is_not_accepted(cast: Cast) -> None:
    asked = await ask(cast, tax_code=cast.other.tax_code)
    with pytest.raises(Conflict) as refused:
        await corrections.decide_correction(cast.officer, asked.id, ACCEPT)
    assert "Another organisation" in refused.value.text.en
    assert (await corrections.get_correction(cast.officer, asked.id)).state == "open"


async def test_of_two_officers_one_decides(committed_db: str) -> None:
    cast = await submitted_cast()
    asked = await ask(cast)
    outcomes = await race(
        "identity_correction",
        asked.id,
        corrections.decide_correction(cast.officer, asked.id, ACCEPT),
        corrections.decide_correction(cast.colleague, asked.id, REFUSE),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Correction"]
    (done,) = [one for one in outcomes if isinstance(one, Correction)]
    expected = asked.after if done.state == "accepted" else asked.before
    assert await identity(cast.company.id) == expected
    assert (await tags(cast.company.id))[-1] == f"organisation:correction_{done.state}"
    assert len(await headlines(cast.hoa)) == 1


async def test_the_list_begins_with_the_newest_and_asks_as_often_for_many_as_for_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, frozen_clock: Frozen
) -> None:
    first = await ask(cast)
    with counted(monkeypatch) as for_one:
        assert await corrections.list_corrections(cast.officer) == ([first], [])
    frozen_clock.advance(timedelta(hours=1))
    newer = await rows.insert_correction(
        first.before,
        first.after,
        organisation=cast.other.id,
        asked_by=cast.stranger.id,
        asked_at=now(),
        reason="Đổi tên.",
        state="open",
    )
    with counted(monkeypatch) as for_two:
        waiting, _ = await corrections.list_corrections(cast.officer)
    assert [one.id for one in waiting] == [newer, first.id]
    assert (len(for_one), len(for_two)) == (2, 2)


async def test_the_pages_lead_from_the_form_to_the_decision(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.hoa)
    place = f"/organisations/{cast.company.id}"
    assert f'href="{place}/correction"' in (await http.get(place)).text
    assert 'value="Công ty Cảng Số Hải Phòng"' in (await http.get(f"{place}/correction")).text
    refused = await http.submit(f"{place}/correction", {**DATA, "reason": ""})
    assert (refused.status_code, '<a href="#reason">' in refused.text) == (422, True)
    sent = await http.submit(f"{place}/correction", DATA)
    assert sent.headers["location"] == place
    page = await http.get(place)
    assert "chờ quyết định" in page.text
    assert (await http.submit(f"{place}/correction", DATA)).status_code == 409
    (asked,) = await corrections.list_corrections_of(cast.hoa, cast.company.id)
    own = await http.get(f"/corrections/{asked.id}")
    assert (own.status_code, 'name="decision"' in own.text) == (200, False)

    officer = http.as_stranger()
    await sign_in(officer, cast.officer)
    assert 'href="/corrections"' in (await officer.get("/workspace")).text
    assert 'href="/corrections"' not in (await http.get("/workspace")).text
    assert f'href="/corrections/{asked.id}"' in (await officer.get("/corrections")).text
    shown = (await officer.get(f"/corrections/{asked.id}")).text
    assert "<td>Công ty Cảng Số Hải Phòng</td><td>Công ty Cảng Xanh Hải Phòng</td>" in shown
    assert (await officer.submit(f"/corrections/{asked.id}", {"decision": "refuse"})).status_code == 422
    done = await officer.submit(f"/corrections/{asked.id}", {"decision": "accept"})
    assert done.headers["location"] == f"/corrections/{asked.id}"
    assert (await officer.submit(f"/corrections/{asked.id}", {"decision": "accept"})).status_code == 409
    assert "đã sửa" in (await http.get(place)).text
    assert f'"{place}">Công ty Cảng' in (await http.get(f"/corrections/{asked.id}")).text


async def test_the_form_changes_at_once_before_a_submission(http: Browser, db: Engine) -> None:
    cast = await make_cast()
    await sign_in(http, cast.hoa)
    place = f"/organisations/{cast.company.id}"
    assert "có hiệu lực ngay" in (await http.get(f"{place}/correction")).text
    assert (await http.submit(f"{place}/correction", DATA)).status_code == 303
    page = (await http.get(place)).text
    assert ("Thông tin đã được sửa." in page, DATA["name"] in page) == (True, True)
    (done,) = await corrections.list_corrections_of(cast.hoa, cast.company.id)
    assert "chưa nộp hồ sơ nào" in (await http.get(f"/corrections/{done.id}")).text


async def test_the_api_asks_lists_and_decides(http: Browser, cast: Cast) -> None:
    hers = http.with_token(await sign_in(http.as_stranger(), cast.hoa))
    his = http.with_token(await sign_in(http.as_stranger(), cast.officer))
    place = f"/api/v1/organisations/{cast.company.id}/corrections"
    asked = await hers.post(place, json=DATA)
    assert (asked.status_code, asked.json()["state"]) == (201, "open")
    one = f"/api/v1/corrections/{asked.json()['id']}"
    assert (await hers.get(place)).json() == [asked.json()]
    assert (await his.get("/api/v1/corrections")).json() == [asked.json()]
    done = await his.post(f"{one}/decision", json={"accept": True})
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    assert (await hers.get(one)).json() == done.json()
    assert (await his.post(f"{one}/decision", json={"accept": True})).status_code == 409
    assert (await domain.get_organisation(cast.hoa, cast.company.id)).name == DATA["name"]
