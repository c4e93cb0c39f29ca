"""Descriptions are read within limits; what is wrong is told in a sentence, fast."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from app.descriptions.description_formats import digest_text
from app.descriptions.description_text import BadDescription
from app.descriptions.digest import Digest, read_digest, written
from app.descriptions.operations import Medium, Operation
from app.words import Json
from tests.unit.described import SHOP

MOST = 1 << 25
HEAD = 'openapi: "3.1.0"\ninfo: {title: T, version: "1"}\npaths:\n'


def digest(text: str, files: Mapping[str, Json] | None = None) -> Digest:
    read_file = None if files is None else files.__getitem__
    return digest_text(text.encode(), most=MOST, read_file=read_file)


def responses(schema: str) -> str:
    return (
        f"{HEAD}  /a:\n    get:\n      responses:\n        '200':\n"
        "          description: A\n          content: {application/json: {schema: "
        f"{schema}}}}}\n"
    )


def operation(found: Digest, name: str) -> Operation:
    texts = {named.name: text for named, text in found.operations}
    return found.read(texts[name])


def medium(found: Digest, name: str = "GET-a") -> Medium:
    return operation(found, name).answers[0].media[0]


def test_a_digest_that_is_written_is_read_back() -> None:
    found = digest(SHOP)
    again = read_digest(written(found))
    assert again == found
    assert [named.name for named, _ in again.operations] == [
        "getPet",
        "putPet",
        "cancel",
        "born",
        "lines",
        "docs",
    ]


def test_what_is_not_served_is_told_with_place_and_reason() -> None:
    told = {each.operation: each for each in digest(SHOP).about.unserved}
    assert told["HEAD /lines"].pointer == "/paths/~1lines/head"
    assert told["GET /broken"].reason == "there is nothing at this place"
    assert told["GET /broken"].pointer == "/components/responses/Gone"


def test_references_lead_to_files_below_the_folder_and_back() -> None:
    files = {
        "sub/pet.yaml": {
            "$defs": {"Pet": {"properties": {"o": {"$ref": "#/x"}}}},
            "x": {"$ref": "../other.yaml"},
        },
        "other.yaml": {"type": "object", "required": ["leaf"]},
    }
    found = digest(responses('{$ref: "sub/pet.yaml#/$defs/Pet"}'), files)
    schema = medium(found).schema
    assert schema is not None
    whole = found.whole(schema.value)
    named = whole["components"]["schemas"]
    assert whole["$ref"] == "#/components/schemas/Pet"
    assert named["Pet"]["properties"]["o"]["$ref"] == "#/components/schemas/x"
    assert named["x"]["$ref"].removeprefix("#/components/schemas/") in named
    assert {"type": "object", "required": ["leaf"]} in named.values()


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("http://127.0.0.1:1/x.yaml", "leads to the network, which is not used"),
        ("//host/x.yaml", "leads to the network, which is not used"),
        ("file:///etc/passwd", "leads to the network, which is not used"),
        ("../secret.yaml", "leads out of the description's folder"),
        ("a/../../secret.yaml", "leads out of the description's folder"),
        ("%2e%2e/secret.yaml", "leads out of the description's folder"),
        ("/etc/passwd", "leads out of the description's folder"),
        ("#/nowhere", "there is nothing at this place"),
        ("#name", "is no JSON Pointer"),
    ],
)
def test_a_reference_stays_in_the_folder(reference: str, reason: str) -> None:
    found = digest(responses(f'{{$ref: "{reference}"}}'), {})
    assert found.operations == []
    assert found.about.unserved[0].reason.endswith(reason)


def test_a_description_that_was_sent_has_no_folder() -> None:
    found = digest(responses('{$ref: "pet.yaml"}'))
    assert "another file" in found.about.unserved[0].reason


def test_references_in_a_circle_are_left_out() -> None:
    text = responses("{}") + (
        "  /b: {get: {responses: {'200': {$ref: '#/components/responses/A'}}}}\n"
        "components: {responses: {A: {$ref: '#/components/responses/B'},\n"
        "  B: {$ref: '#/components/responses/A'}}}\n"
    )
    found = digest(text)
    assert [named.path for named, _ in found.operations] == ["/a"]
    assert "or to themselves" in found.about.unserved[0].reason


def test_a_schema_may_contain_itself() -> None:
    found = digest(SHOP)
    assert found.schemas["Pet"].uses == ("Pet",)


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOMB, "aliases make more than 5000000 values of the text"),
        ("a: &a [*a]", "an anchor contains its own alias"),
        ("[" * 50_000 + "]" * 50_000, "depth limit exceeded"),
        ("a: " + "[" * 50_000, "it is no YAML"),
        ("- " * 50_000, "it is no YAML"),
        ("{" * 300 + "}" * 300, "JSON"),
        ('{"a":' * 300 + "1" + "}" * 300, "nested more than 200 levels deep"),
        ("openapi: !!python/object:os.system x", "tags (!) have no meaning here"),
        ("openapi: 3.1.0\nopenapi: 3.1.0", "the key openapi is given twice"),
        ('{"openapi": "3.1.0"', "it is no JSON: line 1, column 20"),
        ("swagger: '2.0'", "swagger '2.0'; accepted: OpenAPI 3.0, 3.1 or 3.2"),
        ("asyncapi: 9.0.0", "asyncapi '9.0.0'; accepted: OpenAPI"),
        ("just text", "it is no object"),
        ("", "it is no object"),
        ("\x00", "it is no"),
        (f"{HEAD}  []\n", "it has no operations"),
        ("openapi: 3.0.0", "it has no operations"),
    ],
)
def test_what_is_no_description_is_refused_in_a_sentence(
    text: str, reason: str
) -> None:
    began = time.process_time()
    with pytest.raises(BadDescription) as caught:
        digest(text)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.process_time() - began < 2


def test_a_description_of_50_mb_is_refused_at_once() -> None:
    began = time.process_time()
    with pytest.raises(BadDescription, match=r"accepted: up to 33554432 \(MaxSpec"):
        digest_text(b" " * 50_000_000, most=MOST)
    assert time.process_time() - began < 0.5


def test_yaml_merges_and_reads_scalars_by_the_core_schema() -> None:
    text = responses(
        "{allOf: [&base {type: string, default: yes}, {<<: *base, minLength: 0x}]}"
    )
    schema = medium(digest(text)).schema
    assert schema is not None
    assert schema.value["allOf"][1] == {
        "type": "string",
        "default": "yes",
        "minLength": "0x",
    }


def test_the_kinds_of_a_stream_are_the_branches_of_its_items() -> None:
    found = digest(SHOP)
    kinds = medium(found, "born").kinds
    assert [(kind.event, kind.is_text) for kind in kinds] == [
        ("born", False),
        ("fed", True),
    ]
    assert kinds[0].schema is not None
    assert kinds[0].schema.value == {"$ref": "#/components/schemas/Pet"}
    assert [each.framing for each in operation(found, "lines").answers[0].media] == [
        "ndjson",
        "json-seq",
    ]


def test_only_the_operations_that_are_wanted_are_served() -> None:
    chosen = digest_text(SHOP.encode(), only=["pets", "lines"], most=MOST)
    assert [named.name for named, _ in chosen.operations] == ["getPet", "lines"]


def test_nothing_beside_a_reference_counts_in_openapi_3_0() -> None:
    text = responses('{$ref: "#/components/schemas/A", type: string}') + (
        "components: {schemas: {A: {nullable: true, allOf: [{type: object}]}}}\n"
    )
    old = digest(text.replace("3.1.0", "3.0.3"))
    schema = medium(old).schema
    assert schema is not None
    assert schema.value == {"$ref": "#/components/schemas/A"}
    assert b"nullable" not in old.schemas["A"].text


@pytest.mark.parametrize(
    ("given", "place", "reason"),
    [
        ("[1]", "", "it is no object of keys of Stream"),
        ("{Interval: 5}", "/Interval", "did you mean IntervalMs?"),
        ("{intervalMs: 0}", "/IntervalMs", "is 0; accepted: an integer from 1"),
    ],
)
def test_an_extension_that_is_not_accepted_is_told_with_its_place(
    given: str, place: str, reason: str
) -> None:
    found = digest(SHOP.replace("{IntervalMs: 1, MaxEvents: 40}", given))
    (told,) = [each for each in found.about.unserved if each.operation == "GET /born"]
    assert told.pointer == f"/paths/~1born/get/x-llmock{place}"
    assert reason in told.reason


def test_an_extension_in_any_case_is_understood() -> None:
    found = digest(SHOP.replace("IntervalMs: 1, MaxEvents: 40", "intervalms: 5"))
    assert operation(found, "born").stream == {"IntervalMs": 5}
