"""The one place that says how kernels are compiled.

Kernels are bare functions over C-contiguous arrays and scalars: they write into the caller's outputs, never raise and
release the GIL, so that threads run them side by side. ``parallel=True`` is not used: results must not depend on the
number of threads. ``fastmath`` is off: sums keep their order, so the same inputs give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a kernel: no GIL, cached on disk, IEEE arithmetic, no exceptions for division by zero."""
    compiled = numba.njit(nogil=True, cache=True, fastmath=False, error_model="numpy")(function)
    return compiled  # type: ignore[no-any-return]


def inline_kernel(function: Function) -> Function:
    """Compile a small kernel that is inlined into the kernels which call it; same policy as `kernel`."""
    compiled = numba.njit(nogil=True, cache=True, fastmath=False, error_model="numpy", inline="always")(function)
    return compiled  # type: ignore[no-any-return]


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
