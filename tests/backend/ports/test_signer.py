"""Signatures are real: a changed byte, an unknown authority or a revoked certificate is found out."""

import asyncio
import io
import re
import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError

from backend.ports.demo_authority import DemoAuthority, DemoKeys
from backend.ports.pades import PadesSigner
from backend.ports.pdf import WeasyPdf
from backend.ports.signer import NullSigner, Signatory, UnreadablePdf

PERSON, AGENCY = "Nguyễn Thị Hường", "Ủy ban nhân dân thành phố Hải Phòng"
HTML = "<html lang=vi><title>Quyết định</title><p>Điều 1.</p><div id=sign-person></div></html>"
CSS = "@page{size:A4} #sign-person{height:14mm;width:70mm}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / "demo-authority"


@pytest.fixture(scope="module")
async def signed(folder: Path) -> bytes:
    rendered = await WeasyPdf().render(HTML, CSS, at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    people = [Signatory(name=PERSON, place=rendered.places["sign-person"]), Signatory(name=AGENCY)]
    return await PadesSigner(DemoKeys(folder)).sign(rendered.pdf, people)


async def test_the_person_signs_first_and_then_the_agency(folder: Path, signed: bytes):
    reports = await PadesSigner(DemoKeys(folder)).verify(signed)
    assert [report.signer for report in reports] == [f"DEMO {PERSON}", f"DEMO {AGENCY}"]
    assert [report.holds for report in reports] == [True, True]
    assert [report.level for report in reports] == ["B-LTA", "B-LTA"]
    for report in reports:
        assert report.at is not None
        assert abs(report.at - datetime.now(UTC)) < timedelta(minutes=5)


async def test_the_visible_stamp_keeps_the_vietnamese_name(signed: bytes):
    pdf = pypdfium2.PdfDocument(signed)
    pdf.init_forms()
    pdf[0].flatten()
    lines = pdf[0].get_textpage().get_text_range().split("\r\n")
    assert [line for line in lines if line.startswith("Ký bởi")] == [f"Ký bởi: DEMO {PERSON}"]


async def test_a_changed_byte_is_found_out(folder: Path, signed: bytes):
    at = signed.index(b"stream", len(signed) // 100) + 40
    forged = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    reports = await PadesSigner(DemoKeys(folder)).verify(forged)
    assert [(report.intact, report.holds) for report in reports] == [(False, False), (False, False)]


async def test_something_added_after_the_signatures_is_found_out(folder: Path, signed: bytes):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Added"] = generic.pdf_string("x")
    writer.update_root()
    added = io.BytesIO()
    writer.write(added)
    reports = await PadesSigner(DemoKeys(folder)).verify(added.getvalue())
    assert [report.intact for report in reports] == [False, False]


async def test_another_authority_is_not_trusted(tmp_path: Path, signed: bytes):
    reports = await PadesSigner(DemoKeys(tmp_path)).verify(signed)
    assert [(report.intact, report.trusted) for report in reports] == [(True, False), (True, False)]


async def test_a_revoked_certificate_signs_no_more_but_what_it_signed_before_still_holds(tmp_path: Path):
    rendered = await WeasyPdf().render(HTML, CSS, at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    signer = PadesSigner(DemoKeys(tmp_path))
    before = await signer.sign(rendered.pdf, [Signatory(name=PERSON), Signatory(name=AGENCY)])
    await asyncio.sleep(1.1)  # revocation is told to the second
    DemoAuthority(tmp_path).revoke(PERSON)
    assert [report.holds for report in await signer.verify(before)] == [True, True]
    with pytest.raises(SigningError, match="could not be validated"):
        await signer.sign(rendered.pdf, [Signatory(name=PERSON)])


async def test_a_certificate_revoked_before_the_signature_is_not_trusted(tmp_path: Path):
    rendered = await WeasyPdf().render(HTML, CSS, at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    authority = DemoAuthority(tmp_path)
    signed = await PadesSigner(DemoKeys(tmp_path)).sign(rendered.pdf, [Signatory(name=PERSON)])
    serial = authority.identity(PERSON).certificate.serial_number
    (tmp_path / "revoked").write_text(f"{serial} {datetime.now(UTC) - timedelta(minutes=30)}\n")
    assert [report.trusted for report in await PadesSigner(DemoKeys(tmp_path)).verify(signed)] == [False]


@pytest.mark.parametrize(("with_stamp", "level"), [(False, "B-B"), (True, "B-T")])
async def test_a_signature_without_archive_data_is_told_as_what_it_is(
    folder: Path, with_stamp: bool, level: str
):
    rendered = await WeasyPdf().render(HTML, CSS, at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    keys = DemoKeys(folder)
    meta = PdfSignatureMetadata(field_name="S", subfilter=SigSeedSubFilter.PADES)
    stamper = keys.time_stamper() if with_stamp else None
    writer = IncrementalPdfFileWriter(io.BytesIO(rendered.pdf))
    out = await PdfSigner(meta, keys.signer_for(PERSON), timestamper=stamper).async_sign_pdf(writer)
    [report] = await PadesSigner(keys).verify(out.getvalue())
    assert (report.level, report.holds) == (level, True)


@pytest.mark.parametrize("data", [b"", b"not a PDF", b"%PDF-1.7\nbroken"])
async def test_a_file_that_is_no_pdf_is_refused(folder: Path, data: bytes):
    with pytest.raises(UnreadablePdf):
        await PadesSigner(DemoKeys(folder)).verify(data)


async def test_an_unsigned_pdf_has_no_signatures(folder: Path):
    rendered = await WeasyPdf().render(HTML, CSS, at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    assert await PadesSigner(DemoKeys(folder)).verify(rendered.pdf) == []


def test_keys_are_made_once_named_demo_and_kept_private(folder: Path, signed: bytes):
    authority = DemoAuthority(folder)
    assert authority.identity(PERSON).to_pem() == authority.identity(PERSON).to_pem()
    assert authority.identity(PERSON).to_pem() != authority.identity(AGENCY).to_pem()
    for identity in (authority.root(), authority.time_stamping(), authority.identity(PERSON)):
        common_name = identity.certificate.subject.rfc4514_string().split(",")[0]
        assert common_name.startswith("CN=DEMO ")
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig of poppler-utils is not installed")
def test_an_independent_program_confirms_both_signatures(tmp_path: Path, signed: bytes):
    (tmp_path / "signed.pdf").write_bytes(signed)
    told = subprocess.run(
        ["pdfsig", "-nocert", "signed.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    ).stdout
    assert re.findall(r"Signature Validation: (.*)", told)[:2] == ["Signature is Valid."] * 2
    assert re.findall(r"Signer Certificate Common Name: (.*)", told)[:2] == [
        f"DEMO {PERSON}",
        f"DEMO {AGENCY}",
    ]


async def test_the_null_signer_leaves_the_document_alone():
    assert await NullSigner().sign(b"x", [Signatory(name=PERSON)]) == b"x"
    assert await NullSigner().verify(b"x") == []
