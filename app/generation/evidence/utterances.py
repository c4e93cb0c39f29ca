"""Which texts of an example are new in its events, and what they are about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from ...resources.catalogue import noun_of
from ...resources.noun import Noun
from ..fields.parts import Part
from ..fields.roles import text_role
from ..values.clocks import text_clock
from ..values.wording import reworded
from ..vocabulary import text_for
from .leaves import Leaf, Spot, is_open, plain, words
from .notices import EVENTS, is_of_sent
from .renewal import is_process

#: What a new text is about that keeps to the words of the example.
OWN_WORDS = "="
#: Names of texts that are new in every event, if they are messages.
_MESSAGES = frozenset("""
    body comment content delta message msg note post reply text transcript tweet
    utterance
    """.split())
#: Names of texts that are new where their record is a new one.
_HEADINGS = frozenset("description headline subject summary title".split())
#: Names of why an answer has ended, of its pieces, and the most words of one.
_REASONS = frozenset({"finishreason", "stopreason", "donereason"})
_PIECES = frozenset({"content", "response", "text", "token"})
_MAX_PIECE = 2
#: Words before that of a text, or a message, which say no more: ``displayMessage``.
_OF_MESSAGES = frozenset(
    "body chat comment display message original plain tweet".split()
)
#: What a text mentions: ``#travel``.
_MARKS = re.compile(r"[#@$](\w{2,40})")
#: Texts that are new where their resource is that of remarks.
_REMARKS = frozenset({"comment", "note", "reply"})
#: Members beside which a text is a message of somebody.
_SPEAKERS = frozenset("""
    author channel from level pubkey role sender severity speaker ts user username
    """.split())
#: Members beside which a message is that of a commit, which stays with it.
_PUSHED = frozenset({"branch", "commit", "commit_id", "commitId"})
#: Last words of names of what tells a message from others.
_IDS = (("id",), ("mid",), ("sid",))
#: Words of members beside which a text is one that others may like.
_SOCIAL = frozenset("""
    favourites favorites hashtags likes reblogs reposts retweets
    """.split())
#: Members beside which a text is the line of a log.
_TECHNICAL = frozenset("host http level logger severity".split())
#: Words of names of the parts of a request, beside its status.
_OF_REQUESTS = frozenset({"method", "path", "request", "route", "uri", "url"})
#: A name of a text that says no more than that it is one.
_WRAPPERS = frozenset({"stringvalue", "string_value"})
#: Where an event says what it is about.
_KINDS: tuple[Spot, ...] = (("type",), ("kind",), ("object",), ("object_kind",))
#: Objects that only hold a text of the object around them.
_WRITTEN = frozenset({("text",), ("content",), ("message",)})
#: Resources whose texts are people's, on whatever subject.
_TALK = frozenset({"chat", "comments", "posts", "reviews"})
#: Objects whose messages nobody has said.
_NOTICES = frozenset({"alarm", "alert", "error", "incident", "issue", "notification"})
_REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD) /.*")
#: Addresses of machines: ``fc:ec:da:12:34:56``, ``10.0.0.7``.
_MACHINE = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}|\d{1,3}(?:\.\d{1,3}){3}")
#: Members that say what an event is about, which its message tells again.
_SAID_KINDS = frozenset("""
    action activity eventcode eventname eventtype operation operationname
    """.split())
#: Members of a record of an event whose id is that of its kind.
_NUMBERED = {"eventid", "eventrecordid"}
#: What texts are about that any kind of event may have.
_OWN_TEXTS = _TALK | {OWN_WORDS, "assistant", "commit", None}
_PAIR = 2
#: Shorter texts are in others by chance.
_LEAST_REPEATED = 12
TAGS = re.compile(r"<[^<>]*>")
#: Words of fewer letters say little.
_LEAST_WORD = 5
#: Words that texts on any subject have.
_COMMON = frozenset("""
    about above after again before below could first other their there these those
    under until which while would
    """.split())


def messages(
    leaves: Mapping[Spot, Leaf], noun: str, renews: bool
) -> Iterator[tuple[Spot, str]]:
    """The texts that are new, each with what it is about.

    ``noun`` is what the path is about; with ``renews`` each event is a new one.
    """
    if is_of_sent(leaves):
        return
    has_model = any(len(s) == 1 and "model" in words(str(s[0])) for s in leaves)
    is_answered = any(
        plain(leaf.name) in _REASONS and leaf.value for leaf in leaves.values()
    )
    is_partial = any(map(_is_unfinished, leaves.values()))
    kinds = (leaves[spot].value for spot in _KINDS if spot in leaves)
    kind = next((k.name for k in map(_fresh, map(str, kinds)) if k is not None), "")
    noun = kind if kind in _TALK else noun
    if any(
        words(str(leaves[s].value))[-1:] == ("message",) for s in _KINDS if s in leaves
    ):
        noun = "chat"
    said = {str(leaf.value) for leaf in leaves.values()}
    cores = {text: TAGS.sub("", text).strip() for text in said}
    for spot, leaf in leaves.items():
        around = set(leaf.siblings)
        if len(spot) > 1 and words(str(spot[-2]))[-1:] in _WRITTEN:
            outer = spot[:-2]
            around |= {
                str(s[len(outer)]) for s in leaves if s[: len(outer)] == outer != s
            }
        about = _message(leaf, around, noun, renews, has_model)
        if has_model and _is_piece(leaf) and (is_partial or _is_word(leaf)):
            about = "delta"
        if about in _TALK and is_answered and not has_model:
            continue  # it would be of another length
        if about is not None and about != "delta":
            own = str(leaf.value)
            core = cores[own]
            others = [text for text in said if cores[text] != core]
            if any(_is_named_in(text, leaf) for text in others):
                continue
            if about not in _TALK and any(_repeats(text, leaf) for text in others):
                continue
            if any(_is_of_machine(text, own) for text in others):
                continue
            if any(said & {mark[0], mark[1]} for mark in _MARKS.finditer(own)):
                continue  # other fields say what it mentions, and where
            about = fitting(str(leaf.value), about, said)
            if about not in _OWN_TEXTS and _is_said_by_kind(leaf):
                continue
        if about is not None:
            yield spot, about


def _is_unfinished(leaf: Leaf) -> bool:
    """Whether a field says that more of the same is to come."""
    name = plain(leaf.name)
    return (name == "done" and leaf.value is False) or (
        name in _REASONS and leaf.value is None
    )


def _is_piece(leaf: Leaf) -> bool:
    """Whether a text is one of the pieces that an answer comes in."""
    if not isinstance(leaf.value, str) or plain(leaf.name) not in _PIECES:
        return False
    return 0 < len(leaf.value.split()) <= _MAX_PIECE


def _is_word(leaf: Leaf) -> bool:
    """Whether a text is one word, without a mark at its end."""
    text = str(leaf.value).strip()
    return text.isalpha() and leaf.name == "text"


def _message(
    leaf: Leaf, around: Collection[str], noun: str, renews: bool, has_model: bool
) -> str | None:
    """What a new text is about, None for a text that is none."""
    value, name = leaf.value, plain(leaf.name)
    if not isinstance(value, str) or not value or text_clock(value) is not None:
        return None
    if name in _WRAPPERS:
        name = plain(leaf.owner)
    parts = words(leaf.name)
    if len(parts) == _PAIR and parts[0] in _OF_MESSAGES:
        name = parts[1]
    is_empty = not TAGS.sub("", value).strip()
    if is_empty or is_open(leaf) or value[0] == "/" or is_request(value):
        return None
    if "delta" in leaf.spot:
        return "delta" if name in _MESSAGES else None
    holders = [step for step in leaf.spot[:-1] if isinstance(step, str)]
    if any(map(is_process, holders)):
        return None
    is_new = renews and len(leaf.spot) == 1
    if is_new and name in _HEADINGS and len(value.split()) > 2:
        return noun if noun not in EVENTS else None
    if name not in _MESSAGES:
        return None
    return _spoken(leaf, name, around, noun, is_new, has_model)


def is_of_request(leaf: Leaf) -> bool:
    """Whether an entry of a log has the parts of a request as members."""
    parts = {word for name in leaf.siblings for word in words(name)}
    return "status" in parts and not _OF_REQUESTS.isdisjoint(parts)


def _spoken(
    leaf: Leaf,
    name: str,
    around: Collection[str],
    noun: str,
    is_new: bool,
    has_model: bool,
) -> str | None:
    """What a text is about that somebody, or a machine, has written."""
    known = _fresh(noun) or _fresh(leaf.owner)
    about = None if known is None else known.name
    said = (words(member) for member in around)
    beside = {word for name in said if name[-1:] != ("id",) for word in name}
    if about == "logs":
        return None if is_of_request(leaf) else "log"
    if leaf.siblings.get("role") == "assistant" or has_model:
        return "assistant"
    if "commit" in words(leaf.owner) or leaf.siblings.get("type") == "commit":
        return "commit"
    if not leaf.siblings.keys().isdisjoint(_PUSHED) and about not in _TALK:
        return None
    if beside & _SOCIAL:
        return "posts"
    if about in _TALK and not _fresh(noun):
        is_said = beside & _SPEAKERS or any(
            words(n)[-1:] in _IDS for n in leaf.siblings
        )
        return about if is_said else None
    if about in _TALK:
        return about
    if name in _REMARKS:
        return None
    is_talk = about is None or about in _TALK or leaf.owner not in _NOTICES
    if beside & _SPEAKERS and not beside & _TECHNICAL and is_talk:
        return "chat"
    return about if is_new and " " in str(leaf.value) else None


def _fresh(word: str) -> Noun | None:
    """The resource of a word, if each event brings another one."""
    found = noun_of(word)
    return found if found is not None and found.fresh else None


def _repeats(text: str, leaf: Leaf) -> bool:
    """Whether another text has that of a field in it, at length."""
    own = str(leaf.value)
    return len(own) >= _LEAST_REPEATED and own in text and own != text


def _is_named_in(text: str, leaf: Leaf) -> bool:
    """Whether a text has another one in it that is of several words."""
    own = str(leaf.value)
    return len(text) >= _LEAST_REPEATED and " " in text and text in own and text != own


def _is_said_by_kind(leaf: Leaf) -> bool:
    """Whether a text tells what the kind beside it says: ``LOGIN``, ``4624``."""
    names = {*map(plain, leaf.siblings)}
    return not names.isdisjoint(_SAID_KINDS) or names >= _NUMBERED


def _is_of_machine(text: str, own: str) -> bool:
    """Whether a text names something by an address that another field has."""
    return text != own and text in own and _MACHINE.fullmatch(text) is not None


def is_request(text: str) -> bool:
    """Whether a text is the first line of an HTTP request."""
    return _REQUEST.fullmatch(text) is not None


def is_sentence(leaf: Leaf) -> bool:
    """Whether a text is a free one, by its end or by its name."""
    text = TAGS.sub("", str(leaf.value)).rstrip()
    if is_request(text):
        return False
    role = text_role(leaf.name)
    is_content = role is not None and role.part is Part.CONTENT and len(leaf.spot) == 1
    count = len(text.split())
    return count > 1 and (text[-1:] in ".!?" or (is_content and count > 2))


def fitting(text: str, about: str, said: Collection[str]) -> str | None:
    """``about`` where its texts are on the subject of ``text``; else its own words.

    ``said`` is what the fields of the example say, which a text may repeat.
    """
    can_reword = reworded(text, said) is not None
    if not can_reword and about == "log" and any(map(str.isdecimal, text)):
        return None
    if about in _TALK and can_reword:
        return OWN_WORDS
    if about == "log" and can_reword:
        return OWN_WORDS
    if about in _TALK or about in ("assistant", "commit", "log"):
        return about
    if _telling(text) & _subjects(about):
        return about
    return OWN_WORDS if can_reword else None


def _subjects(about: str) -> set[str]:
    """The telling words of the texts about a resource."""
    texts = (*text_for("body", about), *text_for("title", about))
    return set.union(*map(_telling, texts))


def _telling(text: str) -> set[str]:
    """The words of a text that say what it is about."""
    found = re.findall(r"[a-z]+", re.sub(r"\{\w+\}", " ", text).lower())
    return {word for word in found if len(word) >= _LEAST_WORD} - _COMMON
