"""Files of a notebook server: a folder of many, and notebooks of 30 MB opened and saved."""

import base64
import json
import os
import time

import measure

MEGABYTES = 30


def fill(root, files, megabytes):
    folder = os.path.join(root, "many")
    os.makedirs(folder)
    for i in range(files):
        with open(os.path.join(folder, f"file-{i:05}.txt"), "w", encoding="utf-8") as file:
            file.write("x")
    for name, cells in [("pictures", pictures(megabytes)), ("prints", prints(megabytes))]:
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        with open(os.path.join(root, name + ".ipynb"), "w", encoding="utf-8") as file:
            json.dump(notebook, file, indent=1)


def cell(number, outputs):
    return {"cell_type": "code", "execution_count": number, "id": f"c{number}", "metadata": {}, "outputs": outputs,
            "source": ["import numpy\n", f"work({number})"]}


def pictures(megabytes):
    """Cells with a picture of 1 MB each."""
    data = base64.b64encode(os.urandom(750_000)).decode()
    output = {"data": {"image/png": data, "text/plain": ["<Figure size 640x480>"]}, "metadata": {}, "output_type": "display_data"}
    return [cell(i, [output]) for i in range(megabytes)]


def prints(megabytes):
    """Cells with a thousand lines and some displays each."""
    lines = [f"step {i}: loss 0.{i:06} accuracy 0.{i:06}\n" for i in range(1_000)]
    show = {"data": {"text/plain": ["DataFrame(columns=3)"], "text/html": ["<table><tr><td>1</td></tr></table>"]}, "metadata": {},
            "output_type": "display_data"}
    one = cell(0, [{"name": "stdout", "output_type": "stream", "text": lines}] + [show] * 50)
    count = megabytes * 1_000_000 // len(json.dumps(one, indent=1))
    return [dict(one, id=f"c{i}") for i in range(count)]


def timed(server, action):
    before = measure.own_cpu(server.process.pid)
    begin = time.perf_counter()
    answer = action()
    wall = time.perf_counter() - begin
    return {"wall": wall, "cpu": measure.own_cpu(server.process.pid) - before}, answer


def listing(server, files):
    result, answer = timed(server, lambda: server.get("/api/contents/many?content=1&hash=0"))
    if len(json.loads(answer)["content"]) != files:
        raise SystemExit("A folder is not listed whole.")
    return result


def notebook(server, name):
    """Opens and saves one, as JupyterLab does."""
    opened, answer = timed(server, lambda: server.get(f"/api/contents/{name}.ipynb?content=1&hash=1&type=notebook"))
    content = json.loads(answer)["content"]
    body = json.dumps({"type": "notebook", "format": "json", "content": content}).encode()
    saved, _ = timed(server, lambda: server.put(f"/api/contents/{name}.ipynb", body))
    return opened, saved
