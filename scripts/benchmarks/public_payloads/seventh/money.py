"""Payments online, perpetual futures, book-keeping."""

import re
from datetime import datetime

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    changes_only_with,
    each,
    equals,
    every,
    matching,
    now,
    number,
    one_to_one,
    past,
    unchanged,
    where,
)
from public_payloads.times import seconds

# -- Mollie ----------------------------------------------------------------------

_METHODS = ("ideal", "creditcard", "bancontact", "paypal", "banktransfer", "klarna")
_METHODS += ("sofort", "eps", "giropay", "applepay", "przelewy24", "directdebit")


def _chosen(series):
    """No method until the customer takes one, which then stays."""
    values = series.values
    return all(v is None or v in _METHODS for v in values) and all(
        a is None or a == b for a, b in series.pairs()
    )


def _status(series):
    """Open goes on to an end; only what has a method is paid."""
    steps = {
        "open": ("pending", "authorized", "paid", "canceled", "expired", "failed"),
        "pending": ("paid", "failed", "canceled", "expired"),
        "authorized": ("paid", "canceled", "expired"),
    }
    known = {"open", *steps["open"]}
    return (
        all(value in known for value in series.values)
        and all(a == b or b in steps.get(a, ()) for a, b in series.pairs())
        and all(
            value in ("open", "canceled", "expired", "failed") or owner["method"]
            for value, owner in zip(series.values, series.owners)
        )
    )


# -- OKX -------------------------------------------------------------------------

FUND = "data.*."
_HOUR = 3_600_000


def _share(far, step):
    """A rate as a text with many digits, which moves by little."""

    def check(series):
        known = float(series.example)
        if not all(re.fullmatch(r"-?0\.\d{3,18}", v) for v in series.values):
            return False
        return all(abs(float(v) - known) <= far for v in series.values) and all(
            abs(float(b) - float(a)) <= step for a, b in series.pairs()
        )

    return Rule(f"a rate by {step}", check)


def _settles(series):
    """The full hour at which the period ends, eight hours ahead at most."""
    return all(
        isinstance(value, str)
        and int(value) % _HOUR == 0
        and -500 <= int(value) - time <= 8 * _HOUR + 1_000
        for value, time in zip(series.values, series.times)
    ) and all(int(a) <= int(b) for a, b in series.pairs())


# -- Xero ------------------------------------------------------------------------

INV = "Invoices.*."
LINE = INV + "LineItems.*."
PAID = INV + "Payments.*."
_INVOICE = changes_only_with("$.Invoices.0.InvoiceID")
_SUM = number(0, 1_000_000)


def _ticks(value):
    return int(re.fullmatch(r"/Date\((\d{13})\+0000\)/", value)[1]) / 1000


def _updated(series):
    """The time of the last change, which is not ahead and does not go back."""
    ids = [owner["InvoiceID"] for owner in series.owners]
    moments = [_ticks(value) for value in series.values]
    return all(m <= t / 1000 + 0.5 for m, t in zip(moments, series.times)) and all(
        a <= b or one != two
        for a, b, one, two in zip(moments, moments[1:], ids, ids[1:])
    )


def _taxed(series):
    """The rate of New Zealand, the same in all lines."""
    return any(
        all(
            abs(float(v) - rate * float(o["LineAmount"])) <= 0.011
            for v, o in zip(series.values, series.owners)
        )
        for rate in (0.125, 0.15)
    )


def _midnight(value):
    return datetime.fromisoformat(value).strftime("%H%M%S") == "000000"


def _state(value, owner, event):
    return value == ("PAID" if float(owner["AmountDue"]) < 0.005 else "AUTHORISED")


def _left(owner, event):
    gone = float(owner["AmountPaid"]) + float(owner["AmountCredited"])
    return float(owner["Total"]) - gone


def _total(name, part):
    return lambda owner, event: sum(float(each[part]) for each in owner[name])


def _due(value, owner, event):
    days = (seconds(value) - seconds(owner["DateString"])) / 86_400
    return 0 <= days <= 92


PAYLOADS = (
    Payload(
        "mollie-payment",
        "payments online",
        "v2/payments/tr_7UhSN1zuXS",
        {
            "resource": "payment",
            "id": "tr_7UhSN1zuXS",
            "mode": "test",
            "createdAt": "2018-03-20T09:13:37+00:00",
            "amount": {"value": "10.00", "currency": "EUR"},
            "description": "Order #12345",
            "method": None,
            "metadata": {"order_id": "12345"},
            "status": "open",
            "isCancelable": False,
            "locale": "nl_NL",
            "expiresAt": "2018-03-20T09:28:37+00:00",
            "profileId": "pfl_QkEhN94Ba",
            "sequenceType": "oneoff",
            "redirectUrl": "https://webshop.example.org/order/12345/",
            "webhookUrl": "https://webshop.example.org/payments/webhook/",
        },
        {
            "createdAt": unchanged | past(0.0105),
            "method": Rule("is chosen once", _chosen),
            "status": Rule("goes on", _status),
            "expiresAt": (
                unchanged | after("createdAt", 900, 900),
                where(
                    "after its creation",
                    lambda v, o, e: seconds(v) > seconds(o["createdAt"]),
                ),
                changes_only_with("createdAt"),
            ),
        },
    ),
    Payload(
        "okx-funding-rate",
        "perpetual futures",
        "ws/v5/public",
        {
            "arg": {"channel": "funding-rate", "instId": "BTC-USD-SWAP"},
            "data": [
                {
                    "formulaType": "noRate",
                    "fundingRate": "0.0001875391284828",
                    "fundingTime": "1700726400000",
                    "impactValue": "",
                    "instId": "BTC-USD-SWAP",
                    "instType": "SWAP",
                    "interestRate": "",
                    "method": "current_period",
                    "maxFundingRate": "0.00375",
                    "minFundingRate": "-0.00375",
                    "nextFundingRate": "",
                    "nextFundingTime": "1700755200000",
                    "premium": "0.0001233824646391",
                    "settFundingRate": "0.0001699799259033",
                    "settState": "settled",
                    "ts": "1700724675402",
                }
            ],
        },
        {
            FUND + "fundingRate": _share(0.001, 0.0001),
            FUND + "fundingTime": Rule("settles", _settles),
            FUND
            + "nextFundingTime": where(
                "a period later",
                lambda v, o, e: isinstance(v, str)
                and int(v) - int(o["fundingTime"]) == 8 * _HOUR,
            ),
            FUND + "premium": _share(0.0012, 0.0003),
            FUND
            + "settFundingRate": (
                _share(0.001, 0.001),
                changes_only_with("fundingTime"),
            ),
            FUND + "settState": unchanged
            | every(
                each("a state", lambda v: v in ("settled", "processing")),
                changes_only_with("fundingTime"),
            ),
            FUND + "ts": now(60),
        },
    ),
    Payload(
        "xero-invoice",
        "invoices of firms",
        "api.xro/2.0/Invoices",
        {
            "Invoices": [
                {
                    "Type": "ACCREC",
                    "InvoiceID": "243216c5-369e-4056-ac67-05388f86dc81",
                    "InvoiceNumber": "OIT00546",
                    "Contact": {
                        "ContactID": "025867f1-d741-4d6b-b1af-9ac774b59ba7",
                        "Name": "City Agency",
                    },
                    "DateString": "2009-05-27T00:00:00",
                    "DueDateString": "2009-06-06T00:00:00",
                    "Status": "AUTHORISED",
                    "LineItems": [
                        {
                            "Description": "Onsite project management",
                            "Quantity": "1.0000",
                            "UnitAmount": "1800.00",
                            "TaxType": "OUTPUT",
                            "TaxAmount": "225.00",
                            "LineAmount": "1800.00",
                        }
                    ],
                    "SubTotal": "1800.00",
                    "TotalTax": "225.00",
                    "Total": "2025.00",
                    "UpdatedDateUTC": "/Date(1518685950940+0000)/",
                    "CurrencyCode": "NZD",
                    "Payments": [
                        {
                            "PaymentID": "0d666415-cf77-43fa-80c7-56775591d426",
                            "Amount": "1000.00",
                        }
                    ],
                    "AmountDue": "1025.00",
                    "AmountPaid": "1000.00",
                    "AmountCredited": "0.00",
                }
            ]
        },
        {
            INV + "InvoiceID": matching(UUID),
            INV + "InvoiceNumber": (matching(r"OIT\d{5}"), one_to_one("InvoiceID")),
            INV + "Contact.ContactID": (matching(UUID), _INVOICE),
            INV
            + "Contact.Name": (
                unchanged | matching(r"[A-Z][\w&'.-]+( [A-Z&(][\w&'.)-]*){0,4}"),
                one_to_one("ContactID"),
            ),
            INV
            + "DateString": (
                unchanged | past(400, fixed=False, least=-0.6),
                each("a day", _midnight),
                _INVOICE,
            ),
            INV
            + "DueDateString": (
                each("a day", _midnight),
                where("after the date", _due),
                _INVOICE,
            ),
            INV + "Status": where("of what is due", _state),
            LINE
            + "Description": (
                unchanged | matching(r"[A-Z][\w',.&/-]*( [\w',.&/()-]+){1,9}"),
                _INVOICE,
            ),
            LINE + "Quantity": (number(0.01, 1_000), _INVOICE),
            LINE + "UnitAmount": (_SUM, _INVOICE),
            LINE + "TaxAmount": (_SUM, Rule("taxed", _taxed), _INVOICE),
            LINE
            + "LineAmount": (
                _SUM,
                equals(lambda o, e: float(o["Quantity"]) * float(o["UnitAmount"])),
                _INVOICE,
            ),
            INV + "SubTotal": (_SUM, equals(_total("LineItems", "LineAmount"))),
            INV + "TotalTax": (_SUM, equals(_total("LineItems", "TaxAmount"))),
            INV
            + "Total": (
                _SUM,
                equals(lambda o, e: float(o["SubTotal"]) + float(o["TotalTax"])),
            ),
            INV + "UpdatedDateUTC": Rule("updated", _updated),
            PAID + "PaymentID": matching(UUID),
            PAID + "Amount": (_SUM, changes_only_with("PaymentID")),
            INV + "AmountDue": (_SUM, equals(_left)),
            INV + "AmountPaid": (_SUM, equals(_total("Payments", "Amount"))),
        },
    ),
)
