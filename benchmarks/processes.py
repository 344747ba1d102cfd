"""Every figure in a process of its own, which tells its result as one line of JSON. Linux only."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

MB = 2**20  # so that 1024 MB are a gigabyte
GIVE_UP = {-6: "memory (aborted)", -9: "killed (memory?)", -11: "crashed"}


def memory(*, peak: bool = True) -> float:
    """Resident memory of this process in MB: its peak so far, or now.

    Not getrusage: its peak can be the one of the parent process.
    """
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("VmHWM:" if peak else "VmRSS:") + 1]) * 1024 / MB


def run(script: str, job: str, *, seconds: float, environment: dict, **values) -> dict:
    """Run one job of a script beside this file: its result, or what stopped it.

    Parameters
    ----------
    script, job : str
        File, and name of one of the functions that it gives to :func:`work`.
    seconds : float
        After which it is stopped.
    environment : dict
        Environment variables to add.
    **values
        Given to the job; `cap`, if there, limits its address space to so many MB.

    Returns
    -------
    dict
        What the job returned, or "stopped" and the reason; "process" and "process cpu" are the
        seconds from its start to its end.
    """
    command = [sys.executable, str(Path(__file__).with_name(script)), job, json.dumps(values)]
    environment = os.environ | environment
    start, cpu = perf_counter(), _cpu()
    try:
        done = subprocess.run(command, capture_output=True, env=environment, timeout=seconds)
        result = _result(done)
    except subprocess.TimeoutExpired:
        result = {"stopped": f"time ({seconds:.0f} s)"}
    return result | {"process": perf_counter() - start, "process cpu": _cpu() - cpu}


def _result(done: subprocess.CompletedProcess) -> dict:
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
    return {"stopped": GIVE_UP.get(done.returncode, last)}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def work(jobs: dict[str, Callable[..., dict]]) -> None:
    """Do the job that the command line names, and print its result."""
    values = json.loads(sys.argv[2])
    cap = values.pop("cap", None)
    if cap:
        resource.setrlimit(resource.RLIMIT_AS, (cap * MB, cap * MB))
    try:
        result = jobs[sys.argv[1]](**values)
    except MemoryError:
        result = {"stopped": f"memory ({cap:,} MB)" if cap else "memory"}
    except ModuleNotFoundError as error:
        bring = ' (pip install -e ".[bench]")' if error.name in ("implicit", "lenskit") else ""
        result = {"stopped": f"not installed: {error.name}{bring}"}
    print(json.dumps(result))
