"""What other interpreters run: standard library only, Python 3.8 and later, nothing else of the package.

supervisor.py   started once a job; with launch, supervision, command, control, record, pump, loglimit, turn, memory,
                cgroup; on a cluster with guardian and report; systemseries writes what the job's processes use
launcher.py     forks such supervisors for a server
identity.py     who a process is, and ending a whole tree of them; the server uses it too
usage.py        how much memory processes use; the server uses it too
site/crispdm/   what training code imports
"""
