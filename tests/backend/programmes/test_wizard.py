"""“Is a sandbox for me?”: one question a page, the answers in the address, reasons beside the result."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlencode

import pytest

from backend.kit.clock import Frozen
from backend.kit.errors import Invalid
from backend.programmes import wizard
from tests.factories.web import Browser

HARBOUR = {
    "solution.not_covered_by_law": "yes",
    "plan.in_hai_phong": "yes",
    "solution.new": "yes",
    "solution.uses_ai": "no",
    "solution.digital_industry": "no",
    "solution.finance_service": "none",
    "solution.data_product": "no",
}
AI = HARBOUR | {"solution.uses_ai": "yes", "plan.one_province": "yes", "ai.sensitive": "no"}


def _address(answers: dict[str, str]) -> str:
    return "/check?a=" + ",".join(f"{key}:{value}" for key, value in answers.items())


async def _walk(http: Browser, answers: dict[str, str]) -> tuple[str, list[str]]:
    """Answer page by page as a browser without scripts would; return the last address and what was asked."""
    at, asked = "/check", []
    while found := re.search(r'name="q" value="([^"]+)"', (await http.get(at)).text):
        asked.append(found[1])
        so_far = re.search(r'name="a" value="([^"]+)"', (await http.get(at)).text)
        form = {"a": so_far[1] if so_far else "", "q": found[1], "v": answers[found[1]]}
        answer = await http.get(f"/check?{urlencode(form)}")
        assert answer.status_code == 303
        at = answer.headers["location"]
    return at, asked


async def test_the_way_from_the_first_question_to_the_result(http: Browser) -> None:
    at, asked = await _walk(http, AI)
    assert asked[:2] == ["solution.not_covered_by_law", "plan.in_hai_phong"]
    assert sorted(asked) == sorted(AI)
    text = (await http.get(at)).text
    assert "2 chương trình phù hợp" in text
    assert 'href="/applications/new?programme=vn-hp-248"' in text
    assert 'href="/applications/new?programme=vn-ai-142"' in text
    assert "cần xác nhận" in text


async def test_one_no_may_end_it(http: Browser) -> None:
    at, asked = await _walk(http, {"solution.not_covered_by_law": "no"})
    assert asked == ["solution.not_covered_by_law"]
    text = (await http.get(at + "&lang=en")).text
    assert "No controlled trial is needed" in text
    assert "/applications/new" not in text


async def test_not_knowing_is_an_answer_and_never_a_no(http: Browser) -> None:
    everything_unknown = dict.fromkeys(AI | {"x": ""}, "unknown")
    at, asked = await _walk(http, everything_unknown)
    assert len(asked) == len(set(asked))
    text = (await http.get(at + "&lang=en")).text
    assert "Not to be said yet" in text
    assert "Still open" in text
    assert "Do not apply" not in text


@pytest.mark.parametrize(
    ("changes", "says", "offers"),
    [
        ({}, "1 programme covers your trial", ["vn-hp-248"]),
        ({"solution.finance_service": "peer_lending"}, "Decided by another authority", ["vn-hp-248"]),
        ({"plan.in_hai_phong": "no"}, "Yes, but no programme fits as it stands", []),
        ({"solution.new": "no", "solution.digital_industry": "yes"}, "Yes, but not here", []),
        ({"solution.new": "unknown"}, "Yes, but it is not yet clear under which programme", []),
    ],
    ids=["covers", "referred too", "elsewhere", "only referred", "unclear"],
)
async def test_results(http: Browser, changes: dict[str, str], says: str, offers: list[str]) -> None:
    text = (await http.get(_address(HARBOUR | changes) + "&lang=en")).text
    assert says in text
    assert re.findall(r"/applications/new\?programme=([\w-]+)", text) == offers


async def test_an_exclusion_names_criterion_answer_and_source(http: Browser) -> None:
    text = (await http.get(_address(HARBOUR) + "&lang=en")).text
    assert "Do not apply" in text
    assert "It is an artificial intelligence system" in text
    assert "Law on Artificial Intelligence" in text or "134/2025" in text


async def test_the_result_reckons_from_today(http: Browser, frozen_clock: Frozen) -> None:
    text = (await http.get(_address(HARBOUR))).text
    assert "Nếu nộp hôm nay, 23/11/2026" in text
    assert "27/11/2026" in text  # three working days to check the dossier; the 24th is the Day of Culture


async def test_going_back_and_changing_one_answer_keep_the_others(http: Browser) -> None:
    text = (await http.get(_address({"solution.not_covered_by_law": "yes", "plan.in_hai_phong": "no"}))).text
    assert 'class="govuk-back-link" href="/check?a=solution.not_covered_by_law:yes"' in text
    text = (await http.get(_address(HARBOUR))).text
    without = {key: value for key, value in HARBOUR.items() if key != "solution.new"}
    assert f'href="{_address(without)}"' in text
    assert 'name="q" value="solution.new"' in (await http.get(_address(without))).text


async def test_a_page_without_an_answer_asks_again(http: Browser) -> None:
    answer = await http.get("/check?q=solution.not_covered_by_law")
    assert answer.status_code == 422
    assert 'href="#v"' in answer.text
    assert 'id="v"' in answer.text
    answer = await http.get("/check?q=solution.not_covered_by_law&v=perhaps&lang=en")
    assert (answer.status_code, "Choose yes or no." in answer.text) == (422, True)


@pytest.mark.parametrize(
    "query",
    [
        "a=nonsense", "a=no.such:yes", "a=solution.new:perhaps", "a=solution.new", "a=plan.users:many",
        "a=solution.new:yes,solution.new:no", "a=plan.users:" + "9" * 5000, "a=plan.users:nan",
        "a=plan.from:2026-02-30", "a=%00", "a=solution.field:", "q=no.such&v=yes", "q=plan.from&v=x",
        "a=,,&q=%2e%2e&v=1", "a=solution.new:yes:no",
    ],
)  # fmt: skip
async def test_an_address_nobody_answered_is_told_so(http: Browser, query: str) -> None:
    answer = await http.get(f"/check?{query}&lang=en")
    assert answer.status_code == 422
    assert "The answers cannot be read" in answer.text


async def test_empty_answers_begin_anew(http: Browser) -> None:
    assert 'name="q" value="solution.not_covered_by_law"' in (await http.get("/check?a=,,")).text


def test_answers_are_typed_and_written_back() -> None:
    written = "plan.users:1500,plan.area_km2:1.5,plan.from:2026-03-01,solution.new:no,solution.field:ai"
    written += ",plan.exit:unknown"
    answers = wizard.read_answers(written)
    assert [one.value for one in answers] == [1500, 1.5, date(2026, 3, 1), False, "ai", None]
    assert wizard.written(answers) == written
    assert wizard.answer_of("plan.users", "1.500").value == 1500
    assert wizard.answer_of("plan.from", "01/03/2026").value == date(2026, 3, 1)


def test_what_follows_from_two_days_is_known() -> None:
    answers = wizard.read_answers("plan.from:2026-03-01,plan.until:2026-03-31,solution.new:unknown")
    assert wizard.known(answers)["plan.days"] == 30
    assert "solution.new" not in wizard.known(answers)


def test_a_document_is_required_not_required_or_depends() -> None:
    hp = wizard.rules().in_force("vn-hp-248", date(2026, 6, 1))
    required = {one.slot.key: one.required for one in wizard.dossier_of(hp, {})}
    assert required["trial_plan"] == "yes"
    assert "maybe" in required.values()
    assert {one.required for one in wizard.dossier_of(hp, {"plan.external_permit": True})} >= {"yes"}


async def test_the_api_gives_the_same_routing(http: Browser) -> None:
    facts = {key: {"yes": True, "no": False}.get(value, value) for key, value in AI.items()}
    answer = await http.post("/api/v1/route", json={"facts": facts})
    assert answer.status_code == 200
    routing = answer.json()
    assert {one["key"]: one["outcome"] for one in routing["routes"]} == {
        "vn-hp-248": "covers", "vn-ai-142": "covers", "vn-fin-94": "excluded",
        "vn-dti-353": "excluded", "vn-data-169": "excluded",
    }  # fmt: skip
    assert (routing["needed"], routing["ask"]) == ("met", [])
    here = wizard.rules().in_force("vn-hp-248", date(2026, 11, 23))
    pins = {one["key"]: one["pin"]["sha256"] for one in routing["routes"]}
    assert pins["vn-hp-248"] == here.pin.sha256
    (reason,) = next(one["reasons"] for one in routing["routes"] if one["key"] == "vn-fin-94")
    assert (reason["fact"], reason["value"], reason["source"]["key"]) == (
        "solution.finance_service", "none", "nd_94",
    )  # fmt: skip


async def test_the_api_asks_the_best_question_first_and_knows_days(http: Browser) -> None:
    routing = (await http.post("/api/v1/route", json={"facts": {"solution.new": None}})).json()
    assert (routing["needed"], routing["ask"][0]["key"]) == ("unknown", "solution.not_covered_by_law")
    early = (await http.post("/api/v1/route", json={"on": "2026-04-30"})).json()
    assert "vn-ai-142" not in {one["key"] for one in early["routes"]}


async def test_the_api_names_every_fact_that_is_wrong(http: Browser) -> None:
    facts = {"no.such": 1, "plan.users": "many", "solution.new": "x" * 50, "solution.uses_ai": True}
    answer = await http.post("/api/v1/route", json={"facts": facts})
    assert (answer.status_code, sorted(answer.json()["errors"])) == (
        422, ["no.such", "plan.users", "solution.new"],
    )  # fmt: skip
    assert (await http.post("/api/v1/route", json={"fact": {}})).status_code == 422


def test_an_unknown_fact_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        wizard.answer_of("no.such", "yes")
    assert list(refusal.value.fields) == ["no.such"]
