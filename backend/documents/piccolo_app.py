"""The app of the issued documents."""

from backend.documents.tables import IssuedDocumentRow, NumberRegister
from backend.kit.migrations import app_config

APP_CONFIG = app_config(__file__, "documents", [NumberRegister, IssuedDocumentRow])
