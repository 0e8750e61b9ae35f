"""The tasks of a cluster, done here one after the other: also as they go when a worker dies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.matching_data import needs as made_needs
from benchmarks.matching_data import offers as made
from matching import Matcher, Need, Offer, SkillGraph, explain
from matching.cluster import ShardedMatcher, fit_shards, tasks
from matching.errors import UnknownOffer
from matching.filters import passing
from matching.weights import Weights
from tests.factories.letters import Letters


class Here:
    """Stands for the client of a cluster: does at once what it is given, after what ``first`` says."""

    def __init__(self, first: Callable[[Callable[..., Any], tuple[Any, ...]], object]) -> None:
        self._first = first

    def submit(self, task: Callable[..., Any], *arguments: Any, **_: object) -> Any:
        self._first(task, arguments)
        return task(*arguments)

    def gather(self, outcomes: Iterable[Any]) -> list[Any]:
        return list(outcomes)

    def scheduler_info(self, n_workers: int) -> dict[str, dict[str, None]]:
        return {"workers": {"here": None}}


def nothing(*_: object) -> None:
    pass


@pytest.fixture(scope="module")
def some(graph: SkillGraph) -> Sequence[Offer]:
    return list(made(50, graph))


@pytest.fixture(scope="module")
def need(graph: SkillGraph) -> Need:
    return made_needs(1, graph)[0]


@pytest.fixture(scope="module")
def alone(some: Sequence[Offer], graph: SkillGraph) -> Matcher:
    return Matcher.fit(some, graph)


def test_every_question_is_answered_as_by_one_matcher(
    some: Sequence[Offer], alone: Matcher, need: Need, tmp_path: Path
):
    here = Here(nothing)
    fit_shards(here, some, tmp_path / "shards", 2, 20)
    matcher, who = ShardedMatcher(here, tmp_path / "shards"), some[-1].id
    assert matcher.match(need, 0) == alone.match(need, 0)
    limited = alone.match(need, 5, passing(need, alone.corpus.offers))
    assert list(matcher.match_within_limits([need, need], 5)) == [limited, limited]
    assert matcher.score(need, who) == alone.score(need, who)
    assert matcher.explain(need, who) == explain(alone, need, who)
    with pytest.raises(UnknownOffer):
        matcher.score(need, "nobody")
    with pytest.raises(UnknownOffer):
        matcher.explain(need, "nobody")


def test_what_a_worker_had_done_before_it_died_may_be_done_again(
    some: Sequence[Offer], alone: Matcher, need: Need, tmp_path: Path
):
    here = Here(lambda task, arguments: task(*arguments))
    shards = fit_shards(here, some, tmp_path / "shards", 2, 20)
    assert sum(shards.folders.values()) == len(some)
    assert ShardedMatcher(here, tmp_path / "shards").match(need, 0) == alone.match(need, 0)


def test_what_a_dead_worker_left_is_swept_away(some: Sequence[Offer], tmp_path: Path):
    def leave(*_: object) -> None:
        (draft,) = tmp_path.glob(".shards.*")
        (draft / ".shard-0000.left").mkdir(exist_ok=True)

    shards = fit_shards(Here(leave), some, tmp_path / "shards", 2, 20)
    assert sorted(file.name for file in (tmp_path / "shards").iterdir()) == [*shards.folders, "shards.json"]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letters]:
    letters = Letters()
    monkeypatch.setattr(tasks, "open_encoder", lambda _: letters)
    yield letters
    tasks.opened.cache_clear()
    tasks.matcher.cache_clear()


def test_a_sentence_model_and_weights_count_as_in_one_matcher(
    some: Sequence[Offer], need: Need, graph: SkillGraph, letters: Letters, tmp_path: Path
):
    here, folder = Here(nothing), tmp_path / "shards"
    weights = {"words": 0.5, "semantic": 0.5}
    fit_shards(here, some, folder, 2, 20, letters.name, weights)
    alone = Matcher.fit(some, graph, encoder=letters, weights=weights)
    matcher = ShardedMatcher(here, folder)
    assert (matcher.encoder_name, matcher.signals) == (letters.name, weights | {"concepts": 0, "topics": 0})
    assert matcher.match(need, 0) == alone.match(need, 0)
    other = Weights({"concepts": 0.9, "semantic": 0.1}, letters.name)
    assert ShardedMatcher(here, folder, other).match(need, 0) == (
        alone.with_weights(other.weights).match(need, 0)
    )
    without = ShardedMatcher(here, folder, without_model=True)
    assert (without.encoder_name, without.signals["words"]) == (None, 1)
