"""A description with something of everything, for the tests of descriptions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient

from app import create_app
from app.settings import load_settings

MANAGE = "/api/manage/specs"

SHOP = """
openapi: 3.2.0
info: {title: Shop, version: "7"}
servers: [{url: "https://{where}.example/v1", variables: {where: {default: eu}}}]
security: []
paths:
  /pets/{pet-id}:
    parameters:
    - {name: pet-id, in: path, required: true, schema: {type: integer}}
    get:
      operationId: getPet
      tags: [pets]
      parameters:
      - {name: part, in: query, schema: {type: array, items: {enum: [all, name]}}}
      - {name: since, in: query, style: deepObject, schema: {type: object,
         properties: {year: {type: integer}}, additionalProperties: false}}
      responses:
        "200":
          description: A pet
          headers: {X-Left: {required: true, schema: {type: integer, minimum: 3}}}
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Pet"}
              examples:
                cat: {value: {id: 1, name: Tom}}
                dog: {value: {id: 2, name: "{{rex}}"}}
            text/plain: {schema: {type: string, minLength: 3}}
        "404":
          description: No pet
          content:
            application/problem+json:
              schema: {type: object, required: [title],
                       properties: {title: {type: string}}}
    put:
      operationId: putPet
      security: [{key: []}, {login: []}]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}
      responses: {"204": {description: Done}, "4XX": {description: Not done}}
  /pets/{id}:cancel:
    post:
      operationId: cancel
      deprecated: true
      responses: {default: {description: Done}}
  /born:
    get:
      operationId: born
      x-llmock: {IntervalMs: 1, MaxEvents: 40}
      responses:
        "200":
          description: Events
          content:
            text/event-stream:
              itemSchema:
                type: object
                required: [event]
                properties: {event: {type: string}, data: {type: string}}
                oneOf:
                - properties:
                    event: {const: born}
                    data: {contentMediaType: application/json,
                           contentSchema: {$ref: "#/components/schemas/Pet"}}
                - properties: {event: {const: fed}, data: {enum: [fish, meat],
                               type: string}}
  /lines:
    get:
      operationId: lines
      x-llmock: {IntervalMs: 1, MaxEvents: 3}
      responses:
        "200":
          description: Lines
          content:
            application/jsonl: {itemSchema: {$ref: "#/components/schemas/Pet"}}
            application/json-seq: {itemSchema: {$ref: "#/components/schemas/Pet"}}
    head: {responses: {"200": {description: Nothing}}}
  /docs:
    get: {operationId: docs, servers: [{url: /}],
          responses: {"200": {description: Taken}}}
  /broken:
    get:
      operationId: broken
      responses: {"200": {$ref: "#/components/responses/Gone"}}
components:
  schemas:
    Pet:
      type: object
      required: [id, name]
      additionalProperties: false
      properties:
        id: {type: integer, minimum: 1}
        name: {type: string, minLength: 1}
        friends: {type: array, items: {$ref: "#/components/schemas/Pet"}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    login: {type: http, scheme: basic}
"""

DOCUMENT: Any = yaml.safe_load(SHOP)
PET = DOCUMENT["components"]["schemas"]["Pet"]


def serving(folder: Path, text: str = SHOP, **keys: object) -> FlaskClient:
    """A client of a server whose configuration names a description."""
    (folder / "shop.yaml").write_text(text)
    config = folder / "config.yaml"
    spec = {"File": "shop.yaml", **keys}
    config.write_text(yaml.safe_dump({"MockLlmApi": {"Specs": [spec]}}))
    return create_app(load_settings(config, {})).test_client()
