"""The story of one application, told through the verbs of the registry as its people would use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from uuid import UUID

from msgspec.structs import replace

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.checklist import marks_of_the_rest
from backend.applications.schemas import Answer, Application
from backend.applications.supplement_schemas import Judgement, NewItem, Remark
from backend.appraisals import domain as appraisals
from backend.decisions import domain as decisions
from backend.decisions.schemas import ChosenCondition, Exemption, Proposal
from backend.demo import data
from backend.demo.cast import Cast
from backend.demo.dossiers import TO_CONFIRM, answers_of, field_of, paper_of, slots_of
from backend.demo.plan import AUTHORITIES, REACHED, Case, Reached
from backend.demo.stage import Pace, Story
from backend.documents import domain as documents
from backend.kit.clock import today
from backend.opinions import domain as opinions
from backend.opinions.schemas import Answer as Said
from backend.opinions.schemas import NewOpinion
from backend.trials import domain as trials
from sandbox_rules import Programme

GENERAL, AI = "vn-hp-248", "vn-ai-142"
DAYS_TO_ANSWER = 21
DEPUTY = AUTHORITIES[1]
"""Signs for the chairman, after a head of division has countersigned."""
HEADS = ("officer3@benthu.test", "officer2@benthu.test")
AGENCY = "agency@benthu.test"
LEFT_OUT = "exit_plan"
"""What the draft of the demonstration still lacks, beside a document."""


class CaseStory:
    """One case while it happens: `application_id` is known once it is begun."""

    application_id: UUID

    def __init__(self, case: Case, cast: Cast, pace: Pace, random: Random) -> None:
        self.case, self.cast, self.pace, self.random = case, cast, pace, random
        self.officer: Actor = cast[case.officer]

    async def tell(self) -> Story:
        """From the first day to the present."""
        scenes: dict[Reached, Callable[[], Story]] = {
            "draft": self._draft,
            "submitted": self._submit,
            "supplement": self._supplement,
            "accepted": self._appraise,
            "appraised": self._conclude,
            "proposed": self._propose,
        }
        for reached, scene in scenes.items():
            if REACHED.index(self.case.reached) >= REACHED.index(reached):
                async for moment in scene():
                    yield moment
        async for moment in self._end():
            yield moment

    async def _draft(self) -> Story:
        yield self.pace.now
        self.applicant, organisation = await self.cast.applicant(self.case.organisation)
        known = {one.key for one in applications.open_programmes()}
        key = AI if AI in known and field_of(self.case) == "ai" else GENERAL
        draft = await applications.start_application(self.applicant, organisation, key)
        self.application_id, programme = draft.id, applications.rules_of(draft)
        given = answers_of(self.case, programme, self.applicant.name, self.random)
        if not self.case.complete:
            del given[LEFT_OUT]
        first, *others = programme.sections.values()
        yield self.pace.soon()
        await self._save({key: given[key] for key in first.fields if key in given})
        yield self.pace.after(self.case.gaps["fill"])
        if not self.case.end and self.case.reached == "draft" and self.case.waiting > 12:
            return  # begun and left lying
        await self._save({key: given[key] for one in others for key in one.fields if key in given})
        for slot in slots_of(self.case):
            yield self.pace.soon()
            await self._enclose(slot, programme)

    async def _submit(self) -> Story:
        yield self.pace.after(self.case.gaps["submit"])
        await self._hand_in()
        async for moment in self._issue():
            yield moment
        if self.case.taken or self.case.reached != "submitted":
            yield self.pace.soon()
            await applications.take_application(self.officer, self.application_id)

    async def _supplement(self) -> Story:
        if "request" not in self.case.gaps:
            return
        missed = self.random.choice(data.words().supplements)
        asked = [
            NewItem(kind="document", key=missed.slot, fault=missed.reason),
            NewItem(kind="field", key=missed.field, fault=missed.fault),
        ]
        yield self.pace.after(self.case.gaps["request"])
        await self._check(asked)
        by = today() + timedelta(days=DAYS_TO_ANSWER)
        await applications.request_supplement(self.officer, self.application_id, asked, by)
        async for moment in self._issue():
            yield moment
        if "answer" in self.case.gaps:
            yield self.pace.after(self.case.gaps["answer"])
            await self._enclose(missed.slot, applications.rules_of(await self._case()), missed.answer)
            before = (await self._case()).answers[missed.field]
            await self._save({missed.field: f"{before} {missed.added}"})
            yield self.pace.soon()
            await self._hand_in()

    async def _check(self, lacking: list[NewItem]) -> None:
        """Go through the check list: these lack something, the rest is in order."""
        marks: dict[str, Remark | None] = {
            f"{one.kind}:{one.key}": Remark(mark="lacking", remark=one.fault) for one in lacking
        }
        intake = await applications.intake_of(self.officer, self.application_id)
        marks |= {name: one for name, one in marks_of_the_rest(intake.groups).items() if name not in marks}
        await applications.save_marks(self.officer, self.application_id, marks, intake.sheet.revision)

    async def _appraise(self) -> Story:
        yield self.pace.after(self.case.gaps["accept"])
        if "answer" in self.case.gaps:
            (last,) = await applications.supplements_of(await self._case())
            fine = {one.id: Judgement(accepted=True) for one in last.items}
            await applications.judge_answers(self.officer, self.application_id, fine)
        await applications.accept_application(self.officer, self.application_id)
        yield self.pace.soon()
        who_may = await appraisals.council_for(self.officer, await self._case())
        meant, others = self.case.appraisers, {one.actor.email for one in who_may.free}
        free = [*(one for one in meant if one in others), *sorted(others - set(meant))]
        conflicted = [self.cast[free[3]]] if self.case.has_conflict else []
        council = [self.cast[email] for email in free[:3]]
        asked = [one.id for one in [*council, *conflicted]]
        await appraisals.assign_appraisers(self.officer, self.application_id, asked)
        if self.case.has_conflict or self.case.reached == "accepted":
            await self._consult()
        yield self.pace.after(self.case.gaps["declare"])
        for one in conflicted:
            why = self.random.choice(data.words().conflicts)
            await appraisals.declare_conflict(one, self.application_id, True, why)
        for one in council[: self.case.sheets + 1]:
            yield self.pace.soon()
            await appraisals.declare_conflict(one, self.application_id, False)
        yield self.pace.after(self.case.gaps["score"])
        for one in council[: self.case.sheets]:
            yield self.pace.soon()
            await self._score(one)

    async def _consult(self) -> None:
        """Ask another agency; it has answered where the case went further."""
        agency = self.cast[AGENCY]
        asked = NewOpinion(agency=agency.name, email=agency.email, question=data.words().question)
        opinion = await opinions.ask_opinion(self.officer, self.application_id, asked)
        if self.case.reached != "accepted":
            said = Said(position="agree_if", answer=data.words().opinion)
            await opinions.answer_opinion(agency, opinion.id, said)

    async def _conclude(self) -> Story:
        yield self.pace.after(self.case.gaps["conclude"])
        await appraisals.conclude_appraisal(self.officer, self.application_id)

    async def _propose(self) -> Story:
        yield self.pace.after(self.case.gaps["propose"])
        await self._put_forward()
        if "return" in self.case.gaps:
            yield self.pace.after(self.case.gaps["return"])
            why = self.random.choice(data.words().returns)
            await decisions.return_proposal(self.cast[self.case.authority], self.application_id, why)
            yield self.pace.after(self.case.gaps["propose_again"])
            await self._put_forward()
        if self.case.authority == DEPUTY:
            yield self.pace.soon()
            await self._countersign()

    async def _end(self) -> Story:
        end, words = self.case.end, data.words()
        if not end:
            return
        yield self.pace.after(self.case.gaps[end])
        if end == "withdraw":
            why = self.random.choice(words.withdrawals)
            await applications.withdraw_application(self.applicant, self.application_id, why)
        elif end == "refuse_to_receive":
            why = self.random.choice(words.not_received)
            await applications.refuse_to_receive(self.officer, self.application_id, why)
        else:
            authority = self.cast[self.case.authority]
            signed = await decisions.sign_decision(authority, self.application_id)
            if end == "grant":  # the register shows it at once; the worker makes the others
                yield self.pace.soon()
                await documents.issue({"document": str(signed.document_id)})

    async def succeed(self, kind: str, reasons: str, users: int | None = None) -> None:
        """Recall the decision, or replace it by one for so many people; the trial follows at once."""
        found = await decisions.decisions_of(self.officer, await self._case())
        draft = decisions.next_draft(await self._case(), found)
        proposal = Proposal(kind=kind, succeeds=draft.succeeds, reasons=reasons)
        if users is not None:
            proposal = replace(draft, kind=kind, reasons=reasons, limits={**draft.limits, "users": users})
        await decisions.propose_decision(self.officer, self.application_id, proposal)
        if self.case.authority == DEPUTY:
            await self._countersign()
        signed = await decisions.sign_decision(self.cast[self.case.authority], self.application_id)
        await documents.issue({"document": str(signed.document_id)})
        told = {"application": str(self.application_id), "decision": str(signed.id)}
        await trials.follow_decision(told)

    async def _countersign(self) -> None:
        second = HEADS[self.case.officer == HEADS[0]]
        await decisions.countersign_decision(self.cast[second], self.application_id)

    async def _case(self) -> Application:
        return await applications.found(self.application_id)

    async def _save(self, answers: dict[str, Answer]) -> None:
        revision = (await self._case()).revision
        await applications.save_answers(self.applicant, self.application_id, answers, revision)

    async def _enclose(self, slot: str, programme: Programme, added: str = "") -> None:
        paper = paper_of(self.case, slot, programme, added)
        name = f"{programme.documents[slot].label.vi}.pdf"
        is_secret = programme.documents[slot].visibility == "secret"
        await applications.add_upload(self.applicant, self.application_id, slot, name, paper, is_secret)

    async def _hand_in(self) -> None:
        revision = (await self._case()).revision
        await applications.submit_application(self.applicant, self.application_id, revision)

    async def _score(self, appraiser: Actor) -> None:
        sheet = appraisals.sheet_of(await self._case())
        span = sheet.highest - sheet.lowest
        draws = {key: min(1, max(0, self.random.gauss(self.case.quality, 0.15))) for key in sheet.criteria}
        marks = {key: sheet.lowest + round(span * draw) for key, draw in draws.items()}
        words = data.words()
        remark = self.random.choice(words.remarks_good if self.case.quality > 0.45 else words.remarks_weak)
        await appraisals.submit_scores(appraiser, self.application_id, marks, remark)

    async def _put_forward(self) -> None:
        programme = applications.rules_of(await self._case())
        proposal = (
            Proposal(kind="refuse", reasons=self.random.choice(data.words().refusals))
            if self.case.quality < 0.45
            else self._grant(programme)
        )
        await decisions.propose_decision(self.officer, self.application_id, proposal)

    def _grant(self, programme: Programme) -> Proposal:
        what, rule, until = self.case.solution, data.rules()[self.case.solution.rule], self.case.ends_on
        bounds: dict[str, float | str] = {
            "users": what.users,
            "area_km2": what.area,
            "value_vnd": what.value,
            "until": until.isoformat(),
        }
        return Proposal(
            kind="grant",
            starts_on=self.case.starts_on,
            ends_on=until,
            limits={key: bound for key, bound in bounds.items() if bound and key in programme.limits},
            conditions=conditions_of(self.case, programme),
            exemptions=[Exemption(rule=rule.rule, article=TO_CONFIRM, extent=rule.extent, until=until)],
        )

    async def _issue(self) -> Story:
        """Have the documents made now if the case is prompt; the worker makes those of the others."""
        if self.case.prompt:
            yield self.pace.soon()
            for one in await documents.list_for(self.application_id):
                if not one.is_issued:
                    await documents.issue({"document": str(one.id)})


def conditions_of(case: Case, programme: Programme) -> list[ChosenCondition]:
    """The conditions always attached, and those this trial calls for."""
    what = case.solution
    called_for: dict[str, dict[str, object]] = {
        "insurance": {"amount": max(500_000_000, round(what.users * 1_000_000, -8))},
    }
    if what.personal:
        until = case.ends_on + timedelta(days=30)
        called_for |= {"consent": {}, "data_in_country": {"until": until.isoformat()}}
    if what.rule in {"driverless", "flight", "vessel"}:
        called_for["operator"] = {"operators": 2}
    if what.permit:
        called_for["external_permit"] = {"permit": data.rules()[what.rule].permit}
    return [
        ChosenCondition(
            key=key,
            parameters={name: one.default for name, one in library.parameters.items()}
            | called_for.get(key, {}),
        )
        for key, library in programme.conditions.items()
        if library.attached or key in called_for
    ]
