"""``team``: the smallest team that covers each need, with alternatives."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from matching.commands import Commands
from matching.commands.bar import Bar
from matching.commands.common import add_sources, positive, read_sources
from matching.errors import BadOption
from matching.io import write_lines
from matching.matcher import Matcher
from matching.profiles import Need
from matching.teams import TeamAnswer, TeamRules, form_teams
from matching.text import Lang


class Proposed(msgspec.Struct, frozen=True):
    """One line of the output: the answer, and its first team or the ways out as sentences."""

    answer: TeamAnswer
    vi: list[str]
    en: list[str]


def add(commands: Commands) -> None:
    """``team``."""
    parser = commands.add_parser("team", help="the smallest team that covers each need, with alternatives")
    add_sources(parser)
    parser.add_argument("--most", type=positive, default=5, help="members at most (default 5)")
    parser.add_argument("--institute-in", default="", metavar="COUNTRY", help="at least one institute there")
    parser.add_argument("--speaks", nargs="*", default=[], metavar="LANGUAGE", help="each by some member")
    parser.add_argument("--budget", type=float, help="the costs of all members at most")
    parser.add_argument("--least", type=float, default=0.0, help="share of the need to cover, 0 to 1")
    parser.add_argument("--include", nargs="*", default=[], metavar="ID", help="members in any case")
    parser.add_argument("--alternatives", type=positive, default=3, help="teams at most (default 3)")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each team at most (default 10)")
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_team)


def _team(options: argparse.Namespace) -> int:
    rules = _rules(options)
    matcher, needs = read_sources(options)
    lines = write_lines(options.out, _lines(matcher, needs, rules, options))
    sys.stderr.write(f"{lines} needs, {len(matcher.corpus.offers)} offers\n")
    return 0


def _rules(options: argparse.Namespace) -> TeamRules:
    asked = {field: getattr(options, field) for field in TeamRules.__struct_fields__}
    try:
        return msgspec.convert(asked, TeamRules)
    except msgspec.ValidationError as error:
        raise BadOption(str(error)) from None


def _lines(
    matcher: Matcher, needs: list[Need], rules: TeamRules, options: argparse.Namespace
) -> Iterator[Proposed]:
    bar = Bar("needs")
    for done, need in enumerate(needs, 1):
        answer = form_teams(matcher, need, rules, alternatives=options.alternatives, seconds=options.seconds)
        yield Proposed(answer, _said(answer, matcher, "vi"), _said(answer, matcher, "en"))
        bar(done, len(needs))


def _said(answer: TeamAnswer, matcher: Matcher, lang: Lang) -> list[str]:
    if answer.teams:
        return answer.teams[0].say(matcher.graph, lang)
    return [block.say(lang) for block in answer.blocked]
