"""The people of one company: one of each standing, one invited; a case copied as new, a correction."""

from __future__ import annotations

from datetime import timedelta

from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.demo import data
from backend.demo.cast import Cast
from backend.demo.plan import DEMO_COMPANY
from backend.demo.stage import Pace, Story
from backend.kit.clock import today
from backend.organisations import invitations
from backend.organisations.correction_schemas import NewCorrection
from backend.organisations.corrections import ask_correction
from backend.organisations.domain import get_organisation
from backend.organisations.schemas import NewMember, Standing

COWORKERS = (
    (Standing.OWNER, "Phan Thu Trang", "trang.phan"),
    (Standing.MEMBER, "Lương Đức Mạnh", "manh.luong"),
    (Standing.EDITOR, "Cao Ngọc Bích", "bich.cao"),
    (Standing.VIEWER, "Tạ Quang Vinh", "vinh.ta"),
)
"""Who acts for the company of the demonstration beside the one who registered it."""
DELEGATED = timedelta(days=90)
"""For how long who only reads does so."""
INVITED = "ke.toan"
NEW_ADDRESS, WHY = "Số 20 đường Ngô Gia Tự", "Công ty chuyển sang nhà bên cạnh, theo giấy đăng ký mới."


async def tell_coworkers(cast: Cast, pace: Pace) -> Story:
    """The owner invites five, four accept; one of them begins a second application from the first."""
    yield pace.now
    company = next(one for one in data.organisations() if one.key == DEMO_COMPANY)
    owner, organisation = await cast.applicant(company)
    for standing, name, box in COWORKERS:
        email = f"{box}@{DEMO_COMPANY}.example"
        person = await cast.open_account(email, name, frozenset({Role.APPLICANT}))
        until = today() + DELEGATED if standing is Standing.VIEWER else None
        asked = NewMember(email=email, role=standing, ends_on=until)
        invitation = await invitations.invite(owner, organisation, asked)
        yield pace.soon()
        await cast.join(person, invitation.id)
    yield pace.after(1)
    await invitations.invite(owner, organisation, NewMember(email=f"{INVITED}@{DEMO_COMPANY}.example"))
    editor = cast[f"{COWORKERS[2][2]}@{DEMO_COMPANY}.example"]
    granted = next(one for one in await applications.list_mine(editor) if one.state == "granted")
    await applications.copy_application(editor, granted.id)
    yield pace.after(1)
    now = await get_organisation(owner, organisation)
    moved = NewCorrection(
        name=now.name, tax_code=now.tax_code, address=NEW_ADDRESS, ward=now.ward, reason=WHY
    )
    await ask_correction(owner, organisation, moved)
