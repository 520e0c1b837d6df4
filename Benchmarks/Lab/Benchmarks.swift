// What the laboratory costs. Names are the keys by which Benchmarks/Ratios finds the results.
import Benchmark
internal import Lab
internal import Linux
internal import Netlink
internal import SockDiag
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

/// Making hosts and a link, and taking them away, each measured alone.
private func laboratories() {
    for (link, words) in [(Link.direct, "direct"), (.relay, "relayed")] {
        Benchmark("set-up \(words)", configuration: configuration(100)) { benchmark in
            benchmark.startMeasurement()
            let lab = try Stage.lab(link)
            benchmark.stopMeasurement()
            lab.close()
        }
        Benchmark("removal \(words)", configuration: configuration(100)) { benchmark in
            var lab: Lab? = try Stage.lab(link)
            benchmark.startMeasurement()
            lab?.close()
            lab = nil
            benchmark.stopMeasurement()
        }
    }
    Benchmark("set-up by ip", configuration: configuration(50)) { benchmark in
        let hosts = try IPHosts()
        benchmark.startMeasurement()
        try hosts.make()
        benchmark.stopMeasurement()
        try hosts.remove()
    }
    Benchmark("removal by ip", configuration: configuration(50)) { benchmark in
        let hosts = try IPHosts()
        try hosts.make()
        benchmark.startMeasurement()
        try hosts.remove()
        benchmark.stopMeasurement()
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
