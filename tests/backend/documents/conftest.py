"""Ports for tests of documents: real files in a folder of the test, real or Null rendering and signing."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from backend.documents import domain
from backend.documents.schemas import IssuedDocument
from backend.kit.db import transaction
from backend.kit.outbox import work_until_empty
from backend.ports.demo_authority import DemoKeys
from backend.ports.files import local_files
from backend.ports.pades import PadesSigner
from backend.ports.pdf import WeasyPdf
from backend.ports.wiring import Ports, null_ports, using
from tests.backend.documents.contexts import CONTEXTS

Request = Callable[..., Awaitable[IssuedDocument]]
SIGNER = "Trần Thị Ngọc Ánh"


@pytest.fixture
def quick_ports(tmp_path: Path) -> Iterator[Ports]:
    """Nothing is rendered or signed, but files are really kept."""
    quick = msgspec.structs.replace(null_ports(), files=local_files(tmp_path / "files"))
    with using(quick):
        yield quick


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration authority of the session: making its keys takes a while."""
    return tmp_path_factory.mktemp("authority")


@pytest.fixture
def real_ports(tmp_path: Path, keys: Path) -> Iterator[Ports]:
    """Real rendering, real signatures, real files."""
    files = local_files(tmp_path / "files")
    real = msgspec.structs.replace(
        null_ports(), pdf=WeasyPdf(), signer=PadesSigner(DemoKeys(keys)), files=files
    )
    with using(real):
        yield real


async def request(kind: str = "receipt", subject: UUID | None = None, **more: Any) -> IssuedDocument:
    """Ask for a document of this kind with its full context, as the verb of a feature does."""
    signers = (SIGNER,) if kind == "decision" else ()
    options = {"pin": None, "context": CONTEXTS.get(kind, {}), "signers": signers} | more
    async with transaction():
        return await domain.request_document(kind, subject or uuid4(), **options)


async def issue(kind: str = "receipt", **more: Any) -> IssuedDocument:
    """Ask for a document and let the worker make it."""
    document = await request(kind, **more)
    await work_until_empty()
    return await domain.get_document(document.id)
