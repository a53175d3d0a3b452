"""Start-up and memory of a notebook server, ours and jupyter_server's alternately in one run.

What is measured, for each start: wall time from the start of the process to the first whole answer of /lab, CPU time of
the process and its children until then, resident memory after the page's first requests and a pause. Then several
servers at once: the proportional share of memory of each (PSS), which counts shared pages once.
"""

import argparse
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

    def __init__(self, command, folder):
        os.makedirs(folder, exist_ok=True)
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
                + ["lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.root_dir=" + root],
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
        request = urllib.request.Request(self.base + path, headers={"Authorization": "token " + TOKEN})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("--jupyter", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--servers", type=int, default=20)
    parser.add_argument("--smoke", action="store_true", help="one round, few servers: does it run at all")
    options = parser.parse_args()
    rounds, count, settle = (1, 2, 1) if options.smoke else (options.rounds, options.servers, 5)
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
    table = measure.Table("orrery", [PEER], [PEER])
    table.head()

    def row(what, ours, theirs, unit, budget):
        table.row(what, unit, {"orrery": ours, PEER: theirs}, {PEER: budget})

    row("start to first page, wall", [r["wall"] for r in ours], [r["wall"] for r in theirs], "s", 1 / 8)
    row("start to first page, CPU", [r["cpu"] for r in ours], [r["cpu"] for r in theirs], "s", 1 / 8)
    row("one idle server, RSS", [r["rss"] for r in ours], [r["rss"] for r in theirs], "MB", 1.0)
    row(f"each of {count} servers, PSS", pss_ours, pss_theirs, "MB", 0.65)


if __name__ == "__main__":
    main()
