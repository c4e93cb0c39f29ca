"""The verdict as a JUnit report: a suite for each client, a case for each rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from .judging import Judged, Judgement, Result

#: Characters that XML 1.0 has no form for.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(judged: Sequence[Judged]) -> bytes:
    """The report in UTF-8; a rule that nothing shows is a skipped case."""
    root = Xml.Element("testsuites", name="verdict")
    for each in judged:
        root.append(_suite(each))
    text: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _suite(judged: Judged) -> Xml.Element:
    name = _clean(f"{judged.client.address} {judged.client.agent}".strip())
    results = [judgement.result for judgement in judged.judgements]
    suite = Xml.Element(
        "testsuite",
        name=name,
        tests=str(len(results)),
        failures=str(results.count(Result.FAIL)),
        errors="0",
        skipped=str(results.count(Result.NOT_SEEN)),
    )
    for judgement in judged.judgements:
        suite.append(_case(name, judgement))
    return suite


def _case(client: str, judgement: Judgement) -> Xml.Element:
    rule = judgement.rule
    case = Xml.Element("testcase", classname=client, name=rule.name, time="0")
    says = _clean(judgement.says)
    if judgement.result is Result.FAIL:
        failure = Xml.SubElement(case, "failure", message=says, type=rule.name)
        requests = ", ".join(map(str, judgement.seqs))
        failure.text = f"{rule.title}\nRequests: {requests}\nBasis: {rule.basis}"
    elif judgement.result is Result.NOT_SEEN:
        Xml.SubElement(case, "skipped", message=says)
    return case


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
