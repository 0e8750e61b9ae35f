"""The dossier as it is read: answers, files with their versions, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend.applications.schemas import Application, Upload
from backend.cases.schemas import Answer, Dossier, Files, Story, View
from sandbox_rules import Field, Programme, Section, check_eligibility, facts_of, is_required


def dossier_of(
    application: Application, programme: Programme, uploads: Sequence[Upload], story: Story, view: View
) -> Dossier:
    """Everything handed in; its applicant also sees what was changed since and is not handed in yet."""
    answers, facts = application.answers, facts_of(programme, application.answers)
    shown = visible_files(uploads, story, view)
    submitted = _submitted(story)
    return Dossier(
        sections=[(section, _answers(section, answers)) for section in programme.sections.values()],
        documents=[
            Files(
                slot=slot,
                required=is_required(slot, facts),
                files=[one for one in reversed(shown) if one.slot == slot.key],
            )
            for slot in programme.documents.values()
        ],
        unsubmitted=frozenset(one.id for one in shown if _print(one) not in submitted),
        findings=check_eligibility(programme, facts) if view != "applicant" else [],
    )


def visible_files(uploads: Sequence[Upload], story: Story, view: View) -> list[Upload]:
    """What was ever handed in, and for the applicant what lies ready; oldest first."""
    submitted = _submitted(story)
    return [
        one
        for one in uploads
        if _print(one) in submitted or (view == "applicant" and one.replaced_at is None)
    ]


def _answers(section: Section, stored: Mapping[str, Any]) -> list[Answer]:
    return [
        Answer(field=field, value=_value(field, stored.get(key))) for key, field in section.fields.items()
    ]


def _submitted(story: Story) -> set[tuple[str, str]]:
    """Slot and digest of every file of every submission, as the audit chain keeps them."""
    return {
        (slot, digest)
        for entry in story.entries
        for slot, digest in entry.data.get("dossier", {}).get("files_sha256", {}).items()
    }


def _print(upload: Upload) -> tuple[str, str]:
    return upload.slot, upload.original_sha256


def _value(field: Field, stored: Any) -> Any:
    return date.fromisoformat(stored) if field.type == "date" and stored is not None else stored
