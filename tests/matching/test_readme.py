"""The manual is run as it stands."""

import re
from pathlib import Path
from typing import Any

import matching
from matching import IndexHit

README = Path(matching.__file__).with_name("README.md").read_text("utf-8")


def run(example: int) -> dict[str, Any]:
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[example]
    space: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), space)  # noqa: S102
    return space


def test_the_fifteen_lines_run():
    assert len(README.split("```python\n")[1].split("```")[0].splitlines()) <= 15
    assert [match.offer for match in run(0)["matches"]] == ["binh"]


def test_identity_conflicts_assignment_and_the_index_run():
    space = run(1)
    assert space["who"].clusters == (("r1", "r2"), ("r3",))
    assert [(one.rule, one.certain) for one in space["barred"]] == [("employment", True)]
    assert [(seat.dossier, seat.appraiser) for seat in space["plan"].seats] == [("d1", "r3")]
    assert space["nearest"] == [IndexHit("a", 2.0)]


def test_every_exported_name_exists():
    assert [name for name in matching.__all__ if not hasattr(matching, name)] == []
