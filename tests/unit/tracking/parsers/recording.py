"""What is expected of the recorded logs. Run as a program, it writes that anew: look at what changed."""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_crispdm.tracking.parsers import LogParser
from jupyter_crispdm.tracking.points import Point

RECORDED = Path(__file__).parent / "recorded"
EXPECTED = RECORDED / "expected.json"
Summary = dict[str, list[object]]


def logs() -> list[Path]:
    """All recorded logs."""
    return sorted(RECORDED.rglob("*.log"))


def read(data: bytes, *cuts: int) -> list[Point]:
    """The points in a log that comes in pieces; between them another reader takes over."""
    points: list[Point] = []
    parser = LogParser()
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        another = LogParser()
        another.restore(parser.state())
        parser = another
        points += parser.feed(data[start:end], 1.0)
    return [*points, *parser.finish(1.0)]


def summary(points: list[Point]) -> Summary:
    """Of each series: how many points, the first and the last of them, as step and value."""
    series: dict[str, list[Point]] = {}
    for point in points:
        series.setdefault(point.name, []).append(point)
    return {name: [len(one), *_ends(one[0]), *_ends(one[-1])] for name, one in series.items()}


def expected() -> dict[str, Summary]:
    """What is expected, by the log's path."""
    found: dict[str, Summary] = json.loads(EXPECTED.read_bytes())
    return found


def _ends(point: Point) -> tuple[int | None, float]:
    return point.step, float(point.value)


if __name__ == "__main__":
    found = {path.relative_to(RECORDED).as_posix(): summary(read(path.read_bytes())) for path in logs()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found.items())
    EXPECTED.write_text(f"{{\n{lines}\n}}\n")
