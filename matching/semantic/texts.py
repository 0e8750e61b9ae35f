"""What an encoder is given to read: one text for each item of an offer, one for a need."""

from collections.abc import Iterable

from matching.profiles import Offer
from matching.reading import Query, latest_first
from matching.semantic.encoder import Encoder
from matching.skill_graph.extraction import extract
from matching.skill_graph.graph import SkillGraph

# every fourth or fifth letter of a Vietnamese text bears a mark, hardly any of an English one
_MARKED_SHARE = 0.05


def offer_texts(offer: Offer, graph: SkillGraph, encoder: Encoder) -> list[tuple[str, str]]:
    """(whole, title) in the order of the items of a corpus: the declared skills, if any, then the evidence,
    latest first."""
    declared = [(_names((skill.key for skill in offer.skills), graph), "")] if offer.skills else []
    return declared + [
        (
            readable(". ".join(part for part in (one.title, one.text) if part), graph, encoder),
            readable(one.title, graph, encoder),
        )
        for one in latest_first(offer)
    ]


def item_text(title: str, declared: Iterable[str], graph: SkillGraph, encoder: Encoder) -> str:
    """The text of an item that is only a title, or only declared skills."""
    return readable(title, graph, encoder) if title else _names(declared, graph)


def need_text(query: Query, graph: SkillGraph, encoder: Encoder) -> str:
    """The English names of the skills a need declares or mentions, then its text.

    The names bring a Vietnamese need nearer to English evidence, also for a model that reads both languages.
    """
    text = query.text if encoder.reads_vietnamese or not is_vietnamese(query.text) else ""
    return "\n".join(part for part in (_names((skill.key for skill in query.skills), graph), text) if part)


def readable(text: str, graph: SkillGraph, encoder: Encoder) -> str:
    """The text; a Vietnamese one as the English names of its skills if the encoder reads English alone."""
    if encoder.reads_vietnamese or not is_vietnamese(text):
        return text
    return _names(sorted({hit.key for hit in extract(text, graph)}), graph)


def is_vietnamese(text: str) -> bool:
    """Whether at least every twentieth letter bears a mark (or is đ)."""
    letters = sum(sign.isalpha() for sign in text)
    return sum(sign.isalpha() and not sign.isascii() for sign in text) > _MARKED_SHARE * letters


def _names(keys: Iterable[str], graph: SkillGraph) -> str:
    return "; ".join(graph[key].en if key in graph else key for key in keys)
