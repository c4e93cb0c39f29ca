"""Numbers of an example: what says that they move, and what they follow."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.unit.generated import values


def column(events: list[Any], *route: str | int) -> list[Any]:
    found = []
    for event in events:
        for step in route:
            event = event[step]
        found.append(event)
    return found


@pytest.mark.parametrize(
    ("shape", "route"),
    [
        ({"temperature": {"unitCode": "wmoUnit:degC", "value": 8.3}}, 1),
        ({"temps": [{"tool0": {"actual": 214.8, "target": 215.0}}]}, 3),
        ({"metrics": [{"name": "Tank Pressure", "value": 2.41}]}, 2),
        ({"metrics": [{"name": "Bottles Filled", "value": 118204}]}, 2),
        ({"networks": {"eth0": {"rx_bytes": 5338214}}}, 2),
        ({"involved": {"count": 14, "lastTimestamp": "2024-05-21T08:15:41Z"}}, 1),
    ],
    ids=["holder", "target", "metric", "done", "traffic", "repeats"],
)
def test_a_number_moves_that_something_around_it_names(shape: Any, route: int) -> None:
    shape |= {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8}
    found = []
    for event in values("x", shape, 20):
        value = event
        for _ in range(route):
            value = [*value.values()][0] if isinstance(value, dict) else value[0]
        found.append(
            value if not isinstance(value, dict) else value.get("value", value)
        )
    assert len({str(value) for value in found}) > 1
    assert {(event["a"], event["h"]) for event in values("x", shape)} == {(1, 8)}


@pytest.mark.parametrize(
    "holder", ["referenceRange", "threshold", "setpoints", "maximum"]
)
def test_numbers_of_limits_stay(holder: str) -> None:
    limits = {"low": {"value": 60, "unit": "/min"}, "temperature": 40.5}
    shape = {holder: limits, "heartRate": {"value": 72, "unit": "/min"}}
    events = values("x", shape, 20)
    assert all(event[holder] == limits for event in events)
    assert len(set(column(events, "heartRate", "value"))) > 1


def test_a_volume_beside_no_price_is_none_of_a_market() -> None:
    shape = {"temperature": 10.5, "filament": {"length": 810, "volume": 5.36}}
    assert set(column(values("x", shape, 10), "filament", "volume")) == {5.36}


def test_a_sequence_in_a_text_rises_and_keeps_its_width() -> None:
    shape = {"resourceVersion": "0010598", "kind": "Pod"}
    found = column(values("x", shape, 3), "resourceVersion")
    assert found == ["0010598", "0010599", "0010600"]


def test_the_time_left_falls_as_the_time_goes_by() -> None:
    shape = {"printTime": 276, "printTimeLeft": 12, "uptimeMs": 5000}
    events = values("x", shape, 20)
    assert column(events, "printTime") == [*range(276, 296)]
    assert column(events, "printTimeLeft") == [max(12 - n, 0) for n in range(20)]
    assert column(events, "uptimeMs") == [5000 + 1000 * n for n in range(20)]


def test_an_uptime_in_percent_is_no_time() -> None:
    events = values("x", {"uptime": 99.98, "temperature": 20.5})
    assert set(column(events, "uptime")) == {99.98}


def test_a_share_in_percent_follows_its_part_of_the_whole() -> None:
    shape = {
        "job": {"file": {"size": 1468987}},
        "progress": {"completion": 23.0051, "filepos": 337942},
    }
    found = column(values("x", shape, 20), "progress")
    assert len({progress["filepos"] for progress in found}) > 5
    for progress in found:
        share = 100 * progress["filepos"] / 1468987
        assert progress["completion"] == pytest.approx(share, abs=1e-4)


def test_all_listeners_are_those_that_listen_now() -> None:
    shape = {"listeners": {"total": 15, "current": 15}, "temperature": 20.5}
    for event in values("x", shape, 20):
        assert event["listeners"]["total"] == event["listeners"]["current"]


def test_a_counter_of_nanoseconds_does_not_leap() -> None:
    found = column(values("x", {"total_usage": 739306590000000}, 20), "total_usage")
    assert all(0 <= two - one < 10**9 for one, two in pairwise(found))
    assert found[-1] > found[0]


def test_what_was_before_is_what_the_last_event_had() -> None:
    shape = {
        "cpu_stats": {"system_cpu_usage": 739306590000000},
        "precpu_stats": {"system_cpu_usage": 739302600000000},
    }
    events = values("x", shape, 10)
    for one, two in pairwise(events):
        before = two["precpu_stats"]["system_cpu_usage"]
        assert before == one["cpu_stats"]["system_cpu_usage"]


def test_letters_stand_for_the_prices_of_a_candle() -> None:
    candle = {"o": 16541.2, "c": 16543.67, "h": 16550.0, "l": 16538.11, "v": 105.5}
    found = column(values("x", {"k": candle, "s": "BTC"}, 20), "k")
    assert len({each["c"] for each in found}) > 5
    for each in found:
        assert each["o"] == 16541.2 and each.keys() == candle.keys()
        assert each["l"] <= min(each["c"], 16538.11)
        assert each["h"] >= max(each["c"], 16550.0)


def test_one_letter_alone_stands_for_nothing() -> None:
    events = values("x", {"c": 16543.67, "temperature": 20.5})
    assert set(column(events, "c")) == {16543.67}


def test_one_quantity_in_two_units_is_the_same() -> None:
    shape = {"temp_c": 11.0, "temp_f": 51.8, "wind_mph": 3.8, "wind_kph": 6.1}
    events = values("x", shape, 20)
    assert len(set(column(events, "temp_f"))) > 1
    assert len(set(column(events, "wind_kph"))) > 1
    for event in events:
        assert event["temp_f"] == pytest.approx(event["temp_c"] * 1.8 + 32, abs=0.1)
        assert event["wind_kph"] == pytest.approx(event["wind_mph"] * 1.605, abs=0.1)


def test_a_measure_keeps_its_unit_in_a_text() -> None:
    shape = {"usage": {"cpu": "412803927n", "memory": "2876544Ki"}, "limit": "5 km/h"}
    events = values("x", shape, 10)
    for name, unit in (("cpu", "n"), ("memory", "Ki")):
        found = column(events, "usage", name)
        assert len(set(found)) > 1
        assert all(text.endswith(unit) and text[:-2].isdecimal() for text in found)
    assert set(column(events, "limit")) == {"5 km/h"}


def test_a_height_changes_at_its_vertical_rate() -> None:
    plane = {"alt_baro": 35000, "baro_rate": -600, "gs": 452.3, "lat": 40.6, "lon": -73}
    found = column(values("aircraft", plane, 11), "alt_baro")
    assert found[0] == 35000
    assert found[10] == pytest.approx(34900, abs=2)


def test_what_an_endpoint_has_received_gets_more() -> None:
    shape = {"now": 1691421420.001, "messages": 184738210, "type": "adsb", "v": "x"}
    found = column(values("aircraft", shape, 10), "messages")
    assert found == sorted(found) and found[-1] > found[0]


def test_few_that_remain_are_kept() -> None:
    shape = {"timeoutsRemaining": 4, "temperature": 20.5}
    assert set(column(values("x", shape, 20), "timeoutsRemaining")) == {4}


def test_measured_numbers_move_where_only_a_clock_does() -> None:
    shape = {"date": "2023-08-26T09:30:47Z", "driver_number": 40, "gap": 3.217}
    events = values("f1/position", shape, 10)
    assert len(set(column(events, "gap"))) > 1
    assert set(column(events, "driver_number")) == {40}


def test_requests_are_those_that_hit_and_those_that_missed() -> None:
    shape = {"data": {"requests": 15320, "hits": 14010, "miss": 1310, "t": 1, "u": 2}}
    found = column(values("x", shape, 20), "data")
    assert found[-1]["requests"] > found[0]["requests"]
    assert all(each["requests"] == each["hits"] + each["miss"] for each in found)


def test_a_counter_of_whole_things_stays_whole() -> None:
    shape = {"symbol": "AAPL", "close": 132.9, "volume": 106686703.0}
    for event in values("x", shape, 10):
        assert event["volume"] % 1 == 0


def test_a_small_whole_measure_does_not_wander_off() -> None:
    found = column(values("x", {"temp_c": 11}, 40), "temp_c")
    assert set(found) <= {10, 11, 12} and len(set(found)) > 1


def test_samples_of_a_series_are_facts() -> None:
    samples = [
        {"bpm": 60 + n, "source": "sleep", "timestamp": f"2021-01-01T01:0{n}:03Z"}
        for n in (2, 7)
    ]
    found = column(values("heartrate", {"data": samples}, 10), "data")
    assert all(data == found[0] for data in found)
    assert column(found[0], "bpm") == [62, 67]


def test_things_that_differ_in_a_name_are_no_series() -> None:
    stations = [
        {"station": name, "pm10": 21.5, "measuredAt": f"2021-01-01T01:0{name}:03Z"}
        for name in "27"
    ]
    found = column(values("air", {"stations": stations}, 10), "stations")
    assert len({data[0]["pm10"] for data in found}) > 1


def test_a_number_of_many_decimals_stays_near_the_example() -> None:
    shape = {"bitcoin": {"usd": 67187.3358936566, "usd_24h_change": 3.637278946773539}}
    events = values("simple/price", shape, 20)
    prices = column(events, "bitcoin", "usd")
    assert len(set(prices)) > 5
    assert all(price == pytest.approx(67187, rel=0.05) for price in prices)
    for event in events:
        change = 100 * (event["bitcoin"]["usd"] / 67187.3358936566 * 1.03637278 - 1)
        assert event["bitcoin"]["usd_24h_change"] == pytest.approx(change, abs=0.01)


def test_trades_of_one_moment_are_at_about_one_price() -> None:
    trade = {"S": "AAPL", "p": 126.55, "s": 1, "i": 96921}
    events = values("stream/trades", [trade], 20)
    assert all(event[0]["p"] == pytest.approx(126.55, rel=0.005) for event in events)
    assert len({event[0]["i"] for event in events}) == len(events)


def test_the_frequency_of_a_radio_is_a_channel() -> None:
    shape = {"frequency": 867100000, "rssi": -36, "grid": {"frequency": 49.98}}
    events = values("x", shape, 10)
    assert set(column(events, "frequency")) == {867100000}
    assert len(set(column(events, "grid", "frequency"))) > 1


def test_what_is_done_gets_more_until_all_is() -> None:
    shape = {"processed": 4998, "total": 5000, "percent": 99.96}
    events = values("queue/jobs/J-7", shape, 40)
    done = column(events, "processed")
    assert done == sorted(done) and done[-1] == 5000
    for event in events:
        assert event["percent"] == pytest.approx(event["processed"] / 50, abs=0.01)


def test_an_offset_from_utc_is_no_sequence() -> None:
    shape = {"startTimeOffsetInSeconds": 3600, "temperature": 20.5}
    assert set(column(values("x", shape), "startTimeOffsetInSeconds")) == {3600}


def test_rates_by_the_code_of_a_currency_are_prices() -> None:
    shape = {"base": "EUR", "timestamp": 1709279100, "rates": {"USD": 1.0831}}
    found = column(values("v3/quotes", shape, 20), "rates", "USD")
    assert len(set(found)) > 3
    assert all(two == pytest.approx(one, rel=0.004) for one, two in pairwise(found))


def test_what_is_measured_in_percent_is_what_is_measured() -> None:
    shape = {"humidity_pct": 41.2, "discount_pct": 10.5}
    events = values("x", shape, 10)
    assert len(set(column(events, "humidity_pct"))) > 1
    assert set(column(events, "discount_pct")) == {10.5}


def test_few_are_counted_seldom() -> None:
    shape = {"home": {"hits": 6}, "temperature": 20.5}
    assert set(column(values("linescore", shape, 20), "home", "hits")) == {6}
    assert len(set(column(values("page", {"hits": 6000}, 20), "hits"))) > 1


def test_what_plays_goes_on_in_milliseconds() -> None:
    found = column(values("playback", {"positionMillis": 73215}), "positionMillis")
    assert found == [73215 + 1000 * number for number in range(5)]


def test_what_has_ended_takes_no_longer() -> None:
    ride = {"elapsed_time": 4410, "moving_time": 4207, "speedMilesPerHour": 48.3}
    events = values("rides/7", ride, 10)
    assert set(column(events, "elapsed_time")) == {4410}
    assert len(set(column(events, "speedMilesPerHour"))) > 1


def test_seconds_that_have_gone_by_and_that_remain_are_as_many_together() -> None:
    shape = {"elapsed_s": 318, "remaining_s": 582, "temperature": 20.5}
    for number, event in enumerate(values("x", shape, 10)):
        assert event["elapsed_s"] == 318 + number
        assert event["remaining_s"] == 582 - number


def test_a_version_with_decimals_is_none_of_a_resource_s_changes() -> None:
    kept = values("x/events", {"resource_version": "2.0", "n": 1})
    assert {event["resource_version"] for event in kept} == {"2.0"}
    rising = values("x/events", {"resource_version": "20731", "n": 1})
    assert len({event["resource_version"] for event in rising}) == len(rising)


def test_numbers_that_agree_with_a_time_beside_them_are_times() -> None:
    shape = {"slot": 1614600000, "at": "2021-03-01T12:00:00Z"}
    alone = {"slot": 1614600000, "at": "2021-03-03T12:00:00Z"}
    assert all(e["slot"] > 1_700_000_000 for e in values("x/events", shape))
    assert {e["slot"] for e in values("x/events", alone)} == {1614600000}


def test_the_place_of_one_trip_among_others_stays() -> None:
    shape = {"stops": [{"tripSequence": 2, "speed": 31.5}], "sequence": 7}
    events = values("x/events", shape)
    assert {event["stops"][0]["tripSequence"] for event in events} == {2}
    assert len({event["sequence"] for event in events}) == len(events)


def test_numbered_names_are_read_without_their_numbers() -> None:
    quote = {
        "01. symbol": "IBM",
        "03. high": "128.9000",
        "05. price": "127.1500",
        "08. previous close": "129.8200",
        "09. change": "-2.6700",
        "10. change percent": "-2.0567%",
    }
    for event in values("quotes", {"quote": quote}):
        price, before, change = (float(event["quote"][name]) for name in [*quote][2:5])
        percent = float(event["quote"]["10. change percent"].rstrip("%"))
        assert change == pytest.approx(price - before, abs=1e-4)
        assert percent == pytest.approx(100 * change / before, abs=1e-3)


def test_shares_of_changes_follow_the_price_and_so_does_what_all_coins_are_worth() -> (
    None
):
    coin = {
        "symbol": "btc",
        "current_price": 39507,
        "market_cap": 741755631549,
        "ath": 64805,
        "ath_change_percentage": -39.03,
        "prevPrice24h": "38500.00",
        "price24hPcnt": "0.026156",
    }
    events = values("coins/markets", coin)
    assert len({event["current_price"] for event in events}) > 1
    for event in events:
        price = event["current_price"]
        fall = 100 * (price / 64805 - 1)
        assert event["ath_change_percentage"] == pytest.approx(fall, abs=0.01)
        assert event["market_cap"] / price == pytest.approx(741755631549 / 39507)
        rise = price / 38500 - 1
        assert float(event["price24hPcnt"]) == pytest.approx(rise, abs=1e-6)


def test_extremes_and_changes_of_a_price_elsewhere_stay() -> None:
    stats = {"volume": 7871.02, "price_change": 0.7229, "low": 35213.5, "high": 36824.5}
    shape = {"last_price": 36457.5, "settlement_price": 36169.49, "stats": stats}
    events = values("ws/ticker", {"symbol": "X", **shape})
    for name in ("price_change", "low", "high"):
        assert {event["stats"][name] for event in events} == {stats[name]}
    assert {event["settlement_price"] for event in events} == {36169.49}


def test_prices_and_sizes_may_be_called_px_and_sz() -> None:
    shape = {"instId": "BTC-USDT", "px": "42219.9", "sz": "0.12060306", "side": "buy"}
    events = values("trades", {"data": [shape]})
    assert len({event["data"][0]["px"] for event in events}) > 1


def test_a_number_below_the_exactness_of_a_sum_is_no_part_of_it() -> None:
    shape = {"amount": 0.00434, "price": 67384.5, "price_str": "67384.50"}
    events = values("trades/live", {"data": shape})
    assert all(event["data"]["amount"] for event in events)


def test_the_value_of_a_current_state_in_a_currency_is_no_measure() -> None:
    deal = {"current": {"value": 4500, "currency": "EUR", "stage": 3}}
    events = values("webhooks", {"id": "evt_5f1beba2c71a4f93", **deal})
    assert {event["current"]["value"] for event in events} == {4500}


def test_a_high_is_never_below_the_open() -> None:
    candle = {"t": "1606292580", "o": "19128.1", "h": "19128.1", "l": "19128.1"}
    for event in values("candles", {**candle, "c": "19128.1", "v": "2362.32"}, 9):
        assert float(event["h"]) >= max(float(event["o"]), float(event["c"]))
        assert float(event["l"]) <= min(float(event["o"]), float(event["c"]))
        assert event["t"] != "1606292580"


def test_prices_may_have_more_decimals_than_a_float() -> None:
    coin = {
        "symbol": "BTC",
        "supply": "17193925.0000000000000000",
        "marketCapUsd": "119150835874.4699281625807300",
        "priceUsd": "6929.8217756835584756",
    }
    events = values("assets", {"data": [coin, coin]})
    found = [event["data"][0] for event in events]
    assert {coin["supply"] for coin in found} == {"17193925.0000000000000000"}
    for each in found:
        price = float(each["priceUsd"])
        assert float(each["marketCapUsd"]) == pytest.approx(17193925 * price, rel=1e-6)
        assert len(each["priceUsd"].partition(".")[2]) == 16


def test_names_of_the_regular_market_are_those_of_a_market() -> None:
    quote = {
        "regularMarketPrice": 172.57,
        "regularMarketChange": 1.22,
        "regularMarketPreviousClose": 171.35,
        "bid": 172.55,
        "ask": 172.58,
    }
    for event in values("finance/quote", {"symbol": "AAPL", **quote}):
        price = event["regularMarketPrice"]
        assert event["regularMarketChange"] == pytest.approx(price - 171.35, abs=0.01)
        assert event["bid"] == pytest.approx(price, rel=1e-3)


def test_a_report_of_an_order_does_not_change_the_order() -> None:
    report = dict.fromkeys("xX", "NEW") | {"c": "mUvoqJxFIILMdfAW5iGSOW", "s": "ETHBTC"}
    report |= {"i": 4293153, "I": 8641984, "p": "0.10264410", "q": "1.00000000"}
    events = values("ws/userData", report)
    assert {(event["p"], event["q"]) for event in events} == {
        ("0.10264410", "1.00000000")
    }
    assert len({event["I"] for event in events}) == 5


def test_last_words_of_names_of_prices_may_be_short() -> None:
    shape = {
        "lastPr": "2200.10",
        "high24h": "2241.35",
        "change24h": "0.0042",
        "bidPr": "2200.07",
        "bidSz": "2.0194",
    }
    events = values("ws/ticker", {"data": [shape, shape]})
    found = [event["data"][0] for event in events]
    assert len({each["lastPr"] for each in found}) > 1
    for each in found:
        assert float(each["bidPr"]) < float(each["lastPr"]) <= float(each["high24h"])
        assert abs(float(each["change24h"])) < 0.02


def test_a_number_again_as_a_float_is_the_same() -> None:
    for event in values(
        "prices", {"code": "USD", "rate": "126.5235", "rate_float": 126.5235}
    ):
        assert float(event["rate"]) == pytest.approx(event["rate_float"])


def test_a_quote_is_between_a_bid_and_an_ask() -> None:
    tick = {"ask": 7427.3758, "bid": 7426.3758, "quote": 7426.8758, "symbol": "R_50"}
    for event in values("ticks", {"tick": tick}):
        tick = event["tick"]
        assert tick["bid"] < tick["quote"] < tick["ask"]


def test_changes_of_volumes_and_deltas_of_options_stay() -> None:
    usd = {"price": 70512.381, "volume_24h": 31204551234.12, "volume_change_24h": -12.4}
    assert {e["volume_change_24h"] for e in values("tickers", usd)} == {-12.4}
    greeks = {"eventSymbol": ".SPY240315C500", "delta": 0.6123, "gamma": 0.0211}
    events = values(
        "ws", {"data": [{"symbol": "SPY", "bid": 503.21, "ask": 503.23}, greeks]}
    )
    assert {event["data"][1]["delta"] for event in events} == {0.6123}


def test_free_places_are_those_of_all_levels() -> None:
    garage = {
        "TotalSpaces": 840,
        "OccupiedSpaces": 512,
        "AvailableSpaces": 328,
        "OccupancyPct": 60.95,
        "Levels": [{"Level": 1, "Available": 112}, {"Level": 2, "Available": 216}],
    }
    events = values("garages/G12", {"name": "Civic", **garage})
    assert len({event["AvailableSpaces"] for event in events}) > 1
    for event in events:
        free = sum(level["Available"] for level in event["Levels"])
        assert event["AvailableSpaces"] == free == 840 - event["OccupiedSpaces"]
        assert event["OccupancyPct"] == pytest.approx(100 - free / 8.4, abs=0.01)


def test_a_level_of_a_book_has_another_size_at_its_price() -> None:
    changes = [["buy", "10101.80000000", "0.162567"], ["sell", "10102.5", "0.577064"]]
    shape = {"type": "l2update", "changes": changes, "time": "2019-08-14T20:42:27.265Z"}
    rows = [event["changes"][0] for event in values("ws/level2", shape)]
    assert {row[1] for row in rows} == {"10101.80000000"}
    assert len({row[2] for row in rows}) == 5


def test_trades_may_have_names_of_one_letter_and_no_symbol() -> None:
    deals = [{"S": 2, "p": "20233.84", "t": 1661927587825, "v": "0.001028"}]
    events = values("ws/deals", {"d": {"deals": deals}, "t": 1661927587836})
    found = [event["d"]["deals"][0] for event in events]
    assert len({deal["p"] for deal in found}) > 1
    assert len({deal["t"] for deal in found}) == 5


def test_changes_and_volumes_of_a_day_follow_its_trades() -> None:
    ticker = {
        "code": "KRW-BTC",
        "opening_price": 31883000,
        "prev_closing_price": 31883000,
        "trade_price": 32287000,
        "change_price": 404000,
        "change_rate": 0.0126713295,
        "acc_trade_volume": 2429.58834336,
    }
    events = values("ticker", ticker, 9)
    volumes = [event["acc_trade_volume"] for event in events]
    assert volumes == sorted(volumes)
    assert {event["opening_price"] for event in events} == {31883000}
    for event in events:
        change = event["trade_price"] - 31883000
        assert event["change_price"] == pytest.approx(change, abs=1)
        assert event["change_rate"] == pytest.approx(change / 31883000, abs=1e-6)


def test_a_stop_keeps_its_place_and_comes_nearer() -> None:
    shape = {"stop": {"sequence": 1}, "miles_remaining": 612.4, "at": "2023-08-09"}
    shape["timestamp"] = "2023-08-09T15:24:31Z"
    simulated = values("loads/updates", shape, 30)
    assert {event["stop"]["sequence"] for event in simulated} == {1}
    assert simulated[-1]["miles_remaining"] < 612.4


def test_the_change_of_a_day_in_percent_may_have_a_short_name() -> None:
    day = {
        "close": 171.48,
        "previousClose": 173.31,
        "change": -1.83,
        "change_p": -1.0559,
    }
    for event in values("eod/AAPL", {"code": "AAPL", **day}):
        wanted = 100 * (event["close"] - 173.31) / 173.31
        assert event["change_p"] == pytest.approx(wanted, abs=0.01)


def test_an_offer_is_an_ask_and_the_prices_of_a_day_stay() -> None:
    for event in values(
        "L1/EURUSD", {"BID": 1.10231, "OFFER": 1.10237, "STATE": "open"}
    ):
        assert event["OFFER"] - event["BID"] == pytest.approx(6e-5, abs=2e-5)
    day = {"high": 1396.0, "low": 1384.5, "open": 1390.0, "close": 1389.65}
    tick = {"instrument": 408065, "last_price": 1393.2, "ohlc": day, "symbol": "X"}
    events = values("ticks", [tick, tick])
    assert all(event[0]["ohlc"]["close"] == 1389.65 for event in events)
    assert len({event[0]["last_price"] for event in events}) > 1


def test_a_price_that_is_told_twice_is_followed_by_its_change() -> None:
    quote = {
        "symbol": "AAPL",
        "change": -0.46,
        "latestPrice": 159.82,
        "realtimePrice": 159.82,
        "realtimeSize": 100,
        "previousClose": 160.28,
    }
    for event in values("stock/aapl/quote", quote):
        change = event["latestPrice"] - 160.28
        assert event["change"] == pytest.approx(change, abs=0.011)
        assert event["latestPrice"] == event["realtimePrice"]


def test_a_candle_begins_at_a_minute() -> None:
    candle = {"t": "1606292580", "o": "19128.1", "h": "19128.1", "l": "19128.1"}
    result = {**candle, "c": "19128.1", "v": "2362.32"}
    for event in values("ws/candles", {"time": 1606292600, "result": result}):
        begin = int(event["result"]["t"])
        assert begin % 60 == 0 and 0 <= event["time"] - begin < 60


def test_best_offers_may_have_names_of_one_letter() -> None:
    row = {"a": "51174.50", "b": "51170.00", "bs": "0.1000", "k": "51180.00"}
    row |= {"ks": "0.2000", "i": "BTCUSD", "t": 1613580710768}
    found = [event["data"][0] for event in values("ws/ticker", {"data": [row, row]})]
    assert len({each["a"] for each in found}) > 1
    assert all(float(each["b"]) < float(each["a"]) < float(each["k"]) for each in found)
