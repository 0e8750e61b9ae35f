"""The persons among many records."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, product

import msgspec
import networkx as nx

from matching.identity.blocks import Pair, bound_pairs, named_pairs
from matching.identity.comparison import Comparison, PersonRecord, compare, orcid_key


class Identities(msgspec.Struct, frozen=True):
    """Who is who among some records.

    Attributes
    ----------
    clusters : the ids of each person, sorted, the first by id first
    same : the comparisons that joined records
    possible : comparisons between records of two clusters that nothing keeps apart
    contradictions : comparisons that say *different* within one cluster
    """

    clusters: tuple[tuple[str, ...], ...]
    same: tuple[Comparison, ...]
    possible: tuple[Comparison, ...]
    contradictions: tuple[Comparison, ...]


def resolve(records: Sequence[PersonRecord]) -> Identities:
    """Join what is the same; in either order the same answer, and that of comparing every two records.

    Two persons are possibly one when some of their records possibly are and none are different: who shares an
    e-mail address with a record of another ORCID is kept apart by it. A cluster that contradicts itself keeps
    nobody apart.

    Only pairs that share a sign or a name are compared (`blocks`), so the time grows with the records and
    with the pairs of the same name that neither ORCID nor birth keeps apart. A record without a name may be
    anybody: each adds as many pairs as there are records.

    Parameters
    ----------
    records : in any order

    Raises
    ------
    ValueError : when two records share an id
    """
    ordered = sorted(records, key=lambda one: one.id)
    if len({one.id for one in ordered}) < len(ordered):
        raise ValueError("two records share an id")
    return _Persons(ordered).identities()


class _Persons:
    """Clusters of records by place, in the order of their ids."""

    def __init__(self, records: Sequence[PersonRecord]) -> None:
        self.records = records
        self.bound = {pair: self._compare(pair) for pair in sorted(bound_pairs(records))}
        graph = nx.Graph()
        graph.add_nodes_from(range(len(records)))
        graph.add_edges_from(pair for pair, one in self.bound.items() if one.outcome == "same")
        self.clusters = [sorted(part) for part in nx.connected_components(graph)]
        self.number = {place: i for i, cluster in enumerate(self.clusters) for place in cluster}
        within = ((pair, self._compare(pair)) for part in self.clusters for pair in combinations(part, 2))
        self.contradictions = {pair: one for pair, one in within if one.outcome == "different"}
        self.doubtful = {self.number[a] for a, _ in self.contradictions}
        self.linked = {self._between(pair) for pair in self.bound}
        self.orcids = [
            {key for at in part if (key := orcid_key(records[at].orcid))} for part in self.clusters
        ]
        self.births = [{records[at].born for at in part} - {""} for part in self.clusters]

    def identities(self) -> Identities:
        same = [one for one in self.bound.values() if one.outcome == "same"]
        return Identities(
            tuple(sorted(tuple(self.records[at].id for at in part) for part in self.clusters)),
            tuple(same),
            tuple(self._possible()),
            tuple(one for _, one in sorted(self.contradictions.items())),
        )

    def _possible(self) -> list[Comparison]:
        """What leads from one cluster to another, unless a pair of theirs is different."""
        near: dict[Pair, dict[Pair, Comparison]] = defaultdict(dict)
        for pair in (*self.bound, *named_pairs(self.records, self._is_apart)):
            between = self._between(pair)
            if between[0] != between[1] and (one := self._compare(pair)).outcome == "possible":
                near[between][pair] = one
        kept = {
            pair: one
            for (first, second), found in near.items()
            if {first, second} & self.doubtful
            or len(found) == len(self.clusters[first]) * len(self.clusters[second])
            for pair, one in found.items()
        }
        return [kept[pair] for pair in sorted(kept)]

    def _is_apart(self, a: int, b: int) -> bool:
        """Whether these two are of one cluster, or of two that ORCID or birth keeps apart. Beside a shared
        sign such a difference is only a doubt, so where there is one every pair is looked at."""
        first, second = between = self._between((a, b))
        if first == second:
            return True
        if between in self.linked or {first, second} & self.doubtful:
            return False
        return any(x != y for x, y in product(self.orcids[first], self.orcids[second])) or any(
            not (x.startswith(y) or y.startswith(x))
            for x, y in product(self.births[first], self.births[second])
        )

    def _between(self, pair: Pair) -> Pair:
        first, second = sorted((self.number[pair[0]], self.number[pair[1]]))
        return first, second

    def _compare(self, pair: Pair) -> Comparison:
        return compare(self.records[pair[0]], self.records[pair[1]])
