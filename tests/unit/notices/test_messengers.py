from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiosmtpd.smtp import AuthResult

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.jobs.types import Job, JobKind, JobState
from jupyter_crispdm.notices.messengers import Mail, NotDelivered, Webhook
from jupyter_crispdm.notices.notice import job_notice, sentence
from tests.support import eventually, soon
from tests.unit.notices.receivers import Post

JOB = Job(
    id="j1", name="night run", kind=JobKind.command, state=JobState.failed, owner="ada", environment="server",
    command=["train", "--all"], cwd="/", created=utc(0), started=utc(10), ended=utc(75.9), exit_code=1,
    reason="exited with code 1",
)  # fmt: skip
NOTICE = job_notice(JOB, "http://here/lab?job=j1")
MAIL = Mail("mail.x.org", "lab@x.org", ["team@x.org", "{owner}@x.org"])


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (JobState.succeeded, "Job “night run” succeeded after 0:01:05."),
        (JobState.failed, "Job “night run” failed after 0:01:05: exited with code 1"),
        (JobState.stopped, "Job “night run” was stopped after 0:01:05."),
        (JobState.lost, "Job “night run” was lost after 0:01:05: exited with code 1"),
    ],
)
def test_a_sentence_tells_what_became_of_it(state: JobState, text: str) -> None:
    assert sentence(msgspec.structs.replace(JOB, state=state)) == text


@pytest.mark.proves("settings.notices", "notices.all")
async def test_a_mail_arrives() -> None:
    post = Post()
    async with post.running() as server:
        await replace(MAIL, server=server).send(NOTICE)
    [message], [envelope] = post.mails, post.envelopes
    assert envelope.rcpt_tos == ["team@x.org", "ada@x.org"]
    assert message["From"] == "lab@x.org"
    assert message["Subject"] == NOTICE.text
    assert message["Message-ID"].endswith("@x.org>")
    text = message.get_content()
    assert "Command: train --all" in text
    assert "State: failed, exit code 1" in text
    assert "http://here/lab?job=j1" in text


async def test_a_mail_names_the_program_beside_its_person() -> None:
    """Issue 7: it went to, and named, `token:server`."""
    notice = job_notice(msgspec.structs.replace(JOB, via="nightly"), "")
    assert MAIL.recipients(notice.owner) == ["team@x.org", "ada@x.org"]
    assert "\nOwner: ada, by nightly\n" in MAIL.message(notice, ["a@x.org"]).get_content()


@pytest.mark.parametrize("name", ["a\r\nBcc: evil@y.org", "a\n\nbody", "é" * 200, "=?utf-8?q?x?=", "a" * 500])
def test_no_name_gets_out_of_its_header(name: str) -> None:
    job = msgspec.structs.replace(JOB, name=name, reason=name)
    message = MAIL.message(job_notice(job, ""), ["a@x.org"])
    written = message.as_bytes()
    headers = written.split(b"\n\n")[0]
    assert sorted(message.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
         "Content-Transfer-Encoding", "MIME-Version"]
    )  # fmt: skip
    assert b"\nBcc" not in headers


@pytest.mark.parametrize(
    ("owner", "recipients"),
    [
        ("ada", ["team@x.org", "ada@x.org"]),
        ("ada.l+x", ["team@x.org", "ada.l+x@x.org"]),
        ("eve@y.org,", ["team@x.org"]),
        ("eve@y.org", ["team@x.org"]),
        ("a b", ["team@x.org"]),
        ("x\nBcc: eve@y.org", ["team@x.org"]),
        ("eve@y.org>,<a", ["team@x.org"]),
        ("", ["team@x.org"]),
    ],
)
def test_an_owner_fills_in_an_address_or_nothing(owner: str, recipients: list[str]) -> None:
    assert MAIL.recipients(owner) == recipients


def test_an_owner_may_be_an_address() -> None:
    assert replace(MAIL, to=["{owner}"]).recipients("ada@x.org") == ["ada@x.org"]


async def test_without_recipients_nothing_is_sent() -> None:
    await replace(MAIL, server="127.0.0.1:1", to=["{owner}@x.org"]).send(
        job_notice(msgspec.structs.replace(JOB, owner="a b"), "")
    )


@pytest.mark.parametrize(
    ("answer", "passing"), [("451 later", True), ("554 no", False), ("421 closing\nSubject: x", True)]
)
async def test_a_refusal_says_whether_to_try_again(answer: str, passing: bool) -> None:
    post = Post()
    post.answers = [answer]
    async with post.running() as server:
        with pytest.raises(NotDelivered) as caught:
            await replace(MAIL, server=server).send(NOTICE)
    assert caught.value.passing is passing
    assert "\n" not in str(caught.value)


async def test_a_mail_server_that_is_not_there_may_come_back() -> None:
    async with Post().running() as server:
        pass
    with pytest.raises(NotDelivered) as caught:
        await replace(MAIL, server=server).send(NOTICE)
    assert caught.value.passing


async def test_a_mail_server_that_says_nothing_does_not_hold_the_loop() -> None:
    callers: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    server = await asyncio.start_server(lambda reader, writer: callers.put_nowait(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sending = asyncio.create_task(replace(MAIL, server=f"127.0.0.1:{port}").send(NOTICE))
    try:
        caller = await soon(callers.get())  # not only a thread: that of an earlier mail may still be ending
        threads = [thread for thread in threading.enumerate() if thread.name == "crispdm-mail"]
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert threads
        assert all(thread.daemon for thread in threads), "it would keep a server from ending"
        caller.transport.abort()
        with suppress(ConnectionError):
            await soon(caller.wait_closed())
        await eventually(lambda: not any(thread.is_alive() for thread in threads))
    finally:
        server.close()


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server with a certificate of its own shows, and what a client that trusts it knows."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=certificate)


def accept(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"lab@x.org", b"geheim"), handled=False)


@pytest.mark.parametrize("password", ["geheim", "wrong"])
async def test_it_logs_in_over_starttls(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext], password: str
) -> None:
    theirs, ours = contexts
    post = Post()
    options = {"tls_context": theirs, "require_starttls": True, "authenticator": accept, "auth_required": True}
    async with post.running(**options) as server:
        mail = replace(MAIL, server=server, security="starttls", password=password, context=ours)
        if password == "geheim":
            await mail.send(NOTICE)
            assert len(post.mails) == 1
        else:
            with pytest.raises(NotDelivered) as caught:
                await mail.send(NOTICE)
            assert caught.value.passing is False
            assert password not in str(caught.value)


async def test_a_server_without_the_encryption_asked_for_gets_nothing() -> None:
    post = Post()
    async with post.running() as server:
        with pytest.raises(NotDelivered):
            await replace(MAIL, server=server, security="starttls", password="geheim").send(NOTICE)
    assert post.mails == []


async def test_a_certificate_that_nobody_trusts_is_refused(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    post = Post()
    async with post.running(tls_context=contexts[0]) as server:
        with pytest.raises(NotDelivered):
            await replace(MAIL, server=server, security="starttls").send(NOTICE)
    assert post.mails == []


@pytest.mark.proves("settings.notices")
@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"server": ""}, "mail_server"),
        ({"server": "x:nine"}, "mail_server"),
        ({"sender": ""}, "mail_from"),
        ({"sender": "lab"}, "mail_from"),
        ({"password": "p"}, "mail_security"),
    ],
)
def test_a_bad_setting_is_named(fields: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(MAIL, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(("security", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_a_port_need_not_be_given(security: str, port: int) -> None:
    assert replace(MAIL, security=security).port == port


@pytest.mark.parametrize("url", ["", "ftp://x/y", "http://", "x.org/hook"])
def test_a_bad_webhook_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="webhooks"):
        Webhook(url)


def test_no_secret_is_shown() -> None:
    assert "geheim" not in repr(replace(MAIL, security="tls", password="geheim"))
