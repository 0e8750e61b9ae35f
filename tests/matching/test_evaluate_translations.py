from pathlib import Path

import numpy as np
import pytest

from matching.evaluate_translations import (
    evaluate_translations,
    first_places,
    near_by_letters,
    near_by_model,
    read_tatoeba,
)
from matching.semantic import open_encoder
from matching.semantic.encoder import missing_packages


def test_ties_share_the_first_place():
    near = np.array([[0.9, 0.1, 0.1], [0.9, 0.5, 0.1], [0.4, 0.4, 0.4]], np.float32)
    assert first_places(near) == pytest.approx([1, 0, 1 / 3])


def test_without_a_model_letters_are_measured(tmp_path: Path):
    folder = tmp_path / "matching" / "tatoeba_vie_eng"
    folder.mkdir(parents=True)
    (folder / "tatoeba.vie-eng.vie").write_text("Tom ở Boston.\nTôi yêu Mary.\nĐêm\n")
    (folder / "tatoeba.vie-eng.eng").write_text("Tom is in Boston.\nI love Mary.\nNight\n")
    (figure,) = evaluate_translations(tmp_path)
    assert figure.estimate.value == pytest.approx((1 + 1 + 0) / 3)


@pytest.mark.skipif(bool(missing_packages("e5")), reason="the extra 'semantic' is not installed")
def test_e5_finds_nine_of_ten_translations(data: Path):
    """Among 60 sentences, to be quick; among all 1,000 `python -m matching evaluate` finds 0.911."""
    vi, en = (sentences[:60] for sentences in read_tatoeba(data))
    assert np.mean(first_places(near_by_model(vi, en, open_encoder("e5")))) >= 0.9
    assert np.mean(first_places(near_by_letters(vi, en))) <= 0.3
