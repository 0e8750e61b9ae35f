"""The agency's own conditions: versions that are never changed, used like those of the rule file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs

from backend.applications import domain as applications
from backend.decisions import domain, library
from backend.decisions.draft import label_of
from backend.decisions.schemas import ChosenCondition, Condition, ConditionForm, NewParameter
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.clock import Frozen, today
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.kit.text import Text
from backend.programmes import domain as programmes
from backend.trials import domain as trials
from backend.trials.views import conditions_of
from tests.backend.decisions.test_decision_web import fields_of, send, url
from tests.factories.applications import PROGRAMME, Cast
from tests.factories.decisions import a_grant, make_appraised
from tests.factories.web import Browser, sign_in

API = "/api/v1/conditions"


def a_version(**changed: Any) -> ConditionForm:
    plain: dict[str, Any] = {
        "programme": PROGRAMME,
        "key": "night_light",
        "label": Text("Đèn ban đêm", "Lights at night"),
        "text": Text("Bật đèn trên mọi xe sau {hour} giờ.", "Lights on every vehicle after {hour}:00."),
        "reason": Text("Người đi bộ cần thấy xe.", "People must see the vehicle."),
        "parameters": [NewParameter(key="hour", label=Text("Giờ", "Hour"), type="number")],
        "source": "law_93",
        "from_on": date(2026, 1, 1),
    }
    return ConditionForm(**{**plain, **changed})


async def test_a_decision_keeps_key_version_and_filled_text(cast: Cast) -> None:
    await library.add_version(cast.admin, a_version())
    case = await make_appraised(cast)
    chosen = [ChosenCondition(key="night_light", parameters={"hour": 18})]
    decision = await domain.propose_decision(cast.officer, case.id, a_grant(case, conditions=chosen))
    (kept,) = decision.conditions
    assert (kept.key, kept.version, kept.text) == (
        "night_light",
        1,
        Text("Bật đèn trên mọi xe sau 18 giờ.", "Lights on every vehicle after 18:00."),
    )
    assert (kept.label, kept.reason.vi, kept.source) == (
        Text("Đèn ban đêm", "Lights at night"),
        "Người đi bộ cần thấy xe.",
        "law_93",
    )
    newer = a_version(text=Text("Đèn sau {hour} giờ.", "Lights after {hour}."))
    assert (await library.add_version(cast.admin, newer)).version == 2
    signed = await domain.sign_decision(cast.authority, case.id)
    assert signed.conditions == [kept]
    document = await documents.get_document(signed.document_id)  # type: ignore[arg-type]
    assert document.context["conditions"][0]["vi"] == "Bật đèn trên mọi xe sau 18 giờ."
    await work_until_empty()
    trial = await trials.trial_of(case.id)
    assert trial is not None
    assert conditions_of(trial)[0].source == applications.rules_of(case).sources["law_93"]


def test_a_condition_decided_before_versions_were_kept_is_called_as_in_the_rule_file() -> None:
    programme, nothing = programmes.in_force(PROGRAMME), Text("", "")
    old = Condition(key="consent", text=nothing, reason=nothing, parameters={})
    label = programme.conditions["consent"].label
    assert label_of(programme, old) == Text(label.vi, label.en)
    assert label_of(programme, structs.replace(old, label=Text("Đồng ý", "Consent"))).en == "Consent"


async def test_a_version_of_a_known_key_takes_the_place_of_the_rule_files_while_it_is_in_force(
    cast: Cast, frozen_clock: Frozen
) -> None:
    programme = programmes.in_force(PROGRAMME)
    mine = a_version(key="limits", text=Text("Giữ.", "Keep."), parameters=[])
    later = await library.add_version(
        cast.admin,
        a_version(key="limits", text=Text("Sau.", "Later."), parameters=[], from_on=date(2030, 1, 1)),
    )
    assert (await library.with_library(programme)).conditions == programme.conditions
    first = await library.add_version(cast.admin, mine)
    used = (await library.with_library(programme)).conditions["limits"]
    assert (used.text.vi, used.attached, later.version, first.version) == ("Giữ.", True, 1, 2)
    await library.withdraw_version(cast.admin, first.id)
    with pytest.raises(Conflict):
        await library.withdraw_version(cast.admin, first.id)
    assert (await library.with_library(programme)).conditions == programme.conditions
    assert [entry.tag for entry in await audit.entries(first.id)] == [
        "condition:entered",
        "condition:withdrawn",
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"programme": "vn-xx"}, "programme"),
        ({"key": "Đèn"}, "key"),
        ({"label": Text(" ", "x")}, "label_vi"),
        ({"reason": Text("x", "")}, "reason_en"),
        ({"text": Text("Sau {hour}", "Later")}, "text_en"),
        ({"text": Text("Sau {", "After {hour}")}, "text_vi"),
        ({"text": Text("x" * 2001, "After {hour}")}, "text_vi"),
        ({"parameters": []}, "text_vi"),
        ({"parameters": [NewParameter(key="Giờ", label=Text("a", "b"), type="text")]}, "parameters"),
        ({"parameters": [NewParameter(key="hour", label=Text("", ""), type="text")]}, "parameters"),
        ({"source": "nowhere"}, "source"),
        ({"until_on": date(2025, 1, 1)}, "until_on"),
    ],
)
async def test_what_is_wrong_is_named(cast: Cast, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await library.add_version(cast.admin, a_version(**changed))
    assert next(iter(refused.value.fields)) == field


async def test_only_administrators_write_and_applicants_do_not_read(cast: Cast) -> None:
    entered = await library.add_version(cast.admin, a_version())
    for other in (cast.officer, cast.authority, cast.auditor, cast.hoa):
        with pytest.raises(NotFound):
            await library.add_version(other, a_version())
        with pytest.raises(NotFound):
            await library.withdraw_version(other, entered.id)
    with pytest.raises(NotFound):
        await library.withdraw_version(cast.admin, uuid4())
    with pytest.raises(NotFound):
        await library.list_versions(cast.hoa)
    assert await library.list_versions(cast.officer) == [entered]
    assert entered.holds(today() - timedelta(days=365 * 3)) is False


async def test_a_version_is_entered_and_used_on_the_pages(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.admin)
    page = await http.get("/admin/conditions")
    typed = fields_of(page.text) | {
        "source": f"{PROGRAMME} law_93",
        "key": "night_light",
        "label_vi": "Đèn ban đêm",
        "label_en": "Lights",
        "text_vi": "Bật đèn sau {hour} giờ.",
        "text_en": "Lights after {hour}.",
        "reason_vi": "Cần thấy xe.",
        "reason_en": "To be seen.",
        "from_on": "01/01/2026",
        "parameters.0.key": "hour",
        "parameters.0.type": "number",
        "parameters.0.vi": "Giờ",
        "parameters.0.en": "Hour",
    }
    for wrong in ({"from_on": ""}, {"key": "!"}, {"parameters.0.type": "x"}):
        refused = await http.submit("/admin/conditions", typed | wrong)
        assert (refused.status_code, fields_of(refused.text)["label_vi"]) == (422, "Đèn ban đêm")
    assert (await http.submit("/admin/conditions", typed)).status_code == 303
    assert "cơ quan, 1" in (await http.get("/admin/conditions")).text
    case = await make_appraised(cast)
    await sign_in(http, cast.officer)
    form = (await http.get(url(case))).text
    assert "Bật đèn sau [Giờ] giờ." in form
    filled = fields_of(form) | {
        "kind": "grant",
        "conditions.night_light": "yes",
        "conditions.night_light.hour": "18",
    }
    check = await http.submit(url(case, "/preview"), filled)
    assert "Bật đèn sau 18 giờ." in check.text
    assert (await http.submit(url(case, "/propose"), fields_of(check.text))).status_code == 303
    assert "phiên bản 1 của cơ quan" in (await http.get(url(case))).text
    await sign_in(http, cast.admin)
    (entered,) = await library.list_versions(cast.admin)
    assert (await http.submit(f"/admin/conditions/{entered.id}/withdraw", {})).status_code == 303
    assert "ngừng dùng" in (await http.get("/admin/conditions")).text


async def test_the_library_runs_through_json(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.admin)
    form = {
        "programme": PROGRAMME,
        "key": "helmets",
        "label": {"vi": "Mũ bảo hiểm", "en": "Helmets"},
        "text": {"vi": "Đội mũ.", "en": "Wear helmets."},
        "reason": {"vi": "An toàn.", "en": "Safety."},
        "source": "law_93",
        "from_on": "2026-01-01",
    }
    entered = await send(http, API, form)
    assert (entered.status_code, entered.json()["version"]) == (201, 1)
    withdrawn = await send(http, f"{API}/{entered.json()['id']}/withdraw", {})
    assert withdrawn.json()["withdrawn_at"] is not None
    await sign_in(http, cast.officer)
    assert [one["key"] for one in (await http.get(API)).json()] == ["helmets"]
