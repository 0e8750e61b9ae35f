"""What happened, in people's words: public labels for applicants and appraisers, names for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.applications.dossier import MACHINE
from backend.applications.schemas import Notice
from backend.cases.desk_schemas import Handover
from backend.cases.schemas import Line, Story, Tone, View
from backend.documents.schemas import IssuedDocument
from backend.kit.audit import Entry
from backend.kit.clock import local
from backend.kit.text import Text
from backend.watch.schemas import SAID
from sandbox_rules import ROLE_NAMES, Programme, State, Transition

STAFF_WORDS = {
    "opinion:asked": Text("Lấy ý kiến cơ quan khác", "Another agency asked for its opinion"),
    "opinion:given": Text("Cơ quan khác đã cho ý kiến", "Another agency gave its opinion"),
    "opinion:lapsed": Text("Cơ quan khác không trả lời", "Another agency did not answer"),
    "bundle:requested": Text("Lập bộ chứng cứ", "Evidence bundle asked for"),
    "application:started": Text("Bắt đầu soạn hồ sơ", "Application begun"),
    "application:taken": Text("Nhận thụ lý", "Case taken"),
    "appraisal:assigned": Text("Phân công thẩm định", "Appraisers assigned"),
    "appraisal:declared": Text("Khai có xung đột lợi ích", "Conflict of interest declared"),
    "appraisal:scored": Text("Nộp phiếu chấm", "Scores given"),
}
PUBLIC_WORDS = {
    "application:started": STAFF_WORDS["application:started"],
    "application:taken": Text("Cán bộ bắt đầu thụ lý", "An officer took the case"),
}
MOVES = {
    "submit": Text("Nộp hồ sơ", "Submitted"),
    "resubmit": Text("Nộp bổ sung", "Submitted again"),
    "withdraw": Text("Rút hồ sơ", "Withdrawn"),
    "accept": Text("Tiếp nhận hồ sơ", "Accepted"),
    "request_supplement": Text("Yêu cầu bổ sung", "Supplement requested"),
    "cancel_supplement": Text("Hủy yêu cầu bổ sung", "Supplement request cancelled"),
    "refuse_to_receive": Text("Từ chối tiếp nhận", "Reception refused"),
    "conclude_appraisal": Text("Kết luận thẩm định", "Appraisal concluded"),
    "propose": Text("Trình dự thảo quyết định", "Decision proposed"),
    "return_proposal": Text("Trả lại dự thảo", "Proposal returned"),
    "grant": Text("Cho phép thử nghiệm", "Granted"),
    "refuse": Text("Từ chối", "Refused"),
}
"""Steps as what has happened; the label of a rule file says what is to be done."""
DOCUMENT_WORDS = {
    "document:requested": Text("Ban hành", "Issued"),
    "document:recalled": Text("Thu hồi văn bản", "Recalled"),
}
"""A document stands where it took its number and date, not where the worker had made the file."""
BEING_MADE = Text("Đang tạo và ký", "Being made and signed")


def lines_of(
    story: Story,
    programme: Programme,
    view: View,
    notices: Sequence[Notice],
    documents: Sequence[IssuedDocument],
    handovers: Sequence[Handover] = (),
    *,
    with_appraisal: bool,
) -> list[Line]:
    """The timeline, newest first. `with_appraisal`: the reader may know who appraises."""
    given = iter(handovers)
    reasons = _reasons(story, notices)
    named = {document.id: document for document in documents}
    words = STAFF_WORDS if view == "staff" else PUBLIC_WORDS
    found = []
    for entry in story.entries:
        if "transition" in entry.data:
            found.append(_move(entry, story, programme, view, reasons.get(entry.seq)))
        elif entry.tag in DOCUMENT_WORDS:
            found += _document(entry, named)
        elif entry.tag in {"clock:warned", "clock:missed"}:
            found += [_warning(entry, programme)] if view == "staff" else []
        elif entry.tag == "application:handed_over":
            found += _handover(entry, story, next(given, None)) if view == "staff" else []
        elif entry.tag in words and _is_told(entry, with_appraisal):
            is_named = view == "staff" or entry.tag == "application:started"
            who = _name(entry, story) if is_named else None
            found.append(Line(title=words[entry.tag], at=entry.at, who=who))
    return found[::-1]


def last_move(story: Story) -> Entry | None:
    """The latest change of state, if there was any."""
    moves = [entry for entry in story.entries if "transition" in entry.data]
    return moves[-1] if moves else None


def _is_told(entry: Entry, with_appraisal: bool) -> bool:
    """Whether the line is for this reader, and worth one: to have no conflict is no news."""
    if entry.tag.startswith("appraisal:"):
        return with_appraisal and entry.data.get("conflict") is not False
    return True


def _move(entry: Entry, story: Story, programme: Programme, view: View, reasons: str | None) -> Line:
    machine = programme.machines[MACHINE]
    step, state = machine.transitions[entry.data["transition"]], machine.states[entry.data["to"]]
    title = MOVES.get(step.key, Text(step.label.vi, step.label.en))
    return Line(
        title=title if view == "staff" else Text(state.public.vi, state.public.en),
        at=entry.at,
        who=_name(entry, story) if view == "staff" or "applicant" in step.by else _role(step),
        text=Text(reasons, reasons) if reasons else None,
        tone=_tone(step, state, programme),
    )


def _warning(entry: Entry, programme: Programme) -> Line:
    """That somebody was warned of a clock, or a missed one escalated."""
    clock, said = programme.deadlines[entry.data["clock"]].label, SAID[entry.data["level"]]
    above = Text("; đã báo cấp trên", "; the superior was told")
    more = above if entry.data.get("superior") else Text("", "")
    title = Text(f"{clock.vi}: {said.vi}{more.vi}", f"{clock.en}: {said.en}{more.en}")
    return Line(title=title, at=entry.at, tone="bad" if entry.tag == "clock:missed" else "stop")


def _handover(entry: Entry, story: Story, given: Handover | None) -> list[Line]:
    """Who gave the case to whom, and why."""
    if given is None:
        return []
    title = Text(f"Bàn giao cho {given.to_name}", f"Handed over to {given.to_name}")
    text = Text(given.reason, given.reason) if given.reason else None
    return [Line(title=title, at=entry.at, who=_name(entry, story), text=text)]


def _document(entry: Entry, named: Mapping[UUID, IssuedDocument]) -> list[Line]:
    document = named.get(UUID(entry.data["document"]))
    if document is None:
        return []
    is_recall = entry.tag == "document:recalled"
    word, title = DOCUMENT_WORDS[entry.tag] if document.is_issued else BEING_MADE, document.title
    number = f" {document.number}" if document.number else ""
    shown = Text(f"{word.vi}: {title.vi}{number}", f"{word.en}: {title.en}{number}")
    tone: Tone | None = "bad" if is_recall else None
    text = None if is_recall else _made_later(document)
    return [Line(title=shown, at=entry.at, text=text, tone=tone, href=f"/documents/{document.id}")]


def _made_later(document: IssuedDocument) -> Text | None:
    """The day of the file, where it is not the one the document bears."""
    made_on = local(document.issued_at).date() if document.issued_at else document.dated_on
    if made_on == document.dated_on:
        return None
    return Text(f"Tệp được tạo ngày {made_on:%d/%m/%Y}", f"File made on {made_on:%-d %b %Y}")


def _reasons(story: Story, notices: Sequence[Notice]) -> dict[int, str]:
    """What was written with a move, by the move's place in the chain: the last to the last, of each kind."""
    found: dict[int, str] = {}
    for transition in {notice.transition for notice in notices}:
        moves = [entry.seq for entry in story.entries if entry.data.get("transition") == transition]
        written = [notice.reasons for notice in notices if notice.transition == transition]
        found |= dict(zip(moves[::-1], written[::-1], strict=False))
    return found


def _tone(step: Transition, state: State, programme: Programme) -> Tone | None:
    if state.phase == "supplement":
        return "stop"
    if not state.closed:
        return None
    opened = programme.publication.after if programme.publication else None
    return "good" if step.key == opened else "bad"


def _name(entry: Entry, story: Story) -> Text | None:
    name = story.names.get(entry.actor) if entry.actor else None
    return Text(name, name) if name else None


def _role(step: Transition) -> Text:
    """Who acts for the authority, by office and never by name."""
    role = ROLE_NAMES[step.by[0]]
    return Text(role.vi, role.en)
