"""The code that runs a plan: it copies inputs in, calls the steps and copies outputs out, minibatch by minibatch.

What it is given differs from call to call: where the samples are, then the array of each input with a flag, and the
array of each output; 0 if it is not wanted. An array is given as the address of NumPy's object: to ask it for its
numbers and strides in Python takes longer than many a plan.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd.compiler.native.layout import Layout, Lowered
from autograd.compiler.native.rows_in_memory import PARAMETERS
from autograd.compiler.native.steps import write_step
from autograd.compiler.native.text import Function, Module, Vector
from autograd.compiler.plan import Space

__all__ = ["DATA_FIELDS", "DIFFERS", "ENTRY", "HEADER", "INPUT_FIELDS", "IS_KEPT", "write"]

ENTRY = "run"
# Where minibatches start (0 if it is the last two numbers here), the order of samples (0 if as they are), how many
# minibatches, whether there are updates; the start and stop of the only minibatch.
HEADER = 6
INPUT_FIELDS = 2
DATA_FIELDS = 8  # in front of the rows: addresses of the tables, the constants and the program, up to a whole vector
DIFFERS, IS_KEPT = 1, 2  # flags: an input has a row for each minibatch; it is changed by updates
# Where an array of NumPy's has the addresses of its numbers, of its shape and of its strides (PyArrayObject in the C
# interface), and how many axes.
NUMBERS, SHAPE, STRIDES = (object.__basicsize__ + offset for offset in (0, 16, 24))
UNROLLED = 4  # numbers copied in one round of a loop

DATA = "ptr noalias %arguments, ptr noalias %memory, ptr noalias %table, ptr noalias %constants, ptr noalias %program"


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
    f.do(f"call void {chosen}(ptr %memory, ptr %table, ptr %constants, ptr {numbers}, i64 %lanes, i1 %is_first)")
    f.do("br label %next")
    f.lines.append("end:")
    f.do("ret void")


class _Places:
    """Where rows stand that are read from outside: by start and step, or by a table if there is no step."""

    def __init__(self, rows: Lowered) -> None:
        _, self.is_batched, is_table = rows.kind
        self.start, step, self.size = rows.numbers
        self.step = None if is_table else step

    def place(self, f: Function, row: str) -> str:
        """Return where a row stands in memory."""
        if self.step is not None:
            return f.add(str(self.start), f.mul(row, str(self.step)))
        address = f.at("%table", f.add(str(self.start), row), "i32")
        return f.let(f"sext i32 {f.let(f'load i32, ptr {address}')} to i64")


class _Driver:
    """The function that runs minibatches, while it is written."""

    def __init__(self, module: Module, layout: Layout, calls: list[list[tuple[int, tuple[int, ...]]]]) -> None:
        self.f = Function(module, "minibatches", DATA, "i64")
        self.layout = layout
        self.calls = calls
        # The sum of zero times each number of the guards: nan as soon as one of them is inf or nan.
        self.total, self.rest = (
            (vector, self.f.variable(vector.type, vector.number(0.0)))
            for vector in (Vector(self.f, layout.width), Vector(self.f, 1))
        )

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

    def copy_in_order(self, target: str, address: str, count: str, stride: str) -> None:
        """Copy numbers that stand so many bytes apart."""
        f = self.f
        is_run = f.let(f"icmp eq i64 {stride}, 8")
        with f.when(is_run):
            copy_rows(f, target, self.bytes_from(address, "0"), count)
        with f.when(f.let(f"xor i1 {is_run}, true")):
            for i, size in f.blocks("0", count, (UNROLLED, 1)):
                for k in range(size):
                    place = f.add(i, str(k))
                    self.copy(self.bytes_from(address, f.mul(place, stride)), f.at(target, place))

    def pack_shared(self, minibatch: str) -> None:
        """Copy inputs that are one for all samples: first, and those that differ from minibatch to minibatch again."""
        f = self.f
        is_first = f.let(f"icmp eq i64 {minibatch}, 0")
        for base, first, space in _inputs(self.layout):
            if space.batched:
                continue
            array = self.argument(base)
            differs = f.let(f"icmp eq i64 {self.argument(base + 1)}, {DIFFERS}")
            with f.when(f.let(f"xor i1 {differs}, true")), f.when(is_first):
                source = f.let(f"ptrtoint ptr {numbers_of(f, array)} to i64")
                stride = word(f, array, STRIDES, 0)
                self.copy_in_order(f.at("%memory", str(first)), source, word(f, array, SHAPE, 0), stride)
            with f.when(differs):
                source = f.at(numbers_of(f, array), f.mul(minibatch, word(f, array, STRIDES, 0)), "i8")
                copy_rows(f, f.at("%memory", str(first)), source, word(f, array, SHAPE, 1))

    def pack_samples(self, start: str, count: str, lanes: str) -> None:
        """Copy inputs of some samples; the lanes beyond them have the last one, with weight 0."""
        f, layout = self.f, self.layout
        in_order = f.let(f"icmp eq i64 {self.argument(1)}, 0")
        order = self.bytes_from(self.argument(1), f.mul(start, "8"))
        is_chosen = f.let(f"xor i1 {in_order}, true")
        for base, first, space in _inputs(layout):
            if not space.batched:
                continue
            array = self.argument(base)
            row_stride, stride = (word(f, array, STRIDES, axis) for axis in (0, 1))
            address = f.let(f"ptrtoint ptr {numbers_of(f, array)} to i64")
            with f.loop("0", str(space.rows)) as row:
                source = f.add(address, f.mul(row, row_stride))
                target = f.at("%memory", f.add(str(first), f.mul(row, str(layout.stride))))
                with f.when(in_order):
                    self.copy_in_order(target, f.add(source, f.mul(start, stride)), count, stride)
                with f.when(is_chosen), f.loop("0", count) as lane:
                    self.copy(self.bytes_from(source, f.mul(f.read(order, lane), stride)), f.at(target, lane))
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
            if not rows.is_batched:
                continue
            array = self.argument(base)
            with f.when(f.let(f"icmp ne i64 {array}, 0")):
                numbers = numbers_of(f, array)
                with f.loop("0", str(rows.size)) as row:
                    source = f.at("%memory", rows.place(f, row))
                    copy_rows(f, f.at(numbers, f.add(f.mul(row, samples), start)), source, count)

    def unpack_shared(self, minibatch: str) -> None:
        """Copy outputs that are one for all samples."""
        f = self.f
        for base, rows in _outputs(self.layout):
            if rows.is_batched:
                continue
            target = f.at(numbers_of(f, self.argument(base)), f.mul(minibatch, str(rows.size)))
            if rows.step == 1:
                copy_rows(f, target, f.at("%memory", rows.place(f, "0")), str(rows.size))
                continue
            with f.loop("0", str(rows.size)) as row:
                self.copy(f.at("%memory", rows.place(f, row)), f.at(target, row))

    def look_at(self, start: str, count: str) -> None:
        """Add zero times numbers that stand one behind the other to the totals."""
        f = self.f
        for i, size in f.blocks("0", count, (self.layout.width, 1)):
            vector, total = self.total if size == self.layout.width else self.rest
            for k in range(0, size, vector.width):
                x = vector.load(f.at("%memory", f.add(start, f.add(i, str(k)))))
                vector.store(vector.fma(x, vector.number(0.0), vector.load(total)), total)

    def look_at_samples(self, lanes: str) -> None:
        """Look at the guards that have a number for each sample."""
        f, layout = self.f, self.layout
        for rows in map(_Places, layout.guards):
            if rows.is_batched:
                with f.loop("0", str(rows.size)) as row:
                    self.look_at(rows.place(f, row), lanes)

    def look_at_shared(self) -> None:
        """Look at the guards that are one for all samples."""
        f = self.f
        for rows in map(_Places, self.layout.guards):
            if rows.is_batched:
                continue
            if rows.step == 1:
                self.look_at(rows.place(f, "0"), str(rows.size))
                continue
            with f.loop("0", str(rows.size)) as row:
                self.look_at(rows.place(f, row), "1")

    def return_if_not_finite(self, minibatch: str) -> None:
        """End before the updates if a number at the guards was inf or nan."""
        f = self.f
        behind, inside = f.fresh(), f.fresh()
        (vector, total), (one, rest) = self.total, self.rest
        (sum_of_lanes,) = vector.totals([vector.load(total)])
        is_bad = one.compare("une", one.add(one.load(rest), sum_of_lanes), one.number(0.0))
        f.do(f"br i1 {is_bad}, label %{inside}, label %{behind}")
        f.lines.append(f"{inside}:")
        f.do(f"ret i64 {minibatch}")
        f.lines.append(f"{behind}:")


def _write_minibatches(module: Module, layout: Layout, calls: list[list[tuple[int, tuple[int, ...]]]]) -> None:
    driver = _Driver(module, layout, calls)
    f = driver.f
    given = driver.bytes_from(driver.argument(0), "0")
    is_given = f.let(f"icmp ne ptr {given}, null")
    starts = f.let(f"select i1 {is_given}, ptr {given}, ptr {f.at('%arguments', str(HEADER - 2), 'i64')}")
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
            driver.look_at_samples(lanes)
        driver.phase(2)
        driver.unpack_shared(minibatch)
        driver.look_at_shared()
        if layout.guards:
            driver.return_if_not_finite(minibatch)
        with f.when(updates):
            driver.phase(3)
    f.do(f"ret i64 {count}")


def _write_entry(module: Module, layout: Layout) -> None:
    """Write the function that is called: the minibatches, then inputs that the updates have changed are copied back."""
    f = Function(module, ENTRY, "ptr %arguments, ptr %data", "i64", linkage="dso_local")
    memory = f.at("%data", str(DATA_FIELDS))
    table, constants, program = (f.let(f"load ptr, ptr {f.at('%data', str(k))}") for k in range(3))
    done = f.let(f"call i64 @minibatches(ptr %arguments, ptr {memory}, ptr {table}, ptr {constants}, ptr {program})")
    for base, first, space in _inputs(layout):
        if not space.batched:
            array, flag = (f.read("%arguments", str(base + k)) for k in range(2))
            with f.when(f.let(f"icmp eq i64 {flag}, {IS_KEPT}")):
                count = word(f, array, SHAPE, 0)
                copy_rows(f, numbers_of(f, array), f.at(memory, str(first)), count)
    f.do(f"ret i64 {done}")


def _inputs(layout: Layout) -> Iterator[tuple[int, int, Space]]:
    """Yield where the arguments of each input begin, where its rows stand, and its space."""
    inputs = [(name, space) for name, space in layout.plan.spaces.items() if space.is_input]
    for k, (name, space) in enumerate(inputs):
        yield HEADER + k * INPUT_FIELDS, layout.first[name], space


def _outputs(layout: Layout) -> Iterator[tuple[int, _Places]]:
    """Yield where the arguments of each output begin, and where its rows stand."""
    base = HEADER + INPUT_FIELDS * sum(space.is_input for space in layout.plan.spaces.values())
    for k, rows in enumerate(layout.outputs):
        yield base + k, _Places(rows)


def numbers_of(f: Function, array: str) -> str:
    """Return the address of an array's numbers."""
    return f.let(f"load ptr, ptr {f.let(f'inttoptr i64 {f.add(array, str(NUMBERS))} to ptr')}")


def word(f: Function, array: str, part: int, axis: int) -> str:
    """Return the shape or the stride of an array along an axis."""
    words = f.let(f"load ptr, ptr {f.let(f'inttoptr i64 {f.add(array, str(part))} to ptr')}")
    return f.read(words, str(axis))


def copy_rows(f: Function, target: str, source: str, count: str) -> None:
    """Copy numbers that stand one behind the other."""
    f.module.declare("llvm.memcpy.p0.p0.i64", "void", ["ptr", "ptr", "i64", "i1"])
    f.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {target}, ptr {source}, i64 {f.mul(count, '8')}, i1 false)")
