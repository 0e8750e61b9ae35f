"""Champion and challenger: whether learnt weights may take the place of those in use."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np

from matching.feedback import PULL, Answer, Doubles, describe, is_held_out, learn
from matching.metrics import Estimate, bootstrap
from matching.text import Lang, Text

FEWEST = 30
MARGIN = 0.01
Decision = Literal["promoted", "no better", "too few answers", "blocked"]
PublicLosses = Callable[[Mapping[str, float]], Mapping[str, float]]
_DECISIONS: dict[Decision, Text] = {
    "promoted": Text("Dùng bộ trọng số mới.", "The challenger takes over."),
    "no better": Text(
        "Giữ bộ trọng số đang dùng: bộ mới không tốt hơn rõ rệt trên các trả lời giữ lại.",
        "The champion stays: the challenger is not clearly better on the answers held out.",
    ),
    "too few answers": Text(
        f"Giữ bộ trọng số đang dùng: cần ít nhất {FEWEST} trả lời để học và {FEWEST} trả lời giữ lại, "
        "mỗi bên có cả đồng ý và từ chối.",
        f"The champion stays: at least {FEWEST} answers to learn from and {FEWEST} held out are needed, "
        "either with both acceptances and refusals.",
    ),
    "blocked": Text(
        "Giữ bộ trọng số đang dùng: bộ mới làm xấu đi một tập đánh giá công khai.",
        "The champion stays: the challenger worsens a public set.",
    ),
}


class PublicFigure(msgspec.Struct, frozen=True):
    """The loss of both on a public set: the challenger may lose at most ``margin`` more."""

    name: str
    champion: float
    challenger: float
    margin: float = MARGIN

    @property
    def worsens(self) -> bool:
        return self.challenger > self.champion + self.margin


class Report(msgspec.Struct, frozen=True):
    """Champion (in use) and challenger (learnt) on answers to needs that neither has seen.

    Losses are log-losses an answer in nats; ``difference`` is challenger less champion with its 95 % interval
    over needs. ``position`` is how much a unit of ln rank lowers the logit of an acceptance.
    """

    decision: Decision
    champion: dict[str, float]
    challenger: dict[str, float]
    learnt_from: int
    judged_on: int
    champion_loss: float | None = None
    challenger_loss: float | None = None
    difference: Estimate | None = None
    position: float | None = None
    public: tuple[PublicFigure, ...] = ()

    @property
    def weights(self) -> dict[str, float]:
        """Those to use from now on."""
        return self.challenger if self.decision == "promoted" else self.champion

    def say(self, lang: Lang) -> list[str]:
        """The report as sentences, the decision first."""
        return [_DECISIONS[self.decision].of(lang), *(text.of(lang) for text in self._findings())]

    def _findings(self) -> list[Text]:
        old, new = _listed(self.champion), _listed(self.challenger)
        said = [
            Text(
                f"Đang dùng: {old}. Học được từ {self.learnt_from} trả lời: {new}.",
                f"In use: {old}. Learnt from {self.learnt_from} answers: {new}.",
            )
        ]
        if self.difference:
            said.append(
                Text(
                    f"Trên {self.judged_on} trả lời giữ lại: tổn thất {self.champion_loss:.3f} và "
                    f"{self.challenger_loss:.3f}, chênh lệch {self.difference}.",
                    f"On {self.judged_on} answers held out: loss {self.champion_loss:.3f} and "
                    f"{self.challenger_loss:.3f}, difference {self.difference}.",
                )
            )
        return said + [
            Text(
                f"{one.name}: tổn thất {one.champion:.3f} và {one.challenger:.3f}, "
                f"cho phép thêm {one.margin}.",
                f"{one.name}: loss {one.champion:.3f} and {one.challenger:.3f}, "
                f"{one.margin} more is allowed.",
            )
            for one in self.public
        ]


def compare(
    answers: Sequence[Answer],
    champion: Mapping[str, float],
    public_losses: PublicLosses,
    pull: float = PULL,
) -> Report:
    """Learn from three quarters of the needs, judge on the others and on the public sets.

    ``public_losses(weights)`` measures a loss on each public set, by name. The challenger is promoted when
    the whole interval of the difference lies below 0 and no public loss grows by more than 0.01.
    """
    seen = [one for one in answers if not is_held_out(one.need)]
    held = [one for one in answers if is_held_out(one.need)]
    champion = dict(champion)
    if not (_is_enough(seen) and _is_enough(held)):
        return Report("too few answers", champion, champion, len(seen), len(held))
    challenger = learn(seen, champion, pull)
    old, new = describe(seen, champion), describe(seen, challenger)
    before, after = np.array(old.losses(held)), np.array(new.losses(held))
    difference = _over_needs(held, after - before)
    losses = [public_losses(weights) for weights in (champion, challenger)]
    public = tuple(PublicFigure(name, *(round(one[name], 6) for one in losses)) for name in losses[0])
    return Report(
        _decide(difference, public),
        champion,
        challenger,
        len(seen),
        len(held),
        round(float(before.mean()), 6),
        round(float(after.mean()), 6),
        difference,
        new.c,
        public,
    )


def _is_enough(answers: Sequence[Answer]) -> bool:
    return len(answers) >= FEWEST and len({one.answer for one in answers}) == 2


def _decide(difference: Estimate, public: Sequence[PublicFigure]) -> Decision:
    if any(one.worsens for one in public):
        return "blocked"
    return "promoted" if difference.high < 0 else "no better"


def _over_needs(answers: Sequence[Answer], differences: Doubles) -> Estimate:
    """The mean difference an answer; needs are resampled, for answers to one need belong together."""
    by_need: dict[str, list[float]] = {}
    for one, difference in zip(answers, differences.tolist(), strict=True):
        by_need.setdefault(one.need, []).append(difference)

    def mean(needs: Sequence[list[float]]) -> float:
        return sum(map(sum, needs)) / sum(map(len, needs))

    found = bootstrap([by_need[need] for need in sorted(by_need)], mean)
    return Estimate(*(round(value, 6) for value in (found.value, found.low, found.high)))


def _listed(weights: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {weight:.3f}" for name, weight in weights.items())
