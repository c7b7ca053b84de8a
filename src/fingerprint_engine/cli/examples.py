"""Examples of every command, which its help shows and a test parses."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "demo": (("the main job, with pictures", "demo --output demo-output"), ("a day in custody", "demo --custody")),
    "inspect": (
        ("a picture of the minutiae", "inspect print.png --ppi 500 --picture minutiae.png"),
        ("what a transaction holds", "inspect incoming.an2"),
    ),
    "extract": (
        ("a folder, with two threads", "extract scans/ --output templates --ppi 500 --workers 2"),
        ("one file of another resolution", "extract a.png b.png@1000 --output templates --ppi 500"),
    ),
    "verify": (
        ("with the evidence as a picture", "verify probe.png reference.fpt --picture why.png"),
        ("at most one false match in a million", "verify a.png b.png --max-fmr 1e-6"),
    ),
    "compare-all": (("a folder to a table", "compare-all scans/ --csv scores.csv"),),
    "convert": (
        ("a template to a record of ISO/IEC 19794-2", "convert print.fpt print.fmr"),
        ("the second print of a transaction as a picture", "convert card.an2 print.png --number 2"),
    ),
    "tenprint": (
        ("a hand, with a sheet", "tenprint slap.png --ppi 500 --sheet sheet.png"),
        ("a card, one finger missing", "tenprint right-four=r.png left-four=l.png --missing left-ring=amputated"),
    ),
    "enrol": (
        ("a folder", "enrol custody.gallery scans/ --ppi 500"),
        ("with subjects and expiry from a list", "enrol custody.gallery --list people.csv"),
    ),
    "identify": (
        ("one print", "identify custody.gallery probe.png"),
        ("two fingers of one person", "identify custody.gallery right.png left.png --one-person"),
    ),
    "mark": (
        ("a part of an image", "mark custody.gallery mark.png --ppi 500 --region 120,80,300,260"),
        ("a transaction with an examiner's minutiae", "mark custody.gallery latent.an2 --max-candidates 50"),
    ),
    "dedupe": (("who is enrolled twice", "dedupe custody.gallery --max-fmr 1e-6"),),
    "cluster": (
        ("shards on this machine", "cluster search probe.png shards/shard-0000 shards/shard-0001"),
        ("a scheduler with two workers", "cluster serve --workers 2"),
        ("which shards answer there", "cluster status shards/shard-0000 --scheduler tcp://127.0.0.1:8786"),
    ),
    "gallery": (
        ("four shards", "gallery split custody.gallery shards --shards 4"),
        ("what is enrolled", "gallery list custody.gallery"),
        ("remove a person", "gallery remove custody.gallery --subject P-7 --compact"),
        ("prove that nothing is left", "gallery check custody.gallery --absent P-7/2"),
    ),
    "keys": (
        ("a master key", "keys make own.keys"),
        ("its emergency key, for the safe", "keys emergency safe.keys --file own.keys"),
        ("a new master key", "keys rotate --file own.keys"),
    ),
    "registry": (("a new registry", "registry init people"),),
    "agencies": (("who we exchange with", "agencies keys list agencies.json"),),
    "int-i": (
        ("whether a transaction keeps the rules", "int-i check incoming.xml"),
        ("nothing was found", "int-i answer incoming.xml --no-hit --from Nowhere:ABC --serial 7 --output answer.xml"),
    ),
    "evidence": (("whether another side's hit can be computed again", "evidence check hit.json --picture why.png"),),
    "evaluate": (("a folder of FINGER_IMPRESSION.png", "evaluate prints --ppi 500 --output measured"),),
    "differences": (("two runs", "differences before/scores.csv after/scores.csv"),),
    "synthesize": (("ten fingers, four impressions each", "synthesize prints --fingers 10 --impressions 4"),),
    "completion": (("in ~/.bashrc", "completion bash"),),
}


def examples_of(command: str) -> str:
    """The examples of a command, as its help shows them; nothing for one that has none."""
    lines = [f"  # {what}\n  fingerprint-engine {words}\n" for what, words in EXAMPLES.get(command, ())]
    return f"examples:\n{''.join(lines)}\n" if lines else ""
