"""How the documents are made: every kind in both languages, complete, on paper as the decree wants it."""

import io
import re
from typing import Any

import pikepdf
import pypdfium2
import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from backend.documents.kinds import KINDS, complete_context, get_kind, list_kinds
from backend.documents.rendering import _sandbox, long_day, read_css, render_html, say
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.templates import speaking
from backend.kit.text import Lang, Text
from backend.ports.pdf import Rendered, WeasyPdf
from tests.backend.documents.conftest import SIGNER
from tests.backend.documents.contexts import CONTEXTS, DECISION, RECEIPT

CODE = "7KQM-W3XA-PDTR"


def printed(kind: str, context: dict[str, Any], *, demo: bool = True) -> dict[str, Any]:
    known = get_kind(kind)
    hands = [{"hand": "person", "name": SIGNER}] if "person" in known.signed else []
    frozen = {
        "number": f"12/{known.symbol}",
        "code": CODE,
        "verify_url": "https://example.vn/verify/7KQMW3XAPDTR",
        "dated_on": "2026-11-23",
        "demo": demo,
        "signers": [*hands, {"hand": "agency", "name": known.agency.signs_as}],
        "kind_title": known.title,
        "agency": known.agency,
    }
    return complete_context(kind, audit.as_json(context)) | {"document": audit.as_json(frozen)}


async def render(kind: str, context: dict[str, Any], lang: Lang = "vi", *, demo: bool = True) -> Rendered:
    html = render_html(kind, lang, printed(kind, context, demo=demo))
    return await WeasyPdf().render(html, read_css(kind), at=now())


def pages_of(rendered: Rendered) -> list[str]:
    """The text of each page, with single spaces."""
    pdf = pypdfium2.PdfDocument(rendered.pdf)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]


def test_there_is_an_example_of_every_kind():
    assert (
        sorted(CONTEXTS)
        == list_kinds()
        == [
            "apology",
            "certificate",
            "control_slip",
            "decision",
            "log_book",
            "minutes",
            "opinion_request",
            "receipt",
            "refusal_to_receive",
            "stop_notice",
            "supplement_request",
        ]
    )


@pytest.mark.parametrize("kind", sorted(CONTEXTS))
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_every_kind_renders_with_all_values_and_with_the_needed_ones_alone(kind: str, lang: Lang):
    needed = {key: CONTEXTS[kind][key] for key in get_kind(kind).context}
    for context in (CONTEXTS[kind], needed):
        text = " ".join(pages_of(await render(kind, context, lang)))
        assert CODE in text
        assert f"12/{get_kind(kind).symbol}" in text
        assert not re.search(r"\b(None|Undefined)\b|[{}]", text)


@pytest.mark.parametrize("kind", sorted(CONTEXTS))
async def test_every_kind_rendered_again_gives_the_same_bytes(kind: str):
    context, at = printed(kind, CONTEXTS[kind]), now()
    first, second = [
        await WeasyPdf().render(render_html(kind, "vi", context), read_css(kind), at=at) for _ in range(2)
    ]
    assert first == second


@pytest.mark.parametrize("kind", sorted(CONTEXTS))
def test_a_template_uses_every_value_its_metadata_names(kind: str):
    source = (KINDS / kind / "document.html").read_text("utf-8")
    named = get_kind(kind).context.keys() | get_kind(kind).optional.keys()
    assert {name for name in named if not re.search(rf"\b{name}\b", source)} == set()


async def test_a_decision_is_laid_out_in_the_order_of_the_decree():
    first, *others = pages_of(await render("decision", DECISION))
    order = [
        "VÍ DỤ / MẪU",
        "THÀNH PHỐ HẢI PHÒNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 12/QĐ-UBND",
        "Hải Phòng, ngày 23 tháng 11 năm 2026",
        "QUYẾT ĐỊNH Về việc cho phép",
        "CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ HẢI PHÒNG",
        "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15;",
        "Theo đề nghị của Giám đốc Sở Khoa học và Công nghệ tại hồ sơ số HS-2026-00012.",
        "QUYẾT ĐỊNH: Điều 1.",
        "Điều 2. Giới hạn của thử nghiệm",
        "Điều 3. Điều kiện kèm theo",
        "Điều 4. Nội dung miễn, giảm áp dụng",
        "Điều 5. Trách nhiệm trong thời gian thử nghiệm",
        "Điều 6. Hiệu lực và tổ chức thực hiện",
        "Nơi nhận: - Như Điều 6;",
        "Lưu: VT, KHCN.",
        "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
    ]
    # the sample line, number of page and footer are drawn before or after the text: only the body is in order
    body = " ".join([first, *others])
    found = [body.find(part) for part in order]
    assert -1 not in found
    assert found[1:16] == sorted(found[1:16])
    assert SIGNER not in first


async def test_without_a_proposal_the_last_basis_ends_the_list():
    short = {key: DECISION[key] for key in get_kind("decision").context}
    text = " ".join(pages_of(await render("decision", short)))
    assert "của Ủy ban nhân dân thành phố Hải Phòng. QUYẾT ĐỊNH:" in text
    assert "Điều 2. Hiệu lực và tổ chức thực hiện" in text


@pytest.mark.parametrize("paragraphs", [0, 5, 10, 15, 20])
async def test_the_signature_never_stands_alone_on_a_page(paragraphs: int):
    long = DECISION | {
        "duties": ["Báo cáo kết quả thử nghiệm định kỳ theo phương án. " * 2] * (paragraphs + 1)
    }
    rendered = await render("decision", long)
    with_name = [page for page in pages_of(rendered) if "Trần Thị Ngọc Ánh" in page]
    assert len(with_name) == 1
    assert "chịu trách nhiệm thi hành Quyết định này." in with_name[0]
    assert rendered.places["sign-person"].page == rendered.places["sign-agency"].page
    assert rendered.places["sign-person"].page == len(pages_of(rendered)) - 1


async def test_an_apology_with_a_day_set_by_hand_says_why_and_what_it_replaces_instead_of_to_confirm():
    by_hand = {"reason": "Chờ ý kiến Cảng vụ.", "replaces": {"number": "01/PXL", "dated_on": "2026-12-15"}}
    reckoned, promised = [
        " ".join(pages_of(await render("apology", CONTEXTS["apology"] | more))) for more in ({}, by_hand)
    ]
    assert "Ngày hẹn lại: 20/01/2027. Cơ quan hẹn ngày này vì: Chờ ý kiến Cảng vụ. Quý tổ chức" in promised
    assert "Phiếu này thay thế Phiếu số 01/PXL ngày 15/12/2026." in promised
    assert "Ngày hẹn lại: 20/01/2027. Ngày này được tính từ thời hạn của các bước còn lại" in reckoned
    assert "thay thế" not in reckoned


async def test_an_ordinary_receipt_fits_one_page_and_a_long_one_keeps_its_signature_with_text():
    assert len(pages_of(await render("receipt", RECEIPT))) == 1
    rendered = await render("receipt", RECEIPT | {"documents": [f"Tài liệu số {n}" for n in range(1, 60)]})
    last = pages_of(rendered)[-1]
    assert rendered.places["sign-agency"].page == len(pages_of(rendered)) - 1
    assert "Liên hệ:" in last


async def test_the_sheet_is_a4_and_pages_are_numbered_from_the_second():
    rendered = await render("decision", DECISION | {"duties": ["Báo cáo. " * 30] * 20})
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        assert {tuple(round(float(edge)) for edge in page.mediabox) for page in pdf.pages} == {
            (0, 0, 595, 842)
        }
    pages = pages_of(rendered)
    head = [re.search(r"không có giá trị pháp lý (\d+) ", page) for page in pages]
    assert [match and match[1] for match in head] == [None, *(str(n) for n in range(2, len(pages) + 1))]


async def test_outside_a_demonstration_nothing_says_specimen():
    assert "VÍ DỤ" not in " ".join(pages_of(await render("receipt", RECEIPT, demo=False)))


async def test_a_value_of_law_nobody_read_says_to_confirm_and_a_read_one_does_not():
    clock = RECEIPT["clock"]
    confirmed = RECEIPT | {"clock": clock | {"source": clock["source"] | {"confirmed": True, "note": None}}}
    marked, plain = [" ".join(pages_of(await render("receipt", one))) for one in (RECEIPT, confirmed)]
    assert "cần xác nhận với văn bản chính thức" in marked
    assert "cần xác nhận" not in plain


async def test_markup_in_a_value_is_printed_as_text():
    text = " ".join(pages_of(await render("receipt", RECEIPT | {"applicant": "<b>A</b> & <img src=x>"})))
    assert "<b>A</b> & <img src=x>" in text


def test_a_value_nobody_gave_stops_the_rendering():
    context = printed("receipt", RECEIPT)
    del context["case_number"]
    with pytest.raises(UndefinedError):
        render_html("receipt", "vi", context)


def test_a_template_cannot_reach_into_python():
    with pytest.raises(SecurityError):
        _sandbox().from_string("{{ x.__class__.__mro__ }}").render(x=1)


def test_a_text_is_said_in_the_language_and_numbers_stay_on_one_line():
    with speaking("en"):
        assert say({"vi": "một", "en": "one"}) == "one"
    assert say("theo 93/2025/QH15 <b>") == 'theo <span class="unbroken">93/2025/QH15</span> &lt;b&gt;'


def test_days_and_first_two_months_have_a_zero_as_the_decree_wants():
    assert [long_day(day) for day in ("2026-11-23", "2026-02-03", "2026-03-10")] == [
        "ngày 23 tháng 11 năm 2026",
        "ngày 03 tháng 02 năm 2026",
        "ngày 10 tháng 3 năm 2026",
    ]
    with speaking("en"):
        assert long_day("2026-02-03") == "3 February 2026"


def test_every_kind_says_itself_in_both_languages():
    assert [get_kind(kind).title for kind in ("receipt", "decision")] == [
        Text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Receipt of the application and appointment"),
        Text("Quyết định", "Decision"),
    ]
