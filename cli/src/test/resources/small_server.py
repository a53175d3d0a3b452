"""A server of a user that is nothing but an answer; its process id is in a file of its home."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlparse


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        body = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


with open("pids", "a") as pids:
    pids.write(f"{os.getpid()}\n")
url = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
HTTPServer((url.hostname, url.port), Answer).serve_forever()
