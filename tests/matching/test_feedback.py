"""Answers to introductions made by known rules: what was put in must be found, and nothing else."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from matching import Evidence, Matcher, Need, Offer, SkillGraph
from matching.champion import PublicFigure, Report, compare
from matching.errors import BadLine, UnknownOffer
from matching.feedback import Answer, describe, is_held_out, learn, read_answers, signal_values

FIXED = {"words": 0.4, "topics": 0.3, "concepts": 0.3}


def answers(count: int, weights: dict[str, float], position: float = 0.0, seed: int = 0) -> list[Answer]:
    """Five offers a need, shown by the fixed weights, accepted by σ(12 (w·x − ½) − position · ln rank)."""
    draw = np.random.default_rng(seed)
    made = []
    for need in range(count // 5):
        x = draw.random((5, 3))
        order = np.argsort(-x @ list(FIXED.values()))
        for rank, values in enumerate(x[order], 1):
            logit = 12 * (values @ list(weights.values()) - 0.5) - position * np.log(rank)
            answer = "accepted" if draw.random() < 1 / (1 + np.exp(-logit)) else "declined"
            signals = dict(zip(FIXED, values.tolist(), strict=True))
            made.append(Answer(f"n{need}", f"o{rank}", answer, rank, signals))
    return made


def no_public(weights: object) -> dict[str, float]:
    return {}


def test_many_answers_move_the_weights_to_what_people_value():
    valued = {"words": 0.1, "topics": 0.1, "concepts": 0.8}
    assert learn(answers(4000, valued), FIXED) == pytest.approx(valued, abs=0.06)
    assert learn(answers(4000, valued), FIXED, pull=0) == pytest.approx(valued, abs=0.02)


def test_few_answers_move_them_next_to_nothing():
    found = learn(answers(20, {"words": 0.1, "topics": 0.1, "concepts": 0.8}), FIXED)
    assert found == pytest.approx(FIXED, abs=0.05)


def test_answers_by_the_weights_in_use_leave_them():
    assert learn(answers(4000, FIXED), FIXED) == pytest.approx(FIXED, abs=0.04)


def test_weights_stay_positive_and_add_up_to_one():
    found = learn(answers(4000, {"words": -0.5, "topics": 0.5, "concepts": 1}), FIXED, pull=0)
    assert found["words"] == 0
    assert min(found.values()) >= 0
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)


def test_standing_lower_is_not_taken_for_a_fault_of_the_signals():
    shown = answers(6000, FIXED, position=2.0)
    model = describe(shown, FIXED)
    assert model.c == pytest.approx(2, abs=0.3)
    assert model.b == pytest.approx(12, abs=1.5)
    assert learn(shown, FIXED) == pytest.approx(FIXED, abs=0.05)


def test_the_same_answers_give_the_same_bytes():
    made = answers(1000, {"words": 0.1, "topics": 0.1, "concepts": 0.8})
    first, again = (msgspec.json.encode(compare(made, FIXED, no_public)) for _ in range(2))
    assert first == again


def test_a_better_challenger_is_promoted():
    report = compare(answers(3000, {"words": 0.0, "topics": 0.1, "concepts": 0.9}), FIXED, no_public)
    assert report.decision == "promoted"
    assert report.weights == report.challenger
    assert report.difference is not None
    assert report.difference.high < 0
    assert report.challenger_loss is not None
    assert report.champion_loss is not None
    assert report.challenger_loss < report.champion_loss
    assert report.learnt_from + report.judged_on == 3000


def test_a_challenger_that_is_no_better_stays_out():
    report = compare(answers(1000, FIXED), FIXED, no_public)
    assert (report.decision, report.weights) == ("no better", FIXED)


@pytest.mark.parametrize(("worse", "decision"), [(0.009, "promoted"), (0.011, "blocked")])
def test_a_challenger_that_worsens_a_public_set_is_blocked(worse: float, decision: str):
    def losses(weights: object) -> dict[str, float]:
        return {"LR-bench": 0.2 if weights == FIXED else 0.2 + worse}

    report = compare(answers(3000, {"words": 0.0, "topics": 0.1, "concepts": 0.9}), FIXED, losses)
    assert report.decision == decision
    assert report.public == (PublicFigure("LR-bench", 0.2, round(0.2 + worse, 6)),)
    assert (report.weights == FIXED) is (decision == "blocked")


def test_too_few_answers_decide_nothing():
    few = compare(answers(80, FIXED), FIXED, no_public)
    assert (few.decision, few.challenger, few.difference) == ("too few answers", FIXED, None)
    kind = [msgspec.structs.replace(one, answer="accepted") for one in answers(1000, FIXED)]
    assert compare(kind, FIXED, no_public).decision == "too few answers"
    assert compare([], FIXED, no_public).judged_on == 0


def test_about_every_fourth_need_is_held_out_and_always_the_same():
    held = [f"n{i}" for i in range(4000) if is_held_out(f"n{i}")]
    assert 900 < len(held) < 1100
    assert held[:3] == [need for need in held if is_held_out(need)][:3]


def test_the_report_is_said_in_both_languages():
    report = compare(
        answers(3000, {"words": 0.0, "topics": 0.1, "concepts": 0.9}), FIXED, lambda w: {"LR-bench": 0.2}
    )
    vi, en = report.say("vi"), report.say("en")
    assert vi[0] == "Dùng bộ trọng số mới."
    assert en[0] == "The challenger takes over."
    assert en[1].startswith(
        f"In use: words 0.400, topics 0.300, concepts 0.300. Learnt from {report.learnt_from}"
    )
    assert en[2].startswith(f"On {report.judged_on} answers held out: loss {report.champion_loss:.3f} and ")
    assert en[3] == "LR-bench: loss 0.200 and 0.200, 0.01 more is allowed."
    assert len(vi) == len(en) == 4
    few = Report("too few answers", FIXED, FIXED, 0, 0).say("vi")
    assert few[0].startswith("Giữ bộ trọng số đang dùng: cần ít nhất 30 trả lời")
    assert len(few) == 2


def test_answers_are_read_and_a_strange_signal_is_named(tmp_path: Path):
    file = tmp_path / "a.jsonl"
    row = '{"need": "n", "offer": "o", "answer": "accepted", "rank": 1, "signals": {"words": 0.5}}\n'
    file.write_text(row)
    (read,) = read_answers(file, list(FIXED))
    assert read == Answer("n", "o", "accepted", 1, {"words": 0.5})
    file.write_text(row + row.replace("words", "charm"))
    with pytest.raises(BadLine, match=r"line 2, field \$.signals: charm: the signals in use are words"):
        read_answers(file, list(FIXED))
    file.write_text(row.replace("accepted", "perhaps"))
    with pytest.raises(BadLine, match=r"line 1, field \$.answer"):
        read_answers(file, list(FIXED))


def test_signal_values_times_weights_add_up_to_the_score(
    graph: SkillGraph, layers: tuple[Evidence, ...], need: Need
):
    matcher = Matcher.fit([Offer(id="a", evidence=layers[:60]), Offer(id="b", evidence=layers[60:])], graph)
    asked = Need(id="t", text="etching of layer3 in subject ax", skills=need.skills)
    for offer_id, values in zip("ba", signal_values(matcher, asked, ["b", "a"]), strict=True):
        total = sum(matcher.signals[name] * value for name, value in values.items())
        assert total == pytest.approx(matcher.score(asked, offer_id), abs=1e-6)
        assert total > 0
    with pytest.raises(UnknownOffer):
        signal_values(matcher, asked, ["nobody"])
