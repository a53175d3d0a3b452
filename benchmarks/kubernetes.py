"""What pods cost a hub: ours and JupyterHub with KubeSpawner alternately in one run, on the API server of one cluster.

Nodes are simulated: pods are scheduled and said to run, and nothing does. Both hubs read the same settings file, each is in a
namespace of its own with the rights that the documentation asks for, and each has configurable-http-proxy. All servers are
one that answers everything at once; what is measured is the CPU time of the hub's process and what it asks the API server.
"""

import argparse
import collections
import contextlib
import json
import os
import re
import resource
import secrets
import subprocess
import sys
import tempfile
import time

import measure
from hubs import OURS, PEER, Front, Hub, ask_for_servers, serve_anything
from proxy import Results, say, write

SERVICE_TOKEN = secrets.token_hex(16)
NODES = 10
# What both hubs are told to start at once, and are asked for at once.
AT_ONCE = 100
# Long enough for every answer to say that it is done.
PATIENCE = 600
VERBS = ["get", "list", "watch", "create", "delete"]


def settings(namespace, port):
    """A settings file that both hubs read."""
    return f"""
c = get_config()
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {{"admin"}}
c.JupyterHub.services = [{{"name": "bench", "api_token": "{SERVICE_TOKEN}", "admin": True}}]
c.JupyterHub.concurrent_spawn_limit = {AT_ONCE}
c.JupyterHub.tornado_settings = {{"slow_spawn_timeout": {PATIENCE}, "slow_stop_timeout": {PATIENCE}}}
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.namespace = "{namespace}"
c.KubeSpawner.image = "localhost/simulated:1"
c.KubeSpawner.node_selector = {{"simulated": "yes"}}
c.KubeSpawner.mem_guarantee = "1G"
c.KubeSpawner.mem_limit = "2G"
c.KubeSpawner.cpu_guarantee = 0.5
c.KubeSpawner.environment = {{"LANG": "C.UTF-8"}}
c.KubeSpawner.volumes = [{{"name": "home", "emptyDir": {{}}}}]
c.KubeSpawner.volume_mounts = [{{"name": "home", "mountPath": "/home/jovyan"}}]
c.KubeSpawner.start_timeout = {PATIENCE}
# Nothing listens in a pod that is simulated.
c.KubeSpawner.pod_connect_ip = "127.0.0.1"
c.KubeSpawner.port = {port}
"""


# ---- the cluster


def simulated_node(number):
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": f"simulated-{number}",
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {"simulated": "yes"},
        },
        # Where the pods' addresses are from. Nobody connects to them.
        "spec": {"podCIDR": f"10.243.{number}.0/24"},
    }


def account(namespace):
    """Who a hub is: the rights that the documentation asks for, and one counter of requests for each verb."""
    subject = {"kind": "ServiceAccount", "serviceAccount": {"name": "hub", "namespace": namespace}}
    metadata = {"name": "hub", "namespace": namespace}
    rights = "rbac.authorization.k8s.io"
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    yield {
        "apiVersion": rights + "/v1",
        "kind": "Role",
        "metadata": metadata,
        "rules": [
            {"apiGroups": [""], "resources": ["pods"], "verbs": VERBS},
            {"apiGroups": [""], "resources": ["events"], "verbs": ["list", "watch"]},
        ],
    }
    yield {
        "apiVersion": rights + "/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": rights, "kind": "Role", "name": "hub"},
        "subjects": [{"kind": "ServiceAccount", "name": "hub", "namespace": namespace}],
    }
    for number, verb in enumerate([*VERBS, "*"]):
        # The API server counts requests by the schema that they fall under. Their share of it stays the usual one.
        yield {
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1",
            "kind": "FlowSchema",
            "metadata": {"name": counter(namespace, verb)},
            "spec": {
                "matchingPrecedence": 1000 + number,
                "priorityLevelConfiguration": {"name": "workload-low"},
                "distinguisherMethod": {"type": "ByUser"},
                "rules": [
                    {
                        "subjects": [subject],
                        "resourceRules": [
                            {
                                "verbs": [verb],
                                "apiGroups": ["*"],
                                "resources": ["*"],
                                "clusterScope": True,
                                "namespaces": ["*"],
                            }
                        ],
                        "nonResourceRules": [{"verbs": [verb], "nonResourceURLs": ["*"]}],
                    }
                ],
            },
        }


def counter(namespace, verb):
    return f"{namespace}-{'other' if verb == '*' else verb}"


class Cluster:
    """A Kubernetes of this machine, with simulated nodes."""

    COUNTED = re.compile(r'^apiserver_flowcontrol_dispatched_requests_total{flow_schema="([^"]*)".*} (\d+)', re.MULTILINE)

    def __init__(self, program, number, namespaces):
        self.command = [program]
        self.number = str(number)
        say("a cluster with simulated nodes")
        self._run("up", "--for", str(os.getpid()), "--with", "kwok")
        told = dict(re.findall(r"export (\w+)=(.*)", self._run("env")))
        self.folder = told["CLUSTER_FOLDER"]
        self.kubeconfig = told["KUBECONFIG"]
        self.env = {**os.environ, "PATH": told["PATH"].replace("$PATH", os.environ["PATH"]), "KUBECONFIG": self.kubeconfig}
        objects = [simulated_node(i) for i in range(NODES)]
        for namespace in namespaces:
            objects.extend(account(namespace))
        self.kubectl("apply", "-f", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        self.kubectl("wait", "--for=condition=Ready", "nodes", "-l", "simulated=yes", "--timeout=60s")
        self.api_server = self._find("kube-apiserver")

    def _run(self, command, *arguments):
        done = subprocess.run(
            [*self.command, command, self.number, *arguments], stdout=subprocess.PIPE, check=True, text=True, timeout=300
        )
        return done.stdout

    def kubectl(self, *arguments, given=None):
        done = subprocess.run(
            ["kubectl", *arguments], env=self.env, input=given, stdout=subprocess.PIPE, check=True, text=True, timeout=120
        )
        return done.stdout

    def _find(self, name):
        with open(os.path.join(self.folder, "parent"), encoding="ascii") as parent:
            first = int(parent.read().split()[0])
        for pid in measure.tree(first):
            with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                if comm.read().strip() == name:
                    return pid
        raise SystemExit(f"The cluster has no {name}")

    def config_of_hub(self, folder, namespace):
        """A kubeconfig file of who the hub of a namespace is."""
        config = json.loads(self.kubectl("config", "view", "--raw", "-o", "json"))
        token = self.kubectl("create", "token", "hub", "-n", namespace, "--duration=24h").strip()
        config["users"] = [{"name": "u", "user": {"token": token}}]
        return write(folder, f"{namespace}.kubeconfig", json.dumps(config))

    def requests(self, namespace):
        """How often the hub of a namespace has asked, by verb."""
        found = dict(self.COUNTED.findall(self.kubectl("get", "--raw=/metrics")))
        return collections.Counter(
            {verb: int(found.get(counter(namespace, verb), 0)) for verb in [*VERBS, "*"]}
        )

    def pods(self, namespace):
        return len(self.kubectl("get", "pods", "-n", namespace, "-o", "name").splitlines())

    def down(self):
        self._run("down")


# ---- measuring


class Reading:
    """What has been spent from here on."""

    def __init__(self, cluster, hub):
        self.cluster, self.hub = cluster, hub
        self.asked = cluster.requests(hub.name)
        self.hub_cpu, self.api_cpu = hub.cpu(), measure.cpu(cluster.api_server)
        self.began = time.monotonic()

    def end(self):
        self.seconds = time.monotonic() - self.began
        self.hub_cpu = self.hub.cpu() - self.hub_cpu
        self.api_cpu = measure.cpu(self.cluster.api_server) - self.api_cpu
        asked = self.cluster.requests(self.hub.name)
        self.by_verb = {verb: asked[verb] - self.asked[verb] for verb in asked if asked[verb] > self.asked[verb]}
        self.asked = sum(self.by_verb.values())
        return self


def names(first, count):
    return [f"user{i}" for i in range(first, first + count)]


def populate(hub, people):
    """Makes people, and a token of an administrator. One from the settings costs both thousands of rounds of a hash each time."""

    def make(path, body):
        status, answer = hub.ask("POST", "/hub/api/users" + path, SERVICE_TOKEN, json.dumps(body))
        if status != 201:
            raise SystemExit(f"{hub.name} does not make {body}: {answer}")
        return json.loads(answer)

    for first in range(0, people, 100):
        make("", {"usernames": names(first, min(100, people - first))})
    return make("/admin/tokens", {"note": "bench"})["token"]


def started(cluster, hub, people):
    """Starts all their servers; those that failed, and what it took."""
    reading = Reading(cluster, hub)
    answers = ask_for_servers(hub, "POST", people, hub.token, AT_ONCE, PATIENCE)
    reading.end()
    failed = len(people) - len(answers.people["201"])
    if failed:
        say(f"  {hub.name}: {failed} starts failed, answers {answers}\n{hub.said()[-2000:]}")
    there = cluster.pods(hub.name)
    if not failed and there != len(people):
        raise SystemExit(f"{hub.name} says that {len(people)} servers run; there are {there} pods")
    return failed, reading


def stopped(cluster, hub, people):
    """Stops all their servers; what it took."""
    reading = Reading(cluster, hub)
    answers = ask_for_servers(hub, "DELETE", people, hub.token, AT_ONCE, PATIENCE)
    reading.end()
    left = cluster.pods(hub.name)
    if set(answers.people) != {"204"} or left:
        say(f"  {hub.name}: stops were answered {answers}, {left} pods are left\n{hub.said()[-2000:]}")
        # The next turn begins with none.
        cluster.kubectl("delete", "pods", "--all", "-n", hub.name, "--timeout=100s")
    reading.left = left
    return reading


def turn(cluster, hub, options, results):
    """One hub's part of a round."""
    count = options.spawns
    people = names(0, count)
    failed, spent = started(cluster, hub, people)
    well = max(1, count - failed)
    results.add("failed", hub.name, failed)
    results.add("start wall", hub.name, spent.seconds / well * 1e3)
    results.add("start cpu", hub.name, spent.hub_cpu / well * 1e3)
    results.add("start api cpu", hub.name, spent.api_cpu / well * 1e3)
    results.add("start requests", hub.name, spent.asked / well)
    say(f"  {hub.name}: {spent.seconds:.1f} s for {count} starts, requests {spent.by_verb}")
    # What is late is not of the quiet time.
    time.sleep(options.settle)
    quiet = Reading(cluster, hub)
    time.sleep(options.quiet)
    quiet.end()
    results.add("quiet requests", hub.name, quiet.asked * 60 / quiet.seconds)
    results.add("quiet cpu", hub.name, quiet.hub_cpu * 60e3 / quiet.seconds)
    results.add("rss", hub.name, hub.rss())
    spent = stopped(cluster, hub, people)
    results.add("left", hub.name, spent.left)
    results.add("stop wall", hub.name, spent.seconds / count * 1e3)
    results.add("stop cpu", hub.name, spent.hub_cpu / count * 1e3)
    results.add("stop requests", hub.name, spent.asked / count)
    say(f"  {hub.name}: {quiet.by_verb} while quiet, {spent.seconds:.1f} s for the stops, requests {spent.by_verb}")
    say(f"  {hub.name}: " + ", ".join(f"{row} {values[hub.name][-1]:.2f}" for row, values in results.rows.items()))


def report(table, rows, options):
    count = options.spawns
    starts = f"{count} starts, {AT_ONCE} at a time"
    table.row(f"the first {starts}, that failed", "", rows["first failed"], limit=0)
    table.row(f"the first {starts}, CPU for each", "ms", rows["first start cpu"])
    table.row(f"{starts}, that failed", "", rows["failed"], limit=0)
    table.row(f"{starts}, CPU for each", "ms", rows["start cpu"], {PEER: 1 / 8})
    table.row(f"{starts}, time for each", "ms", rows["start wall"])
    table.row(f"{starts}, requests for each", "", rows["start requests"])
    table.row(f"{starts}, CPU of the API server for each", "ms", rows["start api cpu"])
    table.row(f"RSS with {count} servers", "MB", rows["rss"])
    table.row(f"a minute with {count} servers, requests", "", rows["quiet requests"])
    table.row(f"a minute with {count} servers, CPU", "ms", rows["quiet cpu"])
    table.row(f"{count} stops, pods left", "", rows["left"], limit=0)
    table.row(f"{count} stops, CPU for each", "ms", rows["stop cpu"])
    table.row(f"{count} stops, time for each", "ms", rows["stop wall"])
    table.row(f"{count} stops, requests for each", "", rows["stop requests"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True, help="our bin/orrery")
    parser.add_argument("--jupyterhub", required=True, help="JupyterHub's program")
    parser.add_argument("--chp", required=True, help="configurable-http-proxy")
    parser.add_argument("--debian", required=True, help="where the package nginx is unpacked")
    parser.add_argument("--cluster", required=True, help="the program that brings up clusters")
    parser.add_argument("--number", type=int, default=246, help="of the cluster, that no other one has")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--spawns", type=int, default=1_000)
    parser.add_argument("--smoke", action="store_true", help="one short round and few of everything: does it run at all")
    options = parser.parse_args()
    # The virtual machine compiles at first what it then runs for days: that is told in a row of its own.
    options.settle, options.quiet = 10, 60
    if options.smoke:
        options.rounds, options.spawns, options.settle, options.quiet = 1, 20, 1, 2
    if options.rounds < 1 or not 1 <= options.spawns <= 2_000:
        parser.error("--rounds is at least 1, --spawns from 1 to 2000")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        cluster = Cluster(options.cluster, options.number, [OURS, PEER])
        stack.callback(cluster.down)
        servers, port = serve_anything(options.debian, folder)
        stack.callback(servers.stop)
        hubs = []
        for name, command in ((OURS, [options.orrery, "hub"]), (PEER, [options.jupyterhub])):
            front = Front(name, [options.chp], folder)
            stack.callback(front.stop)
            settings_of_hub = {"JupyterHub.db_url": "sqlite:///" + os.path.join(folder, name + ".sqlite")}
            env = {"KUBECONFIG": cluster.config_of_hub(folder, name)}
            hub = Hub(name, command, front, folder, settings_of_hub, env, settings(name, port))
            stack.callback(hub.kill)
            hubs.append(hub)
            hub.token = populate(hub, options.spawns)
        results = Results([OURS, PEER])
        for hub in hubs:
            say(f"{hub.name}: its first {options.spawns} starts")
            people = names(0, options.spawns)
            failed, spent = started(cluster, hub, people)
            results.add("first failed", hub.name, failed)
            results.add("first start cpu", hub.name, spent.hub_cpu / max(1, options.spawns - failed) * 1e3)
            stopped(cluster, hub, people)
        for i in range(options.rounds):
            say(f"round {i + 1} of {options.rounds}")
            for hub in hubs if i % 2 == 0 else hubs[::-1]:
                turn(cluster, hub, options, results)
        table = measure.Table(OURS, [PEER], [PEER], judged=not options.smoke)
        table.head()
        report(table, results.rows, options)
        if options.smoke and max(results.rows["first failed"][OURS] + results.rows["failed"][OURS] + results.rows["left"][OURS]):
            sys.exit(1)


if __name__ == "__main__":
    main()
