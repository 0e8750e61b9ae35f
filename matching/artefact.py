"""A fitted matcher as a sealed folder: arrays without pickle, mapped into memory. Damaged or foreign:
refused."""

import hashlib
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching import sealed
from matching.corpus import Corpus
from matching.errors import BadArtefact
from matching.items import Items
from matching.matcher import Matcher
from matching.profiles import OfferEntry
from matching.rankers import Semantic, Topics
from matching.semantic import Encoder, open_encoder
from matching.skill_graph.graph import SkillGraph
from matching.strings import Strings
from matching.vectorizers import SparseVectors, TermNames
from matching.weights import without_semantic

FORMAT = "benthu-matching-2"
_TOPICS = ("columns", "by_term", "vectors")
_Read = TypeVar("_Read")


def save(matcher: Matcher, folder: Path) -> None:
    """Write a new folder whole or not at all. Raises FileExistsError."""
    about: dict[str, str | int] = {
        "graph": _graph_digest(matcher.graph),
        "size": matcher.corpus.term_vectors.size,
    }
    if matcher.semantic:
        about["encoder"], about["encoder_version"] = _sign(matcher.semantic.encoder)
    sealed.write(folder, FORMAT, about, lambda draft: _write(matcher, draft))


def _write(matcher: Matcher, folder: Path) -> None:
    corpus, items = matcher.corpus, matcher.corpus.items
    for name, matrix in _matrices(corpus).items():
        for part in ("data", "indices", "indptr"):
            sealed.keep(folder, f"{name}.{part}", getattr(matrix, part))
    for name, strings in (("ids", items.ids), ("titles", items.titles)):
        sealed.keep(folder, f"{name}.letters", strings.letters)
        sealed.keep(folder, f"{name}.ends", strings.ends)
    for name in ("owners", "kinds", "years"):
        sealed.keep(folder, f"items.{name}", getattr(items, name))
    for name in _TOPICS:
        sealed.keep(folder, f"topics.{name}", getattr(matcher.topics, name))
    if matcher.semantic:
        sealed.keep(folder, "semantic", matcher.semantic.vectors)
    (folder / "weights.json").write_bytes(msgspec.json.encode(matcher.weights))
    names = corpus.term_vectors.names
    assert isinstance(names, TermNames), "a whole corpus was read"
    sealed.keep(folder, "pairs", names.pairs)
    sealed.keep(folder, "term_idf", corpus.term_vectors.idf)
    sealed.keep(folder, "skill_idf", corpus.skill_vectors.idf)
    for name, rows in (("stems", names.stems), ("offers", corpus.offers), ("kinds", items.kind_names)):
        (folder / f"{name}.json").write_bytes(msgspec.json.encode(rows))


def _matrices(corpus: Corpus) -> dict[str, sparse.csr_array]:
    """All matrices of a corpus, also those that follow from others: loading makes none."""
    return {
        "words": corpus.words,
        "words_turned": corpus.by_word.postings,
        "concepts": corpus.concepts,
        "concepts_turned": corpus.by_concept.postings,
        "strength": corpus.strength,
        "shown": corpus.shown,
    }


def load(
    folder: Path, graph: SkillGraph | None = None, encoder: Encoder | None = None, without_model: bool = False
) -> Matcher:
    """The saved matcher; its matrices are mapped into memory.

    The sentence model it was fitted with is opened, unless it is given; ``without_model`` leaves it out and
    goes by the other signals. Raises BadArtefact and SemanticMissing.
    """
    graph = graph or SkillGraph.load()
    manifest = sealed.check(folder, FORMAT)
    if manifest.about["graph"] != _graph_digest(graph):
        raise BadArtefact("it was made with another skill graph")
    corpus = _corpus(folder, graph, int(manifest.about["size"]))
    columns, by_term, vectors = (_array(folder, f"topics.{name}") for name in _TOPICS)
    topics = Topics().restore(corpus, columns, by_term, vectors)
    weights = msgspec.json.decode((folder / "weights.json").read_bytes(), type=dict[str, float] | None)
    if encoder and "encoder" not in manifest.about:
        raise BadArtefact("it was made without a sentence model")
    if "encoder" not in manifest.about or without_model:
        return Matcher(corpus, graph, topics, None, weights and without_semantic(weights))
    semantic = Semantic(_encoder(manifest, encoder), graph, _array(folder, "semantic"))
    return Matcher(corpus, graph, topics, semantic.fit(corpus), weights)


def _encoder(manifest: sealed.Manifest, encoder: Encoder | None) -> Encoder:
    """The sentence model of an artefact: vectors of another model or version would mean nothing to it."""
    name, version = (str(manifest.about[key]) for key in ("encoder", "encoder_version"))
    encoder = encoder or open_encoder(name)
    if _sign(encoder) != (name, version):
        raise BadArtefact(f"it was made with the model {name} {version}, not {' '.join(_sign(encoder))}")
    return encoder


def _sign(encoder: Encoder) -> tuple[str, str]:
    return encoder.name, encoder.version


def _corpus(folder: Path, graph: SkillGraph, size: int) -> Corpus:
    names = TermNames(_rows(folder, "stems", str), _array(folder, "pairs"))
    offers = _rows(folder, "offers", OfferEntry)
    items = Items(
        _strings(folder, "ids"),
        _strings(folder, "titles"),
        owners=_array(folder, "items.owners"),
        kinds=_array(folder, "items.kinds"),
        years=_array(folder, "items.years"),
        kind_names=_rows(folder, "kinds", str),
    )
    corpus = Corpus(
        offers,
        items,
        SparseVectors(names, _array(folder, "term_idf"), size),
        SparseVectors(graph.keys, _array(folder, "skill_idf"), size),
        (
            _matrix(folder, "words", (len(items), len(names))),
            _matrix(folder, "concepts", (len(items), len(graph))),
            _matrix(folder, "strength", (len(items), len(graph))),
        ),
    )
    corpus.by_word.postings = _matrix(folder, "words_turned", (len(names), len(items)))
    corpus.by_concept.postings = _matrix(folder, "concepts_turned", (len(graph), len(items)))
    corpus.shown = _matrix(folder, "shown", (len(graph), len(offers)))
    return corpus


def _rows(folder: Path, name: str, kind: type[_Read]) -> list[_Read]:
    return msgspec.json.decode((folder / f"{name}.json").read_bytes(), type=list[kind])  # type: ignore[valid-type]


def _strings(folder: Path, name: str) -> Strings:
    return Strings(_array(folder, f"{name}.letters"), _array(folder, f"{name}.ends"))


def _array(folder: Path, name: str) -> NDArray[Any]:
    return np.asarray(sealed.mapped(folder, name))


def _matrix(folder: Path, name: str, shape: tuple[int, int]) -> sparse.csr_array:
    parts = (_array(folder, f"{name}.{part}") for part in ("data", "indices", "indptr"))
    return sparse.csr_array(tuple(parts), shape=shape)


def _graph_digest(graph: SkillGraph) -> str:
    return hashlib.sha256("\n".join(graph.keys).encode()).hexdigest()
