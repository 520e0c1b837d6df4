import Acts
import Glibc
@testable import Lab
import Linux
import Record
import Synchronization
import Testing

/// What is to go with a laboratory.
@Suite("Remains", .enabled(if: isRoot, "needs root: laboratories are namespaces"))
struct RemainsTests {
    private static func scenario(_ run: @escaping @Sendable (Lab) throws -> Void) -> Scenario {
        Scenario("test.remains", claim: "A claim.", cites: [], link: .relay, steps: []) { lab in
            let pair = try lab.connectedPair()
            lab.expect("a connection", true, seen: "one", witnesses: ["netlink"])
            try run(lab)
            try pair.client.close()
        }
    }

    /// A namespace that something still refers to is named; without that it is gone.
    @Test func namespacesGo() async throws {
        let testBed = try TestBed.shared.get()
        let ledger = try await testBed.onThread { try NamespaceLedger() }
        let held = Mutex<[Int32]>([])
        let outcome = try await Attempts.run(
            Self.scenario { lab in
                let socket = try lab.b.namespace.inside { Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) }
                held.withLock { $0.append(socket) }
                lab.b.ownSockets += 1
            }, timeout: .seconds(5)
        ) { $0.namespaces = ledger }
        #expect(outcome.finished.verdict == .passed, "\(outcome.words)")
        let (leaked, failure) = ledger.remainder(timeout: .seconds(2))
        #expect(failure == nil)
        #expect(leaked.map { "\($0.owner) of \($0.attempt.scenario)" } == ["host B of test.remains"])
        for socket in held.withLock({ $0 }) { close(socket) }
        #expect(ledger.remainder(timeout: .seconds(10)).leaked.isEmpty)
    }
}
