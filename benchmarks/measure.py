"""What every benchmark needs: ports, CPU time and memory of processes, and the table of ratios."""

import os
import re
import socket
import statistics

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tree(root):
    """A process and its children."""
    pids = [root]
    for pid in pids:
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as children:
                    pids.extend(int(child) for child in children.read().split())
        except OSError:
            pass
    return pids


def cpu(root):
    """CPU time in seconds of a process and its children, ended ones included."""
    total = 0
    for pid in tree(root):
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        total += sum(int(field) for field in fields[11:15])
    return total / TICK


def own_cpu(pid):
    """CPU time in seconds of a process without its children."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:13]) / TICK


def own_memory(pid):
    """Resident memory in MB of a process without its children."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as text:
        return int(re.search(r"Rss:\s+(\d+)", text.read()).group(1)) / 1024


def memory(root, key):
    """Memory in MB of a process and its children; key is Rss or Pss."""
    total = 0
    for pid in tree(root):
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as text:
            total += int(re.search(key + r":\s+(\d+)", text.read()).group(1))
    return total / 1024


class Table:
    """Prints rows of values with their ratios, in pairs of the same round, and whether they keep their budgets.

    The subject is what is measured; the others are what it is measured beside, those in compared with a ratio.
    """

    def __init__(self, subject, others, compared, judged=True):
        self.names = [subject] + others
        self.compared = compared
        self.judged = judged

    def head(self):
        columns = ["what"] + self.names
        for name in self.compared:
            columns += [f"ratio to {name} (spread)", "budget"]
        print("| " + " | ".join(columns) + " | |")
        print("|---" * len(columns) + "|---|", flush=True)

    def row(self, what, unit, values, budgets=None, limit=None):
        """values: a list of the rounds by name; budgets: the highest ratio by name; limit: the highest value of the subject."""
        budgets = budgets if budgets and self.judged else {}
        ours = values[self.names[0]]
        kept = []
        cells = [what]
        for name in self.names:
            cells.append(f"{statistics.median(values[name]):.2f} {unit}" if values.get(name) else "-")
        for name in self.compared:
            budget = budgets.get(name)
            theirs = values.get(name)
            if not theirs or min(theirs) <= 0:
                cells += ["-", "-"]
                continue
            ratios = sorted(a / b for a, b in zip(ours, theirs))
            middle = statistics.median(ratios)
            cells.append(f"{middle:.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})")
            cells.append("-" if budget is None else f"{budget:.3f}")
            if budget is not None:
                kept.append(middle <= budget)
        if limit is not None and self.judged:
            kept.append(statistics.median(ours) <= limit)
            cells[0] += f" (at most {limit:g} {unit})"
        verdict = "" if not kept else "within" if all(kept) else "OVER"
        print("| " + " | ".join(cells) + f" | {verdict} |", flush=True)
