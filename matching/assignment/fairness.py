"""Lifting the dossier that is served worst.

The aim is that of PeerReview4All (Stelmakh, Shah and Singh 2019/2021): look at the worst served, not only
at the total. Theirs is a maximum-minimum by flows within an approximation; here it comes second, as one
more program: keep all but a share of the best total, raise the least mean score of a team as far as that
allows. So its price is stated beforehand, and the bound tells how far it is from the best."""

import numpy as np
from scipy import sparse

from matching.assignment.model import Model, Values
from matching.assignment.relaxation import caps
from matching.assignment.solve import Program, Solved, relaxed, whole

TIES = 0.01
"""What the whole total weighs beside the least mean: among equals the greater total."""
GAP = 1e-3
NODES = 50


def means(model: Model, x: Values) -> Values:
    """(dossiers,) the mean score of each team; infinite where nobody is wanted."""
    sums = np.bincount(model.dossier_of, model.gains * x, len(model.dossiers))
    spread = np.full(len(sums), np.inf)
    spread[model.want > 0] = sums[model.want > 0] / model.want[model.want > 0]
    return spread


def lifted(model: Model, best: Solved, share: float) -> tuple[Values, float]:
    """The plan (for a cap below 1 the marginals), and the bound of the least mean.

    ``best`` itself when nothing better is found.
    """
    total = float(model.gains @ best.x)
    program = _program(model, (1 - share) * total, total)
    start = np.append(best.kept, program.size - 1)
    relaxation = relaxed(program, start)
    assert relaxation is not None  # the best plan satisfies it
    bound = float(relaxation.x[-1])
    found: Solved | None = relaxation
    if model.limits.cap == 1 and not np.allclose(relaxation.x[:-1], np.round(relaxation.x[:-1])):
        found = whole(program, relaxation, GAP, NODES)
    if found is None or means(model, found.x[:-1]).min() <= means(model, best.x).min():
        return best.x, bound
    return found.x[:-1], bound


def _program(model: Model, least: float, total: float) -> Program:
    """Columns: the pairs, then the least mean."""
    served = model.want[model.dossier_of] > 0
    at = np.flatnonzero(served)
    dossier = model.dossier_of[at]
    shape = (len(model.dossiers), len(model.pairs))
    per_dossier = sparse.csc_array((model.gains[at] / model.want[dossier], (dossier, at)), shape=shape)
    wanted = np.flatnonzero(model.want > 0)
    below = sparse.csc_array(-np.ones((len(wanted), 1)))
    matrix = sparse.vstack(
        [
            sparse.hstack([model.matrix, sparse.csc_array((len(model.rows), 1))]),
            sparse.hstack([sparse.csr_array(model.gains[np.newaxis]), sparse.csr_array((1, 1))]),
            sparse.hstack([sparse.csr_array(per_dossier)[wanted], below]),
        ]
    )
    return Program(
        np.append(-TIES * model.gains / total, -1.0),
        sparse.csc_array(matrix),
        np.concatenate([model.lower, [least], np.zeros(len(wanted))]),
        np.concatenate([model.upper, np.full(1 + len(wanted), np.inf)]),
        np.append(caps(model, model.limits.cap), 1.0),
        np.append(np.ones(len(model.pairs), bool), False),
    )
