"""From a frozen context to HTML and CSS: a sandbox that sees the documents folder and nothing else."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any, Final

from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from backend.documents.kinds import KINDS, complete_context
from backend.kit import templates
from backend.kit.audit import as_json
from backend.kit.text import Lang
from backend.ports.qr import qr_data_uri

_NUMBER: Final = re.compile(r"(\w*\d[\w.-]*/[\w./-]*\w)")


def render_html(kind: str, lang: Lang, context: dict[str, Any]) -> str:
    """The document of this kind in this language. Raises UndefinedError for a value nobody gave."""
    with templates.speaking(lang):
        return _sandbox().get_template(f"{kind}/document.html").render(context | {"lang": lang})


def render_excerpt(kind: str, lang: Lang, context: dict[str, Any]) -> Markup:
    """What a document of this kind would say, without head and proof, for a preview inside a page.

    Raises ContextMismatch, UndefinedError.
    """
    values = complete_context(kind, as_json(context)) | {"lang": lang, "document": {"signers": []}}
    with templates.speaking(lang):
        excerpt = _sandbox("excerpt.html").get_template(f"{kind}/document.html")
        return Markup(excerpt.render(values))  # noqa: S704 - the sandbox has escaped it


def read_css(kind: str) -> str:
    """The style of all documents followed by that of this kind."""
    return "\n".join(path.read_text("utf-8") for path in (KINDS / "base.css", KINDS / kind / "print.css"))


def say(text: Any) -> Markup:
    """A text in the language of the document; one that has no pair is said as it is.

    A number with its symbol (93/2025/QH15) stays on one line.
    """
    spoken = str(text[templates.current_lang()] if isinstance(text, dict) else text)
    return Markup("").join(
        Markup('<span class="unbroken">{}</span>').format(part) if index % 2 else part
        for index, part in enumerate(_NUMBER.split(spoken))
    )


def day(written: str) -> str:
    """`2026-11-23` as `23/11/2026`."""
    return templates.d(date.fromisoformat(written))


def long_day(written: str) -> str:
    """`2026-11-23` as a document is dated; a day or month below 10 has a zero (NĐ 30/2020, Phụ lục I)."""
    on = date.fromisoformat(written)
    month = f"{on.month:02d}" if on.month < 3 else str(on.month)
    if templates.current_lang() == "vi":
        return f"ngày {on.day:02d} tháng {month} năm {on.year}"
    return f"{on.day} {on:%B} {on.year}"


@cache
def _sandbox(base: str = "base.html") -> SandboxedEnvironment:
    """The environment of documents; `base` is the file they all extend by the name of base.html."""
    frame = DictLoader({"base.html": (KINDS / base).read_text("utf-8")})
    sandbox = SandboxedEnvironment(
        loader=ChoiceLoader([frame, FileSystemLoader(KINDS)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sandbox.globals |= {"t": templates.t, "n": templates.n, "qr": qr_data_uri}
    sandbox.filters |= {
        "say": say,
        "day": day,
        "long_day": long_day,
        "num": templates.num,
        "vnd": templates.vnd,
    }
    return sandbox
