"""The settings of jobs."""

from __future__ import annotations

from traitlets import Enum, Float, Int, Tuple, Unicode

from jupyter_crispdm.base.rooms.traits import TextList
from jupyter_crispdm.base.settings import BaseSettings


class JobSettings(BaseSettings):
    """Where jobs run, what they may use, and how long they are kept."""

    executor = Enum(
        ["local", "ray", "slurm"], "local", config=True,
        help="Where jobs run: on this machine (local), or on a cluster that sees data_dir and the root directory under "
        "the same paths (ray, slurm). Default: local.",
    )
    ray_address = Unicode(
        "", config=True,
        help="Address of the dashboard of the Ray cluster that runs the jobs, like http://head.example.org:8265. "
        "Default: empty; the executor ray needs one.",
    )
    ray_token_file = Unicode(
        "", config=True,
        help="File with the token of the Ray cluster; a new one in it counts at once. Default: empty, which means the "
        "environment variable RAY_AUTH_TOKEN; where that is not set either, Ray is asked without a token.",
    )
    slurm_partition = Unicode("", config=True, help="The partition for jobs. Default: empty, SLURM's own default.")
    slurm_account = Unicode("", config=True, help="The account that pays for jobs. Default: empty, the user's own.")
    slurm_options = TextList(
        config=True,
        help="More arguments for sbatch, each an element of its own, for example ['--qos=long']. They win over ours. "
        "Default: none.",
    )
    cluster_python = Unicode(
        "", config=True,
        help="The interpreter (Python 3.8 or newer) that looks after jobs on a cluster's machines. Default: empty, the "
        "path of the server's own.",
    )
    cluster_seconds = Float(
        5.0, min=0.5, config=True,
        help="How often a cluster is asked which jobs wait and run, in seconds; once for all jobs. Default: 5.",
    )
    published_scripts = TextList(
        config=True,
        help="Scripts and notebooks that viewers may run from dashboards, with parameters of their own: patterns "
        "relative to the root directory; '*' stays within a directory and '**' does not. What lies in a folder that "
        "viewers may write is never run for them. Default: none.",
    )
    viewer_jobs = Int(
        3, allow_none=True, min=1, config=True,
        help="How many jobs one viewer may have that are not over. Default: 3; None: any number.",
    )
    max_running_jobs = Int(
        None, allow_none=True, config=True,
        help="How many jobs run at the same time; the others wait. Default: None, the number of cores. On a cluster: "
        "how many it is sent at the same time; None means 1000.",
    )
    cpu_slots = Int(
        None, allow_none=True, min=1, config=True,
        help="How many CPUs running jobs may ask for in all; each asks for one unless it says more. Nothing keeps a "
        "job from using more than it asked for. Default: None, the number of cores, or max_running_jobs if that is "
        "greater. Not used where a cluster runs the jobs.",
    )
    memory_slots = Int(
        None, allow_none=True, min=1, config=True,
        help="Bytes of memory that running jobs may ask for in all; a job that does not ask is not counted. "
        "Default: None, the memory of this machine or container. Not used where a cluster runs the jobs.",
    )
    gpus = TextList(
        None, allow_none=True, config=True,
        help="The GPUs of jobs, as CUDA_VISIBLE_DEVICES names them: numbers in the order of nvidia-smi, or UUIDs. "
        "Each is given to one job at a time. A job that asks for none then sees none; an empty list means that no "
        "job may ask for one. Default: None, those that the driver shows (or CUDA_VISIBLE_DEVICES, where the server "
        "was started with it); a job that asks for none then sees all of them, as a program in a terminal does. "
        "Name them here where several people share the machine. Not used where a cluster runs the jobs.",
    )
    stop_grace = Tuple(
        Float(min=0.0), Float(min=0.0), default_value=(5.0, 5.0), config=True,
        help="Seconds that a job has after SIGINT and then after SIGTERM, when it is stopped without saying how long "
        "it may take; then comes SIGKILL. Default: 5 and 5.",
    )
    log_limit = Int(
        1024**3, allow_none=True, min=1, config=True,
        help="Bytes that a job's log may have on the disk; then its middle is dropped, and the log says so. "
        "None means no limit. Default: 1 GiB.",
    )
    stalled_after = Float(
        600.0, min=1.0, allow_none=True, config=True,
        help="Seconds after which a job counts as stalled when neither its log nor its metrics grew and it did not "
        "compute. Default: 600. None: never.",
    )
    keep_jobs_days = Float(
        None, allow_none=True, config=True, min=0,
        help="Days after which a job that is over is deleted with its files, unless it is tagged 'keep'. "
        "Default: None, never.",
    )
    keep_jobs_bytes = Int(
        None, allow_none=True, config=True, min=0,
        help="Bytes that the files of all jobs that are over may take, those tagged 'keep' apart; above it the oldest "
        "are deleted. Default: None, no limit.",
    )
