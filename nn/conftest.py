"""Which files here pytest leaves out: those whose optional dependency is missing."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("sklearn") else ["estimators", "estimators/*"]
