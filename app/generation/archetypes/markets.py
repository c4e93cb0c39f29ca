"""Resources of trading and money."""

from __future__ import annotations

from app.generation.archetypes.model import IdStyle, Noun, entity_key
from app.generation.vocabulary.markets import STOCKS

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
        aliases=("share", "equity", "ticker", "quote", "price", "symbol"),
        id_field="ticker",
        ids=IdStyle.CODE,
        known={
            entity_key(ticker): {"name": stock.name, "price": stock.price}
            for ticker, stock in STOCKS.items()
        },
        from_id={"name": "{id} Holdings"},
        follows=("price", "open", "high", "low", "change"),
    ),
)
