"""Two agencies that know each other: a registry, keys and an outbox each, and the way of a bundle between them."""

import datetime

from fingerprint_engine.cli.commands.agencies.desk import take
from fingerprint_engine.cli.commands.agencies.post_office import PostOffice, send_open
from fingerprint_engine.exchange.agencies import BundleKind, Directory, OwnKeys, new_bundle_id
from fingerprint_engine.records import Claim, Registry, admit, agencies, decide_case, list_cases
from fingerprint_engine.records.moments import text_of

ANY = frozenset(BundleKind)


class Agency:
    """One of them."""

    def __init__(self, name, place, folder, clock, policy=None):
        self.name, self.clock = name, clock
        self.registry = Registry.create(place, clock=clock, policy=policy)
        self.own = OwnKeys.make(name, text_of(clock()))
        self.office = None
        self.folder = folder

    def meet(self, *others):
        directory = Directory()
        for one in (self, *others):
            directory = directory.with_card(one.own.card)
        self.folder.mkdir()
        self.office = PostOffice(self.own, directory, self.folder)

    def session(self, purpose="exchange", actor="clerk"):
        return self.registry.session(actor=actor, purpose=purpose, site="north")

    def admit(self, prints, number, category="convicted"):
        claims = [Claim("custody number", number, self.name), Claim("name", f"Name {number}")]
        return admit(self.session("admission"), prints, category=category, identifiers=claims).person.id

    def terms(self, days=30, purpose="exchange", categories=("remand", "convicted")):
        until = self.clock() + datetime.timedelta(days=days)
        return agencies.Terms(purpose, "treaty, article 4", frozenset(categories), until)

    def ask(self, other, people, **terms):
        agencies.ask(self.session(), people, self.terms(**terms), agency=other.name, bundle=new_bundle_id())
        return self.send()

    def send(self, **rules):
        return send_open(self.session(), self.office, **rules)

    def take(self, *paths, kinds=ANY, **rules):
        return [take(self.session(), self.office, path, kinds=kinds, **rules) for path in paths]

    def until(self, days=30):
        return text_of(self.clock() + datetime.timedelta(days=days))

    def confirm(self, other, verdict="same"):
        examiner = self.session("identity", "examiner 4")
        for case in list_cases(examiner):
            decide_case(examiner, case.id, verdict, reason="seen", person=(case.candidates or ("",))[0])
        session = self.session()
        for open_bundle in (agencies.confirm, agencies.release):
            open_bundle(session, agency=other.name, bundle=new_bundle_id(), expires_at=self.until())
        return self.send()

    def requests(self):
        return agencies.list_requests(self.session())
