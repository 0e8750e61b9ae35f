"""A sealed QR text: read without a network, with the agency's certificate alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.documents import offline
from backend.documents.offline import BadSeal
from backend.ports.demo_authority import DemoKeys
from backend.ports.pades import PadesSigner

CLAIMS = {"trial_number": "TN-2026-00003", "holder": "Công ty Sóng Biển", "ended_on": "2027-12-31"}
AGENCY = "Ủy ban nhân dân thành phố Hải Phòng"
ADDRESS = "https://example.vn/register/TN-2026-00003"


@pytest.fixture
async def sealed(keys: Path) -> tuple[str, bytes]:
    """The text of a QR code and the certificate of who sealed it."""
    signer = PadesSigner(DemoKeys(keys))
    seal = await signer.seal(offline.as_bytes(CLAIMS), AGENCY)
    assert seal == await signer.seal(offline.as_bytes(CLAIMS), AGENCY)
    text = offline.as_text(ADDRESS, CLAIMS, offline.raw_signature(seal))
    return text, await signer.certificate_of(AGENCY)


async def test_the_claims_are_read_with_the_certificate_alone(sealed: tuple[str, bytes]) -> None:
    text, certificate = sealed
    assert offline.read(text, certificate) == CLAIMS
    assert text.startswith(f"{ADDRESS}#")
    assert len(text) < 400


async def test_a_changed_claim_a_foreign_seal_and_nonsense_do_not_hold(
    sealed: tuple[str, bytes], keys: Path
) -> None:
    text, certificate = sealed
    other = await PadesSigner(DemoKeys(keys)).certificate_of("Cơ quan khác")
    forged = offline.as_text(ADDRESS, {**CLAIMS, "holder": "Công ty Khác"}, b"")[:-1]
    for bad in (f"{forged}.{text.rpartition('.')[2]}", text[:-3], ADDRESS, f"{ADDRESS}#x.y", ""):
        with pytest.raises(BadSeal):
            offline.read(bad, certificate)
    with pytest.raises(BadSeal):
        offline.read(text, other)
    with pytest.raises(BadSeal):
        offline.read(text, b"no certificate")


async def test_the_command_prints_what_was_sealed(
    sealed: tuple[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, certificate = sealed
    file = tmp_path / "agency.pem"
    file.write_bytes(certificate)
    assert offline.main([str(file), text]) == 0
    assert "holder: Công ty Sóng Biển" in capsys.readouterr().out
    assert offline.main([str(file), "x"]) == 1
    assert "does not hold" in capsys.readouterr().err
