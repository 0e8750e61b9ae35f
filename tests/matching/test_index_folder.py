"""What is on disk: whole or not there, refused when damaged or foreign, changed by one at a time."""

import os
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy import sparse

from matching import sealed
from matching.errors import BadArtefact, UnknownOffer
from matching.index import IndexBusy, IndexHit, TopIndex, generation, log, top_index
from matching.index.lock import held
from matching.text import Text

ROWS = sparse.csr_array(np.array([[1, 2, 0], [0, 1, 0]], np.float32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    TopIndex.build(["b", "a"], ROWS, tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def changes(folder: Path) -> Path:
    return folder / "generation-000001.changes"


def found(index: TopIndex) -> list[str]:
    return [hit.id for hit in index.search([0, 1, 2], [1, 1, 1])]


def test_changes_are_seen_at_once_and_by_others_after_a_refresh(folder: Path):
    ours, theirs = TopIndex.open(folder), TopIndex.open(folder)
    ours.put("c", [2], [9])
    ours.put("a", [0], [5])
    ours.remove("b")
    assert ours.search([0, 1, 2], [1, 1, 1]) == [IndexHit("c", 9.0), IndexHit("a", 5.0)]
    assert found(theirs) == ["b", "a"]
    assert theirs.refresh()
    assert not theirs.refresh()
    assert found(theirs) == ["c", "a"]
    assert found(TopIndex.open(folder)) == ["c", "a"]
    assert (len(ours), ours.pending) == (2, 4)


def test_a_snapshot_stays_what_it_was(folder: Path):
    index = TopIndex.open(folder)
    index.put("c", [0], [1])
    before = index.snapshot
    for number in range(200):
        index.put(f"d{number}", [0, 1, 2], [3, 3, 3])
    index.remove("c")
    index.merge()
    assert [hit.id for hit in before.search([0, 1], [1, 1])] == ["b", "a", "c"]
    assert len(before) == 3
    assert len(index) == 202


def test_a_merge_is_followed_by_others_and_leaves_one_generation(folder: Path):
    ours, theirs = TopIndex.open(folder), TopIndex.open(folder)
    ours.put("c", [2], [9])
    ours.remove("b")
    (folder / ".generation-000002.left-by-a-kill").mkdir()
    (folder / "generation-000002").mkdir()
    ours.merge()
    theirs.put("d", [2], [10])
    assert found(theirs) == ["d", "c", "a"]
    assert theirs.pending == 1
    assert ours.refresh()
    assert found(ours) == ["d", "c", "a"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "CURRENT", "generation-000002", "generation-000002.changes", "merge.lock", "write.lock",
    ]  # fmt: skip


def test_what_is_changed_during_a_merge_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch):
    ours, theirs = TopIndex.open(folder), TopIndex.open(folder)
    ours.put("c", [0], [1])
    install = top_index._install

    def slow_install(*arguments: object) -> None:
        install(*arguments)  # type: ignore[arg-type]
        theirs.put("d", [0], [7])
        theirs.remove("b")

    monkeypatch.setattr(top_index, "_install", slow_install)
    ours.merge()
    assert [found(ours), found(TopIndex.open(folder))] == [["d", "a", "c"]] * 2
    assert ours.pending == 2


def test_everything_removed_leaves_an_index_that_works(folder: Path):
    index = TopIndex.open(folder)
    index.remove("a")
    index.remove("b")
    index.merge()
    assert (found(index), len(index)) == ([], 0)
    index.put("z", [0], [1])
    assert found(index) == ["z"]


def test_only_what_is_there_can_be_removed(folder: Path):
    index = TopIndex.open(folder)
    index.remove("a")
    for name in ("a", "x"):
        with pytest.raises(UnknownOffer):
            index.remove(name)
    assert index.pending == 1


def test_several_are_put_at_once(folder: Path):
    index = TopIndex.open(folder)
    index.put_many([("c", [0], [7]), ("d", [0], [8]), ("c", [0], [9])])
    assert found(index) == ["c", "d", "b", "a"]


@pytest.mark.parametrize("name", ["write.lock", "merge.lock"])
def test_a_second_writer_is_turned_away(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(top_index, "PATIENCE", 0.02)
    index = TopIndex.open(folder)
    with held(folder / name, 0, Text("", "")), pytest.raises(IndexBusy) as error:
        index.merge()
    assert error.value.status == 503
    assert found(index) == ["b", "a"]
    index.merge()


@pytest.mark.parametrize("cut", [1, 11, 12, 20, -1])
def test_a_torn_record_is_dropped_with_the_reason(
    cut: int, folder: Path, changes: Path, caplog: pytest.LogCaptureFixture
):
    index = TopIndex.open(folder)
    index.put("c", [0], [7])
    whole = changes.read_bytes()
    index.put("d", [0], [8])
    torn = changes.read_bytes()[: len(whole) + cut] if cut > 0 else changes.read_bytes()[:-1]
    changes.write_bytes(torn)
    again = TopIndex.open(folder)
    assert found(again) == ["c", "b", "a"]
    again.put("e", [0], [9])
    assert "dropped the end of the log" in caplog.text
    assert found(TopIndex.open(folder)) == ["e", "c", "b", "a"]
    assert log.read(changes).torn is None


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (b"\0" * 40, "40 bytes that were never written"),
        (b"\0" * 3, "3 bytes, less than the head of a record"),
    ],
)
def test_what_was_never_written_is_torn(end: bytes, reason: str, changes: Path):
    changes.write_bytes(changes.read_bytes() + end)
    assert log.read(changes) == log.Read([], len(log.MAGIC), reason)


def test_a_last_record_with_a_wrong_checksum_is_torn(folder: Path, changes: Path):
    TopIndex.open(folder).put("c", [0], [7])
    content = bytearray(changes.read_bytes())
    content[-1] ^= 1
    changes.write_bytes(content)
    assert log.read(changes).torn == "a record with a wrong checksum"
    assert found(TopIndex.open(folder)) == ["b", "a"]


@pytest.mark.parametrize("at", [0, 5, 14, -1])
def test_a_record_damaged_amidst_others_is_refused(at: int, folder: Path, changes: Path):
    index = TopIndex.open(folder)
    start = changes.stat().st_size
    index.put("c", [0], [7])
    end = changes.stat().st_size
    index.put("d", [0], [8])
    content = bytearray(changes.read_bytes())
    content[start + at if at >= 0 else end - 1] ^= 1
    changes.write_bytes(content)
    with pytest.raises(
        BadArtefact, match=f"generation-000001.changes: the record at byte {start} is damaged"
    ):
        TopIndex.open(folder)


def test_the_log_of_another_index_is_refused(folder: Path, changes: Path):
    for change in (
        log.Put("x", b"\3\0\0\0", b"\0\0\0\0"),
        log.Put("x", b"\1", b""),
        log.Put("x", b"", b"\0\0\0\0"),
    ):
        log.create(changes)
        log.append(changes, len(log.MAGIC), [change])
        with pytest.raises(BadArtefact, match="the change of x is not for an index of 3 columns"):
            TopIndex.open(folder)
    for strange in ("strange", msgspec.Raw(b"\x94\xa3put\xa1\xff\xc4\0\xc4\0")):  # an id that is no text
        log.create(changes)
        log.append(changes, len(log.MAGIC), [strange])  # type: ignore[list-item]
        with pytest.raises(BadArtefact, match="the record at byte 17 is foreign"):
            TopIndex.open(folder)
    changes.write_bytes(b"something else that is long")
    with pytest.raises(BadArtefact, match="is no log of changes"):
        TopIndex.open(folder)


def test_a_write_that_fails_leaves_no_trace(folder: Path, changes: Path, monkeypatch: pytest.MonkeyPatch):
    index = TopIndex.open(folder)
    before = changes.read_bytes()

    def full(_: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        index.put("c", [0], [7])
    monkeypatch.undo()
    assert changes.read_bytes() == before
    assert found(index) == ["b", "a"]


FILES = [
    "ids.ends", "ids.letters",
    "postings.levels", "postings.rows", "postings.starts", "postings.steps", "postings.values",
    "profiles.columns", "profiles.starts", "profiles.values",
]  # fmt: skip


def test_no_file_is_a_pickle(folder: Path):
    files = sorted(path.name for path in (folder / "generation-000001").iterdir())
    assert files == sorted(["checked.json", "manifest.json", *(f"{name}.npy" for name in FILES)])
    for name in FILES:
        np.load(folder / "generation-000001" / f"{name}.npy", allow_pickle=False)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused_by_name(name: str, folder: Path):
    file = folder / "generation-000001" / f"{name}.npy"
    stat = file.stat()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(BadArtefact, match=f"{name}.npy is missing or damaged"):
        TopIndex.open(folder)
    file.unlink()
    with pytest.raises(BadArtefact, match=f"{name}.npy is missing or damaged"):
        TopIndex.open(folder)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("CURRENT", None, "no readable CURRENT"),
        ("CURRENT", b"\xff", "no readable CURRENT"),
        ("CURRENT", b"../elsewhere", "CURRENT names no generation"),
        ("CURRENT", b"generation-000009\n", "no readable manifest"),
        ("generation-000001/manifest.json", None, "no readable manifest"),
        ("generation-000001/manifest.json", b'{"format": "\xff"}', "no readable manifest"),
        (
            "generation-000001/manifest.json",
            b'{"format": "old", "about": {}, "files": {}}',
            "its format is old",
        ),
        (
            "generation-000001/manifest.json",
            b'{"format": "benthu-index-2", "about": {}, "files": {"../x": ""}}',
            "../x is missing or damaged",
        ),
        (
            "generation-000001/manifest.json",
            b'{"format": "benthu-index-2", "about": {}, "files": {}}',
            "its files do not hold what they must: 'rows'",
        ),
    ],
)
def test_a_folder_that_is_no_index_is_refused(file: str, content: bytes | None, reason: str, folder: Path):
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(BadArtefact, match=reason):
        TopIndex.open(folder)


def test_files_that_do_not_fit_one_another_are_refused(folder: Path):
    generation = folder / "generation-000001"
    manifest = msgspec.json.decode((generation / "manifest.json").read_bytes())
    manifest["about"]["rows"] = 3
    (generation / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(BadArtefact, match="ends does not fit the sizes in its manifest"):
        TopIndex.open(folder)


def test_a_missing_log_is_refused(folder: Path, changes: Path):
    changes.unlink()
    with pytest.raises(BadArtefact, match=r"generation-000001.changes cannot be read"):
        TopIndex.open(folder)


def test_an_untouched_file_is_not_read_again_unless_asked(folder: Path, monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []
    digest = sealed._digest
    monkeypatch.setattr(sealed, "_digest", lambda file: read.append(file.name) or digest(file))
    TopIndex.open(folder)
    assert read == ["manifest.json"]
    TopIndex.open(folder, anew=True)
    assert set(read) == {"manifest.json", *(f"{name}.npy" for name in FILES)}


@pytest.mark.parametrize("note", [None, b"{}", b'{"manifest": "\xff"}'])
def test_without_a_readable_note_all_is_compared_once(
    note: bytes | None, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    checked = folder / "generation-000001" / "checked.json"
    checked.unlink() if note is None else checked.write_bytes(note)
    read: list[str] = []
    digest = sealed._digest
    monkeypatch.setattr(sealed, "_digest", lambda file: read.append(file.name) or digest(file))
    TopIndex.open(folder)
    assert set(read) == {"manifest.json", *(f"{name}.npy" for name in FILES)}
    read.clear()
    TopIndex.open(folder)
    assert read == ["manifest.json"]


def test_a_copy_is_compared_once(folder: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(folder, folder.parent / "copy")
    read: list[str] = []
    digest = sealed._digest
    monkeypatch.setattr(sealed, "_digest", lambda file: read.append(file.name) or digest(file))
    assert found(TopIndex.open(folder.parent / "copy")) == ["b", "a"]
    assert len(read) > len(FILES)
    read.clear()
    TopIndex.open(folder.parent / "copy")
    assert read == ["manifest.json"]


def test_a_folder_nobody_may_write_to_is_read_each_time(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "generation-000001" / "checked.json").unlink()

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "write_bytes", refused)
    assert found(TopIndex.open(folder)) == ["b", "a"]
    assert not (folder / "generation-000001" / "checked.json").exists()


@pytest.mark.parametrize(
    ("ids", "reason"),
    [(["a"], "1 ids for 2 rows"), (["a", "a"], "two profiles share an id"), (["b", "\ud800"], "utf-8")],
)
def test_a_build_that_fails_leaves_nothing(ids: list[str], reason: str, tmp_path: Path):
    with pytest.raises(ValueError, match=reason):
        TopIndex.build(ids, ROWS, tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_an_index_is_never_overwritten(folder: Path):
    with pytest.raises(FileExistsError):
        TopIndex.build(["b", "a"], ROWS, folder)
    assert found(TopIndex.open(folder)) == ["b", "a"]


def test_more_weights_than_32_bits_can_count_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(generation, "MOST_ENTRIES", 2)
    with pytest.raises(ValueError, match="an index holds at most 2 weights"):
        TopIndex.build(["b", "a"], ROWS, tmp_path / "index")


def test_a_folder_that_vanishes_while_it_is_opened_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def vanished(_: Path) -> str:
        raise FileNotFoundError("gone")

    monkeypatch.setattr(sealed, "_digest", vanished)
    with pytest.raises(BadArtefact, match="it cannot be read: gone"):
        TopIndex.open(folder)


def test_a_generation_merged_away_while_it_is_opened_is_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    reader, writer = TopIndex.open(folder), TopIndex.open(folder)
    writer.put("c", [0], [7])
    writer.merge()
    current, stale = top_index._current, ["generation-000001"]
    monkeypatch.setattr(top_index, "_current", lambda path: stale.pop() if stale else current(path))
    assert reader.refresh()
    assert found(reader) == ["c", "b", "a"]
