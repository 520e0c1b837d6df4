import Linux
import Packets
import Record

/// A segment to be forged, with numbers that count from the initial ones.
struct Forged {
    var from = "A"
    var flags: TCPFlags
    var sequence: UInt32
    var acknowledgement: UInt32?
    var payload = ""
    var window: UInt16 = 500
    var options: [TCPOption] = []
    var urgent: UInt16 = 0
    var at: Int64
    var fate = Fate.passed
    var ttl: UInt8 = 64
    /// Has the last word on the frame.
    var bytes: @Sendable ([UInt8]) -> [UInt8] = { $0 }

    static let a = SocketAddress(IPAddress(10, 0, 0, 1), 40000)
    static let b = SocketAddress(IPAddress(10, 0, 0, 2), 80)
    static let initial: [String: UInt32] = ["A": 4_294_967_290, "B": 5000]

    var fact: SegmentFact {
        let isA = from == "A"
        let peer = isA ? "B" : "A"
        let segment = TCPSegment(
            source: isA ? Self.a : Self.b, destination: isA ? Self.b : Self.a,
            sequence: sequence &+ Self.initial[from]!,
            acknowledgement: acknowledgement.map { $0 &+ Self.initial[peer]! } ?? 0, flags: flags, window: window,
            urgent: urgent, options: options, payload: Array(payload.utf8))
        let mac = MACAddress(bytes: [2, 0, 0, 0, 0, isA ? 1 : 2])
        let frame = segment.ethernetFrame(from: mac, to: MACAddress(bytes: [2, 0, 0, 0, 0, isA ? 2 : 1]), ttl: ttl)
        return SegmentFact(
            attempt: attempt, at: at, from: from, flags: flags.description, sequence: sequence,
            acknowledgement: acknowledgement, length: payload.utf8.count, window: Int(window),
            options: options.map(\.description), fate: fate, sourcePort: segment.source.port,
            destinationPort: segment.destination.port, frame: FrameBytes(bytes(frame)))
    }

    func with(_ change: (inout Forged) -> Void) -> Forged {
        var copy = self
        change(&copy)
        return copy
    }
}

let attempt = Attempt(scenario: "close.ordinary-path", number: 1)

/// A conversation in which nothing is wrong, a line a segment.
struct Conversation {
    var segments: [Forged]
    var others: [Event] = []

    static let syn = 0, synAck = 1, established = 2, data = 3, dataAck = 4, finA = 5, finAckB = 6, finB = 7, last = 8

    init() {
        func options(_ value: UInt32, _ echo: UInt32) -> [TCPOption] { [.timestamps(value: value, echo: echo)] }
        func opening(_ value: UInt32, _ echo: UInt32) -> [TCPOption] {
            [.mss(1460), .sackPermitted, .timestamps(value: value, echo: echo), .windowScale(7)]
        }
        segments = [
            Forged(flags: [.SYN], sequence: 0, window: 64240, options: opening(100, 0), at: 1_000),
            Forged(
                from: "B", flags: [.SYN, .ACK], sequence: 0, acknowledgement: 1, window: 65160,
                options: opening(900, 100), at: 2_000),
            Forged(flags: [.ACK], sequence: 1, acknowledgement: 1, window: 512, options: options(101, 900), at: 3_000),
            Forged(
                flags: [.PSH, .ACK], sequence: 1, acknowledgement: 1, payload: "hello", window: 512,
                options: options(102, 900), at: 1_000_000),
            Forged(
                from: "B", flags: [.ACK], sequence: 1, acknowledgement: 6, window: 510, options: options(902, 102),
                at: 1_001_000),
            Forged(
                flags: [.FIN, .ACK], sequence: 6, acknowledgement: 1, window: 512, options: options(103, 902),
                at: 2_000_000),
            Forged(
                from: "B", flags: [.ACK], sequence: 1, acknowledgement: 7, window: 510, options: options(903, 103),
                at: 2_001_000),
            Forged(
                from: "B", flags: [.FIN, .ACK], sequence: 1, acknowledgement: 7, window: 510,
                options: options(904, 103), at: 3_000_000),
            Forged(
                flags: [.ACK], sequence: 7, acknowledgement: 2, window: 512, options: options(104, 904), at: 3_001_000),
        ]
    }

    var facts: [Event] { segments.map { .segment($0.fact) } + others }

    /// The conversation with one segment changed.
    static func changing(_ place: Int, _ change: (inout Forged) -> Void) -> Conversation {
        var conversation = Conversation()
        change(&conversation.segments[place])
        return conversation
    }

    /// The conversation with segments after the one at a place.
    static func adding(after place: Int, _ segments: Forged...) -> Conversation {
        var conversation = Conversation()
        conversation.segments.insert(contentsOf: segments, at: place + 1)
        return conversation
    }

    /// The conversation up to a place, and what follows instead.
    static func ending(after place: Int, _ segments: Forged...) -> Conversation {
        var conversation = Conversation()
        conversation.segments = Array(conversation.segments[...place]) + segments
        return conversation
    }

    /// The same with a segment made of a window.
    static func ending(after place: Int, _ segment: @escaping (UInt16) -> Forged) -> (UInt16) -> Conversation {
        { ending(after: place, segment($0)) }
    }

    static func transition(_ old: String, _ new: String, at: Int64) -> Event {
        .transition(
            TransitionFact(
                attempt: attempt, at: at, host: "A", socket: "client", kernelSocket: 1, old: old, new: new,
                local: Forged.a.description, remote: Forged.b.description))
    }

    func with(_ others: Event...) -> Conversation {
        var copy = self
        copy.others += others
        return copy
    }
}

/// Writes the TCP checksum of an IPv4 frame anew, after its header was changed by hand.
func rechecked(_ frame: [UInt8]) -> [UInt8] {
    var frame = frame
    func sum(_ bytes: [UInt8]) -> UInt32 {
        stride(from: 0, to: bytes.count, by: 2).reduce(0) {
            $0 + UInt32(bytes[$1]) << 8 + ($1 + 1 < bytes.count ? UInt32(bytes[$1 + 1]) : 0)
        }
    }
    func folded(_ sum: UInt32) -> [UInt8] {
        var sum = sum
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        return [UInt8((~sum >> 8) & 0xff), UInt8(~sum & 0xff)]
    }
    frame.replaceSubrange(24..<26, with: [0, 0])
    frame.replaceSubrange(24..<26, with: folded(sum(Array(frame[14..<34]))))
    frame.replaceSubrange(50..<52, with: [0, 0])
    let segment = Array(frame[34...])
    let pseudo = Array(frame[26..<34]) + [0, 6, UInt8(segment.count >> 8), UInt8(segment.count & 0xff)]
    frame.replaceSubrange(50..<52, with: folded(sum(pseudo + segment)))
    return frame
}
