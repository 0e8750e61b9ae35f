"""The Jinja environment: strict, escaping, and bilingual by pairs.

A text is written once, in both languages, where it is shown: `{{ t("Nộp hồ sơ", "Submit") }}`. The language
is that of the visitor (see `kit.pages`) or of `speaking(lang)` for mails and documents. Dates and numbers
follow the language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from backend.kit import svg
from backend.kit.clock import local
from backend.kit.text import Lang
from backend.settings import REPOSITORY, settings

FOLDER = REPOSITORY / "frontend_templates"
STATIC = REPOSITORY / "static_dist"
_lang: ContextVar[Lang] = ContextVar("lang", default="vi")
_token: ContextVar[Callable[[], str]] = ContextVar("token")


class Spoken(Protocol):
    """Anything that says the same thing in both languages, `Text` above all."""

    @property
    def vi(self) -> str:
        """In Vietnamese."""

    @property
    def en(self) -> str:
        """In English."""


def current_lang() -> Lang:
    """The language of what is being rendered."""
    return _lang.get()


def speak(lang: Lang, token: Callable[[], str]) -> None:
    """Set language and CSRF token of the page rendered next in this request."""
    _lang.set(lang)
    _token.set(token)


@contextmanager
def speaking(lang: Lang) -> Iterator[None]:
    """Render in this language inside the block: mails, documents, previews."""
    before = _lang.set(lang)
    try:
        yield
    finally:
        _lang.reset(before)


def t(vi: str, en: str, /, **values: object) -> str:
    """The text in the current language; `{name}` is filled from `values`, markup among them stays markup."""
    text = vi if _lang.get() == "vi" else en
    if not values:
        return text
    if any(hasattr(value, "__html__") for value in values.values()):
        return escape(text).format(**values)
    return text.format(**values)


def n(count: int, vi: str, en_one: str, en_many: str, /, **values: object) -> str:
    """A text with a count; `{n}` is the number as it is written in the language."""
    return t(vi, en_one if count == 1 else en_many, n=num(count), **values)


def say(text: Spoken) -> str:
    """Filter: a `Text`, or anything with `.vi` and `.en`, in the current language."""
    return text.vi if _lang.get() == "vi" else text.en


def d(day: date | datetime) -> str:
    """Filter: a day, `23/11/2026` or `23 Nov 2026`; a moment is first brought to local time."""
    return _written_day(local(day).date() if isinstance(day, datetime) else day, _lang.get())


@lru_cache(maxsize=4096)
def _written_day(day: date, lang: Lang) -> str:
    pattern, locale = ("dd/MM/yyyy", "vi") if lang == "vi" else ("d MMM yyyy", "en_GB")
    return format_date(day, pattern, locale=locale)


def moment(at: datetime) -> str:
    """Filter: a moment in local time, `23/11/2026 10:42` or `23 Nov 2026, 10:42`."""
    clock = f"{local(at):%H:%M}"
    return f"{d(at)} {clock}" if _lang.get() == "vi" else f"{d(at)}, {clock}"


def num(value: float | Decimal) -> str:
    """Filter: a number, `1.234,5` or `1,234.5`."""
    return _written_number(value, _lang.get())


@lru_cache(maxsize=4096, typed=True)
def _written_number(value: float | Decimal, lang: Lang) -> str:
    return format_decimal(value, locale=lang)


def vnd(amount: int | Decimal) -> str:
    """Filter: an amount of money, `1.500.000 ₫` or `VND 1,500,000`, unbroken."""
    written = format_decimal(amount, format="#,##0", locale=_lang.get())
    return f"{written}\N{NO-BREAK SPACE}₫" if _lang.get() == "vi" else f"VND\N{NO-BREAK SPACE}{written}"


def csrf() -> Markup:
    """The hidden input every form with `method="post"` carries."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(_token.get()())


def labelled(rows: Markup, head: Sequence[str | Mapping[str, Any]]) -> Markup:
    """Filter: the cells of table rows, each with the name of its column in `data-label`.

    On a phone a row is a card and the head of the table is not seen. Hidden columns have no name to show.
    """
    names = [cell if isinstance(cell, str) else "" if cell.get("hidden") else cell["text"] for cell in head]

    def name_cells(row: re.Match[str]) -> str:
        columns = iter(names)

        def name(cell: re.Match[str]) -> str:
            column = next(columns, "")
            return f'{cell[0]} data-label="{escape(column)}"' if column and cell[1] == "d" else cell[0]

        return _CELL.sub(name, row[0])

    return Markup(_ROW.sub(name_cells, rows))  # noqa: S704 - the rows are markup, the names are escaped


_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t([hd])(?=[\s>])")


def asset(name: str) -> str:
    """The address of a built file: `asset("app.css")` -> `/static/app-3f2a91.css`."""
    return f"/static/{_manifest().get(name, name)}"


@cache
def _manifest() -> dict[str, str]:
    path = STATIC / "manifest.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


@cache
def environment(folder: Path = FOLDER) -> Environment:
    """The one environment of pages, mails and documents; compiled templates are kept in the data folder."""
    compiled = settings().data / "templates"
    compiled.mkdir(parents=True, exist_ok=True)
    env = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(
            ["html", "svg", "xml"], default_for_string=True, default=True, disabled_extensions=["txt"]
        ),
        undefined=StrictUndefined,
        bytecode_cache=FileSystemBytecodeCache(str(compiled)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {"t": t, "n": n, "csrf": csrf, "asset": asset, "svg": svg}
    env.filters |= {"say": say, "d": d, "moment": moment, "num": num, "vnd": vnd, "labelled": labelled}
    return env


def render(name: str, lang: Lang, /, **context: Any) -> str:
    """Render a template outside a request, in the given language."""
    with speaking(lang):
        return environment().get_template(name).render(context)
