// A contestant of the lab on Boost.Beast, synchronous. Usage: beast count|latency|send|echo ADDRESS PORT PATH WARMUP SECONDS. Ends with one line of JSON.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/version.hpp>
#include <sys/resource.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = boost::asio::ip::tcp;

static const double points[] = {1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99};
static const long long stamp_base = 4000000000000000LL;

static long long now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static double cpu_seconds() {
    rusage use;
    getrusage(RUSAGE_SELF, &use);
    return use.ru_utime.tv_sec + use.ru_stime.tv_sec + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char** argv) {
    if (argc != 7) return 2;
    const std::string job = argv[1];
    const long long warm_up = static_cast<long long>(std::stod(argv[5]) * 1e9);
    const long long seconds = static_cast<long long>(std::stod(argv[6]) * 1e9);
    try {
        boost::asio::io_context context;
        websocket::stream<tcp::socket> socket(context);
        socket.next_layer().connect({boost::asio::ip::make_address(argv[2]), static_cast<unsigned short>(std::stoi(argv[3]))});
        socket.next_layer().set_option(tcp::no_delay(true));
        socket.read_message_max(64 * 1024 * 1024);
        socket.handshake("localhost", argv[4]);
        socket.text(true);
        const std::string payload(100, 'x');
        beast::flat_buffer buffer(256 * 1024);
        std::vector<long long> latencies;
        latencies.reserve(4 * 1024 * 1024);
        long long messages = 0, begun = 0, first = 0;
        double cpu = 0;
        const long long start = now();
        const bool timed = job == "latency" || job == "echo";
        long long before = start;
        for (;;) {
            // Asking for the time costs a tenth of a message: who only counts asks every 64.
            if (timed || messages % 64 == 0) before = now();
            if (job == "send" || job == "echo") socket.write(boost::asio::buffer(payload));
            if (job != "send") {
                buffer.clear();
                socket.read(buffer);
            }
            ++messages;
            if (begun != 0 && timed) {
                long long sent = before;
                if (job == "latency") {
                    sent = -stamp_base;
                    long long stamp = 0;
                    const char* digits = static_cast<const char*>(buffer.data().data()) + 5;
                    for (int i = 0; i < 16; ++i) stamp = stamp * 10 + (digits[i] - '0');
                    sent += stamp;
                }
                latencies.push_back(now() - sent);
            }
            if (before - start < warm_up) continue;
            if (begun == 0) {
                begun = now();
                first = messages;
                cpu = cpu_seconds();
            }
            if (before - begun >= seconds) break;
        }
        const double elapsed = (now() - begun) / 1e9;
        cpu = cpu_seconds() - cpu;
        std::sort(latencies.begin(), latencies.end());
        std::printf("{\"messages\":%lld,\"seconds\":%.9f,\"cpuSeconds\":%.9f,\"allocatedBytes\":null,", messages - first, elapsed, cpu);
        if (!latencies.empty()) {
            std::printf("\"percentiles\":[");
            for (std::size_t i = 0; i < sizeof points / sizeof *points; ++i) {
                const std::size_t rank = static_cast<std::size_t>(std::ceil(latencies.size() * points[i] / 100));
                std::printf("%s%lld", i == 0 ? "" : ",", latencies[std::min(latencies.size(), std::max<std::size_t>(rank, 1)) - 1]);
            }
            std::printf("],");
        }
        std::printf("\"version\":\"Boost.Beast %d.%d\"}\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000);
        std::fflush(stdout);
        std::_Exit(0);
    } catch (const std::exception& e) {
        std::cerr << e.what() << std::endl;
        return 1;
    }
}
