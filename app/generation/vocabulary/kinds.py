"""Families of kinds, roles, services, places and things."""

from __future__ import annotations

from ...resources.landmarks import AIRLINES, AIRPORTS, BASKETBALL, CITIES, FOOTBALL
from ...resources.traded import COINS, PAIRS, STOCKS
from .model import Family, even

_AIRPORT = ("airport", "origin", "destination", "iata")
_TEAM = ("team", "club")

KINDS: tuple[Family, ...] = (
    # Switches and directions
    Family(even("on off"), nouns=("switch", "light", "power", "relay")),
    Family(even("open closed"), nouns=("door", "window", "valve", "gate")),
    Family({"locked": 6, "unlocked": 2}, nouns=("lock", "door")),
    Family(even("yes no")),
    Family({"open": 8, "closed": 4, "pre-market": 2, "after-hours": 2}),
    Family(even("buy sell"), fields=("side", "action"), nouns=("trade", "order")),
    Family(even("bid ask"), fields=("side",), nouns=("book",)),
    Family(even("long short"), fields=("side",), nouns=("position",)),
    Family(even("call put"), nouns=("option",)),
    Family(even("market limit stop"), nouns=("order", "type")),
    Family({"up": 4, "down": 4, "flat": 2}, fields=("trend", "direction")),
    Family({"rising": 3, "falling": 3, "steady": 4}, fields=("trend", "tendency")),
    Family({"bullish": 4, "bearish": 3, "neutral": 4}, fields=("sentiment",)),
    Family({"positive": 6, "neutral": 4, "negative": 2}, fields=("sentiment",)),
    Family(even("inbound outbound"), fields=("direction",), nouns=("call", "bus")),
    Family(even("incoming outgoing"), fields=("direction",), nouns=("call",)),
    Family({"debit": 6, "credit": 3}, nouns=("transaction", "account")),
    Family({"income": 2, "expense": 6, "transfer": 2}, nouns=("transaction",)),
    Family(even("left right"), fields=("side",)),
    Family(even("home away"), fields=("team", "side", "venue")),
    Family(even("north east south west"), fields=("direction", "heading")),
    Family(
        even("north northeast east southeast south southwest west northwest"),
        nouns=("wind",),
    ),
    Family(
        even("N NE E SE S SW W NW"),
        fields=("direction", "bearing"),
        nouns=("wind", "compass"),
        verbatim=True,
    ),
    Family(even("morning afternoon evening night")),
    Family(even("small medium large"), fields=("size",)),
    Family({"XS": 1, "S": 3, "M": 4, "L": 4, "XL": 2}, ("size",), verbatim=True),
    Family({"A": 4, "B": 6, "C": 4, "D": 2, "F": 1}, ("grade",), verbatim=True),
    # The web and its services
    Family(
        {"GET": 20, "POST": 8, "PUT": 3, "PATCH": 2, "DELETE": 1},
        fields=("method", "verb"),
        nouns=("http", "request"),
    ),
    Family({"http": 1, "https": 9}, fields=("scheme", "protocol")),
    Family({"tcp": 8, "udp": 3, "icmp": 1}, fields=("protocol",), nouns=("packet",)),
    Family({"mqtt": 4, "http": 3, "coap": 1, "modbus": 1}, nouns=("device",)),
    Family(
        even(
            "api auth billing checkout search gateway notifications orders payments "
            "inventory scheduler worker"
        ),
        fields=("service", "component", "app", "application", "logger", "source"),
        nouns=("log", "trace", "alert"),
    ),
    Family(
        even(
            "api-gateway auth-service billing-service order-service payment-service "
            "search-service user-service inventory-service notification-service"
        ),
    ),
    Family(even("auth-api orders-api payments-api users-api search-api catalog-api")),
    Family(even("frontend backend database cache queue storage")),
    Family(
        {"production": 10, "staging": 4, "development": 2},
        fields=("environment", "env"),
        nouns=("deployment",),
    ),
    Family({"prod": 10, "staging": 4, "dev": 2, "test": 1}, fields=("env",)),
    Family(
        even("us-east-1 us-west-2 eu-west-1 eu-central-1 ap-southeast-1 sa-east-1"),
        fields=("region", "zone", "datacenter"),
        verbatim=True,
    ),
    Family(even("europe-west1 us-central1 us-east4 asia-east1"), verbatim=True),
    Family(even("node-1 node-2 node-3 node-4 node-5"), ("node",), verbatim=True),
    Family(
        even("web-01 web-02 api-01 api-02 db-01 cache-01 worker-01 worker-02"),
        fields=("host", "hostname", "server", "instance"),
        verbatim=True,
    ),
    Family(
        even("/api/users /api/orders /api/products /api/login /api/search /health"),
        fields=("endpoint", "route"),
        verbatim=True,
    ),
    Family(
        {"main": 10, "develop": 4, "feature/checkout": 2, "fix/login": 2, "release": 1},
        fields=("branch", "ref"),
        verbatim=True,
    ),
    Family({"main": 10, "develop": 4, "release": 1}, verbatim=True),
    Family({"master": 10, "develop": 4, "release": 1}, verbatim=True),
    Family(
        {"chrome": 12, "safari": 6, "firefox": 3, "edge": 3, "opera": 1},
        fields=("browser",),
    ),
    Family({"ios": 5, "android": 6, "web": 5}, fields=("platform", "os", "channel")),
    Family({"windows": 8, "macos": 5, "linux": 2}, fields=("os", "platform")),
    Family({"mobile": 8, "desktop": 6, "tablet": 1}, nouns=("device", "type")),
    Family(
        {"email": 6, "sms": 2, "push": 4, "in-app": 3},
        fields=("channel",),
        nouns=("notification",),
    ),
    Family(
        {"email": 6, "phone": 3, "chat": 4, "web": 3},
        fields=("channel", "source"),
        nouns=("ticket", "support"),
    ),
    Family(
        {"organic": 5, "direct": 4, "referral": 2, "social": 2, "paid": 2, "email": 1},
        fields=("source", "medium", "channel"),
        nouns=("visit", "lead", "traffic", "analytics"),
    ),
    Family({"normal": 12, "warning": 2, "alarm": 1}, nouns=("reading",)),
    Family({"Normal": 14, "Warning": 2}, nouns=("event",), verbatim=True),
    Family(
        {
            "PushEvent": 10,
            "PullRequestEvent": 4,
            "IssuesEvent": 3,
            "IssueCommentEvent": 3,
            "WatchEvent": 4,
            "CreateEvent": 2,
            "ForkEvent": 1,
        },
        verbatim=True,
    ),
    Family(
        even("page-view click scroll form-submit sign-up purchase search"),
        fields=("event",),
        nouns=("analytics", "tracking", "event"),
    ),
    Family(
        {"login": 8, "logout": 4, "create": 3, "update": 6, "delete": 1, "export": 1},
        fields=("action", "operation"),
        nouns=("audit", "activity"),
    ),
    Family(
        {"like": 10, "comment": 4, "follow": 3, "mention": 3, "share": 1},
        nouns=("notification", "reaction", "activity"),
        fields=("type", "kind"),
    ),
    Family(even("like love laugh wow sad"), fields=("reaction",)),
    Family({"created": 4, "updated": 8, "deleted": 1}, fields=("action", "change")),
    Family({"opened": 5, "edited": 3, "closed": 4, "reopened": 1, "labeled": 2}),
    Family({"counter": 4, "gauge": 6, "histogram": 2}, nouns=("metric",)),
    Family(
        {"text": 12, "image": 3, "video": 1, "file": 1}, nouns=("message", "content")
    ),
    Family({"user": 6, "assistant": 6, "system": 1}, ("role",), ("chat", "message")),
    # People
    Family(
        {"admin": 1, "editor": 3, "member": 8, "viewer": 5},
        fields=("role",),
        nouns=("user", "member", "team"),
    ),
    Family({"admin": 1, "moderator": 1, "user": 12, "guest": 2}, fields=("role",)),
    Family({"owner": 1, "admin": 2, "member": 8, "guest": 2}, fields=("role",)),
    Family({"customer": 10, "agent": 3, "admin": 1}, fields=("role",)),
    Family(
        even("engineering product design marketing sales support finance operations"),
        fields=("department", "team"),
        nouns=("employee", "staff"),
    ),
    Family({"free": 10, "basic": 5, "pro": 5, "enterprise": 1}, fields=("plan",)),
    Family({"starter": 6, "growth": 3, "business": 2, "enterprise": 1}, ("plan",)),
    Family(
        {"bronze": 6, "silver": 4, "gold": 3, "platinum": 1},
        fields=("tier", "membership"),
        nouns=("customer", "loyalty"),
    ),
    Family({"standard": 8, "express": 4, "overnight": 1}, nouns=("shipping", "ship")),
    Family({"economy": 12, "premium-economy": 2, "business": 3, "first": 1}),
    Family({"standard": 6, "premium": 3, "vip": 1}, fields=("tier", "plan", "class")),
    Family(even("male female"), fields=("gender", "sex")),
    Family({"single": 4, "married": 5, "divorced": 1}, fields=("marital",)),
    Family({"full-time": 10, "part-time": 3, "contract": 2, "intern": 1}),
    Family({"happy": 6, "neutral": 4, "sad": 2, "angry": 1}, fields=("mood",)),
    Family(even("A+ A- B+ B- AB+ AB- O+ O-"), ("bloodtype", "blood"), verbatim=True),
    # Money
    Family(
        {"USD": 10, "EUR": 6, "GBP": 3, "JPY": 2, "CAD": 2, "AUD": 1, "CHF": 1},
        fields=("currency",),
    ),
    Family(
        {"card": 12, "paypal": 4, "bank-transfer": 3, "apple-pay": 3, "google-pay": 2},
        fields=("method",),
        nouns=("payment", "charge", "checkout"),
    ),
    Family({"credit-card": 12, "debit-card": 5, "paypal": 4, "bank-transfer": 2}),
    Family(
        {"visa": 10, "mastercard": 7, "amex": 2, "discover": 1},
        fields=("brand", "network"),
        nouns=("card",),
    ),
    Family(
        even("groceries dining transport utilities entertainment shopping travel"),
        fields=("category",),
        nouns=("transaction", "expense"),
    ),
    # Places, weather and the home
    Family(
        {
            "sunny": 4,
            "clear": 5,
            "partly-cloudy": 6,
            "cloudy": 5,
            "rain": 3,
            "snow": 1,
            "fog": 1,
            "thunderstorm": 1,
        },
        fields=("condition", "conditions", "weather", "forecast", "sky"),
        nouns=("weather",),
    ),
    Family(
        even("Clear Clouds Rain Drizzle Snow Mist Thunderstorm"),
        nouns=("weather", "main"),
        verbatim=True,
    ),
    Family({"good": 10, "moderate": 5, "unhealthy": 1}, nouns=("air",)),
    Family({"excellent": 4, "good": 8, "fair": 3, "poor": 1}, fields=("quality",)),
    Family(
        even("living-room kitchen bedroom bathroom office hallway garage basement"),
        fields=("room", "area"),
        nouns=("home",),
    ),
    Family(even("lobby cafeteria reception conference-room server-room warehouse")),
    Family(
        even("temperature humidity pressure motion light co2 door vibration"),
        nouns=("sensor", "device", "measurement", "type"),
    ),
    Family(
        even("thermostat camera lock light sensor speaker plug switch"),
        nouns=("device", "type"),
    ),
    Family({"heat": 5, "cool": 4, "auto": 5, "off": 2}, nouns=("thermostat", "hvac")),
    Family({"heating": 5, "cooling": 4, "idle": 5}, nouns=("thermostat", "hvac")),
    Family({"celsius": 3, "fahrenheit": 1}),
    Family({"°C": 3, "°F": 1}, verbatim=True),
    Family(even("Asia Europe Africa Oceania Americas"), verbatim=True),
    Family(even("emea apac amer latam"), fields=("region",)),
    # Things and their kinds
    Family(
        even("red blue green black white yellow orange purple gray silver"),
        fields=("color", "colour"),
    ),
    Family(
        even("electronics books clothing home toys sports beauty garden groceries"),
        fields=("category",),
        nouns=("product", "item", "sku"),
    ),
    Family(
        even("technology business science health sports entertainment politics world"),
        fields=("category", "section", "topic"),
        nouns=("news", "article", "post"),
    ),
    Family(
        even("bug feature improvement question documentation task"),
        fields=("label", "type", "category"),
        nouns=("issue", "ticket", "feedback"),
    ),
    Family(
        even("billing account technical shipping returns"),
        fields=("category", "queue", "topic"),
        nouns=("ticket", "support"),
    ),
    Family(
        even("new featured sale popular limited eco bestseller"),
        fields=("tag", "badge"),
        nouns=("product",),
    ),
    Family(
        even("python javascript devops cloud security data design testing"),
        fields=("tag", "topic", "label"),
        nouns=("post", "article", "repo"),
    ),
    Family(even("sedan suv truck van motorcycle"), nouns=("vehicle", "car", "type")),
    Family({"petrol": 6, "diesel": 4, "electric": 3, "hybrid": 2}, fields=("fuel",)),
    Family(even("cat dog rabbit bird hamster"), fields=("species",), nouns=("pet",)),
    Family(
        even("pop rock jazz classical electronic hip-hop country"), fields=("genre",)
    ),
    Family(even("action comedy drama thriller documentary horror romance")),
    Family({"easy": 4, "medium": 5, "hard": 3}, fields=("difficulty",)),
    Family(even("beginner intermediate advanced"), fields=("level", "difficulty")),
    Family(even("running cycling swimming walking yoga"), nouns=("workout",)),
    Family(even("solar wind hydro gas nuclear coal"), nouns=("energy", "source")),
    Family(
        {"deposit": 4, "withdrawal": 4, "transfer": 4, "payment": 6, "refund": 1},
        fields=("type", "kind"),
        nouns=("transaction",),
    ),
    Family(even("queen king twin suite"), nouns=("room", "bed")),
    Family(
        even("json csv pdf xml html png jpg"), fields=("format", "extension", "type")
    ),
    # Names that are codes
    Family(
        dict.fromkeys(STOCKS, 1), fields=("ticker", "symbol", "stock"), verbatim=True
    ),
    Family(dict.fromkeys(COINS, 1), fields=("coin", "crypto", "asset"), verbatim=True),
    Family(
        {f"{coin}-USD": 1 for coin in COINS},
        fields=("symbol", "product"),
        nouns=("crypto", "coin"),
        verbatim=True,
    ),
    Family({f"{coin}USDT": 1 for coin in COINS}, nouns=("crypto",), verbatim=True),
    Family({f"{coin}/USD": 1 for coin in COINS}, nouns=("crypto",), verbatim=True),
    Family(dict.fromkeys(PAIRS, 1), fields=("pair",), nouns=("forex",), verbatim=True),
    Family({f"{pair[:3]}/{pair[3:]}": 1 for pair in PAIRS}, ("pair",), verbatim=True),
    Family({f"{pair[:3]}-{pair[3:]}": 1 for pair in PAIRS}, verbatim=True),
    Family({f"{pair[:3]}_{pair[3:]}": 1 for pair in PAIRS}, verbatim=True),
    Family(dict.fromkeys(AIRPORTS, 1), fields=_AIRPORT, verbatim=True),
    Family(dict.fromkeys(AIRLINES.values(), 1), ("airline", "carrier"), verbatim=True),
    Family(dict.fromkeys(AIRLINES, 1), ("airline", "carrier"), verbatim=True),
    *(
        Family(dict.fromkeys(clubs, 1), _TEAM, verbatim=True)
        for clubs in FOOTBALL.values()
    ),
    Family(dict.fromkeys(BASKETBALL, 1), _TEAM, verbatim=True),
    Family({city.name: 1 for city in CITIES}, ("city",), verbatim=True),
)
