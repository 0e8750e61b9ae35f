"""The app of what officers keep about their work."""

from backend.cases.tables import BulkResult, BulkRun, Handover, Opening, SavedView
from backend.kit.migrations import app_config

APP_CONFIG = app_config(__file__, "cases", [Handover, Opening, SavedView, BulkRun, BulkResult])
