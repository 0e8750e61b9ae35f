"""Which port is used where: real ones from the settings, others in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Final

import msgspec

from backend.ports.demo_authority import DemoKeys
from backend.ports.files import FileStore, local_files, null_files
from backend.ports.mailer import KeptMail, Mailer, NullMailer, SmtpMailer
from backend.ports.pades import PadesSigner
from backend.ports.pdf import NullPdf, PdfRenderer, WeasyPdf
from backend.ports.scanner import ClamdScanner, NullScanner, Scanner
from backend.ports.signer import NullSigner, Signer
from backend.settings import Settings, settings


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Everything outside the database the registry talks to."""

    pdf: PdfRenderer
    signer: Signer
    files: FileStore
    scanner: Scanner
    mailer: Mailer


def real_ports(chosen: Settings) -> Ports:
    """What these settings ask for."""
    data = chosen.data
    clamd = getattr(chosen, "clamd", "")
    return Ports(
        pdf=WeasyPdf(),
        signer=PadesSigner(DemoKeys(data / "demo-authority")),
        files=local_files(data / "files"),
        scanner=ClamdScanner(clamd) if clamd else NullScanner(),
        mailer=SmtpMailer(chosen.smtp_url) if chosen.smtp_url else NullMailer(data / "outbox-mail"),
    )


def null_ports() -> Ports:
    """Ports that reach nothing; mail is kept in memory."""
    return Ports(
        pdf=NullPdf(), signer=NullSigner(), files=null_files(), scanner=NullScanner(), mailer=KeptMail()
    )


_replaced: Final[ContextVar[Ports | None]] = ContextVar("ports", default=None)


def ports() -> Ports:
    """The ports of this process, or those of the surrounding `using`."""
    return _replaced.get() or _real()


@contextmanager
def using(replacement: Ports) -> Iterator[Ports]:
    """Use these ports within this context and the tasks started in it."""
    token = _replaced.set(replacement)
    try:
        yield replacement
    finally:
        _replaced.reset(token)


@cache
def _real() -> Ports:
    return real_ports(settings())
