"""Registration of the organisations' table and migrations with Piccolo."""

from backend.kit.migrations import app_config
from backend.organisations.tables import IdentityCorrection, InvitationRow, Organisation

APP_CONFIG = app_config(__file__, "organisations", [Organisation, IdentityCorrection, InvitationRow])
