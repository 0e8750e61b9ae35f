"""The law as data: what a programme of controlled trials allows, asks for and when it is due.

Pure: no web, no database, no clock of its own. See README.md for the format of a rule file.
"""

from sandbox_rules.answers import Missing, check_answers, facts_of, is_required, missing_items
from sandbox_rules.calendars import LOCAL, Calendar, calendar_of, local_date
from sandbox_rules.clocks import Clock, Event, Stop
from sandbox_rules.deadlines import Replay, clock
from sandbox_rules.diff import Change, diff
from sandbox_rules.eligibility import Finding, check_eligibility
from sandbox_rules.errors import Refused, RuleFileError, RuleFileErrors
from sandbox_rules.limits import LimitFinding, Reading, judge_limits
from sandbox_rules.loader import Programmes, load
from sandbox_rules.programme import Programme
from sandbox_rules.reports import ReportDue, report_dates
from sandbox_rules.router import Route, Routing, route
from sandbox_rules.schema import (
    Appraisal,
    AppraisalCriterion,
    Comparison,
    Condition,
    Criterion,
    Deadline,
    DecisionKind,
    DocumentSlot,
    Fact,
    Field,
    Guard,
    IssuedDocument,
    Limit,
    Machine,
    Mark,
    Parameter,
    Pin,
    Publication,
    Report,
    Retention,
    Section,
    Source,
    State,
    Transition,
    Value,
)
from sandbox_rules.simulate import Effect, PastCase, Simulation, simulate
from sandbox_rules.text import Lang, Text
from sandbox_rules.workflow import ROLE_NAMES, Fired, Open, fire, open_transitions

__all__ = [
    "LOCAL",
    "ROLE_NAMES",
    "Appraisal",
    "AppraisalCriterion",
    "Calendar",
    "Change",
    "Clock",
    "Comparison",
    "Condition",
    "Criterion",
    "Deadline",
    "DecisionKind",
    "DocumentSlot",
    "Effect",
    "Event",
    "Fact",
    "Field",
    "Finding",
    "Fired",
    "Guard",
    "IssuedDocument",
    "Lang",
    "Limit",
    "LimitFinding",
    "Machine",
    "Mark",
    "Missing",
    "Open",
    "Parameter",
    "PastCase",
    "Pin",
    "Programme",
    "Programmes",
    "Publication",
    "Reading",
    "Refused",
    "Replay",
    "Report",
    "ReportDue",
    "Retention",
    "Route",
    "Routing",
    "RuleFileError",
    "RuleFileErrors",
    "Section",
    "Simulation",
    "Source",
    "State",
    "Stop",
    "Text",
    "Transition",
    "Value",
    "calendar_of",
    "check_answers",
    "check_eligibility",
    "clock",
    "diff",
    "facts_of",
    "fire",
    "is_required",
    "judge_limits",
    "load",
    "local_date",
    "missing_items",
    "open_transitions",
    "report_dates",
    "route",
    "simulate",
]
