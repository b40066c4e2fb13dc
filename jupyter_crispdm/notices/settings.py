"""The settings of notices."""

from __future__ import annotations

from traitlets import Enum, HasTraits, Unicode

from jupyter_crispdm.base.rooms.traits import TextList


class NoticeSettings(HasTraits):
    """Whom the end of a job is told, and how."""

    webhooks = TextList(
        config=True,
        help="Addresses (https://…) to which the end of a job is posted as JSON; its field 'text' is what Slack and "
        "Mattermost show. Default: none.",
    )
    mail_server = Unicode(
        "", config=True,
        help="HOST:PORT of the server through which the end of a job is mailed. Default: empty, no mails. The password "
        "comes from the environment variable CRISPDM_MAIL_PASSWORD; without it nobody logs in.",
    )
    mail_security = Enum(
        ["none", "starttls", "tls"], "starttls", config=True,
        help="How the mail server is talked to. Default: starttls; none is for a server on this machine.",
    )
    mail_user = Unicode("", config=True, help="Whom to log in as. Default: empty, which means mail_from.")
    mail_from = Unicode(
        "", config=True, help="The address that mails come from; needed with mail_server. Default: empty."
    )
    mail_to = TextList(
        ["{owner}"], config=True,
        help="Who gets a mail; {owner} stands for the name of the job's owner, as in {owner}@example.org. Where that "
        "makes no address, that recipient is left out. Default: the owner, where their name is an address.",
    )
