"""The accounts of the demonstration: one per role, shown on the sign-in page of a demo."""

from __future__ import annotations

from uuid import UUID

from backend.accounts.domain import create_account, fold_email
from backend.accounts.queries import find_account_id
from backend.accounts.schemas import NewAccount, Role

DEMO_PASSWORD = "thử một lần cho biết"  # noqa: S105 - public on purpose, demo only
DEMO_ACCOUNTS = {
    Role.APPLICANT: ("Nguyễn Thị Hải Yến", "applicant@demo.example"),
    Role.OFFICER: ("Trần Văn Cảng", "officer@demo.example"),
    Role.APPRAISER: ("Lê Minh Thẩm", "appraiser@demo.example"),
    Role.AUTHORITY: ("Phạm Quốc Quyết", "authority@demo.example"),
    Role.SUPERVISOR: ("Vũ Thị Giám", "supervisor@demo.example"),
    Role.INSTITUTE: ("Đỗ Thành Viện", "institute@demo.example"),
    Role.EXPERT: ("Hoàng Bảo Châu", "expert@demo.example"),
    Role.ADMIN: ("Bùi Quang Trị", "admin@demo.example"),
    Role.AUDITOR: ("Ngô Thu Kiểm", "auditor@demo.example"),
}


async def create_demo_accounts() -> dict[Role, UUID]:
    """Make the demo accounts that are missing and give the ids of all."""
    ids: dict[Role, UUID] = {}
    for role, (name, email) in DEMO_ACCOUNTS.items():
        form = NewAccount(name=name, email=email, password=DEMO_PASSWORD, role=role)
        known = await find_account_id(fold_email(email))
        ids[role] = known or await create_account(form, frozenset({role}), by=None)
    return ids
