"""Turtle (Terse RDF Triple Language), as far as taxonomies need it.

Read: prefixes and base, addresses, prefixed names, ``a``, texts of all four quotings with language or type,
numbers and truth values, blank nodes, property lists and collections. Of blank nodes only the presence is
kept (restrictions of classes are skipped), relative addresses are joined to the base as they stand, and
``GRAPH``, ``<< >>`` and other later additions are refused.
"""

import re
from collections.abc import Iterator

import msgspec

from matching.skill_graph.taxonomies.taxonomy import Concept, Taxonomy

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"

_TOKEN = re.compile(
    r"""\s+ | \#[^\n]*
    | (?P<iri><[^<>"{}|^`\\\s]*>)
    | (?P<text>\"{3}(?:[^"\\]|\\.|\"(?!\"\"))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}
              | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
    | (?P<tail>\^\^ | @[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<number>[+-]?(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?)
    | (?P<sign>[\[\]();,.])
    | (?P<name>(?:[\w][\w.\-·]*)?:(?:[\w:%.\-]|\\.)*(?<!\.) | _:[\w.\-]*\w)
    | (?P<word>[A-Za-z]+)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_SHORT = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


class Literal(msgspec.Struct, frozen=True):
    """A text with its language, empty when none is given."""

    text: str
    lang: str = ""


Node = str | Literal
Triple = tuple[str, str, Node]


class TurtleError(ValueError):
    """What stands where it must not."""


def triples(source: str) -> Iterator[Triple]:
    """The statements of a document; blank nodes are ``_:…``. Raises TurtleError."""
    return _Reader(source).document()


def read_turtle(source: str) -> Taxonomy:
    """Named classes (OWL) and concepts (SKOS) with their names and broader edges. Raises TurtleError.

    English names come before others; among equals the first in the document is the label.
    """
    kinds = {OWL + "Class": "class", RDFS + "Class": "class", SKOS + "Concept": "concept"}
    found: dict[str, str] = {}
    names: dict[str, list[tuple[int, int, str]]] = {}
    edges = []
    for subject, verb, thing in triples(source):
        if isinstance(thing, Literal):
            if verb in _NAMING:
                names.setdefault(subject, []).append((_NAMING[verb], thing.lang[:2] != "en", thing.text))
        elif verb == RDF + "type" and thing in kinds and not subject.startswith("_:"):
            found[subject] = kinds[thing]
        elif verb in (RDFS + "subClassOf", SKOS + "broader"):
            edges.append((subject, thing))
        elif verb == SKOS + "narrower":
            edges.append((thing, subject))
    return Taxonomy.of(
        (_concept(key, kind, names.get(key, [])) for key, kind in found.items()),
        (edge for edge in edges if set(edge) <= found.keys()),
    )


_NAMING = {SKOS + "prefLabel": 0, RDFS + "label": 0, SKOS + "altLabel": 1}


def _concept(key: str, kind: str, names: list[tuple[int, int, str]]) -> Concept:
    ordered = [text for _, _, text in sorted(names, key=lambda name: name[:2])]
    label, *aliases = dict.fromkeys(ordered) or [""]
    return Concept(key, kind, label, tuple(aliases))


class _Reader:
    """A recursive descent over the tokens of a document."""

    def __init__(self, source: str) -> None:
        self._tokens = list(_tokens(source))
        self._at = 0
        self._prefixes: dict[str, str] = {}
        self._base = ""
        self._blank = 0
        self._out: list[Triple] = []

    def document(self) -> Iterator[Triple]:
        while self._at < len(self._tokens):
            if not self._directive():
                self._statement()
            yield from self._out
            self._out.clear()

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "the end")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _take(self, sign: str) -> bool:
        taken = self._peek() == ("sign", sign)
        self._at += taken
        return taken

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise TurtleError(f"{self._peek()[1]!r} stands where {sign!r} must")

    def _directive(self) -> bool:
        kind, written = self._peek()
        word = written.lower().lstrip("@")
        if kind not in ("tail", "word") or word not in ("prefix", "base"):
            return False
        self._at += 1
        if word == "prefix":
            name = self._next()[1]
            self._prefixes[name[:-1]] = self._address(self._next())
        else:
            self._base = self._address(self._next())
        if kind == "tail":
            self._need(".")
        return True

    def _statement(self) -> None:
        if self._take("["):
            subject = self._properties_within()
            if self._take("."):
                return
        else:
            subject = str(self._collection() if self._take("(") else self._address(self._next()))
        self._properties(subject)
        self._need(".")

    def _properties(self, subject: str) -> None:
        while True:
            token = self._next()
            verb = RDF + "type" if token == ("word", "a") else self._address(token)
            self._out.append((subject, verb, self._object()))
            while self._take(","):
                self._out.append((subject, verb, self._object()))
            if not self._take(";"):
                return
            while self._take(";"):
                pass
            if self._peek() in (("sign", "."), ("sign", "]")):
                return

    def _properties_within(self) -> str:
        node = self._new_blank()
        if not self._take("]"):
            self._properties(node)
            self._need("]")
        return node

    def _collection(self) -> str:
        while not self._take(")"):
            self._object()
        return self._new_blank()

    def _new_blank(self) -> str:
        self._blank += 1
        return f"_:{self._blank}"

    def _object(self) -> Node:
        if self._take("["):
            return self._properties_within()
        if self._take("("):
            return self._collection()
        kind, written = self._next()
        if kind == "text":
            return self._literal(written)
        if kind == "number" or (kind == "word" and written in ("true", "false")):
            return Literal(written)
        return self._address((kind, written))

    def _literal(self, written: str) -> Literal:
        width = 3 if written[:3] in ('"""', "'''") else 1
        text = _ESCAPE.sub(_unescaped, written[width:-width])
        kind, tail = self._peek()
        if kind != "tail":
            return Literal(text)
        self._at += 1
        if tail == "^^":
            self._address(self._next())
            return Literal(text)
        return Literal(text, tail[1:].lower())

    def _address(self, token: tuple[str, str]) -> str:
        kind, written = token
        if kind == "iri":
            inside = written[1:-1]
            return inside if ":" in inside else self._base + inside
        prefix, colon, local = written.partition(":")
        if kind == "name" and prefix == "_":
            return "_:n" + local
        if kind == "name" and colon and prefix in self._prefixes:
            return self._prefixes[prefix] + local.replace("\\", "")
        raise TurtleError(f"{written!r} is no address")


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if not match:
            line = source.count("\n", 0, at) + 1
            raise TurtleError(f"line {line}: {source[at : at + 20]!r} cannot be read")
        if match.lastgroup:
            yield match.lastgroup, match.group()
        at = match.end()


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if len(code) > 1 else _SHORT.get(code, code)
