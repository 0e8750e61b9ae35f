"""The app of opinions."""

from backend.kit.migrations import app_config
from backend.opinions.tables import OpinionRow

APP_CONFIG = app_config(__file__, "opinions", [OpinionRow])
