import Acts
import Glibc
@testable import Lab
import Linux
import Record
import SockDiag
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
    /// Where orphans must not be destroyed they are waited for.
    @Test func orphansGoUndestroyed() async throws {
        let testBed = try TestBed.shared.get()
        let ledger = try await testBed.onThread { try NamespaceLedger() }
        let outcome = try await Attempts.run(
            Scenario("test.remains", claim: "A claim.", cites: [], link: .relay, steps: []) { lab in
                let pair = try lab.connectedPair()
                try lab.wire.silence()
                for end in [pair.client, pair.server] { try end.close() }
                let orphans = try lab.a.rows().count(where: \.isOrphan) + lab.b.rows().count(where: \.isOrphan)
                lab.expect("two orphans", orphans == 2, seen: "\(orphans)", witnesses: ["netlink"])
            }, timeout: .seconds(5)
        ) {
            $0.namespaces = ledger
            $0.destroysOrphans = false
        }
        #expect(outcome.finished.verdict == .passed, "\(outcome.words)")
        #expect(ledger.remainder(timeout: .seconds(20)).leaked.isEmpty)
        #expect(ledger.expectsNothing, "the orphans are excused, and still there")
    }

    /// An orphan that no timer will ever end is ended by its peer, whatever the wire was told to lose.
    @Test func peersResetOrphans() async throws {
        let outcome = try await Attempts.run(
            Scenario("test.remains", claim: "A claim.", cites: [], link: .relay, steps: []) { lab in
                let pair = try lab.connectedPair()
                try lab.wire.silence()
                try pair.client.close()
                let segments = lab.wire.log.count
                lab.resetOpenConnections()
                let rows = try lab.a.rows() + lab.b.rows()
                lab.expect(
                    "no connection", rows.allSatisfy { $0.state == .LISTEN }, seen: "\(rows.map(\.state))",
                    witnesses: ["netlink"])
                lab.expect(
                    "no word of it", lab.wire.log.count == segments, seen: "\(lab.wire.log.count)",
                    witnesses: ["segments"])
            }, timeout: .seconds(5))
        #expect(outcome.finished.verdict == .passed, "\(outcome.words)")
    }

    /// What no orphan survives on this kernel, it is found to do; Linux 6.11 is the first that does in any case.
    @Test func destructionIsTried() async throws {
        let testBed = try TestBed.shared.get()
        let works = try await testBed.onThread { try OrphanDestruction.works() }
        let numbers = try Files.read("/proc/sys/kernel/osrelease").split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        if (numbers[0], numbers[1]) >= (6, 11) { #expect(works) }
    }
}
