"""A real nginx with its own defaults: it holds answers back unless it is told not to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.brokers.program import Program, find_program

_CONFIG = """
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_max_body_size 100m;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    upstream behind {{
        {servers}
        keepalive 8;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            {more}
        }}
    }}
}}
"""


class Nginx(Program):
    """Stands before servers at these ports."""

    name = "nginx"

    def __init__(self, folder: Path, behind: Sequence[int], more: str = "") -> None:
        super().__init__(folder)
        servers = "\n        ".join(f"server 127.0.0.1:{port};" for port in behind)
        (folder / "nginx.conf").write_text(_CONFIG.format(servers=servers, port=self.port, more=more))

    def command(self) -> Sequence[str]:
        """The program and its arguments."""
        program = find_program("nginx")
        assert program is not None, "nginx is missing: python -m tests.brokers.install"
        return [program, "-p", f"{self.folder}/", "-c", str(self.folder / "nginx.conf")]
