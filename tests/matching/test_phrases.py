import numpy as np
import pytest

from matching import SkillGraph
from matching.phrases import PhraseIndex
from matching.semantic import open_encoder
from matching.semantic.encoder import missing_packages


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
    assert np.array_equal(index.scores("han day vang"), index.scores("hàn dây vàng"))


@pytest.mark.skipif(bool(missing_packages("minilm")), reason="the extra 'semantic' is not installed")
def test_a_model_finds_entries_that_share_no_word():
    names = ["drive vehicles", "prepare meals", "repair roofs"]
    phrase = "being a chauffeur"
    plain = PhraseIndex(names, ["", "", ""])
    assert plain.scores(phrase)[0] < 0.1
    index = PhraseIndex(names, ["", "", ""], open_encoder("minilm"))
    scores = index.scores(phrase)
    assert index.nearest(phrase, k=1) == [0]
    assert scores.dtype == np.float32
    assert scores.min() >= 0
    near = open_encoder("minilm").encode([phrase, names[0]])
    assert scores[0] == pytest.approx(0.4 * plain.scores(phrase)[0] + 0.6 * near[0] @ near[1], abs=1e-5)
