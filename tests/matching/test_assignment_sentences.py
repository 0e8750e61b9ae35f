"""Why somebody sits in a team or does not, and what blocks, in both languages."""

from typing import get_args

import msgspec
import pytest

from matching.assignment import (
    Appraiser,
    Bar,
    Broken,
    Dossier,
    Limits,
    Pin,
    Problem,
    Reasons,
    Suitability,
    assign,
    say_block,
    say_relaxation,
)
from matching.assignment.model import Rule
from matching.text import Text

NAMES = {"d0": "Hồ sơ 1", "d1": "Hồ sơ 2", "law": "pháp luật", "u": "Viện U"}
PROBLEM = Problem(
    (Dossier("d0", aspects=("law",)), Dossier("d1", want=1), Dossier("d2", want=0)),
    (
        Appraiser("best", "u"),
        Appraiser("lawyer", "v", ("law",)),
        Appraiser("same", "u"),
        Appraiser("full", most=1, load=1),
        Appraiser("barred"),
        Appraiser("weak"),
        Appraiser("given"),
    ),
    (
        Suitability("d0", "best", 0.9),
        Suitability("d0", "lawyer", 0.25),
        Suitability("d0", "same", 0.8),
        Suitability("d0", "barred", 1.0),
        Suitability("d0", "weak", 0.125),
    ),
    (
        Bar("d0", "barred", "employment", Text("Làm việc cho bên đó.", "Works for a party.")),
        Bar("d0", "barred", "family", Text("Người thân.", "A relative.")),
    ),
    (Pin("d1", "given"),),
    Limits(per_institution=1),
)


@pytest.mark.parametrize(
    ("dossier", "appraiser", "kind", "vi", "en"),
    [
        (
            "d0",
            "lawyer",
            "chosen",
            "Điểm phù hợp 0,25, thứ 3 trong 6 người không bị loại vì xung đột lợi ích. Đảm nhận: pháp luật.",
            "Suitability 0.25, number 3 of the 6 people without a conflict of interest. Covers: pháp luật.",
        ),
        (
            "d0",
            "best",
            "chosen",
            "Điểm phù hợp 0,9, thứ 1 trong 6 người không bị loại vì xung đột lợi ích.",
            "Suitability 0.9, number 1 of the 6 people without a conflict of interest.",
        ),
        ("d1", "given", "pinned", "Đã được phân công từ trước.", "Was assigned before."),
        ("d0", "barred", "conflict", "Làm việc cho bên đó. Người thân.", "Works for a party. A relative."),
        (
            "d0",
            "full",
            "load",
            "Đã nhận 1 trong tối đa 1 hồ sơ.",
            "Already has 1 dossiers of at most 1.",
        ),
        (
            "d0",
            "same",
            "per_institution",
            "Tổ thẩm định đã có đủ 1 người của Viện U.",
            "The team already has 1 of Viện U.",
        ),
        (
            "d0",
            "weak",
            "better",
            (
                "Điểm phù hợp 0,125; những người được chọn (thấp nhất 0,25) hợp hơn khi xét mọi hồ sơ"
                " và quy tắc."
            ),
            "Suitability 0.125; those chosen (the lowest 0.25) fit better over all dossiers and rules.",
        ),
        (
            "d2",
            "weak",
            "better",
            "Điểm phù hợp 0; chưa có phương án nào, hoặc hồ sơ không cần thêm người.",
            "Suitability 0; there is no plan, or the dossier wants nobody.",
        ),
    ],
)
def test_why_and_why_not(dossier: str, appraiser: str, kind: str, vi: str, en: str) -> None:
    reasons = Reasons(PROBLEM, assign(PROBLEM), lambda id_: NAMES.get(id_, id_))
    reason = reasons.of(dossier, appraiser)
    assert (reason.kind, reason.text) == (kind, Text(vi, en))


def test_who_could_have_been_drawn_is_told_how_likely() -> None:
    limits = Limits(cap=0.5)
    problem = Problem((Dossier("d0", want=1),), (Appraiser("a"), Appraiser("b")), limits=limits)
    found = assign(problem)
    (other,) = {"a", "b"} - {seat.appraiser for seat in found.seats}
    reason = Reasons(problem, found).of("d0", other)
    assert reason.kind == "drawn"
    assert reason.text.en == "Could have been drawn with probability 0.5; this draw chose others."


def test_an_unknown_id_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        Reasons(PROBLEM, assign(PROBLEM)).of("d9", "best")


@pytest.mark.parametrize("rule", get_args(Rule))
def test_every_rule_says_what_it_asks_and_how_it_gives_way(rule: Rule) -> None:
    one = Broken(rule, "d0", "best", "law", 2)
    said = [say_block(one, NAMES.get)] if rule == "conflict" else [say_block(one), say_relaxation(one)]
    for text in said:
        assert text.vi != text.en
        assert "{" not in text.vi + text.en


def test_what_blocks_in_words() -> None:
    problem = msgspec.structs.replace(PROBLEM, appraisers=PROBLEM.appraisers[2:], scores=(), pins=())
    found = assign(problem)
    label = {**{one.id: one.id for one in problem.appraisers}, **NAMES}.__getitem__
    assert [say_block(one, label) for one in found.blocks] == [
        Text("Hồ sơ 1 cần ít nhất 1 người về pháp luật.", "Hồ sơ 1 needs at least 1 for pháp luật.")
    ]
    assert [say_relaxation(one, label) for one in found.relaxation] == [
        Text("Bỏ yêu cầu Hồ sơ 1 có người về pháp luật.", "Do without anybody for pháp luật in Hồ sơ 1.")
    ]
