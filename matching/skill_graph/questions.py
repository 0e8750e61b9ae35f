"""What the shape of the skill graph says: communities, bridges, crossings between branches, central skills.

All on the undirected graph in which two skills are joined once, by their strongest edge. Paths are
`SkillGraph.path` and `SkillGraph.paths`.
"""

import networkx as nx

from matching.skill_graph.graph import EDGE_STRENGTH, SkillGraph

_SEED = 0


def communities(graph: SkillGraph, resolution: float = 1.0) -> list[tuple[str, ...]]:
    """Groups of skills closely tied among themselves, largest first, keys sorted (Louvain, Blondel et al.
    2008; seeded, so always the same). A greater ``resolution`` gives more and smaller groups."""
    found = nx.community.louvain_communities(_undirected(graph), resolution=resolution, seed=_SEED)
    return sorted((tuple(sorted(group)) for group in found), key=lambda group: (-len(group), group))


def bridges(graph: SkillGraph) -> list[tuple[str, str]]:
    """Pairs whose only tie holds two parts of the graph together, both of more than one skill."""
    network = _undirected(graph)
    pairs = (tuple(sorted(pair)) for pair in nx.bridges(network))
    return sorted((a, b) for a, b in pairs if min(network.degree[a], network.degree[b]) > 1)


def crossings(graph: SkillGraph) -> list[tuple[str, str]]:
    """Neighbours of different branches: where one field leads into another."""
    return sorted(
        (a, b) for a, b in map(sorted, _undirected(graph).edges) if graph.branch(a) != graph.branch(b)
    )


def centrality(graph: SkillGraph, most: int = 20) -> list[tuple[str, float]]:
    """The ``most`` central skills and their PageRank (sums to 1 over all), greatest first, ties by key."""
    ranks = nx.pagerank(_undirected(graph), weight="weight")
    return sorted(ranks.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def betweenness(graph: SkillGraph, most: int = 20) -> list[tuple[str, float]]:
    """The ``most`` skills that lie on the greatest share of shortest ways, in [0, 1] (Brandes 2001)."""
    shares = nx.betweenness_centrality(_undirected(graph))
    return sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def _undirected(graph: SkillGraph) -> nx.Graph:
    network = nx.Graph()
    network.add_nodes_from(graph.keys)
    for a, b, edge in sorted(graph.network.edges(keys=True), key=lambda e: (EDGE_STRENGTH[e[2]], *e)):
        network.add_edge(a, b, weight=EDGE_STRENGTH[edge])
    return network
