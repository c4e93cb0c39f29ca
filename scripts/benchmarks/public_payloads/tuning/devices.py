"""Meters, sensors and chargers."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    after,
    counter,
    equals,
    matching,
    new,
    now,
    one_of,
    unchanged,
    walk,
    where,
)

PAYLOADS = [
    Payload(
        "dsmr-meter",
        "smart meters",
        "dsmr/readings",
        {
            "timestamp": "2024-01-15T12:00:10Z",
            "electricity_delivered_1": "1234.567",
            "electricity_returned_1": "0.000",
            "electricity_delivered_2": "2345.678",
            "electricity_returned_2": "0.000",
            "electricity_currently_delivered": "0.567",
            "electricity_currently_returned": "0.000",
            "phase_currently_delivered_l1": "0.200",
            "phase_currently_delivered_l2": "0.300",
            "phase_currently_delivered_l3": "0.067",
            "phase_voltage_l1": "230.1",
            "phase_voltage_l2": "229.8",
            "phase_voltage_l3": "231.0",
            "phase_power_current_l1": 1,
            "phase_power_current_l2": 1,
            "phase_power_current_l3": 0,
            "extra_device_timestamp": "2024-01-15T12:00:00Z",
            "extra_device_delivered": "956.739",
        },
        {
            "timestamp": now(10),
            "electricity_delivered_1": counter(0, 0.003),
            "electricity_delivered_2": counter(0, 0.003),
            "electricity_currently_delivered": (
                walk(0.5, 0, 10),
                equals(
                    lambda o, e: sum(
                        float(o[f"phase_currently_delivered_l{n}"]) for n in (1, 2, 3)
                    )
                ),
            ),
            "phase_currently_delivered_l1": walk(0.3, 0, 5, rests=True),
            "phase_currently_delivered_l2": walk(0.3, 0, 5, rests=True),
            "phase_currently_delivered_l3": walk(0.3, 0, 5, rests=True),
            "phase_voltage_l1": walk(2, 220, 240, rests=True),
            "phase_voltage_l2": walk(2, 220, 240, rests=True),
            "phase_voltage_l3": walk(2, 220, 240, rests=True),
            "phase_power_current_l1": walk(1, 0, 10, rests=True),
            "phase_power_current_l2": walk(1, 0, 10, rests=True),
            "phase_power_current_l3": walk(1, 0, 10, rests=True),
            "extra_device_timestamp": after("timestamp", -3_600, 0),
            "extra_device_delivered": counter(0, 0.01),
        },
    ),
    Payload(
        "home-assistant-state",
        "smart home",
        "homeassistant/events",
        {
            "id": 18,
            "type": "event",
            "event": {
                "event_type": "state_changed",
                "data": {
                    "entity_id": "sensor.outdoor_temperature",
                    "old_state": {
                        "entity_id": "sensor.outdoor_temperature",
                        "state": "21.3",
                        "attributes": {
                            "unit_of_measurement": "°C",
                            "friendly_name": "Outdoor Temperature",
                            "device_class": "temperature",
                        },
                        "last_changed": "2024-11-26T01:36:54.120358+00:00",
                    },
                    "new_state": {
                        "entity_id": "sensor.outdoor_temperature",
                        "state": "21.4",
                        "attributes": {
                            "unit_of_measurement": "°C",
                            "friendly_name": "Outdoor Temperature",
                            "device_class": "temperature",
                        },
                        "last_changed": "2024-11-26T01:37:24.265390+00:00",
                    },
                },
                "origin": "LOCAL",
                "time_fired": "2024-11-26T01:37:24.265429+00:00",
                "context": {
                    "id": "326ef27d19415c60c492fe330945f954",
                    "parent_id": None,
                    "user_id": None,
                },
            },
        },
        {
            "event.data.old_state.state": walk(0.5, 10, 35),
            "event.data.old_state.last_changed": after(
                "$.event.data.new_state.last_changed", -600, 0
            ),
            "event.data.new_state.state": (
                walk(0.5, 10, 35),
                where(
                    "near the old state",
                    lambda v, o, e: abs(
                        float(v) - float(e["event"]["data"]["old_state"]["state"])
                    )
                    < 0.75,
                ),
            ),
            "event.data.new_state.last_changed": after("$.event.time_fired", -2, 0),
            "event.time_fired": now(2),
            "event.context.id": new("[0-9a-f]{32}"),
        },
    ),
    Payload(
        "ocpp-metervalues",
        "charging of cars",
        "ocpp/MeterValues",
        {
            "connectorId": 1,
            "transactionId": 170,
            "meterValue": [
                {
                    "timestamp": "2023-06-01T08:12:45Z",
                    "sampledValue": [
                        {
                            "value": "15230",
                            "context": "Sample.Periodic",
                            "measurand": "Energy.Active.Import.Register",
                            "location": "Outlet",
                            "unit": "Wh",
                        },
                        {
                            "value": "7200",
                            "context": "Sample.Periodic",
                            "measurand": "Power.Active.Import",
                            "location": "Outlet",
                            "unit": "W",
                        },
                        {
                            "value": "31.3",
                            "context": "Sample.Periodic",
                            "measurand": "Current.Import",
                            "location": "Outlet",
                            "unit": "A",
                        },
                        {
                            "value": "230.1",
                            "context": "Sample.Periodic",
                            "measurand": "Voltage",
                            "location": "Outlet",
                            "unit": "V",
                        },
                        {
                            "value": "54",
                            "context": "Sample.Periodic",
                            "measurand": "SoC",
                            "location": "EV",
                            "unit": "Percent",
                        },
                    ],
                }
            ],
        },
        {
            "meterValue.*.timestamp": now(5),
            "meterValue.*.sampledValue.0.value": counter(0, 12),
            "meterValue.*.sampledValue.1.value": walk(800, 3_000, 11_100, rests=True),
            "meterValue.*.sampledValue.2.value": walk(4, 5, 48, rests=True),
            "meterValue.*.sampledValue.3.value": walk(3, 215, 245, rests=True),
            "meterValue.*.sampledValue.4.value": (
                counter(0, 1),
                where("a share", lambda v, o, e: 0 <= float(v) <= 100),
            ),
        },
    ),
    Payload(
        "zigbee2mqtt-sensor",
        "smart home",
        "zigbee2mqtt/living_room_sensor",
        {
            "battery": 97,
            "humidity": 48.31,
            "last_seen": "2024-03-03T10:15:30.120Z",
            "linkquality": 120,
            "pressure": 1013.2,
            "temperature": 21.45,
            "voltage": 2995,
            "power_outage_count": 3,
            "update_available": False,
            "update": {
                "installed_version": 16777242,
                "latest_version": 16777242,
                "state": "idle",
            },
            "device": {
                "friendlyName": "living_room_sensor",
                "ieeeAddr": "0x00158d0001dc9f5a",
                "model": "WSDCGQ11LM",
                "manufacturerName": "LUMI",
                "networkAddress": 33815,
                "powerSource": "Battery",
                "type": "EndDevice",
            },
        },
        {
            "battery": walk(1, 90, 97, rests=True),
            "humidity": walk(1.5, 30, 70, rests=True),
            "last_seen": now(2),
            "linkquality": walk(40, 20, 255, rests=True),
            "pressure": walk(0.8, 985, 1_040, rests=True),
            "temperature": walk(0.5, 15, 28),
            "voltage": walk(15, 2_900, 3_050, rests=True),
        },
    ),
    Payload(
        "ttn-uplink",
        "LoRaWAN",
        "ttn/uplinks",
        {
            "end_device_ids": {
                "device_id": "dev1",
                "application_ids": {"application_id": "app1"},
                "dev_eui": "0004A30B001C0530",
                "join_eui": "800000000000000C",
                "dev_addr": "00BCB929",
            },
            "correlation_ids": ["as:up:01E0WZGT6Y7657CPFPE5WEYDSQ"],
            "received_at": "2020-02-12T15:15:45.787Z",
            "uplink_message": {
                "session_key_id": "AXA50tHUTk2y7x4tXl1qbw==",
                "f_port": 1,
                "f_cnt": 16,
                "frm_payload": "AQIDBA==",
                "decoded_payload": {
                    "temperature": 21.5,
                    "humidity": 48,
                    "battery": 3.3,
                },
                "rx_metadata": [
                    {
                        "gateway_ids": {
                            "gateway_id": "gtw1",
                            "eui": "9C5C8E00001A05C4",
                        },
                        "time": "2020-02-12T15:15:45.535Z",
                        "timestamp": 2463457000,
                        "rssi": -35,
                        "channel_rssi": -35,
                        "snr": 5.2,
                    }
                ],
                "settings": {
                    "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7}},
                    "coding_rate": "4/6",
                    "frequency": "868300000",
                    "timestamp": 2463457000,
                },
                "received_at": "2020-02-12T15:15:45.582Z",
                "consumed_airtime": "0.061696s",
            },
        },
        {
            "correlation_ids.*": unchanged | new("as:up:01[0-9A-Z]{24}"),
            "received_at": now(2),
            "uplink_message.f_cnt": counter(1, 1),
            "uplink_message.frm_payload": unchanged | matching("[A-Za-z0-9+/]{6}=="),
            "uplink_message.decoded_payload.temperature": walk(0.5, 10, 35),
            "uplink_message.decoded_payload.humidity": walk(2, 20, 80, rests=True),
            "uplink_message.decoded_payload.battery": walk(0.1, 2.8, 3.6, rests=True),
            "uplink_message.rx_metadata.*.time": after("$.received_at", -2, 0),
            "uplink_message.rx_metadata.*.timestamp": counter(1, 5e6),
            "uplink_message.rx_metadata.*.rssi": walk(15, -125, -20, rests=True),
            "uplink_message.rx_metadata.*.channel_rssi": equals(lambda o, e: o["rssi"]),
            "uplink_message.rx_metadata.*.snr": walk(5, -20, 15, rests=True),
            "uplink_message.settings.frequency": one_of(
                *(str(hz) for hz in range(867_100_000, 868_600_000, 200_000))
            ),
            "uplink_message.settings.timestamp": equals(
                lambda o, e: e["uplink_message"]["rx_metadata"][0]["timestamp"]
            ),
            "uplink_message.received_at": after("$.received_at", -2, 0),
        },
    ),
]
