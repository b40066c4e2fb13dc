"""What the mission asks for."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "mission card: what it is",
        Requirement(
            "card.top-level",
            "The repository has the card's top level: jupyter_crispdm, labextension, src, notebooks, tests, "
            "setup.py, package.json and README.md.",
        ),
        Requirement(
            "card.built-on",
            "The package is built on jupyterlab, jupyter-server, ipywidgets, voila and bqplot, and torch is an "
            "extra that the server process never imports.",
        ),
        Requirement("card.side-panel", "A side panel in JupyterLab starts, shows and stops work."),
        Requirement(
            "card.dashboards-behind-login",
            "Dashboards for people who do not code stand behind the login, and nothing else is open from them.",
        ),
        Requirement(
            "card.kernel-per-environment",
            "A notebook runs in a kernel of the environment that its user chose.",
        ),
        Requirement(
            "card.nb-conda-kernels",
            "An environment that nb_conda_kernels offers already gets no second kernel.",
        ),
        Requirement("card.file-browsing", "Who works in Lab browses, reads and writes files there."),
        Requirement(
            "card.six-phases",
            "The six phases of CRISP-DM are walked back and forth, each with its own page.",
        ),
    ),
    *of(
        "mission A.1: work survives refresh and disconnect",
        Requirement(
            "work.job-outlives-session",
            "A job goes on when its user leaves the page or logs out, and its result is there when they come back.",
        ),
        Requirement(
            "work.job-outlives-server",
            "A job goes on while the server is killed and is whole when it comes back.",
        ),
        Requirement(
            "work.page-after-reload",
            "The job page and the page of all jobs come back after a reload as they were.",
        ),
        Requirement("work.reconnect", "A page whose connection dropped says so and goes on when the server is back."),
        Requirement("work.dashboard-without-kernel", "A dashboard's live views go on when its kernel dies."),
        Requirement(
            "work.layout-kept",
            "The layout of Lab is each user's own and is there again at the next login unless they chose to forget it.",
        ),
        Requirement(
            "work.autosave",
            "Settings, hyper-parameters, data, predictions and the page are saved at every change and page switch "
            "without a click.",
        ),
        Requirement(
            "work.restore",
            "What was saved comes back by itself after F5, a lost connection, a dead kernel or a dead server, and "
            "first of all.",
        ),
        Requirement(
            "work.forget-at-logout",
            "Saved work is not restored after the user logged out and chose to forget it.",
        ),
    ),
    *of(
        "mission A.2: save work for later",
        Requirement("saved.named", "Work is saved, loaded and deleted under a name.", names=("widgets.SnapshotBar",)),
        Requirement("saved.table", "A table shows what is saved."),
        Requirement("saved.told", "Success or failure of each of these actions is said clearly."),
    ),
    *of(
        "mission A.3: file explorer",
        Requirement("files.in-lab", "Lab's file browser works with a remote server, under the user's role."),
        Requirement(
            "files.explorer",
            "A file explorer in dashboards creates, deletes and browses folders and shows the tree.",
        ),
        Requirement(
            "files.transfer",
            "Files are uploaded and downloaded in dashboards, without other access to the server's disk.",
        ),
    ),
    *of(
        "mission A.4: login",
        Requirement("login.password", "A user and a password guard the door."),
        Requirement(
            "login.back-ends",
            "LDAP, OpenID Connect, a database such as MongoDB, PAM and a proxy's header can take the place of our "
            "own users.",
            deferred="no issue yet",
        ),
        Requirement(
            "login.other-identity",
            "Another identity provider of Jupyter keeps its place, and its users have access.",
        ),
    ),
    *of(
        "mission A.5: pages",
        Requirement(
            "pages.ordered",
            "The phases are an ordered menu, one page a phase, and one moves freely between them.",
        ),
    ),
    *of(
        "mission A.6: long computations in parallel",
        Requirement(
            "jobs.own-process",
            "Each computation runs as a process of its own that is no child of the server.",
        ),
        Requirement("jobs.table-live", "The process table updates by itself."),
        Requirement("jobs.stop-one", "One job is stopped."),
        Requirement("jobs.stop-all", "All jobs are stopped at once."),
        Requirement("jobs.stdin", "A job that asks for input gets it."),
        Requirement("jobs.more-machines", "Work goes to more machines through Ray or SLURM."),
    ),
    *of(
        "mission A.7: models in different environments",
        Requirement("environments.chosen", "The user picks the environment, and the command runs activated in it."),
        Requirement("environments.log-captured", "All output of the command is captured in a log."),
        Requirement("environments.conda", "Conda environments are found and used."),
        Requirement("environments.venv", "Environments of venv and virtualenv are found and used."),
        Requirement("environments.pyenv", "Versions of pyenv and their virtualenvs are found and used."),
        Requirement("environments.uv", "Environments and interpreters of uv are found."),
        Requirement(
            "environments.images",
            "Docker images with a Python are environments where an engine answers, and where none does one "
            "sentence says so.",
        ),
    ),
    *of(
        "mission A.8: training results drawn while training",
        Requirement("training.log-live", "The tail of the log is shown while it is written."),
        Requirement("training.log-download", "The log is downloaded."),
        Requirement("training.plots-live", "Plots of metrics grow while the job trains, in Lab and in dashboards."),
        Requirement("training.interval", "The user sets how often plots are refreshed."),
        Requirement(
            "training.diagnosis",
            "The plots say whether the model is under-fitted, over-fitted or just right.",
        ),
    ),
    *of(
        "mission A.9: Jupyter inside",
        Requirement(
            "inside.notebook",
            "A user who codes gets a notebook or Lab from within a dashboard, with every protection on.",
        ),
        Requirement("inside.licence", "The licence page opens in a new tab."),
    ),
    *of(
        "mission A.10: deploying a trained model",
        Requirement("serving.port", "The prediction service listens on port 8503 unless told otherwise."),
        Requirement("serving.models", "`GET /models` lists the algorithms that can predict."),
        Requirement("serving.weights", "`POST /models` with return_weights answers the trained weights of a model."),
        Requirement(
            "serving.classes",
            "`POST /models` with return_classes answers the classes that a model was trained on.",
        ),
        Requirement(
            "serving.configs",
            "`POST /configs` with a JSON file sets the configuration of the following predictions, and `GET "
            "/configs` answers it.",
        ),
        Requirement("serving.config-keys", "The article's keys are understood with their values as strings."),
        Requirement("serving.base64", "`POST /base64` with a zip of images answers base64 strings in the zip's order."),
        Requirement(
            "serving.predict",
            "`POST /predict` answers one pair of result and image for each image, as form or JSON.",
        ),
        Requirement("serving.predict-files", "With create_images the results are image files."),
        Requirement(
            "serving.result-keys",
            "A result has class_name, scores and the key `rois [y_min, x_min, y_max, x_max]`, brackets included.",
        ),
    ),
    *of(
        "mission B: live monitor",
        Requirement("monitor.controls", "The monitor's sidebar sets thresholds and period, and starts and stops."),
        Requirement("monitor.sources", "Samples come from a simulated source or over MQTT."),
        Requirement("monitor.window", "The newest 1,000 samples are in a sliding window."),
        Requirement(
            "monitor.plot",
            "The plot has value and defect probability on two axes, and anomalies as coloured points.",
        ),
        Requirement(
            "monitor.tiles",
            "Tiles show the value with its delta and the alerts of the last five minutes, and a table the latest "
            "three events.",
        ),
        Requirement(
            "monitor.backup",
            "Samples are backed up to parquet every five minutes; nothing is lost and memory is bounded.",
        ),
        Requirement(
            "monitor.pushed",
            "Above 10 Hz samples are pushed over a WebSocket, never polled.",
        ),
        Requirement(
            "monitor.outlives-tab",
            "The collector outlives the tab, there is one for all viewers, and the plot appends.",
        ),
    ),
    *of(
        "mission C: state shared by all sessions",
        Requirement("state.values", "Named values are set and read from any session of a server."),
        Requirement("state.lock", "A lock for each value makes concurrent changes safe."),
        Requirement(
            "state.refresh",
            "Each session that uses a value is refreshed when it changes.",
        ),
        Requirement(
            "state.silent-and-forced",
            "A value can be changed without that refresh, and a refresh can be forced.",
        ),
        Requirement(
            "state.examples",
            "A counter, a chat with rooms, a whiteboard and a shared analysis ship and work in two browsers.",
            deferred="issue 10",
        ),
    ),
    *of(
        "mission D: streaming",
        Requirement("streaming.ndjson", "JSON is sent in pieces as it is produced."),
        Requirement("streaming.sse", "Server-Sent Events carry the same, and resume."),
        Requirement("streaming.large-files", "A large log is sent piece by piece, and from any byte on."),
        Requirement("streaming.front-end", "A page shows a stream as it arrives, not at its end."),
        Requirement("streaming.cut-anywhere", "A message that is cut over several chunks is put together again."),
        Requirement("streaming.tokens", "Text comes token by token.", deferred="issue 11"),
        Requirement(
            "streaming.proxy",
            "An upstream's stream is passed on to the front end, each message transformed.",
        ),
        Requirement("streaming.chainable", "Streams have a readable, chainable, typed interface."),
    ),
)
