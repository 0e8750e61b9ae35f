"""Why somebody sits in a team or does not, and what blocks, in sentences.

``label`` gives the name to show for the id of a dossier, an appraiser, an institution or an aspect.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from matching.assignment.plan import Assignment, Seat
from matching.assignment.problem import Appraiser, Dossier, Problem
from matching.assignment.relaxation import Broken
from matching.text import Text

Label = Callable[[str], str]
Kind = Literal["pinned", "chosen", "conflict", "load", "per_institution", "drawn", "better"]


class Reason(msgspec.Struct, frozen=True):
    """Why a pair is in the plan (pinned, chosen) or not (the rest)."""

    kind: Kind
    text: Text


class Reasons:
    """Asks one plan about any pair.

    Raises KeyError for an id the problem does not have.
    """

    def __init__(self, problem: Problem, assignment: Assignment, label: Label = str) -> None:
        self._label = label
        self._problem = problem
        self._dossiers = {one.id: one for one in problem.dossiers}
        self._appraisers = {one.id: one for one in problem.appraisers}
        self._scores = {(one.dossier, one.appraiser): one.score for one in problem.scores}
        self._barred = {(one.dossier, one.appraiser) for one in problem.bars}
        self._seats = {(one.dossier, one.appraiser): one for one in assignment.seats}
        self._chances = {(one.dossier, one.appraiser): one.probability for one in assignment.chances}

    def of(self, dossier: str, appraiser: str) -> Reason:
        who, what = self._appraisers[appraiser], self._dossiers[dossier]
        seat = self._seats.get((dossier, appraiser))
        if seat:
            return self._why(what, who, seat)
        if (dossier, appraiser) in self._barred:
            return Reason("conflict", self._conflicts(dossier, appraiser))
        team = [self._appraisers[a] for d, a in self._seats if d == dossier]
        held = sum(1 for _, a in self._seats if a == appraiser)
        if who.load + held >= who.most:
            return Reason("load", _LOAD.filled(count=str(who.load + held), most=str(who.most)))
        limit = what.per_institution or self._problem.limits.per_institution
        if limit and who.institution and sum(m.institution == who.institution for m in team) >= limit:
            place = self._label(who.institution)
            return Reason("per_institution", _INSTITUTION.filled(count=str(limit), place=place))
        if (dossier, appraiser) in self._chances:
            return Reason("drawn", _DRAWN.filled(share=_number(self._chances[dossier, appraiser])))
        return Reason("better", self._better(dossier, appraiser, team))

    def _why(self, dossier: Dossier, who: Appraiser, seat: Seat) -> Reason:
        if seat.is_pinned:
            return Reason("pinned", _PINNED.filled())
        mine = self._score(dossier.id, who.id)
        rivals = [one for one in self._appraisers if (dossier.id, one) not in self._barred]
        rank = 1 + sum(self._score(dossier.id, one) > mine for one in rivals)
        covers = [self._label(one) for one in dossier.aspects if one in who.aspects]
        first = _CHOSEN.filled(score=_number(mine), rank=str(rank), count=str(len(rivals)))
        rest = _COVERS.filled(aspects=", ".join(covers)) if covers else Text("", "")
        return Reason("chosen", Text(first.vi + rest.vi, first.en + rest.en))

    def _conflicts(self, dossier: str, appraiser: str) -> Text:
        bars = [b.why for b in self._problem.bars if (b.dossier, b.appraiser) == (dossier, appraiser)]
        return Text(" ".join(one.vi for one in bars), " ".join(one.en for one in bars))

    def _better(self, dossier: str, appraiser: str, team: Sequence[Appraiser]) -> Text:
        mine = _number(self._score(dossier, appraiser))
        if not team:
            return _NO_TEAM.filled(score=mine)
        least = min(self._score(dossier, one.id) for one in team)
        return _BETTER.filled(score=mine, least=_number(least))

    def _score(self, dossier: str, appraiser: str) -> float:
        return self._scores.get((dossier, appraiser), 0.0)


def say_block(block: Broken, label: Label = str) -> Text:
    """What a rule that blocks asks."""
    return _said(_BLOCKS[block.rule], block, label)


def say_relaxation(broken: Broken, label: Label = str) -> Text:
    """What would have to give way."""
    return _said(_RELAXATIONS[broken.rule], broken, label)


class _Form(msgspec.Struct, frozen=True):
    vi: str
    en: str

    def filled(self, **words: "str | Text") -> Text:
        vi = {name: word.vi if isinstance(word, Text) else word for name, word in words.items()}
        en = {name: word.en if isinstance(word, Text) else word for name, word in words.items()}
        return Text(self.vi.format(**vi), self.en.format(**en))


def _said(form: _Form, one: Broken, label: Label) -> Text:
    names = {
        "dossier": one.dossier and label(one.dossier),
        "appraiser": one.appraiser and label(one.appraiser),
    }
    return form.filled(**names, what=one.what and label(one.what), amount=_number(one.amount))


def _number(value: float) -> Text:
    en = f"{value:.4f}".rstrip("0").rstrip(".")
    return Text(en.replace(".", ","), en)


_PINNED = _Form("Đã được phân công từ trước.", "Was assigned before.")
_CHOSEN = _Form(
    "Điểm phù hợp {score}, thứ {rank} trong {count} người không bị loại vì xung đột lợi ích.",
    "Suitability {score}, number {rank} of the {count} people without a conflict of interest.",
)
_COVERS = _Form(" Đảm nhận: {aspects}.", " Covers: {aspects}.")
_LOAD = _Form("Đã nhận {count} trong tối đa {most} hồ sơ.", "Already has {count} dossiers of at most {most}.")
_INSTITUTION = _Form(
    "Tổ thẩm định đã có đủ {count} người của {place}.", "The team already has {count} of {place}."
)
_DRAWN = _Form(
    "Có thể được chọn với xác suất {share}, nhưng lần rút thăm này chọn người khác.",
    "Could have been drawn with probability {share}; this draw chose others.",
)
_BETTER = _Form(
    "Điểm phù hợp {score}; những người được chọn (thấp nhất {least}) hợp hơn khi xét mọi hồ sơ và quy tắc.",
    "Suitability {score}; those chosen (the lowest {least}) fit better over all dossiers and rules.",
)
_NO_TEAM = _Form(
    "Điểm phù hợp {score}; chưa có phương án nào, hoặc hồ sơ không cần thêm người.",
    "Suitability {score}; there is no plan, or the dossier wants nobody.",
)
_BLOCKS: dict[str, _Form] = {
    "want": _Form("{dossier} cần {amount} người.", "{dossier} wants {amount} people."),
    "most": _Form("{appraiser} còn nhận được {amount} hồ sơ.", "{appraiser} can take {amount} more."),
    "least": _Form(
        "{appraiser} phải nhận ít nhất {amount} hồ sơ nữa.", "{appraiser} must take {amount} more at least."
    ),
    "aspect": _Form(
        "{dossier} cần ít nhất {amount} người về {what}.", "{dossier} needs at least {amount} for {what}."
    ),
    "per_institution": _Form(
        "{dossier} nhận tối đa {amount} người của {what}.", "{dossier} takes at most {amount} of {what}."
    ),
    "pin": _Form(
        "{appraiser} đã được phân công cho {dossier}.", "{appraiser} is assigned to {dossier} already."
    ),
    "conflict": _Form(
        "{appraiser} có xung đột lợi ích với {dossier}.",
        "{appraiser} has a conflict of interest with {dossier}.",
    ),
    "cap": _Form(
        "Không cặp nào được có xác suất trên {amount}.", "No pair may have a probability above {amount}."
    ),
}
_RELAXATIONS: dict[str, _Form] = {
    "want": _Form("Bớt {amount} người cho {dossier}.", "{amount} fewer people for {dossier}."),
    "most": _Form(
        "Cho {appraiser} nhận thêm {amount} hồ sơ.", "Let {appraiser} take {amount} more than the limit."
    ),
    "least": _Form(
        "Cho {appraiser} nhận ít hơn mức tối thiểu {amount} hồ sơ.",
        "Let {appraiser} take {amount} fewer than the minimum.",
    ),
    "aspect": _Form(
        "Bỏ yêu cầu {dossier} có người về {what}.", "Do without anybody for {what} in {dossier}."
    ),
    "per_institution": _Form(
        "Cho {dossier} nhận thêm {amount} người cùng một cơ quan.",
        "Let {dossier} take {amount} more of one institution.",
    ),
    "pin": _Form("Rút phân công {appraiser} khỏi {dossier}.", "Take {appraiser} off {dossier}."),
    "cap": _Form("Nâng xác suất tối đa thêm {amount}.", "Raise the cap on probability by {amount}."),
}
