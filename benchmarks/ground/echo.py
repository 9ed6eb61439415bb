"""A server that sends each frame back: what a call costs when nobody thinks.

Program: prints its port, and serves until it is ended.
"""

import socketserver

ETX = b"\x03"


class Echo(socketserver.BaseRequestHandler):
    """One caller after another; a frame ends with ETX."""

    def handle(self) -> None:
        """Send back what came until the caller hangs up."""
        held = b""
        while piece := self.request.recv(65_536):
            held += piece
            if held.endswith(ETX):
                self.request.sendall(held)
                held = b""


class Server(socketserver.ThreadingTCPServer):
    """As many callers at once as there are."""

    daemon_threads = True
    request_queue_size = 64


def main() -> None:
    """Serve on a free port of loopback."""
    with Server(("127.0.0.1", 0), Echo) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
