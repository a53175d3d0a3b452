"""What a hub costs: ours and JupyterHub alternately in one run, on loopback, on SQLite and on PostgreSQL.

What is measured is the CPU time of the hub's process, divided by what it was asked; its memory; how long starts take.
The proxies are not the hub's process: JupyterHub has configurable-http-proxy, ours has ours. Both hubs find the same rows
in a database of their own. Nothing but the hub is there: all servers are one that answers everything at once.
"""

import argparse
import contextlib
import datetime
import hashlib
import json
import lzma
import os
import re
import resource
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

import measure
import psycopg2
import psycopg2.extras
from hubs import OURS, PEER, Front, Hub, ask_for_servers, serve_anything
from proxy import Results, say, write

SERVERS = 300
PAGE = 200
ADMIN = "bench-admin"
ADMIN_TOKEN = secrets.token_hex(16)
SERVER_TOKENS = [secrets.token_hex(16) for _ in range(SERVERS)]
# Starts are measured with this many people, of whom some have a running server.
PEOPLE_OF_RESTART = 2_000
LOADS = {
    "token check": (8, 1 / 30),
    "activity post": (8, 1 / 50),
    f"page of {PAGE} users": (2, 1 / 20),
}


# ---- databases


class Sqlite:
    name = "SQLite"

    def __init__(self, folder):
        self.folder = os.path.join(folder, "sqlite")
        os.makedirs(self.folder)

    def _file(self, database):
        return os.path.join(self.folder, database + ".sqlite")

    def fresh(self, database):
        return "sqlite:///" + self._file(database)

    def copy(self, template, database):
        shutil.copyfile(self._file(template), self._file(database))
        return self.fresh(database)

    @contextlib.contextmanager
    def open(self, database):
        connection = sqlite3.connect(self._file(database))
        yield connection.cursor()
        connection.commit()
        connection.close()

    def insert(self, cursor, table, columns, rows):
        marks = ", ".join("?" * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def stop(self):
        pass


class Postgresql:
    name = "PostgreSQL"

    def __init__(self, folder, binaries):
        self.home = os.path.join(folder, "postgresql")
        programs = os.path.join(self.home, "programs")
        os.makedirs(programs)
        with zipfile.ZipFile(binaries) as jar:
            packed = next(name for name in jar.namelist() if name.endswith(".txz"))
            with jar.open(packed) as text, tarfile.open(fileobj=lzma.open(text)) as archive:
                archive.extractall(programs, filter="tar")
        # It refuses to run as root.
        self.account = {}
        if os.getuid() == 0:
            os.chmod(folder, 0o711)
            shutil.chown(self.home, "nobody", "nogroup")
            self.account = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        data = os.path.join(self.home, "data")
        self.port = measure.free_port()
        with open(os.path.join(folder, "postgresql.log"), "wb") as log:
            subprocess.run(
                [programs + "/bin/initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"],
                stdout=log,
                stderr=log,
                check=True,
                cwd=self.home,
                **self.account,
            )
            self.process = subprocess.Popen(
                [programs + "/bin/postgres", "-D", data, "-p", str(self.port), "-h", "127.0.0.1", "-k", self.home],
                stdout=log,
                stderr=log,
                cwd=self.home,
                **self.account,
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                self._do("SELECT 1")
                return
            except psycopg2.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit("PostgreSQL did not start") from None
                time.sleep(0.1)

    def _connect(self, database):
        return psycopg2.connect(host="127.0.0.1", port=self.port, user="bench", dbname=database)

    def _do(self, sql):
        connection = self._connect("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
        connection.close()

    def fresh(self, database):
        self._do(f'CREATE DATABASE "{database}"')
        return self._url(database)

    def _url(self, database):
        # With the driver's name: which one is the default depends on the version of SQLAlchemy.
        return f"postgresql+psycopg2://bench@127.0.0.1:{self.port}/{database}"

    def copy(self, template, database):
        self._do(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self._url(database)

    @contextlib.contextmanager
    def open(self, database):
        connection = self._connect(database)
        cursor = connection.cursor()
        yield cursor
        for table in ("users", "servers", "spawners", "oauth_clients", "api_tokens"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id) + 1) FROM {table}")
        connection.commit()
        connection.autocommit = True
        cursor.execute("ANALYZE")
        connection.close()

    def insert(self, cursor, table, columns, rows):
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s"
        psycopg2.extras.execute_values(cursor, sql, list(rows), page_size=5_000)

    def stop(self):
        # Whoever is still connected is thrown out.
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


def hashed(token):
    salt = secrets.token_hex(8)
    return f"sha512:1:{salt}:{hashlib.sha512((salt + token).encode()).hexdigest()}"


def person(number):
    return f"user{number}"


def fill(database, cursor, people, running):
    """Rows of people, an administrator's token, and servers with their tokens, that run or do not."""
    cursor.execute("SELECT name, id FROM roles")
    roles = dict(cursor.fetchall())
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    then = (now - datetime.timedelta(days=1)).isoformat(sep=" ", timespec="microseconds")
    users = [(i + 1, person(i), False, then, then, secrets.token_hex(16)) for i in range(people)]
    admin = people + 1
    users.append((admin, ADMIN, True, then, then, secrets.token_hex(16)))
    database.insert(cursor, "users", ["id", "name", "admin", "created", "last_activity", "cookie_id"], users)
    given = [(user[0], roles["user"], False) for user in users] + [(admin, roles["admin"], False)]
    database.insert(cursor, "user_role_map", ["user_id", "role_id", "managed_by_auth"], given)
    numbers = range(1, SERVERS + 1)
    names = [person(i - 1) for i in numbers]
    clients = [
        (i, f"jupyterhub-user-{name}", f"Server at /user/{name}/", hashed(token), f"/user/{name}/oauth_callback", "[]")
        for i, name, token in zip(numbers, names, SERVER_TOKENS)
    ]
    columns = ["id", "identifier", "description", "secret", "redirect_uri", "allowed_scopes"]
    cursor.execute("SELECT coalesce(max(id), 0) FROM oauth_clients")
    before = cursor.fetchone()[0]
    database.insert(cursor, "oauth_clients", columns, [(row[0] + before, *row[1:]) for row in clients])
    if running:
        url = os.environ["BENCH_SERVER"].removeprefix("http://").split(":")
        rows = [(i, "http", url[0], int(url[1]), f"/user/{name}/", "cookie") for i, name in zip(numbers, names)]
        cursor.execute("SELECT coalesce(max(id), 0) FROM servers")
        first = cursor.fetchone()[0]
        rows = [(row[0] + first, *row[1:]) for row in rows]
        database.insert(cursor, "servers", ["id", "proto", "ip", "port", "base_url", "cookie_name"], rows)
    spawners = [
        (
            i,
            i,
            i + first if running else None,
            json.dumps({"shared": True} if running else {}),
            "",
            then if running else None,
            then,
            "{}",
            f"jupyterhub-user-{name}",
        )
        for i, name in zip(numbers, names)
    ]
    columns = ["id", "user_id", "server_id", "state", "name", "started", "last_activity", "user_options", "oauth_client_id"]
    database.insert(cursor, "spawners", columns, spawners)
    tokens = [
        (
            i,
            hashed(token),
            token[:4],
            "jupyterhub",
            then,
            f"Server at /user/{name}/",
            json.dumps([f"users:activity!user={name}", f"access:servers!server={name}/"]),
        )
        for i, name, token in zip(numbers, names, SERVER_TOKENS)
    ]
    tokens.append((admin, hashed(ADMIN_TOKEN), ADMIN_TOKEN[:4], "jupyterhub", then, "bench", '["inherit"]'))
    columns = ["user_id", "hashed", "prefix", "client_id", "created", "note", "scopes"]
    database.insert(cursor, "api_tokens", columns, tokens)


# ---- programs


class Kind:
    """Ours or the peer."""

    def __init__(self, name, command, shared, shared_options, front):
        self.name, self.command, self.shared, self.shared_options, self.front = name, command, shared, shared_options, front


def our_shared_hub(dist, folder):
    """A program in front of the distribution's libraries, with the flags and the cache of 'orrery hub'."""
    here = os.path.dirname(os.path.abspath(__file__))
    source = os.path.join(here, "src/main/java/dev/orrery/benchmarks/SharedServerHub.java")
    lib, classes = os.path.join(dist, "lib"), os.path.join(folder, "classes")
    with open(os.path.join(lib, "classpath"), encoding="ascii") as text:
        path = ":".join(os.path.join(lib, jar) for jar in text.read().strip().split(":") if jar)
    javac = os.path.join(os.environ["JAVA_HOME"], "bin/javac")
    subprocess.run([javac, "-proc:none", "-cp", path, "-d", classes, source], check=True)
    with open(os.path.join(lib, "jvm-flags"), encoding="ascii") as text:
        flags = next(line for line in text if line.startswith("hub:")).split()[1:]
    cache = os.path.join(lib, "hub.aot")
    if os.path.exists(cache):
        flags.insert(0, "-XX:AOTCache=" + cache)
    java = os.path.join(dist, "runtime/bin/java")
    main = "dev.orrery.benchmarks.SharedServerHub"
    home = "-Dorrery.home=" + dist
    return [java, *flags, home, "-cp", path + ":" + classes, main, os.environ["BENCH_SERVER"]]


class Bench:
    """One run: programs, databases, numbers."""

    def __init__(self, options, folder, stack):
        self.options, self.folder, self.stack = options, folder, stack
        self.wrk = os.path.join(options.debian, "usr/bin/wrk")
        self.copies = 0
        backend, server = serve_anything(options.debian, folder)
        stack.callback(backend.stop)
        os.environ["BENCH_SERVER"] = f"http://127.0.0.1:{server}"
        dist = os.path.dirname(os.path.dirname(os.path.realpath(options.orrery)))
        self.kinds = [
            Kind(
                OURS,
                [options.orrery, "hub"],
                our_shared_hub(dist, folder),
                {},
                self._front(OURS, [options.orrery, "proxy"]),
            ),
            Kind(
                PEER,
                [options.jupyterhub],
                [options.jupyterhub],
                {"JupyterHub.spawner_class": "hub_spawner.SharedServerSpawner"},
                self._front(PEER, [options.chp]),
            ),
        ]

    def _front(self, name, command):
        front = Front(name, command, self.folder)
        self.stack.callback(front.stop)
        return front

    def hub(self, kind, url, shared=False):
        command = kind.shared if shared else kind.command
        options = {
            "JupyterHub.db_url": url,
            "JupyterHub.authenticator_class": "dummy",
            "JupyterHub.concurrent_spawn_limit": 0,
            "Authenticator.allow_all": True,
            **(kind.shared_options if shared else {}),
        }
        env = {"PYTHONPATH": os.path.dirname(os.path.abspath(__file__))}
        return Hub(kind.name, command, kind.front, self.folder, options, env)

    def templates(self, database):
        """A database as JupyterHub makes it, then the same with people."""
        say(f"{database.name}: making databases")
        hub = self.hub(self.kinds[1], database.fresh("empty"))
        hub.stop()
        for template, people, running in (("many", self.options.users, False), ("some", PEOPLE_OF_RESTART, True)):
            database.copy("empty", template)
            with database.open(template) as cursor:
                fill(database, cursor, people, running)

    def copy(self, database, template):
        self.copies += 1
        return database.copy(template, f"{template}{self.copies}")

    def rounds(self):
        """The hubs in turns; another one begins each round."""
        for i in range(self.options.rounds):
            say(f"  round {i + 1} of {self.options.rounds}")
            yield i, self.kinds if i % 2 == 0 else self.kinds[::-1]


# ---- load

SCRIPT = """
local tokens = {{ {tokens} }}
local what = "{what}"
local count = 0
request = function()
  count = count + 1
  local i = count % #tokens
  local headers = {{ ["Authorization"] = "token " .. tokens[i + 1], ["Content-Type"] = "application/json" }}
  if what == "token check" then
    return wrk.format("GET", "/hub/api/user", headers)
  elseif what == "activity post" then
    local now = os.date("!%Y-%m-%dT%H:%M:%S") .. string.format(".%06dZ", count % 1000000)
    local body = '{{"servers": {{"": {{"last_activity": "' .. now .. '"}}}}, "last_activity": "' .. now .. '"}}'
    return wrk.format("POST", "/hub/api/users/user" .. i .. "/activity", headers, body)
  end
  headers["Authorization"] = "token {admin}"
  return wrk.format("GET", "/hub/api/users?limit={page}&offset=" .. (count * {page}) % {users}, headers)
end
"""


def load(bench, hub, what, seconds):
    """CPU time of the hub for each request, in milliseconds."""
    connections, _ = LOADS[what]
    script = write(
        bench.folder,
        "load.lua",
        SCRIPT.format(
            what=re.sub("^page .*", "page", what),
            tokens=", ".join(f'"{token}"' for token in SERVER_TOKENS),
            admin=ADMIN_TOKEN,
            page=PAGE,
            users=max(1, bench.options.users - PAGE),
        ),
    )
    before = hub.cpu()
    told = subprocess.run(
        [bench.wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", script]
        + [f"http://127.0.0.1:{hub.port}"],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=seconds + 90,
    ).stdout
    spent = hub.cpu() - before
    count = int(re.search(r"(\d+) requests in", told).group(1))
    if "Non-2xx" in told or "Socket errors" in told or count == 0:
        with open(hub.log, encoding="utf-8", errors="replace") as text:
            raise SystemExit(f"{hub.name} failed with {what}:\n{told}\n{text.read()[-4000:]}")
    return spent / count * 1e3


def requests(bench, database, table):
    """What servers and pages ask all day, in a hub with many users."""
    say(f"{database.name}: requests, {bench.options.users} users")
    results = Results([OURS, PEER])
    with contextlib.ExitStack() as stack:
        hubs = {}
        for kind in bench.kinds:
            hubs[kind] = bench.hub(kind, bench.copy(database, "many"))
            stack.callback(hubs[kind].kill)
            time.sleep(bench.options.settle)
            results.add("rss", kind.name, hubs[kind].rss())
        for kind in bench.kinds:
            for what in LOADS:
                load(bench, hubs[kind], what, bench.options.warm_up)
        for _, kinds in bench.rounds():
            for what in LOADS:
                for kind in kinds:
                    results.add(what, kind.name, load(bench, hubs[kind], what, bench.options.seconds))
    for what, (_, budget) in LOADS.items():
        table.row(f"{database.name}: {what}, CPU for a request", "ms", results.rows[what], {PEER: budget})
    table.row(f"{database.name}: RSS with {bench.options.users} users", "MB", results.rows["rss"])


def all_at_once(hub, numbers):
    """Starts servers by requests that are all there before the first is answered; seconds until all are ready."""
    people = [person(number) for number in numbers]
    answers = ask_for_servers(hub, "POST", people, ADMIN_TOKEN, len(people))
    if set(answers.people) - {"201", "202"}:
        raise SystemExit(f"{hub.name} failed to start servers: {answers}")
    pending = set(answers.people["202"])
    deadline = answers.started + 300
    while pending:
        # The time between two looks is little beside the ten seconds after which a start is answered so.
        time.sleep(0.05)
        ended = time.monotonic()
        model = json.loads(hub.ask("GET", f"/hub/api/users/{next(iter(pending))}", ADMIN_TOKEN)[1])
        server = model["servers"].get("")
        if server is None or ended > deadline:
            raise SystemExit(f"{hub.name} failed to start a server: {model}")
        if server["ready"]:
            pending.remove(model["name"])
    return time.monotonic() - answers.started


def spawns(bench, database, table):
    """Starts at once in a hub with some people and running servers; the first ones warm it up."""
    count = bench.options.spawns
    say(f"{database.name}: {count} starts at once")
    results = Results([OURS, PEER])
    with contextlib.ExitStack() as stack:
        hubs = {}
        for kind in bench.kinds:
            hubs[kind] = bench.hub(kind, bench.copy(database, "some"), shared=True)
            stack.callback(hubs[kind].kill)
            all_at_once(hubs[kind], range(SERVERS, SERVERS + count))
        for i, kinds in bench.rounds():
            first = SERVERS + count * (i + 1)
            for kind in kinds:
                before = hubs[kind].cpu()
                took = all_at_once(hubs[kind], range(first, first + count))
                # Upside down, as every other row: how long one takes.
                results.add("wall", kind.name, took / count * 1e3)
                results.add("cpu", kind.name, (hubs[kind].cpu() - before) / count * 1e3)
    what = f"{database.name}: {count} starts at once"
    table.row(f"{what}, time for each", "ms", results.rows["wall"], {PEER: 1 / 10})
    table.row(f"{what}, CPU for each", "ms", results.rows["cpu"])


def restarts(bench, database, table):
    """The second start of a hub with running servers, whose routes the proxy has."""
    say(f"{database.name}: restarts with {PEOPLE_OF_RESTART} users and {SERVERS} servers")
    results = Results([OURS, PEER])
    for _, kinds in bench.rounds():
        for kind in kinds:
            url = bench.copy(database, "some")
            first = bench.hub(kind, url, shared=True)
            time.sleep(bench.options.settle)
            first.kill()
            second = bench.hub(kind, url, shared=True)
            results.add("wall", kind.name, second.wall)
            results.add("cpu", kind.name, second.first_cpu)
            second.kill()
    what = f"{database.name}: restart with {PEOPLE_OF_RESTART} users and {SERVERS} servers"
    table.row(f"{what}, to the first answer", "s", results.rows["wall"], {PEER: 1 / 10})
    table.row(f"{what}, CPU", "s", results.rows["cpu"])


def starts(bench, database, table):
    """The first start of a hub, which makes its tables."""
    say(f"{database.name}: first starts")
    results = Results([OURS, PEER])
    for _, kinds in bench.rounds():
        for kind in kinds:
            bench.copies += 1
            hub = bench.hub(kind, database.fresh(f"fresh{bench.copies}"))
            results.add("wall", kind.name, hub.wall)
            results.add("cpu", kind.name, hub.first_cpu)
            time.sleep(bench.options.settle)
            results.add("rss", kind.name, hub.rss())
            hub.kill()
    table.row(f"{database.name}: first start, to the first answer", "s", results.rows["wall"])
    table.row(f"{database.name}: first start, CPU", "s", results.rows["cpu"])
    table.row(f"{database.name}: RSS without users", "MB", results.rows["rss"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True, help="our bin/orrery")
    parser.add_argument("--jupyterhub", required=True, help="JupyterHub's program")
    parser.add_argument("--chp", required=True, help="configurable-http-proxy")
    parser.add_argument("--debian", required=True, help="where the packages nginx and wrk are unpacked")
    parser.add_argument("--postgresql", required=True, help="the jar with the binaries of PostgreSQL")
    parser.add_argument("--only", choices=["requests", "spawns", "restarts", "starts"], action="append")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--seconds", type=int, default=4, help="for each load")
    parser.add_argument("--smoke", action="store_true", help="one short round and few of everything: does it run at all")
    options = parser.parse_args()
    # The virtual machine compiles for some seconds what it then runs for days.
    options.warm_up, options.settle, options.spawns = 20, 5, 200
    if options.smoke:
        options.rounds, options.seconds, options.users = 1, 1, 1_000
        options.warm_up, options.settle, options.spawns = 1, 1, 20
    if not SERVERS <= options.users <= 1_000_000:
        parser.error(f"--users: {options.users} is not between {SERVERS} and 1000000")
    most = (PEOPLE_OF_RESTART - SERVERS) // options.spawns - 1
    if not 1 <= options.rounds <= most:
        parser.error(f"--rounds: {options.rounds} is not between 1 and {most}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    parts = {"requests": requests, "spawns": spawns, "restarts": restarts, "starts": starts}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        bench = Bench(options, folder, stack)
        table = measure.Table(OURS, [PEER], [PEER], judged=not options.smoke)
        table.head()
        for kind in options.database or ["sqlite", "postgresql"]:
            database = Sqlite(folder) if kind == "sqlite" else Postgresql(folder, options.postgresql)
            stack.callback(database.stop)
            bench.templates(database)
            for part in options.only or parts:
                parts[part](bench, database, table)


if __name__ == "__main__":
    main()
