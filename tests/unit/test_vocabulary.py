"""Word families, their styles, and the texts that events consist of."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.generation.vocabulary import (
    choices_for,
    choices_of,
    family_of,
    is_trouble,
    slots,
    text_for,
)
from app.generation.vocabulary.families import families
from app.generation.vocabulary.style import style_of
from app.generation.vocabulary.templates import topics
from app.resources.catalogue import nouns
from app.resources.inflection import is_plural, singular, words
from app.resources.things import assets

# Names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orderItems", ["order", "items"]),
        ("OrderItems", ["order", "items"]),
        ("order-items", ["order", "items"]),
        ("order_items", ["order", "items"]),
        ("ORDER_ITEMS", ["order", "items"]),
        ("order items", ["order", "items"]),
        ("HTTPServer", ["http", "server"]),
        ("userID", ["user", "id"]),
        ("sensor12", ["sensor12"]),
        ("sensor-12", ["sensor", "12"]),
        ("größeMm", ["größe", "mm"]),
        ("", []),
        ("--", []),
    ],
)
def test_a_name_falls_into_words(name: str, expected: list[str]) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("orders", "order"),
        ("deliveries", "delivery"),
        ("movies", "movie"),
        ("boxes", "box"),
        ("matches", "match"),
        ("addresses", "address"),
        ("statuses", "status"),
        ("analyses", "analysis"),
        ("indices", "index"),
        ("people", "person"),
        ("children", "child"),
        ("houses", "house"),
        ("heroes", "hero"),
        ("databases", "database"),
    ],
)
def test_a_plural_has_its_singular(plural: str, expected: str) -> None:
    assert is_plural(plural)
    assert singular(plural) == expected


@pytest.mark.parametrize(
    "word",
    "order status address news weather series analysis bus gas vitals".split(),
)
def test_a_singular_is_left_alone(word: str) -> None:
    assert not is_plural(word)
    assert singular(word) == word


# Families


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("info", {"debug", "warning", "error"}),
        ("INFO", {"DEBUG", "WARNING", "ERROR"}),
        ("Info", {"Debug", "Warning", "Error"}),
        ("WARN", {"INFO", "ERROR", "FATAL"}),
        ("active", {"inactive", "pending"}),
        ("shipped", {"processing", "delivered"}),
        ("in_transit", {"picked_up", "out_for_delivery"}),
        ("in-transit", {"picked-up", "out-for-delivery"}),
        ("In Transit", {"Picked Up", "Out For Delivery"}),
        ("In transit", {"Picked up", "Out for delivery"}),
        ("inTransit", {"pickedUp", "outForDelivery"}),
        ("InTransit", {"PickedUp", "OutForDelivery"}),
        ("IN_TRANSIT", {"PICKED_UP", "OUT_FOR_DELIVERY"}),
        ("boarding", {"scheduled", "en_route", "landed"}),
        ("rolled_back", {"succeeded", "deploying"}),
        ("medium", {"low", "high", "critical"}),
        ("P2", {"P1", "P3"}),
        ("GET", {"POST", "PUT", "DELETE"}),
        ("USD", {"EUR", "GBP"}),
        ("eur", {"usd", "gbp"}),
        ("north", {"south", "east"}),
        ("NW", {"N", "SE"}),
        ("°C", {"°F"}),
        ("sunny", {"cloudy", "rain"}),
        ("Partly cloudy", {"Sunny", "Fog"}),
        ("red", {"blue", "green"}),
        ("electronics", {"books", "toys"}),
        ("admin", {"editor", "viewer"}),
        ("billing", {"api", "auth", "payments"}),
        ("payment-service", {"auth-service"}),
        ("living-room", {"kitchen", "bedroom"}),
        ("Living Room", {"Kitchen", "Bedroom"}),
        ("thermostat", {"camera", "lock"}),
        ("AAPL", {"MSFT", "TSLA"}),
        ("BTC", {"ETH", "SOL"}),
        ("BTC-USD", {"ETH-USD"}),
        ("EUR/USD", {"GBP/USD"}),
        ("Lufthansa", {"Air France", "KLM"}),
        ("JFK", {"LAX", "FRA"}),
        ("Arsenal", {"Chelsea", "Liverpool"}),
        ("Boston Celtics", {"Denver Nuggets"}),
        ("PushEvent", {"WatchEvent", "ForkEvent"}),
        ("us-east-1", {"eu-west-1"}),
    ],
)
def test_a_word_names_its_family(word: str, others: set[str]) -> None:
    family = family_of(word)
    assert family is not None
    assert {word} | others <= set(family)


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("order_created", {"order_updated", "order_shipped"}),
        ("order.created", {"order.updated", "order.shipped"}),
        ("order:created", {"order:updated"}),
        ("order-created", {"order-updated"}),
        ("orderCreated", {"orderUpdated"}),
        ("OrderCreated", {"OrderUpdated"}),
        ("ORDER_CREATED", {"ORDER_UPDATED"}),
        ("Order created", {"Order updated"}),
        ("user.login", {"user.logout", "user.created"}),
        ("user.password_changed", {"user.login"}),
        ("userPasswordChanged", {"userLogin"}),
        ("user/signed-up", {"user/created"}),
        ("payment_intent.succeeded", {"payment_intent.failed"}),
        ("customer.subscription.created", {"customer.subscription.renewed"}),
        ("gizmo_created", {"gizmo_updated", "gizmo_deleted"}),
        ("gizmo.voted", {"gizmo.created", "gizmo.updated"}),
    ],
)
def test_an_event_type_names_what_else_happens(word: str, others: set[str]) -> None:
    family = family_of(word)
    assert family is not None
    assert {word} | others <= set(family)


@pytest.mark.parametrize(
    "word", ["", "s1", "Ada Lindqvist", "lorem", "42", "a_b", "🙂", "/", "."]
)
def test_other_words_have_no_family(word: str) -> None:
    assert family_of(word) is None
    assert choices_of(word) is None


@pytest.mark.parametrize(
    ("field", "noun", "present", "absent"),
    [
        ("status", "orders", "shipped", "in_progress"),
        ("paymentStatus", "", "refunded", "shipped"),
        ("status", "invoices", "overdue", "shipped"),
        ("status", "bookings", "no_show", "shipped"),
        ("status", "vehicles", "pending", "shipped"),
    ],
)
def test_field_and_resource_decide_between_families(
    field: str, noun: str, present: str, absent: str
) -> None:
    word = "paid" if noun == "invoices" else "pending"
    family = family_of(word, field, noun) or ()
    assert present in family
    assert absent not in family


@pytest.mark.parametrize(
    ("field", "noun", "expected"),
    [
        ("level", "logs", "info"),
        ("logLevel", "", "info"),
        ("status", "orders", "shipped"),
        ("orderStatus", "", "shipped"),
        ("status", "flights", "boarding"),
        ("severity", "incidents", "critical"),
        ("currency", "", "USD"),
        ("method", "requests", "GET"),
        ("method", "payments", "card"),
        ("service", "logs", "auth"),
        ("room", "", "kitchen"),
        ("condition", "weather", "sunny"),
        ("category", "products", "electronics"),
        ("category", "news", "science"),
        ("color", "", "red"),
        ("user_role", "", "admin"),
        ("ticker", "", "AAPL"),
    ],
)
def test_a_field_without_an_example_has_a_family_too(
    field: str, noun: str, expected: str
) -> None:
    assert expected in (choices_for(field, noun) or ())


def test_a_field_that_says_nothing_has_no_family() -> None:
    assert choices_for("foo") is None
    assert choices_for("") is None


@pytest.mark.parametrize(
    ("word", "rare"),
    [("info", "error"), ("active", "suspended"), ("GET", "DELETE"), ("up", "down")],
)
def test_common_words_are_common(word: str, rare: str) -> None:
    count = Counter(choices_of(word))
    assert count[word] >= 3 * count[rare] > 0
    assert set(count) == set(family_of(word) or ())


def _sentence(text: str) -> str:
    return text.replace("-", " ").capitalize()


def _camel(text: str) -> str:
    head, *rest = text.split("-")
    return head + "".join(map(str.capitalize, rest))


STYLES: list[Callable[[str], str]] = [
    str,
    str.upper,
    _sentence,
    _camel,
    lambda text: text.replace("-", "_"),
    lambda text: text.replace("-", "_").upper(),
    lambda text: text.replace("-", " ").title(),
    lambda text: text.replace("-", " "),
]


@pytest.mark.parametrize("style", STYLES)
def test_a_family_keeps_the_style_of_the_example(style: Callable[[str], str]) -> None:
    for family in families():
        if family.verbatim:
            continue
        for word in family.words:
            if "-" not in word:
                continue  # one word does not show what separates two
            example = style(word)
            written = style_of(example).write
            assert written(word.split("-")) == example
            found = family_of(example)
            assert found is not None and example in found


@pytest.mark.parametrize("case", [str.lower, str.upper, str.capitalize])
def test_a_family_keeps_the_case_of_a_single_word(case: Callable[[str], str]) -> None:
    for family in families():
        for word in family.words:
            if family.verbatim or not word.isalpha():
                continue
            found = family_of(case(word)) or ()
            assert case(word) in found
            if len(word) > 1:
                assert all(case(other) == other for other in found if other.isalpha())


def test_the_tables_of_families_are_in_order() -> None:
    for family in families():
        assert len(family.words) >= 2
        assert all(weight > 0 for weight in family.words.values())


@given(st.text(), st.text(), st.text())
@example(":Running", "status", "jobs")
def test_any_text_is_a_question_that_has_an_answer(
    word: str, field: str, noun: str
) -> None:
    family = family_of(word, field, noun)
    assert family is None or word in family
    assert text_for(field, noun)
    choices_for(field, noun)


# Texts

#: The fields that hold texts, by resource.
TEXT_FIELDS = [
    ("message", "logs"),
    ("message", "alerts"),
    ("title", "alerts"),
    ("text", "chat"),
    ("message", "chat"),
    ("text", "posts"),
    ("title", "posts"),
    ("comment", "comments"),
    ("text", "comments"),
    ("review", "reviews"),
    ("title", "reviews"),
    ("headline", "news"),
    ("summary", "news"),
    ("body", "news"),
    ("subject", "tickets"),
    ("description", "tickets"),
    ("title", "notifications"),
    ("message", "notifications"),
    ("subject", "emails"),
    ("body", "emails"),
    ("message", "commits"),
    ("message", "audit"),
    ("message", "support"),
    ("title", "issues"),
    ("message", "errors"),
    ("description", "products"),
    ("reason", "refunds"),
    ("anything", "widgets"),
    ("title", "widgets"),
]


@pytest.mark.parametrize(("field", "noun"), TEXT_FIELDS)
def test_there_are_many_different_texts(field: str, noun: str) -> None:
    texts = text_for(field, noun)
    assert len(set(texts)) == len(texts) >= 12


def test_different_resources_say_different_things() -> None:
    texts = {(field, noun): text_for(field, noun) for field, noun in TEXT_FIELDS}
    assert len(set(texts.values())) >= 20
    assert texts["message", "logs"] != texts["message", "alerts"]
    assert texts["title", "alerts"] != texts["message", "alerts"]


@pytest.mark.parametrize(
    ("field", "noun", "same_as"),
    [
        ("logMessage", "", ("message", "logs")),
        ("alert", "data", ("message", "alerts")),
        ("headline", "", ("headline", "news")),
        ("errorMessage", "requests", ("message", "errors")),
        ("comment", "posts", ("text", "comments")),
        ("review", "products", ("text", "reviews")),
        ("Message", "Logs", ("message", "logs")),
        ("message", "log-entries", ("message", "logs")),
    ],
)
def test_a_field_may_say_what_its_text_is(
    field: str, noun: str, same_as: tuple[str, str]
) -> None:
    assert text_for(field, noun) == text_for(*same_as)


def test_troubles_are_told_apart_where_they_differ() -> None:
    both = text_for("message", "logs")
    bad = text_for("message", "logs", trouble=True)
    good = text_for("message", "logs", trouble=False)
    assert set(bad) | set(good) == set(both)
    assert not set(bad) & set(good)
    assert text_for("text", "chat", trouble=True) == text_for("text", "chat")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ERROR", True),
        ("warn", True),
        ("Critical", True),
        ("fatal_error", True),
        ("info", False),
        ("debug", False),
        ("", False),
    ],
)
def test_a_level_says_whether_something_is_wrong(word: str, expected: bool) -> None:
    assert is_trouble(word) is expected


def _templates() -> list[str]:
    groups = [
        group
        for topic in topics()
        for group in (topic.titles, topic.bodies, topic.troubles)
    ]
    general = [text_for("title"), text_for("text")]
    return [text for group in (*groups, *general) for text in group]


def _slots(template: str) -> set[str]:
    fields = string.Formatter().parse(template)
    return {name for _, name, _, _ in fields if name is not None}


def test_every_slot_of_a_template_is_known_and_every_slot_is_used() -> None:
    used: set[str] = set()
    for template in _templates():
        assert _slots(template) <= set(slots()), template
        used |= _slots(template)
    assert used == set(slots())


def test_a_slot_is_filled_in_one_way() -> None:
    by_locale = set()
    for name, slot in slots().items():
        assert slot.meaning
        assert not (slot.words and slot.span)
        assert len(set(slot.words)) == len(slot.words) != 1
        if slot.span:
            low, high = slot.span
            assert 0 <= low < high
        if not slot.words and not slot.span:
            by_locale.add(name)
    assert by_locale == {"user", "first", "city", "company"}


def test_a_text_is_clean() -> None:
    for template in _templates():
        assert template == template.strip()
        assert template[0].isupper() or template[0].isdigit() or template[0] in "{p"
        assert not re.search(r"\s\s|lorem|\bfoo\b|\bxyz\b", template)


def test_the_texts_of_archetypes_have_templates() -> None:
    for noun in nouns():
        for field, value in noun.example.items():
            if isinstance(value, str) and value.count(" ") >= 4:
                assert len(text_for(field, noun.name)) >= 12


# What is real


def test_prices_are_positive_and_names_are_there() -> None:
    for table in map(assets, ("stocks", "coins", "pairs")):
        assert len(table) >= 15
        for code, asset in table.items():
            assert asset.price > 0
            assert asset.name
            assert code == code.upper()
