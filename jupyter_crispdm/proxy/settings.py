"""The settings of the proxy."""

from __future__ import annotations

from traitlets import Dict, Float, HasTraits, Int, Unicode

from jupyter_crispdm.base.rooms.traits import TextList


class ProxySettings(HasTraits):
    """Which upstreams may be asked, and how much of one."""

    proxy_allow = TextList(
        config=True,
        help="Upstreams that analysts may have passed on to them, each with scheme, host and port: "
        "https://models.example.org:443. Nothing else is asked, redirects included. Default: none.",
    )
    proxy_private = TextList(
        config=True,
        help="Names of hosts in proxy_allow whose addresses may be of a private network or of this machine. An address "
        "that is written as such in proxy_allow, and localhost, may be anyway. Default: none.",
    )
    proxy_transforms = Dict(
        key_trait=Unicode(), config=True,
        help="Functions that a request may name, each taking a message and returning what is passed on in its place, "
        "or None for nothing: {'shout': 'package.module:function'}, or the function itself. Default: none.",
    )
    proxy_seconds = Float(
        600.0, min=1, config=True, help="How long one upstream is passed on at most, in seconds. Default: 600."
    )
    proxy_silence_seconds = Float(
        60.0, min=0.1, config=True,
        help="How long an upstream may send nothing, in seconds, before it is given up. Default: 60.",
    )
    proxy_bytes = Int(
        64 * 2**20, min=1024, config=True, help="Bytes of one upstream's answer that are passed on. Default: 64 MiB."
    )
