"""Sentence models that come inside wheels: an optional extra, loaded only when asked for."""

from matching.semantic.encoder import ENCODERS, Encoder, open_encoder

__all__ = ["ENCODERS", "Encoder", "open_encoder"]
