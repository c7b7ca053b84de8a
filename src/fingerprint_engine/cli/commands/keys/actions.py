"""``keys make | show | rotate | emergency | forget | station``: keys that protect, and keys of capture stations."""

from __future__ import annotations

import argparse
from pathlib import Path

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError
from fingerprint_engine.cli.protection import PLACES, asked, place_of_keys, read_keys
from fingerprint_engine.keys import KeyRing, StationKey, Stations
from fingerprint_engine.text.shown import printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    def action(name: str, summary: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        made.set_defaults(action=name)
        return made

    make = action("make", "make a file with a new master key, readable by its owner only")
    make.add_argument("file", type=Path, metavar="FILE", help="file of the new key")
    make.add_argument("--passphrase", action="store_true", help="ask for a passphrase and keep the keys under it")
    text = "what is stored stays readable, and any change of it is noticed"
    make.add_argument("--authenticate-only", action="store_true", help=text)
    show = action("show", "show the ids of keys, never the keys")
    show.add_argument("keys", type=place_of_keys, metavar="KEYS", help=PLACES)
    station = action("station", "make the key of a capture station, and add its public half to a list")
    station.add_argument("file", type=Path, metavar="FILE", help="file of the new key")
    station.add_argument("--name", required=True, metavar="NAME", help="of the station")
    text = "list that readers are given (`--stations`); it is made when it is not there"
    station.add_argument("--stations", type=Path, required=True, metavar="LIST", help=text)
    rotate = action("rotate", "put a new master key before the others; `gallery rekey` then uses it")
    emergency = action("emergency", "make an emergency key: its private half goes into a file for the safe")
    emergency.add_argument("safe", type=Path, metavar="SAFE", help="file for the safe; it must not exist")
    forget = action("forget", "take an older key out: what only it wrapped can be read by nobody any more")
    forget.add_argument("key_id", metavar="ID", help="as `keys show` lists it")
    for changed in (rotate, emergency, forget):
        changed.add_argument("--file", type=Path, required=True, metavar="FILE", help="the file of keys to change")
        changed.add_argument("--passphrase", action="store_true", help="it is kept under a passphrase")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Do what was asked for."""
    if arguments.action == "station":
        return _station(arguments, console)
    if arguments.action == "show":
        return _told(read_keys(arguments.keys), arguments.keys, console)
    passphrase = asked(f"Passphrase of {arguments.file}: ") if arguments.passphrase else None
    if arguments.action == "make":
        if passphrase is not None and passphrase != asked("Once more: "):
            raise UsageError("passphrase: expected the same twice")
        ring = KeyRing.generate(encrypt=not arguments.authenticate_only)
        ring.save(arguments.file, passphrase=passphrase)
        return _told(ring, arguments.file, console)
    ring = KeyRing.from_file(arguments.file, passphrase=passphrase)
    if arguments.action == "rotate":
        ring = ring.rotated()
    elif arguments.action == "emergency":
        ring, safe = ring.with_emergency()
        safe.save(arguments.safe)
        console.note(f"{arguments.safe}: key {safe.key_id}; keep it away from this machine")
    else:
        ring = ring.without(arguments.key_id)
    ring.save(arguments.file, passphrase=passphrase, overwrite=True)
    return _told(ring, arguments.file, console)


def _station(arguments: argparse.Namespace, console: Console) -> ExitCode:
    known = Stations.from_file(arguments.stations) if arguments.stations.exists() else ()
    made = StationKey.generate(arguments.name)
    made.save(arguments.file)
    Stations([*known, made.station]).save(arguments.stations, overwrite=True)
    console.text(f"{arguments.file}: key of {printable(made.station.name)}, {made.station.id}")
    console.document({"station": made.station.name, "station_id": made.station.id})
    return ExitCode.SUCCESS


def _told(ring: KeyRing, place: object, console: Console) -> ExitCode:
    console.text(f"{place}: {'encrypts' if ring.encrypts else 'authenticates'} with {ring.key_id}")
    for key_id in ring.ids[1:]:
        console.text(f"  {key_id}{', for emergencies' if key_id == ring.emergency_id else ', older'}")
    facts = {"key_id": ring.key_id, "ids": list(ring.ids), "emergency": ring.emergency_id, "encrypts": ring.encrypts}
    console.document(facts)
    return ExitCode.SUCCESS
