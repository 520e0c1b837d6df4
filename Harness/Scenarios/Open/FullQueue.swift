internal import Vocabulary

/// A listener that overflows: its queue takes three, and the third segments of a third and a fourth handshake arrive
/// together.
struct FullQueue {
    let listener: Socket
    /// The client whose handshake came too late.
    let late: Socket

    private init(port: UInt16) {
        let listener = B.listen("listener on \(port)", port: port, backlog: 2)
        step("B listens on port \(port) with a backlog of 2, and two connections wait") {
            for number in 1...2 {
                A.socket("client \(number) of \(port)").connect(to: B.port(port))
                listener.shows(.LISTEN, receiveQueue: number, sendQueue: 2)
            }
        }
        let thirds = wire.hold("ACK>")
        let third = A.socket("third client of \(port)")
        let late = A.socket("late client of \(port)")
        step("the third segments of two more handshakes come at once: the queue takes one connection, and is full") {
            for client in [third, late] {
                client.connect(to: B.port(port))
                client.otherEnd.shows(.SYN_RECV, .minisock)
            }
            thirds.meets(2)
            thirds.release()
            third.otherEnd.shows(.ESTABLISHED, .queued)
            listener.shows(.LISTEN, receiveQueue: 3)
        }
        (self.listener, self.late) = (listener, late)
    }

    static func dropsThirdSegments() throws {
        chapter("tcp_abort_on_overflow=0")
        let full = FullQueue(port: 5000)
        let late = full.late
        try step("the last one's third segment is dropped; A writes there, and both ends send again") {
            B.counts(["ListenOverflows": 1, "ListenDrops": 1, "PassiveOpens": 3])
            late.otherEnd.shows(.SYN_RECV, .minisock, timer: .retransmit)
            late.shows(.ESTABLISHED, .owned)
            late.send("early")
            let data = wire.carries("DATA> seq=1 ack=1 len=5")
            _ = wire.carriesAgain("DATA> seq=1 ack=1 len=5", after: data, timer: .milliseconds(200))
            // The request lives on, its timer too.
            let client = try late.local.socketAddress
            try waitUntil(
                "B repeats its SYN/ACK", after: .seconds(1),
                of: {
                    try wire.segments(since: .chapterBegan).filter {
                        $0.segment.isSYNACK && $0.segment.destination == client
                    }
                }
            ) { $0.count > 1 }
            late.otherEnd.shows(.SYN_RECV, .minisock)
        }
        step("B accepts what waits, and A's data brings the last child about") {
            for number in 1...3 { _ = full.listener.accept("server \(number)") }
            late.otherEnd.shows(.ESTABLISHED, .queued, receiveQueue: 5, after: .seconds(2))
            let server = full.listener.accept("late server")
            server.mirrors(late)
            server.receives("early")
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED)
        }
    }

    static func refusesThirdSegments() {
        chapter("tcp_abort_on_overflow=1")
        B.set("tcp_abort_on_overflow", to: "1")
        let full = FullQueue(port: 5001)
        step("the last one's third segment is answered by a reset") {
            wire.carries("<RST seq=1", since: .chapterBegan)
            full.late.isGone()
            full.late.passes(.CLOSE, .SYN_SENT, .ESTABLISHED, .CLOSE)
            full.late.receives(.error(.ECONNRESET))
            B.counts([
                "ListenOverflows": 1, "ListenDrops": 1, "EmbryonicRsts": 1, "OutRsts": 1, "PassiveOpens": 3,
            ])
            B.tracesReset("INVALID_SYN", in: .LISTEN)
            full.late.otherEnd.isGone()
        }

        chapter("a SYN meets the full queue")
        step("A connects: its SYN is dropped with either setting") {
            let unheard = A.socket("unheard")
            unheard.beginConnecting(to: B.port(5001))
            let syn = wire.carries("SYN> seq=0")
            B.counts(["ListenOverflows": 1, "ListenDrops": 1])
            B.set("tcp_abort_on_overflow", to: "0")
            _ = wire.carriesAgain("SYN> seq=0", after: syn)
            B.counts(["ListenOverflows": 2, "ListenDrops": 2])
            wire.neverCarries("<ANY")
            unheard.shows(.SYN_SENT, .owned, timer: .retransmit)
            full.listener.shows(.LISTEN, receiveQueue: 3)
        }
    }
}
