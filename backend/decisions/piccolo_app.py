"""The app of decisions."""

from backend.decisions.tables import ConditionVersion, Decision, ExemptionRow, SigningAuthority
from backend.kit.migrations import app_config

APP_CONFIG = app_config(__file__, "decisions", [Decision, SigningAuthority, ConditionVersion, ExemptionRow])
