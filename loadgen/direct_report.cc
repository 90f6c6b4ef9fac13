#include "loadgen/direct_report.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace chat::loadgen {
namespace {

double ToMs(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::string LatencyLine(const char* what, const Histogram& latency) {
  return fmt::format("{:<15} p50 {:.3f} ms, p90 {:.3f} ms, p99 {:.3f} ms, max {:.3f} ms, of {}\n",
                     what, ToMs(latency.Quantile(0.5)), ToMs(latency.Quantile(0.9)),
                     ToMs(latency.Quantile(0.99)), ToMs(latency.max()), latency.count());
}

std::string LatencyJson(const Histogram& latency) {
  return fmt::format(
      R"({{"count":{},"p50_ms":{:.4f},"p90_ms":{:.4f},"p99_ms":{:.4f},"max_ms":{:.4f}}})",
      latency.count(), ToMs(latency.Quantile(0.5)), ToMs(latency.Quantile(0.9)),
      ToMs(latency.Quantile(0.99)), ToMs(latency.max()));
}

double PerSecond(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string LoopText(const DirectReport& report) {
  return report.rate > 0 ? fmt::format("open loop, {} sends a second in all", report.rate)
                         : fmt::format("closed loop, {} in flight a sender", report.in_flight);
}

// Of a process: letters, digits and what else the system lets in, but nothing that JSON escapes.
std::string Printable(std::string name) {
  std::erase_if(name, [](char c) { return c < ' ' || c == '"' || c == '\\' || c > '~'; });
  return name;
}

}  // namespace

double DirectReport::cpu_seconds() const {
  double sum = 0;
  for (const ProcessUse& process : processes) sum += process.cpu_seconds;
  return sum;
}

double DirectReport::cpu_us_per_message() const {
  return acks == 0 ? 0 : cpu_seconds() * 1e6 / static_cast<double>(acks);
}

std::string ToText(const DirectReport& report) {
  std::string text = fmt::format("{} pairs on {} servers, {}; {:.2f} s measured\n", report.pairs,
                                 report.servers, LoopText(report), report.seconds);
  text += fmt::format("sends {}, acks {} ({:.0f}/s), delivered {} ({:.0f}/s)\n", report.sends,
                      report.acks, PerSecond(report.acks, report.seconds), report.seen,
                      PerSecond(report.seen, report.seconds));
  text += LatencyLine("send to ack", report.latencies.to_ack);
  text += LatencyLine("send to visible", report.latencies.to_seen);
  for (const ProcessUse& process : report.processes) {
    text += fmt::format(
        "CPU of {} ({}) and its children: {:.2f} s, {:.1f} us a message\n", process.pid,
        process.name, process.cpu_seconds,
        report.acks == 0 ? 0.0 : process.cpu_seconds * 1e6 / static_cast<double>(report.acks));
  }
  text +=
      fmt::format("CPU in all: {:.2f} s, {:.1f} us a message; of the generator: {:.2f} s\n",
                  report.cpu_seconds(), report.cpu_us_per_message(), report.generator_cpu_seconds);
  text += fmt::format("refused {}, violations {}\n", report.refused, report.violations);
  for (const std::string& violation : report.first_violations) text += violation + '\n';
  return text;
}

std::string ToJsonText(const DirectReport& report) {
  std::string json = fmt::format(
      R"({{"servers":{},"pairs":{},"in_flight":{},"rate":{},"seconds":{:.4f},"sends":{},"acks":{},)"
      R"("seen":{},"acks_per_second":{:.1f},"seen_per_second":{:.1f},)",
      report.servers, report.pairs, report.in_flight, report.rate, report.seconds, report.sends,
      report.acks, report.seen, PerSecond(report.acks, report.seconds),
      PerSecond(report.seen, report.seconds));
  json += R"("to_ack":)" + LatencyJson(report.latencies.to_ack);
  json += R"(,"to_visible":)" + LatencyJson(report.latencies.to_seen);
  json += R"(,"processes":[)";
  for (const ProcessUse& process : report.processes) {
    if (json.back() == '}') json += ',';
    json += fmt::format(R"({{"pid":{},"name":"{}","cpu_seconds":{:.3f}}})", process.pid,
                        Printable(process.name), process.cpu_seconds);
  }
  json += fmt::format(
      R"(],"cpu_seconds":{:.3f},"cpu_us_per_message":{:.2f},"generator_cpu_seconds":{:.3f},)"
      R"("refused":{},"violations":{}}})",
      report.cpu_seconds(), report.cpu_us_per_message(), report.generator_cpu_seconds,
      report.refused, report.violations);
  return json + '\n';
}

}  // namespace chat::loadgen
