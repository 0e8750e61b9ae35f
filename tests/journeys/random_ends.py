"""The end of a random walk: five more cases go every way there is, by those whose part it is."""

from __future__ import annotations

from datetime import timedelta

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.decisions import domain as decisions
from backend.kit.clock import today
from tests.factories.applications import ANSWERS, PROGRAMME, SLOTS, a_request, make_organisation
from tests.factories.decisions import A_REFUSAL, a_grant, score
from tests.journeys.random_verbs import pdf
from tests.journeys.random_walk import Walk

CODE, WORDS = "0101243150", "Lý do nêu trong hồ sơ."


async def take_every_step(walk: Walk) -> None:
    """Every step of a case at least once, whatever the walk got around to."""
    organisation, owner = await make_organisation("Công ty Số 4", CODE, "Chủ 4")
    walk.people.organisations.append(organisation.id)  # one nobody has a conflict of interest with yet
    walk.people.actors["owner of 4"], walk.people.names[owner.id] = owner, "owner of 4"
    officer = walk.people.actors["officer 1"]
    await _grant(walk, await _handed_in(walk))
    await _refuse(walk, await _handed_in(walk))
    await applications.withdraw_application(owner, (await _handed_in(walk)).id, WORDS)
    asked = await _handed_in(walk)
    await _ask(officer, asked)
    await applications.cancel_supplement(officer, asked.id, WORDS)
    await _ask(officer, asked)
    await applications.submit_application(owner, asked.id, (await applications.found(asked.id)).revision)
    await applications.refuse_to_receive(officer, asked.id, WORDS)
    await _ask(officer, await _handed_in(walk))
    walk.clock.advance(timedelta(days=40))  # nobody answers
    await walk.work()


async def _handed_in(walk: Walk) -> Application:
    owner = walk.people.actors["owner of 4"]
    case = await applications.start_application(owner, walk.people.organisations[-1], PROGRAMME)
    case = await applications.save_answers(owner, case.id, ANSWERS, case.revision)
    for slot in SLOTS:
        await applications.add_upload(owner, case.id, slot, f"{slot}.pdf", pdf(slot))
    case = await applications.submit_application(owner, case.id, case.revision)
    walk.keep(case)
    return case


async def _ask(officer: Actor, case: Application) -> None:
    day = today() + timedelta(days=9)
    await applications.request_supplement(officer, case.id, a_request(), day, WORDS)


async def _appraise(walk: Walk, case: Application, *names: str) -> None:
    officer, council = walk.people.actors["officer 1"], [walk.people.actors[one] for one in names]
    await appraisals.assign_appraisers(officer, case.id, [one.id for one in council])
    for one in council:
        await score(one, case)
    await appraisals.conclude_appraisal(officer, case.id)


async def _grant(walk: Walk, case: Application) -> None:
    people = walk.people.actors
    await applications.accept_application(people["officer 1"], case.id)
    await _appraise(walk, case, "appraiser 1", "appraiser 2")
    await decisions.propose_decision(people["officer 1"], case.id, a_grant(case))
    await decisions.sign_decision(people["chairman"], case.id)


async def _refuse(walk: Walk, case: Application) -> None:
    """Given back twice, once for another round; countersigned, then signed by who asks for that."""
    people = walk.people.actors
    officer, chairman = people["officer 1"], people["chairman"]
    await applications.accept_application(officer, case.id)
    await _appraise(walk, case, "appraiser 1", "appraiser 2")
    await decisions.propose_decision(officer, case.id, A_REFUSAL)
    await decisions.return_proposal(chairman, case.id, WORDS, appraise_again=True)
    await _appraise(walk, case, "appraiser 3", "appraiser 4")
    await decisions.propose_decision(officer, case.id, A_REFUSAL)
    await decisions.return_proposal(chairman, case.id, WORDS)
    await decisions.propose_decision(officer, case.id, A_REFUSAL)
    await decisions.countersign_decision(people["head of division"], case.id)
    await decisions.sign_decision(people["deputy"], case.id)
