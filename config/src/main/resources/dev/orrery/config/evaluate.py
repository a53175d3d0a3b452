"""Evaluates Jupyter configuration files and writes what they set as JSON lines.

Arguments: the packages that are stood in for where they are missing, as name=version with commas
between; then pairs of a file and the directory in which load_subconfig looks. Everything the files print
goes to standard error; standard output carries one line before each file and one after it.
"""

import sys

# The working directory must not shadow a module: it may hold anybody's files.
if sys.path and sys.path[0] == "":
    del sys.path[0]

import base64
import importlib.abc
import importlib.machinery
import importlib.util
import json
import math
import os
import types

_answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

MAX_DEPTH = 100
CONFIG_MODULE = "__orrery_config__"
_files = set()


def _is_section(key):
    return bool(key) and key[0].upper() == key[0] and not key.startswith("_")


def _where():
    """File and line of the innermost frame that belongs to a configuration file."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename in _files:
            return [frame.f_code.co_filename, frame.f_lineno]
        frame = frame.f_back
    return None


class LazyConfigValue:
    """Changes to a list, set or dictionary whose value is not known here."""

    def __init__(self):
        self._extend = []
        self._prepend = []
        self._inserts = []
        self._update = None
        self._place = None

    def _touch(self):
        self._place = _where()

    def append(self, obj):
        self._touch()
        self._extend.append(obj)

    def extend(self, other):
        self._touch()
        self._extend.extend(other)

    def prepend(self, other):
        self._touch()
        self._prepend[:0] = other

    def insert(self, index, other):
        if not isinstance(index, int):
            raise TypeError("An integer is required")
        self._touch()
        self._inserts.append((index, other))

    def update(self, other):
        self._touch()
        if self._update is None:
            self._update = {} if isinstance(other, dict) else set()
        self._update.update(other)

    def add(self, obj):
        self.update({obj})

    def _is_empty(self):
        return not (self._extend or self._prepend or self._inserts or self._update)

    def merge_into(self, other):
        if isinstance(other, LazyConfigValue):
            self._prepend.extend(other._prepend)
            self._extend[:0] = other._extend
            self._inserts[:0] = other._inserts
            if other._update is not None:
                if self._update is None:
                    self._update = other._update
                else:
                    merged = type(self._update)(other._update)
                    merged.update(self._update)
                    self._update = merged
            return self
        if isinstance(other, (list, tuple)):
            value = list(other)
            for index, obj in self._inserts:
                value.insert(index, obj)
            return self._prepend + value + self._extend
        if isinstance(other, (dict, set)) and self._update:
            value = other.copy()
            value.update(self._update)
            return value
        return other


class Config(dict):
    """A dictionary with attributes: sections for capitalised names, changes for other new names."""

    def __init__(self, *args, **kwds):
        dict.__init__(self)
        self.__dict__["_places"] = {}
        for key, value in dict(*args, **kwds).items():
            self[key] = value

    def merge(self, other):
        for key, value in other.items():
            mine = dict.get(self, key)
            place = getattr(other, "_places", {}).get(key)
            if isinstance(mine, Config) and isinstance(value, dict) and _is_section(key):
                mine.merge(value)
                continue
            if isinstance(value, LazyConfigValue) and key in self:
                place = value._place
                value = value.merge_into(mine)
            self[key] = value
            if place is not None:
                self._places[key] = place

    def copy(self):
        return type(self)(self)

    def __deepcopy__(self, memo):
        return self.copy()

    def __contains__(self, key):
        if isinstance(key, str) and "." in key:
            first, remainder = key.split(".", 1)
            return dict.__contains__(self, first) and remainder in self[first]
        return dict.__contains__(self, key)

    has_key = __contains__

    def _has_section(self, key):
        return _is_section(key) and key in self

    def __getitem__(self, key):
        try:
            return dict.__getitem__(self, key)
        except KeyError:
            if _is_section(key):
                new = Config()
            elif not key.startswith("_"):
                new = LazyConfigValue()
            else:
                raise
            dict.__setitem__(self, key, new)
            return new

    def __setitem__(self, key, value):
        if isinstance(key, str) and _is_section(key) and not isinstance(value, Config):
            if not isinstance(value, dict):
                raise ValueError(
                    "%r begins with a capital and so names a section, which %r is not" % (key, value)
                )
            value = Config(value)
        dict.__setitem__(self, key, value)
        self._places[key] = _where()

    def update(self, *args, **kwds):
        for key, value in dict(*args, **kwds).items():
            self[key] = value

    def setdefault(self, key, default=None):
        if not dict.__contains__(self, key):
            self[key] = default
        return self[key]

    def __getattr__(self, key):
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self[key]
        except KeyError as e:
            raise AttributeError(key) from e

    def __setattr__(self, key, value):
        self[key] = value

    def __delattr__(self, key):
        try:
            del self[key]
        except KeyError as e:
            raise AttributeError(key) from e


class NoPlainForm(Exception):
    pass


def _encode(value, depth=0):
    """Scalars and lists as they are; everything else as an object with one key that says what it is."""
    if depth > MAX_DEPTH:
        raise NoPlainForm("a value nested deeper than %d levels" % MAX_DEPTH)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"f": repr(float(value))}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (bytes, bytearray)):
        return {"b": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, type) and value.__module__ != CONFIG_MODULE and value is not StandIn:
        return value.__module__ + "." + value.__qualname__
    if isinstance(value, os.PathLike):
        return _encode(os.fspath(value), depth + 1)
    if isinstance(value, LazyConfigValue):
        raise NoPlainForm("the value of a setting that this file does not set")
    if isinstance(value, dict):
        return {"d": {_key(k): _encode(v, depth + 1) for k, v in value.items()}}
    if isinstance(value, (set, frozenset)):
        return [_encode(item, depth + 1) for item in sorted(value, key=repr)]
    if isinstance(value, (list, tuple)) or type(value).__name__ == "deque":
        return [_encode(item, depth + 1) for item in value]
    if isinstance(value, StandIn):
        raise NoPlainForm("%s, whose package is not installed," % value._what)
    if callable(value):
        raise NoPlainForm(_named(value))
    raise NoPlainForm("an object of the type %s" % type(value).__name__)


def _named(value):
    """A callable by its name, if it has one."""
    name = getattr(value, "__qualname__", "")
    if isinstance(value, type):
        bases = [base.__name__ for base in value.__bases__ if base is not object]
        return "a callable (the class %s%s)" % (name, " of " + ", ".join(bases) if bases else "")
    code = getattr(value, "__code__", None)
    if code is None or not name.isidentifier():
        return "a callable"
    return "a callable (the function %s of line %d)" % (name, code.co_firstlineno)


def _key(key):
    if key is None or isinstance(key, (bool, float)):
        return json.dumps(key)
    if isinstance(key, int):
        return str(int(key))
    if isinstance(key, str):
        return str.__str__(key)
    raise NoPlainForm("a dictionary with a key of the type %s" % type(key).__name__)


def _encode_lazy(value):
    lazy = {
        "prepend": _encode(value._prepend),
        "extend": _encode(value._extend),
        "inserts": [[index, _encode(obj)] for index, obj in value._inserts],
    }
    if value._update:
        lazy["update"] = _encode(value._update)
    return {"l": lazy}


def _flatten(config, section, into):
    for key, value in config.items():
        place = config._places.get(key)
        if isinstance(value, Config):
            _flatten(value, section + [key], into)
            continue
        if isinstance(value, LazyConfigValue):
            if value._is_empty():
                continue
            place = value._place
        try:
            encoded = _encode_lazy(value) if isinstance(value, LazyConfigValue) else _encode(value)
        except NoPlainForm as e:
            encoded = {"u": str(e)}
        into.append([".".join(section), str(key), encoded, place])


class _StandInClass(type):
    """Makes classes of packages that are not here: they can be named, subclassed and made objects of."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(cls.__module__ + "." + cls.__qualname__ + "." + name)


class StandIn(metaclass=_StandInClass):
    """Something of a package that is not here. It may be passed on; what depends on its value fails."""

    def __init__(self, *args, **kwargs):
        self.__dict__["_what"] = str(args[0]) if args else type(self).__qualname__

    def __call__(self, *args, **kwargs):
        return StandIn(self._what + "()")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(self.__dict__.get("_what", "?") + "." + name)

    def _unknown(self, *args):
        raise RuntimeError("the value of %s is not known here: its package is not installed" % self._what)

    __bool__ = __str__ = __format__ = __iter__ = __len__ = __getitem__ = __int__ = __float__ = _unknown
    __add__ = __radd__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __enter__ = _unknown


def _attribute(module):
    """What a module that stands in has by any name: classes by names of classes, else something."""

    def find(name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name[0].isupper():
            found = _StandInClass(name, (StandIn,), {"__module__": module.__name__})
        else:
            found = StandIn(module.__name__ + "." + name)
        setattr(module, name, found)
        return found

    return find


class _StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds packages that are known and not here, after every other way to find them."""

    def __init__(self, versions):
        self.versions = versions

    def find_spec(self, fullname, path=None, target=None):
        if fullname.split(".")[0] in self.versions:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__version__ = self.versions[module.__name__.split(".")[0]]
        module.__getattr__ = _attribute(module)


_stand_ins = {}


def _stub_traitlets(get_config):
    """Makes `from traitlets.config import get_config` mean the configuration that is being read."""
    stub = getattr(sys.modules.get("traitlets"), "__orrery_stub__", False)
    if not stub and importlib.util.find_spec("traitlets") is not None:
        import traitlets.config
        import traitlets.config.application

        traitlets.config.get_config = get_config
        traitlets.config.application.get_config = get_config
        return
    package = types.ModuleType("traitlets")
    package.__path__ = []
    package.__orrery_stub__ = True
    package.config = types.ModuleType("traitlets.config")
    package.config.__path__ = []
    package.config.loader = types.ModuleType("traitlets.config.loader")
    package.config.application = types.ModuleType("traitlets.config.application")
    for module in (package.config, package.config.loader):
        module.Config = Config
        module.LazyConfigValue = LazyConfigValue
    package.config.get_config = get_config
    package.config.application.get_config = get_config
    for module in (package, package.config, package.config.loader, package.config.application):
        sys.modules[module.__name__] = module
        if _stand_ins:
            # A file that may define classes for these packages needs what they are made of, too.
            module.__getattr__ = _attribute(module)


def _find(name, directory):
    name = os.path.expandvars(os.path.expanduser(name.strip("\"'")))
    if os.path.isabs(name):
        return name
    return os.path.abspath(os.path.join(os.path.expandvars(os.path.expanduser(directory)), name))


def _evaluate(path, directory, depth=0):
    if depth > MAX_DEPTH:
        raise RecursionError("load_subconfig calls itself without end")
    config = Config()

    def get_config():
        return config

    def load_subconfig(fname, path=None):
        directories = [directory] if path is None else [path] if isinstance(path, str) else path
        for candidate in directories:
            found = _find(str(fname), str(candidate))
            if os.path.isfile(found):
                config.merge(_evaluate(found, directory if path is None else candidate, depth + 1))
                # Back in this file, traitlets' get_config means its configuration again.
                if stubbed:
                    _stub_traitlets(get_config)
                return

    with open(path, "rb") as f:
        source = f.read()
    stubbed = b"traitlets" in source
    if stubbed:
        _stub_traitlets(get_config)
    _files.add(path)
    namespace = {
        "c": config,
        "load_subconfig": load_subconfig,
        "get_config": get_config,
        "__file__": path,
        "__name__": CONFIG_MODULE,
    }
    exec(compile(source, path, "exec"), namespace, namespace)
    return config


def _failure(e, path):
    place = [path, None]
    if isinstance(e, SyntaxError) and e.filename in _files | {path}:
        place = [e.filename, e.lineno]
    else:
        trace = e.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in _files:
                place = [trace.tb_frame.f_code.co_filename, trace.tb_lineno]
            trace = trace.tb_next
    try:
        message = e.msg if isinstance(e, SyntaxError) else str(e)
    except Exception:
        message = ""
    if isinstance(e, SystemExit):
        message = "the file ends the program"
    text = type(e).__name__ + (": " + str(message) if message else "")
    return {"message": text[:2000], "place": place}


def _say(what):
    # Escapes keep half a surrogate pair, which UTF-8 cannot carry.
    _answer.write(json.dumps(what) + "\n")
    _answer.flush()


def _main():
    arguments = sys.argv[2:]
    if sys.argv[1]:
        _stand_ins.update(name.split("=") for name in sys.argv[1].split(","))
        sys.meta_path.append(_StandIns(_stand_ins))
    sys.argv = ["orrery"]
    for index in range(0, len(arguments), 2):
        path = arguments[index]
        _say({"start": index // 2})
        try:
            values = []
            _flatten(_evaluate(path, arguments[index + 1]), [], values)
            _say({"values": values})
        except BaseException as e:
            _say({"error": _failure(e, path)})
    sys.stdout.flush()


_main()
_answer.close()
# What the files started in the background does not keep the start waiting.
sys.stderr.flush()
os._exit(0)
