"""What must not go wrong when people, files or addresses do, from one end to the other.

The features prove the rest: `tests/backend/test_cli.py` a faulty rule file (file, line, reason),
`applications/test_pages.py` a missing field and a stale form, `applications/test_answers.py` decomposed
letters, `applications/test_intake.py` and `test_submission.py` races at the very same moment.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from contextlib import suppress
from typing import Any

import httpx
import pytest

from backend.accounts.schemas import Role
from tests.factories.applications import make_pdf
from tests.factories.dossiers import complete_draft, draft, register_company, submitted
from tests.factories.people import connected, make_account
from tests.factories.serving import Served
from tests.journeys.clients import Client, path_of, words
from tests.journeys.conftest import Arrive, At

COLLEAGUES = {"lan": "Lan Thụ Lý", "minh": "Minh Thụ Lý"}


@pytest.fixture(scope="session")
async def newcomers(served_site: Served) -> None:
    """Two more officers, an applicant with a company, a stranger with another."""
    async with connected(served_site.env["DATABASE_URL"]):
        for name, said in COLLEAGUES.items():
            await make_account(name, said, Role.OFFICER)
        await make_account("hoa", "Nguyễn Thị Hoa", Role.APPLICANT)
        await make_account("khac", "Người Khác", Role.APPLICANT)


@pytest.fixture
async def hoa(newcomers: None, at: At) -> Client:
    """An applicant."""
    return await at("hoa")


async def test_a_session_that_ended_leads_to_the_sign_in_and_back(newcomers: None, arrive: Arrive) -> None:
    here = await arrive()
    await here.sign_in("hoa")
    session, token = here.cookies["sid"], await here.token()
    assert (await here.get("/workspace")).status_code == httpx.codes.OK
    await here.submit("/sign-out", {})
    here.cookies.set("sid", session)
    again = await here.get("/applications/new?x=1")
    assert again.headers["location"] == "/sign-in?next=%2Fapplications%2Fnew%3Fx%3D1"
    late = await here.post("/organisations/new", data={"name": "Muộn", "csrf": token})
    assert late.status_code in {httpx.codes.FORBIDDEN, httpx.codes.SEE_OTHER}
    here.headers["Authorization"] = f"Bearer {session}"
    refused = await here.ask("GET", "/me", 401)
    assert refused["code"] == "not_signed_in"


async def test_a_dossier_sent_five_times_at_once_is_one_case(hoa: Client, at: At) -> None:
    saved = await complete_draft(hoa, await register_company(hoa))
    page, path = await at("hoa"), f"/applications/{saved['id']}/check"
    form = {"confirm": "yes", "revision": str(saved["revision"]), "csrf": await page.token()}
    answers = await asyncio.gather(*(page.post(path, data=form) for _ in range(5)))
    assert {path_of(answer) for answer in answers} == {f"/cases/{saved['id']}"}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len((await hoa.ask("GET", f"/cases/{saved['id']}"))["documents"]) == 1


async def test_of_two_officers_one_wins_and_the_other_is_told(hoa: Client, at: At) -> None:
    case = (await submitted(hoa, await register_company(hoa)))["id"]
    officers = [await at(name) for name in COLLEAGUES]
    answers = await asyncio.gather(*(one.submit(f"/cases/{case}/accept", {}) for one in officers))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    winner, loser = sorted(answers, key=lambda answer: answer.status_code)
    name = list(COLLEAGUES.values())[answers.index(winner)]
    assert f"Hồ sơ này do {name} thụ lý" in words(loser)


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("lon.pdf", b"%PDF-1.7\n" + b"0" * (30 << 20), 413, "Tệp nặng 30,0 MB; tối đa 20 MB"),
        ("phuong-an.pdf", b"MZ\x90\x00" + b"\x00" * 4096, 422, "Nội dung tệp không thuộc loại được nhận"),
        (
            "phuong-an.pdf",
            b"\x7fELF\x02\x01\x01" + b"\x00" * 4096,
            422,
            "Nội dung tệp không thuộc loại được nhận",
        ),
        ("phuong-an.pdf", b"", 422, "Tệp trống"),
        ("../../etc/phuong-an.exe", make_pdf("x"), 422, "Tên tệp không khớp nội dung"),
    ],
    ids=["30 MB", "a Windows program", "a Linux program", "nothing", "a wrong name"],
)
async def test_a_file_that_cannot_be_taken_is_told_beside_its_field(
    hoa: Client, at: At, name: str, data: bytes, status: int, said: str
) -> None:
    saved = await draft(hoa, await register_company(hoa))
    page = await at("hoa")
    path = f"/applications/{saved['id']}/documents"
    answer = await page.submit(f"{path}/slots/trial_plan", {}, files={"trial_plan": (name, data)})
    assert answer.status_code == status
    assert 'id="trial_plan-error"' in answer.text
    assert said in words(answer)
    assert (await hoa.ask("GET", f"/applications/{saved['id']}"))["uploads"] == []
    assert (await page.get(path)).status_code == httpx.codes.OK


async def test_a_body_without_end_is_cut_before_it_fills_the_memory(newcomers: None, at: At) -> None:
    page = await at("hoa")
    form = {"name": "x" * (8 << 20), "csrf": await page.token()}
    with suppress(httpx.TransportError):  # the server hangs up, or the answer arrives before it does
        answer = await page.post("/organisations/new", data=form)
        assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert (await page.get("/organisations/new")).status_code == httpx.codes.OK


async def test_nobody_learns_from_an_answer_that_something_of_others_exists(hoa: Client, at: At) -> None:
    """Whoever has no part gets, for each address of a page or of the API, what an unknown id would give."""
    ids = await everything_of(hoa)
    others = [await at(name) for name in ("khac", "expert", "institute", "admin")]
    told: dict[str, Any] = {}
    for path in addresses(ids):
        for other in others:
            real, unknown = await other.get(path), await other.get(masked(path, ids))
            same = (real.status_code, stripped(real, path)) == (unknown.status_code, stripped(unknown, path))
            if real.status_code != 404 or not same:
                told[path] = (real.status_code, unknown.status_code)
    assert told == {}


async def everything_of(hoa: Client) -> dict[str, str]:
    """One id of each kind that belongs to the company."""
    organisation = await register_company(hoa)
    case = await submitted(hoa, organisation)
    need = {
        "organisation_id": organisation,
        "title": "Cần người làm pin",
        "text": "Cần người biết làm pin mặt trời perovskite cho thuyền chạy điện trên sông.",
        "skills": [{"key": "perovskite-cells"}],
    }
    seen = await hoa.ask("GET", f"/cases/{case['id']}")
    return {
        "organisation": organisation,
        "case": case["id"],
        "upload": case["uploads"][0]["id"],
        "document": seen["documents"][0]["id"],
        "need": (await hoa.ask("POST", "/needs", 201, json=need))["id"],
    }


def addresses(ids: dict[str, str]) -> list[str]:
    """Where these things can be read."""
    case, upload = ids["case"], ids["upload"]
    return [
        f"/organisations/{ids['organisation']}",
        f"/api/v1/organisations/{ids['organisation']}",
        f"/api/v1/organisations/{ids['organisation']}/members",
        f"/applications/{case}",
        f"/applications/{case}/sections/plan",
        f"/applications/{case}/documents",
        f"/applications/{case}/documents/{upload}",
        f"/applications/{case}/check",
        f"/cases/{case}",
        f"/cases/{case}/files/{upload}",
        f"/cases/{case}/appraisal",
        f"/cases/{case}/decision",
        f"/documents/{ids['document']}",
        f"/partners/needs/{ids['need']}",
        f"/partners/needs/{ids['need']}/edit",
        f"/api/v1/applications/{case}",
        f"/api/v1/applications/{case}/missing",
        f"/api/v1/applications/{case}/appraisal",
        f"/api/v1/applications/{case}/decision",
        f"/api/v1/cases/{case}",
        f"/api/v1/needs/{ids['need']}",
        f"/api/v1/needs/{ids['need']}/suggestions",
    ]


def masked(path: str, ids: dict[str, str]) -> str:
    """The same address with ids nobody has."""
    for known in ids.values():
        path = path.replace(known, known[:-4] + ("0000" if known[-4:] != "0000" else "1111"))
    return path


def stripped(answer: httpx.Response, path: str) -> str:
    """The answer without what differs from one request to the next."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|value=\"[^\"]*\"", "", answer.text)


@pytest.mark.parametrize("wish", ["xx", "../../etc/passwd", "VI", "", "vi,en", "<script>"])
async def test_an_unknown_language_is_vietnamese(arrive: Arrive, wish: str) -> None:
    visitor = await arrive()
    answer = await visitor.get("/verify", params={"lang": wish})
    assert answer.status_code == httpx.codes.OK
    assert '<html lang="vi"' in answer.text
    assert "lang" not in visitor.cookies
    assert "<script>" not in answer.text


async def test_decomposed_letters_are_found_composed(hoa: Client, at: At) -> None:
    name = unicodedata.normalize("NFD", "Công ty Đổi Mới Hải Phòng")
    assert name != unicodedata.normalize("NFC", name)
    organisation = await register_company(hoa, name)
    title = unicodedata.normalize("NFD", "Phà điện tử tế ở Đồ Sơn")
    case = await submitted(hoa, organisation, solution_name=title)
    officer = await at("officer")
    for query in ("Đổi Mới Hải Phòng", unicodedata.normalize("NFD", "tử tế ở Đồ Sơn"), "pha dien tu te"):
        found = (await officer.ask("GET", "/queue", params={"q": query}))["items"]
        told = [(one["id"], one["title"], one["organisation_name"]) for one in found]
        names = [unicodedata.normalize("NFC", text) for text in (title, name)]
        assert told == [(case["id"], *names)], query


STRANGE = [
    *("/queue?page=0", "/queue?page=99999999999999999999", "/queue?state=%00", "/queue?q=%ff", "/audit/x"),
    *("/register?year=abc", "/register?page=-1", "/register?q=%00%ff", "/register/%00", "/cases/not-an-id"),
    *("/register/..%2f..%2fetc%2fpasswd", "/register.csv?field=%00", "/verify/%F0%9F%92%A3", "/verify/%00"),
    *("/programmes/%2e%2e", "/programmes/%00", "/skills/%00", "/trials?year=99999", "/partners?q=%00"),
    *("/partners?page=-5", "/partners?page=99999999999999999999", "/static/../pyproject.toml"),
    *("/static/%2e%2e/pyproject.toml", "/static/..%2fpyproject.toml"),
]


@pytest.mark.parametrize("path", STRANGE)
async def test_a_strange_address_is_no_failure_of_ours(arrive: Arrive, at: At, path: str) -> None:
    for visitor in (await arrive(), await at("officer")):
        answer = await visitor.get(path)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, words(answer)[-300:]
        assert "requires-python" not in answer.text
