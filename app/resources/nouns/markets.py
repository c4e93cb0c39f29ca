"""Resources of trading and banking."""

from __future__ import annotations

from ..noun import IdStyle, Noun, entity_key
from ..traded import COINS, PAIRS, STOCKS

NOUNS = (
    Noun(
        "stocks",
        {
            "ticker": "AAPL",
            "name": "Apple Inc.",
            "price": 229.87,
            "open": 228.4,
            "high": 231.25,
            "low": 227.9,
            "change": 1.47,
            "changePercent": 0.64,
            "volume": 48120350,
            "timestamp": "2025-01-06T15:30:00.000Z",
        },
        aliases=("share", "equity", "ticker", "quote", "price", "symbol", "market"),
        id_field="ticker",
        ids=IdStyle.CODE,
        known={
            entity_key(ticker): {"name": stock.name, "price": stock.price}
            for ticker, stock in STOCKS.items()
        },
        from_id={"name": "{id} Holdings"},
        follows=("price", "open", "high", "low", "change"),
    ),
    Noun(
        "crypto",
        {
            "symbol": "BTC-USD",
            "name": "Bitcoin",
            "price": 98250.4,
            "bid": 98248.1,
            "ask": 98252.7,
            "high24h": 99480.2,
            "low24h": 96115.9,
            "changePercent24h": 1.82,
            "volume24h": 28417.35,
            "timestamp": "2025-01-06T15:30:00.000Z",
        },
        aliases=("cryptocurrency", "coin", "bitcoin", "token-price"),
        id_field="symbol",
        ids=IdStyle.CODE,
        known={
            entity_key(symbol + quote): {"name": coin.name, "price": coin.price}
            for symbol, coin in COINS.items()
            for quote in ("", "USD", "USDT", "USDC")
        },
        from_id={"name": "{id}"},
        follows=("price", "bid", "ask", "high24h", "low24h"),
    ),
    Noun(
        "forex",
        {
            "pair": "EUR/USD",
            "bid": 1.0841,
            "ask": 1.0843,
            "mid": 1.0842,
            "open": 1.0819,
            "high": 1.0867,
            "low": 1.0804,
            "changePercent": 0.21,
            "timestamp": "2025-01-06T15:30:00.000Z",
        },
        aliases=("fx", "currency-pair", "exchange-rate", "currency", "pair"),
        id_field="pair",
        ids=IdStyle.CODE,
        known={entity_key(pair): {"mid": rate.price} for pair, rate in PAIRS.items()},
        follows=("mid", "bid", "ask", "open", "high", "low"),
    ),
    Noun(
        "trades",
        {
            "tradeId": 904512,
            "symbol": "BTC-USD",
            "side": "buy",
            "price": 98251.3,
            "quantity": 0.0425,
            "fee": 4.18,
            "maker": False,
            "executedAt": "2025-01-06T15:30:00.125Z",
        },
        aliases=("execution", "fill"),
        id_field="tradeId",
        fresh=True,
    ),
    Noun(
        "order-books",
        {
            "symbol": "ETH-USD",
            "sequence": 1840221,
            "bids": [
                {"price": 3642.1, "quantity": 1.25},
                {"price": 3641.8, "quantity": 4.02},
            ],
            "asks": [
                {"price": 3642.4, "quantity": 0.9},
                {"price": 3642.9, "quantity": 3.36},
            ],
            "spread": 0.3,
            "timestamp": "2025-01-06T15:30:00.125Z",
        },
        aliases=("depth", "orderbook", "book-depth"),
        id_field="symbol",
        ids=IdStyle.CODE,
    ),
    Noun(
        "candles",
        {
            "symbol": "BTC-USD",
            "interval": "1m",
            "openTime": "2025-01-06T15:29:00.000Z",
            "open": 98190.5,
            "high": 98271.9,
            "low": 98170.2,
            "close": 98251.3,
            "volume": 18.442,
            "trades": 412,
        },
        aliases=("candlestick", "ohlc", "kline"),
        id_field="symbol",
        fresh=True,
        ids=IdStyle.CODE,
    ),
    Noun(
        "portfolios",
        {
            "id": "pf-1042",
            "name": "Retirement",
            "currency": "USD",
            "marketValue": 184230.55,
            "cash": 5120.1,
            "dayChange": 842.17,
            "dayChangePercent": 0.46,
            "positions": [
                {"ticker": "MSFT", "quantity": 40, "marketValue": 16860.0},
                {"ticker": "VTI", "quantity": 120, "marketValue": 34812.0},
            ],
            "updatedAt": "2025-01-06T15:30:00.000Z",
        },
        aliases=("holding", "investment"),
    ),
    Noun(
        "accounts",
        {
            "accountId": "ACC-20418",
            "holder": "Maria Keller",
            "type": "checking",
            "currency": "EUR",
            "balance": 3482.16,
            "availableBalance": 3302.16,
            "status": "active",
            "openedAt": "2021-04-12T08:00:00.000Z",
        },
        aliases=("bank-account", "balance", "wallet"),
        id_field="accountId",
    ),
    Noun(
        "transactions",
        {
            "transactionId": "txn_8f3k2m9q",
            "accountId": "ACC-20418",
            "type": "payment",
            "amount": 54.2,
            "currency": "EUR",
            "merchant": "Corner Market",
            "category": "groceries",
            "status": "completed",
            "createdAt": "2025-01-06T12:41:07.000Z",
        },
        aliases=("transfer", "tx", "txn", "ledger", "payout"),
        id_field="transactionId",
        fresh=True,
    ),
    Noun(
        "loans",
        {
            "loanId": "LN-77120",
            "borrower": "Samuel Ortiz",
            "principal": 24000.0,
            "interestRate": 4.75,
            "termMonths": 60,
            "monthlyPayment": 450.17,
            "outstanding": 18240.9,
            "status": "active",
            "nextPaymentDate": "2025-02-01",
        },
        aliases=("mortgage", "credit"),
        id_field="loanId",
    ),
)
