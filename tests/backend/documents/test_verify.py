"""Whoever holds a code or a file learns whether it is genuine; one changed byte is found out."""

import io

import pikepdf
import pytest

from backend.documents import domain
from backend.documents.domain import NotIssuedYet
from backend.documents.schemas import Outcome
from backend.kit.db import Engine
from backend.kit.errors import NotFound
from backend.ports.pdf import WeasyPdf
from backend.ports.signer import Signatory
from backend.ports.wiring import Ports
from tests.backend.documents.conftest import SIGNER, issue, request

AGENCY = "Ủy ban nhân dân thành phố Hải Phòng"


async def test_the_issued_file_is_genuine_with_both_signatures(db: Engine, real_ports: Ports):
    issued = await issue("decision")
    answer = await domain.verify_file(await domain.open_document(issued.id))
    assert (answer.outcome, answer.document) == (Outcome.ISSUED, issued)
    assert [(one.signer, one.level, one.holds) for one in answer.signatures] == [
        (f"DEMO {SIGNER}", "B-LTA", True),
        (f"DEMO {AGENCY}", "B-LTA", True),
    ]


async def test_one_changed_byte_is_found_out_and_the_document_it_claims_to_be_is_named(
    db: Engine, real_ports: Ports
):
    issued = await issue("decision")
    data = await domain.open_document(issued.id)
    at = data.index(b"stream", len(data) // 50) + 60
    forged = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    answer = await domain.verify_file(forged)
    assert (answer.outcome, answer.document) == (Outcome.CHANGED, issued)
    assert [one.intact for one in answer.signatures] == [False, False]


async def test_no_changed_byte_anywhere_passes_for_genuine_or_breaks_the_check(db: Engine, real_ports: Ports):
    data = await domain.open_document((await issue("receipt")).id)
    outcomes = set()
    for at in range(7, len(data), len(data) // 40):
        forged = data[:at] + bytes([data[at] ^ 0x15]) + data[at + 1 :]
        outcomes.add((await domain.verify_file(forged)).outcome)
    assert outcomes <= {Outcome.CHANGED, Outcome.UNREADABLE}
    assert Outcome.CHANGED in outcomes


async def test_a_document_saved_anew_without_its_signatures_is_changed(db: Engine, real_ports: Ports):
    issued = await issue("receipt")
    with pikepdf.open(io.BytesIO(await domain.open_document(issued.id))) as pdf:
        del pdf.Root.AcroForm
        out = io.BytesIO()
        pdf.save(out)
    answer = await domain.verify_file(out.getvalue())
    assert (answer.outcome, answer.document, answer.signatures) == (Outcome.CHANGED, issued, ())


async def test_a_foreign_pdf_is_not_ours_signed_or_not(db: Engine, real_ports: Ports):
    page = '<html lang="vi"><title>x</title><p>x</p></html>'
    plain = (await WeasyPdf().render(page, "", at=(await request()).requested_at)).pdf
    signed = await real_ports.signer.sign(plain, [Signatory(name="Người lạ")])
    unsigned, with_signature = [await domain.verify_file(data) for data in (plain, signed)]
    assert (unsigned.outcome, unsigned.document, unsigned.signatures) == (Outcome.NOT_OURS, None, ())
    assert (with_signature.outcome, with_signature.document) == (Outcome.NOT_OURS, None)
    assert [one.signer for one in with_signature.signatures] == ["DEMO Người lạ"]


async def test_what_is_no_pdf_cannot_be_checked(db: Engine, real_ports: Ports):
    assert (await domain.verify_file(b"MZ\x90")).outcome == Outcome.UNREADABLE


async def test_a_file_pikepdf_cannot_open_claims_nothing(db: Engine, quick_ports: Ports):
    assert (await domain.verify_file(b"%PDF-1.7 broken")).outcome == Outcome.NOT_OURS


async def test_a_recalled_document_says_so(db: Engine, quick_ports: Ports):
    issued = await issue()
    await domain.recall_document(issued.id, actor=issued.subject, reason="x")
    by_file = await domain.verify_file(await domain.open_document(issued.id))
    by_code = await domain.verify_code(issued.code)
    assert by_file == by_code
    assert by_file.outcome == Outcome.RECALLED


async def test_a_code_may_be_typed_with_dashes_spaces_or_small_letters(db: Engine, quick_ports: Ports):
    issued = await issue()
    for typed in (issued.code, issued.printed_code, f" {issued.printed_code.lower().replace('-', ' ')} "):
        assert await domain.find_by_code(typed) == issued


@pytest.mark.parametrize("code", ["", "ABCD", "ABCD-EFGH-JKMN", "ẮẮẮẮẮẮẮẮẮẮẮẮ", "%" * 12])
async def test_an_unknown_code_is_not_found(db: Engine, quick_ports: Ports, code: str):
    await issue()
    with pytest.raises(NotFound):
        await domain.verify_code(code)


async def test_a_code_of_a_document_being_made_says_so(db: Engine, quick_ports: Ports):
    with pytest.raises(NotIssuedYet):
        await domain.verify_code((await request()).code)
