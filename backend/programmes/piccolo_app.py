"""The app of the rule files."""

from backend.kit.migrations import app_config
from backend.programmes.tables import ProgrammeFile, StepTime

APP_CONFIG = app_config(__file__, "programmes", [ProgrammeFile, StepTime])
