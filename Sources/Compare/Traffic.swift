internal import Record

/// What each end sent on each connection, in its own order.
///
/// The ends are kept apart: which of two crossing segments came first is no behaviour of either.
struct Traffic {
    /// Which end of which connection, the connections numbered as they were begun.
    struct Sender: Hashable, Comparable {
        var connection: Int
        var host: String

        static func < (left: Sender, right: Sender) -> Bool {
            (left.connection, left.host) < (right.connection, right.host)
        }

        /// The other end.
        var peer: Sender { Sender(connection: connection, host: host == "A" ? "B" : "A") }
    }

    struct Segment: Equatable {
        var words: String
        /// Whether it holds nothing that its sender had not sent before.
        var isAgain: Bool
        var isPureAck: Bool
        /// Whether it carries SACK blocks.
        var reports: Bool
    }

    private(set) var sent: [Sender: [Segment]] = [:]
    private(set) var connections = 0

    init(_ facts: [Event]) {
        var numbers: [Set<UInt16>: Int] = [:]
        /// The highest relative number that each end has sent.
        var ends: [Sender: UInt32] = [:]
        // Held segments come twice, the second time when they are let go; injected ones are not the kernel's.
        let segments = facts.compactMap { event -> SegmentFact? in
            guard case .segment(let fact) = event, fact.fate != .released, fact.fate != .injected else { return nil }
            return fact
        }
        for fact in segments.enumerated().sorted(by: { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) })
            .map(\.element)
        {
            let ports: Set = [fact.sourcePort, fact.destinationPort]
            let number = numbers[ports, default: numbers.count + 1]
            numbers[ports] = number
            let sender = Sender(connection: number, host: fact.from)
            var again = false
            if fact.span > 0 {
                let end = fact.sequence &+ fact.span
                again = ends[sender].map { end <= $0 } ?? false
                ends[sender] = max(end, ends[sender] ?? 0)
            }
            sent[sender, default: []].append(
                Segment(
                    words: fact.words, isAgain: again, isPureAck: fact.span == 0 && fact.flags == ".",
                    reports: fact.options.contains { $0.hasPrefix("sack ") }))
        }
        connections = numbers.count
    }

    /// Whether an end sent something again.
    func repeats(_ sender: Sender) -> Bool { sent[sender]?.contains(where: \.isAgain) ?? false }

    /// How much was sent again in all.
    var repetitions: Int { sent.values.joined().count(where: \.isAgain) }

    /// What an end sent, in words.
    ///
    /// - Parameter withRepetitions: whether what was sent again is told as well, and so the ACKs that answered it.
    /// - Parameter peerRepeats: whether the other end sent something again in either of two runs that are compared.
    func words(of sender: Sender, withRepetitions: Bool, peerRepeats: Bool) -> [String] {
        let segments = sent[sender] ?? []
        if withRepetitions { return segments.map(\.words) }
        var seen: Set<String> = []
        return segments.filter { segment in
            if segment.isAgain { return false }
            guard segment.isPureAck, peerRepeats else { return true }
            // What came twice is reported, if it came.
            if segment.reports { return false }
            return seen.insert(segment.words).inserted
        }.map(\.words)
    }
}

extension SegmentFact {
    /// How many sequence numbers it takes.
    fileprivate var span: UInt32 {
        UInt32(clamping: length) + (flags.contains("S") ? 1 : 0) + (flags.contains("F") ? 1 : 0)
    }

    /// `S. seq 0 ack 1 <mss 1460,sackOK>`. Windows and the scale they come with are the memory's, time stamps the
    /// clock's, and the blocks of a SACK were once recorded as absolute numbers.
    fileprivate var words: String {
        var text = "\(flags) seq \(sequence)"
        if let acknowledgement { text += " ack \(acknowledgement)" }
        if length > 0 { text += " length \(length)" }
        let told = options.compactMap { option -> String? in
            let name = option.prefix { $0 != " " }
            if ["ts", "wscale", "nop", "eol"].contains(name) { return nil }
            return name == "sack" ? "sack" : option
        }
        return told.isEmpty ? text : text + " <\(told.joined(separator: ","))>"
    }
}
