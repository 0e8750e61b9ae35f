"""The signed document: what it says, and that both signatures hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pypdfium2
import pytest

from backend.applications import domain as applications
from backend.decisions import domain
from backend.decisions.letter import letter
from backend.decisions.schemas import Condition
from backend.documents import domain as documents
from backend.documents.schemas import Outcome
from backend.kit.clock import Frozen
from backend.kit.db import Engine
from backend.kit.outbox import work_until_empty
from backend.kit.text import Text
from backend.ports.demo_authority import DemoKeys
from backend.ports.files import local_files
from backend.ports.pades import PadesSigner
from backend.ports.pdf import WeasyPdf
from backend.ports.wiring import Ports, null_ports, using
from sandbox_rules import Text as RuleText
from tests.factories.applications import Cast, make_cast
from tests.factories.decisions import A_REFUSAL, a_grant, make_appraised, make_proposed


@pytest.fixture
def real_ports(tmp_path: Path) -> Iterator[Ports]:
    """Real rendering, real signatures, real files."""
    signer, files = PadesSigner(DemoKeys(tmp_path / "keys")), local_files(tmp_path / "files")
    real = msgspec.structs.replace(null_ports(), pdf=WeasyPdf(), signer=signer, files=files)
    with using(real):
        yield real


def words_of(data: bytes) -> str:
    """All text of a PDF on one line."""
    with pypdfium2.PdfDocument(data) as pdf:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


async def test_the_signed_grant_says_all_it_must_and_both_signatures_hold(
    db: Engine, real_ports: Ports, frozen_clock: Frozen
) -> None:
    cast = await make_cast()
    case, _ = await make_proposed(cast)
    signed = await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    assert signed.document_id is not None
    data = await documents.open_document(signed.document_id)
    words = words_of(data)
    for said in (
        "01/QĐ-UBND",
        "ngày 23 tháng 11 năm 2026",
        "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH",
        "Căn cứ Luật Khoa học, Công nghệ và Đổi mới sáng tạo 93/2025/QH15;",
        "Căn cứ Quyết định 248/2025/QĐ-UBND ngày 26/12/2025",
        f"hồ sơ số {case.number}",
        "Địa điểm thử nghiệm: Cầu bến số 3, đặc khu Cát Hải.",
        "từ ngày 01/03/2027 đến hết ngày 31/08/2027.",
        "Số người tham gia 40 người",
        "1,5 km²",
        "chậm nhất 72 giờ",
        "không thấp hơn 2.000.000.000 đồng",
        "Quy định về người lái, khoản 2 Điều 5: không áp dụng trong bến",
        "Vũ Lãnh Đạo",
        *(f"Điều {article}." for article in range(1, 6)),
    ):
        assert said in words
    assert "Điều 6." not in words
    assert "phần nội dung" not in words
    checked = await documents.verify_file(data)
    assert checked.outcome == Outcome.ISSUED
    assert [(one.signer, one.intact) for one in checked.signatures] == [
        ("DEMO Vũ Lãnh Đạo", True),
        ("DEMO Ủy ban nhân dân thành phố Hải Phòng", True),
    ]


async def test_the_signed_refusal_says_why(db: Engine, real_ports: Ports, frozen_clock: Frozen) -> None:
    cast = await make_cast()
    case, _ = await make_proposed(cast, A_REFUSAL)
    signed = await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    assert signed.document_id is not None
    words = words_of(await documents.open_document(signed.document_id))
    assert "Không cho phép Công ty Cảng Số Hải Phòng" in words
    assert "1. Không đạt điều kiện an toàn." in words
    assert "Giới hạn của thử nghiệm" not in words
    assert (
        "Nếu không đồng ý, Công ty Cảng Số Hải Phòng có quyền khiếu nại đến Ủy ban nhân dân thành phố Hải "
        "Phòng, cơ quan ban hành Quyết định, trong thời hạn 90 ngày kể từ ngày nhận được Quyết định này, "
        "theo Luật Khiếu nại 02/2011/QH13 (nơi nhận và thời hạn cần xác nhận với văn bản chính thức)."
    ) in words


async def test_where_to_complain_is_printed_where_the_rules_say_so_and_marked_until_somebody_read_it(
    cast: Cast,
) -> None:
    case = await make_appraised(cast)
    programme = applications.rules_of(case)
    marked = letter(programme, case, A_REFUSAL, [])["effect"][1]
    assert marked.en == (
        "If it disagrees, Công ty Cảng Số Hải Phòng may complain to the People's Committee of Hải Phòng, "
        "which issued the Decision, within 90 days of receiving this Decision, under the Law on Complaints "
        "02/2011/QH13 (address and time limit to confirm against the official text)."
    )
    source = msgspec.structs.replace(programme.sources["complaints"], checked_on=date(2026, 11, 23))
    read = msgspec.structs.replace(programme, sources={**programme.sources, "complaints": source})
    assert letter(read, case, A_REFUSAL, [])["effect"][1].en == marked.en.partition(" (address")[0] + "."
    assert len(letter(programme, case, a_grant(case), [])["effect"]) == 2


async def test_legal_bases_stand_once_each_the_higher_before_the_lower(cast: Cast) -> None:
    case = await make_appraised(cast)
    programme = applications.rules_of(case)
    grant, consent = a_grant(case), programme.conditions["consent"]
    nothing = Text("", "")
    chosen = [Condition(key="consent", text=nothing, reason=nothing, parameters={}, source=consent.source)]
    assert [one.vi for one in letter(programme, case, grant, chosen)["bases"]] == [
        "Luật Khoa học, Công nghệ và Đổi mới sáng tạo 93/2025/QH15",
        "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15",
        "Quyết định 248/2025/QĐ-UBND ngày 26/12/2025 của UBND thành phố Hải Phòng",
    ]
    odd = msgspec.structs.replace(programme.sources["law_93"], title=RuleText("Hiến chương", "Charter"))
    changed = msgspec.structs.replace(programme, sources={**programme.sources, "law_93": odd})
    assert letter(changed, case, grant, chosen)["bases"][-1].vi == "Hiến chương"


async def test_a_case_without_a_place_says_none(cast: Cast) -> None:
    case = await make_appraised(cast)
    nowhere = msgspec.structs.replace(case, answers={})
    grant = a_grant(case)
    operative = letter(applications.rules_of(case), nowhere, grant, [])["operative"]
    assert len(operative) == 2
    assert "Địa điểm" not in str(operative)
