from __future__ import annotations

from uuid import uuid4

import pytest

from backend.accounts.queries import find_actor
from backend.accounts.schemas import Actor, Role
from backend.kit import audit
from backend.kit.db import Engine
from backend.kit.errors import Invalid, NotFound
from backend.organisations import domain
from backend.organisations.schemas import Kind, OrganisationForm
from backend.organisations.tables import Organisation
from backend.organisations.tax_codes import normal_tax_code
from tests.factories.web import Browser, SignIn, make_actor

TAX_CODE = "0101243150"
FORM = {
    "name": "Công ty  Thử Nghiệm",
    "tax_code": "0101 243 150",
    "kind": "company",
    "address": "1 Lê Lợi",
    "ward": "Hồng Bàng",
    "is_startup": "yes",
    "website": "https://thunghiem.example",
}


def _form(**changes: object) -> OrganisationForm:
    values = {**FORM, "kind": Kind.COMPANY, "is_startup": True, **changes}
    return OrganisationForm(**values)  # type: ignore[arg-type]


async def _again(actor: Actor) -> Actor:
    found = await find_actor(actor.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0101243150", "0101243150"),
        (" 0101.243.150 ", "0101243150"),
        ("0101243150-001", "0101243150-001"),
        ("0101243150001", "0101243150-001"),
        ("0101243150-000", None),
        ("0101243151", None),
        ("1010243150", None),
        ("010124315", None),
        ("0101243150-01", None),
        ("abcdefghij", None),
        ("", None),
    ],
)
def test_a_tax_code_has_ten_or_thirteen_digits_and_a_check_digit(written: str, stored: str | None) -> None:
    assert normal_tax_code(written) == stored


def test_exactly_one_tenth_digit_fits_and_some_beginnings_have_none() -> None:
    fits = {
        begin: [last for last in range(10) if normal_tax_code(f"{begin:09}{last}")]
        for begin in range(200_000_000, 200_000_300)
    }
    assert {len(last) for last in fits.values()} == {0, 1}


async def test_registering_makes_the_actor_the_owner_with_one_line(db: Engine) -> None:
    actor = await make_actor(Role.APPLICANT)
    made = await domain.register_organisation(actor, _form())
    assert (made.name, made.tax_code, made.kind, made.is_startup) == (
        "Công ty Thử Nghiệm",
        TAX_CODE,
        Kind.COMPANY,
        True,
    )
    row = await Organisation.select(Organisation.name_folded).where(Organisation.id == made.id).first()
    assert row == {"name_folded": "cong ty thu nghiem"}
    owner = await _again(actor)
    assert owner.organisations == {made.id}
    assert await domain.get_organisation(owner, made.id) == made
    assert await domain.list_own_organisations(owner) == [made]
    assert [(m.account, m.role) for m in await domain.list_members(owner, made.id)] == [(actor.id, "owner")]
    (entry,) = await audit.entries(made.id)
    assert (entry.tag, entry.actor) == ("organisation:registered", actor.id)
    assert entry.data == {"tax_code": TAX_CODE}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "A"}, ["name"]),
        ({"name": "A" * 201}, ["name"]),
        ({"address": ""}, ["address"]),
        ({"ward": " "}, ["ward"]),
        ({"tax_code": "0101243151"}, ["tax_code"]),
        ({"website": "javascript:alert(1)"}, ["website"]),
        ({"website": "https://localhost"}, ["website"]),
        ({"website": "http://[x"}, ["website"]),
        ({"name": "", "address": "", "ward": "", "tax_code": ""}, ["name", "address", "ward", "tax_code"]),
    ],
)
async def test_what_is_wrong_is_said_per_field(
    db: Engine, changes: dict[str, str], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await domain.register_organisation(await make_actor(Role.APPLICANT), _form(**changes))
    assert list(refused.value.fields) == fields
    assert await Organisation.count() == 0


async def test_a_tax_code_is_registered_once(db: Engine) -> None:
    await domain.register_organisation(await make_actor(Role.APPLICANT), _form())
    other = await make_actor(Role.INSTITUTE)
    with pytest.raises(Invalid) as refused:
        await domain.register_organisation(other, _form(name="Tên khác", website=""))
    assert list(refused.value.fields) == ["tax_code"]
    assert (await _again(other)).organisations == frozenset()


async def test_officials_register_no_organisations(db: Engine) -> None:
    with pytest.raises(NotFound):
        await domain.register_organisation(await make_actor(Role.OFFICER), _form())


async def test_others_do_not_learn_of_an_organisation(db: Engine) -> None:
    made = await domain.register_organisation(await make_actor(Role.APPLICANT), _form())
    other = await make_actor(Role.APPLICANT)
    for organisation in (made.id, uuid4()):
        with pytest.raises(NotFound):
            await domain.get_organisation(other, organisation)
        with pytest.raises(NotFound):
            await domain.list_members(other, organisation)
    assert await domain.list_own_organisations(other) == []


async def test_the_form_leads_to_the_page_of_the_organisation(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    done = await http.submit("/organisations/new", FORM)
    assert done.status_code == 303
    page = await http.get(done.headers["location"])
    assert page.status_code == 200
    assert "Công ty Thử Nghiệm" in page.text
    assert "Tổ chức đã được đăng ký." in page.text


async def test_a_refused_form_keeps_what_was_typed(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    page = await http.submit("/organisations/new", {**FORM, "tax_code": "123", "kind": "company"})
    assert page.status_code == 422
    assert 'value="123"' in page.text
    assert '<a href="#tax_code">' in page.text
    assert (await http.submit("/organisations/new", {**FORM, "kind": "king"})).status_code == 422


async def test_the_api_registers_lists_and_shows(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    api = http.with_token(http.cookies["sid"])
    body = {**FORM, "is_startup": True}
    made = await api.post("/api/v1/organisations", json=body)
    assert made.status_code == 201
    assert (await api.get("/api/v1/organisations")).json() == [made.json()]
    one = f"/api/v1/organisations/{made.json()['id']}"
    assert (await api.get(one)).json() == made.json()
    assert [member["role"] for member in (await api.get(f"{one}/members")).json()] == ["owner"]
    again = await api.post("/api/v1/organisations", json=body)
    assert (again.status_code, list(again.json()["errors"])) == (422, ["tax_code"])
