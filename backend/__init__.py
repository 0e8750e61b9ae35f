"""The registry: feature folders over the two cores, on Litestar and Piccolo."""

import os

# Piccolo finds the engine and the apps through this name; set here so that no caller has to remember it
os.environ.setdefault("PICCOLO_CONF", "backend.piccolo_conf")
