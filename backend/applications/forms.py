"""What the pages of this feature read from their forms."""

from __future__ import annotations

from datetime import date, datetime

from backend.applications.errors import StaleRevision
from backend.applications.merging import is_answer
from backend.kit.errors import Invalid
from backend.kit.pages import Form
from backend.kit.text import Text

DAY_FORMATS = ("%d/%m/%Y", "%Y-%m-%d")


def typed_of(form: Form) -> dict[str, str]:
    """The fields of the dossier as they were typed."""
    return {name: form.text(name) for name in form.names() if is_answer(name)}


def revision_of(form: Form) -> int:
    """The revision the page was built on. Raises StaleRevision, also for a form without a readable one."""
    revision = form.text("revision")
    if not (revision.isascii() and revision.isdigit() and len(revision) < 10):
        raise StaleRevision
    return int(revision)


def day_of(written: str, name: str = "due_on") -> date:
    """A day as people write it. Raises Invalid under `name`."""
    for pattern in DAY_FORMATS:
        try:
            return datetime.strptime(written, pattern).date()  # noqa: DTZ007 - a day of the calendar
        except ValueError:
            continue
    raise Invalid(fields={name: _WRITE_A_DAY})


_WRITE_A_DAY = Text("Nhập ngày, ví dụ 23/11/2026.", "Enter a day, for example 23/11/2026.")
