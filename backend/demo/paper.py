"""Small true PDFs for the dossiers of the demonstration: Vietnamese text, an embedded font, readable aloud.

The renderer of the registry makes its own documents; hundreds of papers of applicants would take it minutes.
"""

from __future__ import annotations

import io
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg_be_vietnam_pro
import pikepdf
from pikepdf import Array, Dictionary, Name

MARK = "Tài liệu minh họa (hư cấu) - Example document (fictional)"
VOWELS = "aăâeêioôơuưy"
TONES = "\u0300\u0309\u0303\u0301\u0323"
A4 = (595, 842)
MARGIN, TOP, LEADING, SIZE = 64, 770, 16, 10.5
COLUMNS = 84  # characters a line, on average
UNITS = 1000  # of a PDF glyph space a font size


class Face:
    """A subset of the sans font: which glyph shows a character, and how wide it is."""

    def __init__(self, path: Path) -> None:
        from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
        from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

        font = TTFont(path)
        subsetter = Subsetter(Options(layout_features=[], name_IDs=[], hinting=False, notdef_outline=True))
        subsetter.populate(text=_alphabet())
        subsetter.subset(font)
        font.flavor = None
        out = io.BytesIO()
        font.save(out, reorderTables=False)
        self.program = out.getvalue()
        order = font.getReverseGlyphMap()
        scale = UNITS / font["head"].unitsPerEm
        self.glyphs: dict[str, int] = {chr(code): order[name] for code, name in font.getBestCmap().items()}
        self.widths = [round(font["hmtx"][name][0] * scale) for name in font.getGlyphOrder()]
        head, line = font["head"], font["hhea"]
        self.box = [round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)]
        self.ascent, self.descent = round(line.ascent * scale), round(line.descent * scale)

    def code(self, text: str) -> str:
        """The hexadecimal string that shows `text`."""
        return "".join(f"{self.glyphs.get(letter, 0):04x}" for letter in text)


def write_paper(title: str, paragraphs: list[str]) -> bytes:
    """One page of text. The same words give the same bytes."""
    lines = [line for text in paragraphs for line in [*textwrap.wrap(text, COLUMNS), ""]]
    drawn = [f"BT /F1 16 Tf {MARGIN} {TOP} Td <{_face().code(title[:70])}> Tj ET"]
    drawn += [
        f"BT /F1 {SIZE} Tf {MARGIN} {TOP - 40 - place * LEADING} Td <{_face().code(line)}> Tj ET"
        for place, line in enumerate(lines[:40])
    ]
    drawn.append(f"BT /F1 8 Tf {MARGIN} 48 Td <{_face().code(MARK)}> Tj ET")
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=A4)
        page.Contents = pdf.make_stream("\n".join(drawn).encode())
        page.Resources = Dictionary(Font=Dictionary(F1=_font(pdf)))
        pdf.Root.Lang = pikepdf.String("vi")
        pdf.docinfo["/Title"] = title
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, compress_streams=True)
        return out.getvalue()


@cache
def _face() -> Face:
    return Face(Path(fontpkg_be_vietnam_pro.ROOT) / "files" / "BeVietnamPro-Regular.ttf")


@cache
def _alphabet() -> str:
    """Printable ASCII, every letter of Vietnamese in both cases, and what technical text adds."""
    import unicodedata

    ascii_ = "".join(map(chr, range(32, 127)))
    toned = "".join(unicodedata.normalize("NFC", v + tone) for v in VOWELS for tone in TONES)
    letters = VOWELS + toned + "đ"
    return ascii_ + letters + letters.upper() + "–“”‘’…°µ²³₂₃≥≤×·•½"


def _font(pdf: pikepdf.Pdf) -> Any:
    """The font of one PDF: glyphs by number, with the way back to characters for screen readers."""
    face = _face()
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.BeVietnamPro, Flags=4, FontBBox=Array(face.box),
        ItalicAngle=0, Ascent=face.ascent, Descent=face.descent, CapHeight=700, StemV=80,
        FontFile2=pdf.make_stream(face.program, Length1=len(face.program)),
    )  # fmt: skip
    glyphs = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.BeVietnamPro, CIDToGIDMap=Name.Identity,
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor), W=Array([0, Array(face.widths)]),
    )  # fmt: skip
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.BeVietnamPro, Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(glyphs)]), ToUnicode=pdf.make_stream(_to_unicode()),
    )  # fmt: skip
    return pdf.make_indirect(font)


@cache
def _to_unicode() -> bytes:
    pairs = [f"<{glyph:04x}> <{ord(letter):04x}>" for letter, glyph in _face().glyphs.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()
