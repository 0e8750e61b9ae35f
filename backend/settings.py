"""One struct of settings, read once from the environment; every value is checked where it is read."""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

REPOSITORY = Path(__file__).resolve().parents[1]
SECRET_LENGTH = 32
T = TypeVar("T")


class SettingRefused(ValueError):
    """A setting has a value nobody can work with; the message names the variable and what it may hold."""

    def __init__(self, name: str, value: str, vi: str, en: str) -> None:
        super().__init__(f"{name}={value!r}: {vi} / {en}")
        self.name = name


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What differs from one machine to the next. An empty `database_url` means the embedded database."""

    database_url: str
    data: Path
    host: str
    port: int
    secret: str
    demo: bool
    public_url: str
    trust_proxy: bool
    smtp_url: str


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises SettingRefused. Side effect: unless BENTHU_SECRET is set, keeps a new one in the data folder.
    """
    return read_settings(os.environ)


def read_settings(env: Mapping[str, str]) -> Settings:
    """Read and check all settings from `env`. Raises SettingRefused."""

    def take(name: str, default: str, parse: Callable[[str, str], T]) -> T:
        return parse(name, env.get(name, "").strip() or default)

    data = Path(env.get("BENTHU_DATA", "").strip() or REPOSITORY / "var").absolute()
    host = take("BENTHU_HOST", "127.0.0.1", _text)
    port = take("BENTHU_PORT", "8000", _port)
    given_secret = take("BENTHU_SECRET", "", _secret)
    return Settings(
        database_url=take("DATABASE_URL", "", _url("postgresql", "postgres")),
        data=data,
        host=host,
        port=port,
        secret=given_secret or _kept_secret(data / "secret"),
        demo=take("BENTHU_DEMO", "0", _flag),
        public_url=take("BENTHU_PUBLIC_URL", _address(host, port), _url("http", "https")).rstrip("/"),
        trust_proxy=take("BENTHU_TRUST_PROXY", "0", _flag),
        smtp_url=take("BENTHU_SMTP_URL", "", _url("smtp", "smtps")),
    )


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _text(_name: str, value: str) -> str:
    return value


def _port(name: str, value: str) -> int:
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 65535:
        return int(value)
    raise SettingRefused(name, value, "cần một số từ 1 đến 65535", "a number from 1 to 65535 is needed")


def _flag(name: str, value: str) -> bool:
    match value.lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "0" | "false" | "no" | "off":
            return False
    raise SettingRefused(name, value, "chỉ nhận 1 hoặc 0", "only 1 or 0 is accepted")


def _url(*schemes: str) -> Callable[[str, str], str]:
    def parse(name: str, value: str) -> str:
        if not value or urlsplit(value).scheme in schemes:
            return value
        allowed = ", ".join(f"{scheme}://" for scheme in schemes)
        # the value may hold a password: only its scheme is repeated
        seen = f"{value.partition(':')[0][:20]}…"
        raise SettingRefused(name, seen, f"địa chỉ phải bắt đầu bằng {allowed}", f"must start with {allowed}")

    return parse


def _secret(name: str, value: str) -> str:
    if value and len(value) < SECRET_LENGTH:
        raise SettingRefused(
            name, "…", f"cần ít nhất {SECRET_LENGTH} ký tự", f"needs at least {SECRET_LENGTH} characters"
        )
    return value


def _kept_secret(path: Path) -> str:
    """Return the secret kept at `path`, made on first use; two processes at once agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"secret.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
