"""The rule files as pages and as data: sources with what nobody has confirmed, never a rule without one."""

from __future__ import annotations

import pytest

from backend.kit.text import Text
from backend.programmes import domain
from tests.factories.web import Browser


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("key", [one.key for one in domain.rules().all()])
async def test_every_programme_in_force_is_a_readable_page(http: Browser, key: str, lang: str) -> None:
    programme = domain.in_force(key)
    answer = await http.get(f"/programmes/{key}?lang={lang}")
    assert answer.status_code == 200
    said = [
        programme.title,
        *(one.title for one in programme.sources.values()),
        *(one.label for one in programme.eligibility.values()),
        *(one.label for one in programme.documents.values()),
        *(one.label for one in programme.deadlines.values()),
        *(one.label for one in (programme.appraisal.criteria.values() if programme.appraisal else ())),
    ]
    page = answer.text.replace("&#39;", "'").replace("&amp;", "&").replace("&#34;", '"')
    assert [text for text in said if (text.vi if lang == "vi" else text.en) not in page] == []


async def test_what_nobody_has_read_is_marked(http: Browser) -> None:
    programme = domain.in_force("vn-hp-248")
    assert programme.unread
    text = (await http.get("/programmes/vn-hp-248")).text
    assert "cần xác nhận" in text
    assert "đã đối chiếu 23/11/2026" in text
    assert programme.pin.sha256 in text


async def test_the_list_names_every_programme_and_who_runs_it(http: Browser) -> None:
    text = (await http.get("/programmes")).text
    for programme in domain.list_in_force():
        assert f'href="/programmes/{programme.key}"' in text
        assert programme.authority.vi in text
    assert (await http.get("/programmes/no-such")).status_code == 404


async def test_the_api_hands_out_the_rule_file(http: Browser) -> None:
    lines = (await http.get("/api/v1/programmes")).json()
    here = next(one for one in lines if one["key"] == "vn-hp-248")
    programme = domain.in_force("vn-hp-248")
    assert (here["sha256"], here["to_confirm"]) == (programme.pin.sha256, len(programme.unread))
    whole = (await http.get("/api/v1/programmes/vn-hp-248")).json()
    assert whole["deadlines"]["decide"]["within"] == programme.deadlines["decide"].within
    elsewhere = next(one for one in lines if one["key"] == "vn-fin-94")
    assert elsewhere["referred_to"] is not None


def test_a_text_of_a_rule_file_becomes_one_of_the_registry() -> None:
    title = domain.in_force("vn-hp-248").title
    assert domain.text_of(title) == Text(title.vi, title.en)
