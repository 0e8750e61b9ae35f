"""Rule files somebody proposes, and what each would change in the cases here. None takes effect."""

from __future__ import annotations

from piccolo.columns import UUID, Date, ForeignKey, Integer, LazyTableReference, Text, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")


class RuleProposal(Table, tablename="rule_proposal"):
    """A sound rule file that is not released; `as_of` and what follows tell of its last simulation."""

    id = UUID(primary_key=True, default=UUID4())
    key = Varchar(length=40)
    in_force = Date(default=None)
    sha256 = Varchar(length=64, unique=True)
    content = Text()
    proposed_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    proposed_at = Timestamptz(default=None)
    as_of = Timestamptz(null=True, default=None, help_text="the cases are looked at as they stood then")
    total = Integer(default=0)
    done = Integer(default=0)
    finished_at = Timestamptz(null=True, default=None)


class RuleEffect(Table, tablename="rule_effect"):
    """One thing that would be otherwise in one case; nothing personal, the case by its number alone."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(RuleProposal, null=False)
    number = Varchar(length=30)
    what = Varchar(length=10)
    key = Varchar(length=80)
    old = Varchar(length=40)
    new = Varchar(length=40)
