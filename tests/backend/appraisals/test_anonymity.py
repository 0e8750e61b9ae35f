"""Who sits on the council stays unnamed: every address of the application, and every mail, looked through.

The rule files know no public council. Whoever is not of the staff must find neither name nor e-mail nor id
of a member anywhere, before the decision and after it; the staff finds them: there is something to hide.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile
from datetime import datetime
from typing import cast as typed
from uuid import UUID, uuid4

from msgspec.structs import replace

from backend.accounts.queries import insert_membership
from backend.accounts.schemas import Actor, Role
from backend.app import app
from backend.appraisals import domain as appraisals
from backend.bundles import domain as bundles
from backend.decisions import domain as decisions
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.db import Engine, engine
from backend.kit.errors import TooMany
from backend.kit.outbox import dead_jobs, work_until_empty
from backend.kit.tables import RateLimit
from backend.opinions import domain as opinions
from backend.opinions.schemas import NewOpinion
from backend.ports.mailer import KeptMail
from backend.ports.pdf import NullPdf, Rendered
from backend.ports.wiring import null_ports, using
from tests.factories.applications import Cast, as_of_now, make_cast
from tests.factories.decisions import a_grant, make_accepted, score
from tests.factories.routes import routes_of
from tests.factories.web import Browser, make_actor, sign_in

REMARK = "Nhận xét để riêng"
READERS = ("owner", "viewer", "other", "expert", "agency", "public")
BEFORE = ("owner", "other", "public")
"""Who looks before the decision too."""
NOTHING: dict[str, list[str]] = {}
OF_NO_CASE = {
    "introduction_id",
    "invitation",
    "key",
    "need_id",
    "offer_id",
    "proposal_id",
    "run",
    "enquiry_id",
}
"""Parameters of things that know no case."""
ADDRESSES = [route for route in routes_of(app) if route.method == "GET"]


class ReadablePdf(NullPdf):
    """A document whose bytes are its text."""

    async def render(self, html: str, css: str, *, at: datetime) -> Rendered:
        return Rendered(pdf=b"%PDF-1.7\n" + html.encode(), places={})


class World:
    """A case with everything that can hang on one, a council, and those who read."""

    def __init__(
        self, cast: Cast, council: list[Actor], case: UUID, readers: dict[str, Actor | None]
    ) -> None:
        self.cast, self.council, self.case, self.readers = cast, council, case, readers
        self.link = ""

    @property
    def needles(self) -> list[str]:
        """What nobody may find, folded as `found_in` folds."""
        of_each = [(one.name, one.email, str(one.id), one.id.hex) for one in self.council]
        return [needle.casefold() for one in of_each for needle in one] + [REMARK.casefold()]

    async def values(self) -> dict[str, list[str]]:
        """What stands in each place of an address."""
        documents = await engine().run_ddl("select id::text, code, number from issued_document order by id")
        trials = await engine().run_ddl("select id::text, number from trial")
        return {
            "application_id": [str(self.case)],
            "document_id": [row["id"] for row in documents],
            "code": [row["code"] for row in documents if row["code"]],
            "number": [row["number"] for row in trials],
            "trial_id": [row["id"] for row in trials],
            "upload_id": await _ids("upload"),
            "opinion_id": await _ids("opinion"),
            "bundle_id": await _ids("evidence_bundle"),
            "correction_id": await _ids("identity_correction"),
            "organisation": [str(self.cast.company.id), str(self.cast.other.id)],
            "section_key": ["plan", "solution"],
            "subject": [str(self.case), *(row["id"] for row in trials), str(self.cast.company.id)],
            "token": [self.link],
        } | {name: [str(uuid4())] for name in OF_NO_CASE}


async def _ids(table: str) -> list[str]:
    return [row["id"] for row in await engine().run_ddl(f"select id::text from {table} order by id")]


async def make_world() -> World:
    """A case whose council has given its marks; one member declared a conflict."""
    cast = await make_cast()
    viewer, expert = [await make_actor(role) for role in (Role.APPLICANT, Role.EXPERT)]
    await insert_membership(viewer.id, cast.company.id, "viewer")
    agency = await make_actor(Role.CONSULTED, email="vanthu@soxaydung.test")
    council = [
        await make_actor(Role.APPRAISER, name=f"Kiều Thẩm Kín {n}", email=f"kin-{n}@hoidong.test")
        for n in ("Nhất", "Nhì", "Ba", "Tư")
    ]
    case = await make_accepted(cast, council)
    asked = NewOpinion(agency="Sở Xây dựng", email=agency.email, question="Có ý kiến gì về cầu bến?")
    await opinions.ask_opinion(cast.officer, case.id, asked)
    by_link = replace(asked, agency="Công an thành phố", email="pc@congan.test")
    linked = await opinions.ask_opinion(cast.officer, case.id, by_link)
    for one in council[:2]:
        await score(one, case, REMARK)
    await appraisals.declare_conflict(council[2], case.id, True, "Góp vốn vào tổ chức.")
    readers = dict(
        zip(READERS, (cast.hoa, await as_of_now(viewer), cast.stranger, expert, agency, None), strict=True)
    )
    world = World(cast, council, case.id, readers)
    world.link = opinions.link_token(linked)
    return world


async def conclude_and_decide(world: World) -> None:
    """The council's minutes, the signed grant with its letters, the trial, and bundles."""
    cast = world.cast
    case = await appraisals.conclude_appraisal(cast.officer, world.case)
    await decisions.propose_decision(cast.officer, case.id, a_grant(case))
    await decisions.sign_decision(cast.authority, case.id)
    await work_until_empty()
    await bundles.request_bundle(cast.auditor, case.id)
    await work_until_empty()
    assert await dead_jobs() == []


async def leaks(world: World, reader: Actor | None) -> dict[str, list[str]]:
    """The addresses at which a reader finds somebody of the council, and whom."""
    values, found = await world.values(), {}
    await RateLimit.delete(force=True)
    async with Browser(app) as browser:
        if reader:
            await sign_in(browser, reader)
        for route in ADDRESSES:
            names = re.findall(r"\{([^}]+)\}", route.path)
            for chosen in itertools.product(*(values[name] for name in names)):
                url = route.path.format(**dict(zip(names, chosen, strict=True)))
                answer = await browser.get(url)
                assert answer.status_code < 500, url
                assert answer.status_code != TooMany.status, url
                if hits := found_in(world, f"{answer.headers} {readable(answer.content)}"):
                    found[url] = hits
    return found


def readable(data: bytes) -> str:
    """The text of an answer; of an archive that of every file in it. What JSON escapes is spelt out."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(readable(archive.read(name)) + name for name in archive.namelist())
    text = data.decode("utf-8", "replace")
    try:
        return text + json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


def found_in(world: World, text: str) -> list[str]:
    folded = text.casefold()
    return [needle for needle in world.needles if needle in folded]


async def test_nobody_outside_of_the_staff_learns_who_sits_on_the_council(
    db: Engine, frozen_clock: Frozen
) -> None:
    with using(replace(null_ports(), pdf=ReadablePdf())) as ports:
        world = await make_world()
        await work_until_empty()
        before = {name: await leaks(world, world.readers[name]) for name in BEFORE}
        await conclude_and_decide(world)
        after = {name: await leaks(world, reader) for name, reader in world.readers.items()}
        assert (before, after) == (dict.fromkeys(BEFORE, NOTHING), dict.fromkeys(READERS, NOTHING))
        mails = typed("KeptMail", ports.mailer).sent
        officials = {one.email for one in (*world.council, world.cast.officer, world.cast.authority)}
        outside = [one for one in mails if one.to not in officials]
        assert {world.cast.hoa.email, "pc@congan.test"} <= {one.to for one in outside}
        assert [
            one.subject for one in outside if found_in(world, f"{one.subject} {one.text} {one.html}")
        ] == []
        await assert_there_is_something_to_hide(world)


async def assert_there_is_something_to_hide(world: World) -> None:
    """An auditor finds every member by name and by id, on pages, in a document and in a bundle."""
    seen = await leaks(world, world.cast.auditor)
    hidden = {needle for hits in seen.values() for needle in hits}
    assert {one.name.casefold() for one in world.council} <= hidden
    assert {str(one.id) for one in world.council} <= hidden
    kinds = {re.sub(r"[0-9a-f-]{36}", "", url) for url in seen}
    assert {"/cases/", "/cases//appraisal", "/documents/", "/audit/", "/cases//bundles/"} <= kinds
    assert len(await audit.entries(world.case)) > 10
