"""The console's pure modules, table by table, in the browser that runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.browser.browsers import Chromium
from tests.browser.page import Console

pytestmark = pytest.mark.needs_chromium

Call = Callable[[str, str, object], Any]


@pytest.fixture
def call(in_chromium: Console, chromium_browser: Chromium) -> Call:
    """Call a function body with a module's exports as ``module`` and a value."""
    in_chromium.open()

    def run(module: str, body: str, value: object) -> Any:
        return chromium_browser.driver.execute_async_script(
            f"""const [name, given, done] = arguments;
            import(`/static/console/${{name}}.js`).then((module) => {{
              done((() => {{ {body} }})());
            }});""",
            module,
            value,
        )

    return run


def block(**fields: object) -> dict[str, object]:
    empty: dict[str, object] = {
        "data": None,
        "id": None,
        "event": None,
        "retry": None,
        "comments": [],
    }
    return {**empty, **fields}


#: A stream's text and the blocks in it, by the HTML standard, section 9.2.6.
STREAMS: list[tuple[str, list[dict[str, object]]]] = [
    ("data: a\n\n", [block(data="a")]),
    ("data:a\ndata:  b\n\n", [block(data="a\n b")]),
    ("data\n\ndata\ndata\n\n", [block(data=""), block(data="\n")]),
    (
        "id: 1\nretry: 50\nevent: x\ndata: a\n\n",
        [block(id="1", retry=50, event="x", data="a")],
    ),
    (": keep-alive\n\n", [block(comments=["keep-alive"])]),
    ("id: a\0b\nretry: 5s\n\n", [block()]),
    ("id\n\n", [block(id="")]),
    ("unknown: x\n__proto__: y\n\n", [block()]),
    ("\n\n\ndata: a\r\n\r\ndata: b\r\rdata: c\n", [block(data="a"), block(data="b")]),
    ("data: a\r\ndata: b\r\n\r\n", [block(data="a\nb")]),
    ("data: \u2028é\U0001f600\x85\n\n", [block(data="\u2028é\U0001f600\x85")]),
]

FEED = """const parser = new module.EventStreamParser();
return given.flatMap((piece) => parser.feed(piece)).map(({ raw, ...rest }) => rest);"""


@pytest.mark.parametrize(("text", "blocks"), STREAMS)
def test_a_stream_is_read_in_any_cut(
    call: Call, text: str, blocks: list[dict[str, object]]
) -> None:
    assert call("event-stream", FEED, [text]) == blocks
    assert call("event-stream", FEED, list(text)) == blocks
    for cut in range(len(text)):
        assert call("event-stream", FEED, [text[:cut], "", text[cut:]]) == blocks


#: Text, and where it stops being JSON; None where it is JSON.
JSON_TEXTS = [
    ("", 0),
    ("1", None),
    ("-0.5e+3", None),
    ("01", 0),
    ("1.", 0),
    ("+1", 0),
    (".5", 0),
    ("nul", 0),
    ("nulll", 0),
    ("NaN", 0),
    ('"a', 0),
    ('"a\nb"', 0),
    ('"\\x"', 0),
    ("'a'", 0),
    ('"\\u00e9\\n"', None),
    ("{}", None),
    ("[]", None),
    ("[1,]", 3),
    ("[1 2]", 3),
    ("[,1]", 1),
    ('{"a":1,}', 7),
    ('{"a" 1}', 5),
    ("{a:1}", 1),
    ("{1:1}", 1),
    ('{"a":1', 6),
    ("[1}", 2),
    ("1 2", 2),
    ("[1] // x", 4),
    (' \t\r\n{"a":[true,false,null,{"b":[]}]} ', None),
]

POSITION = "return given.map((text) => module.scan(text).error?.position ?? null);"


def test_json_is_refused_where_it_stops_being_json(call: Call) -> None:
    texts = [text for text, _ in JSON_TEXTS]
    assert call("json-text", POSITION, texts) == [at for _, at in JSON_TEXTS]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    value=JSON_VALUES, damage=st.integers(0, 200), sign=st.sampled_from('{}[],:"1a ')
)
def test_json_is_judged_as_the_browser_judges_it(
    call: Call, value: object, damage: int, sign: str
) -> None:
    text = json.dumps(value, ensure_ascii=False)
    at = damage % (len(text) + 1)
    broken = text[:at] + sign + text[at:]
    body = """return given.map((text) => {
      let fits = true;
      try { JSON.parse(text); } catch { fits = false; }
      const { error } = module.scan(text);
      const again = (written) => JSON.stringify(JSON.parse(written));
      const same = fits && again(module.tidy(text)) === again(text)
        && again(module.compact(text)) === again(text);
      return [fits, error === null, same];
    });"""
    for fits, judged, same in call("json-text", body, [text, broken]):
        assert fits == judged == same


#: Events, the kind that each is, and the batch that it belongs to.
EVENTS = [
    ({"type": "info", "mode": "LlmTokens"}, "info", 0),
    ({"type": "end", "done": True}, "end", 0),
    ({"type": "error", "message": "x", "eventCount": 2}, "error", 0),
    ({"error": {"code": 503}}, "failure", 0),
    ({"data": {"type": "end"}, "index": 4, "done": False}, "data", 4),
    ({"data": 1, "index": 1, "total": 3, "done": False}, "data", 0),
    ({"item": None, "index": 1, "total": 3, "batchNumber": 6}, "item", 6),
    ({"total": 0, "hasMore": False, "done": True}, "item", 0),
    ({"chunk": "a", "accumulated": "a", "batchNumber": 2}, "chunk", 2),
    ({"content": "a", "done": True}, "content", 0),
    ([1], "other", 0),
    (None, "other", 0),
]


def test_events_are_known_by_what_is_in_them(call: Call) -> None:
    body = """return given.map((json) => {
      const event = module.read(JSON.stringify(json));
      return [event.kind, event.json === null ? 0 : module.batchOf(event)];
    });"""
    found = call("payload", body, [event for event, *_ in EVENTS])
    assert found == [[kind, batch] for _, kind, batch in EVENTS]
