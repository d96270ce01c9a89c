"""Makes the checkout's own Python environment, `.venv`, with nothing but the standard library.

`prepare(extras)` returns the environment's Python. The first time it creates the environment and installs the project;
after that it does nothing as long as neither `pyproject.toml` nor the Python has changed. This file and the two scripts
beside it also parse on old Pythons, so that those get a sentence and not a syntax error.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.path.join(ROOT, ".venv")
STAMP = os.path.join(HOME, "prepared.json")
LOG = os.path.join(HOME, "install.log")
OLDEST = (3, 11)

# durable_rules 2.0.28 uses a C name that Python 3.13 no longer has; the newer name does the same on every Python.
ENGINE_FLAGS = "-DPyEval_CallObject=PyObject_CallObject"

COMPILER_ADVICE = """\
The rule engine (durable_rules) is a C extension and could not be built here. It needs a C compiler and the headers of Python:
    Debian, Ubuntu:  sudo apt install build-essential python3-dev
    Fedora:          sudo dnf install gcc python3-devel
    macOS:           xcode-select --install
The assistant goes on with its reference engine: the same answers, computed in Python.
After installing a compiler, delete the folder .venv and start again to get the engine back."""

NETWORK_ADVICE = """\
The packages that the assistant needs could not be downloaded. Is this machine online?
Behind a proxy set HTTPS_PROXY; with a mirror of your own set PIP_INDEX_URL. Then start again."""


class NotPrepared(Exception):
    """The environment could not be made; the message says what to do."""


def use(folder):
    """Make the environment in `folder`, which must not be there yet, and not in the checkout."""
    global HOME, STAMP, LOG
    HOME = folder
    STAMP = os.path.join(HOME, "prepared.json")
    LOG = os.path.join(HOME, "install.log")


def prepare(extras=()):
    """The path of the environment's Python, installed with the project and `extras`. Raises NotPrepared."""
    if sys.version_info < OLDEST:
        raise NotPrepared(
            "This needs Python %d.%d or newer, and %s is Python %d.%d.%s"
            % (OLDEST + (sys.executable or "this",) + tuple(sys.version_info[:2]) + (_newer_python(),))
        )
    python = _python()
    wanted = _fingerprint()
    known = _read_stamp()
    if known.get("fingerprint") == wanted and set(extras) <= set(known.get("extras", [])) and os.path.exists(python):
        return python
    started = time.time()
    if known.get("fingerprint", {}).get("python") != wanted["python"] or not os.path.exists(python):
        _say("Preparing the assistant in %s (once, about a minute)" % HOME)
        _say("  creating a Python environment")
        _create(HOME)
        known = {}
    else:
        _say("The project's requirements have changed; bringing %s up to date" % HOME)
    extras = sorted(set(extras) | set(known.get("extras", [])))
    engine = _install(python, extras)
    with open(STAMP, "w") as file:
        json.dump({"fingerprint": wanted, "extras": extras, "engine": engine}, file)
    _say("Ready after %d seconds." % (time.time() - started))
    return python


def start(python, arguments):
    """Become `python arguments`; on Windows, where a process cannot, run it and leave with its exit code."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [python] + arguments
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(python, command)


def leave(problem):
    """Say what is wrong and end with 1."""
    _say(str(problem))
    sys.exit(1)


def _install(python, extras):
    """Install everything; True if the C engine is there."""
    _say("  building the rule engine")
    engine = _build_engine(python)
    _say("  installing %s" % (("the project and what is needed for " + ", ".join(extras)) if extras else "the project"))
    if engine:
        _pip(python, ["install", "--editable", "."])
        if extras:
            # Of these packages little is ever imported: that is compiled then, and the rest never.
            _pip(python, ["install", "--no-compile", "--editable", ".[%s]" % ",".join(extras)])
    else:
        _say("\n" + COMPILER_ADVICE + "\n")
        _pip(python, ["install"] + _requirements(extras))
        _pip(python, ["install", "--no-deps", "--editable", "."])
    return engine


def _build_engine(python):
    """Build durable_rules, never from pip's cache: a wheel built there without the flag installs and cannot be imported."""
    requirement = [line for line in _requirements(()) + _engine_requirements() if line.startswith("durable_rules")]
    output = _run_pip(python, ["install", "--no-cache-dir", "--use-pep517"] + requirement)
    if output is not None:
        if _is_offline(output):
            raise NotPrepared(NETWORK_ADVICE + "\nDetails: " + LOG)
        return False
    return _has_engine(python)


def _has_engine(python):
    """True if the C extension is not only there but can be loaded."""
    return subprocess.call([python, "-c", "import durable_rules_engine"], stderr=subprocess.DEVNULL) == 0


def _requirements(extras):
    """The project's requirements without the engine."""
    project = _project()
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [line for line in lines if not line.startswith("durable_rules")]


def _engine_requirements():
    return [line for line in _project()["dependencies"] if line.startswith("durable_rules")]


def _project():
    import tomllib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        return tomllib.load(file)["project"]


def _pip(python, arguments):
    output = _run_pip(python, arguments)
    if output is None:
        return
    if _is_offline(output):
        raise NotPrepared(NETWORK_ADVICE + "\nDetails: " + LOG)
    tail = "\n".join(output.strip().splitlines()[-12:])
    raise NotPrepared("Installing failed. The last lines were:\n\n%s\n\nThe whole log is in %s" % (tail, LOG))


def _run_pip(python, arguments):
    """Run pip quietly into the log: None when it worked, else what it said."""
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_REQUIRE_VIRTUALENV="0")
    environment["CPPFLAGS"] = (ENGINE_FLAGS + " " + os.environ.get("CPPFLAGS", "")).strip()
    # The packages' bytecode is compiled now, once, and not at every start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [python, "-m", "pip"] + arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = done.stdout.decode("utf-8", "replace")
    with open(LOG, "a", encoding="utf-8") as log:
        log.write("$ pip %s\n%s\n" % (" ".join(arguments), output))
    return None if done.returncode == 0 else output


def _is_offline(output):
    signs = (
        "Failed to establish a new connection",
        "Temporary failure in name resolution",
        "Name or service not known",
        "Network is unreachable",
        "ConnectTimeoutError",
        "ProxyError",
        "Could not find a version that satisfies the requirement hatchling",
        "Could not find a version that satisfies the requirement setuptools",
        "Could not find a version that satisfies the requirement durable_rules",
    )
    return any(sign in output for sign in signs)


def _create(home):
    """A fresh environment in `home`. One that is there was made by another Python: it is replaced."""
    if os.path.lexists(home):
        if not os.path.exists(os.path.join(home, "pyvenv.cfg")):
            raise NotPrepared("%s is in the way: it is not a Python environment. Move it and start again." % home)
        shutil.rmtree(home)
    done = subprocess.run([sys.executable, "-m", "venv", home], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        shutil.rmtree(home, ignore_errors=True)
        said = done.stdout.decode("utf-8", "replace").strip()
        raise NotPrepared(
            "Python could not create an environment. On Debian and Ubuntu install it first:\n"
            "    sudo apt install python3-venv\n\nPython said:\n" + said
        )


def _python():
    return os.path.join(HOME, "Scripts", "python.exe") if os.name == "nt" else os.path.join(HOME, "bin", "python")


def _fingerprint():
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        content = hashlib.sha256(file.read()).hexdigest()
    return {"python": [sys.version, os.path.realpath(sys.base_prefix)], "pyproject": content, "root": ROOT}


def _read_stamp():
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _newer_python():
    which = getattr(shutil, "which", lambda name: None)  # Python 2 has none
    for minor in (14, 13, 12, 11):
        found = which("python3.%d" % minor)
        # A version manager's stand-in may be there without the Python behind it.
        if found and subprocess.call([found, "-c", ""], stdout=subprocess.PIPE, stderr=subprocess.PIPE) == 0:
            return "\nThere is a newer one here; start with it:\n    %s %s" % (found, " ".join(sys.argv))
    return "\nGet a newer one from your system's packages or from python.org."


def _say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
