"""From a phrase of somebody's own to the nearest entry of a vocabulary, such as the skills of a graph or of
ESCO."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from matching.semantic import Encoder
from matching.skill_graph.graph import SkillGraph
from matching.stems import stem
from matching.text import fold, tokens
from matching.vectorizers import Floats

_WEIGHTS = (0.4, 0.3, 0.3)
MODEL_SHARE = 0.6


class PhraseIndex:
    """Similarity of a phrase to entries: letters of the name 0.4, stems of the name 0.3, stems of all words
    0.3; with a sentence model that reads the names these together count 0.4 and its cosine 0.6.

    Each part is a cosine of TF-IDF vectors; letters are runs of 2 to 5 within folded words.
    """

    def __init__(self, names: Sequence[str], texts: Sequence[str], encoder: Encoder | None = None) -> None:
        # imported where it is used: whoever searches no phrase does not pay for it
        from sklearn.feature_extraction.text import TfidfVectorizer

        letters = TfidfVectorizer(
            preprocessor=fold, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32
        )
        stems = [TfidfVectorizer(analyzer=_stems, sublinear_tf=True, dtype=np.float32) for _ in range(2)]
        self._vectorizers = [letters, *stems]
        everything = [f"{name} {text}" for name, text in zip(names, texts, strict=True)]
        self._matrices = [
            sparse.csr_array(vectorizer.fit_transform(source).T)
            for vectorizer, source in zip(self._vectorizers, (names, names, everything), strict=True)
        ]

        self._encoder = encoder
        self._meanings = encoder.encode(list(names)) if encoder else None

    @classmethod
    def of_graph(cls, graph: SkillGraph, encoder: Encoder | None = None) -> "PhraseIndex":
        """Entry ``i`` is ``graph.keys[i]``: its labels as the name, aliases and scope as the text."""
        return cls(
            [f"{skill.vi} {skill.en}" for skill in graph],
            [
                " ".join((*skill.aliases.vi, *skill.aliases.en, skill.scope.vi, skill.scope.en))
                for skill in graph
            ],
            encoder,
        )

    def scores(self, phrase: str) -> Floats:
        """(entries,) float32 in [0, 1]."""
        total = np.zeros(self._matrices[0].shape[1], np.float32)
        for weight, vectorizer, matrix in zip(_WEIGHTS, self._vectorizers, self._matrices, strict=True):
            total += weight * (sparse.csr_array(vectorizer.transform([phrase])) @ matrix).toarray().ravel()
        if self._encoder is None or self._meanings is None:
            return total
        near = np.clip(self._meanings @ self._encoder.encode([phrase])[0], 0, 1)
        return np.asarray((1 - MODEL_SHARE) * total + MODEL_SHARE * near, np.float32)

    def nearest(self, phrase: str, k: int = 5) -> list[int]:
        """The ``k`` most similar entries, best first, ties in their order; none that share nothing."""
        scores = self.scores(phrase)
        best = np.argsort(-scores, kind="stable")[:k]
        return [int(i) for i in best if scores[i] > 0]


def _stems(text: str) -> list[str]:
    kept = [stem(t.word.folded) for t in tokens(text)]
    return kept + [f"{a} {b}" for a, b in pairwise(kept)]
