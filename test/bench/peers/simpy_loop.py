"""SimPy on the peers' workloads. Usage: simpy_loop.py forkjoin WORKFLOWS | keepalive CALLS RATE."""

import json
import random
import resource
import sys
import time

import simpy

exponential = random.Random(1).expovariate


def fork_join(env, workflows, latency):
    def workflow(start):
        for _ in range(3):
            yield env.all_of([env.timeout(exponential(1.0)) for _ in range(16)])
        latency.append(env.now - start)

    for _ in range(workflows):
        yield env.timeout(exponential(10.0))
        env.process(workflow(env.now))


def keep_alive(env, calls, rate, latency):
    idle = []  # expiry times, the newest last

    def call():
        cold = True
        while idle and cold:
            cold = idle.pop() < env.now
        if cold:
            idle.clear()
        service = exponential(1 / (2.244 if cold else 1.991))
        yield env.timeout(service)
        latency.append(service)
        idle.append(env.now + 600)

    for _ in range(calls):
        yield env.timeout(exponential(rate))
        env.process(call())


env, latency, n = simpy.Environment(), [], int(sys.argv[2])
forks = sys.argv[1] == "forkjoin"
env.process(fork_join(env, n, latency) if forks else keep_alive(env, n, float(sys.argv[3]), latency))
begin = time.perf_counter()
env.run()
seconds = time.perf_counter() - begin
latency.sort()
print(json.dumps({
    "units": n * (49 if forks else 1),
    "seconds": seconds,
    "mean": sum(latency) / n,
    "p95": latency[int(0.95 * n)],
    "peakMib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
