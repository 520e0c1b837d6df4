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
        /// Which bytes it brings that its sender had not sent before; nil where it does more than that.
        var news: Range<UInt32>?
        var acknowledgement: UInt32?
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
            let before = ends[sender]
            let end = fact.sequence &+ fact.span
            if fact.span > 0 { ends[sender] = max(end, before ?? 0) }
            let isData = fact.length > 0 && ["P.", "."].contains(fact.flags) && fact.sequence < end
            sent[sender, default: []].append(
                Segment(
                    words: fact.words, isAgain: fact.span > 0 && before.map { end <= $0 } ?? false,
                    isPureAck: fact.span == 0 && fact.flags == ".",
                    reports: fact.options.contains { $0.hasPrefix("sack ") },
                    news: isData && fact.sequence == before ?? fact.sequence ? fact.sequence..<end : nil,
                    acknowledgement: fact.acknowledgement))
        }
        connections = numbers.count
        gatherBulk()
    }

    /// Makes one of each row of segments that a stream was cut into, and leaves out what acknowledges the inside of it.
    ///
    /// Where a stream is cut and which of its segments are pushed follows from when room and acknowledgements came.
    private mutating func gatherBulk() {
        for sender in sent.keys {
            var segments: [Segment] = []
            var rows: [Range<UInt32>] = []
            for segment in sent[sender] ?? [] {
                let last = segments.indices.last
                guard let last, let row = segments[last].news, let news = segment.news,
                    row.upperBound == news.lowerBound,
                    max(row.count, news.count) >= Traffic.bulk
                else {
                    segments.append(segment)
                    continue
                }
                let whole = row.lowerBound..<news.upperBound
                segments[last].news = whole
                segments[last].words = "bulk seq \(whole.lowerBound) length \(whole.count)"
                if rows.last?.lowerBound == whole.lowerBound { rows.removeLast() }
                rows.append(whole)
            }
            guard !rows.isEmpty else { continue }
            sent[sender] = segments
            sent[sender.peer]?.removeAll { segment in
                guard segment.isPureAck, let number = segment.acknowledgement else { return false }
                return rows.contains { $0.lowerBound < number && number < $0.upperBound }
            }
        }
    }

    /// How many bytes a segment brings that belongs to a stream: no message of a scenario is as long.
    private static let bulk = 1000

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
        UInt32(clamping: length) &+ (flags.contains("S") ? 1 : 0) &+ (flags.contains("F") ? 1 : 0)
    }

    /// `S. seq 0 ack 1 <mss 1460,sackOK>`. Windows and the scale they come with are the memory's, time stamps the
    /// clock's, and how the blocks of a SACK are cut is that of the segments that came.
    fileprivate var words: String {
        var text = "\(flags) seq \(relative(sequence))"
        if let acknowledgement { text += " ack \(relative(acknowledgement))" }
        if length > 0 { text += " length \(length)" }
        let told = options.compactMap { option -> String? in
            let name = option.prefix { $0 != " " }
            if ["ts", "wscale", "nop", "eol"].contains(name) { return nil }
            return name == "sack" ? "sack" : option
        }
        return told.isEmpty ? text : text + " <\(told.joined(separator: ","))>"
    }

    /// Numbers below the first of a connection are those of another one, whose distance is the clock's choice.
    private func relative(_ number: UInt32) -> String { number < 1 << 31 ? String(number) : "of another connection" }
}
