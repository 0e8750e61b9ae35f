"""Who fits whom: skills, ranking, reasons and coverage. Knows nothing of the web or the database."""

from matching.coverage import CoverageMatrix, coverage_matrix, uncovered
from matching.errors import MatchingError
from matching.explain import Answer, Contribution, Explanation, explain
from matching.matcher import FoundPath, Match, Matcher
from matching.pictures import coverage_svg, neighbourhood_svg, path_svg
from matching.profiles import Evidence, Limits, Need, Offer, SkillLevel, SubNeed
from matching.skill_graph import Hit, Neighbour, Skill, SkillGraph, SkillPath, extract
from matching.teams import Team, TeamAnswer, TeamRules, form_teams
from matching.why_not import WhyNot, why_not

__all__ = [
    "Answer",
    "Contribution",
    "CoverageMatrix",
    "Evidence",
    "Explanation",
    "FoundPath",
    "Hit",
    "Limits",
    "Match",
    "Matcher",
    "MatchingError",
    "Need",
    "Neighbour",
    "Offer",
    "Skill",
    "SkillGraph",
    "SkillLevel",
    "SkillPath",
    "SubNeed",
    "Team",
    "TeamAnswer",
    "TeamRules",
    "WhyNot",
    "coverage_matrix",
    "coverage_svg",
    "explain",
    "extract",
    "form_teams",
    "neighbourhood_svg",
    "path_svg",
    "uncovered",
    "why_not",
]
