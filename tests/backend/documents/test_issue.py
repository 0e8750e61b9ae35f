"""A document is asked for in the verb, made by the worker, and made once, whatever happens in between."""

import re
from datetime import date
from uuid import uuid4

import msgspec
import pytest

from backend.documents import domain, queries
from backend.documents.domain import CODE_LETTERS, NotIssuedYet
from backend.documents.kinds import ContextMismatch
from backend.documents.schemas import IssuedDocument
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.db import Engine, transaction
from backend.kit.errors import Conflict, NotFound
from backend.kit.outbox import work_until_empty
from backend.kit.text import Text
from backend.ports.files import FileStore, sha256
from backend.ports.wiring import Ports, using
from sandbox_rules import Pin
from tests.backend.documents.conftest import SIGNER, issue, request
from tests.backend.documents.contexts import RECEIPT

PIN = Pin("vn-hp-248", date(2026, 1, 15), "ab" * 32)


async def test_number_and_code_are_there_at_once_and_the_bytes_after_the_worker(
    db: Engine, quick_ports: Ports, frozen_clock: Frozen
):
    document = await request(pin=PIN, public=True)
    assert (document.state, document.number, document.sha256) == ("queued", "01/TNHS-SKHCN", None)
    assert re.fullmatch(f"([{CODE_LETTERS}]{{4}})(-[{CODE_LETTERS}]{{4}}){{2}}", document.printed_code)
    assert document.title == Text(
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Receipt of the application and appointment"
    )
    assert document.dated_on == date(2026, 11, 23)
    assert document.file_name == "receipt-01-tnhs-skhcn.pdf"
    with pytest.raises(NotIssuedYet):
        await domain.open_document(document.id)
    await work_until_empty()
    issued = await domain.get_document(document.id)
    data = await domain.open_document(document.id)
    assert (issued.state, issued.sha256, issued.size) == ("issued", sha256(data), len(data))
    assert issued.issued_at == frozen_clock.at
    assert await domain.list_for(document.subject) == [issued]


async def test_both_steps_are_told_in_the_audit_chain_of_the_subject(db: Engine, quick_ports: Ports):
    actor = uuid4()
    issued = await issue(actor=actor)
    told = await audit.entries(issued.subject)
    facts = {"document": str(issued.id), "kind": "receipt", "number": "01/TNHS-SKHCN"}
    assert [(entry.tag, entry.actor, entry.data) for entry in told] == [
        ("document:requested", actor, facts),
        ("document:issued", None, facts | {"sha256": issued.sha256}),
    ]


async def test_the_context_is_frozen_when_the_document_is_asked_for(db: Engine, quick_ports: Ports):
    context = dict(RECEIPT)
    document = await request(context=context)
    context["applicant"] = "Công ty khác"
    stored = (await domain.get_document(document.id)).context
    assert stored["applicant"] == RECEIPT["applicant"]
    assert stored["received_on"] == "2026-11-23"
    assert stored["document"]["number"] == document.number
    assert stored["document"]["code"] == document.printed_code
    assert stored["document"]["verify_url"].endswith(f"/verify/{document.code}")


async def test_another_title_can_be_given(db: Engine, quick_ports: Ports):
    title = Text("Quyết định cho phép thử nghiệm", "Decision to grant a trial")
    assert (await request("decision", title=title)).title == title


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "unknown"}, LookupError),
        ({"kind": "../receipt"}, LookupError),
        ({"context": {key: RECEIPT[key] for key in RECEIPT if key != "documents"}}, ContextMismatch),
        ({"context": RECEIPT | {"unknown": 1}}, ContextMismatch),
        ({"signers": [SIGNER]}, ValueError),
        ({"kind": "decision", "signers": []}, ValueError),
    ],
)
async def test_a_request_that_could_not_be_rendered_is_refused_in_the_verb(
    db: Engine, quick_ports: Ports, change: dict[str, object], error: type[Exception]
):
    asked = {"kind": "receipt", "context": RECEIPT} | change
    if asked["kind"] == "decision":
        asked.pop("context")
    with pytest.raises(error):
        await request(**asked)
    number = (await request()).number
    assert number == "01/TNHS-SKHCN"


async def test_a_verb_that_fails_leaves_neither_number_nor_document(db: Engine, quick_ports: Ports):
    subject = uuid4()
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await request(subject=subject)
            raise ZeroDivisionError
    assert await domain.list_for(subject) == []
    assert await work_until_empty() == 0
    assert (await request()).number == "01/TNHS-SKHCN"


async def test_the_job_done_twice_issues_once(db: Engine, quick_ports: Ports):
    issued = await issue()
    await domain.issue({"document": str(issued.id)})
    assert await domain.get_document(issued.id) == issued
    assert [entry.tag for entry in await audit.entries(issued.subject)] == [
        "document:requested",
        "document:issued",
    ]


async def test_two_workers_at_once_tell_it_once(db: Engine, quick_ports: Ports):
    issued = await issue()
    assert not await queries.set_issued(
        issued.id, sha256="0" * 64, size=1, file_key="x", at=issued.requested_at
    )
    assert await domain.get_document(issued.id) == issued


class KilledAfterStoring:
    """A worker that dies between storing the bytes and saying so."""

    def __init__(self, files: FileStore) -> None:
        self.files = files
        self.stored: list[bytes] = []

    async def put_once(self, key: str, data: bytes) -> None:
        await self.files.put_once(key, data)
        self.stored.append(data)
        raise KeyboardInterrupt

    async def get(self, key: str) -> bytes:
        return await self.files.get(key)

    async def find(self, key: str) -> bytes | None:
        return await self.files.find(key)


async def test_a_worker_killed_after_storing_leaves_one_original_that_the_next_one_issues(
    db: Engine, real_ports: Ports
):
    document = await request("decision")
    dying = KilledAfterStoring(real_ports.files)
    with using(msgspec.structs.replace(real_ports, files=dying)), pytest.raises(KeyboardInterrupt):
        await domain.issue({"document": str(document.id)})
    assert (await domain.get_document(document.id)).state == "queued"
    await domain.issue({"document": str(document.id)})
    assert [await domain.open_document(document.id)] == dying.stored


async def test_a_worker_overtaken_while_signing_takes_the_original_of_the_other(
    db: Engine, quick_ports: Ports
):
    document = await request()

    class Late:
        """Finds nothing, because the other one stores a moment later."""

        async def find(self, key: str) -> bytes | None:
            await quick_ports.files.put_once(key, b"%PDF-1.7 of the other worker")
            return None

        put_once = staticmethod(quick_ports.files.put_once)
        get = staticmethod(quick_ports.files.get)

    with using(msgspec.structs.replace(quick_ports, files=Late())):
        await domain.issue({"document": str(document.id)})
    assert await domain.open_document(document.id) == b"%PDF-1.7 of the other worker"


async def test_a_worker_overtaken_to_the_end_tells_nothing_twice(db: Engine, quick_ports: Ports):
    document = await request()

    class Slow:
        """While this worker looks for the bytes, the other one finishes the job."""

        async def find(self, key: str) -> bytes | None:
            with using(quick_ports):
                await domain.issue({"document": str(document.id)})
            return await quick_ports.files.find(key)

    with using(msgspec.structs.replace(quick_ports, files=Slow())):
        await domain.issue({"document": str(document.id)})
    told = [entry.tag for entry in await audit.entries(document.subject)]
    assert told == ["document:requested", "document:issued"]


async def test_an_unknown_document_is_not_found(db: Engine):
    with pytest.raises(NotFound):
        await domain.get_document(uuid4())
    with pytest.raises(NotFound):
        await domain.open_document(uuid4())


async def test_a_recalled_document_keeps_its_bytes_and_tells_what_replaced_it(
    db: Engine, quick_ports: Ports, frozen_clock: Frozen
):
    subject, actor = uuid4(), uuid4()
    wrong, right = await issue(subject=subject), await issue(subject=subject)
    recalled = await domain.recall_document(
        wrong.id, actor=actor, reason="Sai ngày hẹn", replaced_by=right.id
    )
    assert recalled == msgspec.structs.replace(wrong, recalled_at=frozen_clock.at, replaced_by=right.id)
    assert sha256(await domain.open_document(wrong.id)) == wrong.sha256
    last = (await audit.entries(subject))[-1]
    assert (last.tag, last.actor, last.data["reason"]) == ("document:recalled", actor, "Sai ngày hẹn")
    with pytest.raises(Conflict):
        await domain.recall_document(wrong.id, actor=actor, reason="x")


async def test_what_is_not_issued_cannot_be_recalled(db: Engine, quick_ports: Ports):
    document: IssuedDocument = await request()
    with pytest.raises(NotIssuedYet):
        await domain.recall_document(document.id, actor=uuid4(), reason="x")
