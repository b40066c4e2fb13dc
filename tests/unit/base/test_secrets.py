"""What is handed on to processes that are started for somebody, and what others may read of ours."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from jupyter_crispdm.base.secrets import PASS_VARIABLE, hide_ours, secret, take_secret, without_secrets

OURS = [
    "CRISPDM_TOKEN", "CRISPDM_SERVING_TOKEN", "CRISPDM_DEMO_PASSWORD", "CRISPDM_MAIL_PASSWORD", "CRISPDM_DATABASE_URL",
    "JUPYTER_TOKEN", "JUPYTER_TOKEN_FILE", "JPY_API_TOKEN", "JPY_COOKIE_SECRET", "JPY_PARENT_PID",
    "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CRYPT_KEY", "CONFIGPROXY_AUTH_TOKEN", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH",
]
SECRETS = [
    "HF_TOKEN", "GITHUB_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "OPENAI_API_KEY",
    "PGPASSWORD", "MYSQL_PWD", "SSHPASS", "DATABASE_URL", "REDIS_URL", "SENTRY_DSN", "SECRET", "DB_PASS", "api_key",
    "GOOGLE_APPLICATION_CREDENTIALS", "WANDB_API_KEY", "DJANGO_SECRET_KEY",
]
HARMLESS = [
    "PATH", "HOME", "PWD", "OLDPWD", "LANG", "PYTHONPATH", "TOKENIZERS_PARALLELISM", "KEYBOARD", "JPY_SESSION_NAME",
    "JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "CRISPDM_RUN_DIR", "CRISPDM_URL", "CONDA_PREFIX", "CUDA_VISIBLE_DEVICES",
    "HTTP_PROXY", "PIP_INDEX_URL", "SSH_AUTH_SOCK", "MONKEY", "COMPASS", "BYPASS",
]


@pytest.mark.proves("door.secrets", "secrets.one-list")
def test_no_secret_is_handed_on() -> None:
    assert without_secrets(dict.fromkeys([*OURS, *SECRETS, *HARMLESS], "x")) == dict.fromkeys(HARMLESS, "x")


@pytest.mark.proves("settings.pass-variables")
def test_the_setting_lets_secrets_pass_and_ours_only_by_their_full_name() -> None:
    environ = {**dict.fromkeys([*OURS, *SECRETS], "x"), PASS_VARIABLE: "HF_*,*_API_KEY,CRISPDM_*,JUPYTER_TOKEN"}
    passed = {"HF_TOKEN", "OPENAI_API_KEY", "WANDB_API_KEY", "JUPYTER_TOKEN", PASS_VARIABLE}
    assert set(without_secrets(environ)) == passed
    assert not set(without_secrets({**dict.fromkeys([*OURS, *SECRETS], "x"), PASS_VARIABLE: "*"})) & set(OURS)


@pytest.mark.proves("secrets.one-list")
def test_hidden_secrets_are_no_longer_inherited_and_still_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CRISPDM_SERVING_TOKEN", "JUPYTER_TOKEN", "HF_TOKEN", "CRISPDM_TOKEN"):
        monkeypatch.setenv(name, f"x{name}")
    monkeypatch.setenv(PASS_VARIABLE, "CRISPDM_TOKEN")
    hide_ours()
    assert {name for name in os.environ if os.environ[name].startswith("x")} >= {"HF_TOKEN", "CRISPDM_TOKEN"}
    assert not {"CRISPDM_SERVING_TOKEN", "JUPYTER_TOKEN"} & set(os.environ)
    assert secret("CRISPDM_SERVING_TOKEN") == "xCRISPDM_SERVING_TOKEN"
    assert take_secret("CRISPDM_SERVING_TOKEN") == "xCRISPDM_SERVING_TOKEN"
    assert take_secret("CRISPDM_SERVING_TOKEN") == ""
    assert take_secret("JUPYTER_TOKEN") == "xJUPYTER_TOKEN"
    assert secret("NO_SUCH") == ""


_LOOK = """
import ctypes, os
from jupyter_crispdm.base.secrets import close_process, is_closed
told, tell = os.pipe()
go, begin = os.pipe()
if os.geteuid() == 0:  # root reads everything
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
child = os.fork()
if child == 0:
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
    os.write(tell, b"x")
    os.read(go, 1)
    assert close_process() and is_closed()
    os.write(tell, b"x")
    os.read(go, 1)
    os._exit(0)
os.close(tell)
for _ in range(2):
    os.read(told, 1)
    try:
        print(b"HUSH=hush" in open(f"/proc/{child}/environ", "rb").read())
    except PermissionError:
        print("closed")
    os.write(begin, b"x")
"""


@pytest.mark.proves("door.secrets", "secrets.one-list")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_another_process_of_the_account_cannot_read_our_environment() -> None:
    looked = subprocess.run(
        [sys.executable, "-c", _LOOK], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "HUSH": "hush"},
    )  # fmt: skip
    assert looked.stdout.split() == ["True", "closed"], looked.stderr
