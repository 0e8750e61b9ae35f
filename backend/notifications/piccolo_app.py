"""The app of notifications."""

from backend.kit.migrations import app_config
from backend.notifications.tables import NotificationRow, PreferenceRow

APP_CONFIG = app_config(__file__, "notifications", [NotificationRow, PreferenceRow])
