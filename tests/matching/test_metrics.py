from matching.metrics import Estimate, JudgedPair, accuracy, bootstrap, loss, reciprocal_rank


def test_accuracy_counts_and_loss_weighs_wrong_orders_and_ties_by_half():
    pairs = [JudgedPair(2, 1, 1), JudgedPair(1, 2, 3), JudgedPair(1, 1, 4)]
    assert accuracy(pairs) == 1.5 / 3
    assert loss(pairs) == (3 + 2) / 8


def test_reciprocal_rank_gives_ties_the_middle():
    assert reciprocal_rank([3, 1, 2], 2) == 1 / 2
    assert reciprocal_rank([1, 1, 1], 0) == 1 / 2


def test_bootstrap_is_repeatable_and_contains_the_figure():
    rows = list(range(50))
    mean = bootstrap(rows, lambda some: sum(some) / len(some))
    assert mean == bootstrap(rows, lambda some: sum(some) / len(some))
    assert mean.low < mean.value == 24.5 < mean.high
    assert str(Estimate(0.5, 0.25, 0.75)) == "0.500 [0.250, 0.750]"
