"""Several real processes on one index, killed at the worst moments."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from matching.index import IndexBusy, IndexHit, TopIndex, top_index

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from matching.index import TopIndex
index = TopIndex.open(Path(sys.argv[1]))
print("open", flush=True)
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    index.put(f"w{number:06}", [0, 1], [1, 1 + number])
    print(number, flush=True)
"""
MERGER = """
import sys, time
from pathlib import Path
from matching.index import TopIndex, top_index
where = sys.argv[2]
original = getattr(top_index, where)
def stop(*arguments):
    if where == "_sweep" and len(list(Path(sys.argv[1]).glob("generation-??????"))) == 1:
        return original(*arguments)
    if where != "_sweep":
        original(*arguments)
    print("there", flush=True)
    time.sleep(60)
index = TopIndex.open(Path(sys.argv[1]))
setattr(top_index, where, stop)
index.merge()
"""
LOADER = """
import sys
from pathlib import Path
from matching.index import TopIndex
index = TopIndex.open(Path(sys.argv[1]))
print("open", flush=True)
for turn in range(1_000):
    index.put_many([(f"w{turn:03}-{number:03}", list(range(3)), [1, 1, 1]) for number in range(800)])
"""
HOLDER = """
import fcntl, sys, time
with open(sys.argv[1], "ab") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    matrix = sparse.csr_array(np.ones((50, 3), np.float32))
    TopIndex.build([f"p{row:02}" for row in range(50)], matrix, tmp_path / "index")
    return tmp_path / "index"


def start(program: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill(process: "subprocess.Popen[str]") -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def names(index: TopIndex) -> list[str]:
    return sorted(hit.id for hit in index.search([0], [1], 10_000) if hit.id.startswith("w"))


def test_what_another_process_has_put_is_seen_by_the_next_look(folder: Path):
    index = TopIndex.open(folder)
    writer = start(WRITER, folder, 0, 30)
    try:
        assert line(writer) == "open"
        for number in range(30):
            assert line(writer) == str(number)
            index.refresh()
            assert index.search([1], [1], 1)[0].score >= 1 + number
    finally:
        kill(writer)
    assert names(index) == [f"w{number:06}" for number in range(30)]


def test_a_writer_killed_at_any_moment_loses_nothing_it_confirmed(folder: Path):
    first = 0
    for lines in (3, 40):
        writer = start(WRITER, folder, first, 1_000_000)
        for _ in range(lines):
            line(writer)
        os.kill(writer.pid, signal.SIGKILL)
        confirmed = first + lines - 1 + len(writer.communicate()[0].split())
        found = names(TopIndex.open(folder))
        assert found == [f"w{number:06}" for number in range(len(found))]
        assert len(found) >= confirmed
        first = len(found)
    index = TopIndex.open(folder)
    index.merge()
    assert len(names(index)) == first


def test_what_is_put_together_is_there_together_whenever_the_writer_is_killed(folder: Path):
    for pause in (0.05, 0.13):
        loader = start(LOADER, folder)
        line(loader)
        time.sleep(pause)
        kill(loader)
        assert (len(TopIndex.open(folder)) - 50) % 800 == 0


def test_two_writers_wait_for_one_another(folder: Path):
    writers = [start(WRITER, folder, 0, 40), start(WRITER, folder, 1000, 1040)]
    for writer in writers:
        assert writer.communicate()[0].split()[-1] in {"39", "1039"}
    expected = [f"w{number:06}" for number in [*range(40), *range(1000, 1040)]]
    assert names(TopIndex.open(folder)) == expected


@pytest.mark.parametrize("where", ["_install", "_point", "_sweep"])
def test_a_merge_killed_midway_leaves_the_old_or_the_new_generation_whole(where: str, folder: Path):
    index = TopIndex.open(folder)
    index.put("w1", [0, 1], [2, 2])
    index.remove("p00")
    expected = index.search([0, 1], [1, 1], 60)
    merger = start(MERGER, folder, where)
    assert line(merger) == "there"
    with pytest.raises(IndexBusy):
        index.merge()
    kill(merger)
    again = TopIndex.open(folder)
    assert again.search([0, 1], [1, 1], 60) == expected
    again.put("w2", [0], [1])
    again.merge()
    index.refresh()
    assert names(index) == ["w1", "w2"]
    assert len(list(folder.glob("generation-*"))) == 2


def test_readers_go_on_while_another_process_merges(folder: Path):
    index, stop = TopIndex.open(folder), threading.Event()
    index.put("w0", [2], [100])
    wrong: list[object] = []

    def read() -> None:
        reader = TopIndex.open(folder)
        while not stop.is_set():
            reader.refresh()
            snapshot = reader.snapshot
            hits = snapshot.search([2], [1], 1)
            if hits != [IndexHit("w0", 100.0)] or snapshot.search([2], [1], 1) != hits:
                wrong.append(hits)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(12):
        index.put(f"w{number + 1}", [0], [1])
        index.merge()
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert index.pending == 0


def test_a_busy_writer_is_waited_for_and_then_reported(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(top_index, "PATIENCE", 0.05)
    index = TopIndex.open(folder)
    process = start(HOLDER, folder / "write.lock")
    line(process)
    with pytest.raises(IndexBusy) as error:
        index.put("w0", [0], [1])
    assert error.value.text.vi == ("Chỉ mục đang bận: một tiến trình khác đang ghi. Hãy thử lại sau ít phút.")
    kill(process)
    index.put("w0", [0], [1])
    assert names(index) == ["w0"]
