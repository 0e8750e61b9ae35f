"""The application: the one list of controllers, and what every request passes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from litestar import Controller, Litestar, Router
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig

import sandbox_rules
from backend.accounts.admin import AdminPages, AuditPages
from backend.accounts.api import MeApi, SessionApi
from backend.accounts.controllers import AccountPages, SignInPages
from backend.accounts.guards import DEPENDENCIES
from backend.accounts.queries import find_visit
from backend.applications.api import ApplicationApi, QueueApi
from backend.applications.check_pages import CheckPages
from backend.applications.controllers import DraftPages, WorkspacePages
from backend.applications.document_pages import DocumentPages
from backend.applications.enquiry_pages import EnquiryApi, EnquiryPages
from backend.applications.intake_pages import IntakePages
from backend.applications.lateness_pages import PromiseApi, PromisePages
from backend.applications.publicity_pages import PublicityPages
from backend.applications.round_pages import RoundPages
from backend.applications.supplement_api import ChecklistApi, SupplementApi
from backend.applications.supplement_pages import SupplementPages
from backend.appraisals.api import AppraisalApi
from backend.appraisals.controllers import AppraisalPages
from backend.bundles.api import BundleApi
from backend.bundles.controllers import BundlePages
from backend.cases.api import CaseApi
from backend.cases.controllers import CasePages, IssuedDocumentPages
from backend.cases.desk_api import DeskApi, HandoverApi, LogBookApi
from backend.cases.log_book_pages import LogBookPages
from backend.cases.queue_pages import DeskPages, HandoverPages, QueuePages
from backend.decisions.api import DecisionApi, SigningApi
from backend.decisions.controllers import DecisionPages
from backend.decisions.ledger_pages import LedgerApi, LedgerPages
from backend.decisions.library_pages import LibraryApi, LibraryPages
from backend.decisions.signing_pages import SigningPages
from backend.documents.api import VerifyApi
from backend.documents.controllers import VerifyPages
from backend.insight.controllers import RulesPages
from backend.kit.csrf import csrf_guard
from backend.kit.db import close_pool, is_ready, open_pool
from backend.kit.health import healthz, is_migrated, readiness
from backend.kit.logs import configure_logging, observed
from backend.kit.openapi import DocumentProblems, StrictStructs, api_docs, openapi_config
from backend.kit.pages import FORM_LIMIT
from backend.kit.problems import exception_handlers
from backend.kit.registry import settle_references
from backend.kit.security import secure_responses
from backend.kit.sessions import SessionMiddleware
from backend.kit.templates import STATIC, environment
from backend.matchmaking.api import NeedApi, OfferApi, SkillApi
from backend.matchmaking.controllers import NeedPages, PartnerPages
from backend.matchmaking.need_api import ReasonApi
from backend.matchmaking.profile_api import IntroductionApi, ProfileApi
from backend.matchmaking.profile_pages import ProfilePages
from backend.matchmaking.reason_pages import ReasonPages
from backend.matchmaking.skill_pages import SkillPages
from backend.matchmaking.team_pages import TeamPages
from backend.notifications.api import InboxApi, UnsubscribeApi
from backend.notifications.controllers import InboxPages, UnsubscribePages
from backend.opinions.api import AskedApi, OpinionApi
from backend.opinions.controllers import AskedPages, LinkPages, OpinionPages
from backend.organisations.api import OrganisationApi
from backend.organisations.controllers import OrganisationPages
from backend.organisations.correction_pages import CorrectionApi, CorrectionPages
from backend.organisations.invitation_api import InvitationApi, OrganisationInvitationApi
from backend.organisations.invitation_pages import InvitationPages
from backend.programmes.api import ProgrammeApi
from backend.programmes.controllers import ProgrammePages
from backend.programmes.wizard_api import RouteApi
from backend.programmes.wizard_pages import WizardPages
from backend.register.api import RegisterApi
from backend.register.controllers import HomePages, RegisterData, RegisterPages
from backend.trials.api import TrialApi
from backend.trials.controllers import TrialPages
from backend.watch.api import SuperiorApi
from backend.watch.controllers import SuperiorPages, TimesPages

VERSION = "1"
YEAR = 365 * 24 * 3600

CONTROLLERS: list[type[Controller]] = [
    SignInPages,
    AccountPages,
    OrganisationPages,
    CorrectionPages,
    InvitationPages,
    AdminPages,
    RulesPages,
    AuditPages,
    InboxPages,
    UnsubscribePages,
    WorkspacePages,
    DraftPages,
    CheckPages,
    DocumentPages,
    SupplementPages,
    EnquiryPages,
    PublicityPages,
    IntakePages,
    PromisePages,
    RoundPages,
    AppraisalPages,
    OpinionPages,
    AskedPages,
    LinkPages,
    DecisionPages,
    SigningPages,
    LibraryPages,
    LedgerPages,
    CasePages,
    BundlePages,
    QueuePages,
    DeskPages,
    LogBookPages,
    HandoverPages,
    SuperiorPages,
    TimesPages,
    IssuedDocumentPages,
    VerifyPages,
    HomePages,
    RegisterPages,
    RegisterData,
    ProgrammePages,
    WizardPages,
    TrialPages,
    PartnerPages,
    NeedPages,
    ReasonPages,
    TeamPages,
    ProfilePages,
    SkillPages,
    SessionApi,
    MeApi,
    InboxApi,
    UnsubscribeApi,
    OrganisationApi,
    CorrectionApi,
    OrganisationInvitationApi,
    InvitationApi,
    ApplicationApi,
    PromiseApi,
    SupplementApi,
    ChecklistApi,
    EnquiryApi,
    QueueApi,
    CaseApi,
    HandoverApi,
    DeskApi,
    LogBookApi,
    SuperiorApi,
    BundleApi,
    AppraisalApi,
    OpinionApi,
    AskedApi,
    DecisionApi,
    SigningApi,
    LibraryApi,
    LedgerApi,
    VerifyApi,
    RegisterApi,
    ProgrammeApi,
    RouteApi,
    TrialApi,
    NeedApi,
    ReasonApi,
    OfferApi,
    ProfileApi,
    IntroductionApi,
    SkillApi,
]


@cache
def programmes() -> sandbox_rules.Programmes:
    """The rule files, read and checked once."""
    return sandbox_rules.load()


def provide_rule_files() -> Sequence[sandbox_rules.Programme]:
    """Dependency `rule_files`: every rule file."""
    return programmes().all()


async def are_rules_loaded() -> bool:
    """Whether there is at least one sound rule file."""
    return bool(programmes().all())


@asynccontextmanager
async def database_pool(_: Litestar) -> AsyncIterator[None]:
    """Keep the pool of connections open as long as the application runs."""
    await open_pool()
    yield
    await close_pool()


def static_files() -> Router:
    """`/static`: the built files; their names carry a hash, so they may be kept for ever."""
    STATIC.mkdir(exist_ok=True)
    return create_static_files_router(
        "/static",
        directories=[STATIC],
        cache_control=CacheControlHeader(public=True, max_age=YEAR, immutable=True),
        opt={"no_session": True},
    )


def is_api(handler: type[Controller] | HTTPRouteHandler) -> bool:
    """Whether the description of the API tells of this handler."""
    paths = handler.paths if isinstance(handler, HTTPRouteHandler) else {str(vars(handler).get("path"))}
    return any(path.startswith("/api/v1") for path in paths)


def create_app(more: Sequence[type[Controller] | HTTPRouteHandler] = ()) -> Litestar:
    """The application; `more` are handlers a test adds."""
    configure_logging()
    settle_references()
    ready = readiness({"database": is_ready, "migrations": is_migrated, "rules": are_rules_loaded})
    handlers: list[Any] = [*CONTROLLERS, *more]
    api = [handler for handler in handlers if is_api(handler)]
    pages = [handler for handler in handlers if not is_api(handler)]
    app = Litestar(
        [
            *pages,
            Router("/", route_handlers=api, include_in_schema=True),
            api_docs,
            healthz,
            ready,
            static_files(),
        ],
        dependencies=DEPENDENCIES | {"rule_files": Provide(provide_rule_files, sync_to_thread=False)},
        exception_handlers=exception_handlers(),
        guards=[csrf_guard],
        include_in_schema=False,
        lifespan=[database_pool],
        logging_config=None,
        middleware=[SessionMiddleware(find_visit)],
        openapi_config=openapi_config(VERSION),
        plugins=[DocumentProblems(), StrictStructs()],
        request_max_body_size=FORM_LIMIT,
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment())),
    )
    # Outside of everything, unknown addresses and failures of the framework included.
    app.asgi_handler = observed(secure_responses(app.asgi_handler))
    return app


app = create_app()
