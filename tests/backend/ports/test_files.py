"""What was stored once is never replaced."""

import asyncio
from pathlib import Path

import pytest

from backend.ports.files import (
    AlreadyStored,
    FileMissing,
    FileStore,
    content_key,
    local_files,
    null_files,
    sha256,
)


@pytest.fixture(params=["local", "null"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    return local_files(tmp_path / "files") if request.param == "local" else null_files()


async def test_the_same_bytes_again_are_fine_and_other_bytes_are_refused(files: FileStore):
    await files.put_once("issued/a.pdf", b"one")
    await files.put_once("issued/a.pdf", b"one")
    with pytest.raises(AlreadyStored):
        await files.put_once("issued/a.pdf", b"two")
    assert await files.get("issued/a.pdf") == b"one"


async def test_of_many_who_store_at_once_exactly_one_wins(files: FileStore):
    told = await asyncio.gather(
        *(files.put_once("issued/a.pdf", f"{n}".encode()) for n in range(20)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in told) == ["AlreadyStored"] * 19 + ["NoneType"]
    winner = next(n for n, answer in enumerate(told) if answer is None)
    assert await files.get("issued/a.pdf") == f"{winner}".encode()


async def test_a_missing_file_is_told(files: FileStore):
    assert await files.find("issued/none.pdf") is None
    with pytest.raises(FileMissing):
        await files.get("issued/none.pdf")


async def test_a_local_file_survives_the_process(tmp_path: Path):
    await local_files(tmp_path / "files").put_once("upload/x", b"kept")
    assert await local_files(tmp_path / "files").get("upload/x") == b"kept"


async def test_a_key_cannot_climb_out_of_the_folder(tmp_path: Path):
    with pytest.raises(Exception, match=r"\.\."):
        await local_files(tmp_path / "files").put_once("../outside", b"x")
    assert not (tmp_path / "outside").exists()


def test_content_is_named_by_its_digest():
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(b"abc") == digest
    assert content_key("upload", b"abc") == f"upload/ba/{digest}"
