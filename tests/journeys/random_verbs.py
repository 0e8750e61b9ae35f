"""What actors of a random walk try: every verb of a case, with sound and with faulty arguments.

A verb is prepared first (it looks at the case and draws its arguments), then done: so several can be done
at the very same moment, and what is drawn does not depend on who wins.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications import supplement_queries
from backend.applications.publicity import mark_secret
from backend.applications.schemas import Application
from backend.applications.supplement_schemas import Judgement, NewItem, Remark
from backend.appraisals import domain as appraisals
from backend.appraisals import queries as appraisal_queries
from backend.decisions import domain as decisions
from backend.decisions import queries as decision_queries
from backend.decisions.schemas import Proposal
from backend.kit.clock import today
from backend.opinions import domain as opinions
from backend.opinions import queries as opinion_queries
from backend.opinions.schemas import Answer, NewOpinion, Opinion
from backend.trials import domain as trials
from tests.factories.applications import ANSWERS, PROGRAMME, SLOTS, make_pdf
from tests.factories.decisions import A_REFUSAL, MARKS, a_grant
from tests.journeys.random_people import People

Deed = Callable[[], Awaitable[Any]]


class Scene(NamedTuple):
    """Who is about to do something to what, and where chance comes from."""

    rng: random.Random
    people: People
    actor: Actor
    case: Application

    def odd(self) -> bool:
        """Whether this argument is to be a faulty one."""
        return self.rng.random() < 0.1

    def words(self) -> str:
        """Reasons; sometimes none."""
        return self.rng.choice(["", "  "]) if self.odd() else "Lý do nêu trong hồ sơ."

    def day(self) -> date:
        """A day to answer by, sometimes over already or beyond the law."""
        return today() + timedelta(
            days=self.rng.choice([-2, 0, 90]) if self.odd() else self.rng.randint(2, 25)
        )


class Verb(NamedTuple):
    """`by` and `at` say who usually does it in which states; anybody tries it anywhere all the same."""

    name: str
    by: str
    at: frozenset[str]
    weight: float
    prepare: Callable[[Scene], Awaitable[Deed]]


VERBS: dict[str, Verb] = {}
DECIDED = "granted refused"


def verb(by: str, at: str, weight: float = 4) -> Callable[[Callable[[Scene], Awaitable[Deed]]], Any]:
    """Register what follows; its name is the name of the verb."""

    def register(prepare: Callable[[Scene], Awaitable[Deed]]) -> Any:
        name = prepare.__name__
        VERBS[name] = Verb(name, by, frozenset(at.split()), weight, prepare)
        return prepare

    return register


async def who_usually(one: Verb, people: People, case: Application) -> list[str]:
    """The names of those who usually do it to this case; nobody when there is nothing left to do."""
    if one.by == "applicant":
        return people.of_organisation(case.organisation_id)
    if one.by == "owner":
        return [name for name, actor in people.actors.items() if case.organisation_id in actor.organisations]
    names = people.of_office(Role(one.by))
    if one.by == "appraiser":
        parts = await appraisal_queries.list_appraisals(case.id)
        said = "none" if one.name == "score" else None
        waiting = [part for part in parts if part.conflict == said and part.submitted_at is None]
        return [people.names[part.appraiser_id] for part in waiting]
    handler = people.names.get(case.handler_id) if case.handler_id else None
    return [handler] if one.by == "officer" and handler in names else names


@cache
def pdf(title: str) -> bytes:
    return make_pdf(title)


# The applicant


@verb("applicant", "draft", 0.3)
async def start(scene: Scene) -> Deed:
    key = "vn-không-có" if scene.odd() else PROGRAMME
    organisation = scene.case.organisation_id
    return lambda: applications.start_application(scene.actor, organisation, key)


@verb("applicant", "draft supplement_requested", 4)
async def answer(scene: Scene) -> Deed:
    rng, case = scene.rng, scene.case
    chosen = dict(rng.sample(sorted(ANSWERS.items()), rng.randint(1, 3)))
    given: dict[str, Any] = ANSWERS if rng.random() < 0.7 and case.state == "draft" else chosen
    given = {**given, "plan_users": rng.randint(1, 60), "team": f"Tổ {rng.randint(1, 9)}"}
    if scene.odd():
        given = {**given, rng.choice(["plan_users", "không_có"]): "không phải số"}
    if case.state == "supplement_requested" and not scene.odd():
        request = await applications.open_request_of(case)
        asked = {one.key for one in request.items} if request else set()
        given = {key: value for key, value in given.items() if key in asked} or {"team": "Tổ mới"}
    revision = case.revision - 1 if scene.odd() else case.revision
    return lambda: applications.save_answers(scene.actor, case.id, given, revision)


@verb("applicant", "draft supplement_requested", 5)
async def upload(scene: Scene) -> Deed:
    rng, case = scene.rng, scene.case
    there = {one.slot for one in await applications.uploads_of(case)}
    slot = rng.choice([one for one in SLOTS if one not in there] or SLOTS)
    slot = "không_có" if scene.odd() else slot
    data = b"no PDF at all" if scene.odd() else pdf(f"{slot} {rng.randint(1, 3)}")
    return lambda: applications.add_upload(scene.actor, case.id, slot, f"{slot}.pdf", data)


@verb("applicant", "draft supplement_requested", 1)
async def remove(scene: Scene) -> Deed:
    there = [one.id for one in await applications.uploads_of(scene.case)]
    chosen = scene.rng.choice(there) if there else uuid4()
    return lambda: applications.remove_upload(scene.actor, chosen)


@verb("owner", "draft supplement_requested", 14)
async def submit(scene: Scene) -> Deed:
    revision = scene.case.revision - (1 if scene.odd() else 0)
    return lambda: applications.submit_application(scene.actor, scene.case.id, revision)


@verb("owner", "draft submitted supplement_requested accepted appraised", 0.6)
async def withdraw(scene: Scene) -> Deed:
    words = scene.words()
    return lambda: applications.withdraw_application(scene.actor, scene.case.id, words)


@verb("applicant", "refused", 1)
async def copy(scene: Scene) -> Deed:
    return lambda: applications.copy_application(scene.actor, scene.case.id)


@verb("applicant", "draft", 1)
async def keep_secret(scene: Scene) -> Deed:
    key = scene.rng.choice(sorted(ANSWERS))
    words = scene.rng.choice([None, scene.words()])
    return lambda: mark_secret(scene.actor, scene.case.id, key, words)


# The officer


@verb("officer", "submitted accepted", 2)
async def take(scene: Scene) -> Deed:
    return lambda: applications.take_application(scene.actor, scene.case.id)


@verb("officer", "submitted", 8)
async def accept(scene: Scene) -> Deed:
    return lambda: applications.accept_application(scene.actor, scene.case.id)


@verb("officer", "submitted", 1)
async def refuse_to_receive(scene: Scene) -> Deed:
    words = scene.words()
    return lambda: applications.refuse_to_receive(scene.actor, scene.case.id, words)


@verb("officer", "submitted", 2)
async def check(scene: Scene) -> Deed:
    key = "field:không_có" if scene.odd() else f"field:{scene.rng.choice(sorted(ANSWERS))}"
    marks = {key: Remark(mark=scene.rng.choice(["in_order", "lacking"]), remark=scene.words())}
    revision = scene.rng.randint(0, 2)
    return lambda: applications.save_marks(scene.actor, scene.case.id, marks, revision)


def an_item(scene: Scene) -> NewItem:
    """Something to ask for, sometimes what no dossier has."""
    key = "không_có" if scene.odd() else scene.rng.choice([*sorted(ANSWERS), *SLOTS])
    return NewItem(kind="document" if key in SLOTS else "field", key=key, fault=scene.words())


@verb("officer", "submitted", 9)
async def request_supplement(scene: Scene) -> Deed:
    items = [an_item(scene) for _ in range(scene.rng.randint(1, 3))]
    day, words = scene.day(), scene.words()
    return lambda: applications.request_supplement(scene.actor, scene.case.id, items, day, words)


@verb("officer", "supplement_requested", 1)
async def move_due_date(scene: Scene) -> Deed:
    day, words = scene.day(), scene.words()
    return lambda: applications.move_due_date(scene.actor, scene.case.id, day, words)


@verb("officer", "supplement_requested", 1)
async def add_item(scene: Scene) -> Deed:
    item, words = an_item(scene), scene.words()
    return lambda: applications.add_item(scene.actor, scene.case.id, item, words)


async def items_of(case: Application) -> list[UUID]:
    """What the last round asks for."""
    rounds = await supplement_queries.requests_of(case.id)
    return [one.id for one in rounds[-1].items] if rounds else []


@verb("officer", "supplement_requested", 2)
async def cancel_item(scene: Scene) -> Deed:
    item, words = scene.rng.choice([*await items_of(scene.case), uuid4()]), scene.words()
    return lambda: applications.cancel_item(scene.actor, scene.case.id, item, words)


@verb("officer", "supplement_requested", 6)
async def cancel_supplement(scene: Scene) -> Deed:
    words = scene.words()
    return lambda: applications.cancel_supplement(scene.actor, scene.case.id, words)


@verb("officer", "submitted accepted", 2)
async def judge_answers(scene: Scene) -> Deed:
    chosen = [one for one in await items_of(scene.case) if scene.rng.random() < 0.7]
    said = {
        one: Judgement(accepted=scene.rng.random() < 0.7, remark=scene.words())
        for one in [*chosen, *([uuid4()] if scene.odd() else [])]
    }
    return lambda: applications.judge_answers(scene.actor, scene.case.id, said)


@verb("officer", "accepted", 5)
async def assign(scene: Scene) -> Deed:
    asked = {one.appraiser_id for one in await appraisal_queries.list_appraisals(scene.case.id)}
    names = scene.people.of_office(Role.APPRAISER)
    names = [one for one in names if scene.people.actors[one].id not in asked] or names
    if scene.odd():
        names = sorted(scene.people.actors)
    drawn = scene.rng.sample(names, min(len(names), scene.rng.randint(1, 3)))
    chosen = [scene.people.actors[one].id for one in drawn]
    return lambda: appraisals.assign_appraisers(scene.actor, scene.case.id, chosen)


@verb("officer", "accepted", 4)
async def conclude(scene: Scene) -> Deed:
    return lambda: appraisals.conclude_appraisal(scene.actor, scene.case.id)


# Appraisers


@verb("appraiser", "accepted", 12)
async def declare(scene: Scene) -> Deed:
    conflict, words = scene.rng.random() < 0.15, scene.words()
    return lambda: appraisals.declare_conflict(scene.actor, scene.case.id, conflict, words)


@verb("appraiser", "accepted", 16)
async def score(scene: Scene) -> Deed:
    marks: dict[str, Any] = {key: scene.rng.randint(1, 5) for key in MARKS}
    if scene.odd():
        marks |= {scene.rng.choice(["team", "không_có"]): 99}
    words = scene.words()
    return lambda: appraisals.submit_scores(scene.actor, scene.case.id, marks, words)


# Decisions


@verb("officer", f"appraised {DECIDED}", 6)
async def propose(scene: Scene) -> Deed:
    proposal = await a_proposal(scene)
    return lambda: decisions.propose_decision(scene.actor, scene.case.id, proposal)


async def a_proposal(scene: Scene) -> Proposal:
    """A first decision or one that follows the one in force; sometimes one that is no good."""
    in_force = await decisions.signed_decision(scene.case.id)
    if scene.odd():
        kind = scene.rng.choice(["", "recall", "suspend"])
        return Proposal(kind=kind, reasons=scene.words(), succeeds=scene.rng.choice([None, uuid4()]))
    if in_force is None:
        return scene.rng.choice([A_REFUSAL, a_grant(scene.case), a_grant(scene.case)])
    if in_force.kind == "grant" and scene.rng.random() < 0.5:
        drawn = decisions.next_draft(scene.case, [in_force])
        return msgspec.structs.replace(drawn, kind="grant", reasons=scene.words())
    return Proposal(kind="recall", succeeds=in_force.id, reasons=scene.words())


async def a_draft(scene: Scene) -> UUID | None:
    """The draft that was read: the open one, none in particular, or one of long ago."""
    drafts = await decision_queries.list_decisions(scene.case.id)
    if scene.odd() and drafts:
        return scene.rng.choice(drafts).id
    return next((one.id for one in drafts if one.is_open), None)


@verb("authority", f"proposed {DECIDED}", 8)
async def countersign(scene: Scene) -> Deed:
    draft = await a_draft(scene)
    return lambda: decisions.countersign_decision(scene.actor, scene.case.id, draft)


@verb("authority", f"proposed countersigned {DECIDED}", 3)
async def give_back(scene: Scene) -> Deed:
    draft, words, again = await a_draft(scene), scene.words(), scene.rng.random() < 0.4
    return lambda: decisions.return_proposal(scene.actor, scene.case.id, words, draft, appraise_again=again)


@verb("authority", f"proposed countersigned {DECIDED}", 6)
async def sign(scene: Scene) -> Deed:
    draft = await a_draft(scene)
    return lambda: decisions.sign_decision(scene.actor, scene.case.id, draft)


# Other agencies


@verb("officer", "submitted accepted appraised proposed", 2)
async def ask_opinion(scene: Scene) -> Deed:
    email = scene.rng.choice(["agency@benthu.test", "vanthu@so.test", "no address"])
    asked = NewOpinion(agency="Sở Xây dựng", email=email, question=scene.words())
    return lambda: opinions.ask_opinion(scene.actor, scene.case.id, asked)


async def a_question(scene: Scene) -> Opinion | None:
    found = await opinion_queries.opinions_of(scene.case.id)
    return scene.rng.choice(found) if found else None


def an_answer(scene: Scene) -> Answer:
    position = scene.rng.choice(["agree", "agree_if", "disagree", "no_remark", "perhaps"])
    return Answer(position=position, answer=scene.words(), answered_by="Bà Hà, Phó Giám đốc")


@verb("consulted", "submitted accepted appraised proposed", 3)
async def answer_opinion(scene: Scene) -> Deed:
    asked, said, by_link = await a_question(scene), an_answer(scene), scene.rng.random() < 0.3
    if asked is not None and by_link:
        token = opinions.link_token(asked) + ("x" if scene.odd() else "")
        return lambda: opinions.answer_by_link(token, said)
    question = asked.id if asked else uuid4()
    return lambda: opinions.answer_opinion(scene.actor, question, said)


@verb("officer", "submitted accepted appraised proposed", 1)
async def record_opinion(scene: Scene) -> Deed:
    asked, said = await a_question(scene), an_answer(scene)
    question = asked.id if asked else uuid4()
    return lambda: opinions.record_opinion(scene.actor, question, said)


@verb("officer", "submitted accepted appraised proposed", 1)
async def lapse_opinion(scene: Scene) -> Deed:
    asked, words = await a_question(scene), scene.words()
    question = asked.id if asked else uuid4()
    return lambda: opinions.lapse_opinion(scene.actor, question, words)


# Trials


async def a_step(scene: Scene) -> Deed:
    trial = await trials.trial_of(scene.case.id)
    steps = sorted(applications.rules_of(scene.case).machines["trial"].transitions)
    step, words = "fly" if scene.odd() else scene.rng.choice(steps), scene.words()
    return lambda: trials.move_trial(scene.actor, trial.id if trial else uuid4(), step, words)


@verb("owner", "granted", 4)
async def move_own_trial(scene: Scene) -> Deed:
    return await a_step(scene)


@verb("supervisor", "granted", 6)
async def move_trial(scene: Scene) -> Deed:
    return await a_step(scene)
