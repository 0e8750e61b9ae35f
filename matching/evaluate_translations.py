"""Whether a sentence finds its translation: Tatoeba, 1,000 Vietnamese sentences and their English ones.

The data stay outside the project: a folder with ``matching/tatoeba_vie_eng``.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from matching.evaluate import Figure
from matching.metrics import bootstrap
from matching.phrases import PhraseIndex
from matching.semantic import Encoder
from matching.vectorizers import Floats

PUBLISHED = "0.10 letters, 0.97 LaBSE (470 million parameters)"


def evaluate_translations(data: Path, encoder: Encoder | None = None) -> Iterator[Figure]:
    """How often the English sentence nearest to a Vietnamese one is its translation.

    By a sentence model, or by letters and stems without one. Raises FileNotFoundError.
    """
    vi, en = read_tatoeba(data)
    found = first_places(near_by_model(vi, en, encoder) if encoder else near_by_letters(vi, en))
    yield Figure("Tatoeba vi→en P@1", bootstrap(found, lambda some: float(np.mean(some))), PUBLISHED)


def read_tatoeba(data: Path) -> tuple[list[str], list[str]]:
    """Sentences and their translations, side by side. Raises FileNotFoundError."""
    folder = data / "matching" / "tatoeba_vie_eng"
    vi, en = ((folder / f"tatoeba.vie-eng.{lang}").read_text("utf-8").splitlines() for lang in ("vie", "eng"))
    return vi, en


def near_by_model(vi: list[str], en: list[str], encoder: Encoder) -> Floats:
    """(vi, en) cosines."""
    return np.asarray(encoder.encode(vi) @ encoder.encode(en).T, np.float32)


def near_by_letters(vi: list[str], en: list[str]) -> Floats:
    """(vi, en) similarities of a `PhraseIndex` that knows no model."""
    index = PhraseIndex(en, [""] * len(en))
    return np.stack([index.scores(sentence) for sentence in vi])


def first_places(near: Floats) -> list[float]:
    """For each row 1 if its diagonal is the greatest; among equals its share of the first place."""
    mine = near.diagonal()[:, None]
    above, equal = (near > mine).any(axis=1), (near == mine).sum(axis=1)
    return [float(value) for value in np.where(above, 0, 1 / equal)]
