"""Reading a block at once says what reading its items one by one says."""

import unicodedata

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Evidence, Offer, Skill, SkillGraph, SkillLevel
from matching.block import Block, read_block
from matching.reading import read_offer
from matching.skill_graph.graph import Aliases
from matching.text import Text, fold

GRAPH = SkillGraph.load()
NAMES = [name for skill in GRAPH for name in skill.names]
PIECES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).map(fold),
    st.sampled_from(NAMES).map(str.upper),
    st.sampled_from(NAMES).map(lambda name: unicodedata.normalize("NFD", name)),
    st.sampled_from(["the", "của", "x", "2024", "SiO₂", "etching", "hệ thống", "_", "wafers", "ALD", "ald"]),
)
TEXTS = st.builds(
    lambda sep, parts: sep.join(parts), st.sampled_from([" ", ". ", "-", "\n"]), st.lists(PIECES)
)
EVIDENCE = st.builds(
    Evidence,
    id=st.sampled_from("pqr"),
    kind=st.sampled_from(["paper", "patent", "declared"]),
    title=TEXTS,
    text=TEXTS,
    year=st.sampled_from([None, 2001, 2020]),
)
LEVELS = st.builds(
    SkillLevel, st.one_of(st.sampled_from(GRAPH.keys), st.just("quantum-poetry")), st.integers(1, 5)
)
OFFERS = st.builds(
    Offer,
    id=st.just("o"),
    skills=st.lists(LEVELS, max_size=3).map(tuple),
    evidence=st.lists(EVIDENCE, max_size=4).map(tuple),
)


def as_dicts(block: Block) -> list[tuple[dict[str, float], dict[str, float], dict[str, float]]]:
    """Terms, skills and strength of each item, by name."""
    size = max(len(block.stems), 1)
    pairs = [f"{block.stems[code // size]} {block.stems[code % size]}" for code in block.pairs.tolist()]
    columns = [[*block.stems, *pairs], GRAPH.keys, GRAPH.keys]
    matrices = [block.terms, block.skills, block.strength]
    return [
        tuple(
            {names[c]: v for c, v in zip(row.indices, row.data.tolist(), strict=True)}
            for names, row in zip(columns, (matrix[[i]] for matrix in matrices), strict=True)
        )
        for i in range(len(block.items))
    ]  # type: ignore[misc]


@settings(max_examples=60, deadline=None)
@given(st.lists(OFFERS, max_size=4))
def test_a_block_says_of_every_item_what_reading_it_alone_says(offers: list[Offer]):
    block = read_block(offers, GRAPH)
    read = [pair for row, offer in enumerate(offers) for pair in read_offer(row, offer, GRAPH)]
    assert block.offers == [offer.entry for offer in offers]
    assert block.items == [item for item, _ in read]
    for (terms, skills, strength), (_, reading) in zip(as_dicts(block), read, strict=True):
        assert terms == reading.terms
        assert skills == {key: np.float32(value) for key, value in reading.skills.items()}
        assert strength == {key: np.float32(value) for key, value in reading.strength.items()}


def test_stems_and_pairs_stand_in_order():
    block = read_block(
        [Offer(id="a", evidence=(Evidence(id="p", text="zinc alloy zinc alloy boat"),))], GRAPH
    )
    assert block.stems == sorted(block.stems)
    assert (np.diff(block.pairs) > 0).all()
    assert block.terms.has_sorted_indices


def test_a_shared_name_is_decided_within_its_own_text():
    """Neighbours named in one text say nothing about another one of the block."""
    text = Text("a", "b")
    pad = Aliases(en=("pad",))
    graph = SkillGraph(
        [
            Skill(key="apple", vi="táo", en="apple", scope=text, aliases=pad, related=("ants",)),
            Skill(key="zebra", vi="ngựa vằn", en="zebra", scope=text, aliases=pad, related=("zoo",)),
            Skill(key="ants", vi="kiến", en="ants", scope=text),
            Skill(key="zoo", vi="vườn thú", en="zoo", scope=text),
        ]
    )
    said = ["pad", "pad in the zoo", "ants"]
    offers = [Offer(id=one, evidence=(Evidence(id="p", text=one),)) for one in said]
    read = read_block(offers, graph).skills.toarray()
    assert [{graph.keys[c] for c in np.flatnonzero(row)} for row in read] == [
        {"apple"},
        {"zebra", "zoo"},
        {"ants"},
    ]
