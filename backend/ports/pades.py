"""PAdES B-LTA: first the person's signature, then the agency's (NĐ 30/2020, Điều 5 and 17).

Going live. `PadesSigner` works with any `Authority`. One for real certificates returns from `signer_for`
pyHanko's `SimpleSigner.load_pkcs12(...)` (a PKCS#12 file) or `PKCS11Signer(...)` (a token, a signing server),
from `time_stamper` an `HTTPTimeStamper`, from `trust_roots` the roots of the State, and sets `allow_fetching`
so that revocation is asked for where the certificates say. Keys stay with their owners; nothing else changes.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import replace

from backend.kit.clock import LOCAL
from backend.ports.signer import NO_SIGNATURE, Level, Signatory, SignatureReport, UnreadablePdf

if TYPE_CHECKING:
    from asn1crypto.crl import CertificateList
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import Signer as PyhankoSigner
    from pyhanko.sign.timestamps import TimeStamper

# it warns at every signature that revocation lists are not fetched: they are given
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)


class Authority(Protocol):
    """Where keys, time stamps and trust come from."""

    allow_fetching: bool

    def signer_for(self, name: str) -> PyhankoSigner: ...
    def time_stamper(self) -> TimeStamper: ...
    def seal(self, data: bytes, name: str) -> bytes: ...
    def certificate_of(self, name: str) -> bytes: ...
    def trust_roots(self) -> list[Certificate]: ...
    def revocation_lists(self) -> list[CertificateList]: ...


class PadesSigner:
    """pyHanko with an own stamp, because the default font has no Vietnamese letters."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    async def sign(self, pdf: bytes, signatories: Sequence[Signatory]) -> bytes:
        # in a thread of its own: signing is arithmetic and would hold up everybody else
        return await asyncio.to_thread(asyncio.run, self._sign(pdf, list(signatories)))

    async def verify(self, pdf: bytes) -> list[SignatureReport]:
        return await asyncio.to_thread(asyncio.run, self._verify(pdf))

    async def sign_data(self, data: bytes, name: str) -> bytes:
        return await asyncio.to_thread(asyncio.run, self._sign_data(data, name))

    async def verify_data(self, data: bytes, signature: bytes) -> SignatureReport:
        return await asyncio.to_thread(asyncio.run, self._verify_data(data, signature))

    async def seal(self, data: bytes, name: str) -> bytes:
        return await asyncio.to_thread(self._authority.seal, data, name)

    async def certificate_of(self, name: str) -> bytes:
        return await asyncio.to_thread(self._authority.certificate_of, name)

    async def _sign_data(self, data: bytes, name: str) -> bytes:
        signed = await self._authority.signer_for(name).async_sign_general_data(
            data, "sha256", detached=True, timestamper=self._authority.time_stamper()
        )
        return bytes(signed.dump())

    async def _verify_data(self, data: bytes, signature: bytes) -> SignatureReport:
        from asn1crypto.cms import ContentInfo
        from pyhanko.sign.validation import async_validate_detached_cms

        try:
            content = ContentInfo.load(signature)["content"]
            status = await async_validate_detached_cms(data, content, self._validation())
            signer = str(status.signing_cert.subject.native["common_name"])
        except Exception:  # bytes of strangers: whatever breaks, it does not hold
            return NO_SIGNATURE
        stamp = status.timestamp_validity
        proven_at = stamp.timestamp if stamp is not None and stamp.valid and stamp.trusted else None
        return SignatureReport(
            signer=signer,
            intact=bool(status.intact),
            valid=bool(status.valid),
            trusted=bool(status.trusted),
            at=proven_at or status.signer_reported_dt,
            level="B-T" if proven_at else "B-B",
        )

    async def _sign(self, pdf: bytes, signatories: list[Signatory]) -> bytes:
        for number, signatory in enumerate(signatories, start=1):
            pdf = await self._sign_one(pdf, signatory, number, is_last=number == len(signatories))
        return pdf

    async def _sign_one(self, pdf: bytes, signatory: Signatory, number: int, *, is_last: bool) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import PdfSignatureMetadata, PdfSigner
        from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter

        name, place = f"Signature{number}", signatory.place
        meta = PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            location="Hải Phòng",
            validation_context=self._validation(),
            embed_validation_info=True,
            # the archive time stamp comes once, over everything, after the last signature
            use_pades_lta=is_last,
        )
        spec = SigFieldSpec(name)
        if place is not None:
            box = (round(place.left), round(place.bottom), round(place.right), round(place.top))
            spec = SigFieldSpec(name, on_page=place.page, box=box)
        signing = PdfSigner(
            meta,
            self._authority.signer_for(signatory.name),
            timestamper=self._authority.time_stamper(),
            stamp_style=_stamp(),
            new_field_spec=spec,
        )
        output = io.BytesIO()
        await signing.async_sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            output=output,
            appearance_text_params={"signed_at": f"{datetime.now(LOCAL):%d/%m/%Y %H:%M:%S %z}"},
        )
        return output.getvalue()

    async def _verify(self, pdf: bytes) -> list[SignatureReport]:
        from pyhanko.pdf_utils.reader import PdfFileReader

        try:
            reader = PdfFileReader(io.BytesIO(pdf))
            signatures = list(reader.embedded_regular_signatures)
        except Exception as broken:  # bytes of strangers: whatever they make the reader stumble over
            raise UnreadablePdf from broken
        stamped_up_to = await self._archive_stamp_covers(reader)
        return [await self._report(signature, stamped_up_to) for signature in signatures]

    async def _report(self, signature: Any, stamped_up_to: int) -> SignatureReport:
        from pyhanko.sign.validation import async_validate_pdf_signature

        signer = _signer_of(signature)
        try:
            status = await async_validate_pdf_signature(signature, self._validation())
        except Exception:  # a forged file may break the reader anywhere, and is then not intact
            return replace(NO_SIGNATURE, signer=signer)
        stamp = status.timestamp_validity
        proven_at = stamp.timestamp if stamp is not None and stamp.valid and stamp.trusted else None
        level = _level(signature, proven=proven_at is not None, stamped_up_to=stamped_up_to)
        return SignatureReport(
            signer=signer,
            intact=bool(status.intact and status.docmdp_ok),
            valid=bool(status.valid),
            trusted=bool(status.trusted) or (level == "B-LTA" and await self._was_trusted(signature)),
            at=proven_at or status.signer_reported_dt,
            level=level,
        )

    async def _was_trusted(self, signature: Any) -> bool:
        """Whether the archive time stamp proves that the signature is older than the end of its certificate.

        Source: ETSI EN 319 102-1, 5.6.3. A decision stays good when the one who signed it leaves office.
        """
        from pyhanko.sign.ades.report import AdESPassed
        from pyhanko.sign.validation.ades import ades_lta_validation

        result = await ades_lta_validation(signature, self._lasting())
        return bool(result.ades_subindic == AdESPassed.OK)

    def _validation(self) -> Any:
        """The rules for this moment: a known root, and proof that nothing is revoked."""
        from pyhanko_certvalidator import ValidationContext

        return ValidationContext(
            trust_roots=self._authority.trust_roots(),
            crls=self._authority.revocation_lists(),
            allow_fetching=self._authority.allow_fetching,
            revocation_mode="require",
        )

    def _lasting(self) -> Any:
        """The same rules for a moment in the past that a time stamp proves."""
        from pyhanko.sign.validation import policy_decl
        from pyhanko_certvalidator.context import CertValidationPolicySpec
        from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
        from pyhanko_certvalidator.registry import SimpleTrustManager
        from pyhanko_certvalidator.revinfo.archival import CRLContainer

        known = [CRLContainer(crl_data=revoked) for revoked in self._authority.revocation_lists()]
        return policy_decl.PdfSignatureValidationSpec(
            policy_decl.SignatureValidationSpec(
                cert_validation_policy=CertValidationPolicySpec(
                    trust_manager=SimpleTrustManager.build(self._authority.trust_roots()),
                    revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
                ),
                local_knowledge=policy_decl.LocalKnowledge(known_crls=known),
            )
        )

    async def _archive_stamp_covers(self, reader: Any) -> int:
        """The last revision that a sound document time stamp covers; -1 when there is none."""
        from pyhanko.sign.validation import async_validate_pdf_timestamp

        for stamp in reversed(list(reader.embedded_timestamp_signatures)):
            try:
                status = await async_validate_pdf_timestamp(stamp, self._validation())
            except Exception:  # noqa: S112 - a stamp nobody can read proves nothing
                continue
            if status.intact and status.valid and status.trusted:
                return int(stamp.signed_revision)
        return -1


def _signer_of(signature: Any) -> str:
    """The common name in the certificate, or nothing when not even that can be read."""
    try:
        return str(signature.signer_cert.subject.native["common_name"])
    except Exception:  # bytes of strangers again
        return ""


def _level(signature: Any, *, proven: bool, stamped_up_to: int) -> Level:
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError

    if not proven:
        return "B-B"
    try:
        store = DocumentSecurityStore.read_dss(signature.reader)
    except NoDSSFoundError:
        return "B-T"
    if not (store.crls or store.ocsps):
        return "B-T"
    return "B-LTA" if stamped_up_to > signature.signed_revision else "B-LT"


def _stamp() -> Any:
    import fontpkg_be_vietnam_pro
    from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
    from pyhanko.pdf_utils.text import TextBoxStyle
    from pyhanko.stamp import TextStampStyle

    font = Path(fontpkg_be_vietnam_pro.ROOT) / "files" / "BeVietnamPro-Regular.ttf"
    return TextStampStyle(
        background=None,
        border_width=0,
        stamp_text="Ký bởi: %(signer)s\nThời gian ký: %(signed_at)s",
        text_box_style=TextBoxStyle(font=GlyphAccumulatorFactory(str(font)), font_size=8, leading=11),
    )
