"""The problem as rows and columns: lower ≤ matrix · x ≤ upper, one column for every pair that is allowed.

A barred pair has no column, so that nothing that is solved here can choose it.
"""

from typing import Literal

import msgspec
import numpy as np
from scipy import sparse

from matching.assignment.problem import Problem, check

Rule = Literal["want", "most", "least", "aspect", "per_institution", "pin", "cap", "conflict"]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.intp]]
Values = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
NO_LIMIT = np.inf


class Row(msgspec.Struct, frozen=True):
    """What a row states: of whom, and which aspect or institution."""

    rule: Rule
    dossier: str = ""
    appraiser: str = ""
    what: str = ""


class Model:
    """Everything is sorted by id, so that the order in which a problem is written changes nothing.

    Attributes
    ----------
    dossiers, appraisers : ids, sorted
    score : (dossiers, appraisers) float64
    barred : (dossiers, appraisers) bool
    pairs : (pairs,) the allowed pairs as dossier · appraisers + appraiser
    gains, dossier_of : (pairs,) their scores and their dossiers
    rows : what each row states; matrix : (rows, pairs); lower, upper : (rows,)
    pinned : (pairs,) bool
    """

    def __init__(self, problem: Problem) -> None:
        check(problem)
        self.limits = problem.limits
        self._dossiers = sorted(problem.dossiers, key=lambda one: one.id)
        self._appraisers = sorted(problem.appraisers, key=lambda one: one.id)
        self.dossiers = [one.id for one in self._dossiers]
        self.appraisers = [one.id for one in self._appraisers]
        self.row_of = {id_: i for i, id_ in enumerate(self.dossiers)}
        self.column_of = {id_: i for i, id_ in enumerate(self.appraisers)}
        self.want = np.array([one.want for one in self._dossiers], np.float64)
        self.score = np.zeros((len(self.dossiers), len(self.appraisers)))
        for one in problem.scores:
            self.score[self.place(one.dossier, one.appraiser)] = one.score
        self.barred = np.zeros(self.score.shape, bool)
        for bar in problem.bars:
            self.barred[self.place(bar.dossier, bar.appraiser)] = True
        self._pins = [self.place(pin.dossier, pin.appraiser) for pin in sorted(set(problem.pins))]
        self.pairs = np.flatnonzero(~self.barred)
        self.gains = self.score.ravel()[self.pairs]
        self.dossier_of = self.pairs // max(len(self.appraisers), 1)
        self._write_rows()
        self.matrix = self.columns(self.pairs)
        codes = [d * len(self.appraisers) + a for d, a in self._pins]
        self.pinned = np.isin(self.pairs, np.array(codes, np.intp))

    def place(self, dossier: str, appraiser: str) -> tuple[int, int]:
        return self.row_of[dossier], self.column_of[appraiser]

    def pair(self, at: int) -> tuple[str, str]:
        """The ids of the pair in column ``at``."""
        d, a = divmod(int(self.pairs[at]), len(self.appraisers))
        return self.dossiers[d], self.appraisers[a]

    def columns(self, pairs: Ints) -> sparse.csc_array:
        """(rows, pairs): in which rows each pair counts, also for pairs that are barred."""
        d, a = np.divmod(pairs, max(len(self.appraisers), 1))
        at = np.arange(len(pairs))
        places: list[tuple[Ints, Ints]] = [(d, at), (len(self.dossiers) + a, at)]
        places.append(_present(self._least_row[a], at, self._least_row[a] >= 0))
        places += [_present(self._aspect_row[d, k], at, self._has[a, k]) for k in range(self._has.shape[1])]
        places.append(_present(self._institution_row[d, self._institution[a]], at, self._institution[a] >= 0))
        pin_at = {place: i for i, place in enumerate(self._pins)}
        pin_rows = np.array(
            [pin_at.get(place, -1) for place in zip(d.tolist(), a.tolist(), strict=True)] if pin_at else [],
            np.intp,
        )
        if pin_at:
            first = len(self.rows) - len(pin_at)
            places.append(_present(np.where(pin_rows >= 0, first + pin_rows, -1), at, pin_rows >= 0))
        rows = np.concatenate([row for row, _ in places])
        columns = np.concatenate([column for _, column in places])
        return sparse.csc_array((np.ones(len(rows)), (rows, columns)), shape=(len(self.rows), len(pairs)))

    def _write_rows(self) -> None:
        self.rows: list[Row] = []
        self.lower: Values
        self.upper: Values
        bounds: list[tuple[float, float]] = []
        for dossier in self._dossiers:
            self.rows.append(Row("want", dossier.id))
            bounds.append((dossier.want, dossier.want))
        for one in self._appraisers:
            self.rows.append(Row("most", appraiser=one.id))
            bounds.append((-NO_LIMIT, max(0, one.most - one.load)))
        self._least_row = np.full(len(self._appraisers), -1, np.intp)
        for i, one in enumerate(self._appraisers):
            if one.least > one.load:
                self._least_row[i] = len(self.rows)
                self.rows.append(Row("least", appraiser=one.id))
                bounds.append((one.least - one.load, NO_LIMIT))
        self._write_aspects(bounds)
        self._write_institutions(bounds)
        for d, a in self._pins:
            self.rows.append(Row("pin", self.dossiers[d], self.appraisers[a]))
            bounds.append((1, 1))
        limits = np.array(bounds, np.float64).reshape(-1, 2)
        self.lower, self.upper = limits[:, 0], limits[:, 1]

    def _write_aspects(self, bounds: list[tuple[float, float]]) -> None:
        names = sorted({aspect for one in self._dossiers for aspect in one.aspects})
        self._has = np.array([[name in one.aspects for name in names] for one in self._appraisers], bool)
        self._has = self._has.reshape(len(self._appraisers), len(names))
        self._aspect_row = np.full((len(self._dossiers), len(names)), -1, np.intp)
        for d, dossier in enumerate(self._dossiers):
            for k, name in enumerate(names):
                if name in dossier.aspects:
                    self._aspect_row[d, k] = len(self.rows)
                    self.rows.append(Row("aspect", dossier.id, what=name))
                    bounds.append((1, NO_LIMIT))

    def _write_institutions(self, bounds: list[tuple[float, float]]) -> None:
        names = sorted({one.institution for one in self._appraisers} - {""})
        index = {name: i for i, name in enumerate(names)}
        self._institution = np.array([index.get(one.institution, -1) for one in self._appraisers], np.intp)
        self._institution_row = np.full((len(self._dossiers), len(names) + 1), -1, np.intp)
        members = np.zeros((len(self._dossiers), len(names) + 1), np.intp)
        np.add.at(members.T, self._institution, (~self.barred).T)
        for d, dossier in enumerate(self._dossiers):
            limit = dossier.per_institution or self.limits.per_institution
            for i, name in enumerate(names):
                if limit is not None and members[d, i] > limit:
                    self._institution_row[d, i] = len(self.rows)
                    self.rows.append(Row("per_institution", dossier.id, what=name))
                    bounds.append((-NO_LIMIT, limit))


def _present(rows: Ints, at: Ints, is_in: Bools) -> tuple[Ints, Ints]:
    kept = is_in & (rows >= 0)
    return rows[kept], at[kept]
