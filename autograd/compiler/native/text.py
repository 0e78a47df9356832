"""LLVM's assembly language, written line by line."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

__all__ = ["Function", "Module", "Vector"]


class Module:
    """Functions and declarations, each by name.

    Parameters
    ----------
    width : int
        How many doubles the machine works on at once.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.functions: dict[str, Function] = {}
        self.declarations: dict[str, str] = {}

    def declare(self, name: str, result: str, operands: Sequence[str]) -> None:
        """Say that there is a function elsewhere."""
        self.declarations[name] = f"declare {result} @{name}({', '.join(operands)})"

    def __str__(self) -> str:
        return "\n".join([*self.declarations.values(), *map(str, self.functions.values()), ""])


class Function:
    """The text of a function while it is written.

    Values are texts, ``%v1`` or ``12``; whole numbers that are known are worked out at once.
    """

    def __init__(self, module: Module, name: str, parameters: str, result: str = "void", linkage: str = "internal"):
        self.module = module
        self.head = f"define {linkage} {result} @{name}({parameters}) nounwind {{"
        self.entry: list[str] = []  # variables stand there, where LLVM makes registers of them
        self.lines: list[str] = []
        self.count = 0
        module.functions[name] = self

    def __str__(self) -> str:
        return "\n".join([self.head, "entry:", *self.entry, "  br label %body", "body:", *self.lines, "}"])

    def fresh(self) -> str:
        """Return a name that is not in use."""
        self.count += 1
        return f"v{self.count}"

    def do(self, line: str) -> None:
        """Write an instruction without a value."""
        self.lines.append(f"  {line}")

    def let(self, instruction: str) -> str:
        """Write an instruction and return its value."""
        name = f"%{self.fresh()}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    # Whole numbers and addresses --------------------------------------------------------------------------------

    def add(self, a: str, b: str) -> str:
        """Return a + b."""
        if a == "0" or b == "0":
            return b if a == "0" else a
        return str(int(a) + int(b)) if _known(a) and _known(b) else self.let(f"add i64 {a}, {b}")

    def mul(self, a: str, b: str) -> str:
        """Return a * b."""
        if "0" in (a, b):
            return "0"
        if a == "1" or b == "1":
            return b if a == "1" else a
        return str(int(a) * int(b)) if _known(a) and _known(b) else self.let(f"mul i64 {a}, {b}")

    def whole(self, count: str, size: int) -> str:
        """Return the largest multiple of ``size``, a power of 2, that is not above ``count``."""
        return str(int(count) // size * size) if _known(count) else self.let(f"and i64 {count}, {-size}")

    def at(self, base: str, place: str, kind: str = "double") -> str:
        """Return the address of an element of an array."""
        return base if place == "0" else self.let(f"getelementptr {kind}, ptr {base}, i64 {place}")

    def read(self, base: str, place: str) -> str:
        """Return an element of an array of whole numbers."""
        return self.let(f"load i64, ptr {self.at(base, place, 'i64')}")

    # Variables, loops and choices -------------------------------------------------------------------------------

    def variable(self, kind: str, value: str) -> str:
        """Return the address of a new variable, which is set to ``value`` here."""
        name = f"%{self.fresh()}"
        self.entry.append(f"  {name} = alloca {kind}")
        self.do(f"store {kind} {value}, ptr {name}")
        return name

    @contextmanager
    def loop(self, start: str, stop: str, step: int = 1) -> Iterator[str]:
        """Do what is written inside for start, start + step, ... below stop, each of which it gets."""
        if _known(start) and _known(stop) and 0 < int(stop) - int(start) <= step:
            yield start  # once
            return
        counter = self.variable("i64", start)
        head, inside, behind = self.fresh(), self.fresh(), self.fresh()
        self.do(f"br label %{head}")
        self.lines.append(f"{head}:")
        i = self.let(f"load i64, ptr {counter}")
        goes_on = self.let(f"icmp slt i64 {i}, {stop}")
        self.do(f"br i1 {goes_on}, label %{inside}, label %{behind}")
        self.lines.append(f"{inside}:")
        yield i
        self.do(f"store i64 {self.add(i, str(step))}, ptr {counter}")
        self.do(f"br label %{head}")
        self.lines.append(f"{behind}:")

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """Do what is written inside if the condition, an i1, holds."""
        inside, behind = self.fresh(), self.fresh()
        self.do(f"br i1 {condition}, label %{inside}, label %{behind}")
        self.lines.append(f"{inside}:")
        yield
        self.do(f"br label %{behind}")
        self.lines.append(f"{behind}:")

    def blocks(self, start: str, stop: str, sizes: Sequence[int]) -> Iterator[tuple[str, int]]:
        """Cover a range by loops over blocks, of the first size as long as there is room, then of the next.

        Yields the beginning of a block and its size, for what is written next. The last size is 1, and if the range is
        known, what is left for it becomes one block.
        """
        for size in sizes:
            if _known(start) and _known(stop):
                count = int(stop) - int(start)
                if size == 1 and count > 1 and len(sizes) > 1 and count < sizes[-2]:
                    size = count
                end = str(int(start) + count // size * size)
            elif size == 1:
                end = stop
            else:
                room = self.let(f"sub i64 {stop}, {start}")
                end = self.add(start, self.let(f"sub i64 {room}, {self.let(f'urem i64 {room}, {size}')}"))
            if start == end:
                continue
            with self.loop(start, end, size) as i:
                yield i, size
            start = end


def _known(value: str) -> bool:
    return value[0] != "%"


class Vector:
    """Arithmetic on some doubles at once, or on one, written into a function."""

    def __init__(self, function: Function, width: int) -> None:
        self.function = function
        self.width = width
        self.type = self.of("double")
        self.suffix = "f64" if width == 1 else f"v{width}f64"

    def of(self, kind: str) -> str:
        """Return the type of as many elements of another kind."""
        return kind if self.width == 1 else f"<{self.width} x {kind}>"

    def number(self, x: float) -> str:
        """Return a constant."""
        return self._constant("double", f"0x{struct.unpack('>Q', struct.pack('>d', x))[0]:016X}")

    def integer(self, x: int) -> str:
        """Return a constant of whole numbers."""
        return self._constant("i64", str(x))

    def _constant(self, kind: str, text: str) -> str:
        return text if self.width == 1 else f"<{', '.join([f'{kind} {text}'] * self.width)}>"

    def splat(self, x: str) -> str:
        """Return a double as many times as there are lanes."""
        if self.width == 1:
            return x
        let = self.function.let
        one = let(f"insertelement {self.type} poison, double {x}, i64 0")
        return let(f"shufflevector {self.type} {one}, {self.type} poison, <{self.width} x i32> zeroinitializer")

    def load(self, pointer: str, align: int = 8) -> str:
        """Return what stands at an address."""
        return self.function.let(f"load {self.type}, ptr {pointer}, align {align}")

    def store(self, x: str, pointer: str, align: int = 8) -> None:
        """Write to an address."""
        self.function.do(f"store {self.type} {x}, ptr {pointer}, align {align}")

    def lanes(self, x: str) -> list[str]:
        """Return the doubles one by one."""
        if self.width == 1:
            return [x]
        return [self.function.let(f"extractelement {self.type} {x}, i64 {i}") for i in range(self.width)]

    def join(self, parts: Sequence[str]) -> str:
        """Return doubles as a vector."""
        if self.width == 1:
            return parts[0]
        x = "poison"
        for i, part in enumerate(parts):
            x = self.function.let(f"insertelement {self.type} {x}, double {part}, i64 {i}")
        return x

    def totals(self, xs: Sequence[str]) -> list[str]:
        """Return the sum of all lanes of each vector."""
        return [lane for x in self.folded(xs) for lane in self.lanes(x)][: len(xs)]

    def folded(self, xs: Sequence[str]) -> list[str]:
        """Return vectors that have the sum of all lanes of a vector in each lane, one vector after the other.

        Two are folded into one, half of whose lanes belong to each, until every lane is a sum.
        """
        folded = list(xs)
        lanes = self.width  # that belong to a sum
        while lanes > 1:
            pairs = zip(folded[::2], folded[1::2] + folded[-1:], strict=False)
            folded = [self._fold(a, b, lanes) for a, b in pairs]
            lanes //= 2
        return folded

    def _fold(self, a: str, b: str, lanes: int) -> str:
        """Add the second half of each run of lanes to the first."""
        halves = []
        for half in (0, lanes // 2):
            chosen = [k for k in range(2 * self.width) if half <= k % lanes < half + lanes // 2]
            mask = ", ".join(f"i32 {k}" for k in chosen)
            halves.append(
                self.function.let(f"shufflevector {self.type} {a}, {self.type} {b}, <{self.width} x i32> <{mask}>")
            )
        return self.add(*halves)

    def op(self, name: str, a: str, b: str) -> str:
        """Return what one of LLVM's instructions for two floats gives."""
        return self.function.let(f"{name} {self.type} {a}, {b}")

    def add(self, a: str, b: str) -> str:
        """Return a + b."""
        return self.op("fadd", a, b)

    def sub(self, a: str, b: str) -> str:
        """Return a - b."""
        return self.op("fsub", a, b)

    def mul(self, a: str, b: str) -> str:
        """Return a * b."""
        return self.op("fmul", a, b)

    def div(self, a: str, b: str) -> str:
        """Return a / b."""
        return self.op("fdiv", a, b)

    def neg(self, a: str) -> str:
        """Return -a."""
        return self.function.let(f"fneg {self.type} {a}")

    def fma(self, a: str, b: str, c: str) -> str:
        """Return a * b + c, rounded once or twice as is faster."""
        return self.call("fmuladd", a, b, c)

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """Return the sum of coefficients[k] * x**k, by Horner's rule."""
        y = self.number(coefficients[-1])
        for c in coefficients[-2::-1]:
            y = self.fma(y, x, self.number(c))
        return y

    def integers(self, name: str, a: str, b: str) -> str:
        """Return what one of LLVM's instructions for two whole numbers gives."""
        return self.function.let(f"{name} {self.of('i64')} {a}, {b}")

    def cast(self, name: str, a: str, kind: str, to: str) -> str:
        """Return the elements in another type, such as ``sitofp`` from ``i64`` to ``double``."""
        return self.function.let(f"{name} {self.of(kind)} {a} to {self.of(to)}")

    def compare(self, how: str, a: str, b: str) -> str:
        """Return the truth of a comparison of floats."""
        return self.function.let(f"fcmp {how} {self.type} {a}, {b}")

    def both(self, a: str, b: str, how: str = "and") -> str:
        """Return where two truths hold both, or at least one, or just one."""
        return self.function.let(f"{how} {self.of('i1')} {a}, {b}")

    def select(self, condition: str, a: str, b: str) -> str:
        """Return a where the condition holds, else b."""
        return self.function.let(f"select {self.of('i1')} {condition}, {self.type} {a}, {self.type} {b}")

    def call(self, intrinsic: str, *operands: str) -> str:
        """Return what one of LLVM's own functions gives."""
        name = f"llvm.{intrinsic}.{self.suffix}"
        self.function.module.declare(name, self.type, [self.type] * len(operands))
        return self._call(name, operands)

    def _call(self, name: str, operands: Sequence[str]) -> str:
        return self.function.let(f"call {self.type} @{name}({', '.join(f'{self.type} {x}' for x in operands)})")

    def each(self, name: str, *operands: str) -> str:
        """Return what a function of the C library gives, lane by lane."""

        def write(vector: Vector, *operands: str) -> str:
            vector.function.module.declare(name, "double", ["double"] * len(operands))
            one = Vector(vector.function, 1)
            return vector.join([one._call(name, xs) for xs in zip(*map(vector.lanes, operands), strict=True)])

        return self.apart(f"each_{name}", write, *operands)

    def apart(self, name: str, write: Callable[..., str], *operands: str) -> str:
        """Return what ``write`` computes of the operands, in a function of its own that is written once."""
        module = self.function.module
        full = f"{name}_{self.width}"
        if full not in module.functions:
            names = [f"%x{i}" for i in range(len(operands))]
            function = Function(module, full, ", ".join(f"{self.type} {x}" for x in names), self.type)
            function.do(f"ret {self.type} {write(Vector(function, self.width), *names)}")
        return self._call(full, operands)
