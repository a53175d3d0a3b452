"""A server for SpawnerContract, which does as its first argument says. It needs Python 3 alone."""

import os
import signal
import socket
import sys
import time

mode = sys.argv[1]
print("starting to", mode, flush=True)
if mode == "die":
    for i in range(100):
        print("line", i, flush=True)
    print("no notebook today", file=sys.stderr)
    sys.exit(3)
if mode == "hang":
    while True:
        time.sleep(60)


def on_signal(number, frame):
    if mode == "stubborn":
        return
    print("ended by signal", number, flush=True)
    os._exit(100 + number)


signal.signal(signal.SIGINT, on_signal)
signal.signal(signal.SIGTERM, on_signal)

address = os.environ["JUPYTERHUB_SERVICE_URL"].split("/")[2]
host, _, port = address.rpartition(":")
listener = socket.create_server((host or "0.0.0.0", int(port)))
while True:
    connection, _ = listener.accept()
    with connection:
        line = connection.makefile("rb").readline().decode()
        path = line.split(" ")[1] if " " in line else ""
        if path == "/env":
            body = "".join(f"{k}={v}\n" for k, v in os.environ.items())
        elif path == "/exit":
            os._exit(7)
        elif path == "/child":
            pid = os.fork()
            if pid == 0:
                os.close(connection.fileno())
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                time.sleep(600)
            body = str(pid)
        elif path == "/status":
            with open("/proc/self/status") as f:
                body = f.read()
        elif path == "/files":
            body = "\n".join(os.listdir("/proc/self/fd"))
        elif path == "/print":
            for _ in range(3000):
                print("x" * 1000)
            print("the end", flush=True)
            body = ""
        else:
            body = f"{os.getpid()} {os.getsid(0)} {os.getcwd()}"
        body = body.encode("utf-8", "surrogateescape")
        try:
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        except OSError:
            pass
