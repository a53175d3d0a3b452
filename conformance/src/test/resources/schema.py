"""The tables, columns, keys and indexes of an SQLite file, in an order of their own."""

import json
import sqlite3
import sys

db = sqlite3.connect(sys.argv[1])
tables = {}
for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
    if name.startswith(("sqlite_", "orrery_")):
        continue
    quoted = '"' + name + '"'
    tables[name] = {
        "columns": [list(row[1:]) for row in db.execute(f"PRAGMA table_info({quoted})")],
        "keys": sorted(list(row[2:]) for row in db.execute(f"PRAGMA foreign_key_list({quoted})")),
        "indexes": sorted(
            [unique, [c[2] for c in db.execute(f'PRAGMA index_info("{index}")')]]
            for _, index, unique, *_ in db.execute(f"PRAGMA index_list({quoted})")
        ),
    }
version = db.execute("SELECT version_num FROM alembic_version").fetchall()
json.dump({"tables": tables, "version": version}, sys.stdout, sort_keys=True, indent=1)
