"""The pages and the API of verification, as a stranger meets them."""

import pytest

from backend.documents import domain
from backend.documents.guards import LOOK_UPS
from backend.kit.text import Text
from backend.ports.uploads import SIZE_LIMIT
from backend.ports.wiring import Ports
from tests.backend.documents.conftest import issue
from tests.backend.documents.contexts import RECEIPT
from tests.factories.web import Browser

AGENCY = "Ủy ban nhân dân thành phố Hải Phòng"


async def test_a_code_leads_to_the_page_of_the_document(http: Browser, quick_ports: Ports):
    issued = await issue()
    sent = await http.submit("/verify", {"code": issued.printed_code.lower()})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/verify/{issued.code}")
    page = await http.get(sent.headers["location"])
    assert page.status_code == 200
    for fact in ("Văn bản thật", issued.number, issued.printed_code, issued.sha256, "Đã cấp"):
        assert fact in page.text


async def test_the_page_tells_nothing_private(http: Browser, quick_ports: Ports):
    issued = await issue()
    assert RECEIPT["applicant"] in issued.context.values()
    page = await http.get(f"/verify/{issued.code}")
    answer = await http.get(f"/api/v1/verify/{issued.code}")
    for private in (RECEIPT["applicant"], RECEIPT["title"], str(issued.subject), str(issued.id), "/file"):
        assert private not in page.text + answer.text


async def test_an_unknown_code_keeps_what_was_typed_and_says_how_to_mend_it(http: Browser):
    page = await http.submit("/verify", {"code": "ABCD-EFGH-JKMN"})
    assert page.status_code == 404
    assert 'value="ABCD-EFGH-JKMN"' in page.text
    assert "Không có văn bản nào mang mã này" in page.text


async def test_nothing_given_is_told(http: Browser):
    page = await http.submit("/verify?lang=en", {"code": ""})
    assert page.status_code == 422
    assert "Enter a code or choose a PDF file." in page.text


async def test_a_file_is_checked_on_the_page_and_by_the_api(http: Browser, real_ports: Ports):
    issued = await issue("decision", public=True)
    data = await domain.open_document(issued.id)
    page = await http.submit("/verify?lang=en", files={"file": ("a.pdf", data, "application/pdf")})
    assert page.status_code == 200
    assert "Genuine document" in page.text
    assert page.text.count(">Valid</strong>") == 2
    answer = (await http.as_stranger().post("/api/v1/verify", files={"file": ("a.pdf", data)})).json()
    assert (answer["outcome"], answer["is_genuine"]) == ("issued", True)
    assert answer["document"] == {
        "kind": "decision",
        "title": {"vi": "Quyết định", "en": "Decision"},
        "agency": {"vi": AGENCY, "en": "People's Committee, City of Hải Phòng"},
        "number": "01/QĐ-UBND",
        "code": issued.printed_code,
        "dated_on": issued.dated_on.isoformat(),
        "issued_at": answer["document"]["issued_at"],
        "recalled_at": None,
        "successor": None,
        "predecessors": [],
        "sha256": issued.sha256,
        "size": len(data),
        "file_url": f"/verify/{issued.code}/file",
        "translation_url": f"/verify/{issued.code}/translation",
    }
    assert [signature["level"] for signature in answer["signatures"]] == ["B-LTA", "B-LTA"]


async def test_a_changed_file_is_refused_with_the_reason(http: Browser, real_ports: Ports):
    issued = await issue()
    data = (await domain.open_document(issued.id)).replace(b"/Rotate 0", b"/Rotate 9") + b"\n"
    page = await http.submit("/verify?lang=en", files={"file": ("a.pdf", data)})
    assert "The file was changed" in page.text
    assert "The file claims to be" in page.text
    answer = (await http.as_stranger().post("/api/v1/verify", files={"file": ("a.pdf", data)})).json()
    assert (answer["outcome"], answer["is_genuine"]) == ("changed", False)


async def test_an_unknown_code_in_an_address_brings_the_form(http: Browser):
    page = await http.get("/verify/ABCD-EFGH-JKMN")
    assert page.status_code == 404
    assert "Không có văn bản nào mang mã này" in page.text


async def test_the_api_wants_a_file(http: Browser):
    answer = await http.submit("/api/v1/verify", {})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["file"])


@pytest.mark.parametrize("address", ["/verify", "/api/v1/verify"])
async def test_a_file_over_the_limit_is_too_large(http: Browser, address: str):
    files = {"file": ("a.pdf", bytes(SIZE_LIMIT + 1))}
    assert (await http.submit(address, files=files)).status_code == 413


async def test_a_public_document_can_be_fetched_by_its_code(http: Browser, quick_ports: Ports):
    issued = await issue(public=True)
    sent = await http.get(f"/verify/{issued.code}/file")
    assert sent.content == await domain.open_document(issued.id)
    assert sent.headers["content-type"] == "application/pdf"
    assert sent.headers["content-disposition"] == "attachment; filename*=UTF-8''receipt-01-tnhs-skhcn.pdf"


async def test_a_document_that_is_not_public_is_not_there(http: Browser, quick_ports: Ports):
    issued = await issue(public=False)
    assert (await http.get(f"/verify/{issued.code}")).status_code == 200
    assert (await http.get(f"/verify/{issued.code}/file")).status_code == 404


async def test_a_recalled_document_is_shown_as_such(http: Browser, quick_ports: Ports):
    issued = await issue()
    await domain.recall_document(issued.id, actor=issued.subject, reason="x")
    assert "Recalled document" in (await http.get(f"/verify/{issued.code}?lang=en")).text
    answer = (await http.get(f"/api/v1/verify/{issued.code}")).json()
    assert (answer["outcome"], answer["is_genuine"]) == ("recalled", False)


async def test_a_replacement_and_what_it_replaces_lead_to_each_other(http: Browser, quick_ports: Ports):
    old, new = await issue(), await issue()
    await domain.recall_document(old.id, actor=old.subject, reason="x", replaced_by=new.id)
    pages = [(await http.get(f"/verify/{one.code}?lang=en")).text for one in (old, new)]
    links = [f'href="/verify/{one.code}">{one.number}</a>' for one in (new, old)]
    assert [link in page for page in pages for link in links] == [True, False, False, True]
    assert ["Recalls or replaces" in page for page in pages] == [False, True]
    told = [(await http.get(f"/api/v1/verify/{one.code}")).json()["document"] for one in (old, new)]
    assert told[0]["successor"]["url"] == f"/verify/{new.code}"
    assert [one["predecessors"] for one in told] == [
        [],
        [
            {
                "title": {"vi": old.title.vi, "en": old.title.en},
                "number": old.number,
                "dated_on": old.dated_on.isoformat(),
                "url": f"/verify/{old.code}",
            }
        ],
    ]


async def test_trying_out_codes_is_stopped(http: Browser):
    statuses = [(await http.get("/api/v1/verify/ABCDEFGHJKMN")).status_code for _ in range(LOOK_UPS + 1)]
    assert statuses == [404] * LOOK_UPS + [429]


def test_every_outcome_has_a_reason_in_both_languages():
    from backend.documents.schemas import REASONS, Outcome

    assert set(REASONS) == set(Outcome)
    assert all(isinstance(text, Text) and text.vi and text.en for text in REASONS.values())
