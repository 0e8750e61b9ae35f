"""What the pages of this feature ask besides the domain: words and pictures of reasons."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from litestar.response import Template
from markupsafe import Markup

from backend.kit.pages import page
from backend.kit.text import Lang
from backend.matchmaking import choices
from backend.matchmaking.schemas import CoverageRow, EvidenceItem, PublicOffer, Suggested
from backend.matchmaking.skills import graph, label_of
from backend.matchmaking.team_schemas import ProposedTeam
from matching import CoverageMatrix, FoundPath, Neighbour, SkillPath, coverage_svg, path_svg
from matching.skill_graph.graph import Edge


def show(name: str, status: int = 200, **context: Any) -> Template:
    """A page of this feature, with the names of skills and choices at hand."""
    return page(
        f"matchmaking/{name}.html",
        status=status,
        label=label_of,
        item_of=item_of,
        choices=_CHOICES,
        **context,
    )


_CHOICES = SimpleNamespace(**{name: value for name, value in vars(choices).items() if name.isupper()})


def item_of(offer: PublicOffer, evidence: str) -> EvidenceItem | None:
    """The item of evidence with this id; None for what the offer says of itself, and for one taken back."""
    return next((item for item in offer.evidence if str(item.id) == evidence), None)


def pictures_of(items: Sequence[Suggested], lang: Lang) -> dict[int, Markup]:
    """By rank: the way through the graph that covers most, where it is longer than the skill itself."""
    drawn = {}
    for item in items:
        longer = [reason for reason in item.reasons if reason.steps]
        if longer:
            best = longer[0]
            steps = tuple(Neighbour(cast("Edge", step.edge), step.key) for step in best.steps)
            path = SkillPath(best.need, steps, best.covered)
            found = FoundPath(path, best.evidence, best.covered)
            drawn[item.rank] = picture_of(found, item.offer, lang)
    return drawn


def picture_of(found: FoundPath, offer: PublicOffer, lang: Lang) -> Markup:
    """The way from a needed skill to the evidence, drawn."""
    item = item_of(offer, found.evidence)
    title = item.title if item else ""
    short = title if len(title) <= 120 else title[:119].rstrip() + "…"
    return Markup(path_svg(graph(), found.path, lang, short))  # noqa: S704 - the engine escapes


def coverage_picture(team: ProposedTeam, lang: Lang) -> Markup:
    """Who of a team covers what, drawn."""
    return drawn_matrix(team.matrix, [member.offer for member in team.members], lang)


def drawn_matrix(rows: Sequence[CoverageRow], offers: Sequence[PublicOffer], lang: Lang) -> Markup:
    """Who covers what, drawn: one column an offer."""
    matrix = CoverageMatrix(
        tuple(row.skill.key for row in rows),
        tuple(float(row.skill.weight) for row in rows),
        tuple(str(offer.id) for offer in offers),
        tuple(tuple(row.values) for row in rows),
    )
    names = {str(offer.id): offer.name for offer in offers}
    return Markup(coverage_svg(graph(), matrix, lang, names))  # noqa: S704 - the engine escapes
