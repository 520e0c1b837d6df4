import Linux
import SockDiag
import Testing

@testable import Tracing

@Suite("Dealing trace events out to laboratories")
struct RouterTests {
    private static let wildcard = IPAddress.anyV4
    private static let foreign = IPAddress(10, 0, 0, 1)

    /// 198.18.0.n belongs to laboratory n.
    private func router() -> TraceRouter {
        var router = TraceRouter()
        router.laboratory = { $0.bytes.prefix(3) == [198, 18, 0] ? Int($0.bytes[3]) : nil }
        return router
    }

    private func own(_ number: UInt8) -> IPAddress { IPAddress(198, 18, 0, number) }

    private func event(
        _ old: TCPState, _ new: TCPState, socket: UInt64, at local: IPAddress, pid: Int32 = 0
    ) -> TraceEvent {
        TraceEvent(
            time: .now, kind: .transition(old: old, new: new), socket: socket, pid: pid,
            local: SocketAddress(local, 5000), remote: SocketAddress(local, 6000))
    }

    @Test func byAddress() {
        var router = router()
        let mine = event(.SYN_SENT, .ESTABLISHED, socket: 1, at: own(7))
        #expect(router.route(mine, processes: [:]).map(\.laboratory) == [7])
        #expect(router.route(event(.SYN_SENT, .ESTABLISHED, socket: 2, at: Self.foreign), processes: [:]).isEmpty)
    }

    @Test("A child of a wildcard listener waits until it has an address")
    func parkedChild() {
        var router = router()
        let born = event(.LISTEN, .SYN_RECV, socket: 1, at: Self.wildcard)
        let grown = event(.SYN_RECV, .ESTABLISHED, socket: 1, at: own(3))
        #expect(router.route(born, processes: [:]).isEmpty)
        let routed = router.route(grown, processes: [:])
        #expect(routed.map(\.laboratory) == [3, 3])
        #expect(routed.map(\.event) == [born, grown])
        let later = event(.ESTABLISHED, .CLOSE_WAIT, socket: 1, at: own(3))
        #expect(router.route(later, processes: [:]).map(\.event) == [later], "it is told once")
    }

    @Test("A child whose memory was another laboratory's socket goes to its own")
    func staleSocket() {
        var router = router()
        _ = router.route(event(.CLOSE, .SYN_SENT, socket: 1, at: own(3)), processes: [:])
        let born = event(.LISTEN, .SYN_RECV, socket: 1, at: Self.wildcard)
        let grown = event(.SYN_RECV, .ESTABLISHED, socket: 1, at: own(4))
        #expect(router.route(born, processes: [:]).isEmpty)
        #expect(router.route(grown, processes: [:]).map(\.laboratory) == [4, 4])
    }

    @Test("A stranger's child, of which no more is seen, is not the past of the socket that gets its memory")
    func strangersChild() {
        for (old, new) in [(TCPState.CLOSE, TCPState.SYN_SENT), (.CLOSE, .LISTEN), (.LISTEN, .SYN_RECV)] {
            var router = router()
            #expect(router.route(event(.LISTEN, .SYN_RECV, socket: 1, at: Self.wildcard), processes: [:]).isEmpty)
            let born = event(old, new, socket: 1, at: own(3))
            #expect(router.route(born, processes: [:]).map(\.event) == [born])
        }
        // On the loopback, where the address tells nothing, it is the process that makes a socket one's own.
        var router = router()
        #expect(router.route(event(.LISTEN, .SYN_RECV, socket: 1, at: Self.wildcard), processes: [:]).isEmpty)
        let born = event(.CLOSE, .SYN_SENT, socket: 1, at: Self.wildcard, pid: 9)
        #expect(router.route(born, processes: [9: 3]).map(\.event) == [born])
    }

    @Test("A socket without an address is known by the calling process, then by itself until it closes")
    func byProcess() {
        var router = router()
        let processes: [Int32: Int] = [42: 5]
        func route(_ old: TCPState, _ new: TCPState, pid: Int32) -> [Int] {
            router.route(event(old, new, socket: 1, at: Self.wildcard, pid: pid), processes: processes)
                .map(\.laboratory)
        }
        #expect(route(.CLOSE, .LISTEN, pid: 41) == [])
        #expect(route(.CLOSE, .LISTEN, pid: 42) == [5])
        // Whoever runs when a timer or a segment changes the state says nothing.
        #expect(route(.LISTEN, .CLOSE, pid: 0) == [5])
        #expect(route(.SYN_SENT, .CLOSE, pid: 42) == [])
    }

    @Test func resetsWithoutASocketGoByAddress() {
        var router = router()
        func reset(_ local: IPAddress) -> TraceEvent {
            TraceEvent(
                time: .now, kind: .packet(.sendReset, state: nil, reason: "NO_SOCKET"), socket: 0, pid: 0,
                local: SocketAddress(local, 1), remote: SocketAddress(Self.foreign, 2))
        }
        #expect(router.route(reset(own(9)), processes: [:]).map(\.laboratory) == [9])
        #expect(router.route(reset(Self.foreign), processes: [0: 1]).isEmpty)
    }

    @Test("What an earlier laboratory left behind is not the next one's that has its number")
    func generations() {
        var router = router()
        router.begin(laboratory: 7)
        _ = router.route(event(.CLOSE, .SYN_SENT, socket: 1, at: own(7)), processes: [:])
        router.begin(laboratory: 7)
        #expect(router.route(event(.SYN_SENT, .ESTABLISHED, socket: 1, at: own(7)), processes: [:]).isEmpty)
        #expect(router.route(event(.CLOSE, .SYN_SENT, socket: 2, at: own(7)), processes: [:]).count == 1)
        #expect(router.route(event(.ESTABLISHED, .CLOSE, socket: 1, at: own(7)), processes: [:]).isEmpty)
        #expect(router.route(event(.CLOSE, .SYN_SENT, socket: 1, at: own(7)), processes: [:]).count == 1)
    }

    @Test("Strangers' children do not wait for ever")
    func expiry() {
        var router = router()
        func born(_ socket: UInt64, at nanoseconds: Int64) {
            var event = event(.LISTEN, .SYN_RECV, socket: socket, at: Self.wildcard)
            event.time = Instant(nanoseconds: nanoseconds)
            #expect(router.route(event, processes: [:]).isEmpty)
        }
        for socket in 1...5000 { born(UInt64(socket), at: 2_000_000_000 + Int64(socket)) }
        #expect(router.parkedCount == 4096)
        #expect(router.expired == 904)
        born(6000, at: 5_000_000_000)
        #expect(router.parkedCount == 1)
        #expect(router.expired == 5000)
    }

    @Test("The kernel is asked for the run's own addresses, and for what it cannot tell apart")
    func filter() throws {
        let format = try #require(TracepointFormat(parsing: FormatFixture.setState))
        let filter = try #require(TraceFilter(format, own: IPv4Network(prefix: 0xf800_0000, prefixLength: 6)))
        let bits = { (field: String) in
            "(" + ["0x80", "0x40", "0x20", "0x10", "0x8"].map { "\(field) & \($0)" }.joined(separator: " && ")
                + " && !(\(field) & 0x4))"
        }
        #expect(
            filter.expression
                == "family == 10 || (saddr == 0 && daddr == 0) || saddr == 16777343 || \(bits("saddr")) || \(bits("daddr"))"
        )
        let reset = try #require(TracepointFormat(parsing: FormatFixture.sendReset510))
        #expect(TraceFilter(reset, own: IPv4Network(prefix: 0xf800_0000, prefixLength: 6)) == nil)
    }

    @Test("What found no room is counted, whether old or new")
    func lost() {
        #expect(
            TraceInstance.lost("entries: 3\noverrun: 2\ncommit overrun: 9\ndropped events: 40\nread events: 7\n") == 42)
        #expect(TraceInstance.lost("") == 0)
    }
}
