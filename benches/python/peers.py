"""Compares ohem with what Python people use: answers first, then CPU time of the process, interleaved.

peers.py OURS FOLDER RESULT: OURS is the program that writes the inputs into FOLDER and does ohem's jobs.
PEERS_QUICK=1 measures less; PEERS_ALL=1 waits for every peer, however long it takes.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
import torchvision

import by_hand

BATCH, THRESHOLD, WIDTH = 128, 0.7, 84
QUICK, ALL = (os.environ.get(name, "0") != "0" for name in ("PEERS_QUICK", "PEERS_ALL"))
BUDGET = 0.5 if QUICK else 3.0  # seconds a case
SLOW = 2.0  # a peer that takes longer for one run, in seconds, is run once
LEFT_OUT = float("inf") if ALL else 10.0  # a peer that takes longer has no row


class Ours:
    """Ohem, in a separate process."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.cases = []
        while line := self.process.stdout.readline().strip():
            self.cases.append(json.loads(line))

    def run(self, case, repeats):
        """Nanoseconds of CPU time, and the selection."""
        print(case, repeats, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return answer["ns"], np.array(answer["selected"], np.int64)


class Input:
    """The columns of a case, in every form that a peer wants; making these is not timed."""

    def __init__(self, folder, case):
        read = lambda name, dtype: np.fromfile(f"{folder}/{case}.{name}", dtype)
        self.boxes = read("boxes.f32", "<f4").reshape(-1, 4)
        self.losses = read("losses.f32", "<f4")
        self.images, self.labels = read("images.u32", "<u4"), read("labels.u32", "<u4")
        self.groups = self.images.astype(np.int64) * 1000 + self.labels
        _, self.dense = np.unique(self.groups, return_inverse=True)
        self.torch = [torch.from_numpy(column) for column in (self.boxes, self.losses, self.groups)]
        corners, sides = self.boxes[:, :2], self.boxes[:, 2:] - self.boxes[:, :2]
        self.xywh = np.hstack([corners, sides]).astype(np.float64)
        self.yxyx = np.ascontiguousarray(self.boxes[:, [1, 0, 3, 2]])


def suppression_session():
    """A graph of nothing but ONNX's NonMaxSuppression, on one thread."""
    value = onnx.helper.make_tensor_value_info
    floats, wholes = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
    inputs = [
        value("boxes", floats, [None, None, 4]),
        value("scores", floats, [None, None, None]),
        value("most", wholes, [1]),
        value("iou", floats, [1]),
        value("score", floats, [1]),
    ]
    node = onnx.helper.make_node("NonMaxSuppression", [i.name for i in inputs], ["selected"])
    graph = onnx.helper.make_graph([node], "nms", inputs, [value("selected", wholes, [None, 3])])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 11)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


SESSION = suppression_session()


def onnx_nms(boxes, scores, most):
    """Rows of (batch, class, index)."""
    feeds = {
        "boxes": boxes,
        "scores": scores,
        "most": np.array([most]),
        "iou": np.array([THRESHOLD], np.float32),
        "score": np.array([-0.5], np.float32),
    }
    return SESSION.run(None, feeds)[0]


def mining(data, tables):
    """Peers that select 128 RoIs and gather the rows of three tables for them."""
    tensors, threshold = [torch.from_numpy(table) for table in tables], np.float32(THRESHOLD)
    boxes, losses, groups = data.torch
    images, labels = int(data.images.max()) + 1, int(data.labels.max()) + 1
    n = len(data.losses) // images  # all images have as many RoIs, one image after the other
    per_image = data.yxyx.reshape(images, n, 4)

    def with_torchvision():
        kept = torchvision.ops.batched_nms(boxes, losses, groups, THRESHOLD)
        selected = kept[torch.topk(losses[kept], min(BATCH, len(kept))).indices]
        return selected.numpy(), [table[selected] for table in tensors]

    def with_onnxruntime():
        scores = np.full((images, labels, n), -1, np.float32)
        scores[data.images, data.labels, np.arange(len(data.losses)) % n] = data.losses
        kept = onnx_nms(per_image, scores, BATCH)
        kept = kept[:, 0] * n + kept[:, 2]
        selected = kept[np.argsort(-data.losses[kept], kind="stable")[:BATCH]]
        return selected, [table[selected] for table in tables]

    def with_opencv():
        kept = cv2.dnn.NMSBoxesBatched(data.xywh, data.losses, data.dense, 0.0, THRESHOLD)
        selected = np.asarray(kept)[np.argsort(-data.losses[kept], kind="stable")[:BATCH]]
        return selected, [table[selected] for table in tables]

    def with_numba():
        selected = by_hand.mine(data.boxes, data.groups, data.losses, BATCH, threshold)
        return selected, [by_hand.gather(selected, table) for table in tables]

    return {
        "numba, early exit": with_numba,
        "onnxruntime NonMaxSuppression": with_onnxruntime,
        "torchvision batched_nms + topk": with_torchvision,
        "opencv NMSBoxesBatched": with_opencv,
    }


def suppressing(data):
    boxes, losses, _ = data.torch
    scores, n = data.losses.reshape(1, 1, -1), len(data.losses)
    return {
        "numba, columns": lambda: (by_hand.nms(data.boxes, data.losses, np.float32(THRESHOLD)),),
        "onnxruntime NonMaxSuppression": lambda: (onnx_nms(data.yxyx[None], scores, n)[:, 2],),
        "torchvision nms": lambda: (torchvision.ops.nms(boxes, losses, THRESHOLD).numpy(),),
        "opencv NMSBoxes": lambda: (np.asarray(cv2.dnn.NMSBoxes(data.xywh, data.losses, 0.0, THRESHOLD)),),
    }


def ranking(data):
    losses = data.torch[1]

    def with_numpy():
        found = np.argpartition(data.losses, -BATCH)[-BATCH:]
        return (found[np.argsort(-data.losses[found])],)

    return {
        "numba, rising cut": lambda: (by_hand.top_k(data.losses, BATCH),),
        "torch topk": lambda: (torch.topk(losses, BATCH).indices.numpy(),),
        "numpy argpartition": with_numpy,
    }


def overlapping(data):
    boxes, digests = data.torch[0], []

    def with_torchvision():
        overlaps = torchvision.ops.box_iou(boxes, boxes)
        if not digests:  # once: the sum of all bits stands for the answer
            digests.append(overlaps.numpy().view(np.uint32).sum(dtype=np.uint32))
        return np.array(digests), overlaps

    return {"torchvision box_iou": with_torchvision}


def timed(work, repeats):
    start = time.process_time_ns()
    for _ in range(repeats):
        work()
    return (time.process_time_ns() - start) / repeats


def timed_once(work):
    start = time.process_time_ns()
    answer = work()
    return time.process_time_ns() - start, answer


def compared(ours, theirs):
    """Whether the selection is the same, and if not, how it differs."""
    if np.array_equal(ours, theirs):
        return "same"
    others = len(np.setxor1d(ours, theirs))
    return "same, ties in another order" if others == 0 else f"{others} of {len(ours)} are others"


def contest(ours, case, peers):
    """Compares answers, then times everyone in turn; returns a row a peer."""
    number = case["case"]
    _, wanted = ours.run(number, 1)
    answers, repeats, times = {}, {}, {"ohem": []}
    for name, work in peers.items():
        first, _ = timed_once(work)  # compiles, grows memory
        if first > LEFT_OUT * 1e9 and not name.startswith("numba"):  # which compiles for long, the first time
            continue
        once, answer = timed_once(work)
        answers[name], times[name] = compared(wanted, answer[0]), [once]
        if once < SLOW * 1e9:
            repeats[name] = max(1, int(1e6 / max(once, 100)))
            times[name].clear()
    our_repeats = max(1, int(1e6 / max(ours.run(number, 3)[0], 100)))
    end = time.monotonic() + BUDGET
    while time.monotonic() < end or len(times["ohem"]) < 3:
        times["ohem"].append(ours.run(number, our_repeats)[0])
        for name, many in repeats.items():
            times[name].append(timed(peers[name], many))
    medians = {name: statistics.median(values) for name, values in times.items()}
    mine = medians.pop("ohem")
    about = {key: case[key] for key in ("job", "scene", "n", "tier")} | {"dtype": "f32"}
    return [
        about | {"peer": name, "ours_ns": mine, "peer_ns": ns, "ratio": ns / mine, "answer": answers[name]}
        for name, ns in medians.items()
    ]


def duration(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.3g} ns"


def main(program, folder, result):
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    ours, rows = Ours(program, folder), []
    makers = {"nms": suppressing, "top_k": ranking, "iou_matrix": overlapping}
    for case in ours.cases:
        if QUICK and case["n"] > 40_000:
            continue
        data = Input(folder, case["case"])
        if case["job"] == "mine":
            peers = mining(data, [np.full((case["n"], WIDTH), value, np.float32) for value in (1, 2, 3)])
        else:
            peers = makers[case["job"]](data)
        if case["n"] > 100_000 and not ALL:  # minutes
            peers.pop("opencv NMSBoxesBatched", None)
        found = contest(ours, case, peers)
        rows += found
        print(f"\n{case['job']} {case['n']:,}, {case['scene']}: ohem ({case['tier']}) {duration(found[0]['ours_ns'])}")
        for row in found:
            print(f"  {row['peer']:32}{duration(row['peer_ns']):>10}{row['ratio']:10.1f} x   {row['answer']}", flush=True)
    with open(result, "w") as file:
        json.dump(rows, file, indent=2)


if __name__ == "__main__":
    main(*sys.argv[1:])
