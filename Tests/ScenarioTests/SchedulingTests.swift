import Acts
import Engine
import Lab
import Linux
import Record
import Synchronization
import Testing

/// Which attempts run beside each other.
@Suite("Scheduling", .enabled(if: isRoot, "needs root: laboratories are namespaces"))
struct SchedulingTests {
    /// How many attempts are inside at once, and in which order they came.
    private final class Gauge: Sendable {
        struct State {
            var inside = 0
            var entries: [(id: String, beside: Int)] = []
        }
        let state = Mutex(State())

        func enter(_ id: String) {
            state.withLock {
                $0.entries.append((id, $0.inside))
                $0.inside += 1
            }
        }
        func leave() { state.withLock { $0.inside -= 1 } }
    }

    private func scenario(_ id: String, alone: Bool, timer: Double = 0, _ gauge: Gauge) -> Scenario {
        Scenario(
            id, claim: "A claim.", cites: [], link: .direct, alone: alone, steps: [], longestTimer: { _ in timer }
        ) { lab in
            gauge.enter(id)
            defer { gauge.leave() }
            try lab.expectQuiet(for: .milliseconds(50))
        }
    }

    @Test("A scenario that must be alone comes last, and nothing runs beside it", arguments: [nil, 2])
    func alone(_ jobs: Int?) async throws {
        let testBed = try TestBed.shared.get()
        let gauge = Gauge()
        let scenarios = [
            scenario("test.alone", alone: true, timer: 9, gauge), scenario("test.other", alone: false, gauge),
            scenario("test.sleeper", alone: false, timer: 1, gauge), scenario("test.lonely", alone: true, gauge),
        ]
        let verdicts = try await testBed.onThread {
            let seen = Mutex<[Verdict]>([])
            let scheduler = try Scheduler(configuration: testBed.configuration(timeout: .seconds(5))) { events in
                for case .finished(let finished) in events { seen.withLock { $0.append(finished.verdict) } }
            }
            try scheduler.run(Scheduler.Plan(scenarios: scenarios, repetitions: 2, jobs: jobs))
            return seen.withLock { $0 }
        }
        #expect(verdicts == Array(repeating: .passed, count: 8))
        let entries = gauge.state.withLock { $0.entries }
        #expect(Set(entries.prefix(4).map(\.id)) == ["test.other", "test.sleeper"])
        #expect(entries.suffix(4).map(\.id) == ["test.alone", "test.alone", "test.lonely", "test.lonely"])
        #expect(entries.suffix(4).allSatisfy { $0.beside == 0 })
    }

    @Test("A failure before a skip stays a failure")
    func failureBeforeSkip() async throws {
        let failing = Scenario("test.both", claim: "A claim.", cites: [], link: .direct, steps: []) { lab in
            lab.expect("the impossible", false, seen: "nothing", witnesses: [])
            try lab.set(machineWide: "net.ipv4.tcp_max_orphans", to: "16")
        }
        let outcome = try await Attempts.run(failing, timeout: .seconds(2))
        #expect(outcome.finished.verdict == .failed)
        #expect(outcome.finished.reason == "expected the impossible; seen nothing")
    }
}
