"""The smallest team that covers a need: greedy at once, the optimum with its gap, alternatives."""

from matching.teams.answer import Block, Cover, Member, Team, TeamAnswer
from matching.teams.form import describe_team, form_teams
from matching.teams.problem import TeamRules

__all__ = ["Block", "Cover", "Member", "Team", "TeamAnswer", "TeamRules", "describe_team", "form_teams"]
