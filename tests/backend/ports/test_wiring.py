"""Which port the settings choose, and how a test puts others in their place."""

from pathlib import Path

import pytest

from backend.ports.mailer import NullMailer, SmtpMailer
from backend.ports.pades import PadesSigner
from backend.ports.pdf import WeasyPdf
from backend.ports.scanner import NullScanner
from backend.ports.wiring import null_ports, ports, real_ports, using
from backend.settings import read_settings


def test_without_a_mail_server_mail_is_kept_and_everything_else_is_real(tmp_path: Path):
    chosen = real_ports(read_settings({"BENTHU_DATA": str(tmp_path)}))
    kinds = [type(port) for port in (chosen.pdf, chosen.signer, chosen.scanner, chosen.mailer)]
    assert kinds == [WeasyPdf, PadesSigner, NullScanner, NullMailer]


def test_a_mail_server_in_the_settings_is_used(tmp_path: Path):
    env = {"BENTHU_DATA": str(tmp_path), "BENTHU_SMTP_URL": "smtp://127.0.0.1:2525"}
    assert type(real_ports(read_settings(env)).mailer) is SmtpMailer


def test_ports_are_replaced_within_and_back_after():
    before = ports()
    with using(null_ports()) as replacement:
        assert ports() is replacement
    assert ports() is before is not replacement


def test_a_null_port_does_not_touch_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    null_ports()
    assert list(tmp_path.iterdir()) == []
