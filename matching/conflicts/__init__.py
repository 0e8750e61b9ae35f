"""Conflict of interest as a dated graph; what is not known is a conflict until a person clears it."""

from matching.conflicts.graph import Conflict, ConflictGraph, Party, Standing, Tie
from matching.conflicts.rules import BadConflicts, ConflictRule, ConflictRules, Relation, Through
from matching.conflicts.sentences import bars, say, say_tie

__all__ = [
    "BadConflicts",
    "Conflict",
    "ConflictGraph",
    "ConflictRule",
    "ConflictRules",
    "Party",
    "Relation",
    "Standing",
    "Through",
    "Tie",
    "bars",
    "say",
    "say_tie",
]
