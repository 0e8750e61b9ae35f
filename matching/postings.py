"""Lists of rows by column, multiplied with a few of their columns where they lie."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Number = TypeVar("Number", bound=np.generic)


def dot(
    postings: sparse.csr_array, values: NDArray[Number], columns: NDArray[np.int32], factors: NDArray[Number]
) -> NDArray[Number]:
    """(rows,) ``values`` times ``factors`` over the columns named, added up from the last to the first.

    Nothing is copied: the columns are made a matrix of their own that lies upon the arrays of all. Taken
    from last to first, each begins before the one taken before it ends, so the column that lies between
    two of them in that matrix ends before it begins and is empty.

    Parameters
    ----------
    postings : (columns, rows), whose places are used
    values : what stands there, one for each of its entries
    columns, factors : (n,) ascending and what each counts, as are the sums of the kind of ``values``
    """
    if not len(columns):
        return np.zeros(postings.shape[1], values.dtype)
    starts, last_first = postings.indptr, columns[::-1]
    picked: Any = sparse.csc_array((postings.shape[1], 2 * len(columns) - 1))
    picked.data, picked.indices = values, postings.indices
    picked.indptr = np.column_stack([starts[last_first], starts[last_first + 1]]).ravel()
    spread = np.zeros(picked.shape[1], values.dtype)
    spread[::2] = factors[::-1]
    return np.asarray(picked @ spread)
