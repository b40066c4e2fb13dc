"""Teach a small U-Net to find and name handwritten digits in a picture.

    python train.py --epochs 10 --seed 1

As a job it also takes its parameters. Ctrl-C (or "Stop" in the panel) ends it well: the best model so far is kept.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read when torch is imported: leave waiting cores to others

print("Loading PyTorch …", flush=True)

import choices
import crispdm
import evaluate
import numpy as np
import scenes
import torch
from crispdm.algorithms import unet
from PIL import Image
from torch import Tensor
from torch.nn import functional

TRAINING = scenes.Layout(size=(96, 96), count=(4, 9), height=(14, 36))
TOO_LARGE = scenes.Layout(size=(96, 96), count=(1, 3), height=(48, 88))
TOO_SMALL = scenes.Layout(size=(96, 96), count=(4, 12), height=(6, 10))
HELD_OUT = scenes.Layout(size=(160, 160), count=(4, 10), height=(16, 56))


class Stop:
    """Remembers that somebody asked the run to end."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True


def batches(digits: scenes.Digits, size: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Compose new scenes for ever; one in eight has digits of a size that the network should leave alone."""
    usual = scenes.scenes(digits, seed, TRAINING)
    odd = [scenes.scenes(digits, seed, layout) for layout in (TOO_LARGE, TOO_SMALL)]
    while True:
        yield tensors([next(odd[index // 8 % 2] if index % 8 == 0 else usual) for index in range(size)])


def ahead(composed: Iterator[tuple[Tensor, Tensor]]) -> Iterator[tuple[Tensor, Tensor]]:
    """Compose the next batch while the network learns from this one."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, composed)
        while True:
            batch = coming.result()
            coming = pool.submit(next, composed)
            yield batch


def tensors(composed: Sequence[scenes.Scene]) -> tuple[Tensor, Tensor]:
    """Stack scenes to what the network takes and what it should answer."""
    images = torch.from_numpy(np.stack([scene.image for scene in composed])).permute(0, 3, 1, 2)
    truth = [unet.encode(scene.masks, scene.boxes, scene.labels) for scene in composed]
    return images.float() / 255, torch.from_numpy(np.stack(truth))


def loss_of(output: Tensor, truth: Tensor) -> Tensor:
    """Add up three mistakes: what is ink, which digit it belongs to, and where the middle of that digit is."""
    classes, ways = truth[:, 0].long(), truth[:, 1:]
    inked = classes > 0
    ink = functional.binary_cross_entropy_with_logits(-output[:, 0], inked.float())
    name = functional.cross_entropy(output[:, 1:-2].permute(0, 2, 3, 1)[inked], classes[inked] - 1)
    way = ((output[:, -2:] - ways).abs() * inked[:, None]).sum() / inked.sum()
    return ink + name + way


@torch.no_grad()
def validate(network: unet.UNet, held_out: Sequence[scenes.Scene]) -> tuple[float, evaluate.Report]:
    """Return loss and report on held-out scenes."""
    report = measure(unet.Predictor(network, scenes.CLASSES), held_out)
    images, truth = tensors(held_out)
    loss = float(loss_of(network(images), truth))
    network.train()
    return loss, report


def measure(predictor: unet.Predictor, held_out: Sequence[scenes.Scene]) -> evaluate.Report:
    """Compare what is predicted with what was written."""
    answers = predictor.predict([scene.image for scene in held_out], {})
    found = [evaluate.digits_of(answer["results"]) for answer in answers]
    return evaluate.measure((truth_of(scene), digits) for scene, digits in zip(held_out, found, strict=True))


def truth_of(scene: scenes.Scene) -> list[evaluate.Digit]:
    """Return the digits of a scene as the measurement wants them."""
    pairs = zip(scene.labels, scene.boxes.tolist(), strict=True)
    return [evaluate.Digit(str(label), box) for label, box in pairs]


def train(given: argparse.Namespace, stop: Stop, checkpoint: Path) -> bool:
    """Train, keep the weights of the best epoch, and say whether there are any."""
    network = unet.build(config_of(given)).train()
    steps = given.epochs * given.steps
    optimizer = torch.optim.AdamW(network.parameters(), lr=given.lr, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, given.lr, total_steps=steps, pct_start=0.15)
    composed = ahead(batches(scenes.split("train"), given.batch, given.seed))
    print(f"Writing digits on {given.held_out} held-out scenes …", flush=True)
    held_out = list(islice(scenes.scenes(scenes.split("validation"), given.seed, HELD_OUT), given.held_out))
    print(f"Training for {given.epochs} epochs of {given.steps} steps, {given.batch} scenes each.", flush=True)
    best, began = -1.0, time.monotonic()
    for step in range(1, steps + 1):
        loss = learn(network, optimizer, *next(composed))
        print(f"step {step} of {steps}: loss {loss:.3f}, {(time.monotonic() - began) / step:.2f} s a step", flush=True)
        crispdm.log({"loss": loss, "learning_rate": schedule.get_last_lr()[0]}, step=step)
        schedule.step()
        crispdm.progress(step, steps, f"epoch {(step - 1) // given.steps + 1} of {given.epochs}")
        if step % given.steps == 0:
            score = end_epoch(network, held_out, step, f"epoch {step // given.steps}: loss {loss:.3f}")
            if score > best:
                best = score
                torch.save(network.state_dict(), checkpoint)
        if stop.asked:
            print(f"Stopped after step {step} of {steps}.", flush=True)
            break
    return best >= 0


def learn(network: unet.UNet, optimizer: torch.optim.Optimizer, images: Tensor, truth: Tensor) -> float:
    """Take one step and return the loss."""
    loss = loss_of(network(images), truth)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def end_epoch(network: unet.UNet, held_out: Sequence[scenes.Scene], step: int, line: str) -> float:
    """Measure on held-out scenes, log it, and return what the best epoch is chosen by."""
    loss, report = validate(network, held_out)
    by_class = {f"accuracy/{name}": share for name, share in report.by_class.items()}
    crispdm.log(
        {"val_loss": loss, "val_iou": report.mean_iou, "val_accuracy": report.found_and_named, **by_class}, step=step
    )
    print(
        f"{line}, held out: loss {loss:.3f}, IoU {report.mean_iou:.3f}, accuracy {report.found_and_named:.3f}",
        flush=True,
    )
    return report.found_and_named


def finish(given: argparse.Namespace, folder: Path, checkpoint: Path) -> None:
    """Measure the best model on digits that played no part so far, draw a preview, hand the model over."""
    predictor = unet.load(checkpoint, {"config": config_of(given)})
    test = list(islice(scenes.scenes(scenes.split("test"), given.seed, HELD_OUT), given.held_out))
    report = measure(predictor, test)
    print(
        f"Test: {report.found_and_named:.1%} of {report.digits} digits found and named, mean IoU {report.mean_iou:.3f}"
    )
    crispdm.artifact(preview(predictor, test[:6], folder / "preview.png"))
    crispdm.model(
        checkpoint,
        name="unet_digits",
        format="torch",
        task="segmentation",
        classes=scenes.CLASSES,
        algorithm="unet",
        dataset="digits",
        config=config_of(given),
        signature=predictor.signature,
        test=asdict(report),
    )


def preview(predictor: unet.Predictor, shown: Sequence[scenes.Scene], path: Path) -> Path:
    """Draw what is found in a few scenes, three in a row; what would be left over of a row is not drawn."""
    whole = shown[: len(shown) // 3 * 3] or shown
    drawn = [answer["image"] for answer in predictor.predict([scene.image for scene in whole], {})]
    rows = [np.hstack(drawn[start : start + 3]) for start in range(0, len(drawn), 3)]
    sheet = Image.fromarray(np.vstack(rows))
    sheet.resize((sheet.width * 2, sheet.height * 2)).save(path)
    return path


def config_of(given: argparse.Namespace) -> dict[str, object]:
    """Return what the network is built from, here and where it is served."""
    return {"classes": scenes.CLASSES, "width": given.width}


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Teach a small U-Net to find and name handwritten digits.")
    add, within = parser.add_argument, choices.within
    add("--epochs", type=within(int, 1, 10_000), default=10)
    add("--steps", type=within(int, 1, 1_000_000), default=40, help="steps an epoch (default: %(default)s)")
    add("--batch", type=within(int, 2, 256), default=32, help="scenes a step (default: %(default)s)")
    add("--lr", type=within(float, 1e-6, 1), default=6e-3, help="highest learning rate (default: %(default)s)")
    add("--width", type=within(int, 4, 64), default=16, help="channels of the first level (default: %(default)s)")
    add("--held-out", type=within(int, 2, 500), default=60, help="held-out scenes (default: %(default)s)")
    add("--threads", type=within(int, 0, 256), default=0, help="CPU threads; 0: as many as torch likes")
    add("--seed", type=within(int, 0, 2**31), default=1)
    return choices.parse(parser, argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Train, measure, hand over."""
    given, stop, started = parse(argv), Stop(), time.monotonic()
    torch.manual_seed(given.seed)
    if given.threads:
        torch.set_num_threads(given.threads)
    crispdm.params(vars(given))
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder, "unet_digits.pt")
        if train(given, stop, checkpoint):
            finish(given, Path(folder), checkpoint)
        else:
            print("Stopped before the first epoch ended: there is no model to keep.")
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
