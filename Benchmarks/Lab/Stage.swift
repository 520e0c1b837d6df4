internal import Glibc
internal import Engine
internal import Lab
internal import Linux
internal import Record
internal import Scenarios
internal import Tracing

/// What the benchmarks play on. `make bench` starts them in a network namespace and a mount namespace of their own.
enum Stage {
    private static let addresses = Addressing.Block(seed: UInt64(getpid()))

    /// Configuration of a run in which nothing is traced.
    static let configuration = LabConfiguration(
        lane: .scaled, link: .relay, timeout: .seconds(20), worker: besideUs("tcpwitness-worker"),
        addresses: addresses, trace: nil)

    /// A laboratory in which no scenario plays.
    static func lab(_ link: Link) throws -> Lab {
        let empty = Scenario("benchmark.none", claim: "", cites: [], link: link, steps: []) { _ in }
        return try Lab(empty, configuration: configuration, timeline: timeline(of: empty))
    }

    /// Runs one attempt as a run does, all witnesses included. Throws when it does not pass.
    static func attempt(_ scenario: Scenario, _ configuration: LabConfiguration) throws {
        let finished = runAttempt(scenario, configuration: configuration, timeline: timeline(of: scenario))
        guard finished.verdict == .passed else {
            throw ScenarioStop.harness("\(scenario.id) \(finished.verdict): \(finished.reason ?? "")")
        }
    }

    /// Gives `body` a configuration with a tracer, as in a run, or without where the kernel permits none.
    static func traced(_ body: (LabConfiguration) throws -> Void) throws {
        let hub = try? TraceHub(owner: getpid(), laboratory: addresses.laboratory(of:))
        defer { hub?.close() }
        var configuration = configuration
        configuration.trace = hub
        try body(configuration)
    }

    private static func timeline(of scenario: Scenario) -> Timeline {
        Timeline(attempt: Attempt(scenario: scenario.id, number: 1))
    }

    private static func besideUs(_ name: String) -> String {
        guard let own = realpath("/proc/self/exe", nil) else { return name }
        defer { free(own) }
        let path = String(cString: own)
        return path[...(path.lastIndex(of: "/") ?? path.startIndex)] + name
    }
}
