"""Saves a page of the form though somebody else saved meanwhile: what does not clash is kept."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications.dossier import rules_of
from backend.applications.errors import StaleRevision
from backend.applications.forms import revision_of, typed_of
from backend.applications.merging import PICK, merged
from backend.applications.schemas import Application
from backend.kit.pages import Form
from backend.kit.text import Lang, Text


class Saved(Struct, frozen=True, kw_only=True):
    """The application as it is now, how to mend what was not saved, and the fields that clash."""

    application: Application
    wrong: dict[str, Text]
    conflicts: list[str]

    @property
    def errors(self) -> dict[str, Text]:
        """Everything that stands in the way, by field."""
        return dict.fromkeys(self.conflicts, _CHOOSE) | self.wrong


async def save_form(actor: Actor, application_id: UUID, form: Form, lang: Lang) -> Saved:
    """Save the well-formed answers of a page. Raises as `save_answers`.

    Opened before somebody else saved, it is laid beside what is stored now (`merged`).
    """
    typed = {key: text for key, text in typed_of(form).items() if form.text(PICK + key) != "saved"}
    try:
        after, wrong = await domain.save_what_is_right(actor, application_id, typed, revision_of(form))
    except StaleRevision:
        latest = await domain.get_application(actor, application_id)
        both = merged(rules_of(latest), latest.answers, form, lang)
        after, wrong = await domain.save_what_is_right(actor, application_id, both.answers, latest.revision)
        return Saved(application=after, wrong=wrong, conflicts=both.conflicts)
    return Saved(application=after, wrong=wrong, conflicts=[])


_CHOOSE = Text(
    "Mục này vừa được sửa ở nơi khác. Chọn bản muốn giữ.",
    "This was changed elsewhere meanwhile. Choose which version to keep.",
)
