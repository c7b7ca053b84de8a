"""The one place that says how kernels are compiled.

Kernels are bare functions over C-contiguous arrays and scalars: they write into the caller's outputs, never raise and
release the GIL, so that threads run them side by side. ``parallel=True`` is not used: results must not depend on the
number of threads. ``fastmath`` is off: sums keep their order, so the same inputs give the same bits.

Kernels index without checks. The tests compile them all with checks as well (`BOUNDS_VARIABLE`), where an index out of
bounds is an `IndexError`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from fingerprint_engine.kernel_cache import kernel_folder

BOUNDS_VARIABLE = "FINGERPRINT_ENGINE_BOUNDS_CHECKS"
"""Environment variable: ``1`` compiles kernels with checks of every index, several times slower; for tests."""
_CHECKED_FOLDER = "bounds-checked"
Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a kernel: no GIL, cached on disk, IEEE arithmetic, no exceptions for division by zero."""
    return _compiled(function)


def inline_kernel(function: Function) -> Function:
    """Compile a kernel as part of those that call it, with no machine code of its own until Python calls it.

    For small kernels and for those with one caller: a first compilation is shorter. Same policy as `kernel`.
    """
    return _compiled(function, inline="always")


def _compiled(function: Function, **options: Any) -> Function:
    """Hand a kernel to Numba, which keeps it in the folder of `kernel_folder` and looks nowhere else."""
    options = {"nogil": True, "fastmath": False, "error_model": "numpy", **options}
    options["no_cfunc_wrapper"] = True  # C calls none of them, and the wrappers take a tenth of the compilation
    folder = kernel_folder()
    if os.environ.get(BOUNDS_VARIABLE) == "1":
        options["boundscheck"] = True
        folder = folder and folder / _CHECKED_FOLDER  # Numba's own key does not tell the two builds apart
    if folder is not None:
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder)  # read once, when a kernel is declared
        try:
            compiled = numba.njit(cache=True, **options)(function)
        finally:
            numba.config.CACHE_DIR = before
        if Path(compiled.stats.cache_path).is_relative_to(folder):
            return compiled  # type: ignore[no-any-return]
    return numba.njit(**options)(function)  # type: ignore[no-any-return]


@intrinsic
def popcount(typingctx: Any, word: Any) -> Any:
    """Number of one bits of an unsigned 64-bit word; LLVM's ``ctpop``, which vectorises. For use inside kernels."""
    del typingctx
    signature = types.int64(types.uint64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        function = builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)])
        return builder.call(function, [arguments[0]])

    if not isinstance(word, types.Integer):
        return None
    return signature, generate


@intrinsic
def prefetch(typingctx: Any, column: Any, place: Any) -> Any:
    """Ask for the memory around an element of a contiguous column before it is read; any place will do."""
    del typingctx
    if not isinstance(column, types.Array) or column.layout != "C" or not isinstance(place, types.Integer):
        return None
    signature = types.void(column, types.intp)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.bitcast(builder.gep(array.data, [arguments[1]]), ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [address.type, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [address.type], kind)
        builder.call(function, [address, number(0), number(3), number(1)])  # to read; into the nearest cache; data
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def wide_vectors(typingctx: Any) -> Any:
    """Let LLVM use vectors of 512 bits, where the machine has them, in the kernel that calls this; else it avoids them.

    That pays where loops are of known, round lengths. Results are the same.
    """
    del typingctx

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del signature, arguments
        attributes = builder.function.attributes
        if isinstance(attributes, set):  # whose own `add` knows no attributes of this kind
            set.add(attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate
