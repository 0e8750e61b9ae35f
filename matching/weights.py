"""How much each signal counts: the fixed weights, and what weights from elsewhere must fulfil."""

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from matching.errors import BadWeights

SIGNALS = ("words", "topics", "concepts", "semantic")
WITHOUT_MODEL: Mapping[str, float] = MappingProxyType({"words": 0.4, "topics": 0.3, "concepts": 0.3})
WITH_MODEL: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "minilm": MappingProxyType({"words": 0.2, "topics": 0.1, "concepts": 0.2, "semantic": 0.5}),
        "e5": MappingProxyType({"words": 0.2, "topics": 0.2, "concepts": 0.3, "semantic": 0.3}),
    }
)
_CLOSE = 1e-6


class Weights(msgspec.Struct, frozen=True):
    """Weights and the sentence model (or none) they were found with. Further fields of a file are ignored."""

    weights: dict[str, float]
    encoder: str | None = None

    def for_model(self, encoder: str | None) -> dict[str, float]:
        """Raises BadWeights when they were found with another model, or without one."""
        if encoder != self.encoder:
            raise BadWeights(f"they belong to the model {self.encoder or 'none'}, not {encoder or 'none'}")
        return self.weights


def read_weights(file: Path) -> Weights:
    """The weights of a JSON file. Raises BadWeights and OSError."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Weights)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadWeights(f"{file.name}: {error}") from None


def fixed_weights(encoder: str | None) -> Mapping[str, float]:
    """The weights that go with a sentence model, or with none; they add up to one."""
    return WITH_MODEL[encoder] if encoder else WITHOUT_MODEL


def without_semantic(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights of the other signals, again adding up to one. Raises BadWeights when nothing is left."""
    left = {name: weight for name, weight in weights.items() if name != "semantic"}
    if not sum(left.values()) > 0:
        raise BadWeights("only semantic has a weight")
    return {name: weight / sum(left.values()) for name, weight in left.items()}


def check_weights(weights: Mapping[str, float], in_use: Collection[str]) -> None:
    """Raises BadWeights unless all are 0 or more, add up to one and belong to known signals.

    A weight of ``semantic`` needs a sentence model in use: it is never dropped in silence. ``topics`` rest
    when there are few items; the others then share their weight.
    """
    if unknown := sorted(set(weights) - set(SIGNALS)):
        raise BadWeights(f"unknown: {', '.join(unknown)}")
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights.values()):
        raise BadWeights("a weight is negative or no number")
    if abs(sum(weights.values()) - 1) > _CLOSE:
        raise BadWeights("they do not add up to 1")
    if weights.get("semantic", 0) > 0 and "semantic" not in in_use:
        raise BadWeights("semantic has a weight, but no sentence model is in use")
    if not any(weights.get(name, 0) > 0 for name in in_use):
        raise BadWeights("no signal in use has a weight")
