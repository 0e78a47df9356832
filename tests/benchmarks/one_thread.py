"""One thread for every program compared. The libraries read these when they are loaded, so this is imported first."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # torch, and the BLAS of numpy, which mygrad uses
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"  # jax
os.environ["JAX_PLATFORMS"] = "cpu"
