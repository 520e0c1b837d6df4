import Acts
import Glibc
import Engine
import Lab
import Linux
import Record
import Scenarios

let isRoot = geteuid() == 0

/// One attempt that is over: how it ended and everything that was seen.
struct Outcome: Sendable {
    let finished: Finished
    let events: [Event]

    /// Whether the harness holds something against itself.
    var isSuspicious: Bool { events.contains { if case .suspicion = $0 { true } else { false } } }

    /// The expectations that were not met.
    var failures: [Check] {
        events.compactMap {
            if case .check(let check) = $0, check.status == .broken { check } else { nil }
        }
    }

    /// Everything a reader needs when a test about it fails.
    var words: String {
        "\(finished.verdict) \(finished.reason ?? "")\n"
            + failures.map { "  \($0.location) expected \($0.expected); seen \($0.seen)" }.joined(separator: "\n")
    }
}

/// Attempts side by side, only as many as leave each of them enough of the processors.
enum Attempts {
    private static let places = Places()

    /// Who has none waits without a thread.
    private actor Places {
        private var free = 12
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func take() async {
            if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
        }

        func giveBack() {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
    }

    /// Makes one attempt on a thread of its own.
    static func run(
        _ scenario: Scenario, timeout: Duration,
        changing change: @escaping @Sendable (inout LabConfiguration) -> Void = { _ in }
    ) async throws -> Outcome {
        let testBed = try TestBed.shared.get()
        await places.take()
        defer { Task { await places.giveBack() } }
        return try await testBed.onThread {
            var configuration = testBed.configuration(timeout: timeout)
            change(&configuration)
            let timeline = Timeline(attempt: Attempt(scenario: scenario.id, number: 1))
            let finished = runAttempt(scenario, configuration: configuration, timeline: timeline)
            return Outcome(finished: finished, events: timeline.ordered)
        }
    }
}
