"""What becomes public, what is kept back and why; old answers in a new draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from backend.applications import domain
from backend.applications.errors import NotAsked, NotEditable
from backend.applications.publicity import may_be_secret, public_version
from backend.kit.clock import today
from backend.kit.errors import Invalid, NotFound
from backend.programmes import domain as programmes
from tests.factories.applications import ANSWERS, PROGRAMME, Cast, a_request, make_draft, make_submitted
from tests.factories.web import Browser, sign_in


async def test_an_answer_is_kept_back_with_a_reason_and_let_go_again(cast: Cast) -> None:
    draft = await make_draft(cast, **ANSWERS)
    assert "safeguards" in domain.public_answers(draft)
    assert "team" not in domain.public_answers(draft)
    marked = await domain.mark_secret(cast.binh, draft.id, "safeguards", " Quy trình riêng. ")
    assert marked.secrets == {"safeguards": "Quy trình riêng."}
    assert domain.public_answers(draft).keys() - domain.public_answers(marked).keys() == {"safeguards"}
    lines, _ = public_version(marked, [])
    assert [one.field.key for one in lines if one.reason] == ["safeguards"]
    opened = await domain.mark_secret(cast.hoa, draft.id, "safeguards", None)
    assert opened.secrets == {}
    story = [one.data for one in await domain.timeline_of(draft.id) if one.tag == "application:secret_marked"]
    assert story == [{"field": "safeguards", "secret": True}, {"field": "safeguards", "secret": False}]


@pytest.mark.parametrize("key", ["solution_name", "solution_field", "plan_from", "team", "no_such"])
async def test_only_free_words_that_would_be_public_can_be_kept_back(cast: Cast, key: str) -> None:
    draft = await make_draft(cast)
    assert not may_be_secret(programmes.in_force(PROGRAMME), key)
    with pytest.raises(NotFound):
        await domain.mark_secret(cast.hoa, draft.id, key, "Vì.")


async def test_a_mark_needs_a_reason_and_an_open_dossier(cast: Cast) -> None:
    draft = await make_draft(cast)
    with pytest.raises(Invalid):
        await domain.mark_secret(cast.hoa, draft.id, "safeguards", " ")
    for other in (cast.stranger, cast.officer):
        with pytest.raises(NotFound):
            await domain.mark_secret(other, draft.id, "safeguards", "Vì.")
    case = await make_submitted(cast)
    with pytest.raises(NotEditable):
        await domain.mark_secret(cast.hoa, case.id, "safeguards", "Vì.")
    due_on = today() + timedelta(days=5)
    await domain.request_supplement(cast.officer, case.id, a_request("safeguards"), due_on)
    with pytest.raises(NotAsked):
        await domain.mark_secret(cast.hoa, case.id, "plan_goal", "Vì.")
    assert (await domain.mark_secret(cast.hoa, case.id, "safeguards", "Vì.")).secrets


async def test_the_page_shows_the_public_version_and_marks(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.hoa)
    draft = await make_draft(cast, **ANSWERS)
    place = f"/applications/{draft.id}/public"
    page = await http.get(place)
    assert ANSWERS["safeguards"] in page.text
    assert ANSWERS["team"] not in page.text
    assert (await http.submit(f"{place}/safeguards", {"reason": ""})).status_code == 422
    done = await http.submit(f"{place}/safeguards", {"reason": "Quy trình riêng."})
    assert done.headers["location"] == f"{place}#safeguards"
    hidden = await http.get(place)
    assert ANSWERS["safeguards"] not in hidden.text
    assert "Quy trình riêng." in hidden.text
    await http.submit(f"{place}/safeguards", {"action": "open"})
    assert ANSWERS["safeguards"] in (await http.get(place)).text
    await sign_in(http, cast.officer)
    assert (await http.get(place)).status_code == 404


async def test_old_answers_become_a_new_draft_without_files(http: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    await sign_in(http, cast.hoa)
    done = await http.submit(f"/applications/{case.id}/copy")
    draft = next(one for one in await domain.list_mine(cast.hoa) if one.id != case.id)
    assert done.headers["location"] == f"/applications/{draft.id}"
    assert (draft.state, draft.number, draft.answers, draft.title) == ("draft", None, ANSWERS, case.title)
    assert await domain.uploads_of(draft) == []
    assert [one.tag for one in await domain.timeline_of(draft.id)][-1] == "application:copied"
    with pytest.raises(NotFound):
        await domain.copy_application(cast.stranger, case.id)


async def test_only_what_the_rules_of_today_know_is_copied(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await make_submitted(cast)
    old = programmes.in_force(PROGRAMME)
    team = old.sections["team"]
    fewer = {key: field for key, field in team.fields.items() if key != "contact_name"}
    new = structs.replace(old, sections={**old.sections, "team": structs.replace(team, fields=fewer)})
    monkeypatch.setattr(programmes, "in_force", lambda key: new)
    copied = await domain.copy_application(cast.hoa, case.id)
    assert ANSWERS.keys() - copied.answers.keys() == {"contact_name"}


async def test_json_goes_the_same_way(http: Browser, cast: Cast) -> None:
    api = http.with_token(await sign_in(http.as_stranger(), cast.hoa))
    draft = await make_draft(cast, **ANSWERS)
    root = f"/api/v1/applications/{draft.id}"
    marked = await api.put(f"{root}/secrets/safeguards", json={"reason": "Quy trình riêng."})
    assert marked.json()["secrets"] == {"safeguards": "Quy trình riêng."}
    copied = await api.post(f"{root}/copy")
    assert copied.json()["answers"] == draft.answers
