"""A fitted matcher as a folder: arrays without pickle, a manifest with digests. Damaged or foreign:
refused."""

import hashlib
import shutil
import tempfile
from pathlib import Path

import msgspec
import numpy as np
from scipy import sparse

from matching.corpus import Corpus
from matching.errors import BadArtefact
from matching.matcher import Matcher
from matching.profiles import OfferEntry
from matching.rankers import Topics
from matching.reading import Item
from matching.skill_graph.graph import SkillGraph
from matching.vectorizers import SparseVectors

FORMAT = "benthu-matching-1"
_SPARSE = ("words", "concepts", "strength")
_TOPICS = ("columns", "by_term", "vectors")


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``graph`` is the digest of the keys the columns stand for; ``files`` digests of all other files."""

    format: str
    graph: str
    files: dict[str, str]


def save(matcher: Matcher, folder: Path) -> None:
    """Write a new folder whole or not at all. Raises FileExistsError."""
    if folder.exists():
        raise FileExistsError(folder)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        _write(matcher, draft)
        files = {file.name: _digest(file) for file in sorted(draft.iterdir())}
        manifest = Manifest(FORMAT, _graph_digest(matcher.graph), files)
        (draft / "manifest.json").write_bytes(msgspec.json.encode(manifest))
        draft.chmod(0o755)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft)
        raise


def _write(matcher: Matcher, folder: Path) -> None:
    corpus = matcher.corpus
    for name in _SPARSE:
        matrix: sparse.csr_array = getattr(corpus, name)
        for part in ("data", "indices", "indptr"):
            np.save(folder / f"{name}.{part}.npy", getattr(matrix, part), allow_pickle=False)
    np.save(folder / "term_idf.npy", corpus.term_vectors.idf, allow_pickle=False)
    np.save(folder / "skill_idf.npy", corpus.skill_vectors.idf, allow_pickle=False)
    for name in _TOPICS:
        np.save(folder / f"topics.{name}.npy", getattr(matcher.topics, name), allow_pickle=False)
    (folder / "terms.json").write_bytes(msgspec.json.encode(corpus.term_vectors.names))
    (folder / "offers.json").write_bytes(msgspec.json.encode(corpus.offers))
    (folder / "items.json").write_bytes(msgspec.json.encode(corpus.items))


def load(folder: Path, graph: SkillGraph | None = None) -> Matcher:
    """The saved matcher; its matrices are mapped into memory. Raises BadArtefact."""
    graph = graph or SkillGraph.load()
    _check(folder, graph)
    terms = msgspec.json.decode((folder / "terms.json").read_bytes(), type=list[str])
    offers = msgspec.json.decode((folder / "offers.json").read_bytes(), type=list[OfferEntry])
    items = msgspec.json.decode((folder / "items.json").read_bytes(), type=list[Item])
    columns = {"words": len(terms), "concepts": len(graph), "strength": len(graph)}
    words, concepts, strength = (_matrix(folder, name, (len(items), columns[name])) for name in _SPARSE)
    corpus = Corpus(
        offers,
        items,
        SparseVectors(terms, np.load(folder / "term_idf.npy", allow_pickle=False), len(items)),
        SparseVectors(graph.keys, np.load(folder / "skill_idf.npy", allow_pickle=False), len(items)),
        (words, concepts, strength),
    )
    columns, by_term, vectors = (
        np.load(folder / f"topics.{name}.npy", mmap_mode="r", allow_pickle=False) for name in _TOPICS
    )
    return Matcher(corpus, graph, Topics().restore(corpus, columns, by_term, vectors))


def _matrix(folder: Path, name: str, shape: tuple[int, int]) -> sparse.csr_array:
    parts = (
        np.load(folder / f"{name}.{part}.npy", mmap_mode="r", allow_pickle=False)
        for part in ("data", "indices", "indptr")
    )
    return sparse.csr_array(tuple(parts), shape=shape)


def _check(folder: Path, graph: SkillGraph) -> None:
    try:
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise BadArtefact(f"no readable manifest: {error}") from None
    if manifest.format != FORMAT:
        raise BadArtefact(f"its format is {manifest.format}, not {FORMAT}")
    if manifest.graph != _graph_digest(graph):
        raise BadArtefact("it was made with another skill graph")
    for name, digest in manifest.files.items():
        file = folder / Path(name).name
        if not file.is_file() or _digest(file) != digest:
            raise BadArtefact(f"{name} is missing or damaged")


def _graph_digest(graph: SkillGraph) -> str:
    return hashlib.sha256("\n".join(graph.keys).encode()).hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
