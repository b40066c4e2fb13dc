"""What the jobs do that make and delete environments, and what is written of an environment into a file."""

from __future__ import annotations

import fcntl
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from jupyter_crispdm.base.errors import BadRequest, Unprocessable
from jupyter_crispdm.environments.building import build
from jupyter_crispdm.environments.building.creation import CommandLines, check_creation
from jupyter_crispdm.environments.building.tools import find_conda
from jupyter_crispdm.environments.building.wanted import RequirementsCheck
from jupyter_crispdm.environments.contents.difference import difference, has_package, search, wanted_package
from jupyter_crispdm.environments.contents.export import conda_file, requirements, requirements_file, without_login
from jupyter_crispdm.environments.made import MadeEnvironments
from jupyter_crispdm.environments.types import Creation, Package
from tests.unit.environments.machine import MINOR, VERSION, Machine, install, make_conda, make_venv, site_packages

_CONDA = f"""#!{sys.executable} -I
import json, pathlib, sys
prefix = pathlib.Path(sys.argv[sys.argv.index("--prefix") + 1])
told = [word for word in sys.argv[1:] if word != str(prefix)]
if told[-1].endswith(".txt"):
    told[-1] = pathlib.Path(told[-1]).read_text()
(prefix / "conda-meta").mkdir(parents=True)
(prefix / "told.json").write_text(json.dumps(told))
"""


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """The jobs' program is run in this process: what it does to signals must not stay."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def add_program(machine: Machine, name: str) -> Path:
    program = machine.folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(_CONDA)
    program.chmod(0o755)
    machine.environ["PATH"] = str(program.parent)
    return program


def metadata(prefix: Path, name: str, version: str, **files: str) -> None:
    """An installed package, with some files of its metadata."""
    install(prefix, name, version)
    for file, text in files.items():
        place = site_packages(prefix) / f"{name}-{version}.dist-info" / file.replace("_json", ".json")
        place.write_text(text)


def run_create(machine: Machine, wish: Creation) -> tuple[int, Path]:
    """Make an environment as the job does."""
    made = MadeEnvironments(machine.data / "environments", machine.around())
    prefix, marker = made.prefix(wish.name), made.marker(wish.name)
    source = None
    if wish.clone:
        source = next(found for found in machine.find() if found.label == wish.clone)
    argv = CommandLines(machine.around()).create(wish, prefix, marker, source, machine.find())
    assert argv[:3] == [sys.executable, "-I", build.__file__]
    code = build.main(argv[3:])
    assert not marker.exists()
    return code, prefix


@pytest.mark.proves("environments.made")
@pytest.mark.parametrize("program", ["conda", "mamba", "micromamba"])
def test_conda_makes_of_packages_and_files(machine: Machine, program: str) -> None:
    add_program(machine, program)
    wish = Creation(name="one", kind="conda", python="3.12", packages=["numpy >=1.26, <3", "Pandas"])
    code, prefix = run_create(machine, wish)
    assert code == 0
    told = json.loads((prefix / "told.json").read_text())
    assert told == ["create", "--yes", "--prefix", "python=3.12", "numpy<3,>=1.26", "Pandas"]
    (machine.root / "environment.yml").write_text("dependencies: [python]\n")
    code, prefix = run_create(machine, Creation(name="two", file="environment.yml"))
    first = ["create"] if program == "micromamba" else ["env", "create"]
    told = json.loads((prefix / "told.json").read_text())
    assert told == [*first, "--prefix", "--file", str(machine.root / "environment.yml")]


@pytest.mark.parametrize("program", ["conda", "micromamba"])
def test_conda_clones(machine: Machine, program: str) -> None:
    add_program(machine, program)
    source = make_conda(machine.root / "source")
    record = {"name": "libfoo", "version": "1.2.3", "url": "https://c.example/libfoo-1.2.3-h1_0.conda", "md5": "0ab"}
    for file in source.glob("conda-meta/*.json"):
        file.unlink()
    (source / "conda-meta" / f"python-{VERSION}-h1_0.json").write_text(json.dumps({**record, "md5": None}))
    (source / "conda-meta" / "libfoo-1.2.3-h1_0.json").write_text(json.dumps(record))
    code, prefix = run_create(machine, Creation(name="copy", clone="source"))
    told = json.loads((prefix / "told.json").read_text())
    expected = ["--clone", str(source)]
    if program == "micromamba":
        expected = ["--file", f"@EXPLICIT\n{record['url']}#0ab\n{record['url']}\n"]
    assert (code, told) == (0, ["create", "--yes", "--prefix", *expected])


def test_what_conda_does_not_know_is_refused(machine: Machine) -> None:
    add_program(machine, "conda")
    for package in ("numpy[extra]", "numpy; python_version > '3'"):
        with pytest.raises(BadRequest, match="names and versions only"):
            run_create(machine, Creation(name="one", kind="conda", packages=[package]))
    with pytest.raises(BadRequest, match="must be a version"):
        run_create(machine, Creation(name="one", kind="conda", python=sys.executable))
    make_venv(machine.root / "plain")
    with pytest.raises(Unprocessable, match="clones conda environments only"):
        run_create(machine, Creation(name="one", kind="conda", clone="plain"))


def test_conda_is_found_where_its_installers_put_it(machine: Machine) -> None:
    assert find_conda(machine.around()) is None or not str(find_conda(machine.around())).startswith(str(machine.home))
    program = machine.home / "miniforge3" / "condabin" / "mamba"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    assert find_conda(machine.around()) == str(program)


def test_a_failing_program_leaves_nothing_and_its_exit_code(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    add_program(machine, "conda").write_text(f"#!{sys.executable} -I\nimport os, sys\n{_HALF}sys.exit(3)\n")
    code, prefix = run_create(machine, Creation(name="one", kind="conda"))
    assert (code, prefix.exists()) == (3, False)
    told = capfd.readouterr().out
    assert "conda ended with exit code 3." in told
    assert f"$ {machine.folder}/bin/conda create --yes" in told


_HALF = "os.makedirs(sys.argv[sys.argv.index('--prefix') + 1])\n"


def test_what_is_there_is_not_touched(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    add_program(machine, "conda")
    _, prefix = run_create(machine, Creation(name="one", kind="conda"))
    assert run_create(machine, Creation(name="one", kind="conda"))[0] == 1
    assert "is already there" in capfd.readouterr().out
    assert (prefix / "told.json").exists()
    marker = machine.data / "environments" / ".two.building"
    marker.touch()
    argv = ["create", f"--prefix={machine.data}/environments/two", f"--marker={marker}", "--with=conda", "--program=x"]
    assert build.main(argv) == 1
    assert "Another job is making" in capfd.readouterr().out


def test_a_deletion_takes_only_what_it_was_told(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    prefix, other = make_venv(machine.root / "one"), make_venv(machine.root / "two")
    assert build.main(["delete", f"--prefix={prefix}"]) == 0
    assert [path.name for path in machine.root.iterdir()] == ["two"]
    assert Path(sys.executable).exists()
    assert build.main(["delete", f"--prefix={prefix}"]) == 1
    assert str(prefix) in capfd.readouterr().out
    assert other.is_dir()


def test_what_a_killed_job_left_is_swept_and_what_lives_is_not(machine: Machine) -> None:
    made = MadeEnvironments(machine.data / "environments", machine.around())
    made.sweep()
    for name in ("left", "making", "done"):
        make_venv(made.prefix(name))
    for name in ("left", "making"):
        made.marker(name).touch()
    (made.directory / ".deleted-old-x").mkdir()
    with made.marker("making").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made.sweep()
    assert {path.name for path in made.directory.iterdir()} == {"making", ".making.building", "done"}


def test_which_may_be_deleted(machine: Machine, tmp_path: Path) -> None:
    made = MadeEnvironments(machine.data / "environments", machine.around())
    make_venv(machine.root / "project" / ".venv")
    make_conda(machine.root / "base")
    (machine.root / "base" / "condabin").mkdir()
    make_venv(tmp_path / "elsewhere" / "outside")
    (machine.root / "link").symlink_to(tmp_path / "elsewhere" / "outside")
    machine.paths = (str(tmp_path / "elsewhere"),)
    kept = {found.prefix: made.why_kept(found) for found in machine.find()}
    assert kept[str(machine.root / "project" / ".venv")] == ""
    assert "base of a conda" in kept[str(machine.root / "base")]
    assert any("lies outside" in reason for reason in kept.values())


def test_wishes_that_are_refused_before_anything_is_looked_at() -> None:
    for name in ("", "-x", "..", "a b", "a/b", "ä", "a\n", "x."):
        with pytest.raises(BadRequest, match="'name'"):
            check_creation(Creation(name=name))
    with pytest.raises(BadRequest, match="at most"):
        RequirementsCheck(Path("/")).packages(["a"] * 501)
    packages = RequirementsCheck(Path("/")).packages(["Numpy >= 1.26 , <3", "torch[cuda]"])
    assert packages == ["Numpy<3,>=1.26", "torch[cuda]"]


@pytest.mark.proves("http.environments-compare")
def test_requirements_name_where_a_package_came_from(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    metadata(prefix, "plain", "1.0")
    metadata(prefix, "pip", "24.0")
    metadata(prefix, "local", "1.0", direct_url_json='{"url": "file:///src/local", "dir_info": {"editable": true}}')
    info = {"vcs": "git", "commit_id": "abc"}
    origin = {"url": "https://me:secret@example.org/repo", "vcs_info": info}
    metadata(prefix, "cloned", "1.0", direct_url_json=json.dumps(origin))
    metadata(prefix, "broken", "1.0", direct_url_json="{")
    found = machine.only()
    assert requirements(found) == [
        "broken==1.0", "cloned @ git+https://example.org/repo@abc", "-e /src/local", "plain==1.0",
    ]  # fmt: skip
    assert requirements_file(found).startswith(f"# Python {VERSION}\nbroken==1.0\n")
    content = yaml.safe_load(conda_file(found, "work"))
    assert content["dependencies"][:2] == [f"python={VERSION}", "pip"]
    assert "plain==1.0" in content["dependencies"][2]["pip"]


def test_a_conda_environment_is_exported_with_its_channels(machine: Machine) -> None:
    prefix = make_conda(machine.root / "work")
    record = {"name": "libfoo", "version": "1.2.3", "channel": "https://conda.anaconda.org/conda-forge/linux-64"}
    (prefix / "conda-meta" / "libfoo-1.2.3-h1_0.json").write_text(json.dumps(record))
    metadata(prefix, "of_pip", "2.0", INSTALLER="pip\n")
    metadata(prefix, "of_conda", "3.0", INSTALLER="conda\n")
    content = yaml.safe_load(conda_file(machine.only(), "work"))
    assert content == {
        "name": "work",
        "channels": ["conda-forge"],
        "dependencies": ["libfoo=1.2.3", "pip", {"pip": ["of-pip==2.0"]}],
    }


def test_logins_never_leave() -> None:
    assert without_login("https://user:pw@host/x") == "https://host/x"
    assert without_login("https://host/x@1") == "https://host/x@1"


@pytest.mark.proves("cli.envs-packages", "http.environments-compare", "environments.packages")
def test_differences_and_searches() -> None:
    here = [Package("a", "1"), Package("b", "1"), Package("c-d", "1")]
    there = [Package("a", "1"), Package("b", "2"), Package("e", "1")]
    found = difference(here, there)
    assert (found.same, [one.name for one in found.different]) == (1, ["b"])
    assert (found.only_here, found.only_there) == ([here[2]], [there[2]])
    assert search(here, " C_D") == [here[2]]
    assert has_package(here, wanted_package("C.d>=0.5"))
    assert not has_package(here, wanted_package("b>1"))
    assert has_package([Package("x", "not a version")], wanted_package("x"))
    assert not has_package([Package("x", "not a version")], wanted_package("x>1"))
    assert has_package([Package("t", "2.4.0.dev1+cpu")], wanted_package("t>=2.3"))


def test_the_minor_version_of_this_python_is_what_conda_is_asked_for(machine: Machine) -> None:
    add_program(machine, "conda")
    _, prefix = run_create(machine, Creation(name="one", kind="conda"))
    assert f"python={MINOR}" in json.loads((prefix / "told.json").read_text())
