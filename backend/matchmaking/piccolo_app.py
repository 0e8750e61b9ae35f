"""The app of matchmaking."""

from backend.kit.migrations import app_config
from backend.matchmaking.tables import Evidence, Introduction, MatchingIndex, Need, Offer, Suggestion, Team

APP_CONFIG = app_config(
    __file__, "matchmaking", [Need, Offer, Evidence, Suggestion, Introduction, Team, MatchingIndex]
)
