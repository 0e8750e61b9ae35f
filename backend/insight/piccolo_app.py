"""The app of proposed rule files."""

from backend.insight.tables import RuleEffect, RuleProposal
from backend.kit.migrations import app_config

APP_CONFIG = app_config(__file__, "insight", [RuleProposal, RuleEffect])
