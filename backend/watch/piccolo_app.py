"""The app of clock warnings."""

from backend.kit.migrations import app_config
from backend.watch.tables import CaseSpan, ClockWarning, Superior

APP_CONFIG = app_config(__file__, "watch", [ClockWarning, Superior, CaseSpan])
