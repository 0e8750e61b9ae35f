"""One company, a stranger and the officials, with cases to act on."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pikepdf

from backend.accounts.queries import find_actor, insert_membership
from backend.accounts.schemas import Actor, Role
from backend.applications import domain
from backend.applications.schemas import Application
from backend.applications.supplement_schemas import Kind as Asked
from backend.applications.supplement_schemas import NewItem
from backend.organisations.domain import register_organisation
from backend.organisations.schemas import Kind, Organisation, OrganisationForm
from tests.factories.signing import let_sign
from tests.factories.web import make_actor

PROGRAMME = "vn-hp-248"
ANSWERS: dict[str, Any] = {
    "solution_name": "Xe tự hành trong cảng Lạch Huyện",
    "solution_summary": "Xe tự hành chở container giữa bãi và cầu bến.",
    "solution_field": "logistics",
    "solution_new": True,
    "solution_prototype": True,
    "rule_in_the_way": True,
    "exemption_asked": "Quy định về người lái, vì xe không có người lái.",
    "plan_goal": "Chứng minh an toàn, đo bằng số sự cố trên 1.000 km.",
    "plan_in_city": True,
    "plan_place": "Cầu bến số 3, đặc khu Cát Hải",
    "plan_from": "2027-03-01",
    "plan_until": "2027-08-31",
    "plan_users": 40,
    "plan_area_km2": 1.5,
    "plan_value_vnd": 0,
    "plan_external_permit": False,
    "has_safeguards": True,
    "safeguards": "Giới hạn 20 km/h, giám sát từ xa, bảo hiểm.",
    "personal_data": False,
    "national_security": False,
    "has_exit_plan": True,
    "exit_plan": "Dừng xe, bàn giao dữ liệu, báo các bên.",
    "legal_person": True,
    "small_enterprise": True,
    "team": "Năm kỹ sư điều khiển và một cán bộ an toàn.",
    "contact_name": "Nguyễn Thị Hoa",
}
"""Every required answer of the form, as stored."""
SLOTS = ("trial_plan", "technical_description", "risk_assessment")
"""The documents these answers require."""


@dataclass
class Cast:
    """Who takes part: two people of one company, a stranger of another, and the officials."""

    hoa: Actor
    binh: Actor
    stranger: Actor
    officer: Actor
    colleague: Actor
    authority: Actor
    auditor: Actor
    admin: Actor
    company: Organisation
    other: Organisation


async def make_cast() -> Cast:
    """The cast in a database that knows nobody yet."""
    company, hoa = await make_organisation("Công ty Cảng Số Hải Phòng", "0200571233", "Nguyễn Thị Hoa")
    other, stranger = await make_organisation("Công ty Khác", "0201234569", "Người Lạ")
    binh = await make_actor(Role.APPLICANT, name="Trần Văn Bình")
    await insert_membership(binh.id, company.id, "member")
    admin = await make_actor(Role.ADMIN)
    authority = await make_actor(Role.AUTHORITY, name="Vũ Lãnh Đạo")
    await let_sign(authority.id, by=admin)
    return Cast(
        hoa=hoa,
        binh=await as_of_now(binh),
        stranger=stranger,
        officer=await make_actor(Role.OFFICER, name="Lê Cán Bộ"),
        colleague=await make_actor(Role.OFFICER, name="Phạm Đồng Nghiệp"),
        authority=authority,
        auditor=await make_actor(Role.AUDITOR),
        admin=admin,
        company=company,
        other=other,
    )


async def make_organisation(name: str, tax_code: str, owner: str) -> tuple[Organisation, Actor]:
    """An organisation and the person who registered it."""
    person = await make_actor(Role.APPLICANT, name=owner)
    form = OrganisationForm(
        name=name, tax_code=tax_code, kind=Kind.COMPANY, address="12 Lê Hồng Phong", ward="Phường Gia Viên"
    )
    organisation = await register_organisation(person, form)
    return organisation, await as_of_now(person)


async def as_of_now(actor: Actor) -> Actor:
    """The actor as the next request would find it."""
    found = await find_actor(actor.id)
    assert found is not None
    return found


async def make_draft(cast: Cast, **answers: Any) -> Application:
    """A draft of the company with these answers and no file."""
    draft = await domain.start_application(cast.hoa, cast.company.id, PROGRAMME)
    return await domain.save_answers(cast.hoa, draft.id, answers, draft.revision) if answers else draft


async def make_complete_draft(cast: Cast, **changed: Any) -> Application:
    """A draft that lacks nothing."""
    draft = await make_draft(cast, **{**ANSWERS, **changed})
    for slot in SLOTS:
        await domain.add_upload(cast.hoa, draft.id, slot, f"{slot}.pdf", make_pdf(slot))
    return draft


async def make_submitted(cast: Cast, **changed: Any) -> Application:
    """A case that awaits its officer."""
    draft = await make_complete_draft(cast, **changed)
    return await domain.submit_application(cast.hoa, draft.id, draft.revision)


def a_request(*keys: str, fault: str = "Chưa rõ.") -> list[NewItem]:
    """What an officer asks for: these fields and documents, by default the plan and the team."""
    wanted = keys or ("trial_plan", "team")
    kinds: list[Asked] = ["document" if key in SLOTS else "field" for key in wanted]
    return [NewItem(kind=kind, key=key, fault=fault) for kind, key in zip(kinds, wanted, strict=True)]


def make_pdf(title: str = "") -> bytes:
    """A sound PDF of one page; another title gives other bytes."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = title
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()
