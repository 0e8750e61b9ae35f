"""What is to be assigned: dossiers, appraisers, how well they suit each other, and the rules.

As JSON Lines, one object a line, with the fields of `Dossier`, `Appraiser`, `Suitability`, `Bar` and `Pin`;
the limits are one JSON object.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from matching.errors import MatchingError
from matching.profiles import Key
from matching.text import Text

Count = Annotated[int, Meta(ge=0)]


class Dossier(msgspec.Struct, frozen=True, omit_defaults=True):
    """``{"id": "d1", "want": 3, "aspects": ["law", "safety"], "per_institution": 2}``

    ``want`` seats in its team; of each of the ``aspects`` at least one member; ``per_institution`` instead of
    that of the limits.
    """

    id: Key
    want: Count = 2
    aspects: tuple[Key, ...] = ()
    per_institution: Annotated[int, Meta(ge=1)] | None = None


class Appraiser(msgspec.Struct, frozen=True, omit_defaults=True):
    """``{"id": "a1", "institution": "hust", "aspects": ["law"], "least": 1, "most": 4, "load": 2}``

    ``least`` and ``most`` seats in all, of which ``load`` are held in dossiers outside this problem. Without
    an institution nobody shares one with them.
    """

    id: Key
    institution: str = ""
    aspects: tuple[Key, ...] = ()
    least: Count = 0
    most: Count = 4
    load: Count = 0


class Suitability(msgspec.Struct, frozen=True, gc=False):
    """``{"dossier": "d1", "appraiser": "a1", "score": 0.4}``; a pair without a line has 0 and may be used."""

    dossier: Key
    appraiser: Key
    score: Annotated[float, Meta(ge=0, le=1)]


class Bar(msgspec.Struct, frozen=True):
    """A pair that must never be: ``{"dossier": "d1", "appraiser": "a1", "rule": "employment", "why": {"vi":
    "…", "en": "…"}}``. No relaxation lifts it."""

    dossier: Key
    appraiser: Key
    rule: Key
    why: Text


class Pin(msgspec.Struct, frozen=True, order=True):
    """A seat that is given already and stays: ``{"dossier": "d1", "appraiser": "a1"}``."""

    dossier: Key
    appraiser: Key


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """``{"per_institution": 1, "cap": 0.5, "seed": 7, "fairness": 0.02}``

    per_institution : members of one institution in a team, at most; None: no limit.
    cap : the greatest probability of any pair that is not pinned; 1: the best plan, nothing is drawn.
    seed : of the draw.
    fairness : the share of the total that may be given up to lift the dossier served worst; None: none.
    """

    per_institution: Annotated[int, Meta(ge=1)] | None = None
    cap: Annotated[float, Meta(gt=0, le=1)] = 1
    seed: Count = 0
    fairness: Annotated[float, Meta(ge=0, lt=1)] | None = 0.02


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of it; the order of nothing matters."""

    dossiers: tuple[Dossier, ...]
    appraisers: tuple[Appraiser, ...]
    scores: tuple[Suitability, ...] = ()
    bars: tuple[Bar, ...] = ()
    pins: tuple[Pin, ...] = ()
    limits: Limits = Limits()


class BadProblem(MatchingError):
    """Ids that repeat or that nobody bears, or numbers out of range."""

    code = "matching.bad_problem"

    def __init__(self, what: Text) -> None:
        super().__init__(
            Text(f"Không phân công được: {what.vi}. Hãy sửa dữ liệu.", f"{what.en}. Mend the data.")
        )


class Unsolved(MatchingError):
    """The search ended at its limit without any plan."""

    code = "matching.unsolved"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "Chưa tìm được phương án trong giới hạn tính toán. Hãy chia nhỏ các hồ sơ rồi phân công lại.",
                "No plan was found within the limit of the search. Split the dossiers and assign again.",
            )
        )


def check(problem: Problem) -> None:
    """Raises BadProblem for the first fault."""
    for fault in _faults(problem):
        raise BadProblem(fault)


def _faults(problem: Problem) -> Iterator[Text]:
    dossiers = [one.id for one in problem.dossiers]
    appraisers = [one.id for one in problem.appraisers]
    pairs = [(one.dossier, one.appraiser) for one in problem.scores]
    for again in [*_repeated(dossiers), *_repeated(appraisers), *_repeated(pairs)]:
        yield Text(f"{again} có hai lần", f"{again} occurs twice")
    both: list[Bar | Pin] = [*problem.bars, *problem.pins]
    unknown = {one.dossier for one in problem.scores} | {one.dossier for one in both}
    strangers = {one.appraiser for one in problem.scores} | {one.appraiser for one in both}
    for id_ in sorted((unknown - set(dossiers)) | (strangers - set(appraisers))):
        yield Text(f"không có {id_}", f"there is no {id_}")
    numbers = [one.score for one in problem.scores]
    if not all(math.isfinite(one) and 0 <= one <= 1 for one in numbers):
        yield Text("điểm phù hợp phải từ 0 đến 1", "a score must lie between 0 and 1")
    if not 0 < problem.limits.cap <= 1:
        yield Text("xác suất tối đa phải trên 0 và không quá 1", "the cap must be above 0 and at most 1")


def _repeated(ids: Iterable[object]) -> list[object]:
    seen: set[object] = set()
    return [one for one in ids if one in seen or seen.add(one)]  # type: ignore[func-returns-value]
