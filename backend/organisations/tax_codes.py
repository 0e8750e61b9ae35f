"""Tax codes of organisations in Việt Nam: ten digits with a check digit, and three more for a branch."""

from __future__ import annotations

import re

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_SHAPE = re.compile(r"(\d{10})(?:-?(\d{3}))?")


def normal_tax_code(written: str) -> str | None:
    """The code as stored, `0201234567` or `0201234567-001`, or None when it cannot be one.

    The tenth digit is 10 minus the weighted sum of the first nine modulo 11; a sum divisible by 11 gives no
    code. The branch number is not 000.
    """
    match = _SHAPE.fullmatch(re.sub(r"[\s.]", "", written))
    if match is None or match[2] == "000":
        return None
    digits = [int(digit) for digit in match[1]]
    if 10 - sum(w * x for w, x in zip(WEIGHTS, digits, strict=False)) % 11 != digits[9]:
        return None
    return f"{match[1]}-{match[2]}" if match[2] else match[1]
