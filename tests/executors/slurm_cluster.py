"""A real SLURM of one node, without systemd: munged, slurmctld and slurmd on loopback, all below one folder.

``python -m tests.executors.slurm_cluster`` starts one and says how to use it, until Ctrl-C.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tests.ports import free_port

_SECONDS = 60.0
_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo")
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
#: Reads the numbers of processes; ends them when nobody is left to tell of more.
_GUARD = 'while read -r pid; do pids="$pids $pid"; done; kill $pids'
_CONF = """\
ClusterName=crispdm
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={munge}
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={path}/controller
SlurmdSpoolDir={path}/node
SlurmctldPidFile={path}/slurmctld.pid
SlurmdPidFile={path}/slurmd.pid
SlurmctldLogFile={path}/slurmctld.log
SlurmdLogFile={path}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
MessageTimeout=5
SlurmdTimeout={node_timeout}
SlurmctldTimeout=30
InactiveLimit=0
KillWait=2
MinJobAge=2
GresTypes=gpu
NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes={node} Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:{share}
PartitionName=night Nodes={node} State=DOWN
"""


def missing_programs() -> list[str]:
    """The programs of SLURM and munge that this machine lacks."""
    return [name for name in _PROGRAMS if shutil.which(name, path=_PATH) is None]


class SlurmCluster:
    """One controller and one node. `environ` is what a client of it needs. It ends with this process at the latest."""

    def __init__(self, path: Path, *, share: int = 64, node_timeout: int = 5) -> None:
        self.path = path
        self.node = "node1"
        self.environ = {**os.environ, "PATH": _PATH, "SLURM_CONF": str(path / "slurm.conf")}
        self._share = share
        self._node_timeout = node_timeout
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._guard: subprocess.Popen[str] | None = None

    def __enter__(self) -> SlurmCluster:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and wait until jobs are taken."""
        for name in ("controller", "node", "munge"):
            (self.path / name).mkdir(parents=True)
        (self.path / "munge").chmod(0o755)
        (self.path / "munge.key").write_bytes(secrets.token_bytes(128))
        (self.path / "munge.key").chmod(0o600)
        (self.path / "slurm.conf").write_text(self._conf())
        (self.path / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        (self.path / "gres.conf").write_text("".join(f"Name=gpu File=/dev/{name}\n" for name in ("null", "zero")))
        self._guard = subprocess.Popen(
            ["sh", "-c", _GUARD], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        )
        self._start_munge()
        self.start_controller()
        self.start_node()

    def stop(self) -> None:
        """End everything: jobs first."""
        if "slurmctld" in self._running:
            self.call("scancel", "--user", getpass.getuser(), check=False)
        self.stop_node()
        self.stop_controller()
        self._end("munged", signal.SIGTERM)
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate(timeout=60)

    def start_controller(self) -> None:
        """Let the cluster answer again."""
        self._run("slurmctld", "slurmctld", "-D", "-f", str(self.path / "slurm.conf"))
        self._eventually(lambda: "is UP" in self.call("scontrol", "ping", check=False), "slurmctld")

    def stop_controller(self) -> None:
        """Let the cluster answer nothing any more; jobs go on."""
        self._end("slurmctld", signal.SIGTERM)

    def start_node(self) -> None:
        """Bring the node (back) into service."""
        self._run("slurmd", "slurmd", "-D", "-N", self.node, "-f", str(self.path / "slurm.conf"))
        self._eventually(self._ready, "slurmd")

    def stop_node(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the node's daemon and with it, as a power cut does, everything that ran on it when killed."""
        if number is signal.SIGKILL:
            for pid in self._steps():
                _kill_tree(pid)
        self._end("slurmd", number)

    def call(self, *command: str, check: bool = True) -> str:
        """Run a program of SLURM; answers what it printed."""
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
        return done.stdout

    def _conf(self) -> str:
        return _CONF.format(
            controller_port=free_port(), node_port=free_port(), munge=self.path / "munge" / "socket",
            user=getpass.getuser(), path=self.path, node=self.node, host=socket.gethostname().split(".")[0],
            cpus=os.cpu_count(), memory=4000, share=self._share, node_timeout=self._node_timeout,
        )  # fmt: skip

    def _start_munge(self) -> None:
        folder = self.path / "munge"
        options = {"socket": folder / "socket", "key-file": self.path / "munge.key", "pid-file": folder / "pid",
                   "log-file": folder / "log", "seed-file": folder / "seed"}  # fmt: skip
        files = [f"--{key}={value}" for key, value in options.items()]
        self._run("munged", "munged", "--foreground", "--force", *files)
        self._eventually((folder / "socket").exists, "munged")

    def _ready(self) -> bool:
        states = self.call("sinfo", "--noheader", "--nodes", self.node, "--format", "%T", check=False).split()
        if any(state.startswith(("down", "drain")) for state in states):
            self.call("scontrol", "update", f"NodeName={self.node}", "State=RESUME", check=False)
        return any(state in ("idle", "mixed", "allocated") for state in states)

    def _steps(self) -> list[int]:
        found = subprocess.run(["pgrep", "-f", "^slurmstepd: \\["], capture_output=True, text=True, check=False)
        mine = f"SLURM_CONF={self.environ['SLURM_CONF']}".encode()
        return [pid for pid in map(int, found.stdout.split()) if mine in _environ(pid)]

    def _run(self, name: str, *command: str) -> None:
        with open(self.path / f"{name}.out", "ab") as out:
            self._running[name] = subprocess.Popen(
                command, env=self.environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        if self._guard is not None and self._guard.stdin is not None:
            print(self._running[name].pid, file=self._guard.stdin, flush=True)

    def _end(self, name: str, number: signal.Signals) -> None:
        process = self._running.pop(name, None)
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _eventually(self, fact: Callable[[], bool], name: str) -> None:
        deadline = time.monotonic() + _SECONDS
        while not fact():
            code = self._running[name].poll()
            if code is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} does not work (exit code {code}): {self._said(name)}")
            time.sleep(0.05)

    def _said(self, name: str) -> str:
        files = [self.path / f"{name}.out", self.path / f"{name}.log", self.path / "munge" / "log"]
        return "".join(file.read_text()[-3000:] for file in files if file.exists())


def _environ(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _kill_tree(pid: int) -> None:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    for one in (pid, *found):
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            continue


def main() -> None:
    """Run a cluster until Ctrl-C."""
    lacking = missing_programs()
    if lacking:
        sys.exit(f"Missing: {', '.join(lacking)}. On Debian and Ubuntu: apt-get install slurm-wlm munge")
    with tempfile.TemporaryDirectory(prefix="crispdm-slurm-") as folder:
        os.chmod(folder, 0o755)
        with SlurmCluster(Path(folder) / "cluster") as cluster:
            print(f"export SLURM_CONF={cluster.environ['SLURM_CONF']}", flush=True)
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    main()
