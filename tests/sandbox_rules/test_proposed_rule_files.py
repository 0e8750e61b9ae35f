"""A rule file that has no place yet: whatever somebody hands in is answered with its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox_rules import RuleFileError, RuleFileErrors, load
from sandbox_rules.loader import parse_programme

SOUND = Path(__file__).parent / "sound"
FILE = "vn-xx-1/2026-01-01.toml"


def test_faults_of_shape_in_several_tables_are_told_at_once(tmp_path: Path) -> None:
    text = (SOUND / "programmes" / FILE).read_text("utf-8")
    broken = text.replace("within = 3", 'within = "3"').replace("quorum = 2", 'quorum = "2"')
    with pytest.raises(RuleFileErrors) as refusal:
        parse_programme(broken.encode(), load(SOUND).all()[0].facts, "proposed.toml")
    assert [(one.file, one.key) for one in refusal.value.errors] == [
        ("proposed.toml", "deadlines.look.within"),
        ("proposed.toml", "appraisal.quorum"),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfe", "The file is not UTF-8 text."),
        (b"a=" + b"[" * 100_000, "The file is nested too deeply."),
        (b"", "Wrong shape: Object missing required field `key`."),
    ],
    ids=["no text", "too deep", "empty"],
)
def test_what_is_no_rule_file_at_all_is_told_so(data: bytes, reason: str) -> None:
    with pytest.raises(RuleFileError) as refusal:
        parse_programme(data, load(SOUND).all()[0].facts, "proposed.toml")
    assert refusal.value.reason.en == reason


@pytest.mark.parametrize("key", ["", "Vn-1", "vn_1", "vn 1", "đ", "v" * 41])
def test_a_key_is_short_and_plain(key: str) -> None:
    text = (SOUND / "programmes" / FILE).read_text("utf-8").replace("vn-xx-1", key)
    with pytest.raises(RuleFileErrors) as refusal:
        parse_programme(text.encode(), load(SOUND).all()[0].facts, "proposed.toml")
    assert [(one.key, one.line) for one in refusal.value.errors] == [("key", 2)]
