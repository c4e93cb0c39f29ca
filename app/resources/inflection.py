"""Words inside names, and English plurals as far as web services use them."""

from __future__ import annotations

import re

#: Plural to singular, for words that no rule below gets right. A word that
#: stands for itself ends in "s" (or looks plural) and has no plural here.
_IRREGULAR = {
    "analyses": "analysis",
    "bases": "base",
    "buses": "bus",
    "caches": "cache",
    "candidates": "candidate",
    "children": "child",
    "cookies": "cookie",
    "criteria": "criterion",
    "databases": "database",
    "diagnoses": "diagnosis",
    "feet": "foot",
    "indexes": "index",
    "indices": "index",
    "knives": "knife",
    "leaves": "leaf",
    "lives": "life",
    "matrices": "matrix",
    "media": "medium",
    "men": "man",
    "mice": "mouse",
    "movies": "movie",
    "people": "person",
    "persons": "person",
    "selfies": "selfie",
    "shelves": "shelf",
    "statuses": "status",
    "teeth": "tooth",
    "vertices": "vertex",
    "viruses": "virus",
    "women": "woman",
}
_SINGULAR = frozenset(
    {
        "access",
        "aws",
        "diagnostics",
        "dns",
        "forex",
        "gas",
        "gps",
        "https",
        "logistics",
        "news",
        "ops",
        "series",
        "sms",
        "sports",
        "tls",
        "vitals",
        "analytics",
    }
)
_WORD = re.compile(r"[A-Z]+\d*(?![a-z])|[A-Z]?[^\W\d_A-Z]+\d*|\d+")


#: How much of a longer name is read, from its end, in characters.
MAX_NAME_LENGTH = 64


def parts(name: str) -> list[str]:
    """The words of a name in kebab, snake, camel or any other case, as written."""
    return _WORD.findall(name[-MAX_NAME_LENGTH:])


def words(name: str) -> list[str]:
    """The words of a name in any case, in lower case."""
    return [word.lower() for word in _WORD.findall(name[-MAX_NAME_LENGTH:])]


def singular(word: str) -> str:
    """The singular of a lower case word; a singular comes back as it is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not is_plural(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


def is_plural(word: str) -> bool:
    """Whether a lower case word looks like a plural."""
    if word in _IRREGULAR:
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is"))
        and word not in _SINGULAR
    )
