"""What can be done with organisations. One verb, one transaction, one audit line."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.schemas import Actor, Role
from backend.kit import audit
from backend.kit.db import Duplicate, retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text, nfc
from backend.organisations import queries
from backend.organisations.coworkers import change_member, leave, list_members, remove_member
from backend.organisations.schemas import Organisation, OrganisationForm, Standing
from backend.organisations.tax_codes import normal_tax_code

__all__ = [
    "REGISTRANTS",
    "change_member",
    "get_organisation",
    "leave",
    "list_members",
    "list_own_organisations",
    "register_organisation",
    "remove_member",
]

TAX_CODE_TAKEN = Text(
    "Mã số thuế này đã được đăng ký. Hãy đề nghị người đại diện tổ chức thêm bạn vào.",
    "This tax code is registered already. Ask the owner of the organisation to add you.",
)
REGISTRANTS = (Role.APPLICANT, Role.INSTITUTE, Role.EXPERT)
_LENGTHS = {
    "name": (2, 200, Text("Hãy nhập tên đầy đủ theo đăng ký.", "Enter the full registered name.")),
    "address": (5, 300, Text("Hãy nhập số nhà, tên đường.", "Enter house number and street.")),
    "ward": (2, 100, Text("Hãy nhập phường, xã hoặc đặc khu.", "Enter the ward, commune or special zone.")),
}


@retrying
async def register_organisation(actor: Actor, form: OrganisationForm) -> Organisation:
    """Register an organisation; the actor becomes its owner.

    Raises:
        NotFound: the actor has no role that registers organisations.
        Invalid: per field what to mend; also when the tax code is registered.
    """
    if not actor.has(*REGISTRANTS):
        raise NotFound
    checked = checked_form(form)
    try:
        async with transaction():
            organisation = await queries.insert_organisation(checked)
            await accounts.insert_membership(actor.id, organisation.id, Standing.OWNER)
            await audit.record(
                organisation.id, "organisation:registered", actor.id, {"tax_code": organisation.tax_code}
            )
    except Duplicate:
        raise Invalid(fields={"tax_code": TAX_CODE_TAKEN}) from None
    return organisation


async def get_organisation(actor: Actor, organisation: UUID) -> Organisation:
    """An organisation the actor belongs to. Raises NotFound."""
    found = await queries.find_organisation(organisation) if organisation in actor.belongs_to else None
    if found is None:
        raise NotFound
    return found


async def list_own_organisations(actor: Actor) -> list[Organisation]:
    """The organisations the actor belongs to, by name."""
    return await queries.list_organisations(actor.belongs_to)


def checked_form(form: OrganisationForm) -> OrganisationForm:
    """The form with its texts normalised. Raises Invalid with all faults at once."""
    texts = {name: " ".join(nfc(getattr(form, name)).split()) for name in _LENGTHS}
    faults = {
        name: Text(
            f"{fault.vi} Từ {least} đến {most} ký tự.", f"{fault.en} From {least} to {most} characters."
        )
        for name, (least, most, fault) in _LENGTHS.items()
        if not least <= len(texts[name]) <= most
    }
    tax_code = normal_tax_code(form.tax_code)
    if tax_code is None:
        faults["tax_code"] = Text(
            "Mã số thuế gồm 10 chữ số, hoặc 13 chữ số với chi nhánh; chữ số thứ mười là số kiểm tra. "
            "Hãy đối chiếu từng chữ số với giấy đăng ký.",
            "A tax code has 10 digits, or 13 for a branch; the tenth is a check digit. "
            "Compare each digit with the registration.",
        )
    website = nfc(form.website).strip()
    if website and not _is_website(website):
        faults["website"] = Text(
            "Địa chỉ phải bắt đầu bằng https:// hoặc http://.",
            "The address must start with https:// or http://.",
        )
    if faults:
        raise Invalid(fields=faults)
    return OrganisationForm(
        **texts, tax_code=tax_code or "", kind=form.kind, is_startup=form.is_startup, website=website
    )


def _is_website(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and "." in parts.netloc
        and len(address) <= 300
        and " " not in address
    )
