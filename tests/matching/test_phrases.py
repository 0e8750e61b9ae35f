import numpy as np

from matching import SkillGraph
from matching.phrases import PhraseIndex


def test_a_phrase_finds_the_nearest_entry_first():
    index = PhraseIndex(["Plasma etching", "Old boxes", "Plasma torches"], ["dry etch", "cups", "welding"])
    assert index.nearest("plasma etch") == [0, 2]
    assert index.nearest("xyz") == []
    assert index.nearest("plasma", k=1) in ([0], [2])


def test_scores_lie_between_0_and_1_and_a_name_scores_itself_highest():
    index = PhraseIndex(["Plasma etching", "Old boxes"], ["", ""])
    scores = index.scores("Plasma etching")
    assert scores.shape == (2,)
    assert scores.dtype == np.float32
    assert scores[0] > 0.99
    assert scores[1] == 0


def test_the_skills_of_a_graph_are_found_by_loose_phrases_with_or_without_marks(graph: SkillGraph):
    index = PhraseIndex.of_graph(graph)
    found = [
        graph.keys[index.nearest(phrase)[0]]
        for phrase in ("dien gio noi", "etching with plasma", "hàn dây vàng")
    ]
    assert found == ["floating-wind", "plasma-etching", "wire-bonding"]
