"""What a search for teams hands out."""

import msgspec

from matching.skill_graph.graph import SkillGraph
from matching.teams.problem import Rule
from matching.text import Lang, Text

RULE_WORDS: dict[Rule, Text] = {
    "most": Text("số thành viên tối đa", "the greatest number of members"),
    "institute_in": Text(
        "ít nhất một viện, trường ở nước đã chọn", "at least one institute in the chosen country"
    ),
    "speaks": Text("ngôn ngữ của nhóm", "the languages of the team"),
    "budget": Text("ngân sách", "the budget"),
    "least": Text("phần nhu cầu phải đáp ứng", "the share of the need to be covered"),
    "include": Text("những người bắt buộc có", "those who must be in it"),
}


class Cover(msgspec.Struct, frozen=True):
    """A skill and how far it is covered, in [0.3, 1]."""

    skill: str
    covered: float


class Member(msgspec.Struct, frozen=True):
    """One of a team: the skills it covers best of all members, and the share the team loses without it."""

    offer: str
    covers: tuple[Cover, ...]
    adds: float


class Team(msgspec.Struct, frozen=True):
    """``coverage`` in [0, 1] is the share of the need; ``value`` what is maximised: coverage less 0.02 for
    each member. ``cost`` is ``None`` where a member's is not known."""

    members: tuple[Member, ...]
    coverage: float
    value: float
    cost: float | None
    uncovered: tuple[str, ...]

    def say(self, graph: SkillGraph, lang: Lang) -> list[str]:
        """Who covers what, as sentences."""
        lines = [
            f"{member.offer}: "
            + (", ".join(f"{graph[c.skill].label.of(lang)} {c.covered:.0%}" for c in member.covers) or "–")
            for member in self.members
        ]
        lines.append(
            Text(f"Đáp ứng {self.coverage:.0%} nhu cầu.", f"Covers {self.coverage:.0%} of the need.").of(lang)
        )
        if self.uncovered:
            names = ", ".join(graph[key].label.of(lang) for key in self.uncovered)
            lines.append(Text(f"Chưa ai đáp ứng: {names}.", f"Nobody covers: {names}.").of(lang))
        return lines


class Block(msgspec.Struct, frozen=True):
    """Rules that make every team impossible: without them there is one. ``at``: where a single number would
    have to stand (members, cost, or share)."""

    rules: tuple[Rule, ...]
    at: float | None = None

    def say(self, lang: Lang) -> str:
        """What to relax, and to which value."""
        names = Text(" và ", " and ").of(lang).join(RULE_WORDS[rule].of(lang) for rule in self.rules)
        if self.at is None:
            return Text(f"Hãy bỏ: {names}.", f"Drop: {names}.").of(lang)
        place = f"{self.at:.0%}" if self.rules == ("least",) else f"{self.at:g}"
        return Text(f"Hãy nới {names} tới {place}.", f"Relax {names} to {place}.").of(lang)


class TeamAnswer(msgspec.Struct, frozen=True):
    """At most as many ``teams`` as asked, best first, none holding another whole.

    No team is worth more than ``bound``; ``gap`` is how far the first may be from it (0: proven best), as a
    share of it, and ``greedy_gap`` the same of the ``greedy`` team. ``blocked``: without any team, the
    ways out. ``candidates`` were looked at.
    """

    need: str
    teams: tuple[Team, ...]
    greedy: Team | None
    bound: float
    gap: float
    greedy_gap: float
    blocked: tuple[Block, ...]
    candidates: int
