"""Registration of the accounts' tables and migrations with Piccolo."""

from backend.accounts.tables import Account, Membership
from backend.kit.migrations import app_config

APP_CONFIG = app_config(__file__, "accounts", [Account, Membership])
