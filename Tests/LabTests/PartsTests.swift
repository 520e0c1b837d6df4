import Acts
import Linux
import SockDiag
import Record
import Testing

@testable import Lab
@testable import Tracing

@Suite("A timeline")
struct TimelineTests {
    private func note(_ text: String) -> Event {
        .note(NoteFact(attempt: Attempt(scenario: "a.b", number: 1), at: 0, text: text))
    }

    @Test("A child whose first transition came before its addresses gets its host and name afterwards")
    func completion() throws {
        let timeline = Timeline(attempt: Attempt(scenario: "a.b", number: 1))
        for number in [1, 2] {
            let fact = TransitionFact(
                attempt: timeline.attempt, at: 0, host: "A", socket: nil, kernelSocket: number, old: "LISTEN",
                new: "SYN_RECV", local: "0.0.0.0:5000", remote: "0.0.0.0:0")
            timeline.add(.transition(fact), at: 0)
        }
        timeline.complete([1: (host: .b, label: "server"), 2: (host: nil, label: nil)])
        let facts = timeline.ordered.compactMap { if case .transition(let fact) = $0 { fact } else { nil } }
        #expect(facts.map(\.host) == ["B", "A"])
        #expect(facts.map(\.socket) == ["server", nil])
    }

    @Test("Facts come in order of time, and those of one instant in the order they were told")
    func order() {
        let timeline = Timeline(attempt: Attempt(scenario: "a.b", number: 1))
        for (text, at) in [("late", 30), ("first", 10), ("second", 10), ("before all", -5), ("third", 10)] {
            timeline.add(note(text), at: Int64(at))
        }
        let texts = timeline.ordered.compactMap { if case .note(let note) = $0 { note.text } else { nil } }
        #expect(texts == ["before all", "first", "second", "third", "late"])
    }

    @Test func timesCountFromTheStart() {
        let timeline = Timeline(attempt: Attempt(scenario: "a.b", number: 1))
        #expect(timeline.relative(timeline.start + .milliseconds(3)) == 3_000_000)
        #expect(timeline.relative(timeline.start - Duration.nanoseconds(1)) == -1)
    }
}

extension Instant {
    fileprivate static func - (left: Instant, right: Duration) -> Instant {
        Instant(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
}

@Suite("Addresses of laboratories")
struct AddressingTests {
    private let block = Addressing.Block(seed: 1)

    @Test("Every address names the laboratory it belongs to, and no other has it")
    func roundTrip() {
        var seen: Set<IPAddress> = []
        for number in stride(from: 0, to: Addressing.capacity, by: 37) {
            let addressing = Addressing(block, laboratory: number)
            for address in [addressing.v4(.a), addressing.v4(.b), addressing.v6(.a), addressing.v6(.b)] {
                #expect(block.laboratory(of: address) == number)
                #expect(seen.insert(address).inserted)
            }
        }
    }

    @Test("Another run's addresses are not ours")
    func blocksAreApart() {
        let other = Addressing.Block(seed: 2)
        for number in stride(from: 0, to: Addressing.capacity, by: 37) {
            let addressing = Addressing(other, laboratory: number)
            for address in [addressing.v4(.a), addressing.v6(.b)] { #expect(block.laboratory(of: address) == nil) }
        }
    }

    @Test("The same seed gives the same block, as a guest's records need")
    func seedDecides() {
        let again = Addressing.Block(seed: 1)
        #expect(Addressing(again, laboratory: 7).v4(.a) == Addressing(block, laboratory: 7).v4(.a))
        #expect(Addressing(block, laboratory: Addressing.capacity).v4(.a) == Addressing(block, laboratory: 0).v4(.a))
        #expect(Addressing(block, laboratory: 7).v4(.a).bytes[0] >= 240)
    }

    @Test(arguments: ["198.17.255.255", "239.255.255.255", "0.0.0.0", "127.0.0.1", "::", "fd74:6371::1"])
    func othersAreNotOurs(_ text: String) throws {
        #expect(block.laboratory(of: try #require(IPAddress(text))) == nil)
    }
}

@Suite("Random loss")
struct LossGeneratorTests {
    @Test("The same seed loses the same segments on every machine")
    func deterministic() {
        var one = LossGenerator(seed: 1)
        #expect((0..<4).map { _ in one.next() < 0.1 } == [false, false, false, false])
        var first = LossGenerator(seed: 7)
        var second = LossGenerator(seed: 7)
        var third = LossGenerator(seed: 8)
        let numbers = (0..<1000).map { _ in first.next() }
        #expect(numbers == (0..<1000).map { _ in second.next() })
        #expect(numbers != (0..<1000).map { _ in third.next() })
        // SplitMix64's published first output for seed 0, as its upper 53 bits.
        var zero = LossGenerator(seed: 0)
        #expect(zero.next() == Double(0xE220_A839_7B1D_CDAF as UInt64 >> 11) / Double(1 << 53))
    }

    @Test func aTenthIsATenth() {
        var generator = LossGenerator(seed: 1)
        let numbers = (0..<100_000).map { _ in generator.next() }
        #expect(numbers.allSatisfy { (0..<1).contains($0) })
        #expect((9_500...10_500).contains(numbers.count { $0 < 0.1 }))
    }
}

@Suite("What the tracepoint says of a socket")
struct PathLedgerTests {
    private func ledger(_ steps: [(TCPState, TCPState)], socket: UInt64 = 1) -> PathLedger {
        let timeline = Timeline(attempt: Attempt(scenario: "a.b", number: 1))
        var ledger = PathLedger(timeline: timeline)
        let address = SocketAddress(IPAddress(198, 18, 0, 1), 5000)
        for (index, step) in steps.enumerated() {
            ledger.add(
                TraceEvent(
                    time: timeline.start + .microseconds(index), kind: .transition(old: step.0, new: step.1),
                    socket: socket, pid: 1, local: address, remote: address), processes: [], hosts: [])
        }
        return ledger
    }

    @Test("Steps that follow each other are one life; a second connect begins another")
    func lives() {
        let ledger = ledger([
            (.CLOSE, .SYN_SENT), (.SYN_SENT, .CLOSE), (.CLOSE, .SYN_SENT), (.SYN_SENT, .ESTABLISHED),
        ])
        #expect(ledger.lives.map(\.path) == [[.CLOSE, .SYN_SENT, .CLOSE], [.CLOSE, .SYN_SENT, .ESTABLISHED]])
        #expect(ledger.discontinuity == nil)
    }

    @Test("A step from a state to itself is none")
    func selfTransition() {
        let ledger = ledger([(.CLOSE, .SYN_SENT), (.SYN_SENT, .SYN_SENT), (.SYN_SENT, .CLOSE)])
        #expect(ledger.lives.map(\.path) == [[.CLOSE, .SYN_SENT, .CLOSE]])
    }

    @Test("A step that begins where the one before did not end is an error of the run")
    func gap() {
        let ledger = ledger([(.CLOSE, .SYN_SENT), (.ESTABLISHED, .FIN_WAIT1)])
        #expect(
            ledger.discontinuity == "trace events are missing: CLOSE>SYN_SENT is followed by ESTABLISHED>FIN_WAIT1")
    }
}
