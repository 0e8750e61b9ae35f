"""Who is who: whether two records are one person, and the persons among many records."""

from matching.identity.comparison import (
    OUTCOMES,
    SIGNS,
    Comparison,
    Outcome,
    PersonRecord,
    Sign,
    compare,
    email_key,
    is_identified,
    is_shared_mailbox,
    orcid_key,
)
from matching.identity.persons import Identities, resolve

__all__ = [
    "OUTCOMES",
    "SIGNS",
    "Comparison",
    "Identities",
    "Outcome",
    "PersonRecord",
    "Sign",
    "compare",
    "email_key",
    "is_identified",
    "is_shared_mailbox",
    "orcid_key",
    "resolve",
]
