"""Matching over a cluster: every shard is asked, the best are merged."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from matching.cluster import tasks
from matching.cluster.fit import FORMAT, MANIFEST, Shards
from matching.cluster.tasks import Shard
from matching.errors import BadArtefact, UnknownOffer
from matching.explain import Explanation
from matching.matcher import Match
from matching.profiles import Need
from matching.weights import Weights

NEEDS_AT_ONCE = 16
_Answer = TypeVar("_Answer")


class ShardedMatcher:
    """An index that `fit_shards` made, asked as a `Matcher` is.

    A shard stays open at the worker it was given to; when that dies another opens it. It is ranked by the
    signals it was fitted with, unless ``weights`` are given or the model is left out (``without_model``).
    Raises BadArtefact, SemanticMissing and BadWeights.
    """

    def __init__(
        self, client: Any, folder: Path, weights: Weights | None = None, without_model: bool = False
    ) -> None:
        try:
            shards = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Shards)
        except (OSError, msgspec.DecodeError) as error:
            raise BadArtefact(f"no readable {MANIFEST}: {error}") from None
        if shards.format != FORMAT:
            raise BadArtefact(f"its format is {shards.format}, not {FORMAT}")
        self.size = sum(shards.folders.values())
        self._client = client
        self.encoder_name = None if without_model else shards.encoder
        asked = tuple(weights.for_model(self.encoder_name).items()) if weights else None
        self.shards = [
            Shard(str((folder / name).absolute()), self.encoder_name, asked) for name in shards.folders
        ]
        self._workers = sorted(client.scheduler_info(n_workers=-1)["workers"])

    @property
    def signals(self) -> dict[str, float]:
        """As `Matcher.signals`."""
        found: list[dict[str, float]] = self._ask(tasks.signals)
        return found[0]

    def match(self, need: Need, k: int = 20, among: Collection[str] | None = None) -> list[Match]:
        """As `Matcher.match`."""
        allowed = None if among is None else frozenset(among)
        return _best([found for [found] in self._ask(tasks.match, [need], k, allowed)], k)

    def match_within_limits(self, needs: Sequence[Need], k: int = 20) -> Iterator[list[Match]]:
        """For each need in turn the best offers that pass its limits, some needs at a time."""
        for start in range(0, len(needs), NEEDS_AT_ONCE):
            some = list(needs[start : start + NEEDS_AT_ONCE])
            found = self._ask(tasks.match_within_limits, some, k)
            yield from (_best(parts, k) for parts in zip(*found, strict=True))

    def score(self, need: Need, offer_id: str) -> float:
        """As `Matcher.score`. Raises UnknownOffer."""
        answers: list[float | None] = self._ask(tasks.score, need, offer_id)
        return _the_one(answers, offer_id)

    def explain(self, need: Need, offer_id: str) -> Explanation:
        """As `matching.explain`. Raises UnknownOffer."""
        answers: list[Explanation | None] = self._ask(tasks.explained, need, offer_id)
        return _the_one(answers, offer_id)

    def _ask(self, task: Callable[..., Any], *arguments: object) -> list[Any]:
        """The answers of all shards, each from the worker that has it open or from another."""
        return list(
            self._client.gather(
                [
                    self._client.submit(
                        task,
                        shard,
                        *arguments,
                        pure=False,
                        workers=self._workers[at % len(self._workers)],
                        allow_other_workers=True,
                    )
                    for at, shard in enumerate(self.shards)
                ]
            )
        )


def _best(parts: Sequence[Sequence[Match]], k: int) -> list[Match]:
    return sorted(chain(*parts), key=lambda match: (-match.score, match.offer))[: k or None]


def _the_one(answers: Sequence[_Answer | None], offer_id: str) -> _Answer:
    found = [answer for answer in answers if answer is not None]
    if not found:
        raise UnknownOffer(offer_id)
    return found[0]
