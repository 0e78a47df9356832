"""From LLVM's assembly language to functions in memory, by llvmlite."""

from __future__ import annotations

import ctypes
import functools
import sys
from dataclasses import dataclass
from typing import Any

import llvmlite
import llvmlite.binding as llvm

__all__ = ["Code", "Machine", "machine"]

VECTOR_FEATURES = {"avx512f": 8, "avx": 4}  # the first that is there, and how many doubles it works on at once
SMALLEST_WIDTH = 2


@dataclass(frozen=True)
class Machine:
    """The processor that code is made for.

    Attributes
    ----------
    name, features : str
        As LLVM calls them.
    width : int
        How many doubles it works on at once.
    """

    name: str
    features: str
    width: int

    @property
    def identity(self) -> str:
        """Everything about the machine and the compiler that decides the code."""
        version = ".".join(map(str, llvm.llvm_version_info))
        header = object.__basicsize__  # which the code skips in NumPy's arrays
        return f"{llvm.get_process_triple()} {header} {self.name} {self.features} {llvmlite.__version__} {version}"

    def target(self) -> Any:
        """Return a new target machine of LLVM's; an engine owns the one it is made with."""
        return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(
            cpu=self.name, features=self.features, opt=3, jit=True, codemodel="jitdefault"
        )

    def compile(self, text: str) -> bytes:
        """Return the object code of a module."""
        target = self.target()
        module = llvm.parse_assembly(text)
        module.triple = llvm.get_process_triple()
        # What is written here is unrolled and vectorised already. These four give code as fast as all of LLVM's levels
        # do, in a third of the time of the lowest one.
        passes = llvm.create_new_module_pass_manager()
        passes.add_sroa_pass()
        passes.add_new_gvn_pass()
        passes.add_instruction_combine_pass()
        passes.add_simplify_cfg_pass()
        passes.run(module, llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options()))
        return target.emit_object(module)  # type: ignore[no-any-return]


class Code:
    """Object code in memory. The memory is freed with this object."""

    def __init__(self, machine: Machine, objects: bytes, entry: str) -> None:
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine.target())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(objects))
        self._engine.finalize_object()
        address = self._engine.get_function_address(entry)
        self.run = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_char_p, ctypes.c_void_p)(address)


@functools.cache
def machine() -> Machine:
    """Return the machine this process runs on."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features()
    width = next((w for name, w in VECTOR_FEATURES.items() if features.get(name)), SMALLEST_WIDTH)
    if sys.platform == "win32":  # where the C library is not among what the process shows
        llvm.load_library_permanently("ucrtbase.dll")
    return Machine(llvm.get_host_cpu_name(), features.flatten(), width)
