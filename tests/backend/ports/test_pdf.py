"""The same document gives the same bytes; a template cannot look outside."""

import asyncio
import io
import os
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from backend.ports.pdf import ForeignAddress, NullPdf, Place, WeasyPdf

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CSS = "@page{size:A4} body{font:13pt 'Noto Serif'} #sign-person{height:20mm;width:50mm}"
LETTERS = "ẮẰẲẴẶ ắằẳẵặ ẤẦẨẪẬ ấầẩẫậ ẾỀỂỄỆ ếềểễệ ỐỒỔỖỘ ốồổỗộ ỚỜỞỠỢ ớờởỡợ ỨỪỬỮỰ ứừửữự ỲÝỶỸỴ ỳýỷỹỵ Đđ"
HTML = f"""<!doctype html><html lang="vi"><head><title>Quyết định</title></head>
<body><p>{LETTERS}</p><div id="sign-person"></div></body></html>"""


async def test_rendering_again_later_gives_the_same_bytes():
    first = await WeasyPdf().render(HTML, CSS, at=AT)
    await asyncio.sleep(1.1)
    second = await WeasyPdf().render(HTML, CSS, at=AT)
    assert first == second
    assert "SOURCE_DATE_EPOCH" not in os.environ


async def test_rendering_leaves_the_epoch_of_the_process_as_it_was(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    await WeasyPdf().render(HTML, CSS, at=AT)
    assert os.environ["SOURCE_DATE_EPOCH"] == "1"


async def test_the_document_is_tagged_archival_and_keeps_every_vietnamese_letter():
    rendered = await WeasyPdf().render(HTML, CSS, at=AT)
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        assert str(pdf.Root.Lang) == "vi"
        assert bool(pdf.Root.MarkInfo.Marked) is True
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
        fonts = {str(font.BaseFont).partition("+")[2] for font in pdf.pages[0].Resources.Font.values()}
    assert fonts == {"Noto-Serif"}
    text = pypdfium2.PdfDocument(rendered.pdf)[0].get_textpage().get_text_range()
    assert text.split() == LETTERS.split()


async def test_bold_letters_have_the_widths_of_bold_letters():
    async def width(css: str) -> float:
        html = "<p><span id=sign-x>CÔNG NGHỆ nhân dân</span></p>"
        rendered = await WeasyPdf().render(html, f"p{{font:20pt 'Noto Serif'}} {css}", at=AT)
        return rendered.places["sign-x"].right - rendered.places["sign-x"].left

    regular, *bold = [
        await width(css)
        for css in (
            "",
            "span{font-weight:bold}",
            "span{font: bold 20pt 'Noto Serif';}",
            "span{font-weight: 700}",
        )
    ]
    assert bold[0] > regular * 1.03
    assert bold == [bold[0]] * 3
    assert await width("p{font-weight:bold} span{font-weight:normal}") == regular


async def test_the_places_for_signatures_are_told_in_points():
    place = (await WeasyPdf().render(HTML, CSS, at=AT)).places["sign-person"]
    assert place.page == 0
    assert round(place.right - place.left) == round(50 / 25.4 * 72)
    assert round(place.top - place.bottom) == round(20 / 25.4 * 72)
    assert 0 < place.bottom < place.top < 842


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/x.png", "https://example.vn/x.png", "file:///etc/hostname", "ftp://example.vn/x"],
)
async def test_a_foreign_address_stops_the_document(address: str):
    with pytest.raises(ForeignAddress, match="foreign address"):
        await WeasyPdf().render(f'<img alt="x" src="{address}">', CSS, at=AT)


async def test_a_foreign_style_sheet_stops_the_document():
    with pytest.raises(ForeignAddress):
        await WeasyPdf().render("<p>x</p>", "@import url('http://127.0.0.1:1/x.css');", at=AT)


async def test_a_path_that_climbs_out_of_the_font_folder_is_foreign():
    import fontpkg_noto_serif

    climbing = f"file://{fontpkg_noto_serif.ROOT}/files/../../../../../../../../etc/hostname"
    with pytest.raises(ForeignAddress):
        await WeasyPdf().render(f'<img alt="x" src="{climbing}">', CSS, at=AT)


async def test_the_null_renderer_tells_documents_apart():
    null = NullPdf()
    one, again, other = [await null.render(html, CSS, at=AT) for html in ("a", "a", "b")]
    assert one == again != other
    assert one.places == {}
    assert Place(page=0, left=0, bottom=0, right=1, top=1).page == 0
