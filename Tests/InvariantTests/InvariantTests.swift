import Invariants
import Linux
import Packets
import Record
import Testing

/// A forged attempt that breaks one invariant and no other.
struct Broken: Sendable, CustomTestStringConvertible {
    let id: String
    let conversation: @Sendable () -> Conversation
    var testDescription: String { id }

    init(_ id: String, _ conversation: @escaping @Sendable () -> Conversation) {
        self.id = id
        self.conversation = conversation
    }

    private typealias C = Conversation

    private static func ts(_ value: UInt32, _ echo: UInt32) -> [TCPOption] { [.timestamps(value: value, echo: echo)] }

    static let all = headers + options + numbers + windows + agreements + resets + states

    private static let headers = [
        Broken("header.checksums") { C.changing(C.data) { $0.bytes = { $0.dropLast() + [$0.last! ^ 1] } } },
        Broken("header.checksums") {
            // The identification, which only the IP header's checksum covers.
            C.changing(C.data) { $0.bytes = { frame in frame.enumerated().map { $0 == 19 ? $1 ^ 1 : $1 } } }
        },
        Broken("header.reserved") {
            C.changing(C.data) { $0.bytes = { rechecked($0.enumerated().map { $0 == 46 ? $1 | 4 : $1 }) } }
        },
        Broken("header.flags") {
            C.ending(
                after: C.dataAck,
                Forged(flags: [.FIN, .RST, .ACK], sequence: 6, acknowledgement: 1, window: 0, at: 2_000_000))
        },
        Broken("header.ack") {
            C.adding(
                after: C.dataAck, Forged(flags: [.PSH], sequence: 6, window: 512, options: ts(102, 902), at: 1_900_000))
        },
        Broken("header.urgent") { C.changing(C.data) { $0.urgent = 3 } },
        Broken("header.urgent") { C.changing(C.data) { $0.flags.insert(.URG) } },
        Broken("header.syn-data") {
            C.adding(
                after: C.syn,
                Forged(
                    flags: [.SYN], sequence: 0, payload: "hello", window: 64240,
                    options: [.mss(1460), .sackPermitted, .timestamps(value: 100, echo: 0), .windowScale(7)], at: 1_500)
            )
        },
        Broken("ip.ttl") { C.changing(C.data) { $0.ttl = 63 } },
        Broken("ip.whole") {
            C.changing(C.data) { $0.bytes = { rechecked($0.enumerated().map { $0 == 20 ? 0 : $1 }) } }
        },
    ]

    private static let options = [
        Broken("options.whole") {
            // A length that reaches beyond the header, behind the timestamps.
            C.changing(C.data) {
                $0.options = [.timestamps(value: 102, echo: 900), .other(kind: 254, bytes: [0, 0])]
                $0.bytes = { rechecked($0.enumerated().map { $0 == 67 ? 9 : $1 }) }
            }
        },
        Broken("options.padding") {
            C.changing(C.data) {
                $0.options = [.timestamps(value: 102, echo: 900), .other(kind: 254, bytes: [0, 0])]
                $0.bytes = { rechecked($0.enumerated().map { 66...69 ~= $0 ? [0, 0, 7, 0][$0 - 66] : $1 }) }
            }
        },
        Broken("options.syn-only") { C.changing(C.data) { $0.options.append(.mss(1460)) } },
        Broken("options.syn-only") { C.changing(C.data) { $0.options.append(.sackPermitted) } },
        Broken("options.syn-only") { C.changing(C.data) { $0.options.append(.windowScale(7)) } },
        Broken("options.once") { C.changing(C.data) { $0.options += ts(102, 900) } },
        Broken("options.scale") { C.changing(C.syn) { $0.options[3] = .windowScale(15) } },
    ]

    private static let numbers = [
        Broken("ack.sent") {
            C.ending(
                after: C.data,
                Forged(
                    from: "B", flags: [.ACK], sequence: 1, acknowledgement: 106, window: 510, options: ts(902, 102),
                    at: 1_001_000))
        },
        Broken("ack.forward") {
            C.ending(
                after: C.dataAck,
                Forged(
                    from: "B", flags: [.ACK], sequence: 1, acknowledgement: 5, window: 511, options: ts(902, 102),
                    at: 1_500_000))
        },
        Broken("ack.answers") {
            var conversation = C()
            for count in 1...8 {
                conversation.segments.insert(
                    conversation.segments[C.dataAck].with { $0.at += Int64(count) * 1000 }, at: C.dataAck + count)
            }
            return conversation
        },
        Broken("seq.gapless") {
            C.ending(
                after: C.dataAck,
                Forged(
                    flags: [.PSH, .ACK], sequence: 26, acknowledgement: 1, payload: "far", window: 512,
                    options: ts(103, 902), at: 2_000_000))
        },
        Broken("seq.gapless") {
            C.adding(
                after: C.dataAck,
                Forged(
                    flags: [.ACK], sequence: .max - 4, acknowledgement: 1, window: 512, options: ts(103, 902),
                    at: 1_900_000))
        },
        Broken("seq.same-bytes") {
            C.adding(
                after: C.dataAck,
                Forged(
                    flags: [.PSH, .ACK], sequence: 1, acknowledgement: 1, payload: "hallo", window: 512,
                    options: ts(103, 902), at: 1_900_000))
        },
        Broken("fin.number") {
            C.adding(
                after: C.finA,
                Forged(
                    flags: [.FIN, .ACK], sequence: 5, acknowledgement: 1, window: 512, options: ts(103, 902),
                    at: 2_000_500))
        },
        Broken("fin.last") {
            C.adding(
                after: C.finA,
                Forged(
                    flags: [.PSH, .ACK], sequence: 7, acknowledgement: 1, payload: "more", window: 512,
                    options: ts(103, 902), at: 2_000_500))
        },
        Broken("syn.number") {
            var conversation = C()
            conversation.segments = [
                conversation.segments[C.syn],
                conversation.segments[C.syn].with {
                    $0.sequence = 77; $0.at = 1_001_000
                },
            ]
            return conversation
        },
        Broken("syn.number") {
            var conversation = C()
            conversation.segments = [
                conversation.segments[C.syn], conversation.segments[C.synAck],
                conversation.segments[C.synAck].with {
                    $0.sequence = 77; $0.at = 1_001_000
                },
            ]
            return conversation
        },
        Broken("syn.answered") {
            var conversation = C()
            conversation.segments = [
                conversation.segments[C.syn], conversation.segments[C.synAck].with { $0.acknowledgement = 0 },
            ]
            return conversation
        },
    ]

    private static let windows = [
        Broken("window.edge") { C.changing(C.finAckB) { $0.window = 500 } },
        Broken("window.heeded") {
            // Twelve numbers are offered; nineteen are used.
            var conversation = C()
            conversation.segments = Array(conversation.segments[...C.data])
            conversation.segments[C.syn].options.removeLast()
            conversation.segments[C.synAck].options.removeLast()
            conversation.segments[C.synAck].window = 12
            conversation.segments[C.established].window = 64240
            conversation.segments[C.data].window = 64240
            conversation.segments[C.data].payload = "nineteen characters"
            return conversation
        },
        Broken("window.mss") {
            C.changing(C.synAck) { $0.options[0] = .mss(16) }
        },
        Broken("window.mss") {
            C.ending(
                after: C.dataAck,
                Forged(
                    flags: [.ACK], sequence: 6, acknowledgement: 1, payload: String(repeating: "x", count: 1449),
                    window: 512, options: ts(103, 902), at: 2_000_000))
        },
    ]

    private static let agreements = [
        Broken("timestamps.agreed") {
            var conversation = C()
            conversation.segments = Array(conversation.segments[...C.established])
            conversation.segments[C.syn].options.remove(at: 2)
            conversation.segments[C.synAck].options.remove(at: 2)
            conversation.segments[C.established].options = ts(101, 0)
            conversation.segments.insert(
                Forged(
                    from: "B", flags: [.ACK], sequence: 1, acknowledgement: 1, options: ts(0, 101), at: 2_500,
                    fate: .injected), at: 2)
            return conversation
        },
        Broken("timestamps.always") { C.changing(C.last) { $0.options = [] } },
        Broken("sack.agreed") {
            var conversation = C()
            conversation.segments[C.syn].options.remove(at: 1)
            conversation.segments[C.dataAck].options.append(.sack([SACKBlock(4_294_967_292, 4_294_967_294)]))
            return conversation
        },
        Broken("sack.received") {
            C.changing(C.dataAck) { $0.options.append(.sack([SACKBlock(100, 200)])) }
        },
        Broken("sack.received") {
            C.changing(C.dataAck) { $0.options.append(.sack([SACKBlock(4_294_967_294, 4_294_967_294)])) }
        },
        Broken("timestamps.forward") { C.changing(C.last) { $0.options = ts(99, 904) } },
        Broken("timestamps.echo") { C.changing(C.dataAck) { $0.options = ts(902, 55) } },
        Broken("timestamps.echo") { C.changing(C.syn) { $0.options[2] = .timestamps(value: 100, echo: 7) } },
    ]

    private static let resets = [
        Broken("reset.unanswered") {
            C.ending(
                after: C.dataAck,
                Forged(flags: [.RST, .ACK], sequence: 6, acknowledgement: 1, window: 0, at: 2_000_000),
                Forged(from: "B", flags: [.RST], sequence: 1, window: 0, at: 2_001_000))
        },
        Broken("reset.number") {
            C.ending(after: C.dataAck, Forged(from: "B", flags: [.RST], sequence: 999, window: 0, at: 2_000_000))
        },
        Broken("reset.number") {
            C.ending(
                after: C.dataAck,
                Forged(flags: [.RST, .ACK], sequence: 999, acknowledgement: 1, window: 0, at: 2_000_000))
        },
        Broken("reset.final") {
            C().with(
                .packet(
                    TracedPacketFact(
                        attempt: attempt, at: 2_500_000, host: "A", tracepoint: "tcp_receive_reset",
                        state: "FIN_WAIT2", reason: nil, local: Forged.a.description, remote: Forged.b.description)))
        },
    ]

    private static let states = [
        Broken("state.lawful") { C().with(C.transition("ESTABLISHED", "LAST_ACK", at: 10)) },
        Broken("state.lawful") { C().with(C.transition("CLOSE", "ESTABLISHED", at: 10)) },
        Broken("state.lawful") { C().with(C.transition("ESTABLISHED", "TIME_WAIT", at: 10)) },
        Broken("state.continuous") {
            C().with(C.transition("CLOSE", "SYN_SENT", at: 10), C.transition("ESTABLISHED", "FIN_WAIT1", at: 20))
        },
    ]
}

@Suite struct InvariantTests {
    private func broken(_ conversation: Conversation, link: String = "relay") -> [String] {
        brokenInvariants(conversation.facts, link: link, release: "6.12.0").map(\.invariant.id)
    }

    @Test func aGoodConversationBreaksNone() {
        #expect(broken(Conversation()) == [])
    }

    @Test(arguments: Broken.all) func eachIsBrokenAlone(_ one: Broken) {
        #expect(broken(one.conversation()) == [one.id])
    }

    @Test func everyInvariantIsBrokenByOne() {
        #expect(Set(Broken.all.map(\.id)) == Set(Invariant.all.map(\.id)))
        #expect(Set(Invariant.all.map(\.id)).count == Invariant.all.count)
    }

    /// What the laboratory forged may be anything.
    @Test(arguments: Broken.all.filter { $0.id.hasPrefix("header") || $0.id.hasPrefix("options") })
    func whatIsInjectedIsNotJudged(_ one: Broken) {
        var conversation = one.conversation()
        let clean = Conversation()
        for place in conversation.segments.indices
        where place >= clean.segments.count
            || conversation.segments[place].fact != clean.segments[place].fact
        {
            conversation.segments[place].fate = .injected
        }
        let ids = broken(conversation)
        #expect(!ids.contains { $0.hasPrefix("header") || $0.hasPrefix("options") }, "\(ids)")
    }

    /// A connection that follows another one on the same ports starts all numbers anew.
    @Test func anotherConnectionOfTheSameEndsBreaksNone() {
        var conversation = Conversation()
        let again = conversation.segments.map { segment in
            segment.with {
                $0.at += 10_000_000
                $0.sequence &+= $0.from == "A" ? 100_000 : 900_000
                if let number = $0.acknowledgement {
                    $0.acknowledgement = number &+ ($0.from == "A" ? 900_000 : 100_000)
                }
            }
        }
        conversation.segments += again
        let call = CallFact(
            attempt: attempt, at: 9_999_000, took: 4_000, host: "A", process: "p", socket: "client", call: "connect",
            arguments: "", result: 0, errno: nil, output: nil, signals: [])
        #expect(broken(conversation.with(.call(call))) == [])
        #expect(broken(conversation) == ["syn.number"])
    }

    /// What kernels are known for is no breach; the same a little further is one.
    @Test func knownExceptionsAreNarrow() {
        func tight(_ payload: String) -> Conversation {
            var conversation = Conversation.ending(
                after: Conversation.data,
                Forged(
                    from: "B", flags: [.ACK], sequence: 1, acknowledgement: 6, window: 0,
                    options: [
                        .timestamps(value: 902, echo: 102)
                    ], at: 1_001_000),
                Forged(
                    flags: [.FIN, .ACK], sequence: 6, acknowledgement: 1, payload: payload, window: 64240,
                    options: [.timestamps(value: 103, echo: 902)], at: 1_002_000))
            conversation.segments[Conversation.syn].options.removeLast()
            conversation.segments[Conversation.synAck].options.removeLast()
            conversation.segments[Conversation.synAck].window = 12
            conversation.segments[Conversation.established].window = 64240
            conversation.segments[Conversation.data].window = 64240
            return conversation
        }
        // Seven numbers are left of twelve.
        #expect(broken(tight("1234567")).contains("window.heeded") == false)
        #expect(broken(tight("12345678")).contains("window.heeded"))

        let rounded = Conversation.ending(after: Conversation.synAck) {
            Forged(
                from: "B", flags: [.ACK], sequence: 1, acknowledgement: 1, window: $0,
                options: [.timestamps(value: 901, echo: 100)], at: 2_500)
        }
        #expect(broken(rounded(509)) == [])
        #expect(broken(rounded(508)) == ["window.edge"])
    }

    /// Held and released, dropped and sent again: what the wire does is no kernel's doing.
    @Test func whatTheWireDoesBreaksNone() {
        var conversation = Conversation()
        let data = conversation.segments[Conversation.data]
        conversation.segments[Conversation.data].fate = .dropped
        conversation.segments.insert(
            data.with {
                $0.at += 300; $0.fate = .held
            }, at: Conversation.data + 1)
        conversation.segments.insert(
            data.with {
                $0.at += 600; $0.fate = .released
            }, at: Conversation.data + 2)
        #expect(broken(conversation) == [])
    }
}
