"""Rankers: one contract, from the floor to the default blend."""

from matching.rankers.base import Ranker
from matching.rankers.blend import Blend
from matching.rankers.concepts import Concepts
from matching.rankers.popularity import Popularity
from matching.rankers.topics import Topics
from matching.rankers.words import Words

__all__ = ["Blend", "Concepts", "Popularity", "Ranker", "Topics", "Words"]
