"""The two ways in which the rules say no: the file is wrong, or the act is not allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox_rules.schema import Source
    from sandbox_rules.text import Text


class RuleFileError(Exception):
    """A rule file cannot be used; says where, why and how to mend it."""

    def __init__(self, file: str, line: int | None, key: str, reason: Text, mend: Text) -> None:
        self.file, self.line, self.key, self.reason, self.mend = file, line, key, reason, mend
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {key}: {reason.en} Mend: {mend.en}")


class RuleFileErrors(RuleFileError):
    """Several faults found in one reading; behaves as the first of them."""

    def __init__(self, errors: list[RuleFileError]) -> None:
        first = errors[0]
        super().__init__(first.file, first.line, first.key, first.reason, first.mend)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class Refused(Exception):
    """The rules do not allow this transition now.

    ``code`` is one of ``unknown_transition``, ``not_at_this_state``, ``not_your_role``,
    ``needs_<guard>`` (the guard is false) and ``unknown_<guard>`` (nobody has said).
    """

    def __init__(self, code: str, text: Text, source: Source | None = None) -> None:
        self.code, self.text, self.source = code, text, source
        super().__init__(f"{code}: {text.en}")
