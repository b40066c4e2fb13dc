from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

from tests.support import ends

from .conftest import DEMO


class Service(BaseHTTPRequestHandler):
    """Answers POST /predict with one digit, and remembers what it was asked."""

    asked: ClassVar[list[tuple[str, str | None, bytes]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Service.asked.append((self.path, self.headers["Authorization"], base64.b64decode(body["images"][0])))
        results = {"class_name": ["4"], "scores": [0.9], "rois [y_min, x_min, y_max, x_max]": [[0, 0, 10, 10]]}
        answer = json.dumps({"Responses": [[{"results": results}, "…"]]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    Service.asked.clear()
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        ends(thread)


@pytest.mark.proves("house.accuracy")
def test_what_is_found_named_missed_and_invented_is_counted(demo: Any) -> None:
    evaluate = demo("evaluate")
    digit = evaluate.Digit
    truth = [digit("1", [0, 0, 10, 10]), digit("2", [20, 20, 30, 30]), digit("3", [50, 50, 60, 60])]
    predicted = [digit("1", [0, 0, 10, 5]), digit("7", [20, 20, 30, 30]), digit("9", [80, 80, 90, 90])]
    report = evaluate.measure([(truth, predicted)])
    assert report.digits == 3
    assert report.found == pytest.approx(2 / 3)
    assert report.found_and_named == pytest.approx(1 / 3)
    assert report.mean_iou == pytest.approx((0.5 + 1 + 0) / 3)
    assert report.false_positives == 1
    assert report.by_class == {"1": 1.0, "2": 0.0, "3": 0.0}


def test_a_digit_found_twice_is_a_false_find_once(demo: Any) -> None:
    evaluate = demo("evaluate")
    truth = [evaluate.Digit("1", [0, 0, 10, 10])]
    report = evaluate.measure([(truth, [evaluate.Digit("7", [0, 0, 10, 9]), *truth])])
    assert (report.found_and_named, report.mean_iou, report.false_positives) == (1.0, 1.0, 1)


def test_nothing_at_all_is_no_division_by_zero(demo: Any) -> None:
    report = demo("evaluate").measure([([], [])])
    assert (report.digits, report.found, report.mean_iou) == (0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("other", "expected"), [([0, 0, 4, 4], 1.0), ([0, 2, 4, 6], 1 / 3), ([4, 4, 8, 8], 0.0), ([2, 2, 2, 2], 0.0)]
)
def test_overlap_is_intersection_over_union(demo: Any, other: list[int], expected: float) -> None:
    assert demo("evaluate").overlap([0, 0, 4, 4], other) == pytest.approx(expected)


@pytest.mark.proves("cli.demo-pictures")
def test_pictures_are_written_with_their_truth(demo: Any, tmp_path: Path) -> None:
    demo("make_pictures").make_pictures(tmp_path, 4, 1)
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert sorted(truth) == [f"digits-{number:02d}.png" for number in (1, 2, 3, 4)]
    for name, digits in truth.items():
        with Image.open(tmp_path / name) as picture:
            width, height = picture.size
        assert all(0 <= d["box"][0] < d["box"][2] <= height for d in digits)
        assert all(0 <= d["box"][1] < d["box"][3] <= width for d in digits)
        assert all(d["label"] in "0123456789" for d in digits)


def test_the_same_seed_writes_the_same_pictures(demo: Any, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        demo("make_pictures").make_pictures(tmp_path / folder, 2, 7)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_service_is_measured_with_the_standard_library_alone(tmp_path: Path, service: str) -> None:
    (tmp_path / "a.png").write_bytes(b"the picture")
    truth = {"a.png": [{"label": "4", "box": [0, 0, 10, 10]}, {"label": "5", "box": [20, 20, 30, 30]}]}
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    command = [sys.executable, "-I", "-S", str(DEMO / "evaluate.py"), str(tmp_path), "--url", service, "--token", "t"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert report["found_and_named"] == 0.5
    assert Service.asked == [("/predict", "token t", b"the picture")]
