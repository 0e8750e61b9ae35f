"""Two tabs on one page: what does not clash is kept from both, what does is for the person to choose."""

from __future__ import annotations

import re
from typing import Any

import pytest
from litestar.datastructures import FormMultiDict

from backend.applications import domain
from backend.applications.merging import merged
from backend.kit.pages import Form
from backend.programmes import domain as programmes
from tests.factories.applications import PROGRAMME, Cast, make_draft
from tests.factories.web import Browser, sign_in


@pytest.mark.parametrize(
    ("was", "saved", "typed", "pick", "answers", "conflicts"),
    [
        ("A", "A", "B", "", {"team": "B"}, []),  # only I changed it
        ("A", "B", "A", "", {}, []),  # only they did
        ("A", "B", "B", "", {}, []),  # both the same way
        ("A", "B", "C", "", {}, ["team"]),
        ("A", "B", "C", "mine", {"team": "C"}, []),
        ("A", "B", "C", "saved", {}, []),
        ("A", "A", "", "", {"team": ""}, []),  # I emptied it
        (None, "B", "C", "", {}, ["team"]),  # a page that does not say what stood there
        (None, "B", "B", "", {}, []),
    ],
)
def test_each_field_is_judged_by_what_stood_there_before(
    was: str | None, saved: str, typed: str, pick: str, answers: dict[str, str], conflicts: list[str]
) -> None:
    fields: dict[str, Any] = {"team": typed, "revision": "1"}
    fields |= {"was.team": was} if was is not None else {}
    fields |= {"pick.team": pick} if pick else {}
    found = merged(programmes.in_force(PROGRAMME), {"team": saved}, Form(FormMultiDict(fields)), "vi")
    assert (found.answers, found.conflicts) == (answers, conflicts)


def test_a_field_nobody_knows_is_passed_on_to_be_refused() -> None:
    form = Form(FormMultiDict({"no_such": "x"}))
    assert merged(programmes.in_force(PROGRAMME), {}, form, "vi").answers == {"no_such": "x"}


async def test_two_tabs_keep_what_each_changed_and_show_what_clashes(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.hoa)
    draft = await make_draft(cast, solution_name="Tên cũ", solution_summary="Tóm tắt cũ.")
    place = f"/applications/{draft.id}/sections/solution"
    page = await http.get(place)
    was = dict(re.findall(r'name="(was\.[a-z_]+)" value="([^"]*)"', page.text))
    assert was["was.solution_name"] == "Tên cũ"
    others = {"solution_name": "Tên của Bình", "exemption_asked": "Quy định A."}
    await domain.save_answers(cast.binh, draft.id, others, draft.revision)
    mine = {"solution_name": "Tên của Hoa", "solution_summary": "Tóm tắt mới.", "exemption_asked": ""}
    sent = {"revision": str(draft.revision), **was, **mine}
    refused = await http.submit(place, sent)
    assert refused.status_code == 409
    assert re.findall(r'name="pick\.([a-z_]+)"', refused.text) == ["solution_name", "solution_name"]
    assert 'value="Tên của Hoa"' in refused.text
    assert 'name="was.solution_name" value="Tên của Bình"' in refused.text
    now = await domain.get_application(cast.hoa, draft.id)
    assert now.answers == {
        "solution_name": "Tên của Bình",
        "solution_summary": "Tóm tắt mới.",
        "exemption_asked": "Quy định A.",
    }
    chosen = sent | {"revision": str(now.revision), "exemption_asked": "Quy định A.", "action": "later"}
    await http.submit(place, chosen | {"pick.solution_name": "saved"})
    assert (await domain.get_application(cast.hoa, draft.id)).answers["solution_name"] == "Tên của Bình"
    await http.submit(place, chosen | {"pick.solution_name": "mine"})
    assert (await domain.get_application(cast.hoa, draft.id)).answers["solution_name"] == "Tên của Hoa"


async def test_an_autosave_that_clashes_keeps_the_rest(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.hoa)
    draft = await make_draft(cast, solution_name="Tên cũ")
    await domain.save_answers(cast.binh, draft.id, {"solution_name": "Tên của Bình"}, draft.revision)
    typed = {"was.solution_name": "Tên cũ", "solution_name": "Tên của Hoa"}
    typed |= {"was.solution_summary": "", "solution_summary": "Mới."}
    place = f"/applications/{draft.id}/autosave"
    clash = await http.submit(place, {"revision": str(draft.revision), **typed})
    assert clash.status_code == 409
    assert (await domain.get_application(cast.hoa, draft.id)).answers == {
        "solution_name": "Tên của Bình",
        "solution_summary": "Mới.",
    }
    alone = {"revision": str(draft.revision), "was.team": "", "team": "Năm kỹ sư."}
    assert (await http.submit(place, alone)).status_code == 200
