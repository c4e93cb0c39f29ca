"""The paths of the description, from the routes of an application."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Flask
from werkzeug.routing import Rule

from ...words import Json
from .operation import Operation, Tag, content, declared, problem

#: The methods that can be described, in the order in which they are shown.
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_VARIABLE = re.compile("<[^>]*>")

#: How every operation of management may be refused, each that changes something,
#: and each that reads a body.
_REFUSED: Mapping[str, Json] = {
    "401": problem("No key, or a wrong one"),
    "403": problem("Not a direct client on the server's own machine"),
}
_NO_JSON: Mapping[str, Json] = {"415": problem("Not application/json")}
_TOO_LONG: Mapping[str, Json] = {"413": problem("The body is over its limit")}


def paths_of(app: Flask, security: Mapping[Tag, list[Json]]) -> dict[str, Json]:
    """The path items of all routes that declare an operation.

    ``security`` holds the security requirements of the tags that have any.
    """
    found: dict[str, dict[str, Json]] = {}
    for rule in app.url_map.iter_rules():
        operation = declared(app.view_functions[rule.endpoint])
        if operation is None:
            continue
        item = found.setdefault(_template(rule, operation), _shared(operation))
        methods = [each for each in _METHODS if each in (rule.methods or ())]
        for method in methods:
            suffix = method.title() if len(methods) > 1 else ""
            item[method.lower()] = {
                "operationId": f"{operation.name}{suffix}",
                **_described(operation, method),
                **_secured(operation, security),
            }
    return dict(found)


def _template(rule: Rule, operation: Operation) -> str:
    names = iter(operation.variables)
    return _VARIABLE.sub(lambda _: f"{{{next(names).name}}}", rule.rule)


def _shared(operation: Operation) -> dict[str, Json]:
    if not operation.variables:
        return {}
    return {"parameters": [each.parameter for each in operation.variables]}


def _described(operation: Operation, method: str) -> dict[str, Json]:
    responses: dict[str, Json] = {}
    if operation.produces:
        responses["200"] = content(operation.summary, operation.produces)
    if operation.tag is Tag.MANAGE:
        responses |= _refused(operation, method)
    responses |= operation.responses
    described: dict[str, Json] = {
        "tags": [operation.tag.value[0]],
        "summary": operation.summary,
        "responses": responses,
    }
    if operation.parameters:
        described["parameters"] = [*operation.parameters]
    if operation.body is not None and method in _METHODS_WITH_BODY:
        described["requestBody"] = operation.body
    return described


def _refused(operation: Operation, method: str) -> dict[str, Json]:
    """How an operation of management may be refused, whatever it does."""
    if method not in _METHODS_WITH_BODY:
        return {**_REFUSED}
    return {**_REFUSED, **_NO_JSON, **(_TOO_LONG if operation.body else {})}


def _secured(
    operation: Operation, security: Mapping[Tag, list[Json]]
) -> dict[str, Json]:
    tag = operation.tag
    return {"security": security[tag]} if tag in security else {}
