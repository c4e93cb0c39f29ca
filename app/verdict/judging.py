"""Judges all clients by all rules, and writes what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from ..events.payloads import timestamp
from ..journal.entry import Entry
from ..journal.marks import Mark
from ..words import Json
from .case import Case, Finding
from .rules import RULES, Rule
from .visits import Client, Feed, clients_of

#: Most numbers of requests that a judgement shows.
MAX_SHOWN = 20


class Result(str, Enum):
    """How a rule stands."""

    PASS = "pass"
    FAIL = "fail"
    NOT_SEEN = "not-seen"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rule, for one client: the requests that show it, and one sentence why."""

    rule: Rule
    result: Result
    seqs: tuple[int, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A client, and how it stands by each rule."""

    client: Client
    judgements: Sequence[Judgement]

    @property
    def result(self) -> Result:
        """The worst that was seen."""
        return _worst(judgement.result for judgement in self.judgements)


def judge(entries: Iterable[Entry], marks: Iterable[Mark], now_ms: int) -> list[Judged]:
    """Judge every client that reads event streams, at ``now_ms`` since 1970."""
    known = [*marks]
    judged = []
    for client in clients_of(entries):
        cases = [Case(feed, now_ms, _mark_of(feed, known)) for feed in client.feeds]
        judged.append(Judged(client, [_judgement(rule, cases) for rule in RULES]))
    return judged


def _mark_of(feed: Feed, marks: Sequence[Mark]) -> int | None:
    """The latest mark that is about the feed."""
    asked = feed.visits[0].entry.asked
    moments = [
        mark.at_ms
        for mark in marks
        if mark.at_ms >= asked.at_ms
        and mark.selection.matches(asked.path, asked.route, asked.feed)
    ]
    return max(moments, default=None)


def _judgement(rule: Rule, cases: Sequence[Case]) -> Judgement:
    found = [finding for case in cases for finding in rule.look(case)]
    wrong = [finding for finding in found if not finding.is_right]
    if wrong:
        return Judgement(rule, Result.FAIL, _seqs(wrong), wrong[0].says)
    if found:
        return Judgement(rule, Result.PASS, _seqs(found), found[0].says)
    return Judgement(rule, Result.NOT_SEEN, (), "Nothing that happened shows it.")


def _seqs(findings: Sequence[Finding]) -> tuple[int, ...]:
    every = dict.fromkeys(seq for finding in findings for seq in finding.seqs)
    return tuple(every)[:MAX_SHOWN]


def _worst(results: Iterable[Result]) -> Result:
    found = {*results}
    for result in (Result.FAIL, Result.PASS):
        if result in found:
            return result
    return Result.NOT_SEEN


def to_json(judged: Sequence[Judged], now_ms: int) -> dict[str, Json]:
    """The verdict as JSON; its ``result`` is the worst of all clients."""
    return {
        "result": _worst(each.result for each in judged).value,
        "judgedAt": timestamp(now_ms).decode(),
        "clients": [
            {
                "client": each.client.address,
                "userAgent": each.client.agent,
                "result": each.result.value,
                "requests": each.client.seqs[-MAX_SHOWN:],
                "rules": [
                    {
                        "rule": judgement.rule.name,
                        "result": judgement.result.value,
                        "requests": list(judgement.seqs),
                        "says": judgement.says,
                        "title": judgement.rule.title,
                        "basis": judgement.rule.basis,
                    }
                    for judgement in each.judgements
                ],
            }
            for each in judged
        ],
    }
