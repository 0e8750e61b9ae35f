"""Why somebody is not among those suggested: the limit that leaves them out, or what they score less in."""

from collections.abc import Collection

import msgspec
import numpy as np

from matching.explain import SIGNAL_NAMES, Explanation, explain
from matching.filters import Check, Conflicts, checks, passing
from matching.matcher import Matcher
from matching.profiles import Need
from matching.skill_graph.graph import SkillGraph
from matching.text import Lang, Text
from matching.what_if import KINDS, Change, changed

_MOST_TRIED = 8


class Gap(msgspec.Struct, frozen=True):
    """What one signal gives the offer (``own``) and the one at rank k (``other``), as parts of their scores:
    over all signals ``other - own`` adds up to the difference of the scores."""

    signal: str
    own: float
    other: float


class WhyNot(msgspec.Struct, frozen=True):
    """Why an offer is not among the first ``k``.

    ``excluded`` are the limits it fails; ``rank`` counts from 1 among those who pass (for one who fails: as
    if it passed), ``None`` when nothing speaks for it. ``last`` is the offer at rank k, or the last one with
    any score, ``needed`` its score. ``lower`` are the signals that give the offer less than ``last``, the
    widest gap first. ``change`` is the one change that would bring it among the first k, or else
    the one that helps most, with the score and rank it would have; ``None`` when none helps.
    """

    need: str
    offer: str
    k: int
    excluded: tuple[Check, ...]
    rank: int | None
    score: float
    last: str | None
    needed: float
    lower: tuple[Gap, ...]
    change: Change | None = None
    would_score: float | None = None
    would_rank: int | None = None

    @property
    def is_among(self) -> bool:
        """Whether it is among the first k after all."""
        return not self.excluded and self.rank is not None and self.rank <= self.k

    @property
    def is_enough(self) -> bool:
        """Whether the change would bring it among the first k."""
        return self.would_rank is not None and self.would_rank <= self.k

    def say(self, graph: SkillGraph, lang: Lang) -> list[str]:
        """The reasons as sentences."""
        if self.excluded:
            return [check.say(lang) for check in self.excluded]
        lines = [self._say_rank().of(lang)]
        if self.is_among:
            return lines
        lines += [_say_gap(gap).of(lang) for gap in self.lower]
        if self.change is None:
            return [
                *lines,
                Text("Không một thay đổi đơn lẻ nào giúp được.", "No single change would help.").of(lang),
            ]
        return [*lines, self.change.say(graph, lang) + self._say_then().of(lang)]

    def _say_rank(self) -> Text:
        if self.rank is None:
            return Text("Không có gì chung với nhu cầu.", "Nothing in common with the need.")
        score, needed = f"{self.score:.3f}", f"{self.needed:.3f}"
        return Text(
            f"Đứng thứ {self.rank} với {score} điểm; để vào {self.k} người đầu cần hơn {needed}.",
            f"Rank {self.rank} with a score of {score}; the first {self.k} take more than {needed}.",
        )

    def _say_then(self) -> Text:
        place = Text(
            f"điểm sẽ là {self.would_score:.3f}, đứng thứ {self.would_rank}",
            f"the score would be {self.would_score:.3f}, rank {self.would_rank}",
        )
        if self.is_enough:
            return Text(f"{place.vi}.", f"{place.en}.")
        return Text(
            f"{place.vi}: vẫn chưa đủ, và không một thay đổi đơn lẻ nào đủ.",
            f"{place.en}: still not enough, and no single change is.",
        )


def why_not(
    matcher: Matcher,
    need: Need,
    offer_id: str,
    k: int = 20,
    conflicts: Conflicts | None = None,
    among: Collection[str] | None = None,
) -> WhyNot:
    """Why an offer is not among the first ``k`` (> 0) for a need. Raises UnknownOffer.

    Those who pass the limits of the need (see `filters`) and, where ``among`` is given, are named there,
    are ranked as `Matcher.match` ranks them.
    """
    row = matcher.row(offer_id)
    entry = matcher.corpus.offers[row]
    excluded = tuple(check for check in checks(need, entry, conflicts) if not check.holds)
    allowed = passing(need, matcher.corpus.offers, conflicts)
    rivals = _Rivals(matcher, need, (allowed if among is None else allowed & frozenset(among)) - {offer_id})
    own = explain(matcher, need, offer_id, conflicts)
    last = rivals.at(k)
    found = WhyNot(
        need=need.id,
        offer=offer_id,
        k=k,
        excluded=excluded,
        rank=rivals.rank(own.score, offer_id) if own.score > 0 else None,
        score=own.score,
        last=last,
        needed=rivals.score_of(last) if last else 0.0,
        lower=_gaps(own, explain(matcher, need, last)) if last else (),
    )
    return found if excluded or found.is_among else _with_change(found, matcher, need, own, rivals)


class _Rivals:
    """The others, best first, ties by id."""

    def __init__(self, matcher: Matcher, need: Need, others: Collection[str]) -> None:
        scores = matcher.scores(need)
        rows = [row for key in others if (row := matcher.corpus.row.get(key)) is not None]
        found = [(-float(scores[row]), matcher.corpus.offers[row].id) for row in rows if scores[row] > 0]
        self._ordered = sorted(found)
        self._scores = {key: -score for score, key in found}

    def at(self, k: int) -> str | None:
        """The one at rank k, or the last one."""
        return self._ordered[: max(k, 1)][-1][1] if self._ordered else None

    def score_of(self, key: str) -> float:
        return self._scores[key]

    def rank(self, score: float, key: str) -> int:
        """From 1: where somebody with this score would stand among them."""
        mine = (-float(np.float32(score)), key)
        return 1 + sum(other < mine for other in self._ordered)


def _gaps(own: Explanation, other: Explanation) -> tuple[Gap, ...]:
    mine, theirs = _by_signal(own), _by_signal(other)
    found = [Gap(name, mine[name], theirs[name]) for name in own.signals]
    return tuple(sorted((g for g in found if g.own < g.other), key=lambda g: g.own - g.other))


def _by_signal(explanation: Explanation) -> dict[str, float]:
    found = dict.fromkeys(explanation.signals, 0.0)
    for part in explanation.contributions:
        found[part.signal] += part.value
    return found


def _with_change(found: WhyNot, matcher: Matcher, need: Need, own: Explanation, rivals: _Rivals) -> WhyNot:
    """The first change that suffices, skills to declare before evidence to show, important ones first; or
    else the best one."""
    lacking = sorted((a for a in own.answers if a.covered < 1), key=lambda a: -a.importance)[:_MOST_TRIED]
    best: tuple[float, Change] | None = None
    for change in (Change(answer.skill, kind) for kind in KINDS for answer in lacking):
        score = changed(matcher, found.offer, change).score(need, found.offer)
        if score > max(found.score, best[0] if best else 0):
            best = score, change
            if rivals.rank(score, found.offer) <= found.k:
                break
    if best is None:
        return found
    score, change = best
    return msgspec.structs.replace(
        found, change=change, would_score=score, would_rank=rivals.rank(score, found.offer)
    )


def _say_gap(gap: Gap) -> Text:
    name = SIGNAL_NAMES[gap.signal]
    return Text(
        f"Thấp hơn ở {name.vi}: {gap.own:.3f} so với {gap.other:.3f}.",
        f"Less for {name.en}: {gap.own:.3f} against {gap.other:.3f}.",
    )
