internal import Netlink
internal import CLinux
internal import Glibc
internal import Linux
internal import SockDiag
internal import Packets
internal import Sequences
internal import Tracing
internal import Worker

extension Target {
    /// What kernels and processes say: frames, netlink, traces, messages of workers; and patterns that a user writes.
    static let outsides = [
        Target("a frame", frames) { frame in
            if let segment = TCPSegment(ethernet: frame) {
                var tracker = SequenceTracker()
                tracker.observe(segment)
                let view = tracker.view(of: segment, fromA: true, time: Instant(nanoseconds: 0))
                _ = "\(view) \(view.shortDescription) \(view.relativeOptions)"
                _ = segment.ethernetFrame(from: mac, to: mac)
                _ = segment.endSequence
                _ = try SegmentPattern(parsing: view.shortDescription).matches(view)
            }
            _ = ICMPMessage(ethernet: frame)?.description
        },
        Target(
            "a pattern of segments",
            text: [
                "SYN>", "<SYN/ACK seq=0 ack=1", "DATA> len=3 count=2", "<ACK ack=4 sack=1:4,6:8 dsack", "ANY> win=0",
                "<FIN/ACK seq=-1", "RST/ACK> seq=4294967295 ack=1",
            ]
        ) { bytes in
            let pattern = try SegmentPattern(parsing: text(bytes))
            let again = try SegmentPattern(parsing: pattern.description)
            precondition(again == pattern)
            _ = SegmentPattern.firstDifference(expected: [pattern], seen: [])
        },
        Target("a sequence", text: sequences) { bytes in
            let sequence = try TextSequence(reading: text(bytes), file: "fuzz.tcp")
            let written = sequence.text
            precondition(try! TextSequence(reading: written, file: "fuzz.tcp").text == written)
            let formatted = try! TextSequence.formatted(text(bytes), file: "fuzz.tcp")
            precondition(try! TextSequence(reading: formatted, file: "fuzz.tcp").text == written)
        },
        Target("netlink messages", datagrams) { datagram in
            try datagram.withUnsafeBytes { bytes in
                for reply in NetlinkReplies(bytes) {
                    _ = NetlinkVerdict(reply)?.detail
                    _ = try? DiagRow(reply.payload)
                    _ = try? Qdisc(reply.payload, rootOf: 2)
                }
                let row = try DiagRow(bytes)
                _ = "\(row) \(row.info?.state.map { "\($0)" } ?? "")"
                _ = row.info.map { ($0.rto, $0.bytes_acked, $0.total_rto_time) }
            }
        },
        Target("pages of the trace", tracePages) { page in
            guard let format = TracepointFormat(parsing: setState) else { preconditionFailure("no format") }
            events(page, [2287: (.setState, format)])
        },
        Target("formats of tracepoints", text: [setState, sendReset]) { bytes in
            guard let format = TracepointFormat(parsing: text(bytes)) else { return }
            for tracepoint in Tracepoint.allCases {
                events(tracePages[0], [2287: (tracepoint, format)])
            }
        },
        Target("messages of workers", messages) { message in
            let request = try? Request(decoding: message)
            if let request {
                let again = try Request(decoding: request.encoded)
                precondition(again.encoded == request.encoded)
            }
            let reply = try Reply(decoding: message)
            _ = (reply.address, reply.integer, reply.encoded)
        },
    ]

    private static func events(_ page: [UInt8], _ formats: [UInt16: (Tracepoint, TracepointFormat)]) {
        page.withUnsafeBytes { bytes in
            for event in TracePage(bytes, dataOffset: 16).events {
                let record = UnsafeRawBufferPointer(rebasing: bytes[event.bytes])
                guard record.count >= 2, let (tracepoint, format) = formats[record.loadUnaligned(as: UInt16.self)]
                else { continue }
                _ = TraceEvent(record, of: tracepoint, format: format, time: event.time, pid: 1)
            }
        }
    }

    // MARK: Corpora

    private static let mac = MACAddress(bytes: [2, 0, 0, 0, 0, 1])

    private static let frames: [[UInt8]] = [
        (IPAddress(10, 0, 0, 1), IPAddress(10, 0, 0, 2)),
        (
            IPAddress(bytes: [0xfd] + Array(repeating: 0, count: 15)),
            IPAddress(bytes: [0xfd] + Array(repeating: 1, count: 15))
        ),
    ].flatMap { from, to in
        let segment = TCPSegment(
            source: SocketAddress(from, 40000), destination: SocketAddress(to, 80), sequence: 7, acknowledgement: 9,
            flags: [.ACK, .PSH], window: 502,
            options: [.mss(1460), .sackPermitted, .timestamps(value: 1, echo: 2), .sack([SACKBlock(1, 5)])],
            payload: Array(repeating: 7, count: 20))
        return [segment.ethernetFrame(from: mac, to: mac)]
    }

    /// A row of sock_diag, bare and as an answer; an error with the kernel's words; a qdisc.
    private static let datagrams: [[UInt8]] = {
        var row: [UInt8] = [2, 1, 0, 0, 0x1b, 0x59, 0x9c, 0x41, 127, 0, 0, 1] + Array(repeating: 0, count: 12)
        row += [127, 0, 0, 1] + Array(repeating: 0, count: 12 + 4 + 8 + 20)
        row += [5, 0, 8, 0, 3, 0, 0, 0, 8, 0, 15, 0, 1, 0, 0, 0] + [252, 0, 2, 0] + Array(repeating: 1, count: 248)
        func message(_ type: UInt8, _ flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
            let length = 16 + payload.count
            return [UInt8(length & 255), UInt8(length >> 8), 0, 0, type, 0, 0, flags, 7, 0, 0, 0, 9, 0, 0, 0] + payload
        }
        let words = "Unknown device type\0".bytes
        let refusal: [UInt8] = [0xa1, 255, 255, 255] + Array(repeating: 0, count: 16) + [24, 0, 1, 0] + words
        let qdisc: [UInt8] =
            [0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0]
            + [10, 0, 1, 0] + "netem\0".bytes + [0, 0] + [32, 0, 2, 0] + Array(repeating: 9, count: 28)
        return [row, message(20, 0, row) + message(3, 0, [0, 0, 0, 0]), message(2, 3, refusal), message(36, 0, qdisc)]
    }()

    private static let tracePages: [[UInt8]] = {
        let record: [UInt8] = [0xef, 0x08, 0, 0, 1, 0, 0, 0] + Array(repeating: 1, count: 64)
        let words = UInt32(record.count / 4)
        func little(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        let events =
            little(100 << 5 | words) + record + little(7 << 5 | 30) + little(1) + little(9 << 5)
            + little(words * 4 + 4) + record + little(3 << 5 | 31) + little(2) + little(5 << 5 | 29) + little(8)
            + little(0)
        let head: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8] + little(UInt32(events.count)) + little(0)
        return [head + events]
    }()

    private static let setState = """
        name: inet_sock_set_state
        ID: 2287
        format:
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;

        \tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;
        \tfield:int oldstate;\toffset:16;\tsize:4;\tsigned:1;
        \tfield:int newstate;\toffset:20;\tsize:4;\tsigned:1;
        \tfield:__u16 sport;\toffset:24;\tsize:2;\tsigned:0;
        \tfield:__u16 dport;\toffset:26;\tsize:2;\tsigned:0;
        \tfield:__u8 saddr_v6[16];\toffset:40;\tsize:16;\tsigned:0;
        \tfield:__u8 daddr_v6[16];\toffset:56;\tsize:16;\tsigned:0;

        print fmt: "oldstate=%s", REC->oldstate
        """

    private static let sendReset = """
        name: tcp_send_reset
        ID: 2287
        format:
        \tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;
        \tfield:int state;\toffset:16;\tsize:4;\tsigned:1;
        \tfield:enum sk_rst_reason reason;\toffset:20;\tsize:4;\tsigned:0;
        \tfield:__u8 saddr[sizeof(struct sockaddr_in6)];\toffset:8;\tsize:28;\tsigned:0;
        \tfield:__u8 daddr[sizeof(struct sockaddr_in6)];\toffset:36;\tsize:28;\tsigned:0;

        print fmt: "reason=%s", __print_symbolic(REC->reason, { 0, "NOT_SPECIFIED" }, { 1, "NO_SOCKET" })
        """

    private static let messages: [[UInt8]] = [
        Request.setOption(3, .SO_REUSEADDR, [1, 0, 0, 0]).encoded,
        Request.connect(3, SocketAddress(IPAddress(10, 0, 0, 1), 80)).encoded,
        Request.receive(3, count: 100, []).encoded, Request.send(3, [1, 2, 3], []).encoded, Request.fork.encoded,
        Reply(result: -1, errno: 104, entered: 5, left: 9, signals: [13], output: [1, 2, 3, 4]).encoded,
    ]
}

/// What users write.
private let sequences = [
    """
    claim   After shutdown(SHUT_WR) the other direction goes on.
    cites   RFC 9293 3.6
    link    impaired delay 50ms jitter 1.5ms loss 1%
    scaled  sysctl tcp_keepalive_time = 2
    timer   2h
    connect client server
    step    A sends a request
    client  send "r\\x01q\\n" MSG_DONTWAIT -> 3
    server  receives "req" then end   # not yet
    client  shows FIN_WAIT2 minisock timer timewait expires 59s..60s after 2min
    wire    hold "SYN>" "<FIN" first 1 of local(client) as rule
    rule    meets 1
    wire    carries "<DATA len=15" as answer "ACK> ack=16"
    wire    forge RST from local(client) to B:5000 seq end(answer)+1
    """,
    """
    over both
        B listen listener port 80 backlog 2
        for call in "close" 'abc'
            A socket s
            s $call -> anything
        end
        moment m begins
        moment m ends
        lasts "words $$ here" from m to m within 0s..1s
    end
    """,
]
