"""Every operation of the described API, asked whatever a generator can think of: never a failure of ours.

The answers must be those the description promises: status, content type, shape.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.accounts.schemas import Role
from backend.app import app
from backend.kit.openapi import schema_of
from tests.factories.dossiers import complete_draft, register_company, submitted
from tests.factories.people import connected, make_account
from tests.factories.serving import Served
from tests.journeys.clients import Client

EXAMPLES = 16
OPERATIONS = [one.ok() for one in schemathesis.openapi.from_dict(schema_of(app)).get_all_operations()]
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ENDS_THE_SESSION = "DELETE /api/v1/session"
APPLICANT = (Role.APPLICANT, Role.INSTITUTE, Role.EXPERT)
OFFICIAL = tuple(role for role in Role if role not in APPLICANT)


class Target(NamedTuple):
    """A served registry, the tokens of who asks it (a stranger has none), ids of things that exist."""

    served: Served
    tokens: list[str]
    ids: dict[str, list[str]]


@pytest.fixture(scope="session")
async def target(served_site: Served) -> Target:
    """People with every role, one draft, one case and one need."""
    async with connected(served_site.env["DATABASE_URL"]):
        await make_account("fuzz", "Người Đề Nghị", *APPLICANT)
        await make_account("fuzz-official", "Người Công Vụ", *OFFICIAL)
    url = served_site.url
    async with Client(base_url=url, timeout=60) as client, Client(base_url=url) as official:
        await client.enter("fuzz")
        await official.enter("fuzz-official")
        organisation = await register_company(client)
        case = (await submitted(client, organisation))["id"]
        draft = (await complete_draft(client, organisation))["id"]
        tokens = [one.headers["Authorization"].removeprefix("Bearer ") for one in (client, official)]
    ids = {"application_id": [case, draft], "organisation": [organisation]}
    return Target(served_site, ["", *tokens], ids)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_an_operation_answers_as_described_whatever_it_is_asked(operation: Any, target: Target) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # a failure is told as found: shrinking asks too often
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), data=st.data())
    def ask(case: Any, data: st.DataObject) -> None:
        for name, known in target.ids.items():
            if name in (case.path_parameters or {}) and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known))
        token = data.draw(st.sampled_from(target.tokens)) if operation.label != ENDS_THE_SESSION else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = case.call(base_url=target.served.url, headers=headers)
        case.validate_response(answer, checks=CHECKS)

    ask()
