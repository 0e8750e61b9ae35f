"""Mail in two forms (text and HTML) and two languages, sent by SMTP or kept as `.eml` files."""

from __future__ import annotations

import hashlib
import re
import secrets
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec

from backend.kit.clock import now
from backend.kit.errors import Unavailable
from backend.kit.templates import render
from backend.kit.text import Lang, Text

SENDER: Final = Address("Bến Thử", "no-reply", "benthu.invalid")
_PATIENCE: Final = 30.0


class MailNotSent(Unavailable):
    """The mail server did not take the mail; the outbox tries again."""

    code = "mail_not_sent"
    text = Text("Máy chủ thư chưa nhận thư.", "The mail server did not take the mail.")


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to one person.

    `key` names it and becomes the Message-ID: a mail sent twice after a failure is recognised as the same.
    `unsubscribe` is the address that stops mails of this kind at one press of the reader's mail program.
    """

    to: str
    subject: str
    text: str
    html: str
    key: str
    unsubscribe: str | None = None


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Hand the mail over. Raises `MailNotSent`."""
        ...


def compose(
    kind: str, to: str, lang: Lang, key: str, *, unsubscribe: str | None = None, **context: Any
) -> Mail:
    """Write a mail from `frontend_templates/mail/<kind>.{txt,html}`; the text begins with the subject."""
    subject, _, text = render(f"mail/{kind}.txt", lang, **context).strip().partition("\n")
    html = render(f"mail/{kind}.html", lang, subject=subject.strip(), lang=lang, **context)
    return Mail(to=to, subject=subject.strip(), text=_calm(text), html=html, key=key, unsubscribe=unsubscribe)


def to_message(mail: Mail, sender: Address = SENDER) -> EmailMessage:
    """The mail as it travels. Raises `ValueError` for an address with a line break in it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:  # RFC 8058
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


class NullMailer:
    """Keeps every mail as a file readable by its owner alone; nothing leaves the machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, mail: Mail) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{now():%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.eml"
        path.touch(mode=0o600)
        path.write_bytes(to_message(mail).as_bytes())


class KeptMail:
    """Keeps mails in memory, for tests that look at what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        self.sent.append(mail)


class SmtpMailer:
    """SMTP at `smtp://user:password@host:port` (STARTTLS when offered) or `smtps://…`.

    `?from=…` in the address names the sender.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        sender = re.search(r"(?:^|&)from=([^&]+)", parts.query)
        self._sender = Address("Bến Thử", addr_spec=unquote(sender[1])) if sender else SENDER
        self._options: dict[str, Any] = {
            "hostname": parts.hostname or "localhost",
            "port": parts.port,
            "use_tls": parts.scheme == "smtps",
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "timeout": _PATIENCE,
        }

    async def send(self, mail: Mail) -> None:
        try:
            await aiosmtplib.send(to_message(mail, self._sender), **self._options)
        except (aiosmtplib.SMTPException, OSError) as failure:
            raise MailNotSent from failure


def _calm(text: str) -> str:
    """At most one empty line in a row, whatever the template left out."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
