"""Run in a process of its own: print the seconds that the first call of the compiled step of `peers` takes."""

import time

import peers

step = peers.ours_compiled("native")
start = time.perf_counter()
step()
print(time.perf_counter() - start)
