"""The tests here run on one thread."""

import tests.benchmarks.one_thread  # noqa: F401

collect_ignore = ["first_call.py", "hips_worker.py"]  # programs for processes of their own
