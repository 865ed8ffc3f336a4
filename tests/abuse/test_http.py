"""Connections, headers and bodies that are made to hurt."""
import socket
import time

from attacked import AttackTest, attack

HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"
BODY = b'{"query":"{ __typename }"}'
LENGTH = b"Content-Length: %d\r\n" % len(BODY)


def post(headers, body=BODY, line=b"POST /graphql HTTP/1.1\r\n"):
    return line + headers + b"Connection: close\r\n\r\n" + body


# What is sent, and the statuses that are right; none: the connection may just be closed.
MESSAGES = {
    "two_lengths": (post(HOST + JSON + LENGTH + b"Content-Length: 3\r\n"), [400]),
    "length_and_chunks": (post(HOST + JSON + LENGTH + b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"), [400, 200]),
    "negative_length": (post(HOST + JSON + b"Content-Length: -1\r\n"), [400]),
    "length_of_letters": (post(HOST + JSON + b"Content-Length: abc\r\n"), [400]),
    "length_2_64": (post(HOST + JSON + b"Content-Length: 18446744073709551616\r\n"), [400, 413]),
    "length_too_large": (post(HOST + JSON + b"Content-Length: 99999999999\r\n"), [413]),
    "bad_chunk": (post(HOST + JSON + b"Transfer-Encoding: chunked\r\n", b"zz\r\nabc"), [400]),
    "chunk_2_63": (post(HOST + JSON + b"Transfer-Encoding: chunked\r\n", b"7fffffffffffffff\r\nabc"), [400, 408, 413]),
    "odd_coding": (post(HOST + JSON + b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"), [400, 501]),
    "gzip": (post(HOST + JSON + LENGTH + b"Content-Encoding: gzip\r\n"), [415]),
    "deflate_twice": (post(HOST + JSON + LENGTH + b"Content-Encoding: deflate, deflate\r\n"), [415]),
    "no_host": (post(JSON + LENGTH), [400]),
    "two_hosts": (post(HOST + HOST + JSON + LENGTH), [400]),
    "other_host": (post(b"Host: evil.example\r\n" + JSON + LENGTH), [421]),
    "host_with_user": (post(b"Host: a@localhost\r\n" + JSON + LENGTH), [400, 421]),
    "empty_host": (post(b"Host: \r\n" + JSON + LENGTH), [400, 421]),
    "absolute_form": (post(b"Host: localhost\r\n" + JSON + LENGTH, line=b"POST http://evil.example/graphql HTTP/1.1\r\n"), [400, 421]),
    "cross_site": (post(HOST + JSON + LENGTH + b"Sec-Fetch-Site: cross-site\r\n"), [403]),
    "two_actors": (post(HOST + JSON + LENGTH + b"X-Asktell-Actor: a\r\nX-Asktell-Actor: b\r\n"), [400]),
    "actor_of_the_server": (post(HOST + JSON + LENGTH + b"X-Asktell-Actor: asktell\r\n"), [400]),
    "actor_with_bidi": (post(HOST + JSON + LENGTH + "X-Asktell-Actor: \u202ea\r\n".encode()), [400]),
    "many_headers": (post(HOST + JSON + LENGTH + b"".join(b"X-%d: a\r\n" % n for n in range(5000))), [431, 400]),
    "long_header": (post(HOST + JSON + LENGTH + b"X-Long: " + b"a" * 2_000_000 + b"\r\n"), [431, 400]),
    "long_target": (post(HOST + JSON + LENGTH, line=b"POST /" + b"a" * 500_000 + b" HTTP/1.1\r\n"), [414, 431, 400]),
    "folded_header": (post(HOST + JSON + LENGTH + b"X-A: b\r\n c\r\n"), [400, 200]),
    "null_in_header": (post(HOST + JSON + LENGTH + b"X-A: b\x00c\r\n"), [400]),
    "no_version": (b"GET /\r\n\r\n", [400]),
    "http_0_9": (b"GET / HTTP/0.9\r\n\r\n", [400, 505]),
    "http_9": (b"GET / HTTP/9.9\r\n\r\n", [400, 505]),
    "garbage": (bytes(range(256)) * 100, [400]),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, [400]),
    "http_2_preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]),
    "connect": (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", [400, 404, 405, 421]),
    "trace": (b"TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [404, 405]),
    "put": (b"PUT /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [405]),
    "delete_page": (b"DELETE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [404, 405]),
    "path_traversal": (b"GET /../../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [200, 400, 404]),
    "encoded_traversal": (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [200, 400, 404]),
    "backslashes": (b"GET /..\\..\\etc\\passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [200, 400, 404]),
    "ranges": (b"GET / HTTP/1.1\r\nHost: localhost\r\nRange: bytes=" + b"0-1," * 2000 + b"0-1\r\nConnection: close\r\n\r\n", [200, 206, 400, 416, 431]),
    "upgrade_to_nothing": (b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", [400, 405, 426]),
    "socket_of_another_site": (b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                               b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n", [403]),
}

BODIES = {
    "nested_lists": b"[" * 4_000_000 + b"]" * 4_000_000,
    "nested_objects": b'{"a":' * 1_500_000,
    "numbers": b'{"variables":{"a":[' + b"1," * 4_000_000,
    "strings": b'{"query":"' + b"a" * 8_000_000 + b'"}',
    "escapes": b'{"query":"' + b"\\u0041" * 1_300_000 + b'"}',
    "keys": b'{"variables":{' + b",".join(b'"%d":1' % n for n in range(600_000)) + b"}}",
    "one_number": b'{"variables":{"a":' + b"9" * 8_000_000 + b"}}",
    "too_large": b" " * 9_000_000,
    "blanks": b" " * 8_000_000 + b"{}",
    "not_utf_8": b'{"query":"' + b"\xff" * 1_000_000 + b'"}',
}


class Http(AttackTest):
    def test_slow_headers(self):
        many = [self.server.connect() for _ in range(200)]
        for connection in many:
            connection.sendall(b"POST /graphql HTTP/1.1\r\nHost: loc")
        self.answers_others()
        time.sleep(4)
        for connection in many:
            connection.settimeout(2)
            self.assertIn(b"408", connection.recv(400))
            connection.close()

    def test_silent_sockets(self):
        many = [self.server.connect() for _ in range(1000)]
        self.answers_others()
        time.sleep(5)
        for connection in many:
            connection.settimeout(2)
            self.assertEqual(connection.recv(400), b"")
            connection.close()

    def test_slow_body(self):
        many = [self.server.connect() for _ in range(100)]
        for connection in many:
            connection.sendall(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n" + JSON + b"Content-Length: 8000000\r\n\r\n{")
        self.answers_others()
        for connection in many:
            connection.close()

    def test_reset_connections(self):
        for _ in range(500):
            connection = self.server.connect()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            connection.sendall(post(HOST + JSON + LENGTH))
            connection.close()

    def test_pipelined(self):
        one = b"POST /graphql HTTP/1.1\r\n" + HOST + JSON + LENGTH + b"\r\n" + BODY
        said = self.server.raw(one * 300, wait=3)
        self.assertGreaterEqual(said.count(b"HTTP/1.1 200"), 1)

    def test_answers_that_nobody_reads(self):
        many = []
        for _ in range(50):
            connection = self.server.connect()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            one = b'{"query":"{ __schema { types { name description fields { name description } } } }"}'
            connection.sendall(b"POST /graphql HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: %d\r\n\r\n" % len(one) + one)
            many.append(connection)
        self.answers_others()
        for connection in many:
            connection.close()


def message(data, statuses):
    def test(self):
        said = self.server.raw(data)
        line = said.split(b"\r\n")[0].decode(errors="replace")
        # The server speaks HTTP/2, too; that answers in frames.
        if said and said.startswith(b"HTTP/1"):
            self.assertIn(int(line.split()[1]), statuses, line)
        self.assertNotIn(b"root:", said)
    return test


def body(data):
    def test(self):
        status, answer = self.server.post(data)
        self.refused(status, answer)
    return test


for name, (data, statuses) in MESSAGES.items():
    attack(Http, name, message(data, statuses))
for name, data in BODIES.items():
    attack(Http, f"body_of_{name}", body(data))
