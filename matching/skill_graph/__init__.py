"""The curated bilingual skill graph and the reading of skills from text."""

from matching.skill_graph.checks import problems
from matching.skill_graph.extraction import Hit, extract
from matching.skill_graph.graph import EDGE_WORDS, Aliases, Edge, Neighbour, Skill, SkillGraph, SkillPath

__all__ = [
    "EDGE_WORDS",
    "Aliases",
    "Edge",
    "Hit",
    "Neighbour",
    "Skill",
    "SkillGraph",
    "SkillPath",
    "extract",
    "problems",
]
