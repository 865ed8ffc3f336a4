"""A network between worker and server that loses answers."""
import http.server
import json
import threading
import urllib.request


class Network:
    """Passes requests on to the server, and the answers back, except for those that it is told to lose."""

    def __init__(self, server, lose):
        """`lose` has, for each mutation, how many of the first answers get lost."""
        self.inputs, lost = [], dict(lose)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                request = json.loads(body)
                mutation = request["query"].split("{")[1].split("(")[0].strip()
                self.inputs.append((mutation, request["variables"].get("input")))
                headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "connection")}
                try:
                    with urllib.request.urlopen(urllib.request.Request(server + handler.path, body, headers)) as answer:
                        text = answer.read()
                except OSError:
                    return  # the server is gone: so is the connection
                if lost.get(mutation, 0):
                    lost[mutation] -= 1
                    return  # the connection ends without an answer
                handler.send_response(200)
                handler.send_header("Content-Type", "application/json")
                handler.send_header("Content-Length", str(len(text)))
                handler.end_headers()
                handler.wfile.write(text)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
