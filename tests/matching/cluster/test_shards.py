"""Over several processes as in one, to the last digit; also when one of them dies."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from benchmarks.matching_data import needs as made_needs
from benchmarks.matching_data import offers as made
from matching import Matcher, Need, Offer, SkillGraph, explain
from matching.cluster import ShardedMatcher, connected, fit_shards
from matching.cluster.client import ClusterMissing, NoCluster
from matching.cluster.serve import local_cluster
from matching.errors import BadArtefact, BadWeights, UnknownEncoder, UnknownOffer
from matching.filters import passing
from matching.profiles import Limits
from matching.semantic import open_encoder
from matching.semantic.encoder import missing_packages
from matching.weights import Weights

BLOCK = 20


@pytest.fixture(scope="module")
def some(graph: SkillGraph) -> Sequence[Offer]:
    return [
        *made(110, graph),
        Offer(id="hidden", visible=False, evidence=next(iter(made(1, graph))).evidence),
    ]


@pytest.fixture(scope="module")
def needs(graph: SkillGraph) -> list[Need]:
    return made_needs(20, graph)


@pytest.fixture(scope="module")
def alone(some: Sequence[Offer], graph: SkillGraph) -> Matcher:
    return Matcher.fit(some, graph)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        local_cluster(2) as cluster,
        connected(cluster.scheduler_address) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def folder(client: Client, some: Sequence[Offer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cluster") / "shards"
    made = fit_shards(client, iter(some), folder, 3, BLOCK)
    assert made.folders == {"shard-0000": 40, "shard-0001": 40, "shard-0002": 31}
    assert sorted(file.name for file in folder.iterdir()) == [*made.folders, "shards.json"]
    return folder


@pytest.fixture(scope="module")
def matcher(client: Client, folder: Path) -> ShardedMatcher:
    return ShardedMatcher(client, folder)


def test_matches_are_those_of_one_process(matcher: ShardedMatcher, alone: Matcher, needs: list[Need]):
    assert matcher.size == 111
    among = {f"offer-{i:09}" for i in range(0, 110, 3)}
    for need in needs[:4]:
        assert matcher.match(need, 7) == alone.match(need, 7)
        assert matcher.match(need, 0) == alone.match(need, 0)
        assert matcher.match(need, 7, among) == alone.match(need, 7, among)


def test_many_needs_are_answered_in_their_order_within_their_limits(
    matcher: ShardedMatcher, alone: Matcher, needs: list[Need]
):
    french = Need(id="f", text=needs[0].text, limits=Limits(languages=("fr",)))
    asked = [*needs, french]
    expected = [alone.match(need, 5, passing(need, alone.corpus.offers)) for need in asked]
    assert list(matcher.match_within_limits(asked, 5)) == expected
    assert expected[-1] == []


def test_scores_and_reasons_come_from_the_shard_that_has_the_offer(
    matcher: ShardedMatcher, alone: Matcher, needs: list[Need]
):
    for name in ("offer-000000003", "offer-000000109"):
        assert matcher.score(needs[0], name) == alone.score(needs[0], name)
        assert matcher.explain(needs[0], name) == explain(alone, needs[0], name)


def test_an_offer_no_shard_has_is_named(matcher: ShardedMatcher, needs: list[Need]):
    for ask in (matcher.score, matcher.explain):
        with pytest.raises(UnknownOffer, match="nobody"):
            ask(needs[0], "nobody")


def kill_one(client: Client) -> None:
    client.wait_for_workers(2)
    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)


def test_a_match_survives_the_death_of_a_worker(
    client: Client, matcher: ShardedMatcher, alone: Matcher, needs: list[Need]
):
    asked = threading.Thread(target=kill_one, args=(client,))
    found = matcher.match_within_limits(needs, 5)
    first = next(found)
    asked.start()
    rest = list(found)
    asked.join()
    expected = [alone.match(need, 5, passing(need, alone.corpus.offers)) for need in needs]
    assert [first, *rest] == expected


def test_a_fit_survives_the_death_of_a_worker_in_the_middle(
    client: Client, some: Sequence[Offer], alone: Matcher, needs: list[Need], tmp_path: Path
):
    outcome: list[Any] = []
    fit = threading.Thread(
        target=lambda: outcome.append(fit_shards(client, iter(some), tmp_path / "shards", 2, 10))
    )
    fit.start()
    while not any(client.who_has().values()):  # something is done, most is not
        assert fit.is_alive()
        time.sleep(0.01)
    kill_one(client)
    fit.join()
    assert sum(outcome[0].folders.values()) == len(some)
    assert sorted(file.name for file in (tmp_path / "shards").iterdir()) == [
        *outcome[0].folders,
        "shards.json",
    ]
    again = ShardedMatcher(client, tmp_path / "shards")
    for need in needs[:3]:
        assert again.match(need, 0) == alone.match(need, 0)


@pytest.mark.skipif(bool(missing_packages("minilm")), reason="the extra 'semantic' is not installed")
def test_a_sentence_model_and_weights_count_as_in_one_process(
    client: Client, some: Sequence[Offer], needs: list[Need], graph: SkillGraph, tmp_path: Path
):
    few = [*some[:5], Offer(id="bare")]
    weights = {"words": 0.3, "concepts": 0.1, "topics": 0.1, "semantic": 0.5}
    alone = Matcher.fit(few, graph, encoder=open_encoder("minilm"), weights=weights)
    fit_shards(client, few, tmp_path / "shards", 2, 3, "minilm", weights)
    sharded = ShardedMatcher(client, tmp_path / "shards")
    assert (sharded.encoder_name, sharded.signals) == ("minilm", alone.signals)
    assert sharded.match(needs[0], 0) == alone.match(needs[0], 0)
    assert sharded.explain(needs[0], few[4].id) == explain(alone, needs[0], few[4].id)

    other = Weights({"words": 0.9, "semantic": 0.1}, "minilm")
    reweighed = ShardedMatcher(client, tmp_path / "shards", other)
    assert reweighed.match(needs[0], 0) == alone.with_weights(other.weights).match(needs[0], 0)

    without = ShardedMatcher(client, tmp_path / "shards", without_model=True)
    assert (without.encoder_name, "semantic" in without.signals) == (None, False)
    with pytest.raises(BadWeights, match="belong to the model minilm, not none"):
        ShardedMatcher(client, tmp_path / "shards", other, without_model=True)


def test_what_is_wrong_at_a_worker_is_said_as_it_is_here(client: Client, tmp_path: Path):
    with pytest.raises(UnknownEncoder, match="no sentence model gpt"):
        fit_shards(client, [Offer(id="a")], tmp_path / "shards", 1, encoder="gpt")
    with pytest.raises(BadWeights, match="do not add up to 1"):
        fit_shards(client, [Offer(id="a")], tmp_path / "shards", 1, weights={"words": 0.5})
    assert list(tmp_path.iterdir()) == []


def test_no_offers_make_an_empty_index(client: Client, needs: list[Need], tmp_path: Path):
    fit_shards(client, [], tmp_path / "shards", 4)
    assert ShardedMatcher(client, tmp_path / "shards").match(needs[0], 0) == []


def test_a_fit_that_fails_leaves_nothing(client: Client, tmp_path: Path):
    with pytest.raises(ValueError, match="share an id"):
        fit_shards(client, [Offer(id="a"), Offer(id="b"), Offer(id="a")], tmp_path / "shards", 2, 2)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_never_overwritten(client: Client, tmp_path: Path):
    with pytest.raises(FileExistsError):
        fit_shards(client, [], tmp_path, 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no readable shards.json"),
        (b"{}", "no readable"),
        (b'{"format": "old", "folders": {}}', "is old"),
    ],
)
def test_what_is_no_index_in_shards_is_refused(
    content: bytes | None, reason: str, client: Client, tmp_path: Path
):
    if content is not None:
        (tmp_path / "shards.json").write_bytes(content)
    with pytest.raises(BadArtefact, match=reason):
        ShardedMatcher(client, tmp_path)


def test_a_cluster_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("matching.cluster.client.PATIENCE", 0.5)
    with pytest.raises(NoCluster, match=r"127\.0\.0\.1:1"), connected("tcp://127.0.0.1:1"):
        pass


def test_a_cluster_without_workers_is_refused():
    with (
        local_cluster(0) as cluster,
        pytest.raises(NoCluster, match="no worker"),
        connected(cluster.scheduler_address),
    ):
        pass


def test_without_the_package_the_mend_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with (
        pytest.raises(ClusterMissing, match=r"pip install 'benthu\[cluster\]'"),
        connected("tcp://127.0.0.1:1"),
    ):
        pass
