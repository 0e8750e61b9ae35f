"""The app of evidence bundles."""

from backend.bundles.tables import BundleRow
from backend.kit.migrations import app_config

APP_CONFIG = app_config(__file__, "bundles", [BundleRow])
