"""Starts a kernel in whichever interpreter runs this file. Standard library only, Python 3.8 or newer.

    python kernel_launcher.py [--overlay DIR] [--unset A,B] [--check] [ipykernel's own options]

`DIR` holds an ipykernel for environments that have none. It goes last on the path, so what the environment
has itself stays what its user gets.
"""

from __future__ import annotations

import argparse
import importlib
import os
import runpy
import sys

READY = "crispdm: kernel ready"


def main() -> None:
    """Prepare the process, then become the kernel, or say whether it could be one."""
    options, rest = _parse(sys.argv[1:])
    _prepare_environment(options.unset)
    _prepare_path(options.overlay)
    if options.check:
        importlib.import_module("ipykernel.kernelapp")
        print(READY, flush=True)
        return
    sys.argv[1:] = rest
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--overlay", default="")
    parser.add_argument("--unset", default="")
    parser.add_argument("--check", action="store_true")
    return parser.parse_known_args(arguments)


def _site() -> str:
    """The directory that holds what training code imports."""
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")


def _prepare_environment(unset: str) -> None:
    """Remove what a kernel specification cannot remove; let programs that cells start import `crispdm`."""
    for name in filter(None, unset.split(",")):
        os.environ.pop(name, None)
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    others = [entry for entry in inherited if entry and entry != _site()]
    os.environ["PYTHONPATH"] = os.pathsep.join([_site(), *others])


def _prepare_path(overlay: str) -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) not in (here, _site())]
    sys.path.insert(0, _site())
    if overlay:
        sys.path.append(overlay)


if __name__ == "__main__":
    main()
