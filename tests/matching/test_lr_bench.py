"""Real researchers and papers through the command line, as an outsider would."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from matching.evaluate import LrBench, read_lr_bench
from matching.metrics import JudgedPair, accuracy, loss


@pytest.fixture(scope="module")
def bench(data: Path) -> LrBench:
    return read_lr_bench(data)


@pytest.fixture(scope="module")
def pairs(bench: LrBench, tmp_path_factory: pytest.TempPathFactory) -> list[JudgedPair]:
    folder = tmp_path_factory.mktemp("lr_bench")
    for name, rows in (("offers", bench.offers), ("needs", bench.needs)):
        (folder / f"{name}.jsonl").write_bytes(b"\n".join(msgspec.json.encode(row) for row in rows))
    subprocess.run(
        [
            *(sys.executable, "-m", "matching", "match", "--k", "0"),
            *("--offers", folder / "offers.jsonl", "--needs", folder / "needs.jsonl"),
            *("--out", folder / "matches.jsonl"),
        ],
        check=True,
    )
    lines = [json.loads(line) for line in (folder / "matches.jsonl").read_text("utf-8").splitlines()]
    scores = {(line["need"], match["offer"]): match["score"] for line in lines for match in line["matches"]}
    assert len(scores) == len(bench.needs) * len(bench.offers)
    for line in lines:
        ranked = [match["score"] for match in line["matches"]]
        assert ranked == sorted(ranked, reverse=True)
    return bench.pairs(scores)


def test_the_bench_is_read_whole(bench: LrBench):
    assert (len(bench.offers), len(bench.needs), len(bench.triples)) == (235, 150, 212)


def test_accuracy_without_models_reaches_the_goal(pairs: list[JudgedPair]):
    assert accuracy(pairs) >= 0.72


def test_loss_without_models_reaches_the_goal(pairs: list[JudgedPair]):
    assert loss(pairs) <= 0.235


def test_papers_of_one_researcher_are_told_apart_better_than_by_chance(bench: LrBench, data: Path):
    """Scores of one person for different needs can be compared: the judgements of the bench, turned."""
    from matching import Matcher

    rows = json.loads((data / "matching" / "lr_bench" / "evaluations_pc.json").read_text("utf-8"))
    judged: dict[str, dict[str, float]] = {}
    for row in rows:
        for side in ("positive", "negative"):
            judged.setdefault(row[side]["author_id"], {})[row["anchor"]["paper_id"]] = row[side]["score"]
    matcher = Matcher.fit(bench.offers)
    needs = {need.id: need for need in bench.needs}
    turned = [
        JudgedPair(matcher.score(needs[a], author), matcher.score(needs[b], author), papers[a] - papers[b])
        for author, papers in judged.items()
        for a in papers
        for b in papers
        if papers[a] > papers[b]
    ]
    assert len(turned) == 89
    assert loss(turned) <= 0.2
