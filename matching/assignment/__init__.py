"""Who appraises which dossier: the best plan under loads, aspects, institutions, conflicts and a cap on
probability; or which rules block, and the least that must give way."""

from matching.assignment.plan import Assignment, Measures, Seat, assign
from matching.assignment.problem import (
    Appraiser,
    BadProblem,
    Bar,
    Dossier,
    Limits,
    Pin,
    Problem,
    Suitability,
    Unsolved,
)
from matching.assignment.relaxation import Broken, relax
from matching.assignment.sentences import Reason, Reasons, say_block, say_relaxation

__all__ = [
    "Appraiser",
    "Assignment",
    "BadProblem",
    "Bar",
    "Broken",
    "Dossier",
    "Limits",
    "Measures",
    "Pin",
    "Problem",
    "Reason",
    "Reasons",
    "Seat",
    "Suitability",
    "Unsolved",
    "assign",
    "relax",
    "say_block",
    "say_relaxation",
]
