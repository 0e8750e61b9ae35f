"""Files of a dossier: one per slot, true to their name, harmless, never erased."""

from __future__ import annotations

import io

import pikepdf
import pytest
from msgspec import structs

from backend.applications import domain
from backend.applications.errors import NotEditable
from backend.kit.errors import Invalid, NotFound, TooLarge
from backend.ports.files import sha256
from backend.ports.scanner import Outcome, Verdict
from backend.ports.wiring import Ports, using
from tests.factories.applications import Cast, make_cast, make_draft, make_pdf, make_submitted
from tests.factories.races import race


async def test_a_file_is_kept_as_sent_and_opened_as_a_harmless_copy(cast: Cast, ports: Ports) -> None:
    draft = await make_draft(cast)
    sent = _pdf_with_script()
    upload = await domain.add_upload(cast.hoa, draft.id, "trial_plan", "../Phương án.pdf", sent, secret=True)
    assert (upload.filename, upload.content_type, upload.secret) == ("Phương án.pdf", "application/pdf", True)
    assert (upload.original_sha256, upload.scan) == (sha256(sent), "not_scanned")
    assert await ports.files.get(upload.original_key) == sent
    opened, copy = await domain.open_upload(cast.binh, upload.id)
    assert (opened, upload.sha256, upload.size) == (upload, sha256(copy), len(copy))
    assert b"JavaScript" in sent
    assert b"JavaScript" not in copy


async def test_a_new_file_replaces_the_one_in_its_slot_alone(cast: Cast) -> None:
    draft = await make_draft(cast)
    first = await domain.add_upload(cast.hoa, draft.id, "trial_plan", "a.pdf", make_pdf("a"))
    other = await domain.add_upload(cast.hoa, draft.id, "other", "b.pdf", make_pdf("b"))
    second = await domain.add_upload(cast.binh, draft.id, "trial_plan", "c.pdf", make_pdf("c"))
    counting = await domain.uploads_of(draft)
    assert {one.id for one in counting} == {other.id, second.id}
    assert {one.id for one in await domain.uploads_of(draft, replaced=True)} == {
        first.id,
        other.id,
        second.id,
    }


async def test_two_files_at_once_leave_one_that_counts(committed_db: str, ports: Ports) -> None:
    cast = await make_cast()
    draft = await make_draft(cast)
    await race(
        "application",
        draft.id,
        domain.add_upload(cast.hoa, draft.id, "trial_plan", "a.pdf", make_pdf("a")),
        domain.add_upload(cast.binh, draft.id, "trial_plan", "b.pdf", make_pdf("b")),
    )
    assert len(await domain.uploads_of(draft)) == 1
    assert len(await domain.uploads_of(draft, replaced=True)) == 2


async def test_removing_twice_is_removing_once(cast: Cast) -> None:
    draft = await make_draft(cast)
    upload = await domain.add_upload(cast.hoa, draft.id, "trial_plan", "a.pdf", make_pdf())
    removed = await domain.remove_upload(cast.binh, upload.id)
    assert removed.replaced_at is not None
    assert await domain.remove_upload(cast.hoa, upload.id) == removed
    assert await domain.uploads_of(draft) == []
    assert [one.tag for one in await domain.timeline_of(draft.id)] == [
        "application:started", "application:file_added", "application:file_removed"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("filename", "data", "words"),
    [
        ("setup.pdf", b"MZ\x90\x00" + b"\x00" * 60, "The content of this file is of no accepted type."),
        ("empty.pdf", b"", "The file is empty."),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "Only PDF, DOCX files are taken here."),
        ("report.docx", make_pdf(), "Name and content disagree"),
        ("locked.pdf", b"%PDF-1.7 broken", "The file is damaged"),
    ],
)
async def test_a_file_that_is_not_what_is_asked_for_is_refused_beside_its_slot(
    cast: Cast, filename: str, data: bytes, words: str
) -> None:
    draft = await make_draft(cast)
    with pytest.raises(Invalid) as refusal:
        await domain.add_upload(cast.hoa, draft.id, "trial_plan", filename, data)
    assert list(refusal.value.fields) == ["trial_plan"]
    assert refusal.value.fields["trial_plan"].en.startswith(words)
    assert await domain.uploads_of(draft) == []


async def test_a_file_above_the_limit_of_its_slot_is_refused_with_its_size(cast: Cast) -> None:
    draft = await make_draft(cast)
    with pytest.raises(TooLarge) as refusal:
        await domain.add_upload(cast.hoa, draft.id, "trial_plan", "big.pdf", b"%PDF-1.7" + b"0" * (30 << 20))
    assert refusal.value.fields["trial_plan"].vi.startswith("Tệp nặng 30,0 MB; tối đa 20 MB.")


async def test_an_infected_file_is_not_taken(cast: Cast, ports: Ports) -> None:
    class Alarmed:
        async def scan(self, data: bytes) -> Verdict:
            return Verdict(outcome=Outcome.INFECTED, signature="Test")

    draft = await make_draft(cast)
    with using(structs.replace(ports, scanner=Alarmed())), pytest.raises(Invalid) as refusal:
        await domain.add_upload(cast.hoa, draft.id, "trial_plan", "a.pdf", make_pdf())
    assert list(refusal.value.fields) == ["trial_plan"]
    assert await domain.uploads_of(draft) == []


async def test_an_unknown_slot_or_file_is_not_found(cast: Cast) -> None:
    draft = await make_draft(cast)
    with pytest.raises(NotFound):
        await domain.add_upload(cast.hoa, draft.id, "no_such_slot", "a.pdf", make_pdf())
    for attempt in (domain.remove_upload(cast.hoa, draft.id), domain.open_upload(cast.hoa, draft.id)):
        with pytest.raises(NotFound):
            await attempt


async def test_files_of_others_are_not_found(cast: Cast) -> None:
    draft = await make_draft(cast)
    upload = await domain.add_upload(cast.hoa, draft.id, "trial_plan", "a.pdf", make_pdf())
    for other in (cast.stranger, cast.officer, cast.admin):
        for attempt in (
            domain.add_upload(other, draft.id, "trial_plan", "b.pdf", make_pdf()),
            domain.remove_upload(other, upload.id),
            domain.open_upload(other, upload.id),
        ):
            with pytest.raises(NotFound):
                await attempt


async def test_files_of_a_case_stay_as_they_were_submitted(cast: Cast) -> None:
    case = await make_submitted(cast)
    (upload, *_) = await domain.uploads_of(case)
    with pytest.raises(NotEditable):
        await domain.remove_upload(cast.hoa, upload.id)
    with pytest.raises(NotEditable):
        await domain.add_upload(cast.hoa, case.id, "trial_plan", "b.pdf", make_pdf())
    assert (await domain.open_upload(cast.hoa, upload.id))[0] == upload


async def test_who_handles_a_case_finds_no_file_by_the_address_of_its_applicant(cast: Cast) -> None:
    """There are files that were never handed in; the case page knows which ones were."""
    case = await make_submitted(cast)
    (upload, *_) = await domain.uploads_of(case)
    with pytest.raises(NotFound):
        await domain.open_upload(cast.officer, upload.id)


def _pdf_with_script() -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.Root.OpenAction = action
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()
