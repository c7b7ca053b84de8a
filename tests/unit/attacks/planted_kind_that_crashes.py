"""A kind of attack at whose first input the process ends."""

from benchmarks.attacks.kinds import Kind
from tests.unit.attacks.planted_kind import SOUND, crash


def kind(place):
    return Kind(SOUND, lambda rng: 0, {"crash": crash}, budget_s=1.0)
