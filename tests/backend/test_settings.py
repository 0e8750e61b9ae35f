"""Settings: what is not said has a default, what cannot be worked with is refused by name."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.settings import REPOSITORY, SettingRefused, Settings, read_settings


def read(data: Path, **env: str) -> Settings:
    return read_settings({"BENTHU_DATA": str(data), **env})


def test_everything_has_a_default(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found == Settings(
        database_url="",
        data=tmp_path,
        host="127.0.0.1",
        port=8000,
        secret=(tmp_path / "secret").read_text(),
        demo=False,
        public_url="http://127.0.0.1:8000",
        trust_proxy=False,
        smtp_url="",
    )
    given = read_settings({"BENTHU_SECRET": "s" * 32})
    assert given.data == REPOSITORY / "var"


def test_what_is_said_is_taken(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        DATABASE_URL="postgresql://a@b/c",
        BENTHU_HOST="::1",
        BENTHU_PORT="8123",
        BENTHU_SECRET="s" * 32,
        BENTHU_DEMO="yes",
        BENTHU_PUBLIC_URL="https://benthu.example/",
        BENTHU_TRUST_PROXY="on",
        BENTHU_SMTP_URL="smtps://mail.example",
    )
    assert found == Settings(
        database_url="postgresql://a@b/c",
        data=tmp_path,
        host="::1",
        port=8123,
        secret="s" * 32,
        demo=True,
        public_url="https://benthu.example",
        trust_proxy=True,
        smtp_url="smtps://mail.example",
    )
    assert read(tmp_path, BENTHU_HOST="::1").public_url == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BENTHU_PORT", "0"),
        ("BENTHU_PORT", "65536"),
        ("BENTHU_PORT", "eight"),
        ("BENTHU_PORT", "-1"),
        ("BENTHU_DEMO", "maybe"),
        ("BENTHU_TRUST_PROXY", "2"),
        ("BENTHU_SECRET", "s" * 31),
        ("DATABASE_URL", "mysql://a:password@b/c"),
        ("BENTHU_PUBLIC_URL", "benthu.example"),
        ("BENTHU_SMTP_URL", "http://mail.example"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_no_password_is_repeated(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingRefused, match=name) as refused:
        read(tmp_path, **{name: value})
    assert refused.value.name == name
    assert "password" not in str(refused.value)
    assert "sss" not in str(refused.value)


def test_the_secret_is_kept_closed_and_two_processes_agree_on_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as many:
        secrets = {found.secret for found in many.map(lambda _: read(tmp_path), range(16))}
    assert secrets == {read(tmp_path).secret}
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
