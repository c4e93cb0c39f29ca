"""What a text of a name is: the part it plays, and who makes it."""

from __future__ import annotations

from collections.abc import Mapping

from .moments import WHEN
from .parts import Part, TextRole, phrases

#: The maker of constants of an API, which stay as they are in the example.
KEPT = "kept"


def _row(part: Part, make: str, names: str) -> dict[str, TextRole]:
    return phrases(TextRole(part, make), names)


#: The maker of a ``name``, by the noun of what has it.
NAMES: Mapping[str, str] = {
    **phrases(
        "full_name",
        "user customer member person patient author driver employee contact player"
        " student teacher doctor passenger guest owner agent assignee reporter"
        " creator sender recipient commenter reviewer profile account actor follower"
        " friend billing_details shipping seller buyer attendee candidate participant"
        " from to",
    ),
    **phrases(
        "company",
        "company organization vendor supplier merchant brand employer store shop"
        " bank airline carrier restaurant hotel client partner airline",
    ),
    **phrases("city", "city weather town destination place location station venue"),
    **phrases("product", "product item article sku line_item menu_item listing"),
    **phrases("room", "room zone space area building office floor"),
    **phrases(
        "device",
        "device sensor machine camera meter gateway printer robot appliance"
        " equipment thermostat light switch",
    ),
    **phrases("work", "track song album movie film book episode show playlist video"),
    **phrases("team", "team club squad home away home_team away_team opponent"),
    **phrases("file", "file document attachment upload image photo report backup"),
    **phrases("service", "service server host container pod job task process app"),
    **phrases("ticker_name", "stock share coin crypto asset instrument company_stock"),
}

#: Phrases of names, and what a text of that name is.
TEXTS: Mapping[str, TextRole] = {
    **{phrase: TextRole(Part.CLOCK, "time") for phrase in WHEN},
    **_row(
        Part.IDENTITY,
        "identifier",
        "id uid uuid guid key ref reference sku serial imei sid arn number no code"
        " ids barcode isbn iban account_number tracking_number order_number squawk"
        " hex flight callsign registration license_plate plate vin fingerprint last4"
        " last_four",
    ),
    **_row(
        Part.CONTENT,
        "identifier",
        "event_id message_id request_id trace_id span_id correlation_id nonce"
        " transaction_hash tx_hash delivery_id invocation_id",
    ),
    **_row(
        Part.CONTENT,
        "digest",
        "hash sha sha256 md5 checksum commit etag token digest signature head",
    ),
    # Constants of an API, which stay as they are in the example
    **_row(
        Part.TRAIT,
        KEPT,
        "display unit units unit_of_measurement uom system object resource_type"
        " api_version"
        " schema kind device_class parameter event_version mime_type content_type"
        " encoding protocol spec_version namespace component base source",
    ),
    # People
    **_row(
        Part.IDENTITY,
        "full_name",
        "full_name fullname display_name author author_name customer_name user_name"
        " sender recipient owner assignee reporter contact driver patient doctor"
        " person player manager employee customer requester rider reviewer uploader"
        " member creator approver host guest agent from_name to_name seller buyer"
        " passenger teacher student nurse physician",
    ),
    **_row(Part.IDENTITY, "first_name", "first_name firstname given_name forename"),
    **_row(Part.IDENTITY, "last_name", "last_name lastname surname family_name"),
    **_row(
        Part.IDENTITY,
        "username",
        "username user login handle nickname screen_name acct actor display_login",
    ),
    **_row(
        Part.IDENTITY,
        "email",
        "email mail email_address e_mail from_email to_email reply_to",
    ),
    **_row(
        Part.IDENTITY,
        "phone",
        "phone telephone mobile phone_number fax cell tel from_number to_number"
        " msisdn",
    ),
    **_row(Part.IDENTITY, "job", "job_title occupation profession"),
    # Places
    **_row(
        Part.IDENTITY,
        "city",
        "city town municipality destination origin departure_city arrival_city",
    ),
    **_row(Part.IDENTITY, "place", "place location venue area"),
    **_row(Part.IDENTITY, "country", "country country_name nationality"),
    **_row(Part.IDENTITY, "country_code", "country_code"),
    **_row(Part.IDENTITY, "state", "province county address_state state_name"),
    **_row(Part.IDENTITY, "street", "street street_name road"),
    **_row(
        Part.IDENTITY,
        "address",
        "address address_line line1 street_address shipping_address billing_address",
    ),
    **_row(
        Part.IDENTITY, "postcode", "zip zipcode zip_code postcode postal_code"
    ),
    **_row(Part.IDENTITY, "timezone", "timezone time_zone tz"),
    **_row(Part.IDENTITY, "room", "room room_name zone"),
    # Firms and things
    **_row(
        Part.IDENTITY,
        "company",
        "company company_name organization organisation employer vendor supplier"
        " merchant brand_name manufacturer firm airline carrier bank",
    ),
    **_row(
        Part.IDENTITY, "product", "product product_name item item_name product_title"
    ),
    **_row(Part.IDENTITY, "ticker", "ticker stock_symbol symbol coin"),
    **_row(Part.IDENTITY, "name", "name friendly_name"),
    # Networks
    **_row(
        Part.IDENTITY,
        "url",
        "url link href website homepage uri html_url web permalink",
    ),
    **_row(
        Part.IDENTITY,
        "image",
        "avatar image photo picture thumbnail image_url avatar_url logo",
    ),
    **_row(
        Part.IDENTITY, "hostname", "domain host hostname server node fqdn instance"
    ),
    **_row(
        Part.IDENTITY,
        "ipv4",
        "ip ip_address ipv4 remote_addr client_ip source_ip source_ip_address"
        " remote_ip src_ip dst_ip destination_ip",
    ),
    **_row(Part.IDENTITY, "ipv6", "ipv6"),
    **_row(Part.IDENTITY, "mac", "mac mac_address bssid"),
    **_row(Part.IDENTITY, "user_agent", "user_agent useragent browser_agent"),
    **_row(Part.IDENTITY, "route", "path route endpoint"),
    **_row(Part.IDENTITY, "slug", "slug"),
    **_row(Part.TRAIT, "version", "version release tag build_version"),
    # Content
    **_row(
        Part.CONTENT,
        "sentence",
        "message msg text body content comment note notes caption reply post tweet"
        " chat transcript snippet description summary bio abstract overview details"
        " detail about explanation excerpt review feedback subtitle",
    ),
    **_row(
        Part.CONTENT, "title", "title headline subject heading issue_title"
    ),
    **_row(Part.CATEGORY, "word", "word keyword topic hashtag"),
    **_row(Part.CATEGORY, "color", "color colour"),
    **_row(Part.CATEGORY, "currency", "currency currency_code"),
    **_row(Part.CATEGORY, "language", "language locale lang"),
}  # fmt: skip
