// A bare event loop over std::priority_queue, as fast as a peer can be that models nothing but the workload.
// Usage: loop forkjoin WORKFLOWS | loop keepalive CALLS RATE. Prints units, seconds, mean and P95 of latency (s), MiB.
#include <sys/resource.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <queue>
#include <random>
#include <vector>

static std::mt19937_64 generator(1);
static double exponential(double mean) {
  return -std::log(((generator() >> 11) + 0.5) / 9007199254740992.0) * mean;
}

struct Event {
  double time;
  uint64_t sequence;
  uint32_t subject;
  bool operator<(const Event& other) const {
    return time > other.time || (time == other.time && sequence > other.sequence);
  }
};
static std::priority_queue<Event> events;
static uint64_t sequence = 0;
static void at(double time, uint32_t subject) { events.push({time, sequence++, subject}); }
static const uint32_t ARRIVAL = 0xffffffff;

static std::vector<double> forkJoin(uint32_t workflows) {
  const int stages = 3, workers = 16;
  std::vector<uint8_t> stage(workflows), left(workflows);
  std::vector<double> start(workflows), latency(workflows);
  uint32_t next = 0;
  at(exponential(0.1), ARRIVAL);
  while (!events.empty()) {
    const Event event = events.top();
    events.pop();
    uint32_t w = event.subject;
    if (w == ARRIVAL) {
      w = next++;
      start[w] = event.time;
      if (next < workflows) at(event.time + exponential(0.1), ARRIVAL);
    } else if (--left[w] > 0) {
      continue;
    } else if (++stage[w] == stages) {
      latency[w] = event.time - start[w];
      continue;
    }
    left[w] = workers;
    for (int i = 0; i < workers; i++) at(event.time + exponential(1), w);
  }
  return latency;
}

// Newest idle VM first; the oldest expire from the other end.
static std::vector<double> keepAlive(uint32_t calls, double rate) {
  const double warm = 1.991, cold = 2.244, keep = 600;
  std::vector<double> latency;
  std::deque<double> idle;
  at(exponential(1 / rate), ARRIVAL);
  while (!events.empty()) {
    const Event event = events.top();
    events.pop();
    while (!idle.empty() && idle.front() < event.time) idle.pop_front();
    if (event.subject != ARRIVAL) {
      idle.push_back(event.time + keep);
      continue;
    }
    const bool isCold = idle.empty();
    if (!isCold) idle.pop_back();
    const double service = exponential(isCold ? cold : warm);
    latency.push_back(service);
    at(event.time + service, 0);
    if (latency.size() < calls) at(event.time + exponential(1 / rate), ARRIVAL);
  }
  return latency;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const uint32_t n = std::strtoul(argv[2], nullptr, 10);
  const auto begin = std::chrono::steady_clock::now();
  const bool forks = !std::strcmp(argv[1], "forkjoin");
  std::vector<double> latency = forks ? forkJoin(n) : keepAlive(n, std::atof(argv[3]));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  double sum = 0;
  for (double one : latency) sum += one;
  std::sort(latency.begin(), latency.end());
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  std::printf("{\"units\":%llu,\"seconds\":%.6f,\"mean\":%.4f,\"p95\":%.4f,\"peakMib\":%.1f}\n",
              (unsigned long long)n * (forks ? 49 : 1), seconds.count(), sum / n,
              latency[(size_t)(0.95 * n)], used.ru_maxrss / 1024.0);
}
