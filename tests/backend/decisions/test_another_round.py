"""Back to the council: another round of appraisal, with the same people and new sheets."""

from __future__ import annotations

import pytest

from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.appraisals import domain as appraisals
from backend.decisions import domain
from backend.documents import domain as documents
from backend.kit.errors import Invalid, NotFound
from tests.backend.decisions.test_decision_web import api, fields_of, send, url
from tests.factories.applications import Cast
from tests.factories.decisions import a_grant, make_accepted, make_council, make_proposed, score
from tests.factories.web import Browser, sign_in


async def test_the_council_appraises_again_and_the_first_sheets_stay(cast: Cast) -> None:
    council = await make_council(3)
    case = await make_accepted(cast, council)
    await appraisals.declare_conflict(council[2], case.id, True, "Góp vốn.")
    for one in council[:2]:
        await score(one, case, safety=1)
    await appraisals.conclude_appraisal(cast.officer, case.id)
    await domain.propose_decision(cast.officer, case.id, a_grant(case))
    with pytest.raises(Invalid):
        await domain.return_proposal(cast.authority, case.id, " ", appraise_again=True)
    returned = await domain.return_proposal(cast.authority, case.id, "Xem lại rủi ro.", appraise_again=True)
    assert (returned.state, returned.return_reason) == ("returned", "Xem lại rủi ro.")
    case = await applications.found(case.id)
    assert (case.state, case.clock_key) == ("accepted", "appraise")
    summary = await appraisals.summary_of(cast.officer, case)
    assert summary is not None
    assert (summary.round, summary.assigned, summary.submitted, summary.is_quorate) == (2, 2, 0, False)
    with pytest.raises(RuleSaysNo):
        await appraisals.conclude_appraisal(cast.officer, case.id)
    more = await make_council(1)
    await appraisals.assign_appraisers(cast.officer, case.id, [more[0].id])
    with pytest.raises(NotFound):
        await score(council[2], case)
    for one in [*council[:2], *more]:
        await score(one, case)
    await appraisals.conclude_appraisal(cast.officer, case.id)
    summary = await appraisals.summary_of(cast.officer, case)
    assert summary is not None
    assert (summary.round, summary.submitted, summary.mean) == (2, 3, 3.9)
    minutes = [one.context for one in await documents.list_for(case.id) if one.kind == "minutes"]
    assert [(one["round"], one["mean"], len(one["members"])) for one in minutes] == [
        (None, 2.7, 3),
        (2, 3.9, 3),
    ]
    await domain.propose_decision(cast.officer, case.id, a_grant(case))
    assert (await domain.sign_decision(cast.authority, case.id)).state == "signed"


async def test_it_is_sent_back_on_the_page_and_through_json(http: Browser, cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    await sign_in(http, cast.authority)
    page = (await http.get(url(case))).text
    typed = fields_of(page) | {"to": "council", "reason": "Xem lại."}
    assert (await http.submit(url(case, "/return"), typed)).status_code == 303
    assert (await applications.found(case.id)).state == "accepted"
    case, proposal = await make_proposed(cast)
    asked = {"proposal": str(proposal.id), "reason": "Xem lại.", "appraise_again": True}
    assert (await send(http, api(case, "/return"), asked)).status_code == 200
    assert (await applications.found(case.id)).state == "accepted"
