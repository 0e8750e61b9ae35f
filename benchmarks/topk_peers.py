"""The others that `benchmarks.topk` compares the index with: each answers one need with row numbers."""

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import bm25s
import faiss
import numpy as np
import tantivy
from numpy.typing import NDArray
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from benchmarks.topk_data import Profiles

Need = NDArray[np.int32]
Peer = Callable[[Need, int], NDArray[np.intp]]
DIRECTIONS = 64
LISTS, PROBES = 1024, 16


def in_c(profiles: Profiles, folder: Path) -> Peer | None:
    """None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    library = folder / "topk.so"
    source = Path(__file__).with_name("topk.c")
    command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    topk = ctypes.CDLL(str(library)).topk
    integers, floats = (np.ctypeslib.ndpointer(kind, flags="C") for kind in (np.int32, np.float32))
    longs = np.ctypeslib.ndpointer(np.int64, flags="C")
    size = ctypes.c_int32
    topk.argtypes = [integers, floats, longs, size, integers, floats, size, floats, size, integers, floats]
    postings = profiles.weights.tocsc()
    starts = postings.indptr.astype(np.int64)
    scores = np.zeros(postings.shape[0], np.float32)

    def search(need: Need, k: int) -> NDArray[np.intp]:
        rows, best, ones = np.empty(k, np.int32), np.empty(k, np.float32), np.ones(len(need), np.float32)
        lists = postings.indices, postings.data, starts, len(scores)
        found = topk(*lists, need, ones, len(need), scores, k, rows, best)
        return rows[:found].astype(np.intp)

    return search


def in_scipy(profiles: Profiles) -> Peer:
    """The plain way: a matrix times a vector, then argpartition."""

    def search(need: Need, k: int) -> NDArray[np.intp]:
        asked = np.zeros(profiles.weights.shape[1], np.float32)
        asked[need] = 1
        scores = profiles.weights @ asked
        best = np.argpartition(scores, -k)[-k:]
        return np.asarray(best[np.argsort(-scores[best])])

    return search


def row_of(need: Need, width: int) -> sparse.csr_array:
    return sparse.csr_array(
        (np.ones(len(need), np.float32), need, np.array([0, len(need)])), shape=(1, width)
    )


def in_sparse_dot_topn(profiles: Profiles) -> Peer:
    by_skill = profiles.weights.T.tocsr()

    def search(need: Need, k: int) -> NDArray[np.intp]:
        return np.asarray(best_products(row_of(need, by_skill.shape[0]), by_skill, k).indices, np.intp)

    return search


def best_products(
    needs: sparse.csr_array, by_skill: sparse.csr_array, k: int, threads: int = 1
) -> sparse.csr_matrix:
    """sparse-dot-topn takes the older classes of scipy only."""
    a, b = sparse.csr_matrix(needs), sparse.csr_matrix(by_skill)
    best: sparse.csr_matrix = sp_matmul_topn(a, b, top_n=k, sort=True, n_threads=threads)
    return best


def in_bm25s(profiles: Profiles) -> Peer:
    """Its search over the same postings; reading a million texts first would add nothing."""
    postings = profiles.weights.tocsc()
    index = bm25s.BM25(method="lucene")
    index.scores = {
        "data": postings.data,
        "indices": postings.indices,
        "indptr": postings.indptr,
        "num_docs": postings.shape[0],
    }
    index.vocab_dict = {str(skill): skill for skill in range(postings.shape[1])}
    index.unique_token_ids_set = set(index.vocab_dict.values())
    index.nonoccurrence_array = None

    def search(need: Need, k: int) -> NDArray[np.intp]:
        found = index.retrieve([need.tolist()], k=k, show_progress=False)
        return np.asarray(found.documents[0], np.intp)

    return search


def in_tantivy(profiles: Profiles, folder: Path) -> Peer:
    """One segment, one thread, its own BM25 over the same mentions, without counting all that match."""
    names = [f"s{skill}" for skill in range(profiles.counts.shape[1])]
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("skills", tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("row", fast=True)
    schema = builder.build()
    folder.mkdir()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(heap_size=2_000_000_000, num_threads=1)
    counts = profiles.counts
    columns, times, starts = counts.indices.tolist(), counts.data.astype(int).tolist(), counts.indptr.tolist()
    for row in range(counts.shape[0]):
        text = " ".join(" ".join([names[columns[i]]] * times[i]) for i in range(starts[row], starts[row + 1]))
        document = tantivy.Document()
        document.add_text("skills", text)
        document.add_unsigned("row", row)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(need: Need, k: int) -> NDArray[np.intp]:
        parts = [tantivy.Query.term_query(schema, "skills", names[skill], "freq") for skill in need.tolist()]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        hits = searcher.search(query, k, count=False).hits
        return np.array(searcher.fast_field_values("row", [address for _, address in hits]), np.intp)

    return search


def in_faiss(profiles: Profiles) -> dict[str, Peer]:
    """It knows dense vectors only: the profiles in the 64 leading directions, so not exact."""
    sample = profiles.weights[:20_000]
    directions = np.linalg.eigh((sample.T @ sample).toarray())[1][:, -DIRECTIONS:].astype(np.float32)
    dense = profiles.weights @ directions
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexFlatIP(DIRECTIONS)
    flat.add(dense)
    lists = min(LISTS, len(dense) // 40)
    inverted = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(DIRECTIONS), DIRECTIONS, lists, faiss.METRIC_INNER_PRODUCT
    )
    inverted.cp.niter = 5
    inverted.train(dense[:: max(1, len(dense) // (40 * lists))])
    inverted.add(dense)
    inverted.nprobe = PROBES

    def peer(index: "faiss.Index") -> Peer:
        return lambda need, k: np.asarray(index.search(directions[need].sum(axis=0)[None], k)[1][0], np.intp)

    return {
        f"faiss flat, {DIRECTIONS} directions": peer(flat),
        f"faiss IVF, {PROBES} of {lists} lists": peer(inverted),
    }
