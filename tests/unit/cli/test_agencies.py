"""``agencies``: keys are made, given and taken; a bundle is checked without the key that opens it."""

import json
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("joserfc")

from tests.unit.exchange.agencies.conftest import Post

from fingerprint_engine.cli.entry import main


def said(capsys, *words):
    code = main(["agencies", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_keys_go_from_one_agency_to_the_other(tmp_path, capsys):
    own, card, directory = tmp_path / "own.json", tmp_path / "card.json", tmp_path / "directory.json"
    code, made = said(capsys, "keys", "make", own, "lima")
    assert code == 0
    assert own.stat().st_mode & 0o077 == 0
    assert said(capsys, "keys", "make", own, "lima")[0] == 9, "keys are not replaced"
    said(capsys, "keys", "card", own, card)
    assert said(capsys, "keys", "add", directory, card) == (0, made)
    said(capsys, "keys", "renew", own)
    card.unlink()
    said(capsys, "keys", "card", own, card)
    _, known = said(capsys, "keys", "add", directory, card)
    assert [one["state"] for one in known["keys"]] == ["retired", "retired", "in use", "in use"]
    signs = known["keys"][2]["key"]
    _, retired = said(capsys, "keys", "retire", directory, "lima", signs)
    assert [one["state"] for one in retired["keys"]] == ["retired", "retired", "retired", "in use"]
    assert said(capsys, "keys", "list", directory) == (0, retired)
    assert said(capsys, "keys", "add", directory, own)[0] == 2, "private keys do not get into a directory"
    assert said(capsys, "keys", "list", tmp_path / "absent")[1]["error"] == "KeyFileError"


def test_a_bundle_is_checked_by_a_process_without_private_keys(tmp_path):
    post = Post(tmp_path)
    bundle = post.bundle(expires="2999-01-01T00:00:00.000000Z")
    folder = tmp_path / "auditor"
    folder.mkdir()
    (folder / "directory.json").write_bytes(post.directory.to_bytes())
    shutil.copy(bundle, folder / "bundle")

    def checked(*words):
        command = [sys.executable, "-m", "fingerprint_engine", "agencies", "check", "bundle", "--directory"]
        command += ["directory.json", "--json", *words]
        done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout)

    code, head = checked()
    assert (code, head["sender"], head["receiver"], head["count"]) == (0, "lima", "quito", 3)
    code, refused = checked("--receiver", "caracas")
    assert (code, refused["error"]) == (2, "BundleRefused")
    assert "wrong receiver" in refused["message"]


@pytest.fixture
def offices(tmp_path, capsys):
    """Two agencies with a registry, keys, a directory and an outbox each; one person is known to both."""
    pytest.importorskip("sqlalchemy")
    from fingerprint_engine.records import Claim, Registry, admit
    from fingerprint_engine.synthesis import PointPeople

    crowd = PointPeople(5)
    for name in ("lima", "quito"):
        folder = tmp_path / name
        folder.mkdir()
        with Registry.create(folder / "registry", galleries=folder / "registry.galleries") as registry:
            session = registry.session(actor="officer", purpose="admission")
            claims = [Claim("name", f"Known in {name}")]
            admit(session, crowd.prints(1), category="remand", identifiers=claims)
        said(capsys, "keys", "make", folder / "own", name)
        said(capsys, "keys", "card", folder / "own", folder / "card")
    for name in ("lima", "quito"):
        for other in ("lima", "quito"):
            said(capsys, "keys", "add", tmp_path / name / "directory", tmp_path / other / "card")

    def do(name, action, *words):
        folder = tmp_path / name
        post = ["--keys", folder / "own", "--directory", folder / "directory", "--outbox", folder / "out"]
        split = 2 if action == "watch" else 1
        code, answer = said(capsys, action, *words[: split - 1], folder / "registry", *words[split - 1 :], *post)
        assert code == 0, answer
        return answer

    return do


def decide(tmp_path, name, capsys):
    registry = str(tmp_path / name / "registry")
    main(["registry", "cases", registry, "--json"])
    for case in json.loads(capsys.readouterr().out)["cases"]:
        words = ["registry", "decide-case", registry, case["id"], "same", "--reason", "seen", "--json"]
        assert main([*words, "--actor", "examiner"]) == 0
        capsys.readouterr()


TERMS = ("--to", "quito", "--because", "treaty, article 4", "--until", "2999-12-31")


def test_a_person_is_asked_about_confirmed_and_named(tmp_path, capsys, offices):
    asked = offices("lima", "ask", "--all-of", "remand", *TERMS)
    assert asked["people"] == 1
    answered = offices("quito", "answer", *asked["bundles"])
    assert answered["taken"][0]["outcomes"] == {"hit": 1}
    heard = offices("lima", "take", *answered["bundles"])
    assert heard["taken"][0]["outcomes"] == {"hit": 1}
    registry = tmp_path / "lima" / "registry"
    code, listed = said(capsys, "requests", registry, "--near")
    (hit,) = listed["requests"]
    evidence, picture = tmp_path / "hit.json", tmp_path / "hit.png"
    assert said(capsys, "requests", registry, "--evidence", hit["id"], evidence)[0] == code == 0
    assert main(["evidence", "check", str(evidence), "--picture", str(picture), "--json"]) == 0
    checked = json.loads(capsys.readouterr().out)
    assert [one["verdict"] for one in checked["fingers"]] == ["same", "same"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    for name in ("lima", "quito"):
        decide(tmp_path, name, capsys)
    confirmed = offices("lima", "confirm", "--to", "quito")
    told = offices("quito", "take", *confirmed["bundles"])
    offices("lima", "take", *told["bundles"])
    (hit,) = said(capsys, "requests", registry)[1]["requests"]
    assert hit["core_data"]["identifiers"] == [{"issuer": "", "kind": "name", "value": "Known in quito"}]
    assert offices("lima", "confirm", "--to", "quito")["bundles"] == []
    words = ["take", tmp_path / "quito" / "registry", *asked["bundles"]]
    folder = tmp_path / "quito"
    post = ["--keys", folder / "own", "--directory", folder / "directory", "--outbox", folder / "out"]
    code, refused = said(capsys, *words, *post)
    assert (code, refused["error"]) == (2, "BundleRefused")
    assert "replayed" in refused["message"]


def test_a_watch_is_kept_run_and_withdrawn(tmp_path, capsys, offices):
    order = offices("lima", "watch", "begin", "--all-of", "remand", *TERMS)
    taken = offices("quito", "take", *order["bundles"])
    assert taken["taken"][0]["outcomes"] == {"begin: done": 1}
    offices("lima", "take", *taken["bundles"])
    listed = said(capsys, "requests", tmp_path / "lima" / "registry")[1]["requests"]
    assert [(one["kind"], one["outcome"]) for one in listed] == [("watch", ""), ("sighting", "hit")]
    assert offices("quito", "watch", "run")["bundles"] == []
    for words in (("renew", "--until", "2999-12-31"), ("withdraw",)):
        step = offices("lima", "watch", words[0], listed[0]["reference"], "--to", "quito", *words[1:])
        offices("quito", "take", *step["bundles"])
    run = offices("quito", "watch", "run", "--to", "lima")
    assert run["forgotten"] == {"files": 1, "complete": True}


@pytest.mark.parametrize("words", [["agencies", "--help"], ["agencies", "ask", "--help"], ["completion", "bash"]])
def test_help_and_completion_come_without_the_extra(words):
    code = (
        "import sys; sys.modules['joserfc'] = None\n"
        "from fingerprint_engine.cli.entry import main\n"
        f"sys.exit(main({words!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "agencies" in done.stdout


def test_without_the_extra_the_command_says_which_one():
    code = (
        "import sys; sys.modules['joserfc'] = None\n"
        "from fingerprint_engine.cli.entry import main\n"
        "sys.exit(main(['agencies', 'keys', 'list', 'directory', '--json']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["error"]) == (6, "MissingExtra")
    assert "[agencies]" in done.stderr


def test_an_answer_whose_file_was_not_written_is_written_by_the_same_command(tmp_path, capsys, offices, monkeypatch):
    from fingerprint_engine.cli.commands.agencies import exchanging

    asked = offices("lima", "ask", "--all-of", "remand", *TERMS)
    real, calls = exchanging.send_open, []

    def stops(session, office, **rules):
        calls.append(office)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(session, office, **rules)

    folder = tmp_path / "quito"
    post = ["--keys", folder / "own", "--directory", folder / "directory", "--outbox", folder / "out"]
    monkeypatch.setattr(exchanging, "send_open", stops)
    assert said(capsys, "answer", folder / "registry", *asked["bundles"], *post)[0] == 130
    assert list((folder / "out").iterdir()) == []
    monkeypatch.setattr(exchanging, "send_open", real)
    assert said(capsys, "answer", folder / "registry", *asked["bundles"], *post)[0] == 2, "it was answered"
    (answer,) = (folder / "out").iterdir()
    assert offices("lima", "take", answer)["taken"][0]["outcomes"] == {"hit": 1}


def test_words_that_do_not_go_together_are_refused(tmp_path, capsys, offices):
    folder = tmp_path / "lima"
    post = ["--keys", folder / "own", "--directory", folder / "directory", "--outbox", folder / "out"]
    code, refused = said(capsys, "ask", folder / "registry", *TERMS, *post)
    assert (code, refused["error"]) == (2, "UsageError")
    code, refused = said(capsys, "ask", folder / "registry", "--all-of", "staff", *TERMS, *post)
    assert (code, refused["error"]) == (2, "PolicyDenied")
    other = ["--to", "cusco", *TERMS[2:]]
    code, refused = said(capsys, "ask", folder / "registry", "--all-of", "remand", *other, *post)
    assert (code, refused["error"]) == (2, "KeyFileError")
