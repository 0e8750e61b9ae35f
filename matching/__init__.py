"""Who fits whom: skills, ranking, reasons, teams, assignment, conflicts, identity. Knows nothing of the
web or the database.

All that is meant to be used stands here under one name each; what needs an extra (`matching.semantic`,
`matching.cluster`) and the files (`matching.io`, `matching.artefact`) stay in modules of their own.
"""

from matching.assignment import (
    Appraiser,
    Assignment,
    Bar,
    Broken,
    Dossier,
    Pin,
    Problem,
    Seat,
    Suitability,
    assign,
    relax,
    say_block,
    say_relaxation,
)
from matching.assignment import Limits as AssignmentLimits
from matching.conflicts import Conflict, ConflictGraph, ConflictRules, Party, Standing, Tie
from matching.coverage import CoverageMatrix, coverage_matrix, uncovered
from matching.errors import MatchingError
from matching.explain import Answer, Contribution, Explanation, explain
from matching.filters import Check, checks, passing
from matching.identity import Comparison, Identities, PersonRecord, is_identified, resolve
from matching.index import IndexHit, Snapshot, TopIndex
from matching.matcher import FoundPath, Match, Matcher
from matching.pictures import coverage_svg, neighbourhood_svg, path_svg
from matching.profiles import Evidence, Limits, Need, Offer, SkillLevel, SubNeed
from matching.skill_graph import Hit, Neighbour, Skill, SkillGraph, SkillPath, extract
from matching.teams import Member, Team, TeamAnswer, TeamRules, describe_team, form_teams
from matching.text import Text
from matching.why_not import WhyNot, why_not

__all__ = [
    "Answer",
    "Appraiser",
    "Assignment",
    "AssignmentLimits",
    "Bar",
    "Broken",
    "Check",
    "Comparison",
    "Conflict",
    "ConflictGraph",
    "ConflictRules",
    "Contribution",
    "CoverageMatrix",
    "Dossier",
    "Evidence",
    "Explanation",
    "FoundPath",
    "Hit",
    "Identities",
    "IndexHit",
    "Limits",
    "Match",
    "Matcher",
    "MatchingError",
    "Member",
    "Need",
    "Neighbour",
    "Offer",
    "Party",
    "PersonRecord",
    "Pin",
    "Problem",
    "Seat",
    "Skill",
    "SkillGraph",
    "SkillLevel",
    "SkillPath",
    "Snapshot",
    "Standing",
    "SubNeed",
    "Suitability",
    "Team",
    "TeamAnswer",
    "TeamRules",
    "Text",
    "Tie",
    "TopIndex",
    "WhyNot",
    "assign",
    "checks",
    "coverage_matrix",
    "coverage_svg",
    "describe_team",
    "explain",
    "extract",
    "form_teams",
    "is_identified",
    "neighbourhood_svg",
    "passing",
    "path_svg",
    "relax",
    "resolve",
    "say_block",
    "say_relaxation",
    "uncovered",
    "why_not",
]
