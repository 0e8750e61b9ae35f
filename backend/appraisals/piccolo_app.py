"""The app of appraisals."""

from backend.appraisals.tables import Appraisal
from backend.kit.migrations import app_config

APP_CONFIG = app_config(__file__, "appraisals", [Appraisal])
