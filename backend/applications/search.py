"""What a case is found by: one folded text of number, title, organisation and every written answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.kit.text import fold


def search_text(number: str | None, title: str, organisation: str, answers: Mapping[str, Any]) -> str:
    """The text to search in; it begins with a space, so that every word of it has one before it."""
    written = [one for one in answers.values() if isinstance(one, str)]
    return " " + fold(" ".join([number or "", title, organisation, *written]))
