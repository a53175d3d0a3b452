"""A notebook server, ours and jupyter_server alternately in one run.

What is measured, for each start: wall time from the start of the process to the first whole answer of /lab, CPU time of
the process and its children until then, resident memory after the page's first requests and a pause. Then several
servers at once: the proportional share of memory of each (PSS), which counts shared pages once.

Then with one server of each, which has worked for a while: messages of kernels (server_messages.py) and files
(server_contents.py). CPU time is the server's own, without its kernels.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import measure
import server_contents
import server_messages

TOKEN = "bench"
PEER = "jupyter lab"
FIRST_REQUESTS = [
    "/lab",
    "/lab/api/settings",
    "/lab/api/translations/default",
    "/api/contents?content=1&hash=0",
    "/lab/api/workspaces/default",
    "/api/kernelspecs",
    "/api/kernels",
    "/api/sessions",
    "/api/terminals",
    "/api/me",
]


class Server:
    """One running server, ours or the peer's, in folders of its own."""

    token = TOKEN

    def __init__(self, command, folder, *options):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.log = os.path.join(folder, "log")
        env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "ORRERY"))}
        env.update(HOME=folder, JUPYTER_TOKEN=TOKEN, PATH=os.path.dirname(sys.executable) + ":" + env["PATH"])
        root = os.path.join(folder, "root")
        os.makedirs(root, exist_ok=True)
        port = measure.free_port()
        self.started = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                command
                + ["lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.root_dir=" + root]
                + list(options),
                stdout=out,
                stderr=out,
                env=env,
                cwd=root,
            )
        self.base = self._address()

    def _address(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with open(self.log, encoding="utf-8", errors="replace") as text:
                found = re.search(r"http://127\.0\.0\.1:(\d+)/lab", text.read())
            # The peer tells its address a moment before it listens.
            if found and measure.listens(int(found.group(1))):
                return "http://127.0.0.1:" + found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        with open(self.log, encoding="utf-8", errors="replace") as text:
            raise SystemExit("A server did not start:\n" + text.read())

    def get(self, path):
        return self.ask("GET", path)

    def put(self, path, body):
        return self.ask("PUT", path, body)

    def ask(self, method, path, body=None):
        headers = {"Authorization": "token " + TOKEN, "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=180) as answer:
            return answer.read()

    def kernel(self, name):
        return json.loads(self.ask("POST", "/api/kernels", json.dumps({"name": name}).encode()))["id"]

    def end(self, kernel):
        self.ask("DELETE", "/api/kernels/" + kernel)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def one_start(command, folder, settle):
    server = Server(command, folder)
    try:
        server.get("/lab")
        wall = time.monotonic() - server.started
        cpu = measure.cpu(server.process.pid)
        for path in FIRST_REQUESTS:
            server.get(path)
        time.sleep(settle)
        return {"wall": wall, "cpu": cpu, "rss": measure.memory(server.process.pid, "Rss")}
    finally:
        server.stop()


def many(command, folder, count, settle):
    servers = []
    try:
        for i in range(count):
            servers.append(Server(command, os.path.join(folder, str(i))))
            for path in FIRST_REQUESTS:
                servers[-1].get(path)
        time.sleep(settle)
        return statistics.mean(measure.memory(server.process.pid, "Pss") for server in servers)
    finally:
        for server in servers:
            server.stop()


def install_kernel(folder):
    """The kernel of server_kernel.py for the person whose home a folder is."""
    spec = os.path.join(folder, ".local/share/jupyter/kernels/bench")
    os.makedirs(spec)
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server_kernel.py")
    with open(os.path.join(spec, "kernel.json"), "w", encoding="utf-8") as file:
        json.dump({"argv": [sys.executable, program, "{connection_file}"], "display_name": "Bench", "language": "bench"}, file)


def long_running(command, folder, sizes):
    """A server with a folder of many files and two notebooks, and the kernel that costs nothing."""
    install_kernel(folder)
    root = os.path.join(folder, "root")
    os.makedirs(root)
    server_contents.fill(root, sizes["files"], sizes["megabytes"])
    # What a page gets may be limited; here it is to have all.
    return Server(command, folder, "--ZMQChannelsWebsocketConnection.limit_rate=False")


def work(server, sizes):
    """One round of all that is done with one server."""
    opened, saved = zip(*(server_contents.notebook(server, name) for name in ("pictures", "prints")))
    return {
        "ipykernel": server_messages.one_kernel(server, "python3", sizes["trips"]),
        "bench": server_messages.one_kernel(server, "bench", sizes["trips"]),
        "flood": server_messages.flood(server, 1, sizes["displays"]),
        "floods": server_messages.flood(server, 16, sizes["displays"] // 8),
        "list": server_contents.listing(server, sizes["files"]),
        "open pictures": opened[0],
        "save pictures": saved[0],
        "open prints": opened[1],
        "save prints": saved[1],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("--jupyter", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--servers", type=int, default=20)
    parser.add_argument("--smoke", action="store_true", help="one round, few servers: does it run at all")
    options = parser.parse_args()
    rounds, count, settle = (1, 2, 1) if options.smoke else (options.rounds, options.servers, 5)
    sizes = (
        {"files": 500, "megabytes": 3, "trips": 20, "displays": 2_000}
        if options.smoke
        else {"files": 10_000, "megabytes": 30, "trips": 400, "displays": 40_000}
    )
    works_ours, works_theirs = [], []
    ours, theirs = [], []
    pss_ours, pss_theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for i in range(rounds):
            print(f"round {i + 1} of {rounds}", file=sys.stderr, flush=True)
            ours.append(one_start([options.orrery], os.path.join(folder, "ours"), settle))
            theirs.append(one_start([options.jupyter], os.path.join(folder, "theirs"), settle))
        print(f"{count} servers of each at once", file=sys.stderr, flush=True)
        pss_ours.append(many([options.orrery], os.path.join(folder, "many-ours"), count, settle))
        pss_theirs.append(many([options.jupyter], os.path.join(folder, "many-theirs"), count, settle))
        pair = []
        try:
            pair.append(long_running([options.orrery], os.path.join(folder, "work-ours"), sizes))
            pair.append(long_running([options.jupyter], os.path.join(folder, "work-theirs"), sizes))
            for i in range(1 if options.smoke else 4):
                print(f"messages and files, round {i}" + (", which warms up" if i == 0 else ""), file=sys.stderr, flush=True)
                for server, results in zip(pair, (works_ours, works_theirs)):
                    results.append(work(server, sizes))
        finally:
            for server in pair:
                server.stop()
        if not options.smoke:
            del works_ours[0], works_theirs[0]
    table = measure.Table("orrery", [PEER], [PEER])
    table.head()

    def row(what, ours, theirs, unit, budget):
        table.row(what, unit, {"orrery": ours, PEER: theirs}, {PEER: budget})

    row("start to first page, wall", [r["wall"] for r in ours], [r["wall"] for r in theirs], "s", 1 / 8)
    row("start to first page, CPU", [r["cpu"] for r in ours], [r["cpu"] for r in theirs], "s", 1 / 8)
    row("one idle server, RSS", [r["rss"] for r in ours], [r["rss"] for r in theirs], "MB", 1.0)
    row(f"each of {count} servers, PSS", pss_ours, pss_theirs, "MB", 0.65)

    def pairs(what, kind, field, unit, budget=None):
        row(what, [r[kind][field] for r in works_ours], [r[kind][field] for r in works_theirs], unit, budget)

    for kind, name in [("ipykernel", "ipykernel"), ("bench", "a kernel that costs nothing")]:
        pairs(f"run a cell, {name}, p50", kind, "p50", "ms", 0.7)
        pairs(f"run a cell, {name}, p99", kind, "p99", "ms", 0.7)
        pairs(f"run a cell, {name}, CPU", kind, "cpu", "ms")
    for kind, name in [("flood", "1 kernel"), ("floods", "16 kernels")]:
        pairs(f"a display of {name}, wall", kind, "wall", "µs", 0.2)
        pairs(f"a display of {name}, CPU", kind, "cpu", "µs")
        pairs(f"displays of {name}, most RSS", kind, "rss", "MB")
        pairs(f"displays of {name}, lost", kind, "lost", "")
    pairs(f"list {sizes['files']} files, wall", "list", "wall", "s", 0.2)
    pairs(f"list {sizes['files']} files, CPU", "list", "cpu", "s")
    for name in ("pictures", "prints"):
        for action in ("open", "save"):
            pairs(f"{action} a notebook of {sizes['megabytes']} MB, {name}, wall", f"{action} {name}", "wall", "s", 1 / 3)
            pairs(f"{action} a notebook of {sizes['megabytes']} MB, {name}, CPU", f"{action} {name}", "cpu", "s")


if __name__ == "__main__":
    main()
