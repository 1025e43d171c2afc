"""Variance of the likelihood-ratio gradient of the 784-200-784 belief net from replicates of a whole batch, as one loops in PyTorch.
Arguments: threads, replicates, a file of float32 numbers (batch 100 x 784, encoder 784 x 200, decoder 200 x 784; all else is zero).
Prints one line of JSON: the mean variance of the encoder's weights, its standard error from 20 blocks, and the seconds."""
import json, sys, time

import torch
from torch.nn import functional as F

threads, replicates, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(threads)
torch.manual_seed(0)
numbers = torch.frombuffer(bytearray(open(path, "rb").read()), dtype=torch.float32)
x, encoder, decoder = (part.reshape(shape).clone() for part, shape in zip(
    numbers.split([100 * 784, 784 * 200, 200 * 784]), [(100, 784), (784, 200), (200, 784)]))
parameters = [p.requires_grad_() for p in (encoder, torch.zeros(200), torch.zeros(200), decoder, torch.zeros(784))]


def log_bernoulli(logits, x):
    return -F.binary_cross_entropy_with_logits(logits.expand_as(x), x, reduction="none").sum(-1)


def gradient():
    encoder, bias, prior, decoder, decoder_bias = parameters
    a = x @ encoder + bias
    h = torch.bernoulli(torch.sigmoid(a)).detach()
    log_q = log_bernoulli(a, h)
    log_p = log_bernoulli(h @ decoder + decoder_bias, x) + log_bernoulli(prior, h)
    loss = -(log_p + (log_p - log_q).detach() * log_q).mean()
    return torch.autograd.grad(loss, parameters)


def block(size):
    """Means and sums of squared deviations of some replicates, one at a time (Welford)."""
    mean = [torch.zeros_like(p) for p in parameters]
    squares = [torch.zeros_like(p) for p in parameters]
    for k in range(1, size + 1):
        for g, m, s in zip(gradient(), mean, squares):
            d = g - m
            m.add_(d, alpha=1 / k)
            s.addcmul_(d, g - m)
    return [s / (size - 1) for s in squares]


gradient()
began, cpu = time.perf_counter(), time.process_time()
blocks = torch.tensor([block(replicates // 20)[0].double().mean() for _ in range(20)])
print(json.dumps({
    "value": float(blocks.mean()), "standardError": float(blocks.std() / 20**0.5),
    "seconds": time.perf_counter() - began, "cpuSeconds": time.process_time() - cpu}))
