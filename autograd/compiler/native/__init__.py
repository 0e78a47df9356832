"""The native executor: a plan as machine code, made by LLVM. It needs the extra ``jit``."""

from autograd.compiler.native.executor import NativeExecutor

__all__ = ["NativeExecutor"]
