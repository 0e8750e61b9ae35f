"""What a search finds: exactly what scoring every profile gives, to the last bit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching.index import BadVector, IndexHit, TopIndex
from matching.text import Text

WIDTH = 6
Profile = dict[int, float]
# few different weights: many ties; the others: rounding and the ends of the range
weights = st.one_of(st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.floats(2.0**-39, 2.0**39, width=32))
profiles = st.dictionaries(st.integers(0, WIDTH - 1), weights, max_size=WIDTH)
names = st.text(st.sampled_from("abé\U0001f600"), min_size=1, max_size=3)


def matrix_of(rows: list[Profile], width: int = WIDTH) -> sparse.csr_array:
    starts = np.cumsum([0, *map(len, rows)])
    values = np.array([value for row in rows for value in row.values()], np.float32)
    columns = np.array([column for row in rows for column in row], np.int32)
    return sparse.csr_array((values, columns, starts), shape=(len(rows), width))


def build(folder: Path, held: dict[str, Profile], width: int = WIDTH) -> TopIndex:
    return TopIndex.build(list(held), matrix_of(list(held.values()), width), folder)


def brute_force(held: dict[str, Profile], need: Profile, k: int) -> list[IndexHit]:
    """The declared score of every profile: products of float32 in float64, added up by ascending column."""
    hits = []
    for name, profile in held.items():
        score = 0.0
        for column in sorted(need):
            score += float(np.float32(need[column])) * float(np.float32(profile.get(column, 0.0)))
        if score > 0:
            hits.append(IndexHit(name, score))
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:k]


def ask(index: TopIndex, need: Profile, k: int) -> list[IndexHit]:
    return index.search(list(need), list(need.values()), k)


@settings(max_examples=60, deadline=None)
@given(
    built=st.dictionaries(names, profiles, max_size=25),
    changes=st.lists(st.tuples(names, st.none() | profiles), max_size=15),
    need=profiles,
    k=st.integers(1, 40),
    at=st.integers(0, 15),
)
def test_a_search_equals_scoring_every_profile(
    built: dict[str, Profile],
    changes: list[tuple[str, Profile | None]],
    need: Profile,
    k: int,
    at: int,
    tmp_path_factory: pytest.TempPathFactory,
):
    index = build(tmp_path_factory.mktemp("index") / "index", built)
    held = dict(built)
    for number, (name, profile) in enumerate(changes):
        if number == at:
            index.merge()
        if profile is not None:
            index.put(name, list(profile), list(profile.values()))
            held[name] = profile
        elif held.pop(name, None) is not None:
            index.remove(name)
    assert len(index) == len(held)
    assert ask(index, need, k) == brute_force(held, need, k)
    assert index.search_many(matrix_of([need, {}]), k) == [brute_force(held, need, k), []]


@pytest.mark.parametrize("values", ["ties", "all different", "nearly equal"])
def test_among_many_profiles_too(values: str, tmp_path: Path):
    draw = np.random.default_rng(7)
    rows, width = 12_000, 40
    matrix = sparse.random_array((rows, width), density=0.2, format="csr", rng=draw, dtype=np.float32)
    if values == "ties":
        matrix.data = np.ceil(matrix.data * 2)
    elif values == "nearly equal":
        matrix.data = (1 + matrix.data * 1e-6).astype(np.float32)
    names = [f"p{row:05}" for row in draw.permutation(rows)]
    index = TopIndex.build(names, matrix, tmp_path / "index")
    for size in (1, 3, 8, width):
        need = np.sort(draw.choice(width, size, replace=False))
        weight = draw.random(size).astype(np.float32) + np.float32(0.5)
        dense = np.zeros(width)
        dense[need] = weight
        scores = matrix.astype(np.float64) @ dense
        expected = sorted(
            (IndexHit(names[row], scores[row]) for row in np.flatnonzero(scores)),
            key=lambda hit: (-hit.score, hit.id),
        )
        for k in (1, 20, 500, rows):
            assert index.search(need, weight, k) == expected[:k]


def test_many_needs_by_several_threads(tmp_path: Path):
    draw = np.random.default_rng(3)
    matrix = sparse.random_array((3_000, 30), density=0.3, format="csr", rng=draw, dtype=np.float32)
    needs = sparse.random_array((40, 30), density=0.2, format="csr", rng=draw, dtype=np.float32)
    index = TopIndex.build([f"{row:04}" for row in range(3_000)], matrix, tmp_path / "index")
    one_by_one = [
        index.search(needs.indices[a:b], needs.data[a:b], 5)
        for a, b in zip(needs.indptr, needs.indptr[1:], strict=False)
    ]
    assert index.search_many(needs, 5, workers=3) == one_by_one


def test_columns_are_added_up_in_their_order_whatever_the_order_they_are_given_in(tmp_path: Path):
    index = build(tmp_path / "index", {"a": {0: 0.1, 1: 0.7, 2: 1e9}})
    assert index.search([2, 0, 1], [0.3, 0.1, 0.1]) == index.search([0, 1, 2], [0.1, 0.1, 0.3])


def test_the_matrix_given_is_not_changed(tmp_path: Path):
    matrix = sparse.csr_array(
        (np.array([2, 1, 0, 1]), np.array([1, 0, 2, 1]), np.array([0, 4])), shape=(1, 3)
    )
    index = TopIndex.build(["a"], matrix, tmp_path / "index")
    assert matrix.data.tolist() == [2, 1, 0, 1]
    assert index.search([1], [1]) == [IndexHit("a", 3.0)]


@pytest.mark.parametrize(
    ("indices", "values", "what"),
    [
        ([0], [1, 2], "there are not as many weights as columns"),
        ([[0]], [[1]], "there are not as many weights as columns"),
        ([WIDTH], [1], "columns go from 0 to 5"),
        ([-1], [1], "columns go from 0 to 5"),
        ([1, 1], [1, 1], "a column occurs twice"),
        ([1], [-1], "weights are 0 or from 1e-12 to 1e+12"),
        ([1], [float("nan")], "weights are 0 or from 1e-12 to 1e+12"),
        ([1], [float("inf")], "weights are 0 or from 1e-12 to 1e+12"),
        ([1], [1e-13], "weights are 0 or from 1e-12 to 1e+12"),
    ],
)
def test_a_vector_that_makes_no_sense_is_refused(
    indices: list[int], values: list[float], what: str, tmp_path: Path
):
    index = build(tmp_path / "index", {"a": {0: 1}})
    for refused in (lambda: index.search(indices, values), lambda: index.put("b", indices, values)):
        with pytest.raises(BadVector) as error:
            refused()
        assert error.value.text.en == f"This vector is not accepted: {what}. Mend it and send it again."
    assert len(index) == 1


def test_errors_are_said_in_both_languages():
    text = BadVector(Text("một cột xuất hiện hai lần", "a column occurs twice")).text
    assert text.vi == "Không nhận véc-tơ này: một cột xuất hiện hai lần. Hãy sửa rồi gửi lại."


def test_needs_of_another_width_or_no_k_are_refused(tmp_path: Path):
    index = build(tmp_path / "index", {"a": {0: 1}})
    with pytest.raises(ValueError, match="needs have 2 columns, the index 6"):
        index.search_many(matrix_of([{}], 2))
    with pytest.raises(ValueError, match="k counts from 1"):
        index.search([0], [1], 0)


def test_a_rare_column_among_many_profiles(tmp_path: Path):
    """Fewer profiles than asked for are reached, the last of them beyond the last whole block."""
    rows = 12_001
    columns = np.zeros(rows, np.int32)
    columns[[3, 7_000, rows - 1]] = 1
    matrix = sparse.csr_array((np.ones(rows, np.float32), columns, np.arange(rows + 1)), shape=(rows, 2))
    index = TopIndex.build([f"p{row:05}" for row in range(rows)], matrix, tmp_path / "index")
    assert [hit.id for hit in index.search([1], [2.0], 20)] == ["p00003", "p07000", "p12000"]


def test_more_changes_than_hits_asked_for(tmp_path: Path):
    index = build(tmp_path / "index", {"m": {0: 3}})
    index.put_many([(f"n{number:02}", [0], [1 + number % 5]) for number in range(30)])
    assert [hit.id for hit in index.search([0], [1], 8)] == [
        "n04",
        "n09",
        "n14",
        "n19",
        "n24",
        "n29",
        "n03",
        "n08",
    ]
    assert index.search([0], [1], 15)[-3:] == [IndexHit("m", 3.0), IndexHit("n02", 3.0), IndexHit("n07", 3.0)]


def test_what_was_removed_can_be_put_again(tmp_path: Path):
    index = build(tmp_path / "index", {"a": {0: 1}, "b": {0: 2}})
    index.put("a", [0], [5])
    index.remove("a")
    index.put("a", [0], [1])
    assert index.search([0], [1]) == [IndexHit("b", 2.0), IndexHit("a", 1.0)]
    assert len(index) == 2
