"""What the reader may do now: the steps the rule file opens, each at the feature that takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from backend.accounts.schemas import Actor
from backend.applications.dossier import MACHINE
from backend.applications.schemas import Application
from backend.cases.schemas import Access, Action, How
from backend.decisions.schemas import Decision
from backend.kit.text import Text
from sandbox_rules import Open, Programme, State, open_transitions


class Offer(NamedTuple):
    """Where and how a step is taken; `{id}` is the case."""

    how: How
    path: str


OFFERS: Mapping[str, Offer] = {
    "submit": Offer("link", "/applications/{id}"),
    "resubmit": Offer("link", "/applications/{id}"),
    "accept": Offer("button", "/cases/{id}/accept"),
    "request_supplement": Offer("link", "/cases/{id}/intake/request"),
    "cancel_supplement": Offer("link", "/cases/{id}/supplements"),
    "refuse_to_receive": Offer("link", "/cases/{id}/intake/refusal"),
    "conclude_appraisal": Offer("link", "/cases/{id}/appraisal"),
    "propose": Offer("link", "/cases/{id}/decision"),
    "grant": Offer("link", "/cases/{id}/decision"),
    "refuse": Offer("link", "/cases/{id}/decision"),
    "return_proposal": Offer("link", "/cases/{id}/decision"),
    "return_for_appraisal": Offer("link", "/cases/{id}/decision"),
    "countersign": Offer("link", "/cases/{id}/decision"),
    "withdraw": Offer("withdraw", "/applications/{id}/withdraw"),
}
INTAKE = frozenset({"check", "accept", "request_supplement", "cancel_supplement", "refuse_to_receive"})
"""Steps only the case handler may take, once there is one."""
MOST_IMPORTANT_FIRST = ("take", "check", "assign", "score", *OFFERS, "hand_over")


def actions_of(
    actor: Actor, access: Access, programme: Programme, facts: Mapping[str, bool], decisions: list[Decision]
) -> list[Action]:
    """The steps open to the reader, most important first, with what still stands in the way of each."""
    case = access.application
    steps = open_transitions(programme, MACHINE, case.state, access.roles, facts)
    if access.view == "appraiser":
        steps = []
    undecided = _not_proposed(programme, decisions)
    taken = [_action(actor, case, step) for step in steps if step.key in OFFERS and step.key not in undecided]
    found = [*taken, *_offered(actor, access, programme)]
    return sorted(found, key=lambda one: MOST_IMPORTANT_FIRST.index(one.key))


def _action(actor: Actor, case: Application, step: Open) -> Action:
    offer = OFFERS[step.key]
    blocked = Text(step.blocked[0].text.vi, step.blocked[0].text.en) if step.blocked else None
    if step.key in INTAKE:
        blocked = _other_handler(actor, case) or blocked
    return Action(
        key=step.key,
        label=Text(step.label.vi, step.label.en),
        how=offer.how,
        href=offer.path.format(id=case.id),
        blocked=blocked,
        source=step.blocked[0].source if step.blocked else None,
    )


def _other_handler(actor: Actor, case: Application) -> Text | None:
    """What keeps this officer from a case that another one handles."""
    if case.handler_id in {None, actor.id}:
        return None
    return Text(f"Hồ sơ do {case.handler_name} thụ lý.", f"{case.handler_name} handles this case.")


def _not_proposed(programme: Programme, decisions: list[Decision]) -> set[str]:
    """The transitions of kinds of decision other than the proposed one: only that can be signed."""
    proposed = [one.kind for one in decisions if one.is_open]
    if not proposed:
        return set()
    return {kind.transition for key, kind in programme.decisions.items() if key not in proposed}


def _offered(actor: Actor, access: Access, programme: Programme) -> list[Action]:
    """What a feature offers beside the steps of the procedure: take the case, assign, score."""
    case, found = access.application, []
    state = programme.machines[MACHINE].states[case.state]
    is_open_officer = access.view == "staff" and "officer" in access.roles and not state.closed
    if is_open_officer and case.handler_id is None:
        found.append(Action(key="take", label=_TAKE, how="button", href=f"/cases/{case.id}/take"))
    if state.phase == "intake" and is_open_officer:
        href, blocked = f"/cases/{case.id}/intake", _other_handler(actor, case)
        found.append(Action(key="check", label=_CHECK, how="link", href=href, blocked=blocked))
    if state.phase == "appraisal" and (is_open_officer or access.view == "appraiser"):
        key, label = ("score", _SCORE) if access.view == "appraiser" else ("assign", _ASSIGN)
        found.append(Action(key=key, label=label, how="link", href=f"/cases/{case.id}/appraisal"))
    if is_open_giver(actor, access, state):
        href = f"/cases/{case.id}/handover"
        found.append(Action(key="hand_over", label=_HAND_OVER, how="link", href=href))
    return found


def is_open_giver(actor: Actor, access: Access, state: State) -> bool:
    """Whether the reader may give the case to an officer: of the own or of nobody, the authority any."""
    if access.view != "staff" or state.closed:
        return False
    is_free = access.application.handler_id in {None, actor.id}
    return "authority" in access.roles or ("officer" in access.roles and is_free)


_HAND_OVER = Text("Giao, bàn giao cho cán bộ khác", "Assign or hand over to another officer")
_TAKE = Text("Nhận thụ lý hồ sơ", "Take this case")
_CHECK = Text("Kiểm tra thành phần hồ sơ", "Check the dossier")
_ASSIGN = Text("Phân công và theo dõi thẩm định", "Assign and follow the appraisal")
_SCORE = Text("Chấm điểm hồ sơ", "Score this application")
