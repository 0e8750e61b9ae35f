"""Checks every template: `python -m backend.kit.template_check`.

What it refuses: text outside of `t()` and `n()`, in the page or in an attribute people read; a text that
lacks a language, says the same twice, or is not NFC; `style=`, `on…=` and inline scripts, which the content
policy forbids; whatever does not compile.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError, nodes

from backend.kit.templates import FOLDER, environment

HOLE = "\ue000"
"""Stands in the page for whatever an expression writes; a letter to nobody."""
READ_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label", "content"}
TEXT_KEYWORDS = {"label", "hint", "title", "text", "legend", "caption", "body", "summary", "action", "empty"}
NAMES = {
    "Bến Thử",
    "E-mail",
    "Email",
    "API",
    "QR",
    "CSV",
    "JSON",
    "ORCID",
    "OpenAlex",
    "BibTeX",
    "openapi.json",
}
"""May be the same in both languages."""
SILENT = {"script", "style"}
OTHERS = "documents/"
"""Documents have an environment and a check of their own."""
WITHOUT_POLICY = "mail/"
"""Mail clients know no content policy, and need `style=`."""
ATTRIBUTE = re.compile(r"[a-z-]+=\"(?:[a-z]*\")?")
"""What a macro that writes an attribute leaves in the place of text."""
VALUE = re.compile(r"\{\w*\}")
ENGLISH_ARGUMENTS = {"t": (1,), "n": (2, 3)}
VIETNAMESE_ARGUMENTS = {"t": 0, "n": 1}


class Fault(NamedTuple):
    """One thing to mend."""

    template: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.template}:{self.line}: {self.what}"


def check_folder(folder: Path = FOLDER) -> list[Fault]:
    """All faults of all templates of a folder."""
    env = environment(folder)
    found = sorted(env.list_templates(extensions=["html", "txt", "svg"]))
    names = [name for name in found if not name.startswith(OTHERS)]
    return [fault for name in names for fault in check(env, name, (folder / name).read_text("utf-8"))]


def check(env: Environment, name: str, source: str) -> list[Fault]:
    """The faults of one template."""
    try:
        tree = env.parse(source, name)
        env.compile(source, name)
    except TemplateSyntaxError as error:
        return [Fault(name, error.lineno, f"does not compile: {error.message}")]
    faults = [*_texts(tree), *_literals(tree)]
    if not unicodedata.is_normalized("NFC", source):
        faults.append((1, "is not NFC"))
    if name.endswith((".html", ".svg")):
        page = _Page(with_policy=not name.startswith(WITHOUT_POLICY))
        page.read(tree)
        faults += page.faults
    else:
        faults += [(line, f"text outside of t(): {data!r}") for line, data in _bare(tree)]
    return sorted(Fault(name, line, what) for line, what in faults)


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _texts(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Faults in the calls of `t` and `n`."""
    for call in tree.find_all(nodes.Call):
        function = call.node.name if isinstance(call.node, nodes.Name) else ""
        if function not in ENGLISH_ARGUMENTS:
            continue
        needed = ENGLISH_ARGUMENTS[function][-1] + 1
        if len(call.args) != needed:
            yield call.lineno, f"{function}() takes {needed} texts and values by name"
            continue
        vietnamese = call.args[VIETNAMESE_ARGUMENTS[function]]
        for place in ENGLISH_ARGUMENTS[function]:
            yield from _pair(call.lineno, vietnamese, call.args[place])


def _pair(line: int, vi: nodes.Expr, en: nodes.Expr) -> Iterator[tuple[int, str]]:
    # A choice between two texts, `"day" if count == 1 else "days"`, counts with each of them.
    if isinstance(vi, nodes.CondExpr):
        for choice in (vi.expr1, vi.expr2):
            yield from _pair(line, choice or vi, en)
    elif isinstance(en, nodes.CondExpr):
        for choice in (en.expr1, en.expr2):
            yield from _pair(line, vi, choice or en)
    elif not (isinstance(vi, nodes.Const) and isinstance(en, nodes.Const)):
        yield line, "both texts must be written here, not computed"
    elif not (str(vi.value).strip() and str(en.value).strip()):
        yield line, f"a language is empty: {vi.value!r}, {en.value!r}"
    elif vi.value == en.value and _has_letters(VALUE.sub("", str(vi.value))) and vi.value not in NAMES:
        yield line, f"says the same in both languages: {vi.value!r}"


def _literals(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Texts in expressions that never went through `t` or `n`."""
    inside = {
        id(const)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ENGLISH_ARGUMENTS
        for const in call.find_all(nodes.Const)
    }
    for const in tree.find_all(nodes.Const):
        is_foreign = isinstance(const.value, str) and not const.value.isascii() and _has_letters(const.value)
        if is_foreign and id(const) not in inside:
            yield const.lineno, f"text outside of t(): {const.value!r}"
    for keyword in tree.find_all(nodes.Keyword):
        value = keyword.value
        text = value.value if isinstance(value, nodes.Const) else None
        if keyword.key in TEXT_KEYWORDS and isinstance(text, str) and text.isascii() and _has_letters(text):
            yield keyword.lineno, f"text outside of t(): {keyword.key}={text!r}"


def _pieces(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """What the template writes, in the order of its source; expressions are holes."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Output):
            for part in child.nodes:
                yield part.lineno, part.data if isinstance(part, nodes.TemplateData) else HOLE
        elif not isinstance(child, nodes.Expr):
            yield from _pieces(child)


def _bare(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    for line, data in _pieces(tree):
        if _has_letters(data):
            yield line, data.strip()


class _Page(HTMLParser):
    """Reads the HTML of a template with its holes and notes what should not be there."""

    def __init__(self, *, with_policy: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.with_policy = with_policy
        self.faults: list[tuple[int, str]] = []
        self.line = 1
        self.silent = ""

    def read(self, tree: nodes.Template) -> None:
        for line, data in _pieces(tree):
            self.line = line
            self.feed(data)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        self.silent = tag if tag in SILENT else ""
        if self.with_policy and tag in SILENT and "src" not in names:
            self.faults.append((self.line, f"inline <{tag}>: the content policy forbids it"))
        for name, value in attrs:
            if self.with_policy and (name == "style" or name.startswith("on")):
                self.faults.append((self.line, f"attribute {name}=: the content policy forbids it"))
            is_read = name in READ_ATTRIBUTES and not (tag == "meta" and "name" in names)
            if is_read and _has_letters(value or ""):
                self.faults.append((self.line, f"text outside of t(): {name}={value!r}"))

    def handle_endtag(self, tag: str) -> None:
        self.silent = ""

    def handle_data(self, data: str) -> None:
        if not self.silent and _has_letters(ATTRIBUTE.sub("", data)):
            self.faults.append((self.line, f"text outside of t(): {' '.join(data.split())!r}"))


def main() -> int:
    """Print all faults; 1 when there are any."""
    faults = check_folder()
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
