"""Registration of the kit's tables and migrations with Piccolo."""

from backend.kit.migrations import app_config
from backend.kit.session_tables import Session
from backend.kit.tables import AuditEntry, AuditHead, OutboxJob, RateLimit

APP_CONFIG = app_config(__file__, "kit", [AuditEntry, AuditHead, OutboxJob, RateLimit, Session])
