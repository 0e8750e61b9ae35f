"""Every exclusion explains itself. Names come from the caller's ``label``, and go nowhere else."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from matching.assignment import Bar
from matching.conflicts.graph import Conflict, ConflictGraph, Tie
from matching.conflicts.rules import CLEARED, POSSIBLE, SAME, ConflictRules
from matching.identity import SIGNS
from matching.text import Text

Label = Callable[[str], str]


def say(conflict: Conflict, rules: ConflictRules, label: Label = str) -> Text:
    """The rule, then every tie of the path with its days and evidence, then what has to be settled."""
    rule = rules.text(conflict.rule)
    pieces = [Text(f"{rule.vi}.", f"{rule.en}."), *(say_tie(tie, rules, label) for tie in conflict.path)]
    if not conflict.certain:
        pieces.append(_UNSETTLED)
    return Text(" ".join(one.vi for one in pieces), " ".join(one.en for one in pieces))


def say_tie(tie: Tie, rules: ConflictRules, label: Label = str) -> Text:
    """One tie as a sentence."""
    relation = rules.relation(tie.relation)
    verb = relation.text if relation else Text(tie.relation, tie.relation)
    source, target = label(tie.source), label(tie.target)
    facts = [*_shares(tie), *_days(tie), *_evidence(tie)]
    vi, en = "; ".join(one.vi for one in facts), "; ".join(one.en for one in facts)
    return Text(f"{source} {verb.vi} {target} ({vi}).", f"{source} {verb.en} {target} ({en}).")


def bars(
    graph: ConflictGraph,
    cases: Mapping[str, Iterable[str]],
    appraisers: Iterable[str],
    on: date,
    label: Label = str,
) -> list[Bar]:
    """For the assignment: a bar for each conflict of each appraiser with the parties of each dossier."""
    found: list[Bar] = []
    people = list(appraisers)
    for dossier, parties in cases.items():
        named = list(parties)
        found += [
            Bar(dossier, person, one.rule, say(one, graph.rules, label))
            for person in people
            for one in graph.between(person, named, on)
        ]
    return found


def _shares(tie: Tie) -> list[Text]:
    if tie.relation != "shares":
        return []
    if tie.share is None:
        return [Text("tỷ lệ chưa rõ", "share not known")]
    en = f"{100 * tie.share:.2f}".rstrip("0").rstrip(".")
    return [Text(f"{en.replace('.', ',')} %", f"{en} %")]


def _days(tie: Tie) -> list[Text]:
    if tie.relation == POSSIBLE or (tie.relation == SAME and not tie.since):
        return []
    since = (
        Text(f"từ {_vi(tie.since)}", f"from {tie.since}")
        if tie.since
        else Text("chưa rõ ngày bắt đầu", "start not known")
    )
    until = (
        Text(f"đến {_vi(tie.until)}", f"until {tie.until}")
        if tie.until
        else Text("chưa rõ ngày kết thúc", "end not known")
    )
    return [since, until]


def _vi(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}"


def _evidence(tie: Tie) -> list[Text]:
    signs = [SIGNS[sign] for sign in SIGNS if sign in tie.evidence.split()]
    if signs and tie.relation in (SAME, POSSIBLE):
        return signs
    found = []
    if tie.relation == CLEARED or tie.by:
        found.append(Text(f"{tie.by} xác nhận: {tie.reason}", f"{tie.by} confirms: {tie.reason}"))
    if tie.evidence:
        found.append(Text(f"căn cứ: {tie.evidence}", f"evidence: {tie.evidence}"))
    return found or [Text("không có căn cứ kèm theo", "no evidence attached")]


_UNSETTLED = Text(
    "Chưa chắc chắn; coi như có xung đột cho đến khi có người xác nhận.",
    "Not certain; it counts as a conflict until a person clears it.",
)
