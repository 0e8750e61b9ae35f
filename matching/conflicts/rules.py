"""The rules of conflict of interest: data in ``conflict_rules.toml``, checked when they are read."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from matching.errors import MatchingError
from matching.profiles import Key
from matching.text import Text

OURS = Path(__file__).parents[1] / "conflict_rules.toml"
SAME, POSSIBLE, CLEARED = "same_person", "possibly_same", "cleared"
UNIDENTIFIED = "unidentified"
Way = Literal["on", "back", "both"]


class BadConflicts(MatchingError):
    """Rules or ties that contradict themselves or name what is not there."""

    code = "matching.bad_conflicts"

    def __init__(self, what: Text) -> None:
        super().__init__(
            Text(
                f"Dữ liệu xung đột lợi ích sai: {what.vi}. Hãy sửa rồi xét lại.",
                f"The data on conflicts of interest are wrong: {what.en}. Mend them and check again.",
            )
        )


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tie says: source *text* target."""

    key: Key
    text: Text
    symmetric: bool = False


class Through(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A relation a rule follows onwards; with shares only from ``least_share`` (of 1) on."""

    relation: Key
    way: Way = "on"
    least_share: Annotated[float, Meta(ge=0, le=1)] = 0


class ConflictRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tie of ``relation`` that is running, or ended at most ``cooling_off_years`` (whole, or inf) ago, then
    from ``least_depth`` to ``depth`` ties of ``through``, reach a party. Without a relation: the person is
    a party."""

    key: Key
    text: Text
    source: str
    relation: str = ""
    way: Way = "on"
    cooling_off_years: Annotated[float, Meta(ge=0)] = 0
    least_depth: Annotated[int, Meta(ge=0)] = 0
    depth: Annotated[int, Meta(ge=0)] = 0
    through: tuple[Through, ...] = ()

    def cools_until(self, end: date) -> date:
        """The last day on which a tie that ended then still counts."""
        year = end.year + self.cooling_off_years
        if year > date.max.year:
            return date.max
        leap = (end.month, end.day) == (2, 29)
        return date(int(year), 3, 1) if leap else end.replace(year=int(year))


class ConflictRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    relations: tuple[Relation, ...]
    rules: tuple[ConflictRule, ...]

    @classmethod
    def load(cls, file: Path = OURS) -> "ConflictRules":
        """Raises BadConflicts."""
        return _load(file)

    def relation(self, key: str) -> Relation | None:
        return next((one for one in (*self.relations, *_BUILT_IN) if one.key == key), None)

    def text(self, key: str) -> Text:
        """What a rule says, also that for persons nobody has identified."""
        return next((one.text for one in self.rules if one.key == key), _UNIDENTIFIED)


@lru_cache(maxsize=8)
def _load(file: Path) -> ConflictRules:
    try:
        rules = msgspec.toml.decode(file.read_bytes(), type=ConflictRules)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadConflicts(Text(f"{file.name}: {error}", f"{file.name}: {error}")) from None
    keys = [one.key for one in rules.rules]
    named = {one.relation for one in rules.rules} | {t.relation for one in rules.rules for t in one.through}
    missing = sorted(key for key in named - {""} if rules.relation(key) is None)
    if missing:
        raise BadConflicts(Text(f"không có quan hệ {missing[0]}", f"there is no relation {missing[0]}"))
    if len(set(keys)) < len(keys) or UNIDENTIFIED in keys:
        raise BadConflicts(Text("hai quy tắc cùng khóa", "two rules share a key"))
    return rules


_BUILT_IN = (
    Relation(SAME, Text("là cùng một người với", "is the same person as"), symmetric=True),
    Relation(POSSIBLE, Text("có thể là cùng một người với", "may be the same person as"), symmetric=True),
    Relation(
        CLEARED, Text("đã được xác nhận là không liên quan tới", "was cleared in regard to"), symmetric=True
    ),
)
_UNIDENTIFIED = Text("Chưa xác định được là ai", "It is not known who this is")
