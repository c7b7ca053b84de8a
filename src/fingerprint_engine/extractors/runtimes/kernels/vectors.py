"""Vectors of float32 inside kernels: read, computed with and written as the machine does it, several numbers at once.

A loop over numbers would say the same. But LLVM has to suppose that what a kernel writes shares memory with what it
reads, and would neither keep sums in registers nor take several turns at once.

How many numbers a vector holds changes no result. `fused` rounds once on every machine that has such an instruction
(x86 since 2013, ARM): so sums have the same bits there.
"""

from __future__ import annotations

import os
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from fingerprint_engine.jit import BOUNDS_VARIABLE

LANES = 16 if llvmlite.binding.get_host_cpu_features().get("avx512f") else 8
"""Numbers of a vector."""
_NUMBER, _PLACE = ir.FloatType(), ir.IntType(32)
_VECTOR = ir.VectorType(_NUMBER, LANES)
_NUMBER_BYTES = 4


class _Vector(types.Type):  # type: ignore[misc]
    """What `read` makes and `write` takes; Python never sees one."""

    def __init__(self) -> None:
        super().__init__(name=f"vector of {LANES} float32")


_vector = _Vector()


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    """A vector is held in a register."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


@intrinsic
def lanes(typingctx: Any) -> Any:
    """`LANES`, for use inside kernels, which must not freeze another file's constant."""
    del typingctx

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del builder, signature, arguments
        return context.get_constant(types.intp, LANES)

    return types.intp(), generate


@intrinsic
def read(typingctx: Any, numbers: Any, place: Any) -> Any:
    """The vector that begins at a place of a flat array; the caller sees to it that there are so many numbers."""
    del typingctx, place
    if not _is_flat(numbers):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_address(context, builder, signature, arguments), align=_NUMBER_BYTES)

    return _vector(numbers, types.intp), generate


@intrinsic
def write(typingctx: Any, numbers: Any, place: Any, vector: Any) -> Any:
    """Write a vector from a place of a flat array on; the caller sees to it that there is room."""
    del typingctx, place, vector
    if not _is_flat(numbers):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _address(context, builder, signature, arguments), align=_NUMBER_BYTES)
        return context.get_dummy_value()

    return types.void(numbers, types.intp, _vector), generate


@intrinsic
def spread(typingctx: Any, number: Any) -> Any:
    """A vector of one number."""
    del typingctx, number

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        nothing = ir.Constant(_VECTOR, ir.Undefined)
        first = builder.insert_element(nothing, arguments[0], _PLACE(0))
        return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(_PLACE, LANES), [_PLACE(0)] * LANES))

    return _vector(types.float32), generate


@intrinsic
def fused(typingctx: Any, one: Any, other: Any, added: Any) -> Any:
    """``one * other + added``, rounded once where the machine can."""
    del typingctx, one, other, added

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{LANES}f32")
        return builder.call(function, arguments)

    return _vector(_vector, _vector, _vector), generate


@intrinsic
def plus(typingctx: Any, one: Any, other: Any) -> Any:
    """``one + other``."""
    del typingctx, one, other
    return _of_two("fadd")


@intrinsic
def minus(typingctx: Any, one: Any, other: Any) -> Any:
    """``one - other``."""
    del typingctx, one, other
    return _of_two("fsub")


@intrinsic
def times(typingctx: Any, one: Any, other: Any) -> Any:
    """``one * other``."""
    del typingctx, one, other
    return _of_two("fmul")


@intrinsic
def positive(typingctx: Any, vector: Any) -> Any:
    """The numbers above 0, and 0 for all others."""
    del typingctx, vector

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        nothing = ir.Constant(_VECTOR, None)
        return builder.select(builder.fcmp_ordered(">", arguments[0], nothing), arguments[0], nothing)

    return _vector(_vector), generate


def _of_two(operation: str) -> Any:
    """An operation of LLVM on two vectors."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        return getattr(builder, operation)(*arguments)

    return _vector(_vector, _vector), generate


def _is_flat(numbers: Any) -> bool:
    return bool(isinstance(numbers, types.Array) and numbers.layout == "C" and numbers.dtype == types.float32)


def _address(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Where a vector begins; kernels with checks (`BOUNDS_VARIABLE`) raise an `IndexError` where it does not fit."""
    numbers, place = context.make_array(signature.args[0])(context, builder, arguments[0]), arguments[1]
    if os.environ.get(BOUNDS_VARIABLE) == "1":
        none, lanes = context.get_constant(types.intp, 0), context.get_constant(types.intp, LANES)
        is_before = builder.icmp_signed("<", place, none)
        is_beyond = builder.icmp_signed(">", builder.add(place, lanes), numbers.nitems)
        with builder.if_then(builder.or_(is_before, is_beyond), likely=False):
            context.call_conv.return_user_exc(builder, IndexError, ("vector out of bounds",))
    return builder.bitcast(builder.gep(numbers.data, [place]), _VECTOR.as_pointer())
