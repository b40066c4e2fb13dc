"""The HTTP API and the prediction service."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "surface: HTTP",
        Requirement(
            "http.auth",
            "A cookie with its XSRF token or a token in the Authorization header opens the API, a token in the "
            "address never.",
        ),
        Requirement("http.errors", "Every error has message, reason, code and details, with a true status."),
        Requirement(
            "http.health",
            "`GET health` is open to everybody and says whether the server is ready.",
            names=("GET health",),
        ),
        Requirement(
            "http.health-details",
            "`GET health/details` tells an admin what runs in the background and who went over a budget.",
            names=("GET health/details",),
        ),
        Requirement(
            "http.openapi",
            "`GET openapi.json` is a valid OpenAPI 3.1 document that names every route.",
            names=("GET openapi.json",),
        ),
        Requirement("http.docs", "`GET docs` shows it and asks no other host.", names=("GET docs",)),
        Requirement("http.audit", "`GET audit` answers an admin with the newest entries first.", names=("GET audit",)),
    ),
    *of(
        "surface: HTTP jobs",
        Requirement(
            "http.jobs-submit",
            "`POST jobs` takes a command, script or notebook with all its options and answers 201 with the address.",
            names=("POST jobs",),
        ),
        Requirement("http.jobs-submit-bad", "A bad submission is a 400 that names the field.", names=("POST jobs",)),
        Requirement("http.jobs-idempotent", "A submission under an id that is there already makes no second job."),
        Requirement(
            "http.jobs-list",
            "`GET jobs` lists the newest first, filtered by state and owner, in pages.",
            names=("GET jobs",),
        ),
        Requirement("http.jobs-get", "`GET jobs/{id}` shows one job with all its fields.", names=("GET jobs/{id}",)),
        Requirement(
            "http.jobs-stop",
            "`POST jobs/{id}/stop` is a 202, and the job is stopped.",
            names=("POST jobs/{id}/stop",),
        ),
        Requirement(
            "http.jobs-stop-many",
            "`POST jobs/stop` stops all, or those that are named.",
            names=("POST jobs/stop",),
        ),
        Requirement(
            "http.jobs-input",
            "`POST jobs/{id}/input` writes to the standard input, or ends it.",
            names=("POST jobs/{id}/input",),
        ),
        Requirement(
            "http.jobs-log",
            "`GET jobs/{id}/log` answers text, a range of it, or a download.",
            names=("GET jobs/{id}/log",),
        ),
        Requirement(
            "http.jobs-metrics",
            "`GET jobs/{id}/metrics` answers columns from a cursor on, thinned to so many points, by name.",
            names=("GET jobs/{id}/metrics",),
        ),
        Requirement(
            "http.jobs-artifacts",
            "`GET jobs/{id}/artifacts` lists what the job kept, and each is downloaded by its path.",
            names=("GET jobs/{id}/artifacts", "GET jobs/{id}/artifacts/{path}"),
        ),
        Requirement(
            "http.jobs-delete",
            "`DELETE jobs/{id}` removes a job that is over, with its files; of one that runs it is a 409.",
            names=("DELETE jobs/{id}",),
        ),
        Requirement(
            "http.jobs-rerun",
            "`POST jobs/{id}/rerun` submits a job once more with changes, and `GET jobs/{id}/submission` tells "
            "how it was submitted.",
            names=("POST jobs/{id}/rerun", "GET jobs/{id}/submission"),
        ),
        Requirement("http.jobs-fields", "A job has the fields of the surface, with progress and resources."),
        Requirement(
            "http.jobs-states",
            "The states are queued, starting, running, stopping and then succeeded, failed, stopped or lost; a "
            "final one never changes.",
        ),
        Requirement(
            "http.jobs-after",
            "A job waits for those named in `after`, and is cancelled with the reason when one of them fails.",
        ),
        Requirement("http.jobs-timeout", "A job that takes longer than its timeout is ended."),
        Requirement("http.jobs-retries", "A failed job is tried again as often as asked, after its delay."),
    ),
    *of(
        "surface: HTTP environments",
        Requirement(
            "http.environments-list",
            "`GET environments` lists them with id, name, kind, prefix, Python and kernel; refresh looks anew.",
            names=("GET environments",),
        ),
        Requirement(
            "http.environments-get",
            "`GET environments/{id}` adds the packages.",
            names=("GET environments/{id}", "GET environments/{id}/packages"),
        ),
        Requirement(
            "http.environments-kernel",
            "`POST environments/{id}/kernel` makes it usable as a kernel.",
            names=("POST environments/{id}/kernel",),
        ),
        Requirement(
            "http.environments-make",
            "Environments are created, cloned, filled and deleted as jobs.",
            names=("POST environments", "DELETE environments/{id}", "POST environments/{id}/packages"),
        ),
        Requirement(
            "http.environments-compare",
            "Two environments are compared, and one is exported.",
            names=("GET environments/{id}/diff", "GET environments/{id}/export"),
        ),
    ),
    *of(
        "surface: HTTP models",
        Requirement(
            "http.models-list",
            "`GET models` and `GET models/{name}` show models with their versions and aliases.",
            names=("GET models", "GET models/{name}"),
        ),
        Requirement(
            "http.models-register",
            "`POST models` registers a job's artifact or a file below the root as a version.",
            names=("POST models",),
        ),
        Requirement(
            "http.models-alias",
            "An alias is put on a version and taken away.",
            names=("PUT models/{name}/aliases/{alias}", "DELETE models/{name}/aliases/{alias}"),
        ),
        Requirement(
            "http.models-version",
            "One version is shown, and deleted unless it is deployed.",
            names=("DELETE models/{name}/versions/{number}", "GET models/{name}/versions/{number}"),
        ),
        Requirement(
            "http.models-history",
            "`GET models/{name}/history` says which version bore which alias from when, by whom.",
            names=("GET models/{name}/history",),
        ),
    ),
    *of(
        "surface: HTTP deployments",
        Requirement(
            "http.deployments",
            "A model is deployed, shown and withdrawn.",
            names=("GET deployments", "POST deployments", "GET deployments/{id}", "DELETE deployments/{id}"),
        ),
        Requirement(
            "http.deployments-workers",
            "A deployment has as many workers as asked for, in the environment asked for.",
        ),
    ),
    *of(
        "surface: serving",
        Requirement("serving.own-port", "The four calls are answered on the service's own port."),
        Requirement(
            "serving.behind-login",
            "They are answered behind the login as well, under the base URL.",
            names=(
                "GET serving/models",
                "POST serving/models",
                "GET serving/configs",
                "POST serving/configs",
                "POST serving/base64",
                "POST serving/predict",
                "GET serving/results/{name}",
            ),
        ),
        Requirement("serving.names", "A weight is a version, named by algorithm, Model_path and number."),
        Requirement(
            "serving.v2-health",
            "`/v2/health/live` and `ready`, and `/v2` with the server's metadata.",
            names=("GET serving/v2", "GET serving/v2/health/live", "GET serving/v2/health/ready"),
        ),
        Requirement(
            "serving.v2-models",
            "`/v2/models/{m}` with its metadata, `ready`, and `infer` with tensors as JSON.",
            names=(
                "GET serving/v2/models/{model}",
                "GET serving/v2/models/{model}/ready",
                "POST serving/v2/models/{model}/infer",
            ),
        ),
        Requirement(
            "serving.v2-index",
            "`/v2/repository/index` lists the models.",
            names=("GET serving/v2/repository/index", "POST serving/v2/repository/index"),
        ),
        Requirement(
            "serving.v2-versions",
            "`/v2/models/{m}/versions/{v}` names one version.",
            names=(
                "GET serving/v2/models/{model}/versions/{version}",
                "GET serving/v2/models/{model}/versions/{version}/ready",
                "POST serving/v2/models/{model}/versions/{version}/infer",
            ),
        ),
        Requirement("serving.v2-load", "`/v2/repository/models/{m}/load` and `unload`."),
        Requirement("serving.v2-binary", "Tensors travel as raw bytes by the binary extension."),
        Requirement(
            "serving.generate",
            "`/v2/models/{m}/generate` and `generate_stream` answer text, the latter token by token as SSE.",
        ),
        Requirement(
            "serving.openai",
            "Text models answer `/v1/models`, `/v1/completions` and `/v1/chat/completions`.",
        ),
        Requirement(
            "serving.metrics", "`GET /metrics` counts requests for Prometheus.", names=("GET serving/metrics",)
        ),
        Requirement(
            "serving.openapi",
            "`GET /openapi.json` is valid and names every call; `GET /docs` shows it.",
            names=("GET serving/openapi.json", "GET serving/docs"),
        ),
    ),
    *of(
        "surface: HTTP schedules",
        Requirement(
            "http.schedules",
            "Schedules are made, listed, changed, run now and deleted.",
            names=(
                "GET schedules",
                "POST schedules",
                "GET schedules/{id}",
                "PATCH schedules/{id}",
                "DELETE schedules/{id}",
                "POST schedules/{id}/run",
            ),
        ),
        Requirement(
            "http.schedules-preview",
            "`GET schedules/preview` tells the next times of an expression.",
            names=("GET schedules/preview",),
        ),
    ),
    *of(
        "surface: HTTP users and tokens",
        Requirement(
            "http.users",
            "An admin lists, adds, changes and removes people.",
            names=("GET users", "GET users/{name}", "POST users", "PATCH users/{name}", "DELETE users/{name}"),
        ),
        Requirement(
            "http.users-me",
            "`GET users/me` tells everybody who they are and which role they have.",
            names=("GET users/me",),
        ),
        Requirement(
            "http.tokens",
            "Tokens of programs are made, listed, renewed and revoked.",
            names=("GET tokens", "GET tokens/{name}", "POST tokens", "PATCH tokens/{name}", "DELETE tokens/{name}"),
        ),
    ),
    *of(
        "surface: HTTP snapshots",
        Requirement(
            "snapshots.autosaved",
            "`PUT`, `GET` and `DELETE snapshots/{page}`, with a revision, and 409 when another tab was faster.",
            names=("PUT snapshots/{page}", "GET snapshots/{page}", "DELETE snapshots/{page}"),
        ),
        Requirement("snapshots.own", "Each caller sees their own snapshots."),
        Requirement(
            "snapshots.named",
            "`snapshots/{page}/saved` lists, and `saved/{name}` keeps, answers and deletes named work.",
            names=(
                "GET snapshots/{page}/saved",
                "PUT snapshots/{page}/saved/{name}",
                "GET snapshots/{page}/saved/{name}",
                "DELETE snapshots/{page}/saved/{name}",
            ),
        ),
    ),
    *of(
        "surface: HTTP state",
        Requirement(
            "state.http",
            "`GET state`, and `GET`, `PUT` and `DELETE state/{key}`, with a version and 409 on a conflict.",
            names=("GET state", "GET state/{key}", "PUT state/{key}", "DELETE state/{key}"),
        ),
        Requirement(
            "state.http-changes",
            "`POST state/{key}/increment` and `append` change a value without a lock.",
            names=("POST state/{key}/increment", "POST state/{key}/append"),
        ),
        Requirement(
            "state.http-lock",
            "`POST state/{key}/lock` gives a lease, `PUT` renews it and `DELETE` frees it.",
            names=("POST state/{key}/lock", "PUT state/{key}/lock/{lock}", "DELETE state/{key}/lock/{lock}"),
        ),
        Requirement(
            "state.http-notify",
            "`POST state/{key}/notify` forces a refresh.",
            names=("POST state/{key}/notify",),
        ),
    ),
    *of(
        "surface: HTTP streams",
        Requirement(
            "streams.http",
            "`POST streams` makes a stream of a source, and each is listed, shown, changed and deleted.",
            names=("GET streams", "POST streams", "GET streams/{id}", "PATCH streams/{id}", "DELETE streams/{id}"),
        ),
        Requirement(
            "streams.sources",
            "A source is simulated, mqtt, file or http, with a JSON path for each column.",
        ),
        Requirement(
            "streams.start-stop",
            "`POST streams/{id}/start` and `stop`.",
            names=("POST streams/{id}/start", "POST streams/{id}/stop"),
        ),
        Requirement(
            "streams.window",
            "`GET streams/{id}/window` answers the newest columns from a number on.",
            names=("GET streams/{id}/window",),
        ),
        Requirement(
            "streams.events",
            "`GET streams/{id}/events` lists alarms, and an event is acknowledged, shelved, cleared or labelled.",
            names=("GET streams/{id}/events", "POST streams/{id}/events/{event}"),
        ),
        Requirement(
            "streams.parquet",
            "A stream's directory has parquet files whose seq counts from 1 without a gap.",
        ),
    ),
    *of(
        "surface: HTTP project",
        Requirement(
            "project.http",
            "`GET` and `PATCH project` hold phases, tasks, notes and criteria.",
            names=("GET project", "PATCH project", "POST project/criteria"),
            deferred="no issue yet",
        ),
        Requirement(
            "project.report",
            "`GET project/report` answers HTML or a notebook.",
            names=("GET project/report",),
            deferred="no issue yet",
        ),
    ),
    *of(
        "surface: HTTP files",
        Requirement("files.contents", "Files are Jupyter's own `api/contents` and `files/`, under the caller's role."),
        Requirement(
            "files.home",
            "A viewer has a folder of their own to read and write, made at first need.",
            names=("setting home_folders",),
        ),
        Requirement(
            "files.shared",
            "A viewer reaches the shared folders as the setting says, and nothing else.",
            names=("setting shared_folders",),
        ),
    ),
)
