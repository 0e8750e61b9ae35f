"""Which pairs of records can be one person at all: few of all, and none that counts is missed.

Blocking (Christen 2012, *Data Matching*, chapter 4) by keys that follow from the rules of `compare` and of
`matching.names`, so that nothing is lost by them.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import chain, combinations, product

from matching.identity.comparison import PersonRecord, email_key, is_shared_mailbox, orcid_key
from matching.names import Part, Reading, alike, parts, readings

Pair = tuple[int, int]
_DAY = len("1980-02-01")
_ANY, _NONE = "*", "-"


def bound_pairs(records: Sequence[PersonRecord]) -> set[Pair]:
    """Places (i < j) of all pairs with a sign of their own: a mailbox, an ORCID, or the day of birth with the
    words of a name. Only these can be the same."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for sign in _signs(record):
            groups[sign].append(place)
    return {pair for places in groups.values() for pair in combinations(places, 2)}


def _signs(record: PersonRecord) -> Iterator[Hashable]:
    mails = {email_key(one) for one in record.emails} - {""}
    yield from (("email", one) for one in mails if not is_shared_mailbox(one))
    if orcid := orcid_key(record.orcid):
        yield "orcid", orcid
    if len(record.born) == _DAY:
        yield "born", record.born, tuple(sorted(part.folded for part in parts(record.name)))


def named_pairs(records: Sequence[PersonRecord], is_apart: Callable[[int, int], bool]) -> Iterator[Pair]:
    """Places (i < j) of all pairs whose names are not unlike, or of which one has no name, unless they are
    apart; once each, those of the same two names together. With `bound_pairs` all that are not different."""
    by_name: dict[tuple[Part, ...], list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        by_name[parts(record.name)].append(place)
    nameless = by_name.pop((), [])
    named = list(by_name.values())
    names = sorted(_alike_names([records[places[0]].name for places in named]))
    groups = chain(
        (combinations(named[a], 2) if a == b else product(named[a], named[b]) for a, b in names),
        (product(nameless, places) for places in named),
        [combinations(nameless, 2)],
    )
    for a, b in chain.from_iterable(groups):
        if not is_apart(a, b):
            yield min(a, b), max(a, b)


def _alike_names(names: Sequence[str]) -> set[Pair]:
    """Places (i <= j) of all pairs of names, each of at least one word, that `likeness` may not call
    unlike."""
    return {*_alike_as_written(names), *_run_together(names)}


def _alike_as_written(names: Sequence[str]) -> Iterator[Pair]:
    """Pairs of which two readings are alike: both ends of one are found under the keys of the other's."""
    known: dict[tuple[str, str], list[tuple[int, Reading]]] = defaultdict(list)
    for place, name in enumerate(names):
        for reading in readings(name):
            for key in product(_keys(reading.family), _keys(reading.given)):
                known[key].append((place, reading))
        for reading in readings(name):
            for key in product(_asked(reading.family), _asked(reading.given)):
                for other, found in known.get(key, ()):
                    if alike(reading, found) != "unlike":
                        yield other, place


def _keys(part: Part | None) -> tuple[str, ...]:
    """Under what a family or given name is found."""
    if part is None:
        return _ANY, _NONE
    initial = part.folded[:1]
    shortened = (f"{initial}.",) if part.is_short else ()
    return (_ANY, part.folded, f"{initial}…", *shortened)


def _asked(part: Part | None) -> tuple[str, ...]:
    """The keys of all that can be the same: nothing, the word itself and words that shorten it or that it
    shortens."""
    if part is None:
        return (_ANY,)
    initial = part.folded[:1]
    return (_NONE, f"{initial}…") if part.is_short else (_NONE, part.folded, f"{initial}.")


def _run_together(names: Sequence[str]) -> Iterator[Pair]:
    """Pairs of which one name has a word that is several of the other's."""
    words: dict[str, set[int]] = defaultdict(set)
    runs: dict[str, set[int]] = defaultdict(set)
    for place, name in enumerate(names):
        folded = [part.folded for part in parts(name)]
        for word in folded:
            words[word].add(place)
        for start, end in combinations(range(len(folded) + 1), 2):
            if end - start > 1:
                runs["".join(folded[start:end])].add(place)
    for word in words.keys() & runs.keys():
        yield from ((min(pair), max(pair)) for pair in product(words[word], runs[word]))
