"""Rankers: one contract, from the floor to the default blend."""

from matching.rankers.base import Ranker
from matching.rankers.blend import Blend
from matching.rankers.bm25 import Bm25
from matching.rankers.concepts import Concepts
from matching.rankers.cosine import Cosine
from matching.rankers.popularity import Popularity
from matching.rankers.semantic import Semantic
from matching.rankers.topics import Topics
from matching.rankers.words import Words

__all__ = ["Blend", "Bm25", "Concepts", "Cosine", "Popularity", "Ranker", "Semantic", "Topics", "Words"]
