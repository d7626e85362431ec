"""What each process of `test_process_group` does, alone or by torchrun: FILE.py OUT.json.

Writes the gradients of both networks for the same rows, however many processes share them, and what
a table learned in passes comes to.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from tabgan.config import TrainingConfig
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import TableError
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import fit_plan, plan_fit
from tabgan.networks.condition import Condition
from tabgan.runtime.process_group import ProcessGroup, join_processes
from tabgan.schema import TableSchema
from tabgan.training.condition_sampler import ConditionSampler
from tabgan.training.gan_step import GANStep
from tabgan.training.optimizer import Adam

ROWS = 64  # of a batch, of all processes together
CONFIG = TrainingConfig(steps=30, hidden_dim=32, latent_dim=8, n_validations=1, refine_rounds=0)
CPU = torch.device("cpu")


def make_table(rows: int) -> pd.DataFrame:
    """Numbers with spikes, a category and gaps."""
    rng = np.random.default_rng(0)
    size = rng.normal(50, 10, rows).round(1)
    colour = np.where(size + rng.normal(0, 5, rows) > 50, "red", "blue")
    weight = np.where(rng.random(rows) < 0.2, np.nan, size * 2 + rng.normal(0, 3, rows))
    return pd.DataFrame({"size": size, "colour": colour, "weight": weight})


def find_gradients(processes: ProcessGroup) -> dict[str, list[float]]:
    """Take two steps of either network on this process's part of the same rows."""
    table, rng = make_table(500), np.random.default_rng(0)
    config = EncoderConfig(rng)
    encoder = TableEncoder.fit(table, TableSchema.infer(table), config, lambda done, total: None)
    sampler = ConditionSampler(encoder.encode(table, rng), encoder.layout, CONFIG, CPU)
    gan = GANStep(encoder.layout, sampler, CONFIG, 0, CPU, processes)
    random = torch.Generator().manual_seed(0)
    mine = torch.from_numpy(processes.shard(ROWS))
    found: dict[str, list[float]] = {}
    for move in range(2):
        whole = sampler.draw(ROWS, random)
        condition = Condition(whole.codes[mine], whole.scalars[mine], whole.known[mine])
        noise = gan.generator.draw_latent(ROWS, random)[mine]
        logits, densities = gan.ddp_generator(noise, condition)
        nll = gan.generator.nll(logits, densities, condition)
        minimize(gan.optimizers[1], nll)
        found[f"generator {move}"] = flatten(gan.generator)

        known = condition.known
        features = gan.critic.features
        real = features.encode_cells(condition.codes, condition.scalars)
        fake = torch.rand(ROWS, features.size, generator=random)[mine]

        def score(rows: Tensor, known: Tensor = known) -> Tensor:
            scores: Tensor = gan.critic(rows, known, ~known)
            return scores

        scores = gan.ddp_critic(torch.cat([real, fake]), known.repeat(2, 1), ~known.repeat(2, 1))
        penalty = gan.objective.penalty(score, real, fake, torch.zeros(len(mine), 1))
        minimize(gan.optimizers[0], gan.objective.critic_loss(*scores.chunk(2)) + penalty)
        found[f"critic {move}"] = flatten(gan.critic)
    return found


def minimize(optimizer: Adam, loss: Tensor) -> None:
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()


def flatten(network: torch.nn.Module) -> list[float]:
    """Give all of a network's gradients."""
    gradients = [
        weight.grad.flatten() for weight in network.parameters() if weight.grad is not None
    ]
    return [float(value) for value in torch.cat(gradients)]


def learn_in_passes(processes: ProcessGroup, folder: Path) -> dict[str, Any]:
    """Learn a file as if it did not fit into the memory."""
    plan = replace(plan_fit(folder / "table.csv", folder=folder), memory_limit=0)
    model = fit_plan(plan, FitRequest(CONFIG, "colour", seed=1, device="cpu", processes=processes))
    shares = [np.round(encoder.frequencies, 6).tolist() for encoder in model.encoder.encoders]  # type: ignore[attr-defined]
    return {"rows": model.card.rows, "shares": shares, "weights": hash_weights(model.generator)}


def hash_weights(network: torch.nn.Module) -> float:
    """Give a number that differs where any weight does."""
    return float(sum(weight.double().abs().sum() for weight in network.parameters()))


def main(out: Path) -> None:
    """Do all of it, and write what came of it beside the table."""
    with join_processes("cpu") as processes:
        said = ""
        try:
            processes.check_same_table(f"table {processes.rank}")
        except TableError as error:
            said = str(error)
        passes = learn_in_passes(processes, out.parent)
        found = {"gradients": find_gradients(processes), "passes": passes, "said": said}
    found["threads"] = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
    out.with_stem(f"{out.stem}{processes.rank}").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
