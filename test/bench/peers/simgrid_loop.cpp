// SimGrid on the fork-join workload, in the style that suits it best: an activity a worker, over 1,000 hosts.
// Usage: simgrid_loop forkjoin WORKFLOWS
#include <simgrid/s4u.hpp>
#include <simgrid/version.h>
#include <sys/resource.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>
namespace sg4 = simgrid::s4u;

static std::mt19937_64 generator(1);
static double exponential(double mean) { return std::exponential_distribution<double>(1 / mean)(generator); }
static std::vector<double> latency;
static std::vector<sg4::Host*> hosts;
static size_t turn = 0;

static void workflow() {
  const double start = sg4::Engine::get_clock();
  for (int stage = 0; stage < 3; stage++) {
    std::vector<sg4::ExecPtr> workers;
    for (int i = 0; i < 16; i++) {
      auto worker = sg4::this_actor::exec_init(exponential(1) * 1e9);
      worker->set_host(hosts[turn++ % hosts.size()]);
      worker->start();
      workers.push_back(worker);
    }
    for (auto& worker : workers) worker->wait();
  }
  latency.push_back(sg4::Engine::get_clock() - start);
}

int main(int argc, char** argv) {
  sg4::Engine engine(&argc, argv);
  const int workflows = atoi(argv[2]);
#if SIMGRID_VERSION_MAJOR >= 4
  auto* zone = engine.get_netzone_root();
  for (int i = 0; i < 1000; i++)
    hosts.push_back(zone->add_host("h" + std::to_string(i), 1e9)->set_core_count(100000));
#else
  auto* zone = sg4::create_full_zone("zone");
  for (int i = 0; i < 1000; i++)
    hosts.push_back(zone->create_host("h" + std::to_string(i), 1e9)->set_core_count(100000)->seal());
#endif
  zone->seal();
  sg4::Actor::create("arrivals", hosts[0], [workflows] {
    for (int i = 0; i < workflows; i++) {
      sg4::this_actor::sleep_for(exponential(0.1));
      sg4::Actor::create("workflow", hosts[turn++ % hosts.size()], workflow);
    }
  });
  const auto begin = std::chrono::steady_clock::now();
  engine.run();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  double sum = 0;
  for (double one : latency) sum += one;
  std::sort(latency.begin(), latency.end());
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  std::printf("{\"units\":%d,\"seconds\":%.6f,\"mean\":%.4f,\"p95\":%.4f,\"peakMib\":%.1f}\n", workflows * 49,
              seconds.count(), sum / workflows, latency[(size_t)(0.95 * workflows)], used.ru_maxrss / 1024.0);
}
