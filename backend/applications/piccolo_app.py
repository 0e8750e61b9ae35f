"""Registration of this feature's tables and migrations with Piccolo."""

from backend.applications.tables import (
    Application,
    Enquiry,
    IntakeSheet,
    Notice,
    SupplementItem,
    SupplementRequest,
    Upload,
)
from backend.kit.migrations import app_config

APP_CONFIG = app_config(
    __file__,
    "applications",
    [Application, Upload, Notice, SupplementRequest, SupplementItem, IntakeSheet, Enquiry],
)
