"""The table of jobs' tokens: typed in, typed out. Secrets are kept only as hashes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from jupyter_crispdm.base.database import metadata

from ..types import Role

job_tokens = sa.Table(
    "job_tokens",
    metadata,
    sa.Column("job", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("person", sa.String(255), nullable=False, index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("token", sa.String(64), nullable=False),
    sa.Column("token_digest", sa.String(64), nullable=False),
    sa.UniqueConstraint("digest", name="uq_job_tokens_digest"),
)


@dataclass(frozen=True)
class JobTokenRow:
    """The token of a job: whose job it is, what they might do as it began, and by which of their tokens they came."""

    job: str
    digest: str
    person: str
    role: Role
    token: str
    token_digest: str


def put(connection: sa.Connection, row: JobTokenRow) -> None:
    """Remember the token of a job, in place of the one before."""
    delete(connection, [row.job])
    connection.execute(job_tokens.insert().values({**asdict(row), "role": row.role.value}))


def of_job(connection: sa.Connection, job: str) -> JobTokenRow | None:
    """The token of a job."""
    return _row(connection.execute(sa.select(job_tokens).where(job_tokens.c.job == job)).one_or_none())


def by_digest(connection: sa.Connection, digest: str) -> JobTokenRow | None:
    """The token with that hash."""
    return _row(connection.execute(sa.select(job_tokens).where(job_tokens.c.digest == digest)).one_or_none())


def jobs(connection: sa.Connection) -> list[str]:
    """The jobs that have a token."""
    return list(connection.execute(sa.select(job_tokens.c.job)).scalars())


def delete(connection: sa.Connection, of: Collection[str]) -> None:
    """Forget the tokens of jobs."""
    connection.execute(job_tokens.delete().where(job_tokens.c.job.in_(of)))


def delete_of(connection: sa.Connection, person: str) -> None:
    """Forget the tokens of all jobs of a person."""
    connection.execute(job_tokens.delete().where(job_tokens.c.person == person))


def _row(row: sa.Row[tuple[object, ...]] | None) -> JobTokenRow | None:
    if row is None:
        return None
    return JobTokenRow(row.job, row.digest, row.person, Role(row.role), row.token, row.token_digest)
