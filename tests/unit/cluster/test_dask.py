"""Shards on the workers of a Dask cluster: the same answers, also when a worker is killed."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.cluster import ShardedGallery, load_shard
from fingerprint_engine.cluster.executors import LATE, Lost
from fingerprint_engine.cluster.splitting import split
from fingerprint_engine.errors import GalleryError, IncompatibleTemplates, InputError, NotARegularFile
from fingerprint_engine.index import Gallery, Outcome, SearchParameters, StageParameters
from fingerprint_engine.keys import KeyRing

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # those of Dask's own, which depend on its release

SCAN = SearchParameters(shortlist="scan", stages=StageParameters(screened_from=1, screened=12, compared=6))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with Gallery.open(tmp_path_factory.mktemp("one") / "prints.gallery") as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(24))
        yield gallery


@pytest.fixture(scope="module")
def paths(one: Gallery, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return split(one._folder.folder, tmp_path_factory.mktemp("shards") / "four", 4)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def client() -> Iterator[object]:
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as made,
    ):
        yield made


def test_answers_are_those_of_one_gallery_and_stay_so_when_a_worker_is_killed(
    one: Gallery, paths: tuple[Path, ...], client: distributed.Client
) -> None:
    from fingerprint_engine.cluster.dask_executor import DaskExecutor

    sharded = ShardedGallery(paths, load_shard, DaskExecutor(client))
    expected = one.identify(pressed_again(5), parameters=SCAN)
    found = sharded.identify(pressed_again(5), parameters=SCAN)
    assert (found.outcome, found.candidates) == (expected.outcome, expected.candidates)
    with pytest.raises(IncompatibleTemplates):
        sharded.identify(random_print(1, digest=b"12345678"))
    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
    again = sharded.identify(pressed_again(5), parameters=SCAN, deadline_s=60.0)
    assert again.outcome is Outcome.INCOMPLETE or again.candidates == expected.candidates
    later = sharded.identify(pressed_again(5), parameters=SCAN)
    assert (later.outcome, later.candidates) == (expected.outcome, expected.candidates)
    assert all(shard["answers"] for shard in sharded.status(60.0))


def test_a_shard_that_workers_cannot_open_is_named(paths: tuple[Path, ...], client: distributed.Client) -> None:
    from fingerprint_engine.cluster.dask_executor import DaskExecutor

    with pytest.raises(GalleryError, match=r"absent.*cannot open the shard"):
        ShardedGallery([*paths, paths[0].with_name("absent")], load_shard, DaskExecutor(client))


def test_a_scheduler_that_does_not_answer_is_said() -> None:
    from fingerprint_engine.cluster.dask_executor import connected

    with pytest.raises(GalleryError, match="scheduler: expected an answer"), connected("tcp://127.0.0.1:9", None, 0.5):
        pass


ODD = ["", "nonsense", "tls://host", "tcp://:8786", "http://host:1", "host:x", "host:99999", "inproc://"]


@pytest.mark.parametrize("odd", [*ODD, "host:1\n", "tls:// :1", "tcp://ho st:1", "tcp://\x00:1"])
def test_what_cannot_be_an_address_is_refused_at_once(odd: str) -> None:
    from fingerprint_engine.cluster.dask_executor import connected

    with pytest.raises(InputError, match="scheduler: expected an address such as tls://host:8786"), connected(odd):
        pass


def _certificates(folder: Path) -> tuple[Path, Path, Path]:
    """A CA of the test's own, and a certificate that it signed for this machine."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test CA")])
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])

    def signed(subject: object, public: object, *, is_ca: bool) -> object:
        builder = x509.CertificateBuilder(issuer_name=ca_name, subject_name=subject, public_key=public)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=1))
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        builder = builder.add_extension(address, critical=False)
        return builder.sign(ca_key, hashes.SHA256())

    paths = folder / "ca.pem", folder / "own.pem", folder / "own.key"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths[0].write_bytes(signed(ca_name, ca_key.public_key(), is_ca=True).public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(signed(name, key.public_key(), is_ca=False).public_bytes(serialization.Encoding.PEM))
    paths[2].write_bytes(key.private_bytes(*plain))
    return paths


def test_an_address_for_tls_wants_certificates_and_these_such_an_address(tmp_path: Path) -> None:
    """Told before anything is asked of the scheduler, of which there is none."""
    from fingerprint_engine.cluster.dask_executor import connected

    absent = "TLS: expected files of certificates and of a key, got none for 'tls://127.0.0.1:9'"
    with pytest.raises(InputError, match=absent), connected("tls://127.0.0.1:9"):
        pass
    tls = _certificates(tmp_path)
    for address in ("tcp://127.0.0.1:9", "127.0.0.1:9"):
        plain = f"scheduler: expected an address for TLS such as tls://host:8786, got '{address}'"
        with pytest.raises(InputError, match=plain), connected(address, tls):
            pass


def test_certificates_and_a_key_that_do_not_belong_together_are_refused_at_once(tmp_path: Path) -> None:
    from fingerprint_engine.cluster.dask_executor import connected, local_cluster

    for name in ("own", "others"):
        (tmp_path / name).mkdir()
    (ca, own, _), (*_, key) = _certificates(tmp_path / "own"), _certificates(tmp_path / "others")
    (tmp_path / "text").write_text("no certificate")
    for tls in ((ca, own, key), (tmp_path / "text", own, key)):
        with pytest.raises(InputError, match="TLS: expected certificates and"), connected("tls://127.0.0.1:9", tls):
            pass
        with pytest.raises(InputError, match="TLS: expected certificates and"), local_cluster(1, "127.0.0.1", 0, tls):
            pass


def test_results_whose_worker_died_are_not_waited_for_after_the_end(
    client: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fingerprint_engine.cluster import dask_executor

    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(client, "gather", never)
    monkeypatch.setattr(dask_executor, "_LAST_S", 0.01)
    executor = dask_executor.DaskExecutor(client)
    shard = executor.load(str, "one")
    assert executor.call(str.upper, [shard, shard], [(), ()], 0.5) == [Lost(LATE), Lost(LATE)]


@pytest.mark.parametrize("is_said", [False, True])
def test_a_result_whose_worker_died_takes_no_other_with_it(
    client: object, monkeypatch: pytest.MonkeyPatch, is_said: bool
) -> None:
    from fingerprint_engine.cluster import dask_executor

    executor = dask_executor.DaskExecutor(client)
    gather, shards = client.gather, [executor.load(str, "one"), executor.load(str, "two")]  # type: ignore[attr-defined]

    async def without_the_second(futures: dict[int, object], **options: object) -> object:
        if list(futures) == [1]:
            if is_said:
                raise OSError("no such worker")
            await asyncio.Event().wait()
        found = await gather(futures, **options)
        if 1 in futures:
            raise TimeoutError
        return found

    monkeypatch.setattr(client, "gather", without_the_second)
    monkeypatch.setattr(dask_executor, "_LAST_S", 3.0)
    assert executor.call(str.upper, shards, [(), ()], 60.0) == ["ONE", Lost(LATE)]


def test_a_call_gives_up_the_results_of_the_one_before(client: object) -> None:
    from fingerprint_engine.cluster.dask_executor import DaskExecutor

    executor = DaskExecutor(client)
    shard = executor.load(str, "one")
    executor.call(str.upper, [shard], [()])
    first = [future.key for future in executor._last]
    executor.call(str.upper, [shard], [()])
    assert set(first).isdisjoint(client.futures)  # type: ignore[attr-defined]


def test_a_cluster_with_mutual_tls_answers_those_with_a_certificate_only(
    one: Gallery, paths: tuple[Path, ...], tmp_path: Path
) -> None:
    from fingerprint_engine.cluster.dask_executor import connected, local_cluster

    (tmp_path / "own").mkdir()
    (tmp_path / "others").mkdir()
    tls, others = _certificates(tmp_path / "own"), _certificates(tmp_path / "others")
    with local_cluster(1, "127.0.0.1", 0, tls) as address:
        assert address.startswith("tls://")
        with connected(address, tls) as executor:
            found = ShardedGallery(paths, load_shard, executor).identify(pressed_again(5), parameters=SCAN)
            keys = KeyRing.generate()
            with Gallery.open(tmp_path / "sealed", keys=keys) as gallery:
                gallery.enrol_many(one.items())
            sealed = ShardedGallery([tmp_path / "sealed"], executor=executor, keys=keys)
            assert sealed.identify(pressed_again(5), parameters=SCAN).candidates == found.candidates
        assert found.candidates == one.identify(pressed_again(5), parameters=SCAN).candidates
        with pytest.raises(GalleryError, match="scheduler: expected an answer"), connected(address, others, 2.0):
            pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_files_of_tls_that_cannot_be_read_are_named_and_not_waited_for(tmp_path: Path) -> None:
    from fingerprint_engine.cluster.dask_executor import connected

    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"")
    for place, (name, error) in enumerate((("pipe", NotARegularFile), ("absent", InputError), ("", InputError))):
        files = [tmp_path / "file"] * 3
        files[place] = tmp_path / name
        with pytest.raises(error, match=name), connected("tls://127.0.0.1:9", (files[0], files[1], files[2])):
            pass
