"""Hard limits: who is left out whatever the score, by which rule, and what is known of it.

What a need does not ask is not looked at; what it asks and an offer does not say, the offer does not fulfil.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from matching.profiles import Need, OfferEntry
from matching.text import Lang, Text

Rule = Literal[
    "consent", "own_organisation", "conflict", "kind", "language", "availability", "country", "form"
]
Conflicts = Mapping[str, Sequence[str]]
"""Offer id to what is known against it, in words: the grounds of `matching.conflicts` or of the caller."""

RULE_WORDS: dict[Rule, Text] = {
    "consent": Text("đồng ý cho người khác thấy hồ sơ", "agrees to be seen"),
    "own_organisation": Text("không thuộc chính tổ chức nêu nhu cầu", "is not of the asking organisation"),
    "conflict": Text("không có xung đột lợi ích", "has no conflict of interest"),
    "kind": Text("thuộc loại cần tìm", "is of the kind looked for"),
    "language": Text("dùng được ngôn ngữ cần có", "speaks the languages asked for"),
    "availability": Text("nhận việc kịp thời hạn (tháng)", "is free in time (months)"),
    "country": Text("ở một trong các nước cần tìm", "is in one of the countries asked for"),
    "form": Text("nhận một hình thức hợp tác cần tìm", "takes a form of co-operation asked for"),
}


class Check(msgspec.Struct, frozen=True):
    """One limit and one offer: what is ``asked``, what the offer ``has`` (empty: not known)."""

    rule: Rule
    holds: bool
    asked: tuple[str, ...] = ()
    has: tuple[str, ...] = ()

    def say(self, lang: Lang, name: Callable[[str], str] = str) -> str:
        """One sentence; ``name`` turns a code into words."""
        rule = RULE_WORDS[self.rule].of(lang)
        head = Text("Đạt: ", "Holds: ") if self.holds else Text("Không đạt: ", "Fails: ")
        asked, has = (", ".join(map(name, codes)) for codes in (self.asked, self.has))
        known = has or Text("chưa rõ", "not known").of(lang)
        if self.asked:
            detail = Text(f" (cần {asked}; có {known})", f" (asked {asked}; has {known})").of(lang)
        else:
            detail = f" ({has})" if has else ""
        return f"{head.of(lang)}{rule}{detail}."


def checks(need: Need, offer: OfferEntry, conflicts: Conflicts | None = None) -> tuple[Check, ...]:
    """Every limit that applies to this need, and whether the offer fulfils it.

    ``conflicts`` is ``None`` where nobody looked for conflicts: then no such check is listed.
    """
    return tuple(_checks(need, offer, conflicts))


def passing(need: Need, offers: Iterable[OfferEntry], conflicts: Conflicts | None = None) -> frozenset[str]:
    """The ids of the offers that fulfil every limit: what `Matcher.match` takes as ``among``."""
    return frozenset(
        offer.id for offer in offers if all(check.holds for check in _checks(need, offer, conflicts))
    )


def _checks(need: Need, offer: OfferEntry, conflicts: Conflicts | None) -> Iterator[Check]:
    limits = need.limits
    yield Check("consent", offer.visible)
    if need.organisation:
        own = need.organisation in offer.organisations
        yield Check("own_organisation", not own, has=(need.organisation,) if own else ())
    if conflicts is not None:
        grounds = tuple(conflicts.get(offer.id, ()))
        yield Check("conflict", offer.id not in conflicts, has=grounds)
    if limits.kinds:
        yield Check("kind", offer.kind in limits.kinds, limits.kinds, (offer.kind,))
    if limits.languages:
        speaks = set(limits.languages) <= set(offer.languages)
        yield Check("language", speaks, limits.languages, offer.languages)
    if limits.within_months is not None:
        free = offer.free_in_months
        known = () if free is None else (f"{free:g}",)
        in_time = free is not None and free <= limits.within_months
        yield Check("availability", in_time, (f"{limits.within_months:g}",), known)
    if limits.countries:
        place = (offer.country,) if offer.country else ()
        yield Check("country", offer.country in limits.countries, limits.countries, place)
    if limits.forms:
        common = not set(limits.forms).isdisjoint(offer.forms)
        yield Check("form", common, limits.forms, offer.forms)
