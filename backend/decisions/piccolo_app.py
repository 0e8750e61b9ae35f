"""The app of decisions."""

from backend.decisions.tables import Decision, SigningAuthority
from backend.kit.migrations import app_config

APP_CONFIG = app_config(__file__, "decisions", [Decision, SigningAuthority])
