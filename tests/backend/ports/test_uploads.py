"""What is taken from strangers, what is refused with a reason, and what is cut out of the copy."""

import io
import unicodedata
import zipfile

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from backend.kit.errors import TooLarge
from backend.ports.uploads import DOCX, SIZE_LIMIT, XLSX, UploadRefused, check_upload, clean_name

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
BOTH = ("word/document.xml", "xl/workbook.xml")
JPEG = b"\xff\xd8\xff\xe0" + bytes(40)


def a_pdf(change=lambda pdf: None, **save) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, **save)
    return out.getvalue()


def an_office_file(*parts: str, unpacked: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(part, b"\0" * unpacked)
    return out.getvalue()


def booby_trapped(pdf: pikepdf.Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
    pdf.Root.AcroForm = Dictionary(XFA=String("<xdp/>"), Fields=Array([]))
    pdf.attachments["e.exe"] = b"MZ"
    launch = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    link = Dictionary(S=Name.URI, URI=String("https://example.vn"), Next=Array([launch]))
    pdf.pages[0].Annots = Array(
        [
            pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action))
            for action in (launch, link)
        ]
    )


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.pdf", a_pdf(), "application/pdf"),
        ("A.PDF", a_pdf(), "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpg", JPEG, "image/jpeg"),
        ("a.jpeg", JPEG, "image/jpeg"),
        ("a.docx", an_office_file("[Content_Types].xml", "word/document.xml"), DOCX),
        ("a.xlsx", an_office_file("[Content_Types].xml", "xl/workbook.xml"), XLSX),
    ],
)
async def test_the_accepted_types_are_told_by_content(name: str, data: bytes, media_type: str):
    upload = await check_upload(name, data)
    assert (upload.name, upload.media_type, upload.original, upload.removed) == (name, media_type, data, ())


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.pdf", b"", "empty"),
        ("program.pdf", b"MZ\x90\0" + bytes(60), "no accepted type"),
        ("page.pdf", b"<html><script>alert(1)</script>", "no accepted type"),
        ("late.pdf", b"\xef\xbb\xbf%PDF-1.4\n", "no accepted type"),
        ("junk.pdf", b"junk" * 10 + a_pdf(), "no accepted type"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no accepted type"),
        ("animation.gif", b"GIF89a" + bytes(40), "no accepted type"),
        ("picture.pdf", PNG, "disagree: the content is .png"),
        ("document.exe", a_pdf(), "disagree: the content is .pdf"),
        ("broken.pdf", b"%PDF-1.4 broken", "damaged"),
        ("broken.docx", b"PK\x03\x04" + bytes(40), "damaged"),
        ("a.zip", an_office_file("x.txt"), "Archives"),
        (
            "both.docx",
            an_office_file("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
            "Archives",
        ),
        (
            "macro.docx",
            an_office_file("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
            "macros",
        ),
        ("no-pages.pdf", a_pdf(lambda pdf: pdf.pages.__delitem__(0)), "damaged"),
        ("locked.pdf", a_pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "password"),
        ("locked-for-change.pdf", a_pdf(encryption=pikepdf.Encryption(owner="o")), "password"),
    ],
)
async def test_the_rest_is_refused_with_what_to_do(name: str, data: bytes, says: str):
    with pytest.raises(UploadRefused) as refused:
        await check_upload(name, data)
    assert says in refused.value.text.en
    assert refused.value.status == 422


async def test_a_file_over_the_limit_is_too_large():
    with pytest.raises(TooLarge):
        await check_upload("a.png", PNG + bytes(SIZE_LIMIT))


async def test_a_document_that_unpacks_to_a_mountain_is_too_large():
    bomb = an_office_file("[Content_Types].xml", "word/document.xml", unpacked=101 * 1024 * 1024)
    assert len(bomb) < 1024 * 1024
    with pytest.raises(TooLarge):
        await check_upload("a.docx", bomb)


async def test_scripts_launches_and_attachments_are_cut_out_of_the_copy_and_the_original_is_kept():
    data = a_pdf(booby_trapped)
    upload = await check_upload("a.pdf", data)
    assert upload.original == data
    assert upload.removed == ("/AA", "/EmbeddedFiles", "/JavaScript", "/Launch", "/OpenAction", "/XFA")
    with pikepdf.open(io.BytesIO(upload.cleaned)) as pdf:
        assert [key for key in ("/OpenAction", "/AA") if key in pdf.Root] == []
        assert dict(pdf.attachments) == {}
        launch, link = (annotation.A for annotation in pdf.pages[0].Annots)
        assert "/S" not in launch
        assert (str(link.S), str(link.URI)) == ("/URI", "https://example.vn")
    for word in (b"app.alert", b"/JavaScript", b"/Launch", b"xdp"):
        assert word not in pikepdf_plain(upload.cleaned)


def pikepdf_plain(data: bytes) -> bytes:
    """The file with everything unpacked, to search it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
        )
    return out.getvalue()


async def test_the_copy_of_the_same_file_is_always_the_same():
    data = a_pdf(booby_trapped)
    assert (await check_upload("a.pdf", data)).cleaned == (await check_upload("b.pdf", data)).cleaned


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Đề án.pdf", "Đề án.pdf"),
        (unicodedata.normalize("NFD", "Đề án.pdf"), "Đề án.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Tài liệu\\đơn.pdf", "đơn.pdf"),
        ("a\u202efdp.exe\x00\n.pdf", "afdp.exe.pdf"),
        ('  <a>:"b"|?*  c .pdf ', "a b c.pdf"),
        ("...", "tệp"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_file_names_are_made_harmless(given: str, kept: str):
    assert clean_name(given) == kept
