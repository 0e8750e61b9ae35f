"""Who gets which answer from which route: every `access.toml` below this folder together.

No route without a line. A line names the status for `stranger`, for roles that differ, and for the `rest` of
the signed-in people; ids are unknown ones and forms are empty, so 404 and 422 are the usual answers of what
one may do. One file a feature:

    "POST /organisations/new" = { stranger = 303, applicant = 422, institute = 422, expert = 422, rest = 404 }
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from uuid import uuid4

import pytest

from backend.accounts.schemas import Role
from backend.app import app
from backend.kit.db import Engine, engine
from tests.factories.routes import Route, routes_of
from tests.factories.web import Browser, make_actor, sign_in

HERE = Path(__file__).parent
ROUTES = routes_of(app)
VISITORS = ["stranger", *Role, "nobody"]
"""`nobody` is signed in without any role."""


def _table() -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for path in sorted(HERE.rglob("access.toml")):
        for line, statuses in tomllib.loads(path.read_text("utf-8")).items():
            assert line not in table, f"{line} stands twice"
            table[line] = statuses
    return table


TABLE = _table()


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert sorted(TABLE) == sorted(map(str, ROUTES))


@pytest.mark.parametrize("route", [route for route in ROUTES if str(route) in TABLE], ids=str)
async def test_each_kind_of_visitor_gets_the_answer_of_the_table(db: Engine, route: Route) -> None:
    expected = TABLE[str(route)]
    wanted = {visitor: expected.get(visitor, expected["rest"]) for visitor in VISITORS}
    assert {visitor: await _status(route, visitor) for visitor in VISITORS} == wanted


class Undo(Exception):
    """Carries the answer out of a transaction that is to leave nothing behind."""


async def _status(route: Route, visitor: str) -> int:
    try:
        async with engine().transaction(), Browser(app) as browser:
            raise Undo(await _asked(browser, route, visitor))
    except Undo as undone:
        return int(undone.args[0])


async def _asked(browser: Browser, route: Route, visitor: str) -> int:
    if visitor != "stranger":
        roles = [Role(visitor)] if visitor != "nobody" else []
        await sign_in(browser, await make_actor(*roles))
    url, method = route.url(uuid4()), route.method
    if method == "GET":
        return (await browser.get(url)).status_code
    if route.path.startswith("/api/"):
        token = {"X-CSRF-Token": browser.token()}
        return (await browser.request(method, url, json={}, headers=token)).status_code
    return (await browser.submit(url)).status_code
