"""The compiler: record, simplify, group, plan, run."""

from autograd.compiler.compiled import Compiled, compile
from autograd.compiler.plan import Plan

__all__ = ["Compiled", "Plan", "compile"]
