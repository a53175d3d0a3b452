"""A kernel that costs next to nothing, so that what a benchmark measures is the server between it and the page.

It does what its cells say: 'pass' answers at once, 'flood N' publishes N displays as fast as it can.
Usage: python server_kernel.py CONNECTION_FILE
"""

import hashlib
import hmac
import json
import sys
import uuid

import zmq

DELIMITER = b"<IDS|MSG>"


class Kernel:
    def __init__(self, connection):
        context = zmq.Context()
        self.key = connection["key"].encode()
        address = f"tcp://{connection['ip']}:"
        self.sockets = {}
        for name, kind in [("shell", zmq.ROUTER), ("control", zmq.ROUTER), ("stdin", zmq.ROUTER), ("iopub", zmq.PUB), ("hb", zmq.REP)]:
            socket = context.socket(kind)
            # What a slow server does with what it can't take is its own business.
            socket.set_hwm(0)
            socket.bind(address + str(connection[name + "_port"]))
            self.sockets[name] = socket
        self.session = uuid.uuid4().hex
        self.sent = 0

    def parts(self, kind, parent, content):
        self.sent += 1
        header = json.dumps(
            {
                "msg_id": f"{self.session}_{self.sent}",
                "session": self.session,
                "username": "bench",
                "date": "2026-01-01T00:00:00.000000Z",
                "msg_type": kind,
                "version": "5.4",
            }
        ).encode()
        signed = [header, parent, b"{}", content]
        digest = hmac.new(self.key, digestmod=hashlib.sha256)
        for part in signed:
            digest.update(part)
        return [DELIMITER, digest.hexdigest().encode(), *signed]

    def publish(self, kind, parent, content):
        self.sockets["iopub"].send_multipart([b"kernel." + kind.encode(), *self.parts(kind, parent, content)], copy=True)

    def status(self, parent, state):
        self.publish("status", parent, json.dumps({"execution_state": state}).encode())

    def handle(self, name):
        frames = self.sockets[name].recv_multipart()
        at = frames.index(DELIMITER)
        parent, content = frames[at + 2], json.loads(frames[at + 5])
        kind = json.loads(parent)["msg_type"]
        self.status(parent, "busy")
        reply = {"status": "ok"}
        if kind == "kernel_info_request":
            reply.update(protocol_version="5.4", implementation="bench", implementation_version="1", banner="",
                         language_info={"name": "bench", "version": "1", "mimetype": "text/plain", "file_extension": ".txt"})
        elif kind == "execute_request":
            reply.update(execution_count=1, payload=[], user_expressions={})
            words = content["code"].split()
            if words[0] == "flood":
                for i in range(int(words[1])):
                    self.publish("display_data", parent, b'{"data":{"text/plain":"%d"},"metadata":{},"transient":{}}' % i)
        elif kind == "shutdown_request":
            reply["restart"] = content.get("restart", False)
        message = self.parts(kind.replace("_request", "_reply"), parent, json.dumps(reply).encode())
        self.sockets[name].send_multipart(frames[:at] + message)
        self.status(parent, "idle")
        return kind != "shutdown_request"

    def run(self):
        poller = zmq.Poller()
        for name in ("shell", "control", "hb"):
            poller.register(self.sockets[name], zmq.POLLIN)
        going = True
        while going:
            ready = dict(poller.poll())
            if self.sockets["hb"] in ready:
                self.sockets["hb"].send(self.sockets["hb"].recv())
            for name in ("control", "shell"):
                if going and self.sockets[name] in ready:
                    going = self.handle(name)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        Kernel(json.load(file)).run()
