"""The server's verdict on the clients that read its streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .api import Api
from .records import Journal, read_journal

PASS = "pass"
FAIL = "fail"
NOT_SEEN = "not-seen"
#: From the worst to the best.
_RESULTS = (FAIL, PASS, NOT_SEEN)


@dataclass(frozen=True)
class Judgement:
    """What a rule says of a client; ``result`` is ``pass``, ``fail`` or ``not-seen``.

    ``requests`` are the numbers of the requests in the journal that show it.
    """

    rule: str
    result: str
    says: str
    client: str
    requests: tuple[int, ...]

    def __str__(self) -> str:
        """One line."""
        shown = ", ".join(f"#{each}" for each in self.requests)
        where = f" ({self.client}{'; ' if shown else ''}{shown})"
        return f"{self.rule}: {self.result}: {self.says}{where}"


class Verdict:
    """Every rule, for every client."""

    def __init__(self, answer: Mapping[str, Any], journal: Journal) -> None:
        """Read the server's ``answer`` about the requests of ``journal``."""
        self._journal = journal
        self.judgements = [
            Judgement(
                rule["rule"],
                rule["result"],
                rule["says"],
                f"{client['client']} {client['userAgent']}".strip(),
                tuple(rule["requests"]),
            )
            for client in answer["clients"]
            for rule in client["rules"]
        ]

    def __str__(self) -> str:
        """One line a judgement."""
        return "\n".join(map(str, self.judgements)) or "no client read a stream"

    def check(self, *names: str) -> None:
        """Raise ``AssertionError`` unless these rules pass, and fail for no client.

        Without ``names``, unless no rule fails. Raises ``ValueError`` for a name that
        no rule has.
        """
        if not self.judgements:
            raise AssertionError("no client read a stream, so there is none to judge")
        known = {each.rule: self._worst(each.rule) for each in self.judgements}
        for name in names:
            if name not in known:
                raise ValueError(f"{name!r} is no rule; accepted: {', '.join(known)}")
        wrong = [
            str(worst)
            for name, worst in known.items()
            if (name in names and worst.result != PASS)
            or (not names and worst.result == FAIL)
        ]
        if wrong:
            story = "\n".join([*wrong, "", "The journal:", str(self._journal)])
            raise AssertionError(story)

    def _worst(self, rule: str) -> Judgement:
        of_rule = [each for each in self.judgements if each.rule == rule]
        return min(of_rule, key=lambda each: _RESULTS.index(each.result))


def read_verdict(api: Api, about: Mapping[str, str]) -> Verdict:
    """Ask for the verdict on the requests that ``about`` chooses."""
    answer = api.call("GET", "/verdict", query=about)
    return Verdict(answer, read_journal(api, about))
