import pickle

import pytest

from matching.errors import BadLine, MatchingError, SemanticMissing, UnknownOffer


@pytest.mark.parametrize(
    "error", [UnknownOffer("a"), SemanticMissing("minilm", ["b"]), BadLine("f", 2, "$.id", "is missing")]
)
def test_an_error_of_another_process_says_the_same_here(error: MatchingError):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))
