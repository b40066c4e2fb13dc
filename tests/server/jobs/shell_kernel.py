"""A kernel for bash in a few lines: a stand-in for those of other languages."""

from __future__ import annotations

import subprocess
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class ShellKernel(Kernel):
    """Runs each cell after all the earlier ones, in a new bash, and shows what the last one prints."""

    implementation = "shell"
    implementation_version = "1"
    banner = "bash"
    language_info = {"name": "bash", "mimetype": "text/x-sh", "file_extension": ".sh"}
    _before = ""

    def do_execute(self, code: str, silent: bool, *args: Any, **options: Any) -> dict[str, Any]:  # type: ignore[override]
        """Run a cell."""
        script = f"{self._before}\n{code}"
        done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True, check=False)
        self._tell("stream", {"name": "stdout", "text": done.stdout})
        if done.returncode:
            error = {"ename": "Exit", "evalue": str(done.returncode), "traceback": [f"exit {done.returncode}"]}
            self._tell("error", error)
            return {"status": "error", "execution_count": self.execution_count, **error}
        self._before = "\n".join(line for line in script.splitlines() if "=" in line)
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def _tell(self, kind: str, content: dict[str, Any]) -> None:
        self.send_response(self.iopub_socket, kind, content)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=ShellKernel)
