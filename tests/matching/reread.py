"""Other offers read with the words, idf and topics of a fitted matcher: by hand, to check the engine."""

from collections.abc import Sequence

import numpy as np

from matching import Matcher, Offer
from matching.corpus import Corpus
from matching.rankers import Topics
from matching.reading import read_offer


def reread(matcher: Matcher, offers: Sequence[Offer]) -> Matcher:
    """A matcher of these offers that has learnt nothing from them."""
    fitted, graph, topics = matcher.corpus, matcher.graph, matcher.topics
    read = [pair for row, offer in enumerate(offers) for pair in read_offer(row, offer, graph)]
    words = fitted.term_vectors.transform([reading.terms for _, reading in read])
    corpus = Corpus(
        [offer.entry for offer in offers],
        [item for item, _ in read],
        fitted.term_vectors,
        fitted.skill_vectors,
        (
            words,
            fitted.skill_vectors.transform([reading.skills for _, reading in read]),
            Corpus.read(offers, graph).strength,
        ),
    )
    places = np.asarray(words[:, topics.columns] @ topics.by_term)
    lengths = np.linalg.norm(places, axis=1, keepdims=True)
    places = np.asarray(places / np.where(lengths > 0, lengths, 1), np.float32)
    return Matcher(corpus, graph, Topics().restore(corpus, topics.columns, topics.by_term, places))
