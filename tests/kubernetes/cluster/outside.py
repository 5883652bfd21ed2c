"""The machine outside the cluster: a web server that says who asked it and under which address.

Run as a program in the outside namespace; it stands for the internet and for the metadata services
of clouds, so that a test sees what a pod can reach.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Page(BaseHTTPRequestHandler):
    """Answers every GET with both ends of the connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One answer for every path."""
        own = self.connection.getsockname()[0]
        said = {"outside": own, "asked_by": self.client_address[0], "path": self.path}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until ended."""
    ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Page).serve_forever()


if __name__ == "__main__":
    main()
