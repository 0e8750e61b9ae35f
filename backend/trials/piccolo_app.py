"""The app of trials."""

from backend.kit.migrations import app_config
from backend.trials.tables import Trial

APP_CONFIG = app_config(__file__, "trials", [Trial])
