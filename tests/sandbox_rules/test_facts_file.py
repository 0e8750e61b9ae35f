"""The catalogue of facts: each kind of fault in it, and what the author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox_rules import RuleFileError, load

FACT = 'type = "number"\nlabel = {vi = "A", en = "A"}\n'
ASKED = FACT + 'question = {vi = "A?", en = "A?"}\n'
SHAPE = "Mend: See README.md for the shape of this table."


@pytest.mark.parametrize(
    ("catalogue", "says"),
    [
        (f'["a.b"]\n{FACT}', f"1: a.b: Wrong shape: Object missing required field `question`. {SHAPE}"),
        ("a = 1", f"1: a: Wrong shape: Expected a table, got `int`. {SHAPE}"),
        (
            f"[a]\n{ASKED}".replace('en = "A?"', 'en = " "'),
            "4: a.question.en: One language is missing. Mend: Write both Vietnamese and English.",
        ),
        (
            f'[a]\n{ASKED}days_between = ["a", "b"]',
            (
                "5: a.days_between: “a” is not a date. Mend: Name two facts of type date.\n"
                "facts.toml:5: a.days_between: “b” is not in [facts.toml]. "
                "Mend: Declare it in [facts.toml] or mend the name."
            ),
        ),
    ],
    ids=["no question", "no table", "one language", "no period"],
)
def test_a_faulty_fact_is_refused_with_its_line(catalogue: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "facts.toml").write_text(catalogue, "utf-8")
    with pytest.raises(RuleFileError) as fault:
        load(tmp_path)
    assert str(fault.value) == f"facts.toml:{says}"


def test_facts_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.toml").write_bytes(b"\xff")
    with pytest.raises(RuleFileError, match=r"facts\.toml: \(file\): The file is not UTF-8 text\."):
        load(tmp_path)
