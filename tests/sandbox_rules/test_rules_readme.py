"""The example in the README runs."""

from __future__ import annotations

import re
from pathlib import Path

import sandbox_rules


def test_the_example_of_the_readme_runs() -> None:
    readme = (Path(sandbox_rules.__file__).parent / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own example


def test_the_readme_names_every_table_of_a_rule_file() -> None:
    readme = (Path(sandbox_rules.__file__).parent / "README.md").read_text("utf-8")
    own = {"key", "in_force", "pin", "facts"}
    tables = set(sandbox_rules.Programme.__struct_fields__) - own
    assert {table for table in tables if f"`{table}" not in readme} == set()
