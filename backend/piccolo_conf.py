"""Where Piccolo finds the engine and the apps (environment variable PICCOLO_CONF, set by the package)."""

from piccolo.conf.apps import AppRegistry

from backend.kit.db import Engine
from backend.settings import settings

DB = Engine(settings().database_url)

# in the order of their migrations: an app may refer to the tables of those above it
APP_REGISTRY = AppRegistry(
    apps=[
        "backend.kit.piccolo_app",
        "backend.programmes.piccolo_app",
        "backend.accounts.piccolo_app",
        "backend.notifications.piccolo_app",
        "backend.organisations.piccolo_app",
        "backend.documents.piccolo_app",
        "backend.applications.piccolo_app",
        "backend.appraisals.piccolo_app",
        "backend.opinions.piccolo_app",
        "backend.decisions.piccolo_app",
        "backend.trials.piccolo_app",
        "backend.watch.piccolo_app",
        "backend.cases.piccolo_app",
        "backend.matchmaking.piccolo_app",
        "backend.insight.piccolo_app",
        "backend.bundles.piccolo_app",
    ]
)
