"""Renders a piece of template with the macros at hand and reads it back as a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5

from backend.kit.templates import environment, speak, speaking
from backend.kit.text import Lang

MACROS = "".join(
    f'{{% import "macros/{name}.html" as {short} %}}'
    for name, short in (("fields", "f"), ("layout", "l"), ("case", "c"), ("law", "law"))
)


class Shown:
    """A rendered piece: its source, its elements, its words."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.root: Element = tinyhtml5.parse(html, namespace_html_elements=False)

    def all(self, path: str) -> list[Element]:
        """The elements at an ElementTree path, such as `.//input[@name='x']`."""
        return self.root.findall(path)

    def one(self, path: str) -> Element:
        """The only element at the path."""
        (found,) = self.all(path)
        return found

    def by_id(self, name: str) -> Element:
        """The only element with this id."""
        return self.one(f".//*[@id='{name}']")

    def says(self, path: str) -> str:
        """The words of the only element at the path, single spaces between them."""
        return words(self.one(path))


def words(element: Element) -> str:
    """All text below an element, single spaces between words."""
    return " ".join(" ".join(element.itertext()).split())


Show = Callable[..., Shown]


@pytest.fixture(autouse=True)
def _in_a_request() -> Iterator[None]:
    """Forms need a token; whatever a test speaks is forgotten after it."""
    with speaking("vi"):
        speak("vi", lambda: "token-of-this-session")
        yield


@pytest.fixture
def show() -> Show:
    """`show('{{ f.input("a", "A") }}', "en", **context)`."""

    def render(template: str, lang: Lang = "vi", /, **context: Any) -> Shown:
        with speaking(lang):
            return Shown(environment().from_string(MACROS + template).render(context))

    return render


@pytest.fixture
def show_page() -> Show:
    """`show_page("home/index.html", "en", **context)` with what every page is given."""

    def render(name: str, lang: Lang = "vi", /, **context: Any) -> Shown:
        common = {
            "actor": None,
            "lang": lang,
            "other_lang_url": "/?lang=en" if lang == "vi" else "/?lang=vi",
            "path": "/",
            "notice": None,
            "demo": False,
            "request_id": "7f3a91c2",
        }
        with speaking(lang):
            return Shown(environment().get_template(name).render(common | context))

    return render
