"""The register as data for others: CSV for spreadsheets, Atom for readers of news."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from xml.etree import ElementTree

from backend.kit.spreadsheet import BOM, csv_line
from backend.register.domain import line_of, read_all
from backend.register.schemas import RegisterLine
from backend.settings import settings
from backend.trials.schemas import Filters

COLUMNS = (
    "number", "state", "state_vi", "state_en", "title", "organisation", "field", "field_vi", "field_en",
    "place", "ward", "starts_on", "ends_on", "programme", "summary", "url", "updated_at",
)  # fmt: skip
NEVER = "1970-01-01T00:00:00+00:00"
ATOM = "http://www.w3.org/2005/Atom"


async def csv_lines(filters: Filters) -> AsyncIterator[str]:
    """The register as CSV, a line at a time."""
    yield BOM + csv_line(COLUMNS)
    async for trial in read_all(filters):
        yield csv_line(_cells(line_of(trial)))


def atom(lines: Iterable[RegisterLine]) -> bytes:
    """A feed of these lines, in Vietnamese."""
    home = settings().public_url
    entries = list(lines)
    feed = ElementTree.Element("feed", xmlns=ATOM, attrib={"xml:lang": "vi"})
    _put(feed, "title", "Sổ đăng ký thử nghiệm có kiểm soát – Hải Phòng")
    _put(feed, "id", f"{home}/register")
    _put(feed, "updated", max((one.updated_at.isoformat() for one in entries), default=NEVER))
    ElementTree.SubElement(feed, "link", rel="self", href=f"{home}/register.atom")
    ElementTree.SubElement(feed, "link", rel="alternate", href=f"{home}/register", type="text/html")
    for one in entries:
        item = ElementTree.SubElement(feed, "entry")
        _put(item, "title", f"{one.number}: {one.title}")
        _put(item, "id", one.url)
        _put(item, "updated", one.updated_at.isoformat())
        _put(ElementTree.SubElement(item, "author"), "name", one.organisation_name)
        _put(item, "summary", f"{one.state.label.vi}. {one.summary}")
        ElementTree.SubElement(item, "link", rel="alternate", href=one.url, type="text/html")
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _put(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = "".join(c for c in text if c.isprintable() or c in "\n\t")


def _cells(line: RegisterLine) -> list[str]:
    return [
        line.number, line.state.key, line.state.label.vi, line.state.label.en, line.title,
        line.organisation_name, line.field, line.field_label.vi, line.field_label.en, line.place, line.ward,
        line.starts_on.isoformat(), line.ends_on.isoformat(), line.programme_key, line.summary, line.url,
        line.updated_at.isoformat(),
    ]  # fmt: skip
