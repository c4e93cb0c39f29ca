"""What is traded, with rough prices to walk around."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Asset(NamedTuple):
    """Something with a price: of a pair in its second currency, else in dollars."""

    name: str
    price: float


#: Shares by ticker.
STOCKS: Mapping[str, Asset] = MappingProxyType(
    {
        "AAPL": Asset("Apple Inc.", 229.87),
        "MSFT": Asset("Microsoft Corporation", 421.5),
        "GOOGL": Asset("Alphabet Inc.", 192.13),
        "AMZN": Asset("Amazon.com, Inc.", 223.18),
        "NVDA": Asset("NVIDIA Corporation", 141.95),
        "META": Asset("Meta Platforms, Inc.", 604.63),
        "TSLA": Asset("Tesla, Inc.", 394.36),
        "AVGO": Asset("Broadcom Inc.", 228.7),
        "BRK.B": Asset("Berkshire Hathaway Inc.", 453.2),
        "JPM": Asset("JPMorgan Chase & Co.", 243.28),
        "V": Asset("Visa Inc.", 314.91),
        "MA": Asset("Mastercard Incorporated", 518.02),
        "WMT": Asset("Walmart Inc.", 91.66),
        "COST": Asset("Costco Wholesale Corporation", 918.2),
        "JNJ": Asset("Johnson & Johnson", 144.19),
        "PG": Asset("The Procter & Gamble Company", 166.05),
        "KO": Asset("The Coca-Cola Company", 61.84),
        "PEP": Asset("PepsiCo, Inc.", 150.4),
        "NFLX": Asset("Netflix, Inc.", 881.79),
        "DIS": Asset("The Walt Disney Company", 111.24),
        "ORCL": Asset("Oracle Corporation", 166.03),
        "ADBE": Asset("Adobe Inc.", 430.57),
        "CRM": Asset("Salesforce, Inc.", 330.01),
        "AMD": Asset("Advanced Micro Devices, Inc.", 125.37),
        "INTC": Asset("Intel Corporation", 20.22),
        "QCOM": Asset("QUALCOMM Incorporated", 158.24),
        "CSCO": Asset("Cisco Systems, Inc.", 59.35),
        "IBM": Asset("International Business Machines Corporation", 222.67),
        "UBER": Asset("Uber Technologies, Inc.", 64.54),
        "ABNB": Asset("Airbnb, Inc.", 134.77),
        "SHOP": Asset("Shopify Inc.", 109.42),
        "PYPL": Asset("PayPal Holdings, Inc.", 87.98),
        "BA": Asset("The Boeing Company", 170.55),
        "CAT": Asset("Caterpillar Inc.", 361.7),
        "GE": Asset("GE Aerospace", 169.9),
        "F": Asset("Ford Motor Company", 9.9),
        "GM": Asset("General Motors Company", 51.4),
        "XOM": Asset("Exxon Mobil Corporation", 107.9),
        "CVX": Asset("Chevron Corporation", 147.6),
        "NKE": Asset("NIKE, Inc.", 73.6),
        "SBUX": Asset("Starbucks Corporation", 92.6),
        "MCD": Asset("McDonald's Corporation", 291.8),
        "SAP": Asset("SAP SE", 250.9),
        "ASML": Asset("ASML Holding N.V.", 709.3),
        "SONY": Asset("Sony Group Corporation", 21.3),
        "TM": Asset("Toyota Motor Corporation", 193.8),
        "SPY": Asset("SPDR S&P 500 ETF Trust", 591.95),
        "QQQ": Asset("Invesco QQQ Trust", 518.6),
    }
)

#: Crypto currencies by symbol.
COINS: Mapping[str, Asset] = MappingProxyType(
    {
        "BTC": Asset("Bitcoin", 98250.4),
        "ETH": Asset("Ethereum", 3642.18),
        "BNB": Asset("BNB", 712.3),
        "SOL": Asset("Solana", 214.66),
        "XRP": Asset("XRP", 2.3874),
        "ADA": Asset("Cardano", 1.0832),
        "DOGE": Asset("Dogecoin", 0.3841),
        "AVAX": Asset("Avalanche", 42.18),
        "DOT": Asset("Polkadot", 7.624),
        "LINK": Asset("Chainlink", 23.51),
        "LTC": Asset("Litecoin", 112.47),
        "TRX": Asset("TRON", 0.2651),
        "XLM": Asset("Stellar", 0.4417),
        "ATOM": Asset("Cosmos", 7.183),
        "UNI": Asset("Uniswap", 14.72),
        "XMR": Asset("Monero", 197.35),
    }
)

#: Currency pairs, as base and quote without a separator.
PAIRS: Mapping[str, Asset] = MappingProxyType(
    {
        "EURUSD": Asset("Euro / US Dollar", 1.0842),
        "GBPUSD": Asset("British Pound / US Dollar", 1.2517),
        "USDJPY": Asset("US Dollar / Japanese Yen", 157.62),
        "USDCHF": Asset("US Dollar / Swiss Franc", 0.9053),
        "AUDUSD": Asset("Australian Dollar / US Dollar", 0.6245),
        "USDCAD": Asset("US Dollar / Canadian Dollar", 1.4338),
        "NZDUSD": Asset("New Zealand Dollar / US Dollar", 0.5641),
        "EURGBP": Asset("Euro / British Pound", 0.8302),
        "EURJPY": Asset("Euro / Japanese Yen", 163.82),
        "GBPJPY": Asset("British Pound / Japanese Yen", 197.26),
        "EURCHF": Asset("Euro / Swiss Franc", 0.9396),
        "USDCNY": Asset("US Dollar / Chinese Yuan", 7.3012),
        "USDINR": Asset("US Dollar / Indian Rupee", 85.74),
        "USDMXN": Asset("US Dollar / Mexican Peso", 20.31),
        "USDSEK": Asset("US Dollar / Swedish Krona", 11.04),
        "USDSGD": Asset("US Dollar / Singapore Dollar", 1.3621),
    }
)
