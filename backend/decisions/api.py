"""The JSON interface of decisions."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.decisions import domain, signing
from backend.decisions.schemas import (
    AuthorityForm,
    Decision,
    DecisionView,
    Proposal,
    Return,
    Signature,
    SigningAuthority,
    to_view,
)


class DecisionApi(Controller):
    """`/api/v1/applications/{id}/decision`"""

    path = "/api/v1/applications/{application_id:uuid}/decision"
    tags = ("Decision",)
    guards = (requires(),)

    @get()
    async def list_decisions(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> list[DecisionView]:
        """Proposals and decisions, oldest first; the applicant gets what was signed alone."""
        application = await applications.get_application(actor, application_id)
        is_applicant = "applicant" in applications.roles_on(actor, application)
        found = await domain.decisions_of(actor, application)
        return [to_view(one, with_people=not is_applicant) for one in found]

    @post("/propose")
    async def propose(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[Proposal]
    ) -> DecisionView:
        """Put a draft before the authority; with `succeeds`, one that recalls or replaces the decision."""
        return _view(await domain.propose_decision(actor, application_id, data))

    @post("/return", status_code=200)
    async def return_proposal(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[Return]
    ) -> DecisionView:
        """Send the draft back with a reason, to its drafter or for another round of appraisal."""
        returned = await domain.return_proposal(
            actor, application_id, data.reason, data.proposal, appraise_again=data.appraise_again
        )
        return _view(returned)

    @post("/countersign", status_code=200)
    async def countersign(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[Signature]
    ) -> DecisionView:
        """Countersign the draft that was read, as the second person before the signature."""
        return _view(await domain.countersign_decision(actor, application_id, data.proposal, data.authority))

    @post("/sign", status_code=200)
    async def sign(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[Signature]
    ) -> DecisionView:
        """Sign the draft that was read; 409 `same_person` for whoever had a hand in it before.

        409 `no_signing_authority` for whom nothing lets sign this kind of decision today.
        """
        return _view(await domain.sign_decision(actor, application_id, data.proposal, data.authority))


class SigningApi(Controller):
    """`/api/v1/signing-authorities`"""

    path = "/api/v1/signing-authorities"
    tags = ("Decision",)
    guards = (requires(Role.ADMIN, Role.AUDITOR),)

    @get()
    async def list_authorities(self, actor: NamedDependency[Actor]) -> list[SigningAuthority]:
        """Who may sign or countersign, the latest first, those that ended included."""
        return await signing.list_authorities(actor)

    @post()
    async def enter_authority(
        self, actor: NamedDependency[Actor], data: JSONBody[AuthorityForm]
    ) -> SigningAuthority:
        """Give somebody else an authority to sign or countersign; for administrators."""
        return await signing.enter_authority(actor, data)

    @post("/{authority_id:uuid}/withdraw", status_code=200)
    async def withdraw_authority(
        self, actor: NamedDependency[Actor], authority_id: FromPath[UUID]
    ) -> SigningAuthority:
        """End an authority at once; for administrators."""
        return await signing.withdraw_authority(actor, authority_id)


def _view(decision: Decision) -> DecisionView:
    return to_view(decision, with_people=True)
