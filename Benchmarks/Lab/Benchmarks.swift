// What the laboratory costs. Names are the keys by which Benchmarks/Ratios finds the results.
import Benchmark
internal import Lab
internal import Linux
internal import Netlink
internal import Scenarios

/// Few and long enough: what is compared differs by factors, not by percents.
private func configuration(_ iterations: Int, scale: BenchmarkScalingFactor = .one) -> Benchmark.Configuration {
    // The exporter wants throughput besides.
    .init(
        metrics: [.wallClock, .throughput], warmupIterations: 1, scalingFactor: scale, maxDuration: .seconds(6),
        maxIterations: iterations)
}

let benchmarks: @Sendable () -> Void = {
    laboratories()
    lookingAtSockets()
    movingBytes()
    calling()
}

private func laboratories() {
    Benchmark("lab direct", configuration: configuration(100)) { _ in try Stage.lab(.direct).close() }
    Benchmark("lab relayed", configuration: configuration(100)) { _ in try Stage.lab(.relay).close() }
    // The part of a direct laboratory that ip can do: hosts, link, addresses, neighbours, and all of it away again.
    Benchmark("lab by ip", configuration: configuration(50)) { _ in
        let ip = try IPCommand()
        for name in ["bench-a", "bench-b"] { try ip.run("netns add \(name)") }
        try ip.run("link add veth0 netns bench-a address 02:00:00:00:00:01 type veth peer name veth0 netns bench-b")
        try ip.run("-n bench-b link set veth0 address 02:00:00:00:00:02")
        for (name, own, other, mac) in [("bench-a", 1, 2, "02"), ("bench-b", 2, 1, "01")] {
            try ip.run("-n \(name) link set lo up")
            try ip.run("-n \(name) link set veth0 up")
            try ip.run("-n \(name) address add 240.0.0.\(own)/30 dev veth0")
            try ip.run("-n \(name) neighbour add 240.0.0.\(other) lladdr 02:00:00:00:00:\(mac) dev veth0")
        }
        for name in ["bench-a", "bench-b"] { try ip.run("netns delete \(name)") }
    }
}

private func lookingAtSockets() {
    Benchmark("diag dump", configuration: configuration(50, scale: .kilo)) { benchmark in
        let lab = try Stage.lab(.direct)
        defer { lab.close() }
        let pair = try TCPPair(in: lab)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { Benchmark.blackHole(try lab.b.rows()) }
        benchmark.stopMeasurement()
        withExtendedLifetime(pair) {}
    }
    Benchmark("diag look-up", configuration: configuration(50, scale: .kilo)) { benchmark in
        let lab = try Stage.lab(.direct)
        defer { lab.close() }
        let pair = try TCPPair(in: lab)
        let diagnostics = try lab.b.namespace.inside { try SocketDiagnostics() }
        guard let row = try lab.b.rows().first(where: { $0.state == .ESTABLISHED }) else {
            throw ScenarioStop.harness("no connection to look up")
        }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            Benchmark.blackHole(try diagnostics.lookup(like: row, withInfo: false))
        }
        benchmark.stopMeasurement()
        withExtendedLifetime(pair) {}
    }
}

/// From A's send() to the return of B's recv(), over the relay and over a bare veth pair.
private func movingBytes() {
    for (name, size, scale) in [("byte", 1, BenchmarkScalingFactor.kilo), ("mebibyte", 1 << 20, .one)] {
        for (link, words) in [(Link.direct, "direct"), (.relay, "relayed")] {
            Benchmark("\(name) \(words)", configuration: configuration(50, scale: scale)) { benchmark in
                let lab = try Stage.lab(link)
                defer { lab.close() }
                let pair = try TCPPair(in: lab)
                var buffer = [UInt8](repeating: 0x61, count: 1 << 16)
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    var unsent = size
                    var received = 0
                    if link == .direct {
                        while received < size { received += pair.move(&buffer, unsent: &unsent) }
                    } else {
                        try lab.require("B receives everything", seen: { "\(received) bytes" }) {
                            received += pair.move(&buffer, unsent: &unsent)
                            return received == size
                        }
                    }
                }
                benchmark.stopMeasurement()
            }
        }
    }
}

private func calling() {
    Benchmark("worker call", configuration: configuration(50, scale: .kilo)) { benchmark in
        let lab = try Stage.lab(.direct)
        defer { lab.close() }
        let socket = try lab.a.socket("socket")
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { Benchmark.blackHole(try socket.ask(.getsockname)) }
        benchmark.stopMeasurement()
    }
    Benchmark("attempt", configuration: configuration(50)) { benchmark in
        guard let scenario = allScenarios.first(where: { $0.id == "close.ordinary-path" }) else {
            throw ScenarioStop.harness("close.ordinary-path is gone")
        }
        try Stage.traced { configuration in
            benchmark.startMeasurement()
            try Stage.attempt(scenario, configuration)
            benchmark.stopMeasurement()
        }
    }
}
