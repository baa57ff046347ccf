"""From OpenAPI 3.0.3 to Swagger 2.0.

What 2.0 cannot say, such as alternatives, is left out: the document becomes looser. Null alone it can neither say nor
leave open without losing the type, so it stands as ``x-nullable`` beside it, and examples leave nulls out.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from ingram_micro_cloud.hosts.documents.translation import Json
from ingram_micro_cloud.hosts.surface.endpoints import JSON

SCHEMAS: Final = "#/components/schemas/"
DEFINITIONS: Final = "#/definitions/"
_GONE: Final = frozenset({"anyOf", "deprecated", "not", "nullable", "oneOf", "writeOnly"})
_SIMPLE: Final = frozenset(
    {
        "default", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "items", "maxItems", "maxLength",
        "maximum", "minItems", "minLength", "minimum", "multipleOf", "pattern", "type", "uniqueItems",
    }
)  # fmt: skip
"""What a parameter outside the body may say of its value."""


def downgraded(document: Json) -> Json:
    """Return a document of ours in Swagger 2.0; its one security scheme becomes a key in the Authorization header."""
    server = urlsplit(document["servers"][0]["url"])
    components = document["components"]
    lowering = _Lowering(components["schemas"], components["headers"])
    paths = {
        path: {method: lowering.operation(told) for method, told in item.items()}
        for path, item in document["paths"].items()
    }
    definitions = {name: lowering.schema(schema) for name, schema in components["schemas"].items()}
    return {
        "swagger": "2.0",
        "info": document["info"],
        "externalDocs": document["externalDocs"],
        "host": server.netloc,
        "basePath": server.path or "/",
        "schemes": [server.scheme],
        "consumes": [JSON],
        "produces": [JSON],
        "securityDefinitions": {
            name: {
                "type": "apiKey", "in": "header", "name": "Authorization",
                "description": "The word Bearer, a space, and an access key of the gateway.",
            }
            for name in components["securitySchemes"]
        },
        "security": document["security"],
        "tags": document["tags"],
        "paths": paths,
        "definitions": _used(paths, definitions),
    }  # fmt: skip


class _Lowering:
    def __init__(self, schemas: Mapping[str, Json], headers: Mapping[str, Json]) -> None:
        self._schemas, self._headers = schemas, headers

    def operation(self, operation: Json) -> Json:
        found = {
            key: value for key, value in operation.items() if key not in ("parameters", "requestBody", "responses")
        }
        parameters = [self._parameter(each) for each in operation["parameters"]]
        if "requestBody" in operation:
            body = operation["requestBody"]
            schema = self.schema(body["content"][JSON]["schema"])
            parameters.append({
                "name": "body", "in": "body", "required": body["required"], "description": "The inputs.",
                "schema": schema,
            })  # fmt: skip
        responses = {status: self._response(told) for status, told in operation["responses"].items()}
        return {**found, "parameters": parameters, "responses": responses}

    def schema(self, schema: Json) -> Json:
        """Return a schema in the words of 2.0; what stands beside a reference is merged with what it leads to."""
        if "$ref" in schema:
            return {"$ref": schema["$ref"].replace(SCHEMAS, DEFINITIONS)}
        only = schema.get("allOf", [])
        if len(only) == 1 and "$ref" in only[0] and "properties" not in schema:
            beside = {word: value for word, value in schema.items() if word != "allOf"}
            return self.schema({**self._schemas[only[0]["$ref"].removeprefix(SCHEMAS)], **beside})
        found: Json = {"x-nullable": True} if schema.get("nullable") else {}
        for word, value in schema.items():
            if word in _GONE or (word in ("default", "example") and value is None):
                continue
            if word == "properties":
                found[word] = {name: self.schema(member) for name, member in value.items()}
            elif word == "allOf":
                found[word] = [self.schema(each) for each in value]
            elif word in ("items", "additionalProperties") and isinstance(value, Mapping):
                found[word] = self.schema(dict(value))
            elif word == "enum":
                found[word] = [each for each in value if each is not None]
            else:
                found[word] = value
        return found

    def _parameter(self, parameter: Json) -> Json:
        schema = self.schema(parameter["schema"])
        if "$ref" in schema:
            schema = self.schema(self._schemas[schema["$ref"].removeprefix(DEFINITIONS)])
        found = {key: value for key, value in parameter.items() if key not in ("schema", "example")}
        simple = {word: value for word, value in schema.items() if word in _SIMPLE}
        title = {"x-ms-summary": schema["title"]} if "title" in schema else {}
        return {**found, "type": "string", **simple, **title}

    def _response(self, response: Json) -> Json:
        media = response["content"][JSON]
        found: Json = {"description": response["description"], "schema": self.schema(media["schema"])}
        if "headers" in response:
            found["headers"] = {name: self._header(name) for name in response["headers"]}
        if "example" in media:
            found["examples"] = {JSON: _without_nulls(media["example"])}
        return found

    def _header(self, name: str) -> Json:
        header = self._headers[name]
        return {"type": header["schema"]["type"], "description": header["description"]}


def _used(paths: Json, definitions: Json) -> Json:
    """Return the definitions that are still referred to once others were merged into their places."""
    wanted, used = set(_references(paths)), set[str]()
    while wanted:
        name = wanted.pop()
        used.add(name)
        wanted |= set(_references(definitions[name])) - used
    return {name: schema for name, schema in definitions.items() if name in used}


def _references(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(DEFINITIONS)
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _without_nulls(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(member) for member in value]
    return value
