"""A sentence model in small, for what must be so with any."""

from collections.abc import Sequence

import numpy as np

from matching.vectorizers import Floats, unit


class Letters:
    """A sentence model in small: how often each letter is used. Counts what it is asked."""

    name, version, size, floor, reads_vietnamese = "minilm", "letters", 26, 0.0, False

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], progress: object = None) -> Floats:
        self.asked += texts
        counts = [[text.lower().count(chr(97 + i)) for i in range(26)] for text in texts]
        return unit(np.array(counts, np.float32).reshape(len(texts), 26))
