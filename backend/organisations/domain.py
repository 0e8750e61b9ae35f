"""What can be done with organisations. One verb, one transaction, one audit line."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.domain import HOUR, fold_email
from backend.accounts.schemas import Actor, Role
from backend.kit import audit
from backend.kit.db import Duplicate, retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.rate_limit import hit
from backend.kit.text import Text, nfc
from backend.organisations import queries
from backend.organisations.schemas import Member, NewMember, Organisation, OrganisationForm
from backend.organisations.tax_codes import normal_tax_code

OWNER, MEMBER = "owner", "member"
MEMBERS_PER_HOUR = 30
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
    checked = _checked(form)
    try:
        async with transaction():
            organisation = await queries.insert_organisation(checked)
            await accounts.insert_membership(actor.id, organisation.id, OWNER)
            await audit.record(
                organisation.id, "organisation:registered", actor.id, {"tax_code": organisation.tax_code}
            )
    except Duplicate:
        raise Invalid(
            fields={
                "tax_code": Text(
                    "Mã số thuế này đã được đăng ký. Hãy đề nghị người đại diện tổ chức thêm bạn vào.",
                    "This tax code is registered already. Ask the owner of the organisation to add you.",
                )
            }
        ) from None
    return organisation


async def add_member(actor: Actor, organisation: UUID, form: NewMember) -> None:
    """Let another account act for the organisation.

    Raises:
        NotFound: the actor does not own the organisation.
        Invalid: nobody has this e-mail, or they act for it already.
        TooMany: an owner who tries out e-mails.
    """
    members = await list_members(actor, organisation)
    if not any(member.account == actor.id and member.role == OWNER for member in members):
        raise NotFound
    await hit(f"add-member:{actor.id}", MEMBERS_PER_HOUR, HOUR)
    account = await accounts.find_account_id(fold_email(form.email))
    if account is None:
        raise Invalid(
            fields={
                "email": Text(
                    "Chưa có tài khoản nào dùng e-mail này. Hãy đề nghị người đó mở tài khoản trước.",
                    "No account has this e-mail. Ask the person to open an account first.",
                )
            }
        )
    await _insert_member(actor, organisation, account)


@retrying
async def _insert_member(actor: Actor, organisation: UUID, account: UUID) -> None:
    try:
        async with transaction():
            await accounts.insert_membership(account, organisation, MEMBER)
            await audit.record(organisation, "organisation:member_added", actor.id, {"account": account})
    except Duplicate:
        raise Invalid(
            fields={"email": Text("Người này đã là thành viên.", "This person is a member already.")}
        ) from None


async def get_organisation(actor: Actor, organisation: UUID) -> Organisation:
    """An organisation the actor acts for. Raises NotFound."""
    found = await queries.find_organisation(organisation) if organisation in actor.organisations else None
    if found is None:
        raise NotFound
    return found


async def list_own_organisations(actor: Actor) -> list[Organisation]:
    """The organisations the actor acts for, by name."""
    return await queries.list_organisations(actor.organisations)


async def list_members(actor: Actor, organisation: UUID) -> list[Member]:
    """Who acts for an organisation of the actor. Raises NotFound."""
    if organisation not in actor.organisations:
        raise NotFound
    return [Member(**row) for row in await accounts.list_memberships(organisation)]


def _checked(form: OrganisationForm) -> OrganisationForm:
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
