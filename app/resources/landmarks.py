"""Well-known cities, airports, airlines and teams."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class City(NamedTuple):
    """Where a city is (degrees, north and east positive) and how warm (in °C)."""

    name: str
    country: str
    latitude: float
    longitude: float
    temperature: float
    timezone: str


CITIES: tuple[City, ...] = (
    City("London", "GB", 51.5074, -0.1278, 11.4, "Europe/London"),
    City("Berlin", "DE", 52.52, 13.405, 10.2, "Europe/Berlin"),
    City("Paris", "FR", 48.8566, 2.3522, 12.6, "Europe/Paris"),
    City("Madrid", "ES", 40.4168, -3.7038, 16.1, "Europe/Madrid"),
    City("Rome", "IT", 41.9028, 12.4964, 17.3, "Europe/Rome"),
    City("Vienna", "AT", 48.2082, 16.3738, 11.7, "Europe/Vienna"),
    City("Zurich", "CH", 47.3769, 8.5417, 10.1, "Europe/Zurich"),
    City("Amsterdam", "NL", 52.3676, 4.9041, 10.9, "Europe/Amsterdam"),
    City("Brussels", "BE", 50.8503, 4.3517, 11.0, "Europe/Brussels"),
    City("Copenhagen", "DK", 55.6761, 12.5683, 9.3, "Europe/Copenhagen"),
    City("Stockholm", "SE", 59.3293, 18.0686, 7.4, "Europe/Stockholm"),
    City("Oslo", "NO", 59.9139, 10.7522, 6.6, "Europe/Oslo"),
    City("Helsinki", "FI", 60.1699, 24.9384, 6.3, "Europe/Helsinki"),
    City("Warsaw", "PL", 52.2297, 21.0122, 9.4, "Europe/Warsaw"),
    City("Prague", "CZ", 50.0755, 14.4378, 9.8, "Europe/Prague"),
    City("Lisbon", "PT", 38.7223, -9.1393, 18.0, "Europe/Lisbon"),
    City("Dublin", "IE", 53.3498, -6.2603, 9.9, "Europe/Dublin"),
    City("Athens", "GR", 37.9838, 23.7275, 19.2, "Europe/Athens"),
    City("Istanbul", "TR", 41.0082, 28.9784, 15.6, "Europe/Istanbul"),
    City("New York", "US", 40.7128, -74.006, 13.1, "America/New_York"),
    City("Boston", "US", 42.3601, -71.0589, 11.2, "America/New_York"),
    City("Chicago", "US", 41.8781, -87.6298, 10.5, "America/Chicago"),
    City("Austin", "US", 30.2672, -97.7431, 21.4, "America/Chicago"),
    City("Denver", "US", 39.7392, -104.9903, 10.8, "America/Denver"),
    City("Seattle", "US", 47.6062, -122.3321, 11.7, "America/Los_Angeles"),
    City("San Francisco", "US", 37.7749, -122.4194, 14.6, "America/Los_Angeles"),
    City("Los Angeles", "US", 34.0522, -118.2437, 18.8, "America/Los_Angeles"),
    City("Toronto", "CA", 43.6532, -79.3832, 9.0, "America/Toronto"),
    City("Vancouver", "CA", 49.2827, -123.1207, 10.9, "America/Vancouver"),
    City("Mexico City", "MX", 19.4326, -99.1332, 17.5, "America/Mexico_City"),
    City("São Paulo", "BR", -23.5505, -46.6333, 20.4, "America/Sao_Paulo"),
    City("Buenos Aires", "AR", -34.6037, -58.3816, 18.1, "America/Buenos_Aires"),
    City("Cairo", "EG", 30.0444, 31.2357, 22.5, "Africa/Cairo"),
    City("Lagos", "NG", 6.5244, 3.3792, 27.4, "Africa/Lagos"),
    City("Nairobi", "KE", -1.2921, 36.8219, 19.3, "Africa/Nairobi"),
    City("Cape Town", "ZA", -33.9249, 18.4241, 17.2, "Africa/Johannesburg"),
    City("Dubai", "AE", 25.2048, 55.2708, 28.7, "Asia/Dubai"),
    City("Mumbai", "IN", 19.076, 72.8777, 27.7, "Asia/Kolkata"),
    City("Delhi", "IN", 28.7041, 77.1025, 25.1, "Asia/Kolkata"),
    City("Singapore", "SG", 1.3521, 103.8198, 28.2, "Asia/Singapore"),
    City("Bangkok", "TH", 13.7563, 100.5018, 29.3, "Asia/Bangkok"),
    City("Hong Kong", "HK", 22.3193, 114.1694, 23.9, "Asia/Hong_Kong"),
    City("Shanghai", "CN", 31.2304, 121.4737, 17.6, "Asia/Shanghai"),
    City("Seoul", "KR", 37.5665, 126.978, 13.3, "Asia/Seoul"),
    City("Tokyo", "JP", 35.6762, 139.6503, 16.3, "Asia/Tokyo"),
    City("Sydney", "AU", -33.8688, 151.2093, 18.7, "Australia/Sydney"),
    City("Melbourne", "AU", -37.8136, 144.9631, 15.2, "Australia/Melbourne"),
    City("Auckland", "NZ", -36.8509, 174.7645, 15.5, "Pacific/Auckland"),
)


class Country(NamedTuple):
    """What is commonly told of a country."""

    name: str
    capital: str
    population: int
    currency: str
    calling_code: str


#: Country by ISO 3166 code.
COUNTRIES: Mapping[str, Country] = MappingProxyType(
    {
        "AT": Country("Austria", "Vienna", 9104772, "EUR", "+43"),
        "AU": Country("Australia", "Canberra", 26638544, "AUD", "+61"),
        "BR": Country("Brazil", "Brasília", 203080756, "BRL", "+55"),
        "CA": Country("Canada", "Ottawa", 40097761, "CAD", "+1"),
        "CH": Country("Switzerland", "Bern", 8888093, "CHF", "+41"),
        "CN": Country("China", "Beijing", 1409670000, "CNY", "+86"),
        "DE": Country("Germany", "Berlin", 83280000, "EUR", "+49"),
        "ES": Country("Spain", "Madrid", 48347910, "EUR", "+34"),
        "FR": Country("France", "Paris", 68287487, "EUR", "+33"),
        "GB": Country("United Kingdom", "London", 68350000, "GBP", "+44"),
        "IN": Country("India", "New Delhi", 1428627663, "INR", "+91"),
        "IT": Country("Italy", "Rome", 58993475, "EUR", "+39"),
        "JP": Country("Japan", "Tokyo", 124516650, "JPY", "+81"),
        "KE": Country("Kenya", "Nairobi", 55339003, "KES", "+254"),
        "MX": Country("Mexico", "Mexico City", 129739759, "MXN", "+52"),
        "NG": Country("Nigeria", "Abuja", 227882945, "NGN", "+234"),
        "NL": Country("Netherlands", "Amsterdam", 17877117, "EUR", "+31"),
        "PL": Country("Poland", "Warsaw", 36687353, "PLN", "+48"),
        "SE": Country("Sweden", "Stockholm", 10536632, "SEK", "+46"),
        "US": Country("United States", "Washington, D.C.", 334914895, "USD", "+1"),
        "ZA": Country("South Africa", "Pretoria", 63212384, "ZAR", "+27"),
    }
)

#: City by IATA code of the airport.
AIRPORTS: Mapping[str, str] = MappingProxyType(
    {
        "AMS": "Amsterdam",
        "ATL": "Atlanta",
        "BCN": "Barcelona",
        "BER": "Berlin",
        "BOS": "Boston",
        "CDG": "Paris",
        "DEN": "Denver",
        "DFW": "Dallas",
        "DXB": "Dubai",
        "FRA": "Frankfurt",
        "HND": "Tokyo",
        "IST": "Istanbul",
        "JFK": "New York",
        "LAX": "Los Angeles",
        "LHR": "London",
        "MAD": "Madrid",
        "MUC": "Munich",
        "ORD": "Chicago",
        "SEA": "Seattle",
        "SFO": "San Francisco",
        "SIN": "Singapore",
        "SYD": "Sydney",
        "VIE": "Vienna",
        "YYZ": "Toronto",
        "ZRH": "Zurich",
    }
)

#: Airline by IATA code.
AIRLINES: Mapping[str, str] = MappingProxyType(
    {
        "AA": "American Airlines",
        "AC": "Air Canada",
        "AF": "Air France",
        "BA": "British Airways",
        "DL": "Delta Air Lines",
        "EK": "Emirates",
        "FR": "Ryanair",
        "IB": "Iberia",
        "KL": "KLM",
        "LH": "Lufthansa",
        "LX": "Swiss International Air Lines",
        "NH": "All Nippon Airways",
        "OS": "Austrian Airlines",
        "QF": "Qantas",
        "QR": "Qatar Airways",
        "SQ": "Singapore Airlines",
        "TK": "Turkish Airlines",
        "U2": "easyJet",
        "UA": "United Airlines",
        "WN": "Southwest Airlines",
    }
)

#: Football clubs by country.
FOOTBALL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "England": (
            "Arsenal",
            "Aston Villa",
            "Chelsea",
            "Everton",
            "Liverpool",
            "Manchester City",
            "Manchester United",
            "Newcastle United",
            "Tottenham Hotspur",
        ),
        "Spain": ("Atlético Madrid", "FC Barcelona", "Real Madrid", "Sevilla"),
        "Germany": ("Bayer Leverkusen", "Bayern Munich", "Borussia Dortmund"),
        "Italy": ("AC Milan", "Inter", "Juventus", "Napoli", "Roma"),
        "France": ("Lyon", "Marseille", "Monaco", "Paris Saint-Germain"),
    }
)

#: Basketball teams.
BASKETBALL = (
    "Boston Celtics",
    "Chicago Bulls",
    "Dallas Mavericks",
    "Denver Nuggets",
    "Golden State Warriors",
    "Los Angeles Lakers",
    "Miami Heat",
    "Milwaukee Bucks",
    "New York Knicks",
    "Philadelphia 76ers",
    "Phoenix Suns",
    "Toronto Raptors",
)
