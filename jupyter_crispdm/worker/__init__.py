"""What other interpreters run: standard library only, Python 3.8 and later, nothing else of the package.

supervisor.py   started once a job; with launch, supervision, command, control, record, loglimit, memory
identity.py     who a process is, and ending a whole tree of them; the server uses it too
site/crispdm/   what training code imports
"""
