import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching import vectorizers
from matching.items import Items
from matching.reading import Item
from matching.strings import Strings
from matching.vectorizers import ItemVectors, SparseVectors, TermNames, with_columns

STEMS = ["alloy", "boat", "zinc"]
NAMES = TermNames(STEMS, np.array([0 * 3 + 1, 2 * 3 + 0], np.int64))


def test_names_are_stems_and_then_pairs():
    assert [*NAMES] == ["alloy", "boat", "zinc", "alloy boat", "zinc alloy"]
    assert NAMES[1:4] == ["boat", "zinc", "alloy boat"]
    assert NAMES[-1] == "zinc alloy"
    with pytest.raises(IndexError):
        NAMES[5]


def test_columns_of_names_are_where_they_stand():
    asked = ["zinc alloy", "zinc", "iron", "alloy zinc", "alloy boat", "zinc zinc", "iron zinc"]
    assert NAMES.columns(asked).tolist() == [4, 2, -1, -1, 3, -1, -1]
    assert TermNames(STEMS, np.zeros(0, np.int64)).columns(["zinc alloy", "zinc"]).tolist() == [-1, 2]
    assert NAMES.columns([]).tolist() == []


def test_names_survive_the_wire():
    again = pickle.loads(pickle.dumps(NAMES))  # noqa: S301
    assert [*again] == [*NAMES]
    assert again.columns(["alloy boat"]).tolist() == [3]


def test_a_need_is_projected_once_as_long_as_it_is_the_same():
    vectors = SparseVectors(NAMES, np.ones(5, np.float32), 3)
    need = {"zinc": 1.0, "iron": 1.0, "iron boat": 5.0}
    row = vectors.project(need)
    assert vectors.project(need) is row
    assert row.indices.tolist() == [2]
    assert row.data == pytest.approx([1 / np.hypot(1, np.log(4) + 1)])
    assert vectors.project({"zinc": 1.0, "iron": 1.0}, {"iron", "zinc"}).data.tolist() == [1]
    assert vectors.project({"zinc": 1.0}).data.tolist() == [1]
    assert vectors.project({}).nnz == 0


def test_listed_names_are_columns_too():
    vectors = SparseVectors(["a", "b"], np.array([1, 2], np.float32), 2)
    rows = vectors.transform([{"b": 1, "c": 9}, {}, {"a": 3, "b": 0}])
    assert rows.toarray().tolist() == [[0, 1], [0, 0], [1, 0]]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_products_are_the_same_by_rows_by_postings_and_for_some(data: st.DataObject):
    draw = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    items, columns = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 30))
    rows = sparse.random_array((items, columns), density=0.4, format="csr", dtype=np.float32, rng=draw)
    rows = sparse.csr_array(
        (rows.data, rows.indices.astype(np.int32), rows.indptr.astype(np.int32)), rows.shape
    )
    rows.sort_indices()
    need = sparse.csr_array(
        sparse.random_array((1, columns), density=0.5, format="csr", dtype=np.float32, rng=draw)
    )
    need.sort_indices()
    some = draw.choice(items, draw.integers(items + 1), replace=False)
    by_rows = ItemVectors(rows).dot(need)
    vectors = ItemVectors(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectorizers, "FEW", 0)
        np.testing.assert_array_equal(vectors.dot(need), by_rows)
    np.testing.assert_array_equal(vectors.dot(need, some), by_rows[some])
    np.testing.assert_allclose(by_rows, (rows @ need.T).toarray().ravel(), atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 300), st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_bounds_are_nowhere_below_and_leave_common_columns_out(seed: int, items: int, common: float):
    draw = np.random.default_rng(seed)
    usual = draw.random(30)  # how many items have each column
    rows = sparse.csr_array(
        np.where(draw.random((items, 30)) < usual, draw.random((items, 30)), 0).astype(np.float32)
    )
    need = sparse.csr_array(np.where(draw.random((1, 30)) < 0.6, draw.random((1, 30)), 0).astype(np.float32))
    vectors = ItemVectors(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectorizers, "COMMON", common)
        bounds = vectors.bounds(need)
    exact = vectors.dot(need)
    assert (bounds >= exact).all()
    if common == 1 or items <= vectorizers.FEW:
        np.testing.assert_array_equal(bounds, exact)
    else:
        assert (
            vectors._common[0].tolist() == (np.bincount(rows.indices, minlength=30) > common * items).tolist()
        )


def test_entries_move_to_other_columns_or_out():
    matrix = sparse.csr_array(np.array([[1, 2, 0], [0, 3, 4]], np.float32))
    moved = with_columns(matrix, np.array([1, -1, -1, 0]), 2)
    assert moved.toarray().tolist() == [[0, 1], [4, 0]]


TEXTS = st.lists(st.text(max_size=5))


@given(TEXTS)
def test_strings_are_kept_as_they_are(texts: list[str]):
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    kept = Strings.of(texts)
    assert [*kept] == texts
    assert [kept[i] for i in range(len(texts))] == texts
    assert kept[::-2] == texts[::-2]
    for outside in (len(texts), -len(texts) - 1):
        with pytest.raises(IndexError):
            kept[outside]


def test_items_are_kept_as_they_are():
    items = [Item(0, "a", "paper", "Điện gió", 2020), Item(1, "declared", "declared", "", None)]
    kept = Items.of(items)
    assert [*kept] == items
    assert kept[-1:] == items[-1:]
    assert kept.of_kind("declared").tolist() == [False, True]
    assert kept.of_kind("patent").tolist() == [False, False]
    assert [*Items.of([])] == []
