"""`squared_lacks`: how near eight minutiae of a list come to one of a probe, at once, in vectors.

A loop over them would say the same. But LLVM has to suppose that what is written shares memory with what is read: for
every eight it then either asks whether it does, or counts the bits of one word after another.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8
_WORDS = 2 * LANES
_WORD, _PLACE = ir.IntType(64), ir.IntType(32)


@intrinsic
def squared_lacks(typingctx: Any, codes: Any, place: Any, minutia: Any, sure: Any, strong: Any, near: Any) -> Any:
    """Of the sketches from a place on: the squares of what their distances to a minutia of a probe lack to `near`.

    Its sketch and which bits are sure and strong are two words each. For use inside kernels; the caller sees to it that
    there are so many sketches.

    Returns
    -------
    Tuple of `LANES` int64.
    """
    del typingctx, minutia, sure, strong, near
    is_usable = isinstance(codes, types.Array) and codes.layout == "C" and codes.dtype == types.uint64
    if not is_usable or not isinstance(place, types.Integer):
        return None
    found, pair = types.UniTuple(types.int64, LANES), types.UniTuple(types.uint64, 2)
    signature = found(codes, types.intp, pair, pair, pair, types.int64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        column, place, *pairs, near = arguments
        minutia, sure, strong = (cgutils.unpack_tuple(builder, pair, 2) for pair in pairs)
        words = ir.VectorType(_WORD, _WORDS)
        first = builder.mul(place, ir.Constant(_WORD, 2))
        address = builder.gep(context.make_array(signature.args[0])(context, builder, column).data, [first])
        read = builder.load(builder.bitcast(address, words.as_pointer()), align=8)
        unlike = builder.xor(read, _repeated(builder, minutia, _WORDS))
        counted = [_bits(builder, builder.and_(unlike, _repeated(builder, mask, _WORDS))) for mask in (sure, strong)]
        both = builder.add(*counted)
        distance = builder.add(_every_second(builder, both, 0), _every_second(builder, both, 1))
        lack = builder.sub(_repeated(builder, [near], LANES), distance)
        narrow = builder.trunc(lack, ir.VectorType(_PLACE, LANES))  # of which machines multiply more at once
        none = ir.Constant(narrow.type, None)
        narrow = builder.select(builder.icmp_signed(">", narrow, none), narrow, none)
        square = builder.zext(builder.mul(narrow, narrow), ir.VectorType(_WORD, LANES))
        lanes = [builder.extract_element(square, _PLACE(lane)) for lane in range(LANES)]
        return context.make_tuple(builder, signature.return_type, lanes)

    return signature, generate


def _repeated(builder: Any, values: list[Any], size: int) -> Any:
    """A vector of some words, again and again."""
    vector = ir.Constant(ir.VectorType(_WORD, size), ir.Undefined)
    for place, value in enumerate(values):
        vector = builder.insert_element(vector, value, _PLACE(place))
    return _shuffled(builder, vector, [place % len(values) for place in range(size)])


def _every_second(builder: Any, vector: Any, begin: int) -> Any:
    return _shuffled(builder, vector, list(range(begin, vector.type.count, 2)))


def _shuffled(builder: Any, vector: Any, places: list[int]) -> Any:
    order = ir.Constant(ir.VectorType(_PLACE, len(places)), [_PLACE(place) for place in places])
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), order)


def _bits(builder: Any, vector: Any) -> Any:
    """How many bits of each word are one; llvmlite has no name for this intrinsic of vectors."""
    kind = ir.FunctionType(vector.type, [vector.type])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.ctpop.v{vector.type.count}i64")
    return builder.call(function, [vector])
