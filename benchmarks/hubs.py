"""Hubs to measure, ours and JupyterHub, with their proxies, and many requests to one at a time."""

import collections
import contextlib
import http.client
import os
import selectors
import socket
import tempfile
import time

import measure
from proxy import OTHER_CPUS, PROXY_CPUS, Program, nginx_head, write

OURS, PEER = "orrery", "jupyterhub"
PROXY_TOKEN = "bench"
ALL_CPUS = sorted(set(PROXY_CPUS) | set(OTHER_CPUS))


def serve_anything(debian, folder):
    """A program that answers whatever it is asked at once, in place of people's servers; and its port."""
    port = measure.free_port()
    # Where there is no version JupyterHub warns of it, each time.
    answer = f"listen 127.0.0.1:{port} backlog=4096; add_header X-JupyterHub-Version 6.1.1; return 200 ok;"
    config = write(folder, "servers.conf", nginx_head(folder) + f"  server {{ {answer} }}\n}}\n")
    servers = Program("servers", [os.path.join(debian, "usr/sbin/nginx"), "-e", "stderr", "-c", config], folder, ALL_CPUS)
    servers.await_port(port)
    return servers, port


class Front(Program):
    """The proxy of a hub."""

    def __init__(self, name, command, folder):
        self.port, self.api_port = measure.free_port(), measure.free_port()
        super().__init__(
            name + "-proxy",
            command
            + ["--ip", "127.0.0.1", "--port", str(self.port), "--api-ip", "127.0.0.1", "--api-port", str(self.api_port)]
            + ["--log-level", "warn"],
            folder,
            ALL_CPUS,
            {**os.environ, "CONFIGPROXY_AUTH_TOKEN": PROXY_TOKEN},
        )
        self.await_port(self.port)
        self.await_port(self.api_port)


class Hub(Program):
    """A running hub; its first answer has been had."""

    LIMIT = 120

    def __init__(self, name, command, front, folder, options, env, config=""):
        """options: settings besides those of where it is; config: the text of a settings file."""
        self.port = measure.free_port()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTERHUB", "ORRERY", "CONFIGPROXY"))}
        inherited.update(CONFIGPROXY_AUTH_TOKEN=PROXY_TOKEN, JPY_COOKIE_SECRET="ab" * 32, HOME=folder)
        options = {
            "JupyterHub.bind_url": f"http://127.0.0.1:{front.port}",
            "JupyterHub.hub_ip": "127.0.0.1",
            "JupyterHub.hub_port": self.port,
            "JupyterHub.cleanup_servers": False,
            "JupyterHub.cleanup_proxy": False,
            "ConfigurableHTTPProxy.should_start": False,
            "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{front.api_port}",
            **options,
        }
        # A folder of its own, in which there are no other settings.
        own = tempfile.mkdtemp(prefix=name + "-", dir=folder)
        if config:
            write(own, "jupyterhub_config.py", config)
        self.started = time.monotonic()
        super().__init__(
            name,
            command + ["--log-level=WARN"] + [f"--{key}={value}" for key, value in options.items()],
            own,
            ALL_CPUS,
            {**inherited, **env},
        )
        self.await_answer()
        self.wall = time.monotonic() - self.started
        self.first_cpu = self.cpu()

    def await_answer(self):
        deadline = self.started + self.LIMIT
        while True:
            try:
                if self.ask("GET", "/hub/api/", None)[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{self.name} did not start:\n{self.said()}")
            time.sleep(0.005)

    def ask(self, method, path, token, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Authorization": "token " + token} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as text:
            return text.read()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Answers:
    """What a hub answered to many requests."""

    def __init__(self, started):
        self.started = started
        self.people = collections.defaultdict(list)
        self.seconds = 0

    def __str__(self):
        return ", ".join(f"{status}: {len(people)}" for status, people in self.people.items())


REQUEST = "{} /hub/api/users/{}/server HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: token {}\r\n"
REQUEST += "Content-Length: 0\r\nConnection: close\r\n\r\n"


def ask_for_servers(hub, method, people, token, most, patience=60):
    """Asks for the server of each: POST starts it, DELETE stops it. That many requests are under way at a time.

    The first ones are connected before the time begins. patience: seconds in which something has to be answered.
    """
    left = list(reversed(people))
    with contextlib.ExitStack() as stack:
        waiting = stack.enter_context(selectors.DefaultSelector())

        def connected():
            return stack.enter_context(socket.create_connection(("127.0.0.1", hub.port), 30))

        def send(client):
            person = left.pop()
            client.sendall(REQUEST.format(method, person, hub.port, token).encode())
            waiting.register(client, selectors.EVENT_READ, person)

        first = [connected() for _ in range(min(most, len(left)))]
        answers = Answers(time.monotonic())
        for client in first:
            send(client)
        while waiting.get_map():
            ready = waiting.select(patience)
            if not ready:
                raise SystemExit(f"{hub.name} does not answer: {answers}, {len(waiting.get_map())} requests are left")
            for key, _ in ready:
                waiting.unregister(key.fileobj)
                answers.people[key.fileobj.recv(65536)[9:12].decode()].append(key.data)
                key.fileobj.close()
                if left:
                    send(connected())
        answers.seconds = time.monotonic() - answers.started
    return answers
