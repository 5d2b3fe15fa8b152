"""A plain WSGI application, run by uWSGI behind the proxy."""
import hashlib
import json
import time


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/environ"):
        known = {key: value for key, value in environ.items() if isinstance(value, str)}
        known["scheme"] = environ["wsgi.url_scheme"]
        return answer(start_response, json.dumps(known), "application/json")
    if path == "/digest":
        digest = hashlib.sha256()
        length = 0
        while chunk := environ["wsgi.input"].read(65536):
            digest.update(chunk)
            length += len(chunk)
        result = {"length": length, "sha256": digest.hexdigest()}
        return answer(start_response, json.dumps(result), "application/json")
    if path == "/large":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return (bytes([part]) * 100_000 for part in range(100))
    if path == "/cookies":
        headers = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("Connection", "close")]
        return answer(start_response, environ.get("HTTP_COOKIE", ""), "text/plain", headers)
    if path == "/not-modified":
        start_response("304 Not Modified", [("ETag", '"1"')])
        return []
    if path == "/broken":
        raise RuntimeError("the application fails")
    if path == "/slow":
        time.sleep(2)
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return stream(environ["QUERY_STRING"])
    return answer(start_response, "hello", "text/plain")


def answer(start_response, text, kind, headers=()):
    body = text.encode()
    length = str(len(body))
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", length), *headers])
    return [body]


def stream(log):
    """Ticks until the client disconnects, then logs that it was closed."""
    try:
        while True:
            yield b"tick "
            time.sleep(0.01)
    finally:
        with open(log, "w") as file:
            file.write("closed")
