"""Asks JupyterHub 6.1.1 what scopes mean, and writes its answers for ScopeVectorsTest.

    PYTHONHASHSEED=0 python hub/src/test/python/scope_vectors.py \
        > hub/src/test/resources/dev/orrery/hub/scopes/vectors.txt

Run it with a Python that has jupyterhub 6.1.1 installed. A line is a question and its answer, fields divided by tabs,
texts in a field divided by spaces. The random questions come from a fixed seed.
"""

import logging
import random
import warnings
from types import SimpleNamespace

import jupyterhub
from jupyterhub import orm, roles, scopes
from jupyterhub.apihandlers.base import APIHandler

assert jupyterhub.__version__ == "6.1.1", jupyterhub.__version__
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
rnd = random.Random(61)

CUSTOM = {
    "custom:x:read": {"description": "r"},
    "custom:x:write": {"description": "w", "subscopes": ["custom:x:read"]},
}
MEMBERS = {"g": ["a", "b"], "h": ["b", "zoë"], "empty": []}
# The last two sort differently by code points than by UTF-16.
USERS = ["a", "b", "c@d", "zoë", "\ufb01", "\U0001d4b3"]
SERVERS = ["", "lab", "x1"]
SERVICES = ["s", "t"]
PLAIN = ["self", "inherit", "(no_scope)", "admin-ui"]

scopes.define_custom_scopes(CUSTOM)
db = orm.new_session_factory("sqlite:///:memory:")()
users = {name: orm.User(name=name, cookie_id=f"c{i}") for i, name in enumerate(USERS)}
groups = {name: orm.Group(name=name) for name in MEMBERS}
services = {name: orm.Service(name=name) for name in SERVICES}
db.add_all([*users.values(), *groups.values(), *services.values()])
for name, members in MEMBERS.items():
    groups[name].users = [users[member] for member in members]
spawners = {}
for user in USERS:
    for server in SERVERS:
        spawners[user, server] = orm.Spawner(name=server, user=users[user])
db.add_all(spawners.values())
db.commit()


def write(*fields):
    assert not any("\t" in field or "\n" in field for field in fields), fields
    print("\t".join(fields))


def texts(collection):
    return " ".join(sorted(collection))


def resource():
    kind = rnd.choice(["user", "user", "group", "server", "server", "service"])
    if kind == "user":
        return "user=" + rnd.choice(USERS)
    if kind == "group":
        return "group=" + rnd.choice(list(MEMBERS))
    if kind == "server":
        return "server=" + rnd.choice(USERS) + "/" + rnd.choice(SERVERS)
    return "service=" + rnd.choice(SERVICES)


def text(names, bare=True):
    name = rnd.choice(names)
    chance = rnd.random()
    if chance < 0.35 or name in PLAIN and chance < 0.9:
        return name
    if bare and chance < 0.5:
        return name + "!" + rnd.choice(["user", "server", "service"])
    return name + "!" + resource()


def some_names(count):
    """A few scopes that have to do with each other, so that sets of them meet."""
    return rnd.sample(list(scopes.scope_definitions), count)


def owner():
    kind = rnd.random()
    return ("user", rnd.choice(USERS)) if kind < 0.7 else ("service", rnd.choice(SERVICES))


def orm_owner(who):
    return users[who[1]] if who[0] == "user" else services[who[1]]


CLIENTS = {"": None}
for (user, server), spawner in spawners.items():
    key = f"server={user}/{server}"
    CLIENTS[key] = orm.OAuthClient(identifier=key, description=key)
    spawner.oauth_client = CLIENTS[key]
for name in SERVICES:
    key = f"service={name}"
    CLIENTS[key] = orm.OAuthClient(identifier=key, description=key)
    services[name].oauth_client = CLIENTS[key]
own_client = orm.OAuthClient(identifier="jupyterhub", description="the hub itself")
db.add_all([own_client, *filter(None, CLIENTS.values())])
db.commit()


def client():
    return rnd.choice(list(CLIENTS)) if rnd.random() < 0.6 else ""


for name, definition in CUSTOM.items():
    write("custom", name, texts(definition.get("subscopes", [])))
for name, members in MEMBERS.items():
    write("group", name, texts(members))
for name, definition in scopes.scope_definitions.items():
    write("scope", name, texts(definition.get("subscopes", [])))
for role in roles.get_default_roles():
    write("role", role["name"], texts(role["scopes"]))


def usable(scope):
    try:
        scopes._check_scopes_exist([scope])
        scopes.expand_scopes([scope], owner=users["a"])
        return "yes"
    except (KeyError, ValueError):
        return "no"


odd = ["all", "", "!", "!user", "nothing", "read:users!", "read:users!group", "read:users!user=", "read:users!server=",
       "read:users!server=lab", "read:servers!server=/lab", "read:users!group=", "read:users!service=", "Users",
       "users!User=a", "users!users=a", "users!=a", "users!user=a!server=b/c", "users!user=a=b", "servers!server=a/b/c",
       "custom:x:read", "custom:x:none", "custom:x:read!user", "self!user=b", "inherit!user", "users !user", " users",
       "users!group=g", "users!server", "users!service", "users!user ", "users!role=a", "(no_scope)", "no_scope"]
for scope in odd:
    write("usable", scope, usable(scope))

for _ in range(480):
    names = some_names(rnd.choice([1, 2, 3]))
    raw = {text(names) for _ in range(rnd.choice([1, 1, 2, 3]))}
    if rnd.random() < 0.04:
        raw.add("self")
    who, to = owner(), client()
    answer = scopes.expand_scopes(raw, owner=orm_owner(who), oauth_client=CLIENTS[to])
    write("expand", texts(raw), "=".join(who), to, texts(answer))

for _ in range(560):
    names = [n for n in some_names(3) if n not in PLAIN]
    if not names:
        continue
    one, two = (
        scopes.reduce_scopes(frozenset(text(names, bare=False) for _ in range(rnd.choice([1, 3, 5])))) for _ in "12"
    )
    write("intersect", texts(one), texts(two), texts(scopes._intersect_expanded_scopes(one, two, db=db)))

for _ in range(280):
    names = [n for n in some_names(2) if n not in PLAIN]
    if not names:
        continue
    held = scopes.reduce_scopes(frozenset(text(names, bare=False) for _ in range(rnd.choice([1, 2, 4]))))
    asked = [rnd.choice(names) + ("!" + resource() if rnd.random() < 0.9 else "") for _ in range(6)]
    answers = ["1" if scopes.has_scope(ask, held, db=db) else "0" for ask in asked]
    write("has", texts(held), " ".join(asked), "".join(answers))

small = ["users", "read:users:name", "servers", "access:servers", "read:groups", "tokens", "access:services",
         "custom:x:write", "list:users", "self", "shares"]
for _ in range(400):
    who = owner()
    has = {text(small) for _ in range(rnd.choice([1, 2, 3]))}
    wants = {text(small) for _ in range(rnd.choice([0, 1, 2]))}
    if rnd.random() < 0.1:
        wants.add("inherit")
    to = client()
    role = orm.Role(name=f"r{rnd.random()}", scopes=sorted(has))
    db.add(role)
    orm_owner(who).roles = [role]
    token = orm.APIToken(scopes=sorted(wants), oauth_client=CLIENTS[to] or own_client,
                         **{who[0]: orm_owner(who)})
    db.add(token)
    db.commit()
    effective = scopes.get_scopes_for(token)
    try:
        scopes._check_token_scopes(wants, orm_owner(who), CLIENTS[to])
        excess = []
    except ValueError as e:
        excess = str(e).removeprefix("Not assigning requested scopes ").split(" not held by ")[0].split(",")
    write("token", texts(wants), texts(has), "=".join(who), to, texts(effective), texts(excess))
    db.delete(token)
    orm_owner(who).roles = []
    db.delete(role)
    db.commit()

for _ in range(220):
    names = rnd.sample(small[:-2] + ["read:servers", "read:users:groups", "users:activity", "inherit"], 3)
    user = rnd.choice(USERS)
    asked, have = ({text(names) for _ in range(rnd.choice([1, 2, 3]))} for _ in "12")
    to = client()
    granted, refused = scopes._resolve_requested_scopes(set(asked), set(have), users[user], CLIENTS[to], db)
    write("request", texts(asked), texts(have), "user=" + user, to, texts(granted), texts(refused))

READS = ["read:users", "read:users:name", "read:users:groups", "read:users:activity", "read:servers", "read:roles:users",
         "admin:auth_state", "admin:server_state"]
GROUP_READS = ["read:groups", "read:groups:name", "read:roles:groups"]
SERVICE_READS = ["read:services", "read:services:name", "read:roles:services"]


def handler(held):
    h = APIHandler.__new__(APIHandler)
    h.application = SimpleNamespace(settings={"users": {}})
    h.parsed_scopes = scopes.parse_scopes(held)
    h._include_stopped_servers = False
    return h


for _ in range(220):
    reads = rnd.choice([READS, READS, READS, GROUP_READS, SERVICE_READS])
    held = scopes.reduce_scopes(frozenset(text(reads, bare=False) for _ in range(rnd.choice([1, 2, 3]))))
    h = handler(held)
    if reads is READS:
        user, server = rnd.choice(list(spawners))
        model = h.user_model(users[user])
        shown = [h.get_scope_filter(s)(spawners[user, server], kind="server") for s in ("read:servers", "admin:server_state")]
        write("user", texts(held), f"{user}/{server}", texts(model), "".join("1" if x else "0" for x in shown))
    elif reads is GROUP_READS:
        name = rnd.choice(list(groups))
        write("groupmodel", texts(held), name, texts(h.group_model(groups[name])))
    else:
        name = rnd.choice(SERVICES)
        write("servicemodel", texts(held), name, texts(h.service_model(services[name])))
