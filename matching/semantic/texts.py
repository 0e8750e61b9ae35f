"""What an encoder is given to read: one text for each item of an offer, one for a need."""

from collections.abc import Iterable

from matching.glossary import word_for_word
from matching.profiles import Offer
from matching.reading import Query, latest_first
from matching.semantic.encoder import Encoder
from matching.skill_graph.extraction import extract, extractor
from matching.skill_graph.graph import SkillGraph
from matching.text import is_vietnamese


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
    """The English names of the skills a need declares, of a Vietnamese one also of those it mentions; then
    its text.

    The names bring a Vietnamese need nearer to English evidence, also for a model that reads both languages;
    an English one has said them already.
    """
    text, said = query.text, query.skills
    if not is_vietnamese(text):
        said = said if query.declared else ()
    elif not encoder.reads_vietnamese:
        text = word_for_word(text)
    return "\n".join(part for part in (_names((skill.key for skill in said), graph), text) if part)


def readable(text: str, graph: SkillGraph, encoder: Encoder) -> str:
    """The text; of a Vietnamese one the English names of its skills and its words put into English, if the
    encoder reads English alone."""
    whole = text if encoder.reads_vietnamese else extractor(graph).with_marks(text)
    if encoder.reads_vietnamese or not is_vietnamese(whole):
        return text
    skills = _names(sorted({hit.key for hit in extract(whole, graph)}), graph)
    return "\n".join(part for part in (skills, word_for_word(whole)) if part)


def _names(keys: Iterable[str], graph: SkillGraph) -> str:
    return "; ".join(graph[key].en if key in graph else key for key in keys)
