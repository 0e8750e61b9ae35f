"""The English courtesy copy: the same values, unsigned, marked, made once, and known for what it is."""

from __future__ import annotations

import pytest

from backend.documents import domain
from backend.documents.domain import NotIssuedYet
from backend.documents.schemas import Outcome
from backend.kit.db import Engine
from backend.kit.errors import NotFound
from backend.kit.outbox import work_until_empty
from backend.ports.wiring import Ports
from tests.backend.documents.conftest import issue, request
from tests.factories.papers import text_of
from tests.factories.web import Browser


async def test_it_says_the_same_in_english_and_that_it_binds_nobody(db: Engine, real_ports: Ports) -> None:
    issued = await issue("decision", public=True)
    assert await domain.find_translation(issued) is None
    await work_until_empty()
    copy = await domain.find_translation(issued)
    assert copy is not None
    said = text_of(copy)
    assert "COURTESY TRANSLATION – not legally binding" in said
    assert "SOCIALIST REPUBLIC OF VIET NAM" in said
    assert f"No. {issued.number}" in said
    assert await real_ports.signer.verify(copy) == []
    await domain.translate({"document": str(issued.id)})
    assert await domain.find_translation(issued) == copy
    answer = await domain.verify_file(copy)
    assert (answer.outcome, answer.document) == (Outcome.TRANSLATION, issued)


async def test_there_is_none_before_the_original_and_none_of_a_translation(
    db: Engine, quick_ports: Ports
) -> None:
    with pytest.raises(NotIssuedYet):
        await domain.find_translation(await request())
    with pytest.raises(NotFound):
        await domain.find_translation(await issue(lang="en"))


async def test_the_public_downloads_the_copy_of_a_public_document(
    http: Browser, db: Engine, quick_ports: Ports
) -> None:
    open_to_all, closed = await issue(public=True), await issue()
    first = await http.get(f"/verify/{open_to_all.code}/translation")
    assert (first.status_code, "Bản dịch tham khảo" in first.text) == (202, True)
    await work_until_empty()
    second = await http.get(f"/verify/{open_to_all.code}/translation")
    assert (second.status_code, second.headers["content-type"]) == (200, "application/pdf")
    assert "-en.pdf" in second.headers["content-disposition"]
    for code in (closed.code, "ABCD"):
        assert (await http.get(f"/verify/{code}/translation")).status_code == 404
