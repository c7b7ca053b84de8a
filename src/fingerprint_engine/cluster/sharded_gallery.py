"""`ShardedGallery`: a gallery in parts, searched as one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from fingerprint_engine.cluster.duplicates import ShardedDuplicates
from fingerprint_engine.cluster.executors import Executor, LoadShard, Lost, ThreadExecutor, itself
from fingerprint_engine.cluster.shard import Shard, ShardFacts, ShardLoader, load_shard
from fingerprint_engine.cluster.sharded_search import ShardedSearch
from fingerprint_engine.cluster.splitting import several_paths
from fingerprint_engine.errors import GalleryError, IncompatibleTemplates, InputError
from fingerprint_engine.index import Duplicates, Identification, SearchFilter, SearchParameters, wrapped_keys
from fingerprint_engine.index.search.options import SearchOptions, check_probes, check_rate, deadline_in
from fingerprint_engine.keys import KeyRing, lend
from fingerprint_engine.keys.errors import UnsafeKeys, WrongKey
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import TenprintSet
from fingerprint_engine.threads import require_process
from fingerprint_engine.version import __version__

Answer = TypeVar("Answer")
_DEFAULT_PARAMETERS = SearchParameters()
_EVERYTHING = SearchFilter()


class ShardedGallery:
    """Shards of one gallery, loaded by an executor. Its answers are those of one gallery with all their prints.

    It belongs to the process that opened it, as a gallery does: threads are not forked with it.

    Parameters
    ----------
    shards
        Paths of the shards, as `split` made them: all prints of a subject are in one of them.
    load
        Opens a shard where it is searched.
    executor
        Where that is: threads of this process by default.
    keys
        Of shards that are protected. Whoever opens a shard says which wrapped keys its files have, and is lent the data
        keys of that shard and of no other, through an encrypted channel; `load` is not called then.
    open_s
        Seconds to wait until all shards are open.
    in_memory
        Whether whoever opens a shard reads its index into memory, as `Gallery.open` says; None: where it fits, as far
        as each that is opened can tell: those that one machine opens at once may together be given more than there is.
        A `load` of one's own says so itself.

    Raises
    ------
    InputError
        When there is no shard, or a path comes twice; `in_memory` with a `load` of one's own.
    GalleryError
        When a shard cannot be opened, is there twice under two names, or is opened by another release.
    IncompatibleTemplates
        When shards were made with different parameters.
    WrongKey
        When `keys` do not open a shard.
    UnsafeKeys
        When keys would have to go through a channel that is not encrypted.
    """

    def __init__(
        self,
        shards: Sequence[str | Path],
        load: LoadShard = load_shard,
        executor: Executor | None = None,
        *,
        keys: KeyRing | None = None,
        open_s: float = 600.0,
        in_memory: bool | None = False,
    ) -> None:
        if (in_memory is None or in_memory) and keys is None:
            if load is not load_shard:
                raise InputError("in_memory: expected load_shard with it, got another load, which has to say so itself")
            load = ShardLoader(in_memory=in_memory)
        self._paths = several_paths(shards)
        self._process = os.getpid()
        self._executor = ThreadExecutor() if executor is None else executor
        loaders = [load] * len(self._paths) if keys is None else self._lent(keys, open_s, in_memory)
        self._shards = [self._executor.load(load, path) for load, path in zip(loaders, self._paths, strict=True)]
        facts = self._executor.call(Shard.about, self._shards, [()] * len(self._shards), open_s)
        self._facts: list[ShardFacts] = [_checked(path, one) for path, one in zip(self._paths, facts, strict=True)]
        _check_together(self._paths, self._facts)

    def _lent(self, keys: KeyRing, open_s: float, in_memory: bool | None) -> list[LoadShard]:
        if not self._executor.is_private:
            raise UnsafeKeys("cluster: expected TLS where keys are lent to workers")
        asked = [self._executor.load(wrapped_keys, path) for path in self._paths]
        answers = self._executor.call(itself, asked, [()] * len(asked), open_s)
        found = [_answered(path, answer) for path, answer in zip(self._paths, answers, strict=True)]
        identities = [identity for identity, _ in found]
        for path, (identity, wanted) in zip(self._paths, found, strict=True):
            if not wanted or identities.count(identity) > 1:
                raise WrongKey(f"{path}: expected a shard that has keys, and is there once")
        return [ShardLoader(lend(keys, wanted), in_memory) for _, wanted in found]

    def __len__(self) -> int:
        return sum(facts.prints for facts in self._facts)

    def status(self, seconds: float = 10.0) -> list[dict[str, Any]]:
        """Of each shard its path, its prints and whether it answers."""
        self._require_own()
        answers = self._executor.call(Shard.about, self._shards, [()] * len(self._shards), seconds)
        return [
            {
                "shard": path,
                "prints": facts.prints,
                "answers": not isinstance(answer, Lost),
                "reason": answer.reason if isinstance(answer, Lost) else "",
            }
            for path, facts, answer in zip(self._paths, self._facts, answers, strict=True)
        ]

    def identify(
        self,
        probe: Template | Sequence[Template] | TenprintSet,
        *,
        max_candidates: int = 20,
        max_fpir: float = 1e-3,
        parameters: SearchParameters = _DEFAULT_PARAMETERS,
        where: SearchFilter = _EVERYTHING,
        same_finger: bool = False,
        exhaustive: bool = False,
        deadline_s: float | None = None,
        workers: int = 1,
    ) -> Identification:
        """Search all shards; as `Gallery.identify`.

        A shard that does not answer before the deadline, or is lost with its worker, is named in the receipt with the
        number of its prints; without a hit the outcome is then *incomplete*. Without a deadline a shard that never
        answers is waited for.
        """
        self._require_own()
        probes = check_probes(probe)
        options = SearchOptions(
            max_candidates=max_candidates,
            max_fpir=max_fpir,
            parameters=parameters,
            where=where,
            same_finger=same_finger,
            exhaustive=exhaustive,
            deadline=deadline_in(deadline_s),
            workers=workers,
        )
        names = [Path(path).name for path in self._paths]
        prints = [facts.prints for facts in self._facts]
        return ShardedSearch(self._executor, self._shards, names, prints, probes, options).run()

    def duplicates(
        self,
        *,
        max_fmr: float = 1e-6,
        journal: str | Path | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> Duplicates:
        """Compare all prints with each other; as `Gallery.duplicates`.

        The best of each shard are compared in full, so pairs are those of one gallery or more. That one subject matches
        two others who are not one person is seen where both are in one shard.

        Raises
        ------
        ParameterError
            When the rate is out of range.
        GalleryError
            When a shard is lost, or the journal is of another run or cannot be written; what is in it counts.
        """
        self._require_own()
        names = [Path(path).name for path in self._paths]
        path = None if journal is None else path_of(journal, "journal")
        rate, show = check_rate(max_fmr, "max_fmr"), progress or _no_progress
        return ShardedDuplicates(self._executor, self._shards, names, rate, path, show).run()

    def _require_own(self) -> None:
        require_process(self._process, "cluster", GalleryError)


def _no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def _answered(path: str, answer: Answer | Lost) -> Answer:
    if isinstance(answer, Lost):
        raise answer.kind(f"{path}: cannot open the shard ({answer.reason})")
    return answer


def _checked(path: str, answer: ShardFacts | Lost) -> ShardFacts:
    facts = _answered(path, answer)
    if facts.engine_version != __version__:
        raise GalleryError(f"{path}: expected release {__version__} to open it, found {facts.engine_version}")
    return facts


def _check_together(paths: Sequence[str], facts: Sequence[ShardFacts]) -> None:
    first: dict[str, str] = {}
    for path, one in zip(paths, facts, strict=True):
        if one.identity and first.setdefault(one.identity, path) != path:
            raise GalleryError(f"{path}: it is the same shard as {first[one.identity]}")
    made_with = {one.made_with for one in facts if one.made_with}
    if len(made_with) > 1:
        raise IncompatibleTemplates("shards: expected the same parameters in all of them, found several")
