"""Many threads at once: the GIL is released around the work, and a shared miner takes turns."""

import threading
import time

import numpy as np
from scene import scene

import ohem


def test_threads_share_arrays_and_a_miner():
    boxes, images, labels, losses = scene(2000)
    want, miner, wrong = ohem.mine(boxes, losses, labels, images).tolist(), ohem.Miner(), []

    def work():
        for _ in range(50):
            for hard in (ohem.mine(boxes, losses, labels, images), miner(boxes, losses, labels, images)):
                if hard.tolist() != want:
                    wrong.append(hard)
            assert miner.last.selected == 128

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong and not any(thread.is_alive() for thread in threads)


def test_the_gil_is_released():
    boxes, *_ = scene(3000, images=1)
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1
            time.sleep(0)

    thread = threading.Thread(target=count)
    thread.start()
    before = counted[0]
    for _ in range(3):
        ohem.box_iou(np.repeat(boxes, 2, 0), boxes)  # 18 million pairs, about 50 ms
    during = counted[0] - before
    done.set()
    thread.join()
    assert during > 10, "the other thread ran meanwhile"
