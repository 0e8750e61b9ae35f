"""Mail as it arrives at a real mail server, and as it is kept when there is none."""

import stat
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from backend.kit.clock import frozen
from backend.kit.text import Text
from backend.ports.mailer import KeptMail, Mail, MailNotSent, NullMailer, SmtpMailer, compose

MAIL = Mail(
    to="a@example.vn",
    subject="Hồ sơ đã được tiếp nhận",
    text="Kính gửi Ông Nguyễn\n",
    html="<p>Kính gửi Ông Nguyễn</p>",
    key="application:1:received",
)


class Inbox:
    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.senders: list[str] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - named by aiosmtpd
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.senders.append(envelope.mail_from)
        return "250 OK"


@pytest.fixture
def inbox(unused_tcp_port: int):
    box = Inbox()
    controller = Controller(box, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{unused_tcp_port}"
    yield box
    controller.stop()


def parts(message: EmailMessage) -> tuple[str, str]:
    return (
        message.get_body(("plain",)).get_content().replace("\r\n", "\n"),
        message.get_body(("html",)).get_content().strip(),
    )


async def test_a_mail_arrives_with_its_letters_in_two_forms(inbox: Inbox):
    await SmtpMailer(f"{inbox.url}?from=so%40example.vn").send(MAIL)
    [message] = inbox.messages
    assert (message["Subject"], message["To"]) == (MAIL.subject, MAIL.to)
    assert message["From"] == "Bến Thử <so@example.vn>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parts(message) == (MAIL.text, MAIL.html)
    assert inbox.senders == ["so@example.vn"]


async def test_the_same_mail_twice_has_the_same_message_id(inbox: Inbox):
    for _ in range(2):
        await SmtpMailer(inbox.url).send(MAIL)
    first, second = inbox.messages
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_server_that_does_not_answer_is_told(unused_tcp_port: int):
    with pytest.raises(MailNotSent):
        await SmtpMailer(f"smtp://127.0.0.1:{unused_tcp_port}").send(MAIL)


async def test_an_address_cannot_bring_headers_with_it():
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        await SmtpMailer("smtp://127.0.0.1:1").send(
            Mail(to="a@example.vn\nBcc: b@example.vn", subject="x", text="x", html="x", key="x")
        )


async def test_without_a_server_the_mail_is_kept_as_a_private_file(tmp_path: Path):
    with frozen(datetime(2026, 11, 23, 2, 0, tzinfo=UTC)):
        await NullMailer(tmp_path / "mail").send(MAIL)
    [file] = list((tmp_path / "mail").glob("20261123T020000-*.eml"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (message["Subject"], parts(message)) == (MAIL.subject, (MAIL.text, MAIL.html))


async def test_kept_mail_is_there_to_look_at():
    kept = KeptMail()
    await kept.send(MAIL)
    assert kept.sent == [MAIL]


NOTICE = {
    "headline": Text("Hồ sơ HS-12 cần bổ sung", "Application HS-12 needs a supplement"),
    "name": "Công ty <Sóng & Gió>",
    "happened": Text("Cán bộ thụ lý yêu cầu bổ sung.", "The officer asks for a supplement."),
    "todo": Text("Bổ sung phương án thử nghiệm.", "Complete the trial plan."),
    "due": date(2026, 11, 30),
    "clock": Text("Đã dùng 1/3 ngày.", "1/3 days used."),
    "link": "https://example.vn/cases/1",
}


def test_a_notice_says_what_happened_what_to_do_by_when_and_where():
    mail = compose("notice", "a@example.vn", "vi", "k", **NOTICE)
    assert mail.subject == "Hồ sơ HS-12 cần bổ sung"
    assert mail.text == (
        "Kính gửi Công ty <Sóng & Gió>,\n\nCán bộ thụ lý yêu cầu bổ sung.\n\n"
        "Việc cần làm: Bổ sung phương án thử nghiệm.\n\nHạn: 30/11/2026\n\nĐã dùng 1/3 ngày.\n\n"
        "https://example.vn/cases/1\n\n-- \n"
        "Bến Thử · Sổ đăng ký thử nghiệm có kiểm soát, Hải Phòng. Thư tự động, vui lòng không trả lời.\n"
    )
    assert "Kính gửi Công ty &lt;Sóng &amp; Gió&gt;," in mail.html
    assert '<html lang="vi">' in mail.html
    assert '<p style="margin:0 0 12px;font-size:14px">Đã dùng 1/3 ngày.</p>' in mail.html
    assert "<title>Hồ sơ HS-12 cần bổ sung</title>" in mail.html


def test_a_notice_in_english_leaves_out_what_there_is_not():
    nothing = NOTICE | {"todo": None, "due": None, "clock": None}
    mail = compose("notice", "a@example.vn", "en", "k", **nothing)
    assert mail.subject == "Application HS-12 needs a supplement"
    assert mail.text.startswith(
        "Dear Công ty <Sóng & Gió>,\n\nThe officer asks for a supplement.\n\n"
        "https://example.vn/cases/1\n\n-- \n"
    )


def test_a_due_moment_is_told_in_local_time():
    mail = compose(
        "notice", "a@example.vn", "vi", "k", **(NOTICE | {"due": datetime(2026, 11, 30, 3, 5, tzinfo=UTC)})
    )
    assert "Hạn: 30/11/2026 10:05\n" in mail.text
