"""The mixture's log density and gradient by HIPS autograd, in a process of its own: its import name is ours.

Reads a line with a number of seconds, repeats the step for so long, and writes the mean time of a step; in turn with
the process that asks, so both meet the same minutes of the machine. The first line it writes is the result, as JSON.
"""

# ruff: noqa: I001  # the autograd imported here is not ours, though it is called so

from __future__ import annotations

import json
import sys

import autograd.numpy as anp
import mixture
import numpy as np
from autograd import value_and_grad
from autograd.scipy.special import logsumexp
from timing import seconds

step = value_and_grad(mixture.log_density(anp, logsumexp), (0, 1, 2, 3))
value, gradients = step(*mixture.PARAMETERS)
print(json.dumps([float(value), [np.ravel(g).tolist() for g in gradients]]), flush=True)
for line in sys.stdin:
    print(seconds(lambda: step(*mixture.PARAMETERS), float(line)), flush=True)
