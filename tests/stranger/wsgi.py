"""The project's own application, which has nothing to do with the mock server."""


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"the stranger's own\n"]
