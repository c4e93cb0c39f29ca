"""Markets, banks, shops and their customers."""

from public_payloads.checks import is_iban
from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    after,
    amount,
    counter,
    each,
    equals,
    matching,
    new,
    now,
    number,
    one_of,
    past,
    price,
    unchanged,
    varies_with,
    walk,
    where,
)

_IBAN = unchanged | each("an IBAN", lambda value: is_iban(value, "DE"))

PAYLOADS = [
    Payload(
        "coinbase-ticker",
        "crypto exchange",
        "coinbase/ticker",
        {
            "type": "ticker",
            "sequence": 37475248783,
            "product_id": "ETH-USD",
            "price": "1285.22",
            "open_24h": "1310.79",
            "volume_24h": "245532.79269678",
            "low_24h": "1280.52",
            "high_24h": "1313.80",
            "volume_30d": "9788783.60117027",
            "best_bid": "1285.04",
            "best_bid_size": "0.46688654",
            "best_ask": "1285.27",
            "best_ask_size": "1.56637040",
            "side": "buy",
            "time": "2022-10-19T23:28:22.061769Z",
            "trade_id": 370843401,
            "last_size": "11.43969870",
        },
        {
            "sequence": counter(1, 2_000),
            "price": price(0.005),
            "open_24h": price(0.0005, rests=True),
            "volume_24h": walk(500, 200_000, 300_000, rests=True),
            "low_24h": (
                price(0.005, rests=True),
                where("<= price", lambda v, o, e: float(v) <= float(o["price"])),
            ),
            "high_24h": (
                price(0.005, rests=True),
                where(">= price", lambda v, o, e: float(v) >= float(o["price"])),
            ),
            "volume_30d": walk(5_000, 9e6, 11e6, rests=True),
            "best_bid": (
                price(0.005),
                where(
                    "below the ask, near the price",
                    lambda v, o, e: float(v) < float(o["best_ask"])
                    and abs(float(v) / float(o["price"]) - 1) < 0.002,
                ),
            ),
            "best_bid_size": number(1e-8, 500),
            "best_ask": (
                price(0.005),
                where(
                    "above the bid, near the price",
                    lambda v, o, e: float(v) > float(o["best_bid"])
                    and abs(float(v) / float(o["price"]) - 1) < 0.002,
                ),
            ),
            "best_ask_size": number(1e-8, 500),
            "side": one_of("buy", "sell"),
            "time": now(2),
            "trade_id": counter(1, 200),
            "last_size": number(1e-8, 500),
        },
    ),
    Payload(
        "plaid-transactions",
        "banking",
        "plaid/transactions",
        {
            "transaction_id": "lPNjeW1nR6CDn5okmGQ6hEpMo4lLNoSrzqDje",
            "account_id": "BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp",
            "amount": 72.10,
            "iso_currency_code": "USD",
            "unofficial_currency_code": None,
            "category": ["Shops", "Supermarkets and Groceries"],
            "category_id": "19046000",
            "check_number": None,
            "counterparties": [
                {
                    "name": "Walmart",
                    "type": "merchant",
                    "logo_url": "https://plaid-merchant-logos.plaid.com/walmart.png",
                    "website": "walmart.com",
                    "confidence_level": "VERY_HIGH",
                }
            ],
            "date": "2023-09-24",
            "authorized_date": "2023-09-22",
            "location": {
                "address": "13425 Community Rd",
                "city": "Poway",
                "region": "CA",
                "postal_code": "92064",
                "country": "US",
                "lat": 32.959068,
                "lon": -117.037666,
                "store_number": "1700",
            },
            "name": "PURCHASE WM SUPERCENTER #1700",
            "merchant_name": "Walmart",
            "payment_channel": "in store",
            "pending": False,
            "pending_transaction_id": "no86Eox18VHMvaOVL7gPUM9ap3aR1LsAVZ5nc",
            "transaction_type": "place",
        },
        {
            "transaction_id": new(r"[A-Za-z0-9]{37}"),
            "amount": (amount(0.5, 800), varies_with("transaction_id")),
            "date": unchanged | past(10, fixed=False),
            "authorized_date": after("date", -7 * 86_400, 0),
            "pending_transaction_id": unchanged | matching(r"[A-Za-z0-9]{37}"),
        },
    ),
    Payload(
        "iso20022-credit-transfer",
        "payments",
        "payments/pacs.008",
        {
            "GrpHdr": {
                "MsgId": "BBBB150928CTEUR912",
                "CreDtTm": "2015-09-28T16:00:00.000Z",
                "NbOfTxs": "1",
                "TtlIntrBkSttlmAmt": {"Ccy": "EUR", "Amt": "1500.00"},
                "SttlmInf": {"SttlmMtd": "CLRG", "ClrSys": {"Cd": "TGT"}},
            },
            "CdtTrfTxInf": [
                {
                    "PmtId": {
                        "InstrId": "BBBB150928CT",
                        "EndToEndId": "NOTPROVIDED",
                        "UETR": "8a562c67-ca16-48ba-b074-65581be6f011",
                    },
                    "PmtTpInf": {"SvcLvl": {"Cd": "SEPA"}},
                    "IntrBkSttlmAmt": {"Ccy": "EUR", "Amt": "1500.00"},
                    "IntrBkSttlmDt": "2015-09-28",
                    "ChrgBr": "SLEV",
                    "Dbtr": {"Nm": "ABC Maschinenbau GmbH"},
                    "DbtrAcct": {"Id": {"IBAN": "DE89370400440532013000"}},
                    "DbtrAgt": {"FinInstnId": {"BICFI": "COBADEFF370"}},
                    "CdtrAgt": {"FinInstnId": {"BICFI": "DEUTDEFF500"}},
                    "Cdtr": {"Nm": "Muster Logistik AG"},
                    "CdtrAcct": {"Id": {"IBAN": "DE02500105170137075030"}},
                    "RmtInf": {"Ustrd": "Invoice 4711, order 2015-0815"},
                }
            ],
        },
        {
            "GrpHdr.MsgId": new(r"[A-Z0-9]{18}"),
            "GrpHdr.CreDtTm": unchanged | now(60),
            "GrpHdr.TtlIntrBkSttlmAmt.Amt": equals(
                lambda o, e: float(e["CdtTrfTxInf"][0]["IntrBkSttlmAmt"]["Amt"])
            ),
            "CdtTrfTxInf.*.PmtId.InstrId": unchanged | matching(r"[A-Z0-9]{12}"),
            "CdtTrfTxInf.*.PmtId.UETR": new(UUID),
            "CdtTrfTxInf.*.IntrBkSttlmAmt.Amt": amount(1, 100_000),
            "CdtTrfTxInf.*.IntrBkSttlmDt": after(
                "$.GrpHdr.CreDtTm", -86_400, 3 * 86_400
            ),
            "CdtTrfTxInf.*.DbtrAcct.Id.IBAN": _IBAN,
            "CdtTrfTxInf.*.CdtrAcct.Id.IBAN": _IBAN,
            "CdtTrfTxInf.*.RmtInf.Ustrd": unchanged
            | each("an invoice", lambda value: "nvoice" in value or "rder" in value),
        },
    ),
    Payload(
        "salesforce-cdc",
        "customer relations",
        "data/AccountChangeEvent",
        {
            "schema": "IeRuaY6cbI_HsV8Rv1Mc5g",
            "payload": {
                "ChangeEventHeader": {
                    "entityName": "Account",
                    "recordIds": ["001xx000003DGb2AAG"],
                    "changeType": "UPDATE",
                    "changeOrigin": "com/salesforce/api/rest/58.0",
                    "transactionKey": "000046c7-a642-11e2-c29b-229c6786473e",
                    "sequenceNumber": 1,
                    "commitTimestamp": 1692391800000,
                    "commitUser": "005xx000001SwB7AAK",
                    "commitNumber": 65824495931392,
                    "nulledFields": [],
                    "diffFields": [],
                    "changedFields": ["AnnualRevenue", "LastModifiedDate"],
                },
                "AnnualRevenue": 1250000,
                "LastModifiedDate": "2023-08-18T20:50:00.000Z",
            },
            "event": {"replayId": 6},
        },
        {
            "payload.ChangeEventHeader.recordIds.*": unchanged
            | matching("001[A-Za-z0-9]{15}"),
            "payload.ChangeEventHeader.transactionKey": new(UUID),
            "payload.ChangeEventHeader.commitTimestamp": now(5),
            "payload.ChangeEventHeader.commitUser": unchanged
            | matching("005[A-Za-z0-9]{15}"),
            "payload.ChangeEventHeader.commitNumber": counter(1, 1e9),
            "payload.AnnualRevenue": number(1_000, 5e8),
            "payload.LastModifiedDate": (
                now(5),
                after("$.payload.ChangeEventHeader.commitTimestamp", -2, 1),
            ),
            "event.replayId": counter(1, 10),
        },
    ),
    Payload(
        "shopify-order",
        "retail",
        "shopify/orders",
        {
            "id": 820982911946154508,
            "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
            "name": "#1234",
            "order_number": 1234,
            "number": 234,
            "created_at": "2021-12-31T19:00:00-05:00",
            "processed_at": "2021-12-31T19:00:00-05:00",
            "cancelled_at": None,
            "currency": "USD",
            "financial_status": "paid",
            "fulfillment_status": None,
            "subtotal_price": "597.00",
            "total_tax": "11.94",
            "total_discounts": "0.00",
            "total_price": "608.94",
            "taxes_included": False,
            "test": False,
            "source_name": "web",
            "tags": "",
            "customer": {
                "id": 115310627314723954,
                "email": "john@example.com",
                "first_name": "John",
                "last_name": "Smith",
                "verified_email": True,
            },
            "line_items": [
                {
                    "id": 866550311766439020,
                    "product_id": 632910392,
                    "variant_id": 808950810,
                    "sku": "IPOD2008PINK",
                    "title": "IPod Nano - 8GB",
                    "quantity": 1,
                    "price": "199.00",
                    "grams": 567,
                    "requires_shipping": True,
                },
                {
                    "id": 141249953214522974,
                    "product_id": 632910393,
                    "variant_id": 808950811,
                    "sku": "IPOD2008BLUE",
                    "title": "IPod Nano - 16GB",
                    "quantity": 2,
                    "price": "199.00",
                    "grams": 567,
                    "requires_shipping": True,
                },
            ],
        },
        {
            "id": new(r"\d{15,18}"),
            "admin_graphql_api_id": equals(
                lambda o, e: f"gid://shopify/Order/{o['id']}"
            ),
            "name": equals(lambda o, e: f"#{o['order_number']}"),
            "order_number": counter(1, 5),
            "number": equals(lambda o, e: o["order_number"] - 1_000),
            "created_at": now(5),
            "processed_at": after("created_at", 0, 5),
            "source_name": one_of("web", "pos", "iphone", "android"),
            "financial_status": one_of("paid", "pending", "authorized"),
            "subtotal_price": equals(
                lambda o, e: sum(
                    float(item["price"]) * item["quantity"] for item in e["line_items"]
                )
            ),
            "total_tax": where(
                "a part of the subtotal",
                lambda v, o, e: 0 <= float(v) <= 0.25 * float(o["subtotal_price"]),
            ),
            "total_price": equals(
                lambda o, e: float(o["subtotal_price"])
                + float(o["total_tax"])
                - float(o["total_discounts"])
            ),
            "customer.id": unchanged | matching(r"\d{15,18}"),
            "customer.email": unchanged
            | where(
                "of the customer's name",
                lambda v, o, e: o["first_name"].lower() in v
                or o["last_name"].lower() in v,
            ),
            "customer.first_name": (matching("[A-Z][a-z]+"),),
            "customer.last_name": (matching("[A-Z][A-Za-z'-]+"),),
            "line_items.*.id": unchanged | matching(r"\d{15,18}"),
            "line_items.*.quantity": number(1, 10),
        },
    ),
]
