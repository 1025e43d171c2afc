"""Steps of the 784-200-784 belief net, batch 100, Adam, as one writes them in PyTorch. Reads lines "ESTIMATOR SECONDS" and answers each
with one line of JSON: least milliseconds of a step and processor milliseconds of an average one."""
import json, sys, time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)


def log_bernoulli(logits, x):
    return -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode, self.decode = nn.Linear(784, 200), nn.Linear(200, 784)
        self.prior = nn.Parameter(torch.zeros(200))
        self.baseline = nn.Sequential(nn.Linear(784, 100), nn.Tanh(), nn.Linear(100, 1))
        self.mean = self.variance = torch.zeros(())

    def joint(self, x, h):
        logits = self.decode(h)
        return log_bernoulli(logits, x) + log_bernoulli(self.prior.expand_as(h), h)

    def draw(self, x, *samples):
        a = self.encode(x)
        h = torch.bernoulli(torch.sigmoid(a).expand(*samples, *a.shape)).detach()
        return a, h, log_bernoulli(a.expand_as(h), h), self.joint(x, h)

    def centred(self, signal, scale):
        with torch.no_grad():
            result = signal - self.mean
            if scale:
                result = result / self.variance.sqrt().clamp(min=1)
            self.mean = 0.8 * self.mean + 0.2 * signal.mean()
            self.variance = 0.8 * self.variance + 0.2 * signal.var(correction=0)
            return result


def lr(net, x):
    _, _, log_q, log_p = net.draw(x)
    return -(log_p + (log_p - log_q).detach() * log_q).mean()


def nvil(net, x):
    _, _, log_q, log_p = net.draw(x)
    bound = (log_p - log_q).detach()
    b = net.baseline(x).squeeze(-1)
    signal = net.centred((bound - b).detach(), True)
    return (-(log_p + signal * log_q) + (bound - net.mean - b) ** 2).mean()


def muprop(net, x):
    a, h, log_q, log_p = net.draw(x)
    mean = torch.sigmoid(a)
    at = mean.detach().requires_grad_()
    trunk = net.joint(x, at) - log_bernoulli(a.detach(), at)
    (slope,) = torch.autograd.grad(trunk.sum(), at)
    linear = trunk.detach() + (slope * (h - at.detach())).sum(-1)
    signal = net.centred((log_p - log_q).detach() - linear, False)
    return -(log_p + signal * log_q + (slope * mean).sum(-1)).mean()


def vimco(net, x, K=5):
    _, _, log_q, log_p = net.draw(x, K)
    log_w = log_p - log_q
    with torch.no_grad():
        swapped = log_w.expand(K, K, -1).clone()
        swapped.diagonal(dim1=0, dim2=1).copy_(((log_w.sum(0) - log_w) / (K - 1)).T)
        signal = torch.logsumexp(log_w, 0) - torch.logsumexp(swapped, 1)
        weight = torch.softmax(log_w, 0)
    return -(signal * log_q + weight * log_w).sum(0).mean()


def rebar(net, x, temperature=0.5, eta=1.0):
    """Temperature and weight of the control variate stay as they are."""
    a, (u, v) = net.encode(x), torch.rand(2, len(x), 200).clamp(1e-6, 1 - 1e-6)
    p = torch.sigmoid(a)
    free = a + torch.logit(u)
    h = (free > 0).float()
    given = a + torch.logit(torch.where(h > 0, v * p + 1 - p, v * (1 - p)).clamp(1e-6, 1 - 1e-6))
    log_q, log_p = log_bernoulli(a, h), net.joint(x, h)
    frozen = {name: parameter.detach() for name, parameter in net.named_parameters()}

    def cost(relaxed):  # no gradient towards the parameters
        logits = F.linear(relaxed, frozen["decode.weight"], frozen["decode.bias"])
        log_joint = log_bernoulli(logits, x) + log_bernoulli(frozen["prior"].expand_as(relaxed), relaxed)
        return log_joint - log_bernoulli(a.detach(), relaxed)

    at_free, at_given = (cost(torch.sigmoid(z / temperature)) for z in (free, given))
    signal = (log_p - log_q).detach() - eta * at_given.detach()
    return -(log_p + signal * log_q + eta * (at_free - at_given)).mean()


estimators = {"rebar(learn=no)": rebar, "lr": lr, "lr-c-vn-idb": nvil, "muprop-c": muprop, "vimco": vimco}
batches = [torch.bernoulli(torch.full((100, 784), 0.13)) for _ in range(20)]
trainees = {}


def step(name, i):
    if name not in trainees:
        net = Net()
        used = [p for n, p in net.named_parameters() if name == "lr-c-vn-idb" or not n.startswith("baseline")]
        trainees[name] = net, torch.optim.Adam(used, lr=3e-4)
        for warm in range(30):
            step(name, warm)
    net, optimizer = trainees[name]
    optimizer.zero_grad()
    estimators[name](net, batches[i % len(batches)]).backward()
    optimizer.step()


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    name, seconds = line.split()
    step(name, 0)
    least, count, began, cpu = float("inf"), 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < float(seconds):
        start = time.perf_counter()
        step(name, count)
        least = min(least, time.perf_counter() - start)
        count += 1
    print(json.dumps({"leastMs": 1e3 * least, "cpuMs": 1e3 * (time.process_time() - cpu) / count}), flush=True)
