"""Joining a cluster of Ray, or starting one of this machine alone: what goes wrong is one line, and what Ray says goes to its logs."""

import logging
import os
import re
import secrets
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from dsacli import __version__
from dsacli.dsa.dtype import VARIABLE
from dsacli.errors import DsacliError
from dsacli.reader.loading import fingerprint

LOCAL = "local"
# Seconds in which a machine that is there answers.
ANSWERS = 5.0
# The folder that a cluster of one machine writes into.
_SESSION = re.compile(r"session_\d{4}-\d\d-\d\d_")
# Ray tells its makers how it is used, unless it is told not to, and repeats what workers print.
_SILENT = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS_SKIP_REGEX": ".", "RAY_DATA_DISABLE_PROGRESS_BARS": "1"}


@dataclass(frozen=True)
class Node:
    """A machine of a cluster: Ray's number of it, what it calls itself, and its CPU cores."""

    number: str
    name: str
    cores: int


@dataclass(frozen=True)
class Cluster:
    """The machines of a cluster that this process has joined, all with the same version of this program."""

    nodes: tuple[Node, ...]

    @property
    def cores(self) -> int:
        """Of all machines."""
        return sum(node.cores for node in self.nodes)

    def places(self) -> list[tuple[str, int]]:
        """Every core, by the number of its machine and its own, machines in turn."""
        most = max(1, *(node.cores for node in self.nodes))
        return [(node.number, core) for core in range(most) for node in self.nodes if core < max(1, node.cores)]


@contextmanager
def joined(address: str, threads: int | None, dtype: str) -> Iterator[Cluster]:
    """Be part of the cluster at an address: HOST:PORT, or "local" for a new one of this machine with so many `threads`; what its processes
    compute in is this `dtype`.

    Raises DsacliError where Ray is not installed, or no cluster answers.
    """
    os.environ.update({name: os.environ.get(name, value) for name, value in _SILENT.items()})
    if address == LOCAL:
        # It listens on all interfaces; nobody else is to give it work. Read when it is imported.
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
    try:
        import ray.data
    except ImportError:
        raise DsacliError("--ray needs the package ray: pip install 'dsacli[cluster]'") from None
    options: dict[str, Any] = {"address": address}
    if address == LOCAL:
        options |= {"num_cpus": threads or os.cpu_count() or 1, "include_dashboard": False}
    else:
        _reach(address)
    # What it is at, each line beginning with the time.
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        stack.enter_context(_native_errors_unseen())
        try:
            ray.init(
                **options,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                configure_logging=False,
                runtime_env={"env_vars": {VARIABLE: dtype}},
            )
        except (Exception, SystemExit) as failure:  # whatever it takes for an answer
            raise DsacliError(f"no cluster of Ray at {address}: {_last_line(failure)}") from None
        machines = cast(Any, ray.nodes)()
        session = next(
            (each for each in Path(machines[0]["ObjectStoreSocketName"]).parents if _SESSION.match(each.name)), None
        )
        if address == LOCAL and session:  # what it wrote, documents among it
            stack.callback(shutil.rmtree, session, ignore_errors=True)
        stack.callback(ray.shutdown)
        alive = [each for each in machines if each["Alive"]]
        nodes = [
            Node(each["NodeID"], each["NodeManagerHostname"], int(each["Resources"].get("CPU", 0))) for each in alive
        ]
        cluster = Cluster(tuple(nodes))
        own, versions = version(), asked_of_all(cluster, version)
        for node in cluster.nodes:
            if versions[node.number] != own:
                raise DsacliError(f"{node.name} of the cluster has another version of dsacli")
        yield cluster


def version() -> str:
    """What results follow from: this program's version and its reader."""
    return f"{__version__} {fingerprint()}"


def on_node(number: str) -> Any:
    """The wish to run on a machine, as Ray takes it; elsewhere, once that is gone."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return NodeAffinitySchedulingStrategy(number, soft=True)


def asked_of_all(cluster: Cluster, work: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """What a function gives on every machine, by its number. Raises DsacliError for a machine where it fails."""
    import ray

    task, found = ray.remote(num_cpus=0)(work), {}
    asked = [
        (node, task.options(scheduling_strategy=on_node(node.number)).remote(*arguments)) for node in cluster.nodes
    ]
    for node, answer in asked:
        try:
            found[node.number] = ray.get(answer)
        except ray.exceptions.RayError as failure:
            raise DsacliError(f"{node.name} of the cluster: {_last_line(failure)}") from None
    return found


def _reach(address: str) -> None:
    """Raises DsacliError: Ray itself takes five minutes to find that nobody answers."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise DsacliError(f"{address!r} is no address of a cluster: HOST:PORT or {LOCAL}")
    try:
        socket.create_connection((host, int(port)), ANSWERS).close()
    except (OSError, OverflowError) as failure:
        raise DsacliError(f"no cluster of Ray at {address}: {failure}") from None


def _last_line(failure: BaseException) -> str:
    return (str(failure).strip().splitlines() or [type(failure).__name__])[-1]


@contextmanager
def _native_errors_unseen() -> Iterator[None]:
    """Keep what Ray's own libraries write to the standard error stream from the terminal, and nothing else."""
    try:
        seen, python = os.dup(2), sys.stderr
        ours = python.fileno() == 2
    except (OSError, AttributeError):  # there is none, or it is somebody's text
        yield
        return
    with open(os.devnull, "w") as nothing, os.fdopen(seen, "w", encoding="utf-8", errors="backslashreplace") as shown:
        os.dup2(nothing.fileno(), 2)
        sys.stderr = shown if ours else python
        try:
            yield
        finally:
            shown.flush()
            sys.stderr = python
            os.dup2(seen, 2)
