"""What a proxy costs: ours, configurable-http-proxy, nginx and haproxy alternately in one run, on loopback.

What is measured is the CPU time (utime and stime, of the children too) of the proxy's processes, divided by what they
carried. Each proxy has one processor, and the load and the backends have the others: nothing a proxy does is hidden on a
processor it did not pay for. The proxies do the same: pass everything on over kept connections, add X-Forwarded
headers, write no access log, keep no response on disk.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import measure

TOKEN = "bench"
OURS, CHP, NGINX, HAPROXY = "orrery", "CHP", "nginx", "haproxy"
CPU_BUDGET = {CHP: 1 / 6, NGINX: 1.2}
P99_BUDGET = {CHP: 1 / 6, NGINX: 1.2}
IDLE_BUDGET = {CHP: 1 / 2}
# Four connections' worth of buffers and some garbage: far from the gigabytes that wait to be read.
STALLED_LIMIT_MB = 32
SIZES = {"1 KB": ("/1k", 1024), "100 KB": ("/100k", 100 * 1024)}
CONNECTIONS = [1, 50, 500]
# Descriptors of a proxy that are no WebSocket's.
SPARE_DESCRIPTORS = 600


def processors():
    """Which processors the proxies get, and which all others."""
    own = sorted(os.sched_getaffinity(0))
    return (own[-1:], own[:-1]) if len(own) > 1 else (own, own)


PROXY_CPUS, OTHER_CPUS = processors()


def on(cpus):
    return lambda: os.sched_setaffinity(0, cpus)


def say(text):
    print(text, file=sys.stderr, flush=True)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


class Program:
    """A running program with a log of its own."""

    def __init__(self, name, command, folder, cpus, env=None):
        self.name = name
        self.log = os.path.join(folder, name + ".log")
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder, env=env, preexec_fn=on(cpus)
            )

    def await_port(self, port):
        deadline = time.monotonic() + 30
        while not measure.listens(port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(self.log, encoding="utf-8", errors="replace") as text:
                    raise SystemExit(f"{self.name} did not start:\n{text.read()}")
            time.sleep(0.01)

    def cpu(self):
        return measure.cpu(self.process.pid)

    def rss(self):
        return measure.memory(self.process.pid, "Rss")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


NGINX_HEAD = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections {most}; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
"""


def nginx_head(folder):
    # Far more than come: when a sixteenth is left, nginx ends connections that have not sent a request yet.
    most = 2 * resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    user = "user root;" if os.getuid() == 0 else ""
    return NGINX_HEAD.format(folder=folder, most=most, user=user)


class Backends:
    """Static files by nginx, WebSockets by a program of ours."""

    def __init__(self, tools, folder):
        self.folder = os.path.join(folder, "backend")
        files = os.path.join(self.folder, "files")
        os.makedirs(files)
        for name, size in SIZES.values():
            with open(files + name, "wb") as file:
                file.write(os.urandom(size))
        with open(files + "/1g", "wb") as file:
            file.truncate(1 << 30)
        self.http_port = measure.free_port()
        config = write(
            self.folder,
            "nginx.conf",
            nginx_head(self.folder)
            + f"""
  sendfile on;
  open_file_cache max=16 inactive=1h;
  server {{
    listen 127.0.0.1:{self.http_port} backlog=4096;
    root {files};
    location /user/ {{ rewrite ^/user/[^/]+(/.*)$ $1 last; }}
  }}
}}
""",
        )
        self.http = Program("backend", [tools.nginx, "-e", "stderr", "-c", config], self.folder, OTHER_CPUS)
        self.http.await_port(self.http_port)
        self.sockets = subprocess.Popen(
            tools.java + ["backend"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=on(OTHER_CPUS)
        )
        self.socket_port = int(self.sockets.stdout.readline())

    def stop(self):
        self.http.stop()
        self.sockets.stdin.close()
        self.sockets.wait(30)


class Api:
    """A client of the route API, with one connection."""

    def __init__(self, name, port):
        self.name = name
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.asked = time.monotonic()

    def ask(self, method, path, body=None, expected=200):
        # A connection that waited is closed after a few seconds; a new one is made when there is none.
        if time.monotonic() - self.asked > 2:
            self.connection.close()
        self.asked = time.monotonic()
        self.connection.request(method, path, body, {"Authorization": "token " + TOKEN})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != expected:
            raise SystemExit(f"{self.name}: {method} {path} answered {answer.status}: {text}")
        return text

    def add(self, path, target):
        self.ask("POST", "/api/routes" + path, json.dumps({"target": target}).encode(), 201)

    def remove(self, path):
        self.ask("DELETE", "/api/routes" + path, None, 204)


class Chp(Program):
    """configurable-http-proxy, or what stands in for it."""

    def __init__(self, name, command, folder, backends, routes):
        self.port = measure.free_port()
        self.api_port = measure.free_port()
        super().__init__(
            name,
            command
            + ["--ip", "127.0.0.1", "--port", str(self.port), "--api-ip", "127.0.0.1", "--api-port", str(self.api_port)]
            + ["--log-level", "warn"],
            folder,
            PROXY_CPUS,
            {**os.environ, "CONFIGPROXY_AUTH_TOKEN": TOKEN},
        )
        self.await_port(self.port)
        self.await_port(self.api_port)
        self.api = Api(name, self.api_port)
        self.target = f"http://127.0.0.1:{backends.http_port}"
        self.api.add("/", self.target)
        self.api.add("/ws", f"http://127.0.0.1:{backends.socket_port}")
        for i in range(routes):
            self.api.add(f"/user/u{i}", self.target)


class Nginx(Program):
    def __init__(self, name, command, folder, backends, routes):
        self.port = measure.free_port()
        own = "".join(f"    location /user/u{i}/ {{ proxy_pass http://files; }}\n" for i in range(routes))
        config = write(
            folder,
            name + ".conf",
            nginx_head(folder)
            + f"""
  upstream files {{
    server 127.0.0.1:{backends.http_port};
    keepalive 512;
    keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    proxy_http_version 1.1;
    proxy_max_temp_file_size 0;
    proxy_read_timeout 3600s;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Port $server_port;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    location / {{ proxy_pass http://files; }}
    location /ws {{
      proxy_pass http://127.0.0.1:{backends.socket_port};
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header Host $http_host;
    }}
{own}  }}
}}
""",
        )
        super().__init__(name, command + ["-e", "stderr", "-c", config], folder, PROXY_CPUS)
        self.await_port(self.port)


class Haproxy(Program):
    def __init__(self, name, command, folder, backends, routes):
        self.port = measure.free_port()
        most = (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100) // 2
        table = write(folder, name + ".map", "".join(f"/user/u{i}/ files\n" for i in range(routes)))
        by_path = f"use_backend %[path,map_beg({table},files)] if {{ path_beg /user/ }}" if routes else ""
        config = write(
            folder,
            name + ".cfg",
            f"""
global
  maxconn {most}
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
  option forwardfor
  http-reuse always
frontend door
  bind 127.0.0.1:{self.port} backlog 4096
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  use_backend sockets if {{ path_beg /ws }}
  {by_path}
  default_backend files
backend files
  server files 127.0.0.1:{backends.http_port} pool-max-conn 512
backend sockets
  server sockets 127.0.0.1:{backends.socket_port}
""",
        )
        super().__init__(name, command + ["-f", config], folder, PROXY_CPUS)
        self.await_port(self.port)


class Tools:
    """The programs of a run, found by their paths."""

    def __init__(self, options, folder):
        debian = options.debian
        self.nginx = os.path.join(debian, "usr/sbin/nginx")
        self.wrk = os.path.join(debian, "usr/bin/wrk")
        haproxy = os.path.join(debian, "usr/sbin/haproxy")
        self.java = load_program(folder)
        self.proxies = {
            CHP: (Chp, [options.chp]),
            NGINX: (Nginx, [self.nginx]),
            HAPROXY: (Haproxy, [haproxy]),
        }
        if options.orrery:
            self.proxies = {OURS: (Chp, [options.orrery, "proxy"]), **self.proxies}

    def start(self, name, folder, backends, routes=0):
        kind, command = self.proxies[name]
        own = tempfile.mkdtemp(prefix=name + "-", dir=folder)
        return kind(name, command, own, backends, routes)


def load_program(folder):
    """Compiles the program that makes WebSockets in number."""
    here = os.path.dirname(os.path.abspath(__file__))
    bin_folder = os.path.join(os.environ["JAVA_HOME"], "bin")
    source = os.path.join(here, "src/main/java/dev/orrery/benchmarks/WebSocketLoad.java")
    classes = os.path.join(folder, "classes")
    subprocess.run([os.path.join(bin_folder, "javac"), "-d", classes, source], check=True)
    return [os.path.join(bin_folder, "java"), "-cp", classes, "dev.orrery.benchmarks.WebSocketLoad"]


UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}


def latency(told, percent):
    """A percentile of what wrk told, in milliseconds."""
    found = re.search(rf"^ *{percent}% +([\d.]+)(us|ms|s|m) *$", told, re.MULTILINE)
    if not found:
        raise SystemExit(f"wrk told no latency of {percent} %:\n{told}")
    return float(found.group(1)) * UNITS[found.group(2)]


def requests(tools, proxy, path, connections, seconds, script=None):
    """Load by wrk: CPU time for each request in microseconds, and latencies in milliseconds."""
    command = [tools.wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    command += ["-s", script] if script else []
    before = proxy.cpu()
    told = subprocess.run(
        command + [f"http://127.0.0.1:{proxy.port}{path}"],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=seconds + 60,
        preexec_fn=on(OTHER_CPUS),
    ).stdout
    spent = proxy.cpu() - before
    count = int(re.search(r"(\d+) requests in", told).group(1))
    if "Non-2xx" in told or "Socket errors" in told or count == 0:
        raise SystemExit(f"{proxy.name} failed with {connections} connections for {path}:\n{told}")
    return {
        "cpu": spent / count * 1e6,
        "p50": latency(told, 50),
        "p99": latency(told, 99),
    }


def messages(tools, proxy, size, connections, seconds):
    """WebSocket messages there and back: CPU time for each round trip in microseconds, latencies in milliseconds."""
    load = subprocess.Popen(
        tools.java + ["messages", str(proxy.port), str(connections), str(size), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=on(OTHER_CPUS),
    )
    try:
        before = after = 0
        for line in load.stdout:
            words = line.split()
            if words[0] == "start":
                before = proxy.cpu()
            elif words[0] == "stop":
                after = proxy.cpu()
            else:
                count, p50, p99 = int(words[1]), float(words[2]), float(words[3])
        if load.wait(60) != 0:
            raise SystemExit(f"{proxy.name} failed with WebSockets")
    finally:
        load.kill()
    return {"cpu": (after - before) / count * 1e6, "p50": p50 / 1e3, "p99": p99 / 1e3}


class Results:
    """Values of the rounds by row and proxy."""

    def __init__(self, names):
        self.names = names
        self.rows = {}

    def add(self, row, name, value):
        self.rows.setdefault(row, {}).setdefault(name, []).append(value)


def each_round(tools, folder, backends, options, results, routes, run):
    """Starts all proxies, and then lets them have their turns, round by round; another one begins each round."""
    with contextlib.ExitStack() as stack:
        proxies = []
        for name in tools.proxies:
            proxies.append(tools.start(name, folder, backends, routes))
            stack.callback(proxies[-1].stop)
        for proxy in proxies:
            requests(tools, proxy, "/1k", 50, options.warm_up)
            requests(tools, proxy, "/100k", 50, options.warm_up)
        for i in range(options.rounds):
            say(f"  round {i + 1} of {options.rounds}")
            first = i % len(proxies)
            for proxy in proxies[first:] + proxies[:first]:
                run(proxy, lambda row, value: results.add(row, proxy.name, value))


def carry(tools, folder, backends, options, table):
    """Requests and messages."""
    say("requests and WebSocket messages")
    results = Results(list(tools.proxies))

    def run(proxy, add):
        for size, (path, _) in SIZES.items():
            for connections in CONNECTIONS:
                got = requests(tools, proxy, path, connections, options.seconds)
                for key, value in got.items():
                    add((size, connections, key), value)
        for size in (256, 4096):
            got = messages(tools, proxy, size, 200, options.seconds)
            for key, value in got.items():
                add((f"message of {size} B", 200, key), value)

    each_round(tools, folder, backends, options, results, 0, run)
    for (size, connections, key), values in results.rows.items():
        what = f"{size}, {connections} connection{'s' if connections > 1 else ''}, "
        if key == "cpu":
            message = size.startswith("message")
            budgets = None if message else CPU_BUDGET
            table.row(what + ("CPU for a round trip" if message else "CPU for a request"), "µs", values, budgets)
        else:
            budgets = P99_BUDGET if key == "p99" and connections == 500 else None
            table.row(what + key, "ms", values, budgets)


def many_routes(tools, folder, backends, options, table):
    """A big table, and one that changes all the time."""
    count = options.routes
    say(f"{count} routes")
    results = Results(list(tools.proxies))
    script = write(
        folder,
        "routes.lua",
        f'request = function() return wrk.format("GET", "/user/u" .. math.random(0, {count - 1}) .. "/1k") end\n',
    )

    def run(proxy, add):
        got = requests(tools, proxy, "/", 50, options.seconds, script)
        add("cpu", got["cpu"])
        add("p99", got["p99"])
        if isinstance(proxy, Chp):
            before = proxy.cpu()
            listed = 20
            for _ in range(listed):
                proxy.api.ask("GET", "/api/routes")
            add("list", (proxy.cpu() - before) / listed * 1e3)
            changing = Changes(proxy, 1000, options.seconds)
            got = requests(tools, proxy, "/", 50, options.seconds, script)
            add("changed", changing.done())
            add("changing cpu", got["cpu"])
            add("changing p99", got["p99"])

    each_round(tools, folder, backends, options, results, count, run)
    rows = results.rows
    with_routes = f"1 KB, 50 connections, {count} routes, "
    table.row(with_routes + "CPU for a request", "µs", rows["cpu"], CPU_BUDGET)
    table.row(with_routes + "p99", "ms", rows["p99"])
    table.row(f"list {count} routes, CPU", "ms", rows["list"])
    table.row("1000 route changes a second wanted, done", "/s", rows["changed"])
    table.row(with_routes + "changing, CPU for a request and its share of changes", "µs", rows["changing cpu"])
    table.row(with_routes + "changing, p99", "ms", rows["changing p99"])


class Changes:
    """Adds, replaces and removes routes at a rate, for a time, by several clients, because an answer takes longer than the
    time between two changes; every fifth change replaces a route that is in use."""

    CLIENTS = 8

    def __init__(self, proxy, rate, seconds):
        self.proxy, self.rate, self.seconds = proxy, rate / self.CLIENTS, seconds
        self.counts = [0] * self.CLIENTS
        self.threads = [threading.Thread(target=self._run, args=(client,)) for client in range(self.CLIENTS)]
        self.started = time.monotonic()
        for thread in self.threads:
            thread.start()

    def _run(self, client):
        api = Api(self.proxy.name, self.proxy.api_port)
        while (now := time.monotonic() - self.started) < self.seconds:
            count = self.counts[client]
            wait = count / self.rate - now
            if wait > 0:
                time.sleep(wait)
            turn = count % 10
            if turn >= 8:
                api.add(f"/user/u{count // 5 % 100}", self.proxy.target)
            elif turn % 2 == 0:
                api.add(f"/user/new{client}-{turn}", self.proxy.target)
            else:
                api.remove(f"/user/new{client}-{turn - 1}")
            self.counts[client] += 1

    def done(self):
        """Changes a second; fails when a client did not get through."""
        for thread in self.threads:
            thread.join()
        if 0 in self.counts:
            raise SystemExit(f"{self.proxy.name}: a client changed no route")
        return sum(self.counts) / self.seconds


def settled_rss(proxy, settle):
    time.sleep(settle)
    return proxy.rss()


def idle_sockets(tools, folder, backends, options, table):
    """Memory of a proxy that holds WebSockets over which nothing goes."""
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    count = min(options.idle, (descriptors - SPARE_DESCRIPTORS) // 2)
    if count < options.idle:
        say(f"{count} instead of {options.idle} idle WebSockets: this machine allows {descriptors} descriptors a process")
    say(f"{count} idle WebSockets")
    whole, each = {}, {}
    for name in tools.proxies:
        proxy = tools.start(name, folder, backends)
        try:
            before = settled_rss(proxy, options.settle)
            load = subprocess.Popen(
                tools.java + ["idle", str(proxy.port), str(count)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                preexec_fn=on(OTHER_CPUS),
            )
            try:
                if load.stdout.readline() != "open\n":
                    raise SystemExit(f"{name} did not open {count} WebSockets")
                after = settled_rss(proxy, options.settle)
                load.stdin.close()
                alive = load.stdout.readline()
                if alive != f"alive {count}\n":
                    raise SystemExit(f"{name} lost some of {count} idle WebSockets: {alive}")
                load.wait(60)
            finally:
                load.kill()
            whole[name] = [after]
            each[name] = [(after - before) * 1024 / count]
        finally:
            proxy.stop()
    table.row(f"{count} idle WebSockets, RSS", "MB", whole, IDLE_BUDGET)
    table.row(f"{count} idle WebSockets, RSS for each", "KB", each)


def stalled_readers(tools, folder, backends, options, table):
    """Memory of a proxy whose clients ask for a gigabyte and do not read it."""
    say("4 clients that do not read")
    grown = {}
    for name in tools.proxies:
        proxy = tools.start(name, folder, backends)
        try:
            requests(tools, proxy, "/100k", 50, options.warm_up)
            before = settled_rss(proxy, options.settle)
            with contextlib.ExitStack() as stack:
                for _ in range(4):
                    client = stack.enter_context(socket.socket())
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
                    client.connect(("127.0.0.1", proxy.port))
                    client.sendall(b"GET /1g HTTP/1.1\r\nHost: x\r\n\r\n")
                most = before
                deadline = time.monotonic() + 2 * options.settle
                while time.monotonic() < deadline:
                    time.sleep(0.1)
                    most = max(most, proxy.rss())
            grown[name] = [most - before]
        finally:
            proxy.stop()
    table.row("4 clients that do not read 1 GB, RSS grown", "MB", grown, None, STALLED_LIMIT_MB)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", help="our bin/orrery; without it, the peers are compared with each other")
    parser.add_argument("--chp", required=True, help="configurable-http-proxy")
    parser.add_argument("--debian", required=True, help="where the packages nginx, haproxy and wrk are unpacked")
    parser.add_argument("--only", choices=["carry", "routes", "idle", "stalled"], action="append")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="for each load")
    parser.add_argument("--smoke", action="store_true", help="one short round and few of everything: does it run at all")
    options = parser.parse_args()
    # The virtual machine compiles for some seconds what it then runs for days.
    options.warm_up, options.settle, options.routes, options.idle = 20, 5, 10_000, 10_000
    if options.smoke:
        options.rounds, options.seconds = 1, 1
        options.warm_up, options.settle, options.routes, options.idle = 1, 1, 200, 200
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    parts = {"carry": carry, "routes": many_routes, "idle": idle_sockets, "stalled": stalled_readers}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        tools = Tools(options, folder)
        backends = Backends(tools, folder)
        stack.callback(backends.stop)
        names = list(tools.proxies)
        compared = [name for name in (CHP, NGINX) if name != names[0]]
        # The peers among themselves have no budgets to keep.
        table = measure.Table(names[0], names[1:], compared, judged=names[0] == OURS)
        table.head()
        for part in options.only or parts:
            parts[part](tools, folder, backends, options, table)


if __name__ == "__main__":
    main()
