"""The slots of the templates: ``{service}``, ``{ms}``, ``{user}``, ..."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Slot(NamedTuple):
    """What fills a slot.

    One of ``words``, or a whole number of ``span`` (both ends included). A slot
    with neither is filled from the locale: ``meaning`` says with what.
    """

    meaning: str
    words: tuple[str, ...] = ()
    span: tuple[int, int] | None = None


#: Every slot that a template may have.
SLOTS: Mapping[str, Slot] = MappingProxyType(
    {
        # From the locale
        "user": Slot("a person's full name"),
        "first": Slot("a person's first name"),
        "city": Slot("a city"),
        "company": Slot("a company"),
        # Whole numbers
        "n": Slot("a number of things", span=(2, 99)),
        "few": Slot("a small number of things", span=(2, 9)),
        "many": Slot("a large number of things", span=(100, 9800)),
        "id": Slot("a number that names something", span=(1000, 99999)),
        "ms": Slot("milliseconds", span=(4, 950)),
        "slow": Slot("milliseconds, too many", span=(1200, 9500)),
        "minutes": Slot("minutes", span=(2, 55)),
        "hours": Slot("hours", span=(2, 36)),
        "percent": Slot("a percentage", span=(2, 60)),
        "high": Slot("a percentage near the limit", span=(80, 99)),
        # Words
        "service": Slot(
            "a part of a system",
            words=(
                "api",
                "auth",
                "billing",
                "catalog",
                "checkout",
                "gateway",
                "inventory",
                "notifications",
                "orders",
                "payments",
                "search",
                "scheduler",
            ),
        ),
        "host": Slot(
            "a machine",
            words=("web-01", "web-02", "api-01", "api-02", "db-01", "cache-01"),
        ),
        "endpoint": Slot(
            "a path of an API",
            words=(
                "/api/cart",
                "/api/login",
                "/api/orders",
                "/api/products",
                "/api/search",
                "/api/users",
            ),
        ),
        "table": Slot(
            "a table of a database",
            words=("customers", "events", "invoices", "orders", "sessions", "users"),
        ),
        "file": Slot(
            "a file",
            words=(
                "agenda.docx",
                "budget-2025.xlsx",
                "contract.pdf",
                "customers.csv",
                "invoice.pdf",
                "photo.jpg",
                "report.pdf",
            ),
        ),
        "version": Slot(
            "a version",
            words=("1.8.2", "1.9.0", "2.0.1", "2.3.0", "2.14.0", "3.1.4", "4.0.0"),
        ),
        "branch": Slot(
            "a branch",
            words=("main", "develop", "release/2.14", "feature/search", "fix/login"),
        ),
        "module": Slot(
            "a part of a program",
            words=(
                "the cart",
                "the parser",
                "the scheduler",
                "the search index",
                "the session store",
                "the settings page",
            ),
        ),
        "product": Slot(
            "something that is sold",
            words=(
                "coffee grinder",
                "desk lamp",
                "hiking boots",
                "keyboard",
                "rain jacket",
                "running shoes",
                "travel mug",
                "wireless headphones",
                "yoga mat",
            ),
        ),
        "amount": Slot(
            "an amount of money without its currency",
            words=("9.99", "14.50", "24.90", "39.00", "59.95", "120.00", "249.00"),
        ),
        "day": Slot(
            "a day of the week",
            words=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
        ),
        "time": Slot(
            "a time of day",
            words=("8:30", "9:15", "10:00", "11:45", "13:30", "14:00", "16:20"),
        ),
        "subject": Slot(
            "what a talk or a text is about",
            words=(
                "observability",
                "remote work",
                "road cycling",
                "sourdough",
                "street photography",
                "test automation",
                "urban gardening",
            ),
        ),
        "dish": Slot(
            "something to eat",
            words=("lentil soup", "pancakes", "ramen", "risotto", "shakshuka", "tacos"),
        ),
    }
)
