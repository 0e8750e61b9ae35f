"""Weights that stand without a sentence model."""

import pytest

from matching.errors import BadWeights
from matching.weights import without_semantic


def test_what_is_left_without_the_model_adds_up_to_one():
    assert without_semantic({"words": 0.1, "concepts": 0.3, "semantic": 0.6}) == pytest.approx(
        {"words": 0.25, "concepts": 0.75}
    )


@pytest.mark.parametrize("weights", [{"semantic": 1.0}, {"words": 0.0, "semantic": 1.0}, {}])
def test_nothing_is_left_where_only_the_model_had_a_weight(weights: dict[str, float]):
    with pytest.raises(BadWeights, match="only semantic has a weight"):
        without_semantic(weights)
