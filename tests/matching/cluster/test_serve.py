import os
import signal
import sys
from pathlib import Path

import pytest

from matching.__main__ import main
from matching.cluster import connected, serve
from matching.cluster.client import NoCluster
from matching.cluster.serve import join, local_cluster


def stop(_: object = None) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_it_says_where_it_is_and_stops_when_asked(capfd: pytest.CaptureFixture[str]):
    said: list[str] = []

    def ask(address: str) -> None:
        said.append(address)
        stop()

    serve.serve("127.0.0.1", 0, 1, ask)
    assert said[0].startswith("tcp://127.0.0.1:")
    with pytest.raises(NoCluster), connected(said[0]):
        pass


def test_nothing_listens_beyond_its_address():
    with local_cluster(1) as cluster, connected(cluster.scheduler_address) as client:
        pids = [os.getpid(), *client.run(os.getpid).values()]
        assert {address for pid in pids for address in listening(pid)} == {"0100007F"}


def listening(pid: int) -> set[str]:
    """The addresses, as the kernel writes them, on which a process listens."""
    sockets = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()
    ]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}


def test_workers_join_a_scheduler_and_leave_when_asked():
    seen: list[int] = []
    with local_cluster(1) as cluster, connected(cluster.scheduler_address) as client:

        def look(_: str) -> None:
            seen.append(len(client.scheduler_info(n_workers=-1)["workers"]))
            stop()

        join(cluster.scheduler_address, 1, look)
        assert seen == [2]
        assert len(client.scheduler_info(n_workers=-1)["workers"]) == 1


def test_joining_nobody_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serve, "START", 1)
    with pytest.raises(NoCluster, match=r"127\.0\.0\.1:1"):
        join("tcp://127.0.0.1:1", 1, stop)


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        (["--port", "0", "--workers", "3"], ("serve", "127.0.0.1", 0, 3)),
        (["--join", "tcp://there:1"], ("join", "tcp://there:1", 2)),
    ],
)
def test_the_command_serves_or_joins(
    arguments: list[str],
    called: tuple[object, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    calls: list[tuple[object, ...]] = []
    for name in ("serve", "join"):

        def note(*given: object, name: str = name) -> None:
            calls.append((name, *given[:-1]))
            given[-1]("tcp://there:1")  # type: ignore[operator]

        monkeypatch.setattr(f"matching.commands.cluster.{name}", note)
    assert main(["serve-shards", *arguments]) == 0
    assert calls == [called]
    assert capsys.readouterr().out == "tcp://there:1\n"


OFFERS = """{"id": "a", "evidence": [{"id": "p", "kind": "paper", "title": "Plasma etching"}]}
{"id": "b", "skills": [{"key": "biogas", "level": 5}, {"key": "quantum-poetry"}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "offers.jsonl").write_text(OFFERS)
    (tmp_path / "needs.jsonl").write_text('{"id": "n", "text": "plasma etching"}\n{"id": "m"}\n')
    return tmp_path


def test_the_commands_answer_as_on_one_machine(
    folder: Path, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    for name in ("evaluate_esco", "evaluate_translations"):  # they have no offers to cut
        monkeypatch.setattr(f"matching.commands.evaluate.{name}", lambda *_, **__: ())
    offers, needs = f"--offers={folder / 'offers.jsonl'}", f"--needs={folder / 'needs.jsonl'}"
    assert main(["match", offers, needs, "--k=0", f"--out={folder / 'alone'}"]) == 0
    assert main(["evaluate", f"--data={data}"]) == 0
    alone = capsys.readouterr().out
    with local_cluster(1) as cluster:
        here = f"--cluster={cluster.scheduler_address}"
        assert main(["fit", offers, here, f"--out={folder / 'index'}"]) == 0
        said = capsys.readouterr().err
        assert "b: no skill 'quantum-poetry' in the graph" in said
        assert "2 offers in 1 shards; signals: words 0.57, concepts 0.43\n" in said
        index = f"--index={folder / 'index'}"
        assert main(["match", index, needs, here, "--k=0", f"--out={folder / 'shards'}"]) == 0
        assert main(["match", offers, needs, here, "--k=0", f"--out={folder / 'fresh'}"]) == 0
        capsys.readouterr()
        other = ["match", index, needs, here, "--semantic=minilm", f"--out={folder / 'other'}"]
        assert main(other) == 1
        assert "it is ranked with the model none, not minilm" in capsys.readouterr().err
        assert main(["evaluate", f"--data={data}", here]) == 0
    assert capsys.readouterr().out == alone
    assert (folder / "shards").read_bytes() == (folder / "alone").read_bytes()
    assert (folder / "fresh").read_bytes() == (folder / "alone").read_bytes()
    assert sorted(file.name for file in folder.iterdir()) == [
        *("alone", "fresh", "index", "needs.jsonl", "offers.jsonl", "shards")
    ]


def test_two_offers_of_one_id_are_refused_with_their_line(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "offers.jsonl").write_text('{"id": "a"}\n{"id": "a"}\n')
    with local_cluster(1) as cluster:
        arguments = ["fit", f"--offers={folder / 'offers.jsonl'}", f"--cluster={cluster.scheduler_address}"]
        assert main([*arguments, f"--out={folder / 'index'}"]) == 1
    assert "offers.jsonl, line 2, field $.id" in capsys.readouterr().err
    assert not (folder / "index").exists()


def test_what_a_cluster_cannot_do_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]):
    here, kept = "--cluster=tcp://127.0.0.1:1", f"--vectors={folder / 'vectors'}"
    arguments = ["fit", f"--offers={folder / 'offers.jsonl'}", here, f"--out={folder / 'index'}"]
    for asked in (arguments, ["evaluate", f"--data={folder}", here]):
        assert main([*asked, kept]) == 1
        assert "--vectors does not work with --cluster" in capsys.readouterr().err


def test_without_the_package_the_mend_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["serve-shards"]) == 1
    assert "pip install 'benthu[cluster]'" in capsys.readouterr().err
