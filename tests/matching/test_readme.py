"""The manual is run as it stands."""

import re
from pathlib import Path

import matching

README = Path(matching.__file__).with_name("README.md").read_text("utf-8")


def test_the_fifteen_lines_run():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(code.splitlines()) <= 15
    space: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), space)  # noqa: S102
    assert [match.offer for match in space["matches"]] == ["binh"]  # type: ignore[attr-defined]


def test_every_exported_name_exists():
    assert [name for name in matching.__all__ if not hasattr(matching, name)] == []
