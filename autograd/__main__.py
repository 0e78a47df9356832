"""``python -m autograd "sin(x)*x**2" x=1.5``: see `autograd.terminal`."""

import sys

from autograd.terminal import main

if __name__ == "__main__":
    sys.exit(main())
