"""Who may take which step, and what a refusal says."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import sandbox_rules
from sandbox_rules import Fired, Programme, Programmes, Refused, Text, fire, open_transitions
from sandbox_rules.pages import table_of

ALL = {
    "dossier_complete": True,
    "quorum_reached": True,
    "decision_has_kind": True,
    "countersigned": True,
    "different_person": True,
}
NOT_HERE = (
    "“Accept for appraisal” is not possible while the file is “Draft”. "
    "Reload the page to see where it stands now."
)
ROLES = ("applicant", "officer", "appraiser", "authority", "supervisor", "institute", "auditor", "admin")


def test_firing_gives_the_new_state_and_the_documents(hp: Programme) -> None:
    fired = fire(hp, "application", "proposed", "grant", ["authority"], ALL)
    state = hp.machines["application"].states["granted"]
    assert fired == Fired(to="granted", state=state, issues=("decision", "control_slip"))


@pytest.mark.parametrize(
    ("state", "transition", "role", "facts", "code", "says"),
    [
        ("draft", "fly", "applicant", ALL, "unknown_transition", "The procedure has no step “fly”."),
        (
            "draft", "accept", "officer", ALL, "not_at_this_state",
            NOT_HERE,
        ),
        (
            "submitted", "accept", "applicant", ALL, "not_your_role",
            "Only the officer may do this: “Accept for appraisal”.",
        ),
        (
            "draft", "submit", "applicant", {"dossier_complete": False}, "needs_dossier_complete",
            "The dossier is not complete. Open “Check your answers” to see and add each missing item.",
        ),
        (
            "proposed", "grant", "authority", ALL | {"different_person": False}, "needs_different_person",
            "Whoever proposed the draft may not sign it. Pass it to another signatory.",
        ),
        (
            "accepted", "conclude_appraisal", "officer", {}, "unknown_quorum_reached",
            "Not established yet: “Enough appraisals were given”. Check it, then try again.",
        ),
        (
            "draft", "submit", "applicant", {"dossier_complete": 1}, "needs_dossier_complete",
            "The dossier is not complete. Open “Check your answers” to see and add each missing item.",
        ),
    ],
)  # fmt: skip
def test_a_refusal_has_code_text_and_source(
    hp: Programme, state: str, transition: str, role: str, facts: dict[str, bool], code: str, says: str
) -> None:
    with pytest.raises(Refused) as refusal:
        fire(hp, "application", state, transition, [role], facts)
    assert (refusal.value.code, refusal.value.text.en) == (code, says)
    assert refusal.value.text.vi not in ("", says)
    assert (refusal.value.source is None) is (code == "unknown_transition")


def test_a_guard_with_its_own_source_cites_it_else_that_of_the_step(hp: Programme) -> None:
    own = msgspec.structs.replace(hp.guards["dossier_complete"], source="nq_226")
    programme = msgspec.structs.replace(hp, guards=hp.guards | {"dossier_complete": own})
    (submit, _) = open_transitions(programme, "application", "draft", ["applicant"], {})
    assert [one.source for one in submit.blocked] == [hp.sources["nq_226"]]
    (_, back, _, grant, _) = open_transitions(programme, "application", "proposed", ["authority"], {})
    unsaid = ["unknown_decision_has_kind", "unknown_countersigned", "unknown_different_person"]
    assert (back.blocked, [one.code for one in grant.blocked]) == ((), unsaid)
    assert [one.source for one in grant.blocked if one.source] == [
        hp.sources[key] for key in ("qd_248_body", "decree_30", "qd_248_body")
    ]


@pytest.mark.parametrize(
    "state", ["draft", "submitted", "accepted", "appraised", "proposed", "countersigned", "granted"]
)
def test_whatever_is_open_and_ready_can_be_fired_and_nothing_else(hp: Programme, state: str) -> None:
    for role in ROLES:
        ready = {one.key for one in open_transitions(hp, "application", state, [role], ALL) if one.ready}
        for key, step in hp.machines["application"].transitions.items():
            if key in ready:
                assert fire(hp, "application", state, key, [role], ALL).to == step.to
            else:
                with pytest.raises(Refused):
                    fire(hp, "application", state, key, [role], ALL)


def test_a_blocked_step_is_shown_with_its_reasons(hp: Programme) -> None:
    (countersign, grant, refuse, again, back) = sorted(
        open_transitions(hp, "application", "proposed", ["authority"], {"different_person": False}),
        key=lambda one: one.key,
    )
    assert [one.code for one in grant.blocked] == [
        "unknown_decision_has_kind",
        "unknown_countersigned",
        "needs_different_person",
    ]
    assert [one.code for one in countersign.blocked] == ["needs_different_person"]
    assert [one.ready for one in (countersign, grant, refuse, again, back)] == [False] * 3 + [True] * 2
    assert (back.key, back.asks_reason, back.to, back.issues) == ("return_proposal", True, "appraised", ())


def test_an_applicant_is_the_participant_of_its_trial(hp: Programme) -> None:
    for role in ("applicant", "participant"):
        assert [one.key for one in open_transitions(hp, "trial", "preparing", [role], {})] == ["start"]


def test_a_text_fills_each_language_with_its_own(hp: Programme) -> None:
    inner = Text("một", "one")
    assert Text("{a} và {b}", "{a} and {b}").fill(a=inner, b=2) == Text("một và 2", "one and 2")
    condition = hp.conditions["reporting"]
    assert condition.fill({"months": 6}).en == "Report on the trial every 6 months and finally when it ends."
    with pytest.raises(KeyError):
        condition.fill({})


def test_the_permission_tables_in_the_docs_are_those_of_the_files(programmes: Programmes) -> None:
    folder = Path(sandbox_rules.__file__).parent / "programmes"
    for programme in programmes.all():
        written = (folder / programme.key / f"{programme.in_force}.md").read_text("utf-8")
        assert written == table_of(programme, "vi") + "\n"


def test_programmes_are_compared_by_identity(hp: Programme) -> None:
    assert msgspec.structs.replace(hp) != hp
