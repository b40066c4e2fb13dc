"""Notices as a room."""

from __future__ import annotations

from jupyter_server.utils import url_path_join

from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room
from jupyter_crispdm.base.secrets import take_secret
from jupyter_crispdm.jobs.room import JobsRoom

from .manager import Notices
from .messengers import Mail, Messenger, Webhook
from .settings import NoticeSettings


class NoticesRoom(Room):
    """Tells that a job is over."""

    settings = NoticeSettings

    def __init__(self, context: Context) -> None:
        server = context.server
        pages = str(url_path_join(server.custom_display_url or server.connection_url, "lab"))
        messengers = _messengers(context.settings(NoticeSettings))
        jobs = context.room(JobsRoom)
        self.manager = Notices(jobs.manager, messengers, context.data_dir / "notices", pages)
        jobs.diagnoses.on_alert(self.manager.tell_alert)

    async def start(self) -> None:
        """Tell what was left to tell."""
        await self.manager.start()

    async def close(self) -> None:
        """Leave the rest to the next start."""
        await self.manager.close()


def _messengers(settings: NoticeSettings) -> list[Messenger]:
    """Who is told. The password leaves the environment, so that no process inherits it."""
    password = take_secret("CRISPDM_MAIL_PASSWORD")
    messengers: list[Messenger] = [Webhook(url) for url in settings.webhooks]
    if settings.mail_server:
        messengers.append(Mail(
            settings.mail_server, settings.mail_from, settings.mail_to, settings.mail_security, settings.mail_user,
            password,
        ))  # fmt: skip
    return messengers
