"""Each kind of fault in a rule file, made on purpose, and what the author is told."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from sandbox_rules import RuleFileError, RuleFileErrors, load

SOUND = Path(__file__).parent / "sound"
FILE = "vn-xx-1/2026-01-01.toml"
SUBMIT_BY = 'by = ["applicant"]\nneeds = ["complete"]'

FINISH = "[machines.application.transitions.finish]"
REMIND = """[machines.application.transitions.remind]
label = {vi = "Nhắc", en = "Remind"}
at = ["submitted"]
to = "submitted"
by = ["system"]
source = "law"
"""
LOST = """[machines.application.states.lost]
phase = "closed"
label = {vi = "Lạc", en = "Lost"}
public = {vi = "Lạc", en = "Lost"}
next = {vi = "Hết.", en = "Over."}
"""

# name: (what stands in the sound file, what stands in the broken one, key, reason, mend)
FAULTS = {
    "not toml": (
        'key = "vn-xx-1"',
        'key = "vn-xx-1',
        "(file)",
        "Not readable as TOML",
        "Mend the TOML syntax",
    ),
    "key twice": (
        "within = 3",
        "within = 3\nwithin = 4",
        "(file)",
        "Not readable as TOML: Cannot overwrite a value",
        "Mend the TOML",
    ),
    "wrong folder": (
        'key = "vn-xx-1"',
        'key = "vn-xx-2"',
        "key",
        "Does not agree with the name of the folder or file.",
        "Keep the file at programmes/<key>/<in_force>.toml.",
    ),
    "wrong date": (
        "in_force = 2026-01-01",
        "in_force = 2026-01-02",
        "in_force",
        "Does not agree with the name of the folder or file.",
        "Keep the file at programmes/<key>/<in_force>.toml.",
    ),
    "wrong type": (
        "within = 3",
        'within = "3"',
        "deadlines.look.within",
        "Wrong shape: Expected `int`, got `str`.",
        "See README.md for the shape of this table.",
    ),
    "unknown key": (
        "within = 3",
        "within = 3\npaused = []",
        "deadlines.look",
        "Wrong shape: Object contains unknown field `paused`.",
        "See README.md for the shape of this table.",
    ),
    "missing key": (
        "within = 3\n",
        "",
        "deadlines.look",
        "Wrong shape: Object missing required field `within`.",
        "See README.md for the shape of this table.",
    ),
    "no table": (
        "[limits.users]",
        '[limits]\nvalue = "none"\n[limits.users]',
        "limits.value",
        "Wrong shape: Expected a table, got `str`.",
        "See README.md for the shape of this table.",
    ),
    "unknown unit": (
        'unit = "working_day"',
        'unit = "week"',
        "deadlines.look.unit",
        "Wrong shape: Invalid enum value 'week'.",
        "See README.md for the shape of this table.",
    ),
    "one language": (
        'label = {vi = "Xem xét", en = "Look"}',
        'label = {vi = "Xem xét", en = " "}',
        "deadlines.look.label.en",
        "One language is missing.",
        "Write both Vietnamese and English.",
    ),
    "no english": (
        'label = {vi = "Xem xét", en = "Look"}',
        'label = {vi = "Xem xét"}',
        "deadlines.look.label",
        "Wrong shape: Object missing required field `en`.",
        "See README.md for the shape of this table.",
    ),
    "not composed": (
        'label = {vi = "Xem xét", en = "Look"}',
        f'label = {{vi = "{unicodedata.normalize("NFD", "Xem xét")}", en = "Look"}}',
        "deadlines.look.label.vi",
        "The letters are not in Unicode form NFC.",
        "Save the file in NFC (composed letters).",
    ),
    "unknown source": (
        'owner = "officer"\nsource = "law"',
        'owner = "officer"\nsource = "rumour"',
        "deadlines.look.source",
        "“rumour” is not in [sources].",
        "Declare it in [sources] or mend the name.",
    ),
    "unknown fact of a criterion": (
        'fact = "plan.in_hai_phong"\nop',
        'fact = "plan.moon"\nop',
        "eligibility.place.fact",
        "“plan.moon” is not in [facts.toml].",
        "Declare it in [facts.toml] or mend the name.",
    ),
    "unknown fact of a limit": (
        'fact = "plan.users"\njudged',
        'fact = "plan.moon"\njudged',
        "limits.users.fact",
        "“plan.moon” is not in [facts.toml].",
        "Declare it in [facts.toml] or mend the name.",
    ),
    "field feeds another type": (
        'type = "yes_no"\nfact = "plan.in_hai_phong"',
        'type = "text"\nfact = "plan.in_hai_phong"',
        "sections.one.fields.place.fact",
        "A text field cannot feed a yes_no fact.",
        "Use the same type in both places.",
    ),
    "value of another type": (
        'op = "is"\nvalue = true\nsource',
        'op = "is"\nvalue = 1\nsource',
        "eligibility.place.value",
        "The value 1 does not fit “is” on a fact of type yes_no.",
        "Use a value of that type; lists for one_of, none_of.",
    ),
    "order on a yes or no": (
        'op = "is"\nvalue = true\nsource',
        'op = "at_least"\nvalue = true\nsource',
        "eligibility.place.value",
        "The value True does not fit “at_least” on a fact of type yes_no.",
        "Use a value of that type; lists for one_of, none_of.",
    ),
    "one_of without a list": (
        'op = "is"\nvalue = true\nsource',
        'op = "one_of"\nvalue = true\nsource',
        "eligibility.place.value",
        "The value True does not fit “one_of” on a fact of type yes_no.",
        "Use a value of that type; lists for one_of, none_of.",
    ),
    "a number that is no number": (
        'op = "at_most", value = 10',
        'op = "at_most", value = true',
        "documents.plan.waived_when.value",
        "The value True does not fit “at_most” on a fact of type number.",
        "Use a value of that type; lists for one_of, none_of.",
    ),
    "a date that is no date": (
        'fact = "plan.in_hai_phong"\nop = "is"\nvalue = true',
        'fact = "plan.until"\nop = "at_most"\nvalue = "2026"',
        "eligibility.place.value",
        "The value 2026 does not fit “at_most” on a fact of type date.",
        "Use a value of that type; lists for one_of, none_of.",
    ),
    "a choice that is not offered": (
        'fact = "plan.in_hai_phong"\nop = "is"\nvalue = true',
        'fact = "solution.field"\nop = "one_of"\nvalue = ["ai", "magic"]',
        "eligibility.place.value",
        "The value ['ai', 'magic'] does not fit “one_of” on a fact of type choice.",
        "Use a value of that type; lists for one_of, none_of.",
    ),
    "field twice": (
        "[sections.two.fields.until]",
        "[sections.two.fields.place]",
        "sections.two.fields.place",
        "The field is already in section “one”.",
        "Choose another key: one key once a form.",
    ),
    "choice without choices": (
        'choices = {ai = {vi = "TTNT", en = "AI"}}\n',
        "",
        "sections.one.fields.field.choices",
        "Fields of type choice, and only they, have choices.",
        "Add choices or mend the type.",
    ),
    "not before what": (
        'type = "date"',
        'type = "date"\nnot_before = "from"',
        "sections.two.fields.until.not_before",
        "“from” is not in [fields].",
        "Declare it in [fields] or mend the name.",
    ),
    "weights": (
        "weight = 1.0",
        "weight = 0.9",
        "appraisal.criteria",
        "The weights sum to 0.9, not 1.",
        "Mend the weights so that they sum to 1.",
    ),
    "quorum": (
        "quorum = 2",
        "quorum = 4",
        "appraisal.quorum",
        "The quorum must lie between 1 and the number of appraisers.",
        "Mend quorum or appraisers.",
    ),
    "anchor off the scale": (
        "mark = 5",
        "mark = 6",
        "appraisal.criteria.all.anchors",
        "An anchor lies outside the scale.",
        "Keep each mark between lowest and highest.",
    ),
    "decision of no machine": (
        'machine = "application"\ntransition',
        'machine = "trial"\ntransition',
        "decisions.done.machine",
        "“trial” is not in [machines].",
        "Declare it in [machines] or mend the name.",
    ),
    "decision by no step": (
        'transition = "finish"',
        'transition = "sign"',
        "decisions.done.transition",
        "“sign” is not in [machines.application.transitions].",
        "Declare it in [machines.application.transitions] or mend the name.",
    ),
    "decision in no document": (
        'document = "decision"',
        'document = "letter"',
        "decisions.done.document",
        "“letter” is not in [issued].",
        "Declare it in [issued] or mend the name.",
    ),
    "decision that ends no trial": (
        'transition = "finish"',
        'transition = "finish"\nends_trial_by = "revoke"',
        "decisions.done.ends_trial_by",
        "“revoke” is not in [machines.trial.transitions].",
        "Declare it in [machines.trial.transitions] or mend the name.",
    ),
    "parameter without a place": (
        'en = "At most {n}."',
        'en = "At most {m}."',
        "conditions.cap.text.en",
        "The {…} places are not the parameters.",
        "Use every parameter by its name in both languages.",
    ),
    "a brace that stands alone": (
        'en = "At most {n}."',
        'en = "At most {n."',
        "conditions.cap.text.en",
        "The {…} places are not the parameters.",
        "Use every parameter by its name in both languages.",
    ),
    "unknown calendar": (
        'calendar = "VN"',
        'calendar = "XX"',
        "calendar",
        "There is no calendar “XX”.",
        "Use one of these calendars: VN.",
    ),
    "published after no step": (
        'after = "finish"',
        'after = "sign"',
        "publication.after",
        "“sign” is not in [transitions].",
        "Declare it in [transitions] or mend the name.",
    ),
    "published document unknown": (
        'documents = ["plan"]',
        'documents = ["map"]',
        "publication.documents",
        "“map” is not in [documents].",
        "Declare it in [documents] or mend the name.",
    ),
    "published document not public": (
        'visibility = "public"',
        'visibility = "secret"',
        "publication.documents",
        "The document “plan” is not public.",
        'Set visibility = "public" or drop it here.',
    ),
    "unknown start": (
        'start = "draft"',
        'start = "begin"',
        "machines.application.start",
        "“begin” is not in [states].",
        "Declare it in [states] or mend the name.",
    ),
    "step to nowhere": (
        'to = "done"',
        'to = "gone"',
        "machines.application.transitions.finish.to",
        "“gone” is not in [states].",
        "Declare it in [states] or mend the name.",
    ),
    "step from nowhere": (
        'at = ["draft"]',
        'at = ["begin"]',
        "machines.application.transitions.submit.at",
        "“begin” is not in [states].",
        "Declare it in [states] or mend the name.",
    ),
    "step from no state": (
        'at = ["draft"]',
        "at = []",
        "machines.application.transitions.submit.at",
        "The step leaves no state.",
        "Give at least one state in at.",
    ),
    "unknown guard": (
        'needs = ["complete"]',
        'needs = ["paid"]',
        "machines.application.transitions.submit.needs",
        "“paid” is not in [guards].",
        "Declare it in [guards] or mend the name.",
    ),
    "unknown document issued": (
        'issues = ["decision"]',
        'issues = ["letter"]',
        "machines.application.transitions.finish.issues",
        "“letter” is not in [issued].",
        "Declare it in [issued] or mend the name.",
    ),
    "four eyes with no step": (
        'four_eyes_with = "submit"',
        'four_eyes_with = "propose"',
        "machines.application.transitions.finish.four_eyes_with",
        "“propose” is not in [transitions].",
        "Declare it in [transitions] or mend the name.",
    ),
    "nobody may": (
        SUBMIT_BY,
        'by = []\nneeds = ["complete"]',
        "machines.application.transitions.submit.by",
        "Nobody may take this step.",
        "Give at least one role in by.",
    ),
    "unreachable": (
        "[machines.application.states.done]",
        LOST + "[machines.application.states.done]",
        "machines.application.states.lost",
        "No step leads to this state.",
        "Add a step that leads here or drop the state.",
    ),
    "leaves a closed state": (
        'at = ["submitted"]',
        'at = ["submitted", "done"]',
        "machines.application.states.done",
        "A closed state has a step that leaves it.",
        "Drop the step or change the phase.",
    ),
    "dead end": (
        'phase = "closed"',
        'phase = "trial"\nholder = "officer"',
        "machines.application.states.draft",
        "No end can be reached from here.",
        'Add a step onwards, or set phase = "closed".',
    ),
    "system in a circle": (
        FINISH,
        REMIND + FINISH,
        "machines.application.states.submitted",
        "The system could turn in a circle without a person.",
        "Give one step of the circle to a role.",
    ),
    "nobody holds it": (
        'phase = "intake"\nholder = "officer"',
        'phase = "intake"',
        "machines.application.states.submitted.holder",
        "Nobody holds the file in this state.",
        "Name a holder for the state.",
    ),
    "holder cannot move": (
        'phase = "intake"\nholder = "officer"',
        'phase = "intake"\nholder = "authority"',
        "machines.application.states.submitted.holder",
        "authority holds the file but may take no step.",
        "Let the holder take a step from here.",
    ),
    "deadline of no machine": (
        "within = 3",
        'within = 3\nmachine = "trial"',
        "deadlines.look.machine",
        "“trial” is not in [machines].",
        "Declare it in [machines] or mend the name.",
    ),
    "deadline after no step": (
        'after = ["submit"]',
        'after = ["submit", "pay"]',
        "deadlines.look.after",
        "“pay” is not in [machines.application.transitions].",
        "Declare it in [machines.application.transitions] or mend the name.",
    ),
    "deadline paused nowhere": (
        "within = 3",
        'within = 3\npaused_at = ["asleep"]',
        "deadlines.look.paused_at",
        "“asleep” is not in [machines.application.states].",
        "Declare it in [machines.application.states] or mend the name.",
    ),
    "deadline without time": (
        "within = 3",
        "within = 0",
        "deadlines.look",
        "A deadline needs within > 0, after and until.",
        "Give all three.",
    ),
    "waiting without a clock": (
        'after = ["submit"]\nuntil = ["finish"]',
        'after = ["finish"]\nuntil = ["submit"]',
        "machines.application.states.submitted",
        "The file waits for the agency here without a deadline.",
        "Add a deadline that runs through this state.",
    ),
}


def _load_broken(folder: Path, old: str, new: str) -> RuleFileErrors:
    text = (SOUND / "programmes" / FILE).read_text("utf-8")
    assert old in text
    path = folder / "programmes" / FILE
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RuleFileErrors) as fault:
        load(folder)
    return fault.value


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_file_names_file_line_key_reason_and_mend(name: str, tmp_path: Path) -> None:
    old, new, key, reason, mend = FAULTS[name]
    fault = _load_broken(tmp_path, old, new).errors[0]
    assert (fault.file, fault.key) == (FILE, key)
    assert isinstance(fault.line, int)
    assert fault.reason.en.startswith(reason)
    assert fault.mend.en.startswith(mend)
    assert fault.reason.vi != fault.reason.en != ""
    assert str(fault) == f"{FILE}:{fault.line}: {key}: {fault.reason.en} Mend: {fault.mend.en}"


def test_the_system_may_act_where_it_cannot_turn_in_a_circle(tmp_path: Path) -> None:
    text = (SOUND / "programmes" / FILE).read_text("utf-8")
    path = tmp_path / "programmes" / FILE
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(FINISH, REMIND.replace('to = "submitted"', 'to = "done"') + FINISH), "utf-8")
    assert "remind" in load(tmp_path).all()[0].machines["application"].transitions


def test_the_sound_file_is_sound() -> None:
    assert [one.key for one in load(SOUND).all()] == ["vn-xx-1"]


@pytest.mark.parametrize(
    ("old", "new", "line_holds"),
    [
        ("within = 3", 'within = "3"', 'within = "3"'),
        ("within = 3\n", "", "[deadlines.look]"),
        ("quorum = 2", "quorum = 4", "quorum = 4"),
        ('owner = "officer"\nsource = "law"', 'owner = "officer"\nsource = "rumour"', 'source = "rumour"'),
    ],
)
def test_the_line_is_where_the_fault_stands(tmp_path: Path, old: str, new: str, line_holds: str) -> None:
    fault = _load_broken(tmp_path, old, new)
    assert fault.line is not None
    lines = (tmp_path / "programmes" / FILE).read_text("utf-8").splitlines()
    assert lines[fault.line - 1] == line_holds


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    fault = _load_broken(tmp_path, "quorum = 2\nlowest = 1", "quorum = 4\nlowest = 6")
    assert [one.key for one in fault.errors] == ["appraisal.quorum", "appraisal.criteria.all.anchors"]
    assert str(fault).count("Mend:") == 2
    assert isinstance(fault, RuleFileError)
