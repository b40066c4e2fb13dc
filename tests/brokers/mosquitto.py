"""A real mosquitto, the broker of MQTT."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.brokers.certificates import make_certificate
from tests.brokers.program import Program, find_program

_CONF = """\
user {user}
listener {port} 127.0.0.1
{door}
persistence true
persistence_location {folder}/data/
autosave_interval 1
autosave_on_changes {every_change}
max_queued_messages {queued}
max_inflight_messages {inflight}
max_packet_size {packet}
log_dest stderr
log_type error
log_type warning
log_type notice
"""


def mosquitto_program() -> str | None:
    """The broker's path on this machine."""
    return find_program("mosquitto")


class Mosquitto(Program):
    """A broker. It keeps sessions and what waits for them over `stop`; over `kill` what it has saved, see `save`.

    `users` are names and passwords, without which anybody may in; `tls` has it speak TLS only, `certificate` is then
    what its clients trust. `queued` messages wait at most for one client, 0 for any number. `every_change` has it save
    before it goes on whatever is said to it, which is slow.
    """

    name = "mosquitto"

    def __init__(
        self, folder: Path, port: int | None = None, *, users: dict[str, str] | None = None, tls: bool = False,
        queued: int = 0, inflight: int = 20, packet: int = 64 << 20, every_change: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(folder, port)
        (folder / "data").mkdir(exist_ok=True)
        self.users = users or {}
        self.certificate: Path | None = None
        door = [*self._passwords(), *(self._tls() if tls else [])]
        self._conf = folder / "mosquitto.conf"
        text = _CONF.format(
            user=_account(), port=self.port, door="\n".join(door), folder=folder, queued=queued, inflight=inflight,
            packet=packet, every_change=str(every_change).lower(),
        )  # fmt: skip
        self._conf.write_text(text)

    def command(self) -> Sequence[str]:
        """The program and its arguments."""
        return [mosquitto_program() or "mosquitto", "-c", str(self._conf)]

    def save(self) -> None:
        """Have it write sessions and waiting messages to its disk, soon."""
        os.kill(self.pid, signal.SIGUSR1)

    @property
    def saved(self) -> tuple[int, int] | None:
        """What stands for all that it has saved by now: another one once it has saved again."""
        with suppress(FileNotFoundError):
            found = (self.folder / "data" / "mosquitto.db").stat()
            return found.st_mtime_ns, found.st_ino
        return None

    def _passwords(self) -> list[str]:
        if not self.users:
            return ["allow_anonymous true"]
        passwords = self.folder / "passwords"
        passwords.write_text("")
        passwords.chmod(0o600)
        program = find_program("mosquitto_passwd") or "mosquitto_passwd"
        for user, password in self.users.items():
            subprocess.run([program, "-b", str(passwords), user, password], check=True, capture_output=True)
        return ["allow_anonymous false", f"password_file {passwords}"]

    def _tls(self) -> list[str]:
        self.certificate, key = make_certificate(self.folder)
        return [f"certfile {self.certificate}", f"keyfile {key}"]


def _account() -> str:
    """The account that it runs as: it would change to another where it is started by root."""
    return getpass.getuser()
