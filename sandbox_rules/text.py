"""A text is a pair: Vietnamese first, English complete."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Lang = Literal["vi", "en"]


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages."""

    vi: str
    en: str

    def of(self, lang: Lang) -> str:
        """Return the text in one language."""
        return self.vi if lang == "vi" else self.en

    def fill(self, **values: object) -> Text:
        """Put values into the ``{named}`` places; a Text gives each language its own."""
        return Text(self.vi.format(**_of("vi", values)), self.en.format(**_of("en", values)))


def _of(lang: Lang, values: dict[str, object]) -> dict[str, object]:
    return {name: value.of(lang) if isinstance(value, Text) else value for name, value in values.items()}
