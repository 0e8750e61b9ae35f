"""Every benchmark of the engine and of the rules runs, on next to nothing."""

from functools import partial
from pathlib import Path

import pytest

from benchmarks import assignment, identity_speed, matching_quality, matching_speed, teams
from tests.benchmarks.conftest import Run
from tests.factories.public_data import make_public_data

PEERS = ("bm25s", "faiss", "sparse_dot_topn", "tantivy")
METHODS = [
    *("ours", "greedy", "rounds", "every pair"),
    *("ours, fair", "ours, cap ½", "ours, rules", "rules, cap ½"),
]


def names(lines: list[str], width: int) -> list[str]:
    """The first column."""
    return [line[:width].strip() for line in lines]


def test_assignment(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(assignment, "SIZES", ((6, 5),))
    assignment.main(["no-such-folder"])
    _, head, *rows, last = capsys.readouterr().out.splitlines()
    assert head == "random: 6 dossiers × 5 appraisers, 3 seats, 4 at most"
    assert names(rows, 15) == METHODS
    assert [row[15:25].strip() for row in rows if row.startswith(("  ours  ", "  every"))] == ["100.000%"] * 2
    assert last == "LR-bench is not in no-such-folder: give the folder with the public data"


def test_assignment_of_public_papers(tmp_path: Path) -> None:
    assert assignment.lr_bench(make_public_data(tmp_path)).argmax(axis=1).tolist() == [0]


def test_identity_speed(run: Run) -> None:
    first, second, _ = run(identity_speed, 200)
    assert first == "200 records, 19,900 pairs"
    assert second.startswith("resolved in ")


def test_matching_quality(run: Run, tmp_path: Path) -> None:
    assert names(run(matching_quality, make_public_data(tmp_path)), 11) == [
        *("signals: {'", "LR-bench ac", "LR-bench lo"),
        *("popularity", "cosine", "bm25", "words", "concepts"),
        *("4 blends: l", "chosen on o"),
        *("ESCO tech M", "Tatoeba vi→"),
    ]


def test_matching_quality_without_the_public_data(run: Run) -> None:
    assert run(matching_quality, "no-such-folder") == [
        "the public data are not in no-such-folder: give their folder"
    ]


def test_matching_speed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_speed, "NEEDS", 2)
    monkeypatch.setattr(matching_speed, "in_child", lambda fit: fit())  # threads of others do not fork
    lines = run(matching_speed, 12)
    assert names(lines, 36)[:2] == ["load the skill graph", "import 12 offers from JSON Lines"]
    assert len(lines) == 13


def test_teams(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among so few offers some rules let no team be."""
    monkeypatch.setattr(teams, "SHAPES", {"dense": (15, 4)})
    _, *rows, last = run(teams, "--seeds", 1, "--offers", 40)
    assert names(rows, 41) == [f"{shape:<16} {rule}" for shape in ("dense", "market") for rule in teams.RULES]
    assert [row[42:] for row in rows[2:3]] == ["no instance has a team"]
    assert last == "least of all 1.0000, goal 0.95"


def test_scale(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers are threads here: those of `tests/matching/cluster` are processes."""
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    from benchmarks import scale

    cluster = partial(distributed.LocalCluster, processes=False, dashboard_address=None)
    monkeypatch.setattr(scale, "local_cluster", cluster)
    monkeypatch.setattr(scale, "NEEDS", 3)
    monkeypatch.setattr(scale, "TIMES", 1)
    lines = run(scale, 24, "--shards", 1)
    assert names(lines, 12)[:3] == ["24 profiles,", "one process", "1 shards"]
    assert "100,000,000 profiles:" in lines


def test_topk(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run itself refuses an exact peer that finds other scores than the index."""
    for peer in PEERS:
        pytest.importorskip(peer, reason="the extra `bench` is not installed")
    from benchmarks import topk, topk_data

    monkeypatch.setattr(topk_data, "SKILLS", 120)
    monkeypatch.setattr(topk, "RESIDENT", topk.RESIDENT.replace("index =", "topk_data.SKILLS = 120\nindex ="))
    monkeypatch.setattr(topk, "SINGLE_NEEDS", 2)
    monkeypatch.setattr(topk, "ROUNDS", 1)
    lines = names(run(topk, 1_000, 4), 32)
    start, end = (next(n for n, one in enumerate(lines) if one.startswith(w)) for w in ("millisec", "memory"))
    in_c = ["C, every posting"] if "no C compiler: no C reference" not in lines else []
    assert lines[start + 1 : end] == [
        *("ours", *in_c, "scipy X @ q, argpartition", "sparse-dot-topn", "bm25s", "tantivy"),
        *("faiss flat, 64 directions", "faiss IVF, 16 of 25 lists"),
    ]
    assert lines[-1] == "a process of its own after 300 n"


def test_sandbox_rules_speed(run: Run) -> None:
    """The run itself refuses another outcome of zen-engine than ours."""
    pytest.importorskip("zen", reason="the extra `bench` is not installed")
    from benchmarks import sandbox_rules_speed

    lines = run(sandbox_rules_speed, "--cases", 20, "--rounds", 1)
    assert names(lines, 26) == [
        "20 cases, vn-hp-248, 9 cri",
        "clocks,  3 events a case",
        "clocks, 20 events a case",
        "eligibility checks",
        "zen-engine, same criteria",
    ]
