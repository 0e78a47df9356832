"""The code that runs a plan: it copies inputs in, calls the steps and copies outputs out, minibatch by minibatch.

What it is given differs from call to call: where the samples are, then for each input where it stands and its strides,
and for each output where it goes.
"""

from __future__ import annotations

from autograd.compiler.native.layout import Layout, Lowered
from autograd.compiler.native.rows_in_memory import PARAMETERS
from autograd.compiler.native.steps import write_step
from autograd.compiler.native.text import Function, Module

__all__ = ["ENTRY", "HEADER", "INPUT_FIELDS", "OUTPUT_FIELDS", "write"]

ENTRY = "run"
HEADER = 4  # where minibatches start, the order of samples, how many minibatches, whether there are updates
INPUT_FIELDS = 4  # the address; of a batched one both strides, else how many, stride of minibatches, whether it is kept
OUTPUT_FIELDS = 2  # the address, and how far it is from minibatch to minibatch

DATA = "ptr noalias %arguments, ptr noalias %memory, ptr noalias %table, ptr noalias %constants, ptr noalias %program"
DATA_NAMES = "ptr %arguments, ptr %memory, ptr %table, ptr %constants, ptr %program"


def write(layout: Layout) -> str:
    """Return the code for a plan, in LLVM's assembly language."""
    module = Module(layout.width)
    functions, calls = layout.program()
    names = [f"step_{i}" for i in range(len(functions))]
    for name, step in zip(names, functions, strict=True):
        write_step(module, name, step, layout)
    if not layout.inlined:
        _write_interpreter(module, names)
    _write_minibatches(module, layout, calls)
    _write_entry(module, layout)
    table = ", ".join(f"ptr @{name}" for name in names)
    return f"@functions = internal constant [{len(names)} x ptr] [{table}]\n{module}"


def _write_interpreter(module: Module, names: list[str]) -> None:
    """Write a function that does steps whose numbers stand in memory: which function, how many numbers, the numbers."""
    f = Function(module, "interpret", f"{PARAMETERS}, i64 %start, i64 %stop")
    counter = f.variable("i64", "%start")
    f.do("br label %next")
    f.lines.append("next:")
    place = f.let(f"load i64, ptr {counter}")
    goes_on = f.let(f"icmp slt i64 {place}, %stop")
    f.do(f"br i1 {goes_on}, label %step, label %end")
    f.lines.append("step:")
    chosen = f.let(f"load ptr, ptr {f.at('@functions', f.read('%numbers', place), 'ptr')}")
    count = f.read("%numbers", f.add(place, "1"))
    numbers = f.at("%numbers", f.add(place, "2"), "i64")
    f.do(f"store i64 {f.add(f.add(place, '2'), count)}, ptr {counter}")
    f.do(
        f"call void {chosen}(ptr %memory, ptr %table, ptr %constants, ptr {numbers}, i64 %lanes, i1 %is_first)"
    )
    f.do("br label %next")
    f.lines.append("end:")
    f.do("ret void")


class _Driver:
    """The function that runs minibatches, while it is written."""

    def __init__(self, module: Module, layout: Layout, calls: list[list[tuple[int, tuple[int, ...]]]]) -> None:
        self.f = Function(module, "minibatches", DATA, "i64")
        self.layout = layout
        self.calls = calls

    def argument(self, place: int) -> str:
        """Return what a call is given."""
        return self.f.read("%arguments", str(place))

    def phase(self, which: int, lanes: str = "0", is_first: str = "true") -> None:
        """Call the steps of a phase."""
        f = self.f
        operands = f"ptr %memory, ptr %table, ptr %constants, ptr %program, i64 {lanes}, i1 {is_first}"
        if self.layout.inlined:
            for function, _ in self.calls[which]:
                f.do(f"call void @step_{function}({operands})")
        elif self.calls[which]:
            start, stop = (f.read("%program", str(k)) for k in (which, which + 1))
            f.do(f"call void @interpret({operands}, i64 {start}, i64 {stop})")

    def copy(self, source: str, target: str) -> None:
        """Copy a number of any type."""
        self.f.do(f"store i64 {self.f.let(f'load i64, ptr {source}')}, ptr {target}")

    def bytes_from(self, address: str, offset: str) -> str:
        """Return an address so many bytes behind another one, which is a whole number."""
        return self.f.let(f"inttoptr i64 {self.f.add(address, offset)} to ptr")

    def pack_shared(self, minibatch: str) -> None:
        """Copy inputs that are one for all samples: first, and those that differ from minibatch to minibatch again."""
        f = self.f
        is_first = f.let(f"icmp eq i64 {minibatch}, 0")
        for base, first, _, batched in _inputs(self.layout):
            if batched:
                continue
            address, count, stride = (self.argument(base + k) for k in range(3))
            differs = f.let(f"icmp ne i64 {stride}, 0")
            with f.when(f.let(f"or i1 {is_first}, {differs}")):
                source = self.bytes_from(address, f.mul(minibatch, stride))
                copy_rows(f, f.at("%memory", str(first)), source, count)

    def pack_samples(self, start: str, count: str, lanes: str) -> None:
        """Copy inputs of some samples; the lanes beyond them have the last one, with weight 0."""
        f, layout = self.f, self.layout
        order = self.bytes_from(self.argument(1), f.mul(start, "8"))
        for base, first, space, batched in _inputs(layout):
            if not batched:
                continue
            address, row_stride, stride = (self.argument(base + k) for k in range(3))
            with f.loop("0", str(space.rows)) as row:
                source = f.add(address, f.mul(row, row_stride))
                target = f.at("%memory", f.add(str(first), f.mul(row, str(layout.stride))))
                with f.loop("0", count) as lane:
                    sample = f.mul(f.read(order, lane), stride)
                    self.copy(self.bytes_from(source, sample), f.at(target, lane))
                last = f.at(target, f.add(count, "-1"))
                with f.loop(count, lanes) as lane:
                    if space.is_weight:
                        f.do(f"store double 0.0, ptr {f.at(target, lane)}")
                    else:
                        self.copy(last, f.at(target, lane))

    def unpack_samples(self, start: str, count: str, samples: str) -> None:
        """Copy outputs that have a number for each sample."""
        f = self.f
        for base, rows in _outputs(self.layout):
            place, size = rows.numbers
            if not rows.kind[1]:
                continue
            address = self.argument(base)
            with f.when(f.let(f"icmp ne i64 {address}, 0")), f.loop("0", str(size)) as row:
                source = f.at("%memory", table_entry(f, f.add(str(place), row)))
                target = self.bytes_from(address, f.mul(f.add(f.mul(row, samples), start), "8"))
                with f.loop("0", count) as lane:
                    self.copy(f.at(source, lane), f.at(target, lane))

    def unpack_shared(self, minibatch: str) -> None:
        """Copy outputs that are one for all samples."""
        f = self.f
        for base, rows in _outputs(self.layout):
            place, size = rows.numbers
            if rows.kind[1] or size == 0:
                continue
            target = self.bytes_from(self.argument(base), f.mul(minibatch, self.argument(base + 1)))
            with f.loop("0", str(size)) as row:
                self.copy(f.at("%memory", table_entry(f, f.add(str(place), row))), f.at(target, row))

    def return_if_not_finite(self, guard: Lowered, minibatch: str) -> None:
        """End before the updates if a number they use is inf or nan: its product with 0 is not 0 then."""
        f = self.f
        place, size = guard.numbers
        total = f.variable("double", "0.0")
        with f.loop("0", str(size)) as row:
            x = f.let(f"load double, ptr {f.at('%memory', table_entry(f, f.add(str(place), row)))}")
            zero = f.let(f"fmul double {x}, 0.0")
            before = f.let(f"load double, ptr {total}")
            f.do(f"store double {f.let(f'fadd double {before}, {zero}')}, ptr {total}")
        behind, inside = f.fresh(), f.fresh()
        is_bad = f.let(f"fcmp une double {f.let(f'load double, ptr {total}')}, 0.0")
        f.do(f"br i1 {is_bad}, label %{inside}, label %{behind}")
        f.lines.append(f"{inside}:")
        f.do(f"ret i64 {minibatch}")
        f.lines.append(f"{behind}:")


def _write_minibatches(module: Module, layout: Layout, calls: list[list[tuple[int, tuple[int, ...]]]]) -> None:
    driver = _Driver(module, layout, calls)
    f = driver.f
    starts = driver.bytes_from(driver.argument(0), "0")
    count = driver.argument(2)
    updates = f.let(f"icmp ne i64 {driver.argument(3)}, 0")
    with f.loop("0", count) as minibatch:
        start, stop = f.read(starts, minibatch), f.read(starts, f.add(minibatch, "1"))
        driver.pack_shared(minibatch)
        driver.phase(0)
        samples = f.let(f"sub i64 {stop}, {start}")
        with f.loop("0", samples, layout.stride) as first:
            left = f.let(f"sub i64 {samples}, {first}")
            is_short = f.let(f"icmp slt i64 {left}, {layout.stride}")
            here = f.let(f"select i1 {is_short}, i64 {left}, i64 {layout.stride}")
            lanes = f.whole(f.add(here, str(layout.lanes - 1)), layout.lanes)
            driver.pack_samples(f.add(start, first), here, lanes)
            driver.phase(1, lanes, f.let(f"icmp eq i64 {first}, 0"))
            driver.unpack_samples(first, here, samples)
        driver.phase(2)
        with f.when(updates):
            if layout.guard is not None:
                driver.return_if_not_finite(layout.guard, minibatch)
            driver.phase(3)
        driver.unpack_shared(minibatch)
    f.do(f"ret i64 {count}")


def _write_entry(module: Module, layout: Layout) -> None:
    """Write the function that is called: the minibatches, then inputs that the updates have changed are copied back."""
    f = Function(module, ENTRY, DATA, "i64", linkage="dso_local")
    done = f.let(f"call i64 @minibatches({DATA_NAMES})")
    for base, first, _, batched in _inputs(layout):
        if not batched:
            address, count, _, is_kept = (f.read("%arguments", str(base + k)) for k in range(4))
            with f.when(f.let(f"icmp ne i64 {is_kept}, 0")):
                copy_rows(f, f.let(f"inttoptr i64 {address} to ptr"), f.at("%memory", str(first)), count)
    f.do(f"ret i64 {done}")


def _inputs(layout: Layout):
    inputs = [(name, space) for name, space in layout.plan.spaces.items() if space.is_input]
    for k, (name, space) in enumerate(inputs):
        yield HEADER + k * INPUT_FIELDS, layout.first[name], space, space.batched


def _outputs(layout: Layout):
    base = HEADER + INPUT_FIELDS * sum(space.is_input for space in layout.plan.spaces.values())
    for k, rows in enumerate(layout.outputs):
        yield base + k * OUTPUT_FIELDS, rows


def table_entry(f: Function, place: str) -> str:
    """Return an entry of the tables."""
    address = f.at("%table", place, "i32")
    return f.let(f"sext i32 {f.let(f'load i32, ptr {address}')} to i64")


def copy_rows(f: Function, target: str, source: str, count: str) -> None:
    """Copy numbers that stand one behind the other."""
    f.module.declare("llvm.memcpy.p0.p0.i64", "void", ["ptr", "ptr", "i64", "i1"])
    f.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {target}, ptr {source}, i64 {f.mul(count, '8')}, i1 false)")
