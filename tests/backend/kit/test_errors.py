"""Errors have a stable code, a status and a text in two languages."""

import pytest

from backend.kit.errors import (
    BenThuError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooMany,
    Unavailable,
)
from backend.kit.text import Text


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        (BenThuError, "internal_error", 500),
        (NotFound, "not_found", 404),
        (NotSignedIn, "not_signed_in", 401),
        (Conflict, "conflict", 409),
        (Invalid, "invalid", 422),
        (TooLarge, "too_large", 413),
        (TooMany, "too_many_requests", 429),
        (Unavailable, "unavailable", 503),
    ],
)
def test_error_has_code_and_status(kind: type[BenThuError], code: str, status: int) -> None:
    assert (kind.code, kind.status) == (code, status)
    assert str(kind()) == f"{code}: {kind.text.en}"


def test_forbidden_looks_like_not_found() -> None:
    hidden, missing = Forbidden(), NotFound()
    assert (hidden.code, hidden.status, hidden.text) == (missing.code, missing.status, missing.text)


def test_error_may_say_it_more_exactly() -> None:
    text = Text("Thiếu tên.", "The name is missing.")
    error = Invalid(text, fields={"name": text}, source="Điều 24", retry_after=3)
    assert (error.text, error.fields, error.source, error.retry_after) == (text, {"name": text}, "Điều 24", 3)
    assert str(error) == "invalid: The name is missing."
    assert Invalid().text is Invalid.text
    assert (Invalid().fields, Invalid().source, Invalid().retry_after) == ({}, "", None)
