"""Run in a process of its own: print the seconds that loading LLVM takes, and then the first call."""

import time

from tests.benchmarks import peers

step = peers.ours_compiled("native")
start = time.perf_counter()
import llvmlite.binding  # noqa: E402, F401

loaded = time.perf_counter()
step()
print(loaded - start, time.perf_counter() - loaded)
