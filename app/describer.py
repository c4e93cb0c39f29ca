"""Reads descriptions, and tries their operations out, also as a process of its own.

A large description takes seconds to read, and longer to try out. The process keeps
the service from waiting, and is given up if it takes too long or breaks.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import orjson

from .descriptions.choosing import Choice, Preferences, usual
from .descriptions.declaring import Declaring, Sample
from .descriptions.description_formats import digest_text
from .descriptions.description_text import BadDescription, read_text
from .descriptions.digest import Digest, read_digest, written
from .descriptions.media import acceptable
from .errors import SettingsError
from .generation.plan import Subject, compile_plan
from .schema.budget import Budget
from .schema.jsontext import loads
from .schema.pointers import as_sent
from .schema.refusal import Refusal
from .schema.shapes import schema_shape
from .settings.place import Place, shown
from .settings.routes import SpecDeclaration
from .settings.sections import Section
from .words import Json

#: The exit status where a description is refused; standard output says why.
REFUSED = 3

#: The arguments of the process: what it reads.
READ, TRY_OUT = "read", "try-out"

_DECLARED: Section[SpecDeclaration] = Section(SpecDeclaration)
#: How far the process stands back that tries operations out, as ``nice`` counts.
_NICE = 10
_DOCUMENT = "document"


class Refused(Exception):
    """A description that was sent is refused; ``pointer`` is the place in it."""

    def __init__(self, detail: str, pointer: str = "") -> None:
        """``detail`` is a sentence without its end."""
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer


def digest_file(path: Path, spec: SpecDeclaration, most: int) -> bytes:
    """The digest of a file; references may lead to others below its folder.

    It is read once in a process and those that fork from it. Raises
    ``BadDescription``.
    """
    try:
        written_at = path.stat().st_mtime_ns
    except OSError as error:
        raise _unread(path, error, "") from None
    return _digest_file(path, written_at, spec, most)


@cache
def _digest_file(
    path: Path, written_at: int, spec: SpecDeclaration, most: int
) -> bytes:
    folder = path.parent.resolve()

    def read_beside(name: str) -> Json:
        file = (folder / name).resolve()
        if not file.is_relative_to(folder):
            raise BadDescription("it is a link out of the description's folder", name)
        return read_text(_content(file, most, name), most, name)

    return written(
        digest_text(
            _content(path, most, ""),
            name=path.name,
            read_file=read_beside,
            base_path=spec.base_path,
            only=spec.only,
            most=most,
        )
    )


def _content(file: Path, most: int, name: str) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise _unread(file, error, name) from None


def _unread(file: Path, error: OSError, name: str) -> BadDescription:
    return BadDescription(f"the file {file} cannot be read: {error.strerror}", name)


def digest_sent(body: bytes, most: int) -> tuple[SpecDeclaration, bytes]:
    """The declaration and the digest of a description that was sent.

    Raises ``Refused``.
    """
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(f"The body is not JSON: {error.msg}") from None
    spec, document = _declared(given)
    text = document.encode("utf-8", "replace") if isinstance(document, str) else None
    if text is None:
        text = orjson.dumps(document)
    try:
        digest = digest_text(text, base_path=spec.base_path, only=spec.only, most=most)
    except BadDescription as error:
        reason = f"The description cannot be used: {error}"
        raise Refused(reason, error.pointer) from None
    return spec, written(digest)


def _declared(given: Json) -> tuple[SpecDeclaration, Json]:
    members = given if isinstance(given, Mapping) else {}
    documents = [key for key in members if key.casefold() == _DOCUMENT]
    if not documents:
        raise Refused("The body is no description: it has no Document", "/document")
    document = members[documents[0]]
    if not isinstance(document, (str, Mapping)):
        reason = f"Document is {shown(document)}; accepted: an object, or its text"
        raise Refused(reason, f"/{documents[0]}")
    rest = {key: value for key, value in members.items() if key not in documents}
    place = Place("description", "")
    try:
        spec = _DECLARED.build(_DECLARED.from_file(rest, place))
        if spec.file is not None:
            raise place.key("File").error(
                "names a file; accepted: Document, because files are named in a"
                " configuration file only"
            )
        if spec.name is None:
            raise place.key("Name").error("is missing; accepted: a name")
    except SettingsError as error:
        pointer, _ = as_sent(rest, error.pointer)
        reason = f"The description cannot be used: {error.problem}"
        raise Refused(reason, pointer) from None
    return spec, document


def sampler(new_budget: Callable[[], Budget], rng: random.Random) -> Sample:
    """A function that makes a value which fits a JSON Schema.

    It raises ``ValueError`` where there is none.
    """

    def sample(schema: Json) -> Json:
        budget = new_budget()
        try:
            shape = schema_shape(schema, budget)
            plan = compile_plan(Subject("", shape.schema, None), budget)
            made = plan.start(rng.getrandbits(32), budget=budget).value(0)
        except Refusal as error:
            raise ValueError(f"no value can be generated: {error.clause}") from None
        return loads(made)

    return sample


def try_out(digest: Digest, sample: Sample) -> Iterator[tuple[str, str]]:
    """The operations whose usual response cannot be made: pointer and reason."""
    declaring = Declaring(digest, sample)
    for named, text in digest.operations:
        operation = digest.read(text)
        answer, status = usual(operation.answers)
        medium = acceptable(answer.media, "")
        choice = Choice(answer, status, medium)
        try:
            told = declaring.route(named, operation, choice, Preferences())
            for schema in _schemas_of(told):
                sample(schema)
        except ValueError as error:
            yield named.pointer, str(error)


def _schemas_of(told: Mapping[str, Json]) -> Iterator[Json]:
    """The schemas that a route's data is generated by."""
    for holder in (told, *told.get("Stream", {}).get("Events", ())):
        if "Schema" in holder:
            yield holder["Schema"]


def main() -> None:
    """Do what the first argument says.

    ``read`` reads the body of a request from standard input, in which the document
    has at most as many bytes as the second argument says, and writes a line with the
    declaration and then the digest. ``try-out`` reads a digest, and writes a line for
    each operation whose response cannot be made.
    """
    if sys.argv[1] == TRY_OUT:
        os.nice(_NICE)
        digest = read_digest(sys.stdin.buffer.read())
        for found in try_out(digest, sampler(Budget, random.Random())):
            sys.stdout.buffer.write(orjson.dumps(found) + b"\n")
        return
    _read(int(sys.argv[2]))


def _read(most: int) -> None:
    try:
        spec, digest = digest_sent(sys.stdin.buffer.read(), most)
    except Refused as error:
        sys.stdout.buffer.write(orjson.dumps([error.detail, error.pointer]))
        sys.exit(REFUSED)
    head = orjson.dumps(_DECLARED.written(spec))
    sys.stdout.buffer.write(head + b"\n" + digest)


if __name__ == "__main__":
    main()
